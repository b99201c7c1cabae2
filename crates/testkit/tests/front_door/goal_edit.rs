//! Editing a goal by page: only what was touched is saved, and two people who edit one goal lose nothing.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::forms::fields;
use northing_testkit::front_door::{Answer, App, Person};
use serde_json::{Value, json};

async fn goal(app: &App, body: Value) -> Result<String> {
    let mut all = json!({ "kind": "objective", "title": "Clear the backlog", "level": "organization", "period_id": app.period("Q1 2026").await? });
    if let (Some(all), Some(body)) = (all.as_object_mut(), body.as_object()) {
        all.extend(body.clone());
    }
    let goal = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(all)).await?;
    Ok(format!("/goals/{}", goal.get("id").and_then(Value::as_str).unwrap_or_default()))
}

/// The edit form of a goal as it opens for somebody.
async fn opened(app: &App, by: &Person, goal: &str) -> Result<Vec<(String, String)>> {
    let page = app.page(by, &format!("{goal}/edit")).await?;
    anyhow::ensure!(page.status == 200, "{}", page.status);
    Ok(fields(&page.text, &format!("{goal}/edit")))
}

fn set(form: &mut Vec<(String, String)>, name: &str, value: &str) {
    form.retain(|(key, _)| key != name);
    form.push((name.to_owned(), value.to_owned()));
}

async fn save(app: &App, by: &Person, goal: &str, form: &[(String, String)]) -> Result<Answer> {
    // The form token is each person's own.
    let form = form.iter().filter(|(name, _)| name != "csrf");
    let pairs: Vec<(&str, &str)> = form.map(|(name, value)| (name.as_str(), value.as_str())).collect();
    app.post(by, &format!("{goal}/edit"), &pairs).await
}

async fn read(app: &App, goal: &str) -> Result<Value> {
    app.api_ok(&app.owner, "GET", goal, None).await
}

