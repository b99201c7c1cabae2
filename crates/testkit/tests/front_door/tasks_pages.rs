//! Tasks of initiatives, by page.

use anyhow::{Context as _, Result};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::lifecycle::{goal, htmx, objective, read};

async fn initiative(app: &App) -> Result<String> {
    let top = objective(app, "Grow").await?;
    let more = json!({ "kind": "initiative", "parents": [{ "id": top }], "progress_mode": "manual" });
    goal(app, &app.owner, "Open a bay", more).await
}

/// The tasks of a goal: id, name, done.
async fn tasks(app: &App, id: &str) -> Result<Vec<(String, String, bool)>> {
    let list = app.api_ok(&app.owner, "GET", &format!("/goals/{id}/tasks"), None).await?;
    let items = list["items"].as_array().context("items")?.clone();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(items.iter().map(|it| (text(&it["id"]), text(&it["name"]), it["done"] == json!(true))).collect())
}

fn names(tasks: &[(String, String, bool)]) -> Vec<&str> {
    tasks.iter().map(|(_, name, _)| name.as_str()).collect()
}

both_engines! {
    async fn tasks_are_added_ticked_and_move_the_progress(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let id = initiative(&app).await?;
        let path = format!("/goals/{id}/tasks");
        let page = app.page(owner, &format!("/goals/{id}")).await?.text;
        assert!(page.contains("New task") && page.contains("Tasks break the work down"), "{page}");
        assert_eq!(htmx(&app, owner, &path, &[("name", " ")]).await?.status, 422);
        assert_eq!(app.post(owner, &path, &[("name", "Rent"), ("due_date", "soon")]).await?.status, 422);
        for name in ["Rent", "Paint", "Open"] {
            let added = htmx(&app, owner, &path, &[("name", name)]).await?;
            assert!(added.text.contains(name) && added.text.contains("autofocus"), "{}", added.text);
        }
        // Checked in by hand: tasks move nothing until they are let.
        let all = tasks(&app, &id).await?;
        assert_eq!(names(&all), ["Rent", "Paint", "Open"]);
        let rent = format!("{path}/{}", all[0].0);
        let ticked = htmx(&app, owner, &rent, &[("done", "true")]).await?;
        assert!(ticked.text.contains("1 of 3 done") && ticked.text.contains("Let tasks move it"), "{}", ticked.text);
        assert_eq!(read(&app, &id).await?["progress"], json!(0.0));
        assert_eq!(htmx(&app, owner, &format!("{path}/follow"), &[]).await?.status, 200);
        let third = read(&app, &id).await?["progress"].as_f64().unwrap();
        assert!((third - 100.0 / 3.0).abs() < 1e-9, "{third}");
        htmx(&app, owner, &rent, &[("done", "false")]).await?;
        assert_eq!(read(&app, &id).await?["progress"], json!(0.0));
        // Due after the initiative's end: saved, and said (goals §3.6).
        let late = htmx(&app, owner, &path, &[("name", "Sweep up"), ("due_date", "2026-05-01")]).await?;
        assert!(late.status == 200 && late.text.contains("is due after the end on 31 March 2026"), "{}", late.text);
        // Without scripts back to the goal; other goals have no tasks.
        let plain = app.post(owner, &rent, &[("done", "true")]).await?;
        assert_eq!((plain.status, plain.header("location")), (303, format!("/goals/{id}#tasks").as_str()));
        let other = objective(&app, "Other").await?;
        assert_eq!(app.post(owner, &format!("/goals/{other}/tasks"), &[("name", "x")]).await?.status, 422);
        assert_eq!(app.page(owner, &format!("/goals/{other}/tasks")).await?.status, 404);
        let (member, stranger) = (app.person(Role::Member).await?, app.stranger().await?);
        for path in [path.clone(), rent.clone(), format!("{path}/follow"), format!("{rent}/edit"), format!("{rent}/move?place=up"), format!("{rent}/deletion"), format!("{rent}/restoration")] {
            assert_eq!(app.post(&member, &path, &[("name", "x"), ("kind", "task")]).await?.status, 403, "{path}");
            assert_eq!(app.post(&stranger, &path, &[("name", "x"), ("kind", "task")]).await?.status, 404, "{path}");
        }
        assert_eq!(app.page(&stranger, &path).await?.status, 404);
        assert_eq!(app.page(&stranger, &format!("{rent}/edit")).await?.status, 404);
        assert!(!app.page(&member, &format!("/goals/{id}")).await?.text.contains("New task"));
        Ok(())
    }

    async fn a_task_is_changed_by_its_form(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let id = initiative(&app).await?;
        let path = format!("/goals/{id}/tasks");
        app.post(owner, &path, &[("name", "Rent")]).await?;
        let task = tasks(&app, &id).await?[0].0.clone();
        let edit = format!("{path}/{task}/edit");
        let shown = app.fragment(owner, &edit).await?.text;
        assert!(shown.contains("value=\"Rent\"") && shown.contains("Who does it"), "{shown}");
        let wrong = app.post(owner, &edit, &[("name", ""), ("kind", "milestone"), ("weight", "-1"), ("version", "1")]).await?;
        assert!(wrong.status == 422 && wrong.text.contains("must not be empty") && wrong.text.contains("from 0 to 1000000"), "{}", wrong.text);
        // Without scripts a person is searched for by a button of the form.
        let found = app.post(owner, &edit, &[("name", "Typed"), ("kind", "task"), ("search", "owner"), ("owner_query", "ruth")]).await?;
        assert!(found.status == 200 && found.text.contains("Ruth Owner") && found.text.contains("value=\"Typed\""), "{}", found.text);
        let ruth = owner.id.to_string();
        let saved = htmx(&app, owner, &edit, &[("name", "Rent it"), ("owner", &ruth), ("kind", "milestone"), ("weight", "2"), ("due_date", "2026-05-01"), ("version", "1")]).await?;
        assert!(saved.text.contains("weight 2") && saved.text.contains("Ruth Owner") && saved.text.contains("is due after the end"), "{}", saved.text);
        let late = app.post(owner, &edit, &[("name", "Mine"), ("kind", "task"), ("version", "1")]).await?;
        assert!(late.status == 409 && late.text.contains("Rent it") && late.text.contains("value=\"Mine\""), "{}", late.text);
        assert!(app.fragment(owner, &edit).await?.text.contains("After the end on 31 March 2026."));
        Ok(())
    }

    async fn tasks_are_ordered_sorted_deleted_and_brought_back(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let id = initiative(&app).await?;
        let path = format!("/goals/{id}/tasks");
        for (name, due) in [("Cc", "2026-03-01"), ("Aa", ""), ("Bb", "2026-02-20")] {
            app.post(owner, &path, &[("name", name), ("due_date", due)]).await?;
        }
        let all = tasks(&app, &id).await?;
        let at = |name: &str| format!("{path}/{}", all.iter().find(|it| it.1 == name).unwrap().0);
        for (what, order) in [
            (format!("{}/move?place=up", at("Aa")), ["Aa", "Cc", "Bb"]),
            (format!("{}/move?place=up", at("Aa")), ["Aa", "Cc", "Bb"]),
            (format!("{}/move?place=down", at("Aa")), ["Cc", "Aa", "Bb"]),
            (format!("{}/move?place=last", at("Cc")), ["Aa", "Bb", "Cc"]),
            (format!("{}/move?before={}", at("Cc"), at("Bb").rsplit('/').next().unwrap()), ["Aa", "Cc", "Bb"]),
        ] {
            assert_eq!(htmx(&app, owner, &what, &[]).await?.status, 200, "{what}");
            assert_eq!(names(&tasks(&app, &id).await?), order, "{what}");
        }
        assert_eq!(app.post(owner, &format!("{}/move", at("Cc")), &[]).await?.status, 422);
        let order = |text: &str| ["Aa", "Bb", "Cc"].map(|name| text.find(&format!("aria-label=\"{name}\"")).unwrap());
        let by = |sort: &'static str| app.page(owner, Box::leak(format!("{path}?sort={sort}").into_boxed_str()));
        let [a, b, c] = order(&by("name").await?.text);
        assert!(a < b && b < c);
        let [a, b, c] = order(&by("due").await?.text);
        assert!(b < c && c < a, "what has no day comes last");
        let [a, b, c] = order(&by("order").await?.text);
        assert!(a < c && c < b);

        let gone = htmx(&app, owner, &format!("{}/deletion", at("Cc")), &[]).await?;
        assert!(gone.text.contains("Deleted: Cc") && gone.text.contains("/restoration"), "{}", gone.text);
        assert_eq!(names(&tasks(&app, &id).await?), ["Aa", "Bb"]);
        assert_eq!(htmx(&app, owner, &format!("{}/deletion", at("Cc")), &[]).await?.status, 404);
        assert_eq!(htmx(&app, owner, &format!("{}/restoration", at("Cc")), &[]).await?.status, 200);
        assert_eq!(names(&tasks(&app, &id).await?), ["Aa", "Cc", "Bb"]);
        assert_eq!(htmx(&app, owner, &format!("{}/restoration", at("Cc")), &[]).await?.status, 404, "it is there");
        let activity = app.page(owner, &format!("/goals/{id}/activity")).await?.text;
        for told in ["added the task “Aa”", "deleted the task “Cc”", "restored the task “Cc”"] {
            assert!(activity.contains(told), "{told}: {activity}");
        }
        Ok(())
    }
}
