//! The fixed part of the API, row by row: names, types, nulls, filters, cursors, versions, repeated requests, and numbers that are
//! never rounded.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

use crate::examples;
use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_default().to_owned()
}

/// RFC 3339 in UTC.
fn is_moment(value: &Value) -> bool {
    let text = value.as_str().unwrap_or("");
    text.len() >= 20
        && text.ends_with('Z')
        && text.contains('T')
        && text.parse::<northing_core::values::Moment>().is_ok()
}

fn is_id(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.len() == 36 && text.as_bytes().get(14) == Some(&b'7'))
}

async fn titles(app: &App, query: &str) -> Result<BTreeSet<String>> {
    let list = app.api_ok(&app.owner, "GET", &format!("/orgs/calder/goals?limit=200&{query}"), None).await?;
    Ok(list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|it| it["title"].as_str())
        .map(str::to_owned)
        .collect())
}

/// Every page of a list, with the given limit.
async fn walk(app: &App, path: &str, limit: usize) -> Result<Vec<Value>> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let join = if path.contains('?') { '&' } else { '?' };
        let page = app.api_ok(&app.owner, "GET", &format!("{path}{join}limit={limit}{cursor}"), None).await?;
        let items = page["items"].as_array().cloned().context("no items")?;
        assert!(
            items.len() <= limit && (page["next"].is_null() || items.len() == limit),
            "{path}: {}",
            items.len()
        );
        all.extend(items);
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={}", next.replace('+', "%2B").replace('=', "%3D")),
            None => return Ok(all),
        }
        assert!(all.len() < 2_000, "{path} never ends");
    }
}