both_engines! {
    async fn the_form_opens_filled_and_saving_it_untouched_changes_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        let shared = json!({ "settings": { "shared_goals": true } });
        app.api_ok(owner, "PATCH", &format!("/orgs/{}", app.org), Some(shared)).await?;
        let above = goal(&app, json!({})).await?;
        let kr = goal(&app, json!({
            "kind": "key_result", "title": "Cut <waiting>", "description": "Line one\n\n* two", "parents": [{"id": above.trim_start_matches("/goals/")}],
            "owner_ids": [member.id, owner.id], "check_in_owner_id": owner.id, "delegate_id": member.id, "start_date": "2026-01-05", "due_date": "2026-03-20",
            "metric": {"kind": "decrease", "start": 400, "target": 100.25, "unit": "jobs", "name": "Waiting"},
            "phases": [{"date": "2026-02-01", "target": 310.125}, {"date": "2026-03-20", "target": 100.25}],
            "committed": true, "tags": ["Frost", "Winter"], "new_children_contribute": false
        })).await?;
        let before = read(&app, &kr).await?;
        let form = opened(&app, owner, &kr).await?;
        let values = |name: &str| form.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>();
        assert_eq!(values("title"), ["Cut <waiting>"]);
        assert_eq!(values("tags"), ["Frost", "Winter"]);
        assert_eq!((values("metric_target"), values("phase_target"), values("committed")), (vec!["100.25"], vec!["310.13", ""], vec!["true"]));
        let saved = save(&app, owner, &kr, &form).await?;
        assert_eq!((saved.status, saved.header("location")), (303, kr.as_str()));
        let after = read(&app, &kr).await?;
        let differs: Vec<_> = before.as_object().unwrap().iter().filter(|(name, value)| after[*name] != **value).map(|(name, value)| (name, value, &after[name])).collect();
        assert!(differs.is_empty(), "nothing was touched: {differs:?}");
        // One field: the others stay exactly as they are, also what the form shows rounded.
        let mut form = form;
        set(&mut form, "title", "Cut them");
        assert_eq!(save(&app, owner, &kr, &form).await?.status, 303);
        let after = read(&app, &kr).await?;
        assert_eq!((&after["title"], &after["phases"], &after["description"]), (&json!("Cut them"), &before["phases"], &before["description"]));
        Ok(())
    }

    async fn everything_can_be_changed(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        let (one, two) = (goal(&app, json!({})).await?, goal(&app, json!({"title": "Beside"})).await?);
        let kr = goal(&app, json!({"kind": "key_result", "title": "Cut", "parents": [{"id": one.trim_start_matches("/goals/")}], "metric": {"kind": "reach", "target": 89},
            "phases": [{"date": "2026-02-01", "target": 31}, {"date": "2026-03-01", "target": 40}, {"date": "2026-03-31", "target": 89}]})).await?;
        let mut form = opened(&app, owner, &kr).await?;
        let q2 = app.period("Q2 2026").await?.to_string();
        for (name, value) in [
            ("title", "Cut more"), ("description", "Why"), ("parents", two.trim_start_matches("/goals/")), ("level", "individual"), ("owner_ids", &member.id.to_string()),
            ("check_in_owner_id", &owner.id.to_string()), ("metric_target", "178"), ("progress_mode", "rollup"), ("committed", "true"), ("tags", "Frost"),
        ] {
            set(&mut form, name, value);
        }
        assert_eq!(save(&app, owner, &kr, &form).await?.status, 303);
        let after = read(&app, &kr).await?;
        for (name, value) in [
            ("title", json!("Cut more")), ("description", json!("Why")), ("level", json!("individual")), ("owner_ids", json!([member.id])), ("check_in_owner_id", json!(owner.id)),
            ("progress_mode", json!("rollup")), ("committed", json!(true)), ("tags", json!(["Frost"])),
            // The phase on the straight line follows the target, the edited one stays.
            ("phases", json!([{"date": "2026-02-01", "target": 62.0}, {"date": "2026-03-01", "target": 40.0}, {"date": "2026-03-31", "target": 178.0}])),
        ] {
            assert_eq!(after[name], value, "{name}");
        }
        assert_eq!(format!("/goals/{}", after["parents"][0]["id"].as_str().unwrap()), two);
        // Another period: the days that were its own follow.
        let mut form = opened(&app, owner, &kr).await?;
        set(&mut form, "period_id", &q2);
        assert_eq!(save(&app, owner, &kr, &form).await?.status, 303);
        let after = read(&app, &kr).await?;
        assert_eq!((&after["start_date"], &after["due_date"]), (&json!("2026-04-01"), &json!("2026-06-30")));
        Ok(())
    }

    async fn what_is_refused_is_told_and_kept(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let above = goal(&app, json!({})).await?;
        let below = goal(&app, json!({"title": "Below", "parents": [{"id": above.trim_start_matches("/goals/")}]})).await?;
        for (name, value, expected) in [
            ("title", "", "Must not be empty."),
            ("parents", below.trim_start_matches("/goals/"), "A goal cannot be aligned to something that is below it."),
            ("due_date", "2025-01-01", "due_date-error"),
            ("due_date", "", "Must not be empty."),
            ("kind", "key_result", "An objective and a key result change into each other only where the two are interchangeable."),
        ] {
            let mut form = opened(&app, owner, &above).await?;
            set(&mut form, "description", "Typed meanwhile");
            set(&mut form, name, value);
            let before = read(&app, &above).await?;
            let answer = save(&app, owner, &above, &form).await?;
            assert_eq!(answer.status, 422, "{name}");
            assert!(answer.text.contains(expected) && answer.text.contains("Typed meanwhile"), "{name}");
            assert_eq!(read(&app, &above).await?, before, "{name}");
        }
        // A closed goal says what to do first.
        let form = opened(&app, owner, &below).await?;
        app.api_ok(owner, "POST", &format!("{below}/close"), Some(json!({}))).await?;
        let page = app.page(owner, &format!("{below}/edit")).await?;
        assert!(page.status == 200 && page.text.contains("eopen") && !page.text.contains(r#"name="title""#), "it says to reopen it");
        let late = save(&app, owner, &below, &form).await?;
        assert!(late.status == 422 && late.text.contains("eopen"), "{}", late.status);
        Ok(())
    }

    async fn two_people_edit_one_goal_and_lose_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (ruth, ann) = (&app.owner, app.person(Role::Admin).await?);
        let path = goal(&app, json!({"description": "As it was", "tags": ["Frost"]})).await?;
        let first = opened(&app, ruth, &path).await?;
        let mut second = opened(&app, &ann, &path).await?;
        // The first is quick: title and description.
        let mut quick = first.clone();
        set(&mut quick, "title", "Ruth's title");
        set(&mut quick, "description", "Ruth's text");
        assert_eq!(save(&app, ruth, &path, &quick).await?.status, 303);
        app.clock.advance_millis(120_000);
        // The second changed the title and the ambition.
        set(&mut second, "title", "Ann's title");
        set(&mut second, "committed", "true");
        let told = save(&app, &ann, &path, &second).await?;
        assert_eq!(told.status, 409);
        for expected in ["Ruth Owner changed this goal 2 minutes ago", "Ruth's title", "Ann's title", "Ruth's text", r#"name="keep_title" value="yours" checked"#, "Not changed by you: theirs stays"] {
            assert!(told.text.contains(expected), "{expected}");
        }
        assert!(!told.text.contains("keep_description") && !told.text.contains("keep_tags"));
        assert_eq!(read(&app, &path).await?["title"], "Ruth's title", "nothing was saved");
        // The form holds hers where she typed, theirs where she did not; saving it is deliberate.
        let again = fields(&told.text, &format!("{path}/edit"));
        let value = |name: &str| again.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap_or_default();
        assert_eq!((value("title"), value("description"), value("committed")), (String::from("Ann's title"), String::from("Ruth's text"), String::from("true")));
        // Theirs for the title: hers for the rest.
        let mut theirs = again.clone();
        set(&mut theirs, "keep_title", "theirs");
        assert_eq!(save(&app, &ann, &path, &theirs).await?.status, 303);
        let after = read(&app, &path).await?;
        assert_eq!((&after["title"], &after["description"], &after["committed"]), (&json!("Ruth's title"), &json!("Ruth's text"), &json!(true)));
        // Hers: against a version that moved on once more she is told once more.
        assert_eq!(save(&app, &ann, &path, &again).await?.status, 409);
        let mut last = opened(&app, &ann, &path).await?;
        set(&mut last, "title", "Ann's title");
        assert_eq!(save(&app, &ann, &path, &last).await?.status, 303);
        assert_eq!(read(&app, &path).await?["title"], "Ann's title");
        Ok(())
    }

    async fn what_is_no_change_of_its_fields_is_no_conflict(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let above = goal(&app, json!({})).await?;
        let kr = goal(&app, json!({"kind": "key_result", "parents": [{"id": above.trim_start_matches("/goals/")}]})).await?;
        let mut form = opened(&app, owner, &kr).await?;
        app.api_ok(owner, "POST", &format!("{kr}/check-ins"), Some(json!({"progress": 40}))).await?;
        set(&mut form, "title", "After the check-in");
        assert_eq!(save(&app, owner, &kr, &form).await?.status, 303);
        let after = read(&app, &kr).await?;
        assert_eq!((&after["title"], &after["progress"]), (&json!("After the check-in"), &json!(40.0)));
        // Both made the same change: nothing to choose.
        let mut same = opened(&app, owner, &kr).await?;
        app.api_ok(owner, "PATCH", &kr, Some(json!({"title": "The same"}))).await?;
        set(&mut same, "title", "The same");
        let told = save(&app, owner, &kr, &same).await?;
        assert!(told.status == 409 && !told.text.contains("keep_title"), "{}", told.status);
        Ok(())
    }

    async fn only_those_who_may_edit_get_the_form(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (member, delegate, stranger) = (app.person(Role::Member).await?, app.person(Role::Member).await?, app.stranger().await?);
        let path = goal(&app, json!({"delegate_id": delegate.id})).await?;
        let edit = format!("{path}/edit");
        let form = opened(&app, &app.owner, &path).await?;
        for (who, status) in [(&member, 403), (&stranger, 404)] {
            assert_eq!(app.page(who, &edit).await?.status, status);
            assert_eq!(save(&app, who, &path, &form).await?.status, status);
        }
        assert!(!app.page(&member, &path).await?.text.contains(&edit) && app.page(&app.owner, &path).await?.text.contains(&edit));
        // A delegate does everything but change the owners.
        let mut theirs = opened(&app, &delegate, &path).await?;
        assert!(!theirs.iter().any(|(name, _)| name == "owner_ids"));
        set(&mut theirs, "title", "By the delegate");
        assert_eq!(save(&app, &delegate, &path, &theirs).await?.status, 303);
        assert_eq!(read(&app, &path).await?["owner_ids"], json!([app.owner.id]));
        theirs = opened(&app, &delegate, &path).await?;
        set(&mut theirs, "owner_ids", &delegate.id.to_string());
        set(&mut theirs, "owner_ids_query", "");
        assert_eq!(save(&app, &delegate, &path, &theirs).await?.status, 403);
        Ok(())
    }
}
