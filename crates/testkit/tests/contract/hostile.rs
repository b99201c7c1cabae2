//! Input that means harm, by the API: every field of every write with values that it cannot hold, numbers and texts that break
//! readers, circles, and identifiers of others. Each is refused at its field, and nothing changes.

use anyhow::Result;
use axum::body::Body;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::Answer;
use serde_json::{Map, Value, json};

use crate::examples;
use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

/// A member of a body: its path as errors name it, and how to reach it.
struct Leaf {
    field: String,
    pointer: String,
    value: Value,
}

/// Every member of a body, and every entry of its lists.
fn leaves(body: &Value, field: &str, pointer: &str, all: &mut Vec<Leaf>) {
    let mut add = |field: String, pointer: String, value: &Value| {
        all.push(Leaf { field: field.clone(), pointer: pointer.clone(), value: value.clone() });
        leaves(value, &field, &pointer, all);
    };
    match body {
        Value::Object(members) => {
            for (name, value) in members {
                let place = if field.is_empty() { name.clone() } else { format!("{field}.{name}") };
                add(place, format!("{pointer}/{name}"), value);
            }
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                add(format!("{field}[{number}]"), format!("{pointer}/{number}"), value);
            }
        }
        _ => {}
    }
}

/// Values of other types than a field has.
fn of_other_types(value: &Value) -> Vec<Value> {
    let all = [json!("x"), json!(7), json!(true), json!({"a": 1}), json!([["x"]])];
    let same = |other: &Value| match value {
        // What is empty in the example is a text, a number or an identifier: an object or a list of lists it is not.
        Value::Null => !other.is_object() && !other.is_array(),
        Value::Bool(_) => other.is_boolean(),
        Value::Number(_) => other.is_number(),
        Value::String(_) => other.is_string(),
        Value::Array(_) => false,
        Value::Object(_) => other.is_object(),
    };
    all.into_iter().filter(|other| !same(other)).collect()
}

fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    if let Some(place) = body.pointer_mut(pointer) {
        *place = value;
    }
    body
}