both_engines! {
    async fn a_goal_has_every_field_with_its_type_and_exact_numbers(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let goals = "/orgs/calder/goals";
        let objective = app.api_ok(&app.owner, "POST", goals, Some(json!({"kind": "objective", "title": "Thirds", "period_id": world.id("period")}))).await?;
        let mut children = Vec::new();
        for (title, metric) in [
            ("One", json!({"kind": "increase", "start": 0, "target": 3, "unit": "t"})),
            ("Two", json!({"kind": "percent"})),
            ("Three", json!({"kind": "reach", "target": 7})),
        ] {
            let body = json!({"kind": "key_result", "title": title, "parents": [{"id": objective["id"]}], "metric": metric});
            children.push(app.api_ok(&app.owner, "POST", goals, Some(body)).await?);
        }
        let one = &app.api_ok(&app.owner, "GET", &format!("/goals/{}", id(&children[0])), None).await?;
        assert_eq!(one["parents"], json!([{"id": objective["id"], "share": 100.0 / 3.0, "fixed": false}]));
        assert_eq!(one["metric"], json!({"kind": "increase", "name": null, "unit": "t", "start": 0.0, "target": 3.0, "risk_threshold": null, "current": 0.0}));
        assert_eq!(children[1]["metric"]["unit"], "%");
        for (name, value) in [
            ("description", Value::Null), ("check_in_owner_id", Value::Null), ("delegate_id", Value::Null), ("phases", json!([])),
            ("progress_mode", json!("manual")), ("automatic_stopped", json!(false)), ("progress", json!(0.0)), ("progress_unclamped", json!(0.0)),
            ("status", json!("not_started")), ("score", Value::Null), ("closing_note", Value::Null), ("committed", json!(false)), ("tags", json!([])),
            ("visibility", json!("everyone")), ("link", Value::Null), ("last_check_in_at", Value::Null), ("external_id", Value::Null),
            ("version", json!(1)), ("kind", json!("key_result")), ("org_id", json!(app.org)), ("period_id", json!(world.id("period"))),
            ("start_date", json!("2026-01-01")), ("due_date", json!("2026-03-31")), ("created_by", json!(app.owner.id)),
        ] {
            assert_eq!(one[name], value, "{name}");
        }
        assert!(one["alerts"].is_array() && one["team_ids"].is_array() && one["owner_ids"].is_array());
        assert!(is_id(&one["id"]) && is_moment(&one["created_at"]) && is_moment(&one["updated_at"]), "{one}");
        // 45 of 89 days, one third of three, two sevenths: as exact as they are computed.
        assert_eq!(one["expected_progress"].as_f64(), Some(45.0 / 89.0 * 100.0));
        let path = |goal: &Value, part: &str| format!("/goals/{}{part}", id(goal));
        app.api_ok(&app.owner, "POST", &path(one, "/check-ins"), Some(json!({"value": 1}))).await?;
        app.api_ok(&app.owner, "POST", &path(&children[1], "/check-ins"), Some(json!({"value": 0.1}))).await?;
        let last = app.api_ok(&app.owner, "POST", &path(&children[2], "/check-ins"), Some(json!({"value": 2, "note": "n"}))).await?;
        let progress = (1.0 / 3.0 * 100.0 + 0.1 + 2.0 / 7.0 * 100.0) / 3.0;
        let read = app.api_ok(&app.owner, "GET", &path(&objective, ""), None).await?;
        let is = read["progress"].as_f64().context("progress")?;
        assert!((is - progress).abs() < 1e-12 && is.to_string().len() > 12, "{is} {progress}");
        assert_eq!(last["changed"].as_array().map(Vec::len), Some(1));
        let changed = &last["changed"][0];
        assert_eq!((&changed["goal_id"], changed["progress_after"].as_f64()), (&objective["id"], Some(is)));
        assert!(changed["progress_before"].as_f64().is_some_and(|before| before < is), "{changed}");
        assert_eq!((&changed["status_before"], &changed["status_after"]), (&json!("at_risk"), &json!("at_risk")));
        assert_eq!((last["value"].clone(), last["note"].clone(), last["progress"].as_f64()), (json!(2.0), json!("n"), Some(2.0 / 7.0 * 100.0)));
        // A value beyond the target is kept, and its progress held.
        app.api_ok(&app.owner, "POST", &path(one, "/check-ins"), Some(json!({"value": 6}))).await?;
        let read = app.api_ok(&app.owner, "GET", &path(one, ""), None).await?;
        assert_eq!((read["progress"].clone(), read["progress_unclamped"].clone(), read["metric"]["current"].clone()), (json!(100.0), json!(200.0), json!(6.0)));
        assert!(is_moment(&read["last_check_in_at"]));
        // Baselines have no progress, controls no expectation.
        let of = async |metric: Value| {
            let body = json!({"kind": "key_result", "title": "M", "parents": [{"id": objective["id"]}], "metric": metric});
            app.api_ok(&app.owner, "POST", goals, Some(body)).await
        };
        let baseline = of(json!({"kind": "baseline", "name": "n"})).await?;
        assert_eq!((&baseline["progress"], &baseline["expected_progress"]), (&Value::Null, &Value::Null));
        for kind in ["stay_above", "stay_below"] {
            let control = of(json!({"kind": kind, "target": 9})).await?;
            assert_eq!((control["expected_progress"].clone(), control["progress"].is_f64()), (Value::Null, true), "{kind}");
        }
        // Points of the graph.
        let history = app.api_ok(&app.owner, "GET", &path(one, "/history"), None).await?;
        let point = history["items"].as_array().and_then(|all| all.last()).context("no points")?;
        assert!(is_moment(&point["at"]));
        assert_eq!((&point["value"], &point["progress"], &point["source"]), (&json!(6.0), &json!(100.0), &json!("check_in")));
        assert!(point["expected_progress"].is_f64() && point["status"].is_string(), "{point}");
        Ok(())
    }

    async fn a_preview_says_what_the_check_in_then_does_for_every_ancestor(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(json!({"settings": {"objectives_under_key_results": true}}))).await?;
        let goals = "/orgs/calder/goals";
        // Five levels, and two parents at the bottom.
        let mut above = Value::Null;
        for (level, kind) in ["objective", "key_result", "objective", "key_result"].into_iter().enumerate() {
            let parents: Vec<Value> = if above.is_null() { Vec::new() } else { vec![json!({"id": above})] };
            let body = json!({"kind": kind, "title": format!("Level {level}"), "parents": parents, "period_id": world.id("period"), "progress_mode": "rollup"});
            above = app.api_ok(&app.owner, "POST", goals, Some(body)).await?["id"].clone();
        }
        app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(json!({"settings": {"key_results_under_key_results": true}}))).await?;
        let body = json!({"kind": "key_result", "title": "Leaf", "parents": [{"id": above}, {"id": world.id("top")}], "metric": {"kind": "reach", "target": 10}});
        let leaf = app.api_ok(&app.owner, "POST", goals, Some(body)).await?;
        let path = format!("/goals/{}/check-ins", id(&leaf));
        let before = Snapshot::take(&world.store).await?;
        for input in [json!({"value": 4}), json!({"progress": 55.5}), json!({"value": 9, "status": "at_risk"}), json!({"value": 12})] {
            let preview = app.api_ok(&app.owner, "POST", &format!("{path}/preview"), Some(input.clone())).await?;
            assert_eq!(before.changes(&Snapshot::take(&world.store).await?), [""; 0], "a preview writes nothing");
            assert_eq!(preview["changed"].as_array().map(Vec::len), Some(5), "{preview}");
        }
        let input = json!({"value": 4, "note": "now"});
        let preview = app.api_ok(&app.owner, "POST", &format!("{path}/preview"), Some(input.clone())).await?;
        let done = app.api_ok(&app.owner, "POST", &path, Some(input)).await?;
        let told = |of: &Value| -> BTreeSet<String> {
            of["changed"].as_array().into_iter().flatten().map(|it| {
                let mut it = it.clone();
                if let Some(it) = it.as_object_mut() {
                    it.remove("title");
                }
                it.to_string()
            }).collect()
        };
        assert_eq!(told(&preview), told(&done));
        assert_eq!(preview["suggested_status"], done["suggested_status"]);
        let ancestors = app.api_ok(&app.owner, "GET", &format!("/goals/{}/ancestors", id(&leaf)), None).await?;
        let ancestors: BTreeSet<String> = ancestors["items"].as_array().into_iter().flatten().map(id).collect();
        let changed: BTreeSet<String> = done["changed"].as_array().into_iter().flatten().filter_map(|it| it["goal_id"].as_str()).map(str::to_owned).collect();
        assert_eq!(changed, ancestors, "every ancestor, and no other");
        for one in done["changed"].as_array().into_iter().flatten() {
            let goal = app.api_ok(&app.owner, "GET", &format!("/goals/{}", one["goal_id"].as_str().unwrap_or("")), None).await?;
            assert_eq!((&goal["progress"], &goal["status"]), (&one["progress_after"], &one["status_after"]));
        }
        Ok(())
    }

    async fn lists_are_narrowed_by_every_filter(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let (q1, q2) = (app.period("Q1 2026").await?.to_string(), app.period("Q2 2026").await?.to_string());
        let goals = "/orgs/calder/goals";
        let make = async |body: Value| app.api_ok(&app.owner, "POST", goals, Some(body)).await;
        let alpha = make(json!({"kind": "objective", "title": "Alpha", "level": "organization", "period_id": q1, "due_date": "2026-02-20", "tags": ["Red"]})).await?;
        let beta = make(json!({"kind": "objective", "title": "Beta", "level": "team", "team_ids": [world.id("team")], "period_id": q2, "description": "über alles"})).await?;
        let gamma = make(json!({"kind": "key_result", "title": "Gamma", "parents": [{"id": alpha["id"]}], "owner_ids": [world.member.id], "level": "individual", "tags": ["Blue"]})).await?;
        let delta = make(json!({"kind": "initiative", "title": "Delta", "parents": [{"id": alpha["id"]}]})).await?;
        let greek = async |query: &str| -> Result<Vec<String>> {
            let all = titles(app, query).await?;
            Ok(all.into_iter().filter(|title| ["Alpha", "Beta", "Gamma", "Delta"].contains(&title.as_str())).collect())
        };
        let team = world.id("team");
        for (query, expected) in [
            (format!("period={q1}"), vec!["Alpha", "Delta", "Gamma"]),
            (format!("period={q2}"), vec!["Beta"]),
            (format!("period={q1},{q2}"), vec!["Alpha", "Beta", "Delta", "Gamma"]),
            (String::from("kind=objective"), vec!["Alpha", "Beta"]),
            (String::from("kind=key_result,initiative"), vec!["Delta", "Gamma"]),
            (String::from("level=individual"), vec!["Gamma"]),
            (String::from("level=organization,team"), vec!["Alpha", "Beta", "Delta"]),
            (format!("team={team}"), vec!["Beta"]),
            (format!("owner={}", world.member.id), vec!["Gamma"]),
            (String::from("status=not_started"), vec!["Alpha", "Beta", "Delta", "Gamma"]),
            (String::from("status=closed"), vec![]),
            (format!("parent={}", id(&alpha)), vec!["Delta", "Gamma"]),
            (String::from("parent=none"), vec!["Alpha", "Beta"]),
            (String::from("tag=red"), vec!["Alpha"]),
            (String::from("tag=Red,BLUE"), vec!["Alpha", "Gamma"]),
            (String::from("q=alph"), vec!["Alpha"]),
            (String::from("q=uber"), vec!["Beta"]),
            (String::from("q=%25"), vec![]),
            (String::from("due_before=2026-02-21"), vec!["Alpha"]),
            (String::from("due_before=2026-02-20"), vec![]),
            (String::from("due_after=2026-02-20"), vec!["Beta", "Delta", "Gamma"]),
            (String::from("due_after=2026-02-19&due_before=2026-03-01"), vec!["Alpha"]),
            (format!("period={q1}&kind=objective&tag=blue"), vec![]),
        ] {
            assert_eq!(greek(&query).await?, expected, "{query}");
        }
        // Unknown people, teams and parents match nothing; they are no error.
        for query in [format!("team={}", id(&beta)), format!("owner={}", id(&beta)), format!("parent={}", id(&gamma))] {
            assert_eq!(greek(&query).await?, [""; 0], "{query}");
        }
        // Not updated since; and as it was: progress and status of the end of a day.
        app.clock.advance_days(3);
        let check_ins = format!("/goals/{}/check-ins", id(&gamma));
        app.api_ok(&app.owner, "POST", &check_ins, Some(json!({"value": 80}))).await?;
        assert_eq!(greek("not_updated_since=2026-02-18").await?, ["Alpha", "Beta", "Delta"]);
        assert_eq!(greek("not_updated_since=2026-02-19").await?, ["Alpha", "Beta", "Delta", "Gamma"]);
        app.clock.advance_days(3);
        app.api_ok(&app.owner, "POST", &check_ins, Some(json!({"value": 20, "status": "behind"}))).await?;
        let stood = async |day: &str| -> Result<Vec<Value>> {
            let list = app.api_ok(&app.owner, "GET", &format!("{goals}?period={q1}&as_of={day}"), None).await?;
            let of = |title: &str| list["items"].as_array().into_iter().flatten().find(|it| it["title"] == title).cloned().unwrap_or_default();
            let (alpha, gamma) = (of("Alpha"), of("Gamma"));
            Ok(vec![alpha["progress"].clone(), gamma["progress"].clone(), gamma["status"].clone(), gamma["metric"]["current"].clone()])
        };
        assert_eq!(stood("2026-02-21").await?, [json!(20.0), json!(20.0), json!("behind"), json!(20.0)]);
        assert_eq!(stood("2026-02-20").await?[..2], [json!(80.0), json!(80.0)]);
        assert_eq!(stood("2026-02-18").await?[..2], [json!(80.0), json!(80.0)]);
        assert_eq!(stood("2026-02-17").await?, [json!(0.0), json!(0.0), json!("not_started"), json!(0.0)]);
        assert_eq!(stood("2026-02-14").await?, vec![Value::Null; 4], "there was none yet");
        assert_eq!(greek("as_of=2026-02-21&status=behind").await?, ["Gamma"]);
        assert!(!greek("as_of=2026-02-20&status=behind").await?.contains(&String::from("Gamma")));
        // What is deleted is in no list.
        app.api_ok(&app.owner, "DELETE", &format!("/goals/{}", id(&delta)), None).await?;
        assert_eq!(greek("kind=initiative").await?, [""; 0]);
        Ok(())
    }

    async fn lists_go_on_by_cursors_without_a_gap(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let goals = "/orgs/calder/goals";
        for number in 0..60 {
            let body = json!({"kind": "initiative", "title": format!("N{number}"), "parents": [{"id": world.id("top")}], "due_date": format!("2026-03-{:02}", number % 7 + 1)});
            app.api_ok(&app.owner, "POST", goals, Some(body)).await?;
            if number % 10 == 0 {
                app.clock.advance_millis(1000);
            }
        }
        let all: BTreeSet<String> = walk(app, goals, 200).await?.iter().map(id).collect();
        for sort in ["position", "created_at", "updated_at", "due_date", "progress"] {
            for sort in [sort.to_owned(), format!("-{sort}")] {
                let walked: Vec<String> = walk(app, &format!("{goals}?sort={sort}"), 7).await?.iter().map(id).collect();
                assert_eq!(walked.len(), all.len(), "{sort}");
                assert_eq!(walked.into_iter().collect::<BTreeSet<_>>(), all, "{sort}");
            }
        }
        let due: Vec<Value> = walk(app, &format!("{goals}?sort=due_date"), 13).await?.iter().map(|it| it["due_date"].clone()).collect();
        assert!(due.windows(2).all(|pair| pair[0].as_str() <= pair[1].as_str()), "{due:?}");
        let by_default = app.api_ok(&app.owner, "GET", goals, None).await?;
        assert_eq!((by_default["items"].as_array().map(Vec::len), by_default["next"].is_string()), (Some(50), true));
        // Every list of the API: a page of one goes through all of it.
        let mut found = Found::default();
        let document = app.page(&app.owner, "/api/openapi.json").await?.json();
        for example in examples::all(&world).iter().filter(|it| it.method == "GET") {
            let place = format!("/paths/{}/get", format!("/api/v1{}", example.path).replace('/', "~1"));
            let operation = document.pointer(&place).with_context(|| place.clone())?;
            let answer = app.api(&app.owner, "GET", &world.path(example.path), None).await?;
            if answer.json()["items"].is_null() || answer.status != 200 {
                continue;
            }
            let names: Vec<&str> = operation["parameters"].as_array().into_iter().flatten().filter_map(|it| it["name"].as_str()).collect();
            let paged = names.contains(&"limit") && names.contains(&"cursor");
            found.check(paged, || format!("{}: takes no limit and cursor", example.path));
            if !paged {
                continue;
            }
            let whole = walk(app, &world.path(example.path), 200).await?;
            let single = walk(app, &world.path(example.path), 1).await?;
            found.check(whole == single, || format!("{}: {} at once and {} one by one", example.path, whole.len(), single.len()));
            for (query, field) in [("limit=0", "limit"), ("limit=201", "limit"), ("limit=x", "limit"), ("cursor=nonsense", "cursor")] {
                let answer = app.api(&app.owner, "GET", &format!("{}?{query}", world.path(example.path)), None).await?;
                found.check(answer.status == 422 && answer.fields() == [field], || format!("{}?{query}: {} {}", example.path, answer.status, answer.text));
            }
        }
        found.nothing();
        let tree = app.api_ok(&app.owner, "GET", &world.path("/goals/{top}/tree?depth=1"), None).await?;
        assert_eq!(tree["children"].as_array().map(Vec::len), Some(62));
        let children = walk(app, &world.path("/goals/{top}/children"), 50).await?;
        assert_eq!(children.len(), 62);
        assert_eq!(children[0]["kind"], "key_result", "initiatives come last");
        Ok(())
    }

    async fn every_change_honours_if_match_and_says_the_new_version(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let before = Snapshot::take(&world.store).await?;
        let mut found = Found::default();
        for example in examples::all(&world).iter().filter(|it| ["PUT", "PATCH", "DELETE"].contains(&it.method)) {
            let path = world.path(example.path);
            let name = format!("{} {}", example.method, example.path);
            for stale in ["\"999999\"", "W/\"999999\"", "\"none-of-ours\""] {
                let answer = app.api_with(&app.owner, example.method, &path, example.body.clone(), &[("if-match", stale)]).await?;
                let told = answer.status == 412 && answer.header("content-type") == "application/problem+json";
                // Where there is no link or no way in, that comes first.
                let nothing = answer.status == 404 && (path.ends_with("/link"));
                found.check(told || nothing, || format!("{name} {stale}: {} {}", answer.status, answer.text));
            }
        }
        let changes = before.changes(&Snapshot::take(&world.store).await?);
        found.check(changes.is_empty(), || format!("{changes:?}"));
        for (path, body) in [
            ("/orgs/{org}", json!({"vision": "v"})), ("/orgs/{org}/members/{user}", json!({"time_zone": "Europe/Paris"})),
            ("/orgs/{org}/teams/{team}", json!({"description": "d"})), ("/orgs/{org}/periods/{period}", json!({"name": "Renamed"})),
            ("/goals/{goal}", json!({"description": "d"})), ("/goals/{goal}/check-ins/{check_in}", json!({"note": "n"})),
            ("/goals/{goal}/comments/{comment}", json!({"body": "b"})), ("/orgs/{org}/tags/{tag}", json!({"name": "n"})),
            ("/orgs/{org}/connections/{connection}", json!({"name": "c"})), ("/goals/{initiative}/tasks/{task}", json!({"name": "t"})), ("/me", json!({"title": "t"})),
        ] {
            let path = world.path(path);
            let listed = path.contains("/comments/") || path.contains("/tasks/");
            let etag = if listed { String::from("\"1\"") } else { app.api(&app.owner, "GET", &path, None).await?.header("etag").to_owned() };
            let version: i64 = etag.trim_matches('"').parse().with_context(|| format!("{path}: {etag}"))?;
            let done = app.api_with(&app.owner, "PATCH", &path, Some(body.clone()), &[("if-match", &etag)]).await?;
            let next = format!("\"{}\"", version + 1);
            found.check(done.status == 200 && done.header("etag") == next, || format!("{path}: {} {} {}", done.status, done.header("etag"), done.text));
            let late = app.api_with(&app.owner, "PATCH", &path, Some(body), &[("if-match", &etag)]).await?;
            found.check(late.status == 412, || format!("{path}: {} {}", late.status, late.text));
        }
        found.nothing();
        Ok(())
    }

    async fn the_same_request_with_the_same_key_is_done_once(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let mut found = Found::default();
        for (number, (path, body)) in [
            ("/orgs/calder/goals", json!({"kind": "objective", "title": "Once", "period_id": world.id("period")})),
            ("/goals/{goal}/check-ins", json!({"value": 6})), ("/goals/{goal}/comments", json!({"body": "once"})),
            ("/orgs/calder/tags", json!({"name": "once"})), ("/orgs/calder/periods", json!({"name": "once", "start_date": "2026-01-01", "end_date": "2026-01-31"})),
            ("/goals/{goal}/clone", json!({"period_id": world.id("period")})), ("/goals/{goal}/close", json!({})),
        ].into_iter().enumerate() {
            let path = world.path(path);
            let key = format!("key-{number}");
            let key = [("idempotency-key", key.as_str())];
            let first = app.api_with(&app.owner, "POST", &path, Some(body.clone()), &key).await?;
            let after = Snapshot::take(&world.store).await?;
            let again = app.api_with(&app.owner, "POST", &path, Some(body), &key).await?;
            let same = first.status < 300 && again.status == first.status && again.text == first.text && again.header("etag") == first.header("etag")
                && again.header("content-type") == first.header("content-type") && again.header("idempotency-replayed") == "true";
            found.check(same, || format!("{path}: {} {} / {} {}", first.status, first.text, again.status, again.text));
            let changes = after.changes(&Snapshot::take(&world.store).await?);
            found.check(changes.is_empty(), || format!("{path}: {changes:?}"));
            let other = app.api_with(&app.owner, "POST", &path, Some(json!({"title": "other"})), &key).await?;
            found.check(other.status == 422 && other.fields() == ["Idempotency-Key"], || format!("{path}: {} {}", other.status, other.text));
            // The key is of the caller: somebody else's is another.
            let somebody = app.api_with(&world.member, "POST", &path, Some(json!({"nonsense": 1})), &key).await?;
            found.check(somebody.fields() != ["Idempotency-Key"], || format!("{path}: {}", somebody.text));
        }
        // A refusal is repeated as well, and long or empty keys are none.
        let key = [("idempotency-key", "refused")];
        let refused = app.api_with(&app.owner, "POST", "/orgs/calder/tags", Some(json!({"name": ""})), &key).await?;
        let again = app.api_with(&app.owner, "POST", "/orgs/calder/tags", Some(json!({"name": ""})), &key).await?;
        found.check((refused.status, &refused.text) == (422, &again.text), || format!("{} {}", refused.text, again.text));
        for key in ["", &"k".repeat(256)] {
            let answer = app.api_with(&app.owner, "POST", "/orgs/calder/tags", Some(json!({"name": "x"})), &[("idempotency-key", key)]).await?;
            found.check(answer.status == 422 && answer.fields() == ["Idempotency-Key"], || format!("{key}: {}", answer.text));
        }
        found.nothing();
        Ok(())
    }

    async fn closing_postponing_reopening_copying_and_sharing_are_as_described(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let owner = &app.owner;
        let goal = world.path("/goals/{goal}");
        let shares = world.path("/goals/{top}/contributions");
        let of = |list: &Value, child: &str| list["items"].as_array().into_iter().flatten().find(|it| it["child_id"] == child).cloned().unwrap_or_default();
        let set = json!({"shares": [{"child_id": world.id("goal"), "share": 40}, {"child_id": world.id("initiative"), "share": null}], "new_children_contribute": false});
        let list = app.api_ok(owner, "PUT", &shares, Some(set)).await?;
        assert_eq!((of(&list, world.id("goal"))["share"].clone(), of(&list, world.id("goal"))["fixed"].clone()), (json!(40.0), json!(true)));
        assert_eq!(of(&list, world.id("initiative"))["share"], json!(60.0));
        let new = app.api_ok(owner, "POST", "/orgs/calder/goals", Some(json!({"kind": "key_result", "title": "Late", "parents": [{"id": world.id("top")}]}))).await?;
        assert_eq!(new["parents"][0]["share"], json!(0.0), "new ones do not contribute");
        let reset = app.api_ok(owner, "PUT", &shares, Some(json!({"reset": true, "new_children_contribute": true}))).await?;
        assert!(reset["items"].as_array().is_some_and(|all| all.iter().all(|it| it["fixed"] == false)), "{reset}");
        let top = app.api_ok(owner, "GET", &world.path("/goals/{top}"), None).await?;
        assert_eq!(top["new_children_contribute"], true);
        // Close, and again; reopen with a reason; postpone; copy.
        let closed = app.api_ok(owner, "POST", &format!("{goal}/close"), Some(json!({"value": 8, "note": "done"}))).await?;
        let closed = &closed["goal"];
        assert_eq!((&closed["status"], &closed["score"], &closed["closing_note"], &closed["metric"]["current"]), (&json!("closed"), &json!(0.8), &json!("done"), &json!(8.0)));
        for (part, code) in [("/close", "closed"), ("/postpone", "closed"), ("/check-ins", "closed")] {
            let answer = app.api(owner, "POST", &format!("{goal}{part}"), Some(json!(if part == "/check-ins" { json!({"value": 1}) } else { json!({}) }))).await?;
            assert_eq!((answer.status, answer.json()["errors"][0]["code"].clone()), (422, json!(code)), "{part}");
        }
        assert_eq!(app.api(owner, "PATCH", &goal, Some(json!({"title": "x"}))).await?.json()["errors"][0]["code"], "closed");
        let opened = app.api_ok(owner, "POST", &format!("{goal}/reopen"), Some(json!({"note": "There is *more* to do"}))).await?;
        assert_eq!((&opened["status"], &opened["score"], &opened["closing_note"]), (&json!("reopened"), &Value::Null, &Value::Null));
        let audit = app.api_ok(owner, "GET", &format!("/orgs/calder/audit?goal={}&action=goal.reopened", world.id("goal")), None).await?;
        assert!(audit["items"][0]["detail"].to_string().contains("There is *more* to do"), "{audit}");
        assert_eq!(app.api(owner, "POST", &format!("{goal}/reopen"), None).await?.json()["errors"][0]["code"], "open");
        let unknown = app.api(owner, "POST", &format!("{goal}/reopen"), Some(json!({"reason": "x"}))).await?;
        assert_eq!(unknown.fields(), ["reason"]);
        let postponed = app.api_ok(owner, "POST", &format!("{goal}/postpone"), Some(json!({"period_id": world.id("next"), "progress": "preserve", "note": "later"}))).await?;
        let (was, goes_on) = (&postponed["goal"], &postponed["continued"]);
        assert_eq!((&was["status"], &goes_on["period_id"], &goes_on["metric"]["current"]), (&json!("postponed"), &json!(world.id("next")), &json!(8.0)));
        let copy = app.api(owner, "POST", &world.path("/goals/{top}/clone"), Some(json!({"scope": "all", "period_id": world.id("next")}))).await?;
        assert_eq!(copy.status, 201, "{}", copy.text);
        assert_eq!((copy.json()["progress"].clone(), copy.json()["parents"].clone()), (json!(0.0), json!([])));
        Ok(())
    }

    async fn the_log_is_filtered_and_newest_first(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let path = "/orgs/calder/audit";
        let all = walk(app, path, 20).await?;
        assert!(all.windows(2).all(|pair| pair[0]["at"].as_str() >= pair[1]["at"].as_str()), "newest first");
        assert!(all.iter().all(|it| is_moment(&it["at"]) && is_id(&it["id"]) && it["action"].is_string()));
        app.clock.advance_days(1);
        app.api_ok(&world.member, "POST", &world.path("/goals/{goal}/comments"), Some(json!({"body": "b"}))).await?;
        let only = async |query: &str| walk(app, &format!("{path}?{query}"), 200).await;
        let by_member = only(&format!("actor={}&action=comment.created", world.member.id)).await?;
        assert!(by_member.len() == 1 && by_member[0]["actor_id"] == json!(world.member.id), "{by_member:?}");
        assert!(only("action=team.created").await?.iter().all(|it| it["action"] == "team.created"));
        assert_eq!(only("action=team.created").await?.len(), 2);
        assert!(only(&format!("goal={}", world.id("goal"))).await?.iter().all(|it| it["goal_id"] == world.id("goal")));
        assert_eq!(only("since=2026-02-16T00:00:00Z").await?.len(), 1);
        assert_eq!(only("until=2026-02-16T00:00:00Z").await?.len(), all.len());
        assert_eq!(only("since=2026-02-16T00:00:00Z&until=2026-02-16T09:00:00Z").await?.len(), 0);
        for (query, field) in [("actor=x", "actor"), ("goal=x", "goal"), ("since=yesterday", "since"), ("until=2026-02-16", "until")] {
            let answer = app.api(&app.owner, "GET", &format!("{path}?{query}"), None).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{query}");
        }
        assert_eq!(app.api(&world.member, "GET", path, None).await?.status, 403);
        Ok(())
    }

    async fn organisations_people_teams_and_periods_have_their_fields(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let app = &world.app;
        let owner = &app.owner;
        let me = app.api_ok(owner, "GET", "/me", None).await?;
        assert_eq!((&me["user"]["id"], &me["user"]["email"], &me["organizations"][0]["role"]), (&json!(owner.id), &json!("owner@calder.test"), &json!("owner")));
        assert_eq!(me["scopes"].as_array().map(Vec::len), Some(4));
        let org = json!({"name": "Second House", "mission": "m", "vision": "v", "values": ["a", "b"], "north_star": "n", "join": "public", "settings": {"okr_model": "interchangeable"}});
        let made = app.api(owner, "POST", "/orgs", Some(org)).await?;
        assert_eq!(made.status, 201, "{}", made.text);
        let second = made.json();
        for (name, value) in [("slug", json!("second-house")), ("mission", json!("m")), ("vision", json!("v")), ("values", json!(["a", "b"])), ("north_star", json!("n")), ("join", json!("public"))] {
            assert_eq!(second[name], value, "{name}");
        }
        assert_eq!(second["settings"]["okr_model"], "interchangeable");
        for named in [id(&second), String::from("second-house")] {
            assert_eq!(app.api_ok(owner, "GET", &format!("/orgs/{named}"), None).await?["id"], second["id"]);
        }
        assert_eq!(walk(app, "/orgs", 1).await?.len(), 2);
        assert_eq!(app.api(&world.member, "POST", "/orgs", Some(json!({"name": "Mine"}))).await?.status, 403);
        for status in ["active", "deactivated"] {
            let body = json!({"email": format!("{status}@calder.test"), "name": "New", "role": "observer", "manager_id": owner.id, "time_zone": "Asia/Tokyo", "status": status});
            let made = app.api_ok(owner, "POST", "/orgs/calder/members", Some(body)).await?;
            for (name, value) in [("role", json!("observer")), ("manager_id", json!(owner.id)), ("time_zone", json!("Asia/Tokyo")), ("status", json!(status))] {
                assert_eq!(made[name], value, "{name}");
            }
            assert_eq!(app.api_ok(owner, "GET", &format!("/orgs/calder/members/{}", id(&made)), None).await?["status"], status);
        }
        // The last owner stays one.
        let last = app.api(owner, "PATCH", &format!("/orgs/calder/members/{}", owner.id), Some(json!({"role": "member"}))).await?;
        assert_eq!((last.status, last.json()["errors"][0]["code"].clone()), (422, json!("last_owner")), "{}", last.text);
        let team = app.api_ok(owner, "GET", &world.path("/orgs/{org}/teams/{team}"), None).await?;
        assert_eq!((&team["owners"], &team["members"], &team["status"], &team["parent_id"]), (&json!([owner.id]), &json!([world.member.id]), &json!("active"), &Value::Null));
        let archived = app.api_ok(owner, "PATCH", &world.path("/orgs/{org}/teams/{team}"), Some(json!({"status": "archived"}))).await?;
        assert_eq!(archived["status"], "archived");
        let in_use = app.api(owner, "DELETE", &world.path("/orgs/{org}/teams/{team}"), None).await?;
        assert_eq!(in_use.status, 422, "a team with goals is not deleted");
        let period = app.api_ok(owner, "PATCH", &world.path("/orgs/{org}/periods/{period}"), Some(json!({"is_current": true}))).await?;
        assert_eq!((&period["is_current"], &period["kind"], &period["start_date"], &period["end_date"]), (&json!(true), &json!("custom"), &json!("2026-01-01"), &json!("2026-03-31")));
        let current = walk(app, "/orgs/calder/periods", 200).await?.iter().filter(|it| it["is_current"] == true).count();
        assert_eq!(current, 1);
        let connection = app.api_ok(owner, "GET", &world.path("/orgs/{org}/connections/{connection}"), None).await?;
        assert!(!connection.to_string().contains("sesame-secret") && connection.get("secret").is_none(), "{connection}");
        assert_eq!(app.page(owner, "/healthz").await?.status, 200);
        assert_eq!(app.page(owner, "/readyz").await?.status, 200);
        let docs = app.page(owner, "/api/docs").await?;
        assert!(docs.status == 200 && docs.text.contains("/api/v1/goals/{goal}/contributions"));
        Ok(())
    }
}
