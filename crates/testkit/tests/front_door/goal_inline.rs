//! Goals added and changed in their list and panel: a title and Enter, one field at a time.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::forms::fields;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

async fn goal(app: &App, body: Value) -> Result<String> {
    let mut all = json!({ "kind": "objective", "title": "Clear the backlog", "level": "organization", "period_id": app.period("Q1 2026").await? });
    for (name, value) in body.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let goal = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(all)).await?;
    Ok(goal["id"].as_str().unwrap_or_default().to_owned())
}

both_engines! {
    async fn an_open_branch_and_the_list_end_with_what_can_be_added(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, observer) = (&app.owner, app.observer().await?);
        let period = app.period("Q1 2026").await?;
        let above = goal(&app, json!({})).await?;
        let kr = goal(&app, json!({"kind": "key_result", "title": "Cut", "parents": [{"id": above}]})).await?;
        let explorer = format!("/explorer?period={period}");
        let shut = app.page(owner, &explorer).await?.text;
        assert!(shut.contains(r#"id="add-top""#) && !shut.contains(&format!(r#"id="add-{above}""#)));
        assert!(shut.contains(&format!("/goals/inline?kind=objective&amp;period={period}&amp;depth=1")), "the period of the page");
        let open = app.page(owner, &format!("{explorer}&open={above}")).await?.text;
        // Behind the last row of the branch, before the end of the list.
        let at = |text: &str| open.find(text).unwrap_or_else(|| panic!("{text}"));
        assert!(at(&format!(r#"id="row-{kr}""#)) < at(&format!(r#"id="add-{above}""#)) && at(&format!(r#"id="add-{above}""#)) < at(r#"id="add-top""#));
        assert!(open.contains(&format!("kind=key_result&amp;parent={above}&amp;depth=2")), "what may stand there");
        let branch = app.fragment(owner, &format!("/goals/{above}/children?level=2")).await?.text;
        assert!(branch.contains(&format!(r#"id="add-{above}""#)));
        // Nobody who may not; nothing in a filtered list; nothing under what is closed.
        assert!(!app.page(&observer, &format!("{explorer}&open={above}")).await?.text.contains("data-add"));
        assert!(!app.page(owner, &format!("{explorer}&q=cut")).await?.text.contains("data-add"));
        app.api_ok(owner, "POST", &format!("/goals/{kr}/close"), Some(json!({}))).await?;
        assert!(!app.fragment(owner, &format!("/goals/{kr}/children?level=3")).await?.text.contains("data-add"));
        Ok(())
    }

    async fn a_title_and_enter_add_a_goal_and_the_next_line_is_ready(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        let period = app.period("Q2 2026").await?.to_string();
        let above = goal(&app, json!({"period_id": period})).await?;
        let line = app.fragment(owner, &format!("/goals/inline?kind=key_result&parent={above}&depth=2")).await?.text;
        let mut form = fields(&line, "/goals/inline");
        assert!(line.contains("autofocus") && form.iter().any(|(name, value)| name == "parent" && *value == above));
        form.retain(|(name, _)| name != "title" && name != "csrf");
        let with = |title: &'static str| form.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain([("title", title)]).collect::<Vec<_>>();
        let added = app.post_htmx(owner, "/goals/inline", &with("Cut <waiting>")).await?;
        assert_eq!(added.status, 200);
        assert!(added.text.starts_with("<tr") && added.text.contains("Cut &lt;waiting&gt;") && added.text.contains(r#"aria-level="2""#) && added.text.contains(r#"name="title""#), "row and line");
        let children = app.api_ok(owner, "GET", &format!("/goals/{above}/children"), None).await?;
        let child = &children["items"][0];
        // Level, period and owner are as the form would have filled them in.
        assert_eq!((&child["kind"], &child["level"], &child["period_id"], &child["owner_ids"]), (&json!("key_result"), &json!("organization"), &json!(period), &json!([owner.id])));
        let refused = app.post_htmx(owner, "/goals/inline", &with(" ")).await?;
        assert!(refused.status == 422 && refused.text.contains("Must not be empty.") && refused.text.starts_with("<tr"), "{}", refused.text);
        let plain = app.post(owner, "/goals/inline", &with("Without scripts")).await?;
        assert_eq!((plain.status, plain.header("location").starts_with("/goals/")), (303, true));
        // At the top, of a team's page by the right to create there.
        let top = app.post_htmx(owner, "/goals/inline", &[("kind", "objective"), ("title", "On top"), ("period", &period), ("level", "organization"), ("depth", "1")]).await?;
        assert!(top.status == 200 && top.text.contains("On top"));
        let team = app.api_ok(owner, "POST", &format!("/orgs/{}/teams", app.org), Some(json!({"name": "North", "owners": [owner.id]}))).await?;
        let denied = app.post_htmx(&member, "/goals/inline", &[("kind", "objective"), ("title", "Theirs"), ("team", team["id"].as_str().unwrap()), ("depth", "1")]).await?;
        assert!(denied.status == 403 && denied.text.contains("You may not create goals of this team.") && denied.text.contains(r#"value="Theirs""#), "{}", denied.text);
        let observer = app.observer().await?;
        assert_eq!(app.post_htmx(&observer, "/goals/inline", &[("kind", "objective"), ("title", "Mine")]).await?.status, 403);
        // A kind that may not stand there is refused, not replaced.
        let kind = app.post_htmx(owner, "/goals/inline", &[("kind", "key_result"), ("title", "Alone")]).await?;
        assert!(kind.status == 422 && kind.text.contains("belongs under an objective"), "{}", kind.text);
        // Leaving gives the links back; without scripts they lead to the whole form.
        let links = app.fragment(owner, &format!("/goals/inline?kind=key_result&parent={above}&depth=2&leave=true")).await?.text;
        assert!(links.contains("Initiative") && !links.contains("<form"), "{links}");
        assert_eq!(app.page(owner, &format!("/goals/inline?kind=key_result&parent={above}")).await?.header("location"), format!("/goals/new?kind=key_result&parent={above}"));
        let stranger = app.stranger().await?;
        assert_eq!(app.fragment(&stranger, &format!("/goals/inline?kind=key_result&parent={above}")).await?.status, 404);
        Ok(())
    }

    async fn one_field_is_changed_where_it_is_shown(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        let id = goal(&app, json!({"description": "Stays", "tags": ["Frost"], "new_children_contribute": false})).await?;
        let path = format!("/goals/{id}");
        let before = app.api_ok(owner, "GET", &path, None).await?;
        let q2 = app.period("Q2 2026").await?.to_string();
        let me = member.id.to_string();
        for (field, name, value, shown) in [
            ("title", "title", "Another title", "title"), ("owners", "owner_ids", me.as_str(), "owner_ids"),
            ("place", "level", "individual", "level"), ("period", "period_id", q2.as_str(), "period_id"),
        ] {
            let dialog = app.fragment(owner, &format!("{path}/fields/{field}")).await?;
            assert_eq!((dialog.status, dialog.header("hx-retarget")), (200, "#dialog"), "{field}");
            let mut form = fields(&dialog.text, &format!("{path}/edit"));
            assert!(form.len() < 14, "only this field: {form:?}");
            form.retain(|(key, _)| key != name && key != "csrf");
            let mut pairs: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            pairs.push((name, value));
            let saved = app.post_htmx(owner, &format!("{path}/edit"), &pairs).await?;
            assert_eq!(saved.status, 200, "{field}: {}", saved.text);
            let after = app.api_ok(owner, "GET", &path, None).await?;
            let now = if after[shown].is_array() { after[shown][0].clone() } else { after[shown].clone() };
            assert_eq!(now, json!(value), "{field}");
            assert_eq!((&after["description"], &after["tags"], &after["new_children_contribute"]), (&before["description"], &before["tags"], &json!(false)), "{field}");
        }
        assert_eq!(app.api_ok(owner, "GET", &path, None).await?["due_date"], "2026-06-30", "its period's days followed");
        // In its row: a line, and the row takes the focus again.
        let line = app.fragment(owner, &format!("{path}/fields/title?in=row")).await?;
        let mut form = fields(&line.text, &format!("{path}/edit"));
        form.retain(|(key, _)| key != "title" && key != "csrf");
        let mut pairs: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        pairs.push(("title", "In its row"));
        let saved = app.post_htmx(owner, &format!("{path}/edit"), &pairs).await?;
        assert!(saved.status == 200 && saved.header("hx-trigger").contains(&id), "{}", saved.header("hx-trigger"));
        // Refused or in conflict, the whole form comes with everything.
        pairs.pop();
        pairs.push(("title", ""));
        let conflict = app.post_htmx(owner, &format!("{path}/edit"), &[&pairs[..], &[("title", "Late")]].concat()).await?;
        assert!(conflict.status == 409 && conflict.text.contains("In its row"), "{}", conflict.status);
        let fresh = app.fragment(owner, &format!("{path}/fields/title")).await?.text;
        let mut form = fields(&fresh, &format!("{path}/edit"));
        form.retain(|(key, _)| key != "title" && key != "csrf");
        let mut pairs: Vec<(&str, &str)> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        pairs.push(("title", ""));
        let refused = app.post_htmx(owner, &format!("{path}/edit"), &pairs).await?;
        assert!(refused.status == 422 && refused.text.contains("Must not be empty.") && refused.text.contains(">Stays</textarea>"), "{}", refused.status);
        // Pages of their own; rights; closed goals.
        assert!(app.page(owner, &format!("{path}/fields/owners")).await?.text.contains("Search by name"));
        assert_eq!(app.page(owner, &format!("{path}/fields/nothing")).await?.status, 404);
        let (other, stranger) = (app.person(Role::Member).await?, app.stranger().await?);
        assert_eq!(app.page(&other, &format!("{path}/fields/title")).await?.status, 403);
        assert_eq!(app.page(&stranger, &format!("{path}/fields/title")).await?.status, 404);
        app.api_ok(owner, "POST", &format!("{path}/close"), Some(json!({}))).await?;
        let closed = app.fragment(owner, &format!("{path}/fields/title?in=row")).await?;
        assert!(closed.text.starts_with("<dialog") && closed.text.contains("eopen"), "{}", closed.text);
        Ok(())
    }
}