/// Whether an answer refuses and names the field, or what holds it.
fn names(answer: &Answer, field: &str) -> bool {
    // What is done to several goals is refused goal by goal, each with its reason.
    let several = answer.json();
    if answer.status == 200 && several["edited"] == json!([]) {
        let rejected = several["rejected"].as_array().cloned().unwrap_or_default();
        return rejected.iter().any(|it| it["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    // The body of `PUT …/parents` is a list: errors name it.
    let named = |told: &String| {
        let told = told.strip_prefix("parents[").map_or_else(|| told.clone(), |rest| format!("[{rest}"));
        let field = field.strip_prefix("parents").unwrap_or(field);
        !told.is_empty() && (field.starts_with(told.as_str()) || told.starts_with(field))
    };
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    let explained = errors.iter().all(|error| {
        error["code"].as_str().is_some_and(|code| !code.is_empty())
            && error["message"].as_str().is_some_and(|text| !text.is_empty())
    });
    answer.status == 422 && explained && answer.fields().iter().any(named)
}

async fn send_raw(world: &World, method: &str, path: &str, body: String) -> Result<Answer> {
    let request = Request::builder()
        .method(method)
        .uri(format!("/api/v1{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {}", world.app.owner.token))
        .header(header::CONTENT_TYPE, "application/json");
    world.app.send(request.body(Body::from(body))?).await
}

both_engines! {
    async fn every_field_of_every_write_refuses_what_it_cannot_hold(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut before = Snapshot::take(&world.store).await?;
        let (mut found, mut sent) = (Found::default(), 0);
        for example in examples::all(&world).into_iter() {
            let Some(body) = &example.body else { continue };
            let path = world.path(example.path);
            let name = format!("{} {}", example.method, example.path);
            let mut all = Vec::new();
            leaves(body, "", "", &mut all);
            // What is told line by line or goal by goal is no refusal of the whole, and an open goal says so first.
            all.retain(|leaf| !(leaf.field == "people" && example.path.ends_with("invitations")));
            all.retain(|leaf| !leaf.field.starts_with("goal_ids["));
            if example.path.ends_with("/reopen") {
                all.clear();
            }
            for leaf in &all {
                let mut values = of_other_types(&leaf.value);
                let is_id = leaf.value.as_str().is_some_and(|text| text.parse::<northing_core::values::Id>().is_ok());
                if leaf.value.is_string() {
                    values.push(json!("a\u{0}b"));
                    values.push(json!("x".repeat(500_001)));
                }
                if is_id {
                    values.extend([json!("no-id"), json!(""), json!("019c6087-3680-7000-8000-000000000000")]);
                }
                for value in values {
                    let shown: String = value.to_string().chars().take(40).collect();
                    let answer = world.app.api(&world.app.owner, example.method, &path, Some(with(body, &leaf.pointer, value))).await?;
                    sent += 1;
                    found.check(names(&answer, &leaf.field), || format!("{name}: {} = {shown}: {} {}", leaf.field, answer.status, answer.text));
                }
                if leaf.value.is_object() && !leaf.field.ends_with("people") && !leaf.field.starts_with("mapping.") {
                    let mut more = leaf.value.as_object().cloned().unwrap_or_default();
                    more.insert(String::from("nonsense"), json!(1));
                    let answer = world.app.api(&world.app.owner, example.method, &path, Some(with(body, &leaf.pointer, Value::Object(more)))).await?;
                    found.check(names(&answer, &leaf.field), || format!("{name}: {}.nonsense: {} {}", leaf.field, answer.status, answer.text));
                }
            }
            if let Some(members) = body.as_object() {
                let mut more: Map<String, Value> = members.clone();
                more.insert(String::from("nonsense"), json!(1));
                let answer = world.app.api(&world.app.owner, example.method, &path, Some(Value::Object(more))).await?;
                let told = answer.fields() == ["nonsense"] && answer.json()["errors"][0]["code"] == "unknown_field";
                found.check(told, || format!("{name}: nonsense: {} {}", answer.status, answer.text));
            }
            let after = Snapshot::take(&world.store).await?;
            let changes = before.changes(&after);
            found.check(changes.is_empty(), || format!("{name} changed {changes:?}"));
            before = after;
        }
        found.nothing();
        assert!(sent > 800, "{sent}");
        Ok(())
    }

    async fn what_is_no_json_or_breaks_readers_is_refused_with_its_reason(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let before = Snapshot::take(&world.store).await?;
        let mut found = Found::default();
        let goals = world.path("/orgs/{org}/goals");
        let check_ins = world.path("/goals/{goal}/check-ins");
        let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        for (path, body, status, field) in [
            (&check_ins, String::from("{\"value\": 1e400}"), 422, "value"),
            (&check_ins, String::from("{\"value\": -1e400}"), 422, "value"),
            (&check_ins, String::from("{\"value\": NaN}"), 400, ""),
            (&check_ins, String::from("{\"value\": Infinity}"), 400, ""),
            (&check_ins, String::from("{\"progress\": 1e400}"), 422, "progress"),
            (&check_ins, String::from("{\"progress\": 101}"), 422, "progress"),
            (&check_ins, String::from("{\"progress\": -1}"), 422, "progress"),
            (&check_ins, String::from("{\"value\": \"12\"}"), 422, "value"),
            (&check_ins, String::from("{\"value\": 5, \"value\": 6}"), 422, "value"),
            (&check_ins, String::from("{\"value\": 5} 6"), 400, ""),
            (&check_ins, String::from("{\"value\": 5"), 400, ""),
            (&check_ins, String::new(), 400, ""),
            (&check_ins, String::from("{\"value\": 5, \"as_of\": \"2030-01-01\"}"), 422, "as_of"),
            (&check_ins, String::from("{\"value\": 5, \"as_of\": \"0000-01-01\"}"), 422, "as_of"),
            (&check_ins, String::from("{\"value\": 5, \"as_of\": \"99999-01-01\"}"), 422, "as_of"),
            (&check_ins, String::from("{\"note\": \"\\ud800\"}"), 422, "note"),
            (&check_ins, String::from("{\"note\": \"\\ud800\\u0041\"}"), 422, "note"),
            (&check_ins, String::from("{\"note\": \"\\udc00\"}"), 422, "note"),
            (&check_ins, String::from("{\"note\": \"a\u{0}b\"}"), 400, ""),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": {}}}", deep("[", "]")), 422, "title"),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"t\", \"nonsense\": {}}}", deep("{\"a\":", "}")), 422, "nonsense"),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"t\", \"owner_ids\": [{}\"x\"]}}", "\"x\",".repeat(100_000)), 422, "owner_ids[0]"),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"t\", \"tags\": [{}\"x\"]}}", (0..2_000).map(|n| format!("\"t{n}\",")).collect::<String>()), 422, "tags[200]"),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"{}\"}}", "x".repeat(10 * 1024 * 1024)), 413, ""),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"t\", \"description\": \"{}\"}}", "x".repeat(10 * 1024 * 1024)), 413, ""),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"{}\"}}", "x".repeat(1024 * 1024)), 422, "title"),
            (&goals, format!("{{\"kind\": \"objective\", \"title\": \"t\", \"description\": \"{}\"}}", "x".repeat(1024 * 1024)), 422, "description"),
            (&goals, String::from("[]"), 422, ""),
            (&goals, String::from("null"), 422, ""),
            (&goals, String::from("\"objective\""), 422, ""),
        ] {
            let shown: String = body.chars().take(60).collect();
            let answer = send_raw(&world, "POST", path, body).await?;
            let told = answer.status == status && !answer.json()["detail"].as_str().unwrap_or("").is_empty() && (field.is_empty() || answer.fields().iter().any(|it| it == field));
            found.check(told, || format!("{shown}: {} {}", answer.status, answer.text));
        }
        for (kind, body) in [("text/plain", "{}"), ("application/x-www-form-urlencoded", "title=x"), ("application/json; charset=utf-16", "\u{feff}{}")] {
            let request = Request::post(format!("/api/v1{goals}")).header(header::AUTHORIZATION, format!("Bearer {}", world.app.owner.token)).header(header::CONTENT_TYPE, kind);
            let answer = world.app.send(request.body(Body::from(body))?).await?;
            found.check([400, 415].contains(&answer.status), || format!("{kind}: {} {}", answer.status, answer.text));
        }
        found.nothing();
        assert_eq!(before.changes(&Snapshot::take(&world.store).await?), [""; 0]);
        Ok(())
    }

    async fn dates_measures_circles_and_foreign_things_are_refused_at_their_field(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let stranger = world.app.stranger().await?;
        let elsewhere = world.app.api_ok(&stranger, "GET", "/me", None).await?["organizations"][0]["id"].as_str().unwrap_or("").to_owned();
        let theirs = async |path: &str, body: Value| world.app.api_ok(&stranger, "POST", &format!("/orgs/{elsewhere}{path}"), Some(body)).await;
        let team = theirs("/teams", json!({"name": "Theirs"})).await?["id"].clone();
        let goal = theirs("/goals", json!({"kind": "objective", "title": "Theirs", "level": "organization"})).await?;
        let (goal, period) = (goal["id"].clone(), goal["period_id"].clone());
        let owner = &world.app.owner;
        let below = world.app.api_ok(owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Below", "parent_id": world.id("team")}))).await?;
        let boss = world.app.person(Role::Member).await?;
        world.app.api_ok(owner, "PATCH", &format!("/orgs/calder/members/{}", boss.id), Some(json!({"manager_id": world.member.id}))).await?;
        let before = Snapshot::take(&world.store).await?;
        let mut found = Found::default();
        let (goals, one) = ("/orgs/calder/goals", world.path("/goals/{goal}"));
        let new = |more: Value| {
            let mut body = json!({"kind": "key_result", "title": "New", "parents": [{"id": world.id("top")}]});
            if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
                body.extend(more.clone());
            }
            body
        };
        let metric = |metric: Value| new(json!({ "metric": metric }));
        let own_parents = world.path("/goals/{top}/parents");
        let shares = world.path("/goals/{top}/contributions");
        let own_team = world.path("/orgs/{org}/teams/{team}");
        let own_member = format!("/orgs/calder/members/{}", world.member.id);
        for (method, path, body, field) in [
            ("POST", goals, new(json!({"start_date": "2026-03-31", "due_date": "2026-01-01"})), "due_date"),
            ("POST", goals, new(json!({"start_date": "0000-01-01"})), "start_date"),
            ("POST", goals, new(json!({"due_date": "9999-12-31"})), "due_date"),
            ("POST", goals, new(json!({"due_date": "99999-01-01"})), "due_date"),
            ("POST", goals, new(json!({"due_date": "2026-02-30"})), "due_date"),
            ("POST", goals, new(json!({"due_date": "31.12.2026"})), "due_date"),
            ("PATCH", &one, json!({"due_date": null}), "due_date"),
            ("PATCH", &one, json!({"title": null}), "title"),
            ("PATCH", &one, json!({"title": " \u{200b} "}), "title"),
            ("PATCH", &one, json!({"title": "a\nb"}), "title"),
            ("PATCH", &one, json!({"title": "txt.\u{202e}gpj"}), "title"),
            ("POST", goals, metric(json!({"kind": "increase", "start": 10, "target": 5})), "metric.target"),
            ("POST", goals, metric(json!({"kind": "decrease", "start": 5, "target": 10})), "metric.target"),
            ("POST", goals, metric(json!({"kind": "reach", "target": 0})), "metric.target"),
            ("POST", goals, metric(json!({"kind": "reach"})), "metric.target"),
            ("POST", goals, metric(json!({"kind": "stay_above", "target": 9, "risk_threshold": 10})), "metric.risk_threshold"),
            ("POST", goals, metric(json!({"kind": "stay_below", "target": 2, "risk_threshold": 1})), "metric.risk_threshold"),
            ("POST", goals, metric(json!({"kind": "baseline", "target": 2})), "metric.target"),
            ("POST", goals, new(json!({"metric": {"kind": "reach", "target": 10}, "phases": [{"date": "2025-01-01", "target": 1}]})), "phases[0].date"),
            ("POST", goals, new(json!({"team_ids": [team], "level": "team"})), "team_ids[0]"),
            ("POST", goals, new(json!({"owner_ids": [stranger.id]})), "owner_ids[0]"),
            ("POST", goals, new(json!({"check_in_owner_id": stranger.id})), "check_in_owner_id"),
            ("POST", goals, new(json!({"delegate_id": stranger.id})), "delegate_id"),
            ("POST", goals, new(json!({"period_id": period})), "period_id"),
            ("POST", goals, new(json!({"parents": [{"id": goal}]})), "parents[0].id"),
            ("POST", goals, new(json!({"access": [{"user_id": stranger.id, "may_edit": true}]})), "access[0].user_id"),
            ("PUT", &own_parents, json!([{"id": world.id("goal")}]), "parents[0].id"),
            ("PUT", &own_parents, json!([{"id": world.id("top")}]), "parents[0].id"),
            ("PUT", &own_parents, json!([{"id": goal}]), "parents[0].id"),
            ("PUT", &shares, json!({"shares": [{"child_id": world.id("goal"), "share": 101}]}), "shares[0].share"),
            ("PUT", &shares, json!({"shares": [{"child_id": world.id("goal"), "share": -1}]}), "shares[0].share"),
            ("PUT", &shares, json!({"shares": [{"child_id": goal, "share": 50}]}), "shares[0].child_id"),
            ("PUT", &shares, json!({"shares": [{"child_id": world.id("goal"), "share": 60}, {"child_id": world.id("initiative"), "share": 50}]}), "shares"),
            ("PATCH", &own_team, json!({"parent_id": below["id"]}), "parent_id"),
            ("PATCH", &own_team, json!({"parent_id": world.id("team")}), "parent_id"),
            ("PATCH", &own_team, json!({"parent_id": team}), "parent_id"),
            ("PATCH", &own_team, json!({"owners": [stranger.id]}), "owners[0]"),
            ("PATCH", &own_member, json!({"manager_id": boss.id}), "manager_id"),
            ("PATCH", &own_member, json!({"manager_id": world.member.id}), "manager_id"),
            ("PATCH", &own_member, json!({"manager_id": stranger.id}), "manager_id"),
            ("POST", "/orgs/calder/members", json!({"email": "a@b.test", "name": "A", "manager_id": stranger.id}), "manager_id"),
            ("POST", "/orgs/calder/periods", json!({"name": "P", "start_date": "2026-05-01", "end_date": "2026-04-30"}), "end_date"),
            ("POST", "/orgs/calder/periods", json!({"name": "P", "start_date": "0000-05-01", "end_date": "2026-04-30"}), "start_date"),
            ("POST", "/orgs/calder/periods", json!({"name": "P", "start_date": "2026-05-01", "end_date": "9999-04-30"}), "end_date"),
            ("POST", "/orgs/calder/teams", json!({"name": "SESAME  te\u{301}am"}), "name"),
            ("POST", "/orgs/calder/teams", json!({"name": "Old", "status": "archived"}), "status"),
            ("POST", "/orgs/calder/tags", json!({"name": "sesame TAG"}), "name"),
            ("PATCH", "/orgs/calder", json!({"slug": "../up"}), "slug"),
            ("PATCH", "/orgs/calder", json!({"name": "Calder\r\nSet-Cookie: x=1"}), "name"),
            ("PATCH", "/orgs/calder", json!({"settings": {"time_zone": "../../etc/passwd"}}), "settings.time_zone"),
            ("POST", &world.path("/goals/{initiative}/tasks"), json!({"name": "T", "due_date": "0000-01-01"}), "due_date"),
            ("POST", &world.path("/goals/{initiative}/tasks"), json!({"name": "T", "owner_id": stranger.id}), "owner_id"),
            ("POST", &world.path("/goals/{goal}/comments"), json!({"body": " "}), "body"),
            ("POST", &world.path("/goals/{goal}/comments"), json!({"body": "b", "check_in_id": goal}), "check_in_id"),
            ("POST", &world.path("/goals/{goal}/close"), json!({"score": 1.1}), "score"),
            ("POST", &world.path("/goals/{goal}/close"), json!({"score": -0.1}), "score"),
            ("POST", &world.path("/goals/{goal}/close"), json!({"continue_in": {"period_id": period}}), "continue_in.period_id"),
            ("POST", &world.path("/goals/{goal}/clone"), json!({"owner_id": stranger.id}), "owner_id"),
            ("POST", &world.path("/goals/{goal}/clone"), json!({"parents": [goal]}), "parents[0].id"),
        ] {
            let answer = world.app.api(owner, method, path, Some(body.clone())).await?;
            let told = answer.status == 422 && answer.fields().iter().any(|it| it == field);
            found.check(told, || format!("{method} {path} {body} ({field}): {} {}", answer.status, answer.text));
        }
        for query in ["period=x", "kind=x", "level=x", "team=x", "owner=x", "status=x", "parent=x", "due_before=x", "due_after=2026-02-30",
            "not_updated_since=x", "sort=x", "as_of=x", "as_of=2999-01-01", "limit=0", "limit=201", "limit=x", "limit=-1", "cursor=x", "nonsense=1"] {
            let field = query.split('=').next().unwrap_or("");
            let answer = world.app.api(owner, "GET", &format!("{goals}?{query}"), None).await?;
            found.check(answer.status == 422 && answer.fields() == [field], || format!("{query}: {} {}", answer.status, answer.text));
        }
        found.nothing();
        assert_eq!(before.changes(&Snapshot::take(&world.store).await?), [""; 0]);
        Ok(())
    }
}
