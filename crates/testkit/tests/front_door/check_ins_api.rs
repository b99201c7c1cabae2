//! Check-ins, history, comments and live updates through the router.

use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, StatusCode};
use futures_util::StreamExt;
use http_body_util::BodyExt;
use northing_app::Actor;
use northing_core::people::Role;
use northing_core::values::Id;
use northing_store::{Failure, Store, sql};
use northing_testkit::both_engines;
use northing_testkit::tree::{Plant, Tree};
use northing_web::{AppState, SiteOptions};
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};
use tower::ServiceExt;

fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lets a person in by the token `nth_NAME` and the session `NAME`.
async fn let_in(store: &Store, who: &Actor, name: &str, scopes: &str) -> Result<()> {
    let work = (who.user_id, hash(&format!("nth_{name}")), hash(name), scopes.to_owned());
    store
        .write(work, |tx, (user, token, session, scopes)| {
            Box::pin(async move {
                sql("INSERT INTO api_tokens (id, token_hash, user_id, name, scopes, created_at, expires_at, last_used_at) \
                     VALUES ($1, $2, $1, 'test', $3, 0, 9000000000000, 9000000000000)")
                .bind(*user)
                .bind(token)
                .bind(scopes)
                .execute(tx)
                .await?;
                sql("INSERT INTO sessions (token_hash, id, user_id, created_at, seen_at, expires_at) \
                     VALUES ($1, $2, $2, 0, 9000000000000, 9000000000000)")
                .bind(session)
                .bind(*user)
                .execute(tx)
                .await?;
                Ok::<_, Failure>(())
            })
        })
        .await?;
    Ok(())
}

fn site(tree: &Tree) -> Router {
    northing_web::router(AppState::new(tree.app.clone(), SiteOptions::default()))
}

async fn send(
    site: &Router,
    who: &str,
    method: &str,
    path: &str,
    body: Option<Json>,
) -> Result<(StatusCode, Json)> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header("authorization", format!("Bearer nth_{who}"))
        .header("content-type", "application/json")
        .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))?;
    let answer = site.clone().oneshot(request).await?;
    let status = answer.status();
    let bytes = answer.into_body().collect().await?.to_bytes();
    Ok((status, if bytes.is_empty() { Json::Null } else { serde_json::from_slice(&bytes)? }))
}

/// An open page: what it hears.
struct Page(BodyDataStream, String);

impl Page {
    async fn open(site: &Router, who: &str, query: &str) -> Result<Self> {
        let request = Request::builder()
            .uri(format!("/live{query}"))
            .header("cookie", format!("session={who}"))
            .body(Body::empty())?;
        let answer = site.clone().oneshot(request).await?;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        Ok(Self(answer.into_body().into_data_stream(), String::new()))
    }

    /// The next event: its name, id and data. Fails where there is none within a second.
    async fn next(&mut self) -> Result<(String, String, Json)> {
        loop {
            if let Some((event, rest)) = self.1.clone().split_once("\n\n") {
                rest.clone_into(&mut self.1);
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(|v| v.trim().to_owned())
                };
                if let Some(name) = field("event:") {
                    let data = field("data:").context("no data")?;
                    return Ok((name, field("id:").unwrap_or_default(), serde_json::from_str(&data)?));
                }
                continue;
            }
            let chunk = tokio::time::timeout(Duration::from_secs(1), self.0.next())
                .await
                .context("nothing within a second")?;
            self.1.push_str(std::str::from_utf8(&chunk.context("ended")??)?);
        }
    }

    async fn goals(&mut self) -> Result<Vec<Id>> {
        let (name, _, data) = self.next().await?;
        assert_eq!(name, "goals");
        let mut ids: Vec<Id> = serde_json::from_value(data["goals"].clone())?;
        ids.sort();
        Ok(ids)
    }
}

