//! The form of a goal by page: every kind of measure, every refusal at its field with everything typed kept, what it opens with,
//! and who may not.

use anyhow::Result;
use northing_core::people::Role;
use northing_core::values::Id;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, Person};
use serde_json::{Value, json};

type Pairs<'a> = Vec<(&'a str, String)>;

/// The form as it opens for an objective of one's own in Q1 2026, with other values for some fields.
async fn filled<'a>(app: &App, with: &[(&'a str, &str)]) -> Result<Pairs<'a>> {
    let period = app.period("Q1 2026").await?.to_string();
    let usual = [
        ("kind", "objective"),
        ("title", "Grow"),
        ("description", ""),
        ("parents_query", ""),
        ("level", "individual"),
        ("owner_ids_query", ""),
        ("period_id", &period),
        ("start_date", "2026-01-01"),
        ("due_date", "2026-03-31"),
        ("dates_of", "2026-01-01 2026-03-31"),
        ("progress_mode", ""),
        ("committed", "false"),
        ("tags_query", ""),
        ("new_children_contribute", "true"),
        ("children_shown", "true"),
    ];
    let mut pairs: Pairs<'a> = usual
        .iter()
        .filter(|(name, _)| !with.iter().any(|(other, _)| other == name))
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect();
    pairs.extend(with.iter().map(|(name, value)| (*name, (*value).to_owned())));
    Ok(pairs)
}

async fn send(app: &App, by: &Person, path: &str, pairs: &[(&str, String)]) -> Result<Answer> {
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    app.post(by, path, &pairs).await
}

/// Posts the form and follows it to the goal that was made.
async fn made(app: &App, by: &Person, with: &[(&str, &str)]) -> Result<Value> {
    let answer = send(app, by, "/goals", &filled(app, with).await?).await?;
    anyhow::ensure!(answer.status == 303, "{with:?}: {} {}", answer.status, errors(&answer.text).join("; "));
    app.api_ok(by, "GET", answer.header("location"), None).await
}

/// The sentences at fields: `field: sentence`.
fn errors(page: &str) -> Vec<String> {
    let parts = page.split(r#"<p class="err" id=""#).skip(1);
    parts
        .filter_map(|part| {
            let field = part.split("-error").next()?;
            let text = part.split("</svg>").nth(1)?.split("</p>").next()?;
            Some(format!("{field}: {text}"))
        })
        .collect()
}

async fn settings(app: &App, change: Value) -> Result<()> {
    app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}", app.org), Some(json!({ "settings": change })))
        .await?;
    Ok(())
}

async fn objective(app: &App, body: Value) -> Result<String> {
    let mut all = json!({ "kind": "objective", "title": "Above", "level": "organization", "period_id": app.period("Q1 2026").await? });
    for (name, value) in body.as_object().into_iter().flatten() {
        all[name] = value.clone();
    }
    let goal = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(all)).await?;
    Ok(goal["id"].as_str().unwrap_or_default().to_owned())
}

async fn team(app: &App, name: &str, owner: Id) -> Result<String> {
    let body = json!({ "name": name, "owners": [owner] });
    let team = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(body)).await?;
    Ok(team["id"].as_str().unwrap_or_default().to_owned())
}

async fn count(app: &App) -> Result<usize> {
    let list = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/goals?limit=200", app.org), None).await?;
    Ok(list["items"].as_array().map_or(0, Vec::len))
}

