//! Goals moved in lists: by place, by parent, by both at once; refused with the reason, and taken back.

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, Person, form};
use serde_json::{Value, json};

/// A small organisation of goals in the current period.
pub(crate) struct Goals<'a> {
    pub(crate) app: &'a App,
    period: String,
}

impl<'a> Goals<'a> {
    pub(crate) async fn new(app: &'a App) -> Result<Self> {
        Ok(Self { app, period: app.period("Q1 2026").await?.to_string() })
    }

    pub(crate) async fn make(
        &self,
        kind: &str,
        title: &str,
        parents: &[&str],
        more: Value,
    ) -> Result<String> {
        let parents: Vec<Value> = parents.iter().map(|id| json!({ "id": id })).collect();
        let mut body = json!({ "kind": kind, "title": title, "level": "organization", "period_id": self.period, "parents": parents });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        let made = self
            .app
            .api_ok(&self.app.owner, "POST", &format!("/orgs/{}/goals", self.app.org), Some(body))
            .await?;
        Ok(made["id"].as_str().context("an id")?.to_owned())
    }

    pub(crate) async fn objective(&self, title: &str, parents: &[&str]) -> Result<String> {
        self.make("objective", title, parents, json!({})).await
    }

    pub(crate) async fn key_result(&self, title: &str, parents: &[&str]) -> Result<String> {
        self.make("key_result", title, parents, json!({})).await
    }

    pub(crate) async fn get(&self, id: &str) -> Result<Value> {
        self.app.api_ok(&self.app.owner, "GET", &format!("/goals/{id}"), None).await
    }

    /// Its progress, without the noise of adding thirds.
    pub(crate) async fn progress(&self, id: &str) -> Result<Option<f64>> {
        Ok(self.get(id).await?["progress"].as_f64().map(|it| (it * 1e6).round() / 1e6))
    }

    pub(crate) async fn parents(&self, id: &str) -> Result<Vec<String>> {
        let goal = self.get(id).await?;
        let parents = goal["parents"].as_array().context("parents")?;
        Ok(parents.iter().filter_map(|it| it["id"].as_str()).map(ToOwned::to_owned).collect())
    }

    pub(crate) async fn check_in(&self, id: &str, value: f64) -> Result<()> {
        self.app
            .api_ok(
                &self.app.owner,
                "POST",
                &format!("/goals/{id}/check-ins"),
                Some(json!({ "value": value })),
            )
            .await?;
        Ok(())
    }

    pub(crate) async fn settings(&self, settings: Value) -> Result<()> {
        let path = format!("/orgs/{}", self.app.org);
        self.app.api_ok(&self.app.owner, "PATCH", &path, Some(json!({ "settings": settings }))).await?;
        Ok(())
    }

    /// The titles of a page's rows, in their order.
    pub(crate) async fn titles(&self, by: &Person, path: &str) -> Result<Vec<String>> {
        let text = self.app.page(by, path).await?.text;
        let rows = text.split("class=\"tt\"").skip(1);
        Ok(rows
            .filter_map(|row| row.split("title=\"").nth(1)?.split('"').next())
            .map(ToOwned::to_owned)
            .collect())
    }

    pub(crate) fn explorer(&self, open: &[&str]) -> String {
        format!("/explorer?period={}&open={}", self.period, open.join(","))
    }
}

/// A form as htmx posts it from a page.
pub(crate) async fn post_from(
    app: &App,
    by: &Person,
    page: &str,
    path: &str,
    fields: &[(&str, &str)],
) -> Result<Answer> {
    let body = format!("{}&csrf={}", form(fields), northing_web::form_token(&by.session));
    let request = Request::post(path)
        .header(header::COOKIE, format!("session={}", by.session))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header("hx-request", "true")
        .header("hx-current-url", format!("http://northing.test{page}"));
    app.send(request.body(Body::from(body))?).await
}

/// The address behind the Undo of a toast.
pub(crate) fn undo_of(answer: &Answer) -> Result<String> {
    let href = answer
        .text
        .split("action=\"")
        .filter_map(|rest| rest.split('"').next())
        .find(|href| href.ends_with("/undo"));
    Ok(href.with_context(|| format!("no undo in {}", answer.text))?.to_owned())
}