both_engines! {
    async fn the_api_checks_in_previews_lists_edits_and_removes(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let_in(&db, &tree.owner, "ruth", "checkin").await?;
        let top = tree.objective(&[]);
        let kr = Plant { metric: ("increase", Some("jobs"), 15.0, Some(35.0)), ..tree.key_result(&[top.id]) };
        tree.plant(&[top.clone(), kr.clone()]).await?;
        let site = site(&tree);
        let path = format!("/goals/{}/check-ins", kr.id);
        let body = json!({"value": 20, "note": "**Five** more"});
        let (status, shown) = send(&site, "ruth", "POST", &format!("{path}/preview"), Some(body.clone())).await?;
        assert_eq!((status, &shown["changed"][0]["progress_after"]), (StatusCode::OK, &json!(25.0)), "{shown}");
        let (status, made) = send(&site, "ruth", "POST", &path, Some(body)).await?;
        assert_eq!(status, StatusCode::CREATED, "{made}");
        assert_eq!((&made["value"], &made["progress"], &made["note"]), (&json!(20.0), &json!(25.0), &json!("**Five** more")));
        let changed = &made["changed"][0];
        assert_eq!(changed["goal_id"], json!(top.id));
        assert_eq!((&changed["progress_before"], &changed["progress_after"]), (&json!(0.0), &json!(25.0)));
        // On 15 February 50.56 % are expected: 25 is behind by more than 25 points.
        assert_eq!((&changed["status_before"], &changed["status_after"]), (&json!("not_started"), &json!("at_risk")));
        let one = format!("{path}/{}", made["id"].as_str().context("no id")?);
        let (status, edited) = send(&site, "ruth", "PATCH", &one, Some(json!({"progress": 75.0, "note": null}))).await?;
        assert_eq!((status, &edited["value"], &edited["note"]), (StatusCode::OK, &json!(30.0), &Json::Null), "{edited}");
        let (_, list) = send(&site, "ruth", "GET", &path, None).await?;
        assert_eq!((list["items"].as_array().map(Vec::len), &list["next"]), (Some(1), &Json::Null));
        let (_, history) = send(&site, "ruth", "GET", &format!("/goals/{}/history", kr.id), None).await?;
        let point = &history["items"][0];
        assert_eq!((&point["value"], &point["source"]), (&json!(30.0), &json!("check_in")));
        assert!((point["expected_progress"].as_f64().context("none")? - 45.0 / 89.0 * 100.0).abs() < 1e-9);
        for (wrong, field, code) in [
            (json!({"value": "many"}), "value", "wrong_type"),
            (json!({"value": 1, "colour": "red"}), "colour", "unknown_field"),
            (json!({"progress": 101}), "progress", "out_of_range"),
            (json!({"value": 1, "as_of": "yesterday"}), "as_of", "invalid"),
            (json!({"value": 1, "as_of": "2031-01-01"}), "as_of", "out_of_range"),
            (json!({"status": "closed"}), "status", "not_allowed"),
        ] {
            let (status, problem) = send(&site, "ruth", "POST", &path, Some(wrong)).await?;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
            assert_eq!((&problem["errors"][0]["field"], &problem["errors"][0]["code"]), (&json!(field), &json!(code)));
        }
        assert_eq!(send(&site, "ruth", "DELETE", &one, None).await?.0, StatusCode::NO_CONTENT);
        assert_eq!(send(&site, "ruth", "GET", &one, None).await?.0, StatusCode::NOT_FOUND);
        assert_eq!(tree.standing(top.id).await?.0, Some(0.0));
        Ok(())
    }

    async fn strangers_find_nothing_and_readers_change_nothing(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let other = Tree::seeded(db.store(), 9).await?;
        let ann = tree.person("Ann", Role::Member).await?;
        let_in(&db, &tree.owner, "ruth", "read").await?;
        let_in(&db, &ann, "ann", "write").await?;
        let_in(&db, &other.owner, "eve", "admin").await?;
        let kr = tree.key_result(&[]);
        tree.plant(std::slice::from_ref(&kr)).await?;
        let site = site(&tree);
        let path = |rest: &str| format!("/goals/{}/{rest}", kr.id);
        let id = kr.id;
        for (method, rest) in [
            ("GET", String::from("check-ins")), ("POST", String::from("check-ins")), ("POST", String::from("check-ins/preview")),
            ("GET", format!("check-ins/{id}")), ("PATCH", format!("check-ins/{id}")), ("DELETE", format!("check-ins/{id}")),
            ("GET", String::from("history")), ("GET", String::from("comments")), ("POST", String::from("comments")),
            ("PATCH", format!("comments/{id}")), ("DELETE", format!("comments/{id}")),
        ] {
            let body = (method != "GET" && method != "DELETE").then(|| json!({"body": "x", "value": 1}));
            assert_eq!(send(&site, "eve", method, &path(&rest), body).await?.0, StatusCode::NOT_FOUND, "{method} {rest}");
        }
        assert_eq!(send(&site, "ruth", "POST", &path("check-ins"), Some(json!({"value": 1}))).await?.0, StatusCode::FORBIDDEN);
        assert_eq!(send(&site, "ann", "POST", &path("check-ins"), Some(json!({"value": 1}))).await?.0, StatusCode::FORBIDDEN);
        let (status, comment) = send(&site, "ann", "POST", &path("comments"), Some(json!({"body": "Why?"}))).await?;
        assert_eq!((status, &comment["author_name"]), (StatusCode::CREATED, &json!("Ann")), "{comment}");
        assert_eq!(send(&site, "ruth", "GET", &path("comments"), None).await?.1["items"][0]["body"], json!("Why?"));
        Ok(())
    }

    async fn open_pages_hear_within_a_second_what_they_may_know_of(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let other = Tree::seeded(db.store(), 9).await?;
        let ann = tree.person("Ann", Role::Member).await?;
        let_in(&db, &ann, "ann", "read").await?;
        let_in(&db, &other.owner, "eve", "read").await?;
        let top = tree.objective(&[]);
        let secret = Plant { visibility: "restricted", ..tree.objective(&[]) };
        let kr = tree.key_result(&[top.id, secret.id]);
        let eves = other.key_result(&[]);
        tree.plant(&[top.clone(), secret, kr.clone()]).await?;
        other.plant(std::slice::from_ref(&eves)).await?;
        let site = site(&tree);
        let mut all = Page::open(&site, "ann", "").await?;
        let mut one = Page::open(&site, "ann", &format!("?goals={}", top.id)).await?;
        let mut eve = Page::open(&site, "eve", "").await?;
        for page in [&mut all, &mut one, &mut eve] {
            assert_eq!(page.next().await?.0, "hello");
        }
        let check_in = |number| northing_app::check_in::NewCheckIn {
            input: northing_core::check_in::CheckInInput { value: Some(number), ..Default::default() },
            ..Default::default()
        };
        tree.app.create_check_in(&tree.owner, kr.id, check_in(60.0)).await?;
        let mut both = vec![top.id, kr.id];
        both.sort();
        assert_eq!(all.goals().await?, both);
        assert_eq!(one.goals().await?, [top.id]);
        // The other organisation's page hears of its own goal first: it was told nothing before.
        other.app.create_check_in(&other.owner, eves.id, check_in(5.0)).await?;
        assert_eq!(eve.goals().await?, [eves.id]);
        // A page that was away hears what it missed; one that was away too long loads everything again.
        tree.app.create_check_in(&tree.owner, kr.id, check_in(61.0)).await?;
        let (_, last, _) = all.next().await?;
        drop(all);
        tree.app.create_check_in(&tree.owner, kr.id, check_in(62.0)).await?;
        assert_eq!(one.goals().await?, [top.id]);
        let mut back = Page::open(&site, "ann", &format!("?last-event-id={last}")).await?;
        assert_eq!(back.next().await?.0, "hello");
        assert_eq!(back.goals().await?, both);
        let mut lost = Page::open(&site, "ann", "?last-event-id=nonsense").await?;
        assert_eq!((lost.next().await?.0, lost.next().await?.0), (String::from("hello"), String::from("reset")));
        Ok(())
    }

    async fn no_open_page_holds_up_a_process_that_is_to_stop(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let_in(&db, &tree.owner, "ann", "read").await?;
        let state = AppState::new(tree.app.clone(), SiteOptions::default());
        let site = northing_web::router(state.clone());
        let mut page = Page::open(&site, "ann", "").await?;
        assert_eq!(page.next().await?.0, "hello");
        state.end_live();
        let end = tokio::time::timeout(Duration::from_secs(1), page.0.next()).await.context("still open")?;
        assert!(end.is_none(), "{end:?}");
        // One that comes now hears where it stands, and no more.
        let mut late = Page::open(&site, "ann", "").await?;
        assert_eq!(late.next().await?.0, "hello");
        let end = tokio::time::timeout(Duration::from_secs(1), late.0.next()).await.context("still open")?;
        assert!(end.is_none(), "{end:?}");
        Ok(())
    }
}