both_engines! {
    async fn a_goal_of_every_kind_of_measure_is_made(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let above = objective(&app, json!({})).await?;
        for (fields, metric) in [
            (&[("metric_kind", "percent")][..], json!({"kind": "percent", "start": 0.0, "target": 100.0})),
            (&[("metric_kind", "reach"), ("metric_target", "3,872"), ("metric_unit", "€")], json!({"kind": "reach", "start": 0.0, "target": 3872.0, "unit": "€"})),
            (&[("metric_kind", "increase"), ("metric_start", "2,5"), ("metric_target", "7.5"), ("metric_name", "Rating"), ("metric_unit", "stars")],
                json!({"kind": "increase", "start": 2.5, "target": 7.5, "name": "Rating", "unit": "stars"})),
            (&[("metric_kind", "decrease"), ("metric_start", "18"), ("metric_target", "10"), ("metric_unit", "days")], json!({"kind": "decrease", "start": 18.0, "target": 10.0, "unit": "days"})),
            (&[("metric_kind", "stay_above"), ("metric_target", "9"), ("risk_threshold", "7")], json!({"kind": "stay_above", "target": 9.0, "risk_threshold": 7.0})),
            (&[("metric_kind", "stay_below"), ("metric_target", "2"), ("risk_threshold", "3"), ("metric_unit", "%")], json!({"kind": "stay_below", "target": 2.0, "risk_threshold": 3.0, "unit": "%"})),
            (&[("metric_kind", "baseline"), ("metric_name", "Calls a day")], json!({"kind": "baseline", "name": "Calls a day"})),
        ] {
            let with = [&[("kind", "key_result"), ("parents", above.as_str())][..], fields].concat();
            let goal = made(&app, owner, &with).await?;
            for (name, value) in metric.as_object().unwrap() {
                assert_eq!(&goal["metric"][name], value, "{fields:?} {name}");
            }
            assert_eq!((&goal["parents"][0]["id"], &goal["progress_mode"]), (&json!(above), &json!("manual")));
        }
        Ok(())
    }

    async fn everything_that_the_form_asks_is_kept(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        settings(&app, json!({"scoring_guidance": true, "shared_goals": true})).await?;
        let (one, two) = (objective(&app, json!({})).await?, objective(&app, json!({"title": "Beside"})).await?);
        let (north, south) = (team(&app, "North", owner.id).await?, team(&app, "South", owner.id).await?);
        let (me, them) = (owner.id.to_string(), member.id.to_string());
        let goal = made(&app, owner, &[
            ("kind", "key_result"), ("title", "  Cut waiting  "), ("description", "**Why**\r\nso"), ("parents", &one), ("parents", &two),
            ("level", "team"), ("team_ids", &south), ("team_ids", &north), ("owner_ids", &them), ("owner_ids", &me),
            ("check_in_owner_id", &me), ("delegate_id", &them), ("start_date", "2026-01-10"), ("due_date", "2026-03-20"),
            ("metric_kind", "decrease"), ("metric_start", "400"), ("metric_target", "100"),
            ("phase_interval", "custom"), ("phase_spread", "custom"), ("phase_line", "2026-01-10 2026-03-20 400 100"),
            ("phase_date", "2026-02-28"), ("phase_target", "150"), ("phase_date", "2026-02-01"), ("phase_target", "350"),
            ("committed", "true"), ("tags", "Winter"), ("tags", "Frost"), ("scoring_guidance", "0.7 is 190"), ("new_children_contribute", "false"),
        ]).await?;
        for (name, value) in [
            ("title", json!("Cut waiting")), ("description", json!("**Why**\nso")), ("level", json!("team")), ("team_ids", json!([south, north])),
            ("owner_ids", json!([them, me])), ("check_in_owner_id", json!(me)), ("delegate_id", json!(them)), ("start_date", json!("2026-01-10")),
            ("due_date", json!("2026-03-20")), ("committed", json!(true)), ("tags", json!(["Frost", "Winter"])), ("scoring_guidance", json!("0.7 is 190")),
            ("new_children_contribute", json!(false)),
            ("phases", json!([{"date": "2026-02-01", "target": 350.0}, {"date": "2026-02-28", "target": 150.0}, {"date": "2026-03-20", "target": 100.0}])),
        ] {
            assert_eq!(goal[name], value, "{name}");
        }
        let parents: Vec<_> = goal["parents"].as_array().unwrap().iter().map(|parent| parent["id"].clone()).collect();
        assert_eq!(parents, [json!(one), json!(two)]);
        // A preset without rows is spread evenly, also where scripts could not do it.
        let spread = made(&app, owner, &[
            ("kind", "key_result"), ("parents", &one), ("metric_kind", "reach"), ("metric_target", "89"), ("phase_interval", "monthly"), ("phase_line", ""),
        ]).await?;
        let phases: Vec<_> = spread["phases"].as_array().unwrap().iter().map(|it| format!("{} {:.6}", it["date"].as_str().unwrap(), it["target"].as_f64().unwrap())).collect();
        assert_eq!(phases, ["2026-02-01 31.000000", "2026-03-01 59.000000", "2026-03-31 89.000000"]);
        // Days that were left as they came follow the period.
        let next = app.period("Q2 2026").await?.to_string();
        let later = made(&app, owner, &[("period_id", &next)]).await?;
        assert_eq!((&later["start_date"], &later["due_date"]), (&json!("2026-04-01"), &json!("2026-06-30")));
        Ok(())
    }

    async fn what_is_refused_is_told_at_its_field_and_everything_typed_is_kept(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let elsewhere = app.stranger().await?.id.to_string();
        let above = objective(&app, json!({})).await?;
        let shut = objective(&app, json!({"title": "Shut"})).await?;
        app.api_ok(owner, "POST", &format!("/goals/{shut}/close"), Some(json!({}))).await?;
        let (one, two) = (team(&app, "One", owner.id).await?, team(&app, "Two", owner.id).await?);
        app.api_ok(owner, "PATCH", &format!("/orgs/{}/teams/{one}", app.org), Some(json!({"status": "archived"}))).await?;
        settings(&app, json!({"shared_goals": false, "multiple_alignment": false})).await?;
        let me = owner.id.to_string();
        let observer = app.observer().await?.id.to_string();
        let (long, nobody) = ("x".repeat(501), app.northing.new_id().to_string());
        let before = count(&app).await?;
        let kr = [("kind", "key_result"), ("parents", above.as_str())];
        let cases: Vec<(Vec<(&str, &str)>, &str)> = vec![
            (vec![("title", "")], "title: Must not be empty."),
            (vec![("title", &long)], "title: Must have at most 500 characters."),
            (vec![("kind", "project")], "kind: Is no kind of goal."),
            (vec![("kind", "key_result")], "parents: A key result belongs under an objective: choose what it is aligned to."),
            (vec![("parents", "seven")], "parents: Is nothing that can be chosen here."),
            (vec![("parents", &nobody)], "parents: There is no such goal in this organisation."),
            (vec![("parents", &shut)], "parents: Nothing new can be aligned to it."),
            (vec![("parents", &above), ("parents", &shut)], "parents: A goal has one parent at most in this organisation"),
            (vec![("parents_query", "Abo")], "parents: “Abo” is not chosen yet: pick it from the list, or clear the search."),
            (vec![("due_date", "2025-12-31")], "due_date: "),
            (vec![("start_date", "soon")], "start_date: Must be a day such as 2026-12-31."),
            (vec![("period_id", &nobody)], "period_id: There is no such period in this organisation."),
            (vec![("level", "team")], "team_ids: Name the team."),
            (vec![("level", "team"), ("team_ids", &one)], "team_ids: There is no such team in this organisation."),
            (vec![("level", "team"), ("team_ids", &two), ("team_ids", &one)], "team_ids: Goals have one team only"),
            (vec![("team_ids", &two)], "team_ids: Only a team's goal has teams."),
            (vec![("owner_ids", &elsewhere)], "owner_ids: There is no such member in this organisation."),
            (vec![("owner_ids", &observer)], "owner_ids: Is an observer, who changes nothing."),
            (vec![("owner_ids", &me), ("owner_ids", &observer)], "owner_ids: Goals have one owner only"),
            (vec![("check_in_owner_id", &elsewhere)], "check_in_owner_id: There is no such member"),
            (vec![("delegate_id", &me), ("delegate_id", &observer)], "delegate_id: Is one person: untick the others."),
            (vec![("metric_kind", "reach"), ("metric_target", "5")], "metric_kind: An objective has no metric of its own in this organisation: give it key results."),
            ([&kr[..], &[("metric_kind", "reach")]].concat(), "metric_target: Is required for this kind of metric."),
            ([&kr[..], &[("metric_kind", "reach"), ("metric_target", "ninety")]].concat(), "metric_target: Must be a number, for example 42.5."),
            ([&kr[..], &[("metric_kind", "increase"), ("metric_start", "5"), ("metric_target", "5")]].concat(), "metric_target: Must be above the start."),
            ([&kr[..], &[("metric_kind", "decrease"), ("metric_start", "5"), ("metric_target", "6")]].concat(), "metric_target: Must be below the start."),
            ([&kr[..], &[("metric_kind", "stay_above"), ("metric_target", "9"), ("risk_threshold", "10")]].concat(), "risk_threshold: Must be below the target."),
            ([&kr[..], &[("metric_kind", "stay_below"), ("metric_target", "2"), ("risk_threshold", "1")]].concat(), "risk_threshold: Must be above the target."),
            ([&kr[..], &[("metric_kind", "baseline"), ("metric_target", "2")]].concat(), "metric_target: A baseline has no target."),
            ([&kr[..], &[("metric_kind", "reach"), ("metric_target", "9"), ("phase_interval", "custom"), ("phase_date", "2026-04-01"), ("phase_target", "5")]].concat(),
                "phase-0-date: Must not be after the goal's due date."),
            ([&kr[..], &[("metric_kind", "reach"), ("metric_target", "9"), ("phase_interval", "custom"), ("phase_date", "2026-02-01"), ("phase_target", "")]].concat(),
                "phase-0-target: Is missing: fill it in, or remove the row."),
            ([&kr[..], &[("metric_kind", "percent"), ("phase_interval", "custom"), ("phase_date", "2026-02-01"), ("phase_target", "5")]].concat(),
                "phases: Only reach, increase and decrease metrics have phases."),
            (vec![("progress_mode", "data_source")], "progress_mode: Is set by linking a data source."),
            (vec![("tags", "a\nb")], "tags: Must be one line without control characters."),
        ];
        for (with, expected) in cases {
            let mut with = with;
            if !with.iter().any(|(name, _)| *name == "title") {
                with.push(("title", "Kept <title>"));
            }
            with.push(("description", "Kept text"));
            let answer = send(&app, owner, "/goals", &filled(&app, &with).await?).await?;
            let told = errors(&answer.text);
            assert_eq!(answer.status, 422, "{with:?}");
            assert!(told.iter().any(|error| error.starts_with(expected)), "{expected}\n{told:?}");
            assert!(answer.text.contains("Kept text"), "{expected}");
            assert!(expected.starts_with("title") || answer.text.contains(r#"value="Kept &lt;title&gt;""#), "{expected}");
        }
        // Where the organisation demands a team.
        settings(&app, json!({"mandatory_team": true})).await?;
        let answer = send(&app, owner, "/goals", &filled(&app, &[]).await?).await?;
        assert_eq!((answer.status, errors(&answer.text)), (422, vec![String::from("team_ids: Every goal needs a team in this organisation: choose one.")]));
        assert!(answer.text.contains("Goals belong to the organisation or to a team here"), "the reason stands at the level");
        assert_eq!(count(&app).await?, before);
        Ok(())
    }

    async fn it_opens_with_what_the_page_around_it_says(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        let (north, q2) = (team(&app, "North", owner.id).await?, app.period("Q2 2026").await?.to_string());
        let above = objective(&app, json!({"level": "team", "team_ids": [north], "period_id": q2})).await?;
        let checked = |page: &str, name: &str, value: &str| page.contains(&format!(r#"name="{name}" value="{value}" checked"#));
        let page = app.page(owner, "/goals/new").await?.text;
        assert!(checked(&page, "kind", "objective") && checked(&page, "level", "individual") && checked(&page, "owner_ids", &owner.id.to_string()));
        assert!(page.contains(r#"name="start_date" type="date" value="2026-01-01""#));
        // Under a goal: its team and its period, and what may stand there.
        let page = app.fragment(owner, &format!("/goals/new?parent={above}")).await?.text;
        assert!(page.starts_with("<dialog"));
        assert!(checked(&page, "kind", "key_result") && checked(&page, "parents", &above) && checked(&page, "level", "team") && checked(&page, "team_ids", &north));
        assert!(page.contains(&format!(r#"value="{q2}" selected"#)) && page.contains(r#"value="2026-06-30""#) && page.contains("Q2 2026, in North"));
        // Of a team, of a person, in a period, of a kind.
        let page = app.page(owner, &format!("/goals/new?team={north}&period={q2}")).await?.text;
        assert!(checked(&page, "team_ids", &north) && page.contains(&format!(r#"value="{q2}" selected"#)));
        let page = app.page(owner, &format!("/goals/new?owner={}&kind=initiative", member.id)).await?.text;
        assert!(checked(&page, "owner_ids", &member.id.to_string()) && checked(&page, "kind", "initiative"));
        // What may not be seen or is none at all.
        assert!(app.page(owner, &format!("/goals/new?parent={}", app.northing.new_id())).await?.text.contains("New goal"));
        assert_eq!(app.page(owner, "/goals/new?parent=seven").await?.status, 422);
        Ok(())
    }

    async fn kinds_that_may_not_stand_here_say_why(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let above = objective(&app, json!({})).await?;
        let kr = made(&app, owner, &[("kind", "key_result"), ("parents", &above)]).await?["id"].as_str().unwrap().to_owned();
        let page = app.page(owner, &format!("/goals/new?parent={kr}")).await?.text;
        for reason in [
            "Objectives can’t sit under key results in this organisation: an admin can allow it in OKR model.",
            "Key results can’t sit under key results in this organisation: an admin can allow it in OKR model.",
        ] {
            assert!(page.contains(reason), "{reason}");
        }
        assert!(page.contains(r#"name="kind" value="objective" disabled"#) && page.contains(r#"name="kind" value="initiative" checked"#));
        settings(&app, json!({"initiatives": false})).await?;
        let page = app.page(owner, "/goals/new").await?.text;
        assert!(page.contains("Initiatives are switched off in this organisation: an admin can allow them in OKR model.") && page.contains(r#"value="initiative" disabled"#));
        // The part that follows the choice of another parent.
        let fields = filled(&app, &[("parents", &kr)]).await?;
        let kinds = send(&app, owner, "/goals/form/kinds", &fields).await?;
        assert!(kinds.status == 200 && kinds.text.contains(r#"value="key_result" disabled"#), "{}", kinds.text);
        Ok(())
    }

    async fn parts_of_the_form_follow_its_other_fields(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let q2 = app.period("Q2 2026").await?.to_string();
        let measured = [("metric_kind", "decrease"), ("metric_start", "400"), ("metric_target", "100"), ("phase_interval", "monthly"), ("phase_line", ""), ("phase_spread", "none")];
        let rows = send(&app, owner, "/goals/form/phases", &filled(&app, &measured).await?).await?;
        assert!(rows.text.contains(r#"value="2026-02-01""#) && rows.text.contains(r#"value="295.51""#) && rows.text.contains("31 March 2026"), "{}", rows.text);
        assert!(rows.text.contains(r#"name="phase_line" value="2026-01-01 2026-03-31 400 100""#), "{}", rows.text);
        let days = send(&app, owner, "/goals/form/days", &filled(&app, &[&measured[..], &[("period_id", &q2)]].concat()).await?).await?;
        assert!(days.text.contains(r#"value="2026-04-01""#) && days.text.contains(r#"value="2026-05-01""#) && days.text.contains("#phase-rows"), "{}", days.text);
        let back = [("metric_kind", "decrease"), ("metric_start", "400"), ("metric_target", "100"), ("phase_interval", "custom"), ("phase_spread", "custom"),
            ("phase_line", "2026-01-01 2026-03-31 400 100"), ("phase_date", "2026-02-01"), ("phase_target", "200"), ("phase_date", "2026-03-01"), ("phase_target", "300")];
        let warned = send(&app, owner, "/goals/form/warning", &filled(&app, &back).await?).await?;
        assert!(warned.text.contains("The target by 1 March 2026 goes back"), "{}", warned.text);
        assert!(!send(&app, owner, "/goals/form/warning", &filled(&app, &measured).await?).await?.text.contains("goes back"));
        assert_eq!(send(&app, owner, "/goals/form/nothing", &filled(&app, &[]).await?).await?.status, 404);
        // Nobody who may not create or edit.
        let observer = app.observer().await?;
        assert_eq!(send(&app, &observer, "/goals/form/kinds", &filled(&app, &[]).await?).await?.status, 403);
        let goal = objective(&app, json!({})).await?;
        let (member, stranger) = (app.person(Role::Member).await?, app.stranger().await?);
        let of_goal = filled(&app, &[("goal", &goal)]).await?;
        assert_eq!(send(&app, &member, "/goals/form/days", &of_goal).await?.status, 403);
        assert_eq!(send(&app, &stranger, "/goals/form/days", &of_goal).await?.status, 404);
        Ok(())
    }

    async fn without_scripts_the_form_searches_and_spreads(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let before = count(&app).await?;
        let member = app.person(Role::Member).await?;
        let found = send(&app, owner, "/goals", &filled(&app, &[("owner_ids_query", "member"), ("search", "owner_ids"), ("title", "Half typed")]).await?).await?;
        assert_eq!(found.status, 200);
        assert!(found.text.contains(&format!(r#"name="owner_ids" value="{}""#, member.id)) && found.text.contains("Half typed"), "{}", found.text);
        let measured = [("kind", "key_result"), ("metric_kind", "reach"), ("metric_target", "89"), ("phase_interval", "monthly"), ("phase_line", ""), ("search", "phases")];
        let spread = send(&app, owner, "/goals", &filled(&app, &measured).await?).await?;
        assert!(spread.status == 200 && spread.text.contains(r#"value="2026-02-01""#) && spread.text.contains(r#"value="31""#), "{}", spread.text);
        assert_eq!(count(&app).await?, before, "nothing was saved");
        Ok(())
    }

    async fn under_htmx_a_toast_leads_to_the_goal_and_the_list_is_told(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let above = objective(&app, json!({})).await?;
        let fields = filled(&app, &[("kind", "key_result"), ("parents", &above), ("title", "New <row>")]).await?;
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = app.post_htmx(owner, "/goals", &fields).await?;
        assert_eq!(done.status, 200);
        let events: Value = serde_json::from_str(done.header("hx-trigger"))?;
        assert_eq!((&events["tree:changed"]["parent"], events.get("dialog:close").is_some()), (&json!(above), true));
        let goal = events["tree:changed"]["goal"].as_str().unwrap();
        assert!(done.text.contains(&format!(r#"<a href="/goals/{goal}">New &lt;row&gt;</a>"#)) && done.text.contains("beforeend:#toasts"), "{}", done.text);
        // The next one, beside it.
        let another = app.post_htmx(owner, "/goals", &[&fields[..], &[("another", "true")]].concat()).await?;
        assert!(another.text.starts_with("<dialog") && another.text.contains(&format!(r#"name="parents" value="{above}" checked"#)), "{}", another.text);
        assert!(another.text.contains(r#"name="another" value="true" checked"#) && !another.header("hx-trigger").contains("dialog:close"));
        let plain = app.post(owner, "/goals", &[&fields[..], &[("another", "true")]].concat()).await?;
        assert!(plain.status == 303 && plain.header("location").starts_with("/goals/new?kind=key_result"), "{}", plain.header("location"));
        let refused = app.post_htmx(owner, "/goals", &[("kind", "objective"), ("title", "")]).await?;
        assert!(refused.status == 422 && refused.text.starts_with("<dialog"), "{}", refused.text);
        Ok(())
    }

    async fn those_without_the_right_are_told_and_lose_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let observer = app.observer().await?;
        let north = team(&app, "North", app.owner.id).await?;
        assert_eq!(app.page(&observer, "/goals/new").await?.status, 403);
        assert_eq!(send(&app, &observer, "/goals", &filled(&app, &[]).await?).await?.status, 403);
        let page = app.page(&member, "/goals/new").await?.text;
        assert!(page.contains("You may not create goals of the organisation.") && page.contains(r#"value="organization" disabled"#));
        for with in [&[("level", "organization")][..], &[("level", "team"), ("team_ids", &north)]] {
            let answer = send(&app, &member, "/goals", &filled(&app, &[with, &[("title", "Typed long")]].concat()).await?).await?;
            assert_eq!(answer.status, 403, "{with:?}");
            assert!(answer.text.contains("You may not create goals of") && answer.text.contains(r#"value="Typed long""#), "{}", answer.text);
        }
        settings(&app, json!({"create_tags": "named"})).await?;
        let tagged = send(&app, &member, "/goals", &filled(&app, &[("tags", "Mine")]).await?).await?;
        assert!(tagged.status == 403 && tagged.text.contains("You may not create tags."), "{}", tagged.text);
        assert_eq!(count(&app).await?, 0);
        Ok(())
    }
}
