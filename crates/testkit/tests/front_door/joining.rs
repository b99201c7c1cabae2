//! Coming into an organisation from another one: public ones at once, restricted ones by asking; who sees them, who decides, and what
//! both sides are told.

use anyhow::{Context, Result};
use northing_app::tokens::TokenInput;
use northing_app::{OrgRef, Scope};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

/// An organisation that takes requests, and somebody of another one.
async fn scene(db: &northing_store::Store) -> Result<(App, Person)> {
    let app = App::new(db).await?;
    let stranger = app.stranger().await?;
    takes(&app, true).await?;
    Ok((app, stranger))
}

async fn takes(app: &App, on: bool) -> Result<()> {
    let settings = json!({ "settings": { "join_requests": on } });
    app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(settings)).await?;
    Ok(())
}

fn to(app: &App, message: Option<&str>) -> Option<Value> {
    Some(json!({ "organization_id": app.org, "message": message }))
}

async fn ask(app: &App, by: &Person, message: &str) -> Result<String> {
    let made = app.api_ok(by, "POST", "/me/join-requests", to(app, Some(message))).await?;
    assert_eq!(made["state"], "open", "{made}");
    Ok(made["request"]["id"].as_str().context("an id")?.to_owned())
}

async fn kinds(app: &App, by: &Person, org: &str) -> Result<Vec<String>> {
    let told = app.api_ok(by, "GET", &format!("/orgs/{org}/notices"), None).await?;
    let told = told["items"].as_array().cloned().unwrap_or_default();
    Ok(told.iter().filter_map(|it| it["kind"].as_str().map(str::to_owned)).collect())
}