both_engines! {
    async fn a_goal_goes_before_behind_and_under_another_and_back(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, b) = (goals.objective("A", &[]).await?, goals.objective("B", &[]).await?);
        let one = goals.key_result("one", &[&a]).await?;
        let two = goals.key_result("two", &[&a]).await?;
        let three = goals.key_result("three", &[&b]).await?;
        goals.check_in(&one, 80.0).await?;
        goals.check_in(&two, 20.0).await?;
        goals.check_in(&three, 50.0).await?;
        app.api_ok(&app.owner, "PUT", &format!("/goals/{a}/contributions"), Some(json!({ "shares": [{ "child_id": one, "share": 75 }] }))).await?;
        let page = goals.explorer(&[&a, &b]);
        let titles = || goals.titles(&app.owner, &page);
        let progress = async |id: &str| goals.progress(id).await;
        assert_eq!(titles().await?, ["A", "one", "two", "B", "three"]);
        assert_eq!(progress(&a).await?, Some(65.0));

        // Among its siblings, and back.
        let post = async |id: &str, fields: &[(&str, &str)]| post_from(&app, &app.owner, &page, &format!("/goals/{id}/move"), fields).await;
        let moved = post(&two, &[("place", "before"), ("reference", &one), ("from", &a), ("to", &a), ("list", "all")]).await?;
        assert_eq!((moved.status, moved.header("hx-trigger")), (200, "tree:changed"), "{}", moved.text);
        assert_eq!(titles().await?, ["A", "two", "one", "B", "three"]);
        let undo = undo_of(&moved)?;
        assert_eq!(post_from(&app, &app.owner, &page, &undo, &[]).await?.status, 200);
        assert_eq!(titles().await?, ["A", "one", "two", "B", "three"]);

        // Under another parent at a place of its own: both parents follow, and the undo knows the share it had.
        let moved = post(&one, &[("place", "before"), ("reference", &three), ("from", &a), ("to", &b), ("list", "all")]).await?;
        assert!(moved.text.contains("“one” moved from “A” to “B”"), "{}", moved.text);
        assert_eq!(titles().await?, ["A", "two", "B", "one", "three"]);
        assert_eq!((progress(&a).await?, progress(&b).await?), (Some(20.0), Some(65.0)));
        let undo = undo_of(&moved)?;
        assert_eq!(post_from(&app, &app.owner, &page, &undo, &[]).await?.status, 200);
        assert_eq!(titles().await?, ["A", "one", "two", "B", "three"]);
        assert_eq!((progress(&a).await?, progress(&b).await?), (Some(65.0), Some(50.0)));
        // What was taken back cannot be taken back again once something else has happened.
        post(&one, &[("place", "under"), ("reference", &b), ("from", &a), ("to", &b), ("list", "all")]).await?;
        assert_eq!(goals.parents(&one).await?, std::slice::from_ref(&b));

        // A top goal under another, and out again by a place beside its parent.
        let moved = post(&b, &[("place", "under"), ("reference", &a), ("from", ""), ("to", &a), ("list", "all")]).await?;
        assert!(moved.text.contains("“B” is now under “A”"), "{}", moved.text);
        assert_eq!(titles().await?, ["A", "two", "B", "three", "one"]);
        let out = post(&b, &[("place", "before"), ("reference", &a), ("from", &a), ("to", ""), ("list", "all")]).await?;
        assert!(out.text.contains("no longer aligned to “A”"), "{}", out.text);
        assert_eq!(titles().await?, ["B", "three", "one", "A", "two"]);
        Ok(())
    }

    async fn the_menu_moves_by_one_place_on_the_page_it_stands_on(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, b, c) = (goals.objective("A", &[]).await?, goals.objective("B", &[]).await?, goals.objective("C", &[]).await?);
        // Something that stands between them in the order but not in the list.
        let child = goals.key_result("child", &[&b]).await?;
        let page = format!("/organisation?period={}", goals.period);
        let menu = {
            let request = Request::get(format!("/goals/{c}/menu?row=true"))
                .header(header::COOKIE, format!("session={}", app.owner.session))
                .header("hx-request", "true").header("hx-current-url", format!("http://northing.test{page}"));
            app.send(request.body(Body::empty())?).await?
        };
        assert!(menu.text.contains("Move up") && menu.text.contains("Alt ↑"), "{}", menu.text);
        let step = |id: &str, place: &str, parent: &str| format!("/goals/{id}/move?place={place}&from={parent}&to={parent}");
        let up = post_from(&app, &app.owner, &page, &step(&c, "up", ""), &[]).await?;
        assert!(up.text.contains("“C” moved up"), "{}", up.text);
        assert_eq!(goals.titles(&app.owner, &page).await?, ["A", "C", "B"]);
        // Explorer keeps its own order.
        assert_eq!(goals.titles(&app.owner, &goals.explorer(&[])).await?, ["A", "B", "C"]);
        let down = post_from(&app, &app.owner, &page, &step(&a, "down", ""), &[]).await?;
        assert_eq!(down.status, 200);
        assert_eq!(goals.titles(&app.owner, &page).await?, ["C", "A", "B"]);
        let end = post_from(&app, &app.owner, &page, &step(&b, "down", ""), &[]).await?;
        assert!(end.text.contains("stands there already") && !end.text.contains("/undo"), "{}", end.text);
        let alone = post_from(&app, &app.owner, &page, &step(&child, "up", &b), &[]).await?;
        assert!(alone.text.contains("stands there already"), "{}", alone.text);
        // Without scripts the same address leads back to the goal.
        let plain = app.post(&app.owner, &step(&b, "up", ""), &[]).await?;
        assert_eq!((plain.status, plain.header("location")), (303, format!("/goals/{b}").as_str()));
        Ok(())
    }

    async fn what_may_not_be_is_refused_with_the_reason_and_changes_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, b) = (goals.objective("A", &[]).await?, goals.objective("B", &[]).await?);
        let kr = goals.key_result("kr", &[&a]).await?;
        let page = goals.explorer(&[&a]);
        let post = async |by: &Person, id: &str, fields: &[(&str, &str)]| post_from(&app, by, &page, &format!("/goals/{id}/move"), fields).await;
        let under = |reference, from, to| [("place", "under"), ("reference", reference), ("from", from), ("to", to), ("list", "all")];

        let refused = post(&app.owner, &b, &under(&kr, "", &kr)).await?;
        assert_eq!((refused.status, refused.header("hx-reswap")), (422, "none"));
        assert!(refused.text.contains("Objectives can’t sit under key results in this organisation: an admin can allow it in OKR model."), "{}", refused.text);
        let circle = post(&app.owner, &a, &under(&kr, "", &kr)).await?;
        assert_eq!(circle.status, 422);
        // Somebody else aligned it elsewhere meanwhile.
        assert_eq!(post(&app.owner, &kr, &under(&a, &b, &a)).await?.status, 409);
        let beside = [("place", "after"), ("reference", b.as_str()), ("from", a.as_str()), ("to", a.as_str()), ("list", "all")];
        assert_eq!(post(&app.owner, &kr, &beside).await?.status, 409, "B is not under A");
        for wrong in [vec![], vec![("place", "sideways")], vec![("place", "after")], vec![("place", "after"), ("reference", "x")],
            vec![("place", "up"), ("list", "team:x")], vec![("place", "up"), ("to", a.as_str())], vec![("place", "under"), ("reference", a.as_str())]] {
            assert_eq!(post(&app.owner, &b, &wrong).await?.status, 422, "{wrong:?}");
        }
        let member = app.person(Role::Member).await?;
        assert_eq!(post(&member, &b, &under(&a, "", &a)).await?.status, 403);
        let stranger = app.stranger().await?;
        assert_eq!(post(&stranger, &b, &under(&a, "", &a)).await?.status, 404);
        assert_eq!(goals.titles(&app.owner, &page).await?, ["A", "kr", "B"]);
        // One parent only: a second one by dragging from another place is refused.
        goals.settings(json!({ "multiple_alignment": false })).await?;
        let second = post(&app.owner, &kr, &under(&b, "", &b)).await?;
        assert!(second.status == 422 && second.text.contains("one parent at most"), "{}", second.text);
        let moved = post(&app.owner, &kr, &under(&b, &a, &b)).await?;
        assert_eq!(moved.status, 200, "{}", moved.text);

        // The undo is the mover's own, and good while nothing else happened.
        let undo = undo_of(&moved)?;
        let admin = app.person(Role::Admin).await?;
        assert_eq!(post_from(&app, &admin, &page, &undo, &[]).await?.status, 404);
        assert_eq!(post_from(&app, &member, &page, &undo, &[]).await?.status, 403);
        assert_eq!(post_from(&app, &stranger, &page, &undo, &[]).await?.status, 404);
        post(&app.owner, &kr, &under(&a, &b, &a)).await?;
        assert_eq!(post_from(&app, &app.owner, &page, &undo, &[]).await?.status, 409);
        assert_eq!(goals.parents(&kr).await?, [a]);
        Ok(())
    }

    async fn a_key_result_pulled_out_becomes_an_objective_where_the_two_are_interchangeable(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let a = goals.objective("A", &[]).await?;
        let kr = goals.key_result("kr", &[&a]).await?;
        let page = goals.explorer(&[&a]);
        let out = [("place", "after"), ("reference", a.as_str()), ("from", a.as_str()), ("to", ""), ("list", "all")];
        // In the classic model it stays what it is.
        let moved = post_from(&app, &app.owner, &page, &format!("/goals/{kr}/move"), &out).await?;
        assert_eq!(moved.status, 200, "{}", moved.text);
        assert_eq!(goals.get(&kr).await?["kind"], "key_result");
        post_from(&app, &app.owner, &page, &undo_of(&moved)?, &[]).await?;
        goals.settings(json!({ "okr_model": "interchangeable" })).await?;
        let moved = post_from(&app, &app.owner, &page, &format!("/goals/{kr}/move"), &out).await?;
        assert_eq!(goals.get(&kr).await?["kind"], "objective", "{}", moved.text);
        post_from(&app, &app.owner, &page, &undo_of(&moved)?, &[]).await?;
        assert_eq!(goals.get(&kr).await?["kind"], "key_result");
        assert_eq!(goals.parents(&kr).await?, [a]);
        Ok(())
    }
}