both_engines! {
    /// A restricted organisation is nowhere to be found unless it says so, and then only by people who work in another one.
    async fn a_name_is_shown_only_where_it_should_be(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let stranger = app.stranger().await?;
        let listed = async |by: &Person| app.api_ok(by, "GET", "/me/joinable", None).await;
        assert_eq!(listed(&stranger).await?["items"], json!([]));
        let unknown = app.api(&stranger, "POST", "/me/join-requests", to(&app, None)).await?;
        assert_eq!((unknown.status, unknown.fields()), (422, vec![String::from("organization_id")]), "{}", unknown.text);
        assert!(!app.page(&stranger, "/organisations").await?.text.contains("Calder"));

        takes(&app, true).await?;
        assert_eq!(listed(&stranger).await?["items"][0]["name"], "Calder");
        assert!(app.page(&stranger, "/organisations").await?.text.contains("Send request<span class=\"sr\"> to Calder</span>"));
        assert_eq!(listed(&app.owner).await?["items"], json!([]), "one's own is none to join");

        // A token of one organisation knows nothing of others.
        let bound = TokenInput { name: String::from("bound"), scopes: vec![Scope::Admin], only_here: true, ..TokenInput::default() };
        let bound = Person { token: app.northing.create_token(&stranger.actor, bound).await?.secret, ..stranger.clone() };
        for (method, path, body) in [("GET", "/me/joinable", None), ("POST", "/me/join-requests", to(&app, None))] {
            let refused = app.api(&bound, method, path, body).await?;
            assert_eq!((refused.status, refused.json()["code"].as_str()), (403, Some("bound_token")), "{}", refused.text);
        }

        // Who was taken out of their only organisation finds public ones at most.
        let caller = app.northing.caller(&stranger.token, "").await?;
        let elsewhere = app.northing.actor_in(&caller, OrgRef::Named(&stranger.actor.org_id.to_string())).await?;
        let left = app.stranger().await?;
        let heir = app.northing.create_member(&left.actor, northing_app::members::NewMember {
            email: stranger.email.clone(), name: String::from("Heir"), role: Role::Owner, manager_id: None, time_zone: None, deactivated: false,
        }).await?;
        let org = left.actor.org_id;
        let by = Person { actor: northing_app::Actor { org_id: org, ..elsewhere }, ..stranger.clone() };
        let out = json!({ "status": "deactivated" });
        app.api_ok(&by, "PATCH", &format!("/orgs/{org}/members/{}", left.id), Some(out)).await?;
        assert_eq!(heir.user_id, stranger.id);
        let places = app.northing.places(left.id).await?;
        assert!(places.open.is_empty() && places.closed.len() == 1, "{places:?}");
        let mut visitor = northing_testkit::visitor::Visitor::new(&app.router, "left");
        visitor.post("/sign-in", &[("email", &left.email), ("password", northing_testkit::front_door::PASSWORD)]).await?;
        assert_eq!(visitor.post("/organisations/join", &[("organization", &app.org.to_string())]).await?.status, 404);
        Ok(())
    }

    /// By pages: asked with a sentence, shown to those who decide, let in; both sides are told, everything stands in the log.
    async fn who_asks_is_let_in(db: Database) -> Result<()> {
        let (app, stranger) = scene(&db).await?;
        let (member, org) = (app.person(Role::Member).await?, app.org.to_string());
        let long = "x".repeat(501);
        let refused = app.post(&stranger, "/organisations/join", &[("organization", &org), ("message", &long)]).await?;
        assert!(refused.status == 422 && refused.text.contains(&long) && refused.text.contains("aria-invalid"), "{}", refused.text);
        let fields = [("organization", org.as_str()), ("message", "I run the pilot")];
        assert_eq!(app.post(&stranger, "/organisations/join", &fields).await?.status, 303);
        assert!(app.page(&stranger, "/organisations").await?.text.contains("You asked on 15 February 2026"));
        let twice = app.post(&stranger, "/organisations/join", &fields).await?;
        assert_eq!(twice.status, 422);

        assert_eq!(kinds(&app, &app.owner, "calder").await?, ["join_requested"]);
        let home = app.page(&app.owner, "/").await?;
        assert!(home.text.contains("asks to join: “I run the pilot”") && home.text.contains(" request to join</span>"), "{}", home.text);
        assert!(!app.page(&member, "/").await?.text.contains("request to join"));
        assert_eq!(app.api(&member, "GET", "/orgs/calder/join-requests", None).await?.status, 403);
        let waiting = app.api_ok(&app.owner, "GET", "/orgs/calder/join-requests", None).await?;
        assert_eq!((&waiting["items"][0]["message"], &waiting["items"][0]["email"]), (&json!("I run the pilot"), &json!(stranger.email)));
        let id = waiting["items"][0]["id"].as_str().context("an id")?;
        let accept = format!("/admin/requests/{id}/acceptance");
        for nobody in [&member, &stranger] {
            let status = app.post(nobody, &accept, &[]).await?.status;
            assert_eq!(status, if nobody.id == member.id { 403 } else { 404 });
        }
        assert!(app.page(&app.owner, "/admin/members").await?.text.contains(&accept));
        assert_eq!(app.post(&app.owner, &accept, &[]).await?.status, 303);
        assert_eq!(app.post(&app.owner, &accept, &[]).await?.status, 404, "somebody else was first");

        assert!(kinds(&app, &app.owner, "calder").await?.is_empty(), "what was told to those who decide is over");
        let mine = app.page(&stranger, "/").await?;
        assert!(mine.text.contains("You are a member of <b>Calder</b> now"), "{}", mine.text);
        let me = app.api_ok(&stranger, "GET", "/me", None).await?;
        let roles: Vec<_> = me["organizations"].as_array().into_iter().flatten().map(|it| (it["name"].clone(), it["role"].clone())).collect();
        assert!(roles.contains(&(json!("Calder"), json!("member"))), "{me}");
        assert!(!app.page(&app.owner, "/").await?.text.contains("request to join"));
        let log = app.api_ok(&app.owner, "GET", "/orgs/calder/audit?limit=20", None).await?;
        let actions: Vec<_> = log["items"].as_array().into_iter().flatten().map(|it| it["action"].as_str().unwrap_or_default()).collect();
        assert!(actions.contains(&"member.added") && actions.contains(&"member.requested"), "{log}");
        let told = app.page(&app.owner, "/admin/audit").await?;
        assert!(told.text.contains("asked to join the organisation"), "{}", told.text);
        Ok(())
    }

    /// Declined with a reason: told wherever the person works; asking again waits for seven days. A request can be taken back.
    async fn declined_and_taken_back(db: Database) -> Result<()> {
        let (app, stranger) = scene(&db).await?;
        let first = ask(&app, &stranger, "please").await?;
        assert_eq!(app.api(&app.owner, "DELETE", &format!("/me/join-requests/{first}"), None).await?.status, 404, "not one's own");
        app.api_ok(&stranger, "DELETE", &format!("/me/join-requests/{first}"), None).await?;
        assert!(kinds(&app, &app.owner, "calder").await?.is_empty());
        let second = ask(&app, &stranger, "after all").await?;
        let refusal = format!("/orgs/calder/join-requests/{second}/refusal");
        let long = app.api(&app.owner, "POST", &refusal, Some(json!({ "reason": "x".repeat(501) }))).await?;
        assert_eq!((long.status, long.fields()), (422, vec![String::from("reason")]), "{}", long.text);
        let page = app.post(&app.owner, &format!("/admin/requests/{second}/refusal"), &[("reason", &"x".repeat(501))]).await?;
        assert!(page.status == 422 && page.text.contains(&"x".repeat(501)), "{}", page.status);
        assert_eq!(app.post(&app.owner, &format!("/admin/requests/{second}/refusal"), &[("reason", "only the pilot")]).await?.status, 303);

        let elsewhere = stranger.actor.org_id.to_string();
        assert_eq!(kinds(&app, &stranger, &elsewhere).await?, ["join_declined"]);
        let home = app.page(&stranger, "/").await?;
        assert!(home.text.contains("declined your request to join: “only the pilot”"), "{}", home.text);
        let told = app.api_ok(&stranger, "GET", &format!("/orgs/{elsewhere}/notices"), None).await?;
        let notice = told["items"][0]["id"].as_str().context("a notice")?.to_owned();
        assert_eq!(app.post(&stranger, &format!("/notices/{notice}/dismissal"), &[]).await?.status, 303);
        assert!(kinds(&app, &stranger, &elsewhere).await?.is_empty());

        let listed = app.api_ok(&stranger, "GET", "/me/joinable", None).await?;
        assert_eq!((&listed["items"][0]["request"]["state"], &listed["items"][0]["request"]["reason"]), (&json!("declined"), &json!("only the pilot")));
        let page = app.page(&stranger, "/organisations").await?;
        assert!(page.text.contains("You may ask again from 22 February 2026 on") && !page.text.contains("Send request"), "{}", page.text);
        let soon = app.api(&stranger, "POST", "/me/join-requests", to(&app, None)).await?;
        assert_eq!((soon.status, &soon.json()["errors"][0]["code"]), (422, &json!("declined_lately")), "{}", soon.text);
        assert_eq!(app.api(&stranger, "DELETE", &format!("/me/join-requests/{second}"), None).await?.status, 422);
        app.clock.advance_days(7);
        assert!(app.page(&stranger, "/organisations").await?.text.contains("Send request"));
        ask(&app, &stranger, "again").await?;
        Ok(())
    }

    /// Two people decide at once: one of them does. Who comes in another way has no request any more; nor has who is gone.
    async fn one_decision_and_no_request_left_behind(db: Database) -> Result<()> {
        let (app, stranger) = scene(&db).await?;
        let id = ask(&app, &stranger, "hello").await?;
        let path = format!("/orgs/calder/join-requests/{id}");
        let (yes, no) = tokio::join!(
            async { app.api(&app.owner, "POST", &format!("{path}/acceptance"), None).await },
            async { app.api(&app.owner, "POST", &format!("{path}/refusal"), None).await },
        );
        let mut statuses = [yes?.status, no?.status];
        statuses.sort_unstable();
        assert!(statuses == [201, 404] || statuses == [204, 404], "{statuses:?}");

        let invited = app.stranger().await?;
        ask(&app, &invited, "hello").await?;
        let new = json!({ "email": invited.email, "name": "Known" });
        app.api_ok(&app.owner, "POST", "/orgs/calder/members", Some(new)).await?;
        assert_eq!(app.api_ok(&app.owner, "GET", "/orgs/calder/join-requests", None).await?["items"], json!([]));

        // What is public meanwhile is joined at once, as what new people are here.
        let late = app.stranger().await?;
        ask(&app, &late, "hello").await?;
        let public = json!({ "join": "public", "settings": { "default_account": "observer" } });
        app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(public)).await?;
        let joined = app.api_ok(&late, "POST", "/me/join-requests", to(&app, None)).await?;
        assert_eq!((&joined["state"], &joined["request"]), (&json!("joined"), &Value::Null));
        let member = app.api_ok(&app.owner, "GET", &format!("/orgs/calder/members/{}", late.id), None).await?;
        assert_eq!(member["role"], "observer");
        assert!(!kinds(&app, &app.owner, "calder").await?.contains(&String::from("join_requested")));
        Ok(())
    }

    /// Lists go on by cursor, and what is counted beside Admin is what is listed.
    async fn many_requests_are_paged(db: Database) -> Result<()> {
        let (app, first) = scene(&db).await?;
        let others = [app.stranger().await?, app.stranger().await?];
        for by in std::iter::once(&first).chain(&others) {
            ask(&app, by, "hello").await?;
            app.clock.advance_millis(1);
        }
        let part = app.api_ok(&app.owner, "GET", "/orgs/calder/join-requests?limit=2", None).await?;
        let next = part["next"].as_str().context("a cursor")?;
        let rest = app.api_ok(&app.owner, "GET", &format!("/orgs/calder/join-requests?limit=2&cursor={next}"), None).await?;
        let emails: Vec<_> = part["items"].as_array().into_iter().flatten().chain(rest["items"].as_array().into_iter().flatten()).map(|it| it["email"].clone()).collect();
        assert_eq!(emails, [json!(first.email), json!(others[0].email), json!(others[1].email)]);
        assert_eq!(rest["next"], Value::Null);
        assert!(app.page(&app.owner, "/admin").await?.text.contains("3<span class=\"sr\"> requests to join</span>"));
        Ok(())
    }
}
