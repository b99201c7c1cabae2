//! What pages show and programs ask for as well: lists as Explorer has them, previews, what is owed, how teams stand, samples.
//! Each is checked against what follows when the thing itself is done.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

use crate::examples;
use crate::found::Found;
use crate::snapshot::Snapshot;
use crate::world::World;

fn titles(list: &Value) -> Vec<String> {
    list["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|it| it["title"].as_str().unwrap_or("").to_owned())
        .collect()
}

async fn goal(app: &App, by: &Person, body: Value) -> Result<String> {
    let made = app.api_ok(by, "POST", "/orgs/calder/goals", Some(body)).await?;
    Ok(made["id"].as_str().context("an id")?.to_owned())
}

/// What moved, without the titles that only a preview gives.
fn moves(changed: &Value) -> Vec<(String, Value, Value)> {
    let all = changed.as_array().into_iter().flatten();
    let mut moves: Vec<_> = all
        .map(|it| (it["goal_id"].to_string(), it["progress_after"].clone(), it["status_after"].clone()))
        .collect();
    moves.sort_by(|one, other| one.0.cmp(&other.0));
    moves
}

/// An objective with two key results that stand at 20 and 60 per cent.
struct Three {
    top: String,
    one: String,
    two: String,
}

impl Three {
    async fn new(app: &App) -> Result<Self> {
        let owner = &app.owner;
        let top =
            goal(app, owner, json!({"kind": "objective", "title": "Top", "level": "organization"})).await?;
        let below = |title: &str| json!({"kind": "key_result", "title": title, "parents": [{"id": top}], "metric": {"kind": "reach", "target": 100}});
        let (one, two) = (goal(app, owner, below("Alpha")).await?, goal(app, owner, below("Beta")).await?);
        for (goal, value) in [(&one, 20), (&two, 60)] {
            let body = json!({"value": value, "note": "first"});
            app.clock.advance_millis(1_000);
            app.api_ok(owner, "POST", &format!("/goals/{goal}/check-ins"), Some(body)).await?;
        }
        Ok(Self { top, one, two })
    }
}

both_engines! {
    async fn rows_come_sorted_narrowed_and_in_groups(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let three = Three::new(&app).await?;
        let owner = &app.owner;
        let alone = json!({"kind": "objective", "title": "Gamma", "level": "individual"});
        let alone = goal(&app, &app.person(Role::Member).await?, alone).await?;
        let rows = async |query: &str| app.api_ok(owner, "GET", &format!("/orgs/calder/rows?{query}"), None).await;
        assert_eq!(titles(&rows("sort=title").await?), ["Alpha", "Beta", "Gamma", "Top"]);
        assert_eq!(titles(&rows("sort=-title").await?), ["Top", "Gamma", "Beta", "Alpha"]);
        let by_progress = titles(&rows("sort=-progress&kind=key_result").await?);
        assert_eq!(by_progress, ["Beta", "Alpha"]);
        // The tree's top in the order that people gave; without its branches.
        assert_eq!(titles(&rows("").await?).len(), 2);
        assert_eq!(titles(&rows("unaligned=true&sort=title").await?), ["Gamma", "Top"]);
        assert_eq!(titles(&rows(&format!("owner={}&sort=title", owner.id)).await?), ["Alpha", "Beta", "Top"]);
        assert_eq!(titles(&rows("q=alp").await?), ["Alpha"]);
        let last = rows("sort=-check_in&kind=key_result").await?;
        assert_eq!(titles(&last), ["Beta", "Alpha"], "the later check-in first");
        let grouped = rows("group=owner").await?;
        let heads: Vec<&Value> = grouped["items"].as_array().into_iter().flatten().map(|it| &it["group"]).filter(|it| !it.is_null()).collect();
        assert!(heads.len() == 2 && heads.iter().all(|head| head["by"] == "owner" && head["name"].is_string()), "{heads:?}");
        // What is wrong below a folded row stands with it, if asked for.
        let bare = goal(&app, owner, json!({"kind": "objective", "title": "Bare", "parents": [{"id": three.top}], "level": "organization"})).await?;
        app.api_ok(owner, "PATCH", &format!("/goals/{bare}"), Some(json!({"owner_ids": []}))).await?;
        let with = rows("alerts_below=true").await?;
        let top = with["items"].as_array().into_iter().flatten().find(|it| it["id"] == three.top.as_str()).context("the top")?;
        let below = top["alerts_below"].as_array().context("alerts")?;
        assert!(below.iter().any(|it| it["title"] == "Bare"), "{top}");
        let without = rows("").await?;
        assert!(without["items"].as_array().into_iter().flatten().all(|it| it["alerts_below"] == json!([])));
        // Counts, and a team's page.
        let counts = app.api_ok(owner, "GET", "/orgs/calder/rows/counts", None).await?;
        assert_eq!((counts["all"].clone(), counts["company"].clone()), (json!(5), json!(2)), "{counts}");
        assert_eq!(titles(&rows(&format!("page=person&entity={}&flat=true", app.owner.id)).await?).len(), 3);
        for (query, field) in [("page=team", "entity"), ("sort=colour", "sort"), ("group=colour", "group"), ("entity=x", "entity"),
            ("closed_days=9999", "closed_days"), ("status=x", "status"), ("sorted=title", "sorted"), ("unaligned=perhaps", "unaligned")] {
            let answer = app.api(owner, "GET", &format!("/orgs/calder/rows?{query}"), None).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{query}: {}", answer.text);
        }
        // What somebody may not see is in none of it.
        let member = app.person(Role::Member).await?;
        app.api_ok(owner, "PATCH", "/orgs/calder", Some(json!({"settings": {"private_goals": true}}))).await?;
        app.api_ok(owner, "PATCH", &format!("/goals/{}", three.one), Some(json!({"visibility": "restricted"}))).await?;
        for path in ["/orgs/calder/rows?flat=true", "/orgs/calder/search?q=alpha"] {
            let seen = app.api(&member, "GET", path, None).await?;
            assert!(seen.status == 200 && !seen.text.contains("Alpha"), "{path}: {}", seen.text);
        }
        assert_eq!(app.api(&member, "GET", &format!("/goals/{}/activity", three.one), None).await?.status, 404);
        assert!(!alone.is_empty());
        Ok(())
    }

    async fn previews_say_what_then_happens(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let three = Three::new(&app).await?;
        let owner = &app.owner;
        let before = Snapshot::take(&db).await?;
        let path = |goal: &str, part: &str| format!("/goals/{goal}/{part}");
        let ask = async |method: &str, path: String, body: Option<Value>| app.api_ok(owner, method, &path, body).await;
        // Shares: three quarters of the first.
        let shares = json!({"shares": [{"child_id": three.one, "share": 75}, {"child_id": three.two, "share": 25}]});
        let told = ask("POST", path(&three.top, "contributions/preview"), Some(shares.clone())).await?;
        assert_eq!(told["goal"]["progress_after"], json!(30.0), "{told}");
        // A check-in that is changed, and one that is removed.
        let check_in = ask("GET", path(&three.one, "check-ins"), None).await?["items"][0]["id"].as_str().context("one")?.to_owned();
        let change = json!({"value": 40});
        let changed = ask("POST", path(&three.one, &format!("check-ins/{check_in}/preview")), Some(change.clone())).await?;
        let removed = ask("GET", path(&three.one, &format!("check-ins/{check_in}/deletion")), None).await?;
        assert_eq!((changed["goal"]["progress_after"].clone(), removed["goal"]["progress_after"].clone()), (json!(40.0), json!(0.0)));
        // Another alignment, a deletion, a place, an ending.
        let nowhere = ask("POST", path(&three.one, "parents/preview"), Some(json!([]))).await?;
        assert_eq!(nowhere["changed"][0]["progress_after"], json!(60.0), "{nowhere}");
        let deletion = ask("GET", path(&three.top, "deletion"), None).await?;
        assert_eq!(deletion, json!({"children": 2, "with_children": 2, "refusal": null}));
        let here = ask("GET", path(&three.two, "placement"), None).await?;
        assert_eq!((here["from_id"].clone(), here["behind_id"].clone(), here["here"].clone(), here["changed"].clone()),
            (json!(three.top), json!(three.one), json!(true), json!([])), "{here}");
        let top = ask("GET", path(&three.two, "placement?to=none"), None).await?;
        assert_eq!((top["to"].clone(), top["changed"][0]["progress_after"].clone()), (Value::Null, json!(20.0)), "{top}");
        let closing = ask("GET", path(&three.two, "closing"), None).await?;
        assert_eq!((closing["ending"].clone(), closing["score"].clone()), (json!("closed"), json!(0.6)), "{closing}");
        let closing = ask("GET", path(&three.two, "closing?value=90"), None).await?;
        assert_eq!(closing["score"], json!(0.9), "{closing}");
        let wrong = app.api(owner, "GET", &path(&three.two, "closing?value=much"), None).await?;
        assert_eq!((wrong.status, wrong.fields()), (422, vec![String::from("value")]));
        assert_eq!(before.changes(&Snapshot::take(&db).await?), [""; 0], "nothing was written");
        // And then it is so.
        let done = ask("PATCH", path(&three.one, &format!("check-ins/{check_in}")), Some(change)).await?;
        assert_eq!(moves(&done["changed"]), moves(&changed["changed"]));
        ask("PATCH", path(&three.one, &format!("check-ins/{check_in}")), Some(json!({"value": 20}))).await?;
        ask("PUT", path(&three.top, "contributions"), Some(shares)).await?;
        let stands = ask("GET", format!("/goals/{}", three.top), None).await?;
        assert_eq!(stands["progress"], told["goal"]["progress_after"]);
        // What happened is told, with the names of what it speaks of.
        let activity = ask("GET", path(&three.top, "activity?limit=1"), None).await?;
        assert_eq!((activity["items"][0]["action"].clone(), activity["next"].is_string()), (json!("goal.contributions"), true), "{activity}");
        assert!(activity["names"].as_object().is_some_and(|names| names.values().any(|name| name == "Alpha")), "{activity}");
        let rights = ask("GET", path(&three.top, "access"), None).await?;
        let capacities: Vec<&Value> = rights["by_capacity"].as_array().into_iter().flatten().map(|it| &it["capacity"]).collect();
        assert_eq!(capacities, ["owner", "creator"], "{rights}");
        Ok(())
    }

    async fn what_is_owed_how_teams_stand_and_what_is_found(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let three = Three::new(&app).await?;
        let owner = &app.owner;
        let due = async || anyhow::Ok(titles(&app.api_ok(owner, "GET", "/orgs/calder/due-check-ins", None).await?));
        assert_eq!(due().await?, [""; 0]);
        app.clock.advance_days(8);
        let mut owed = due().await?;
        owed.sort();
        assert_eq!(owed, ["Alpha", "Beta"], "what rolls up owes none");
        app.api_ok(owner, "POST", &format!("/goals/{}/check-ins", three.one), Some(json!({"value": 30}))).await?;
        assert_eq!(due().await?, ["Beta"]);
        // Teams.
        let team = app.api_ok(owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Gulls", "owners": [owner.id]}))).await?;
        let team = team["id"].as_str().context("a team")?.to_owned();
        let none = app.api_ok(owner, "GET", &format!("/orgs/calder/standings?team={team}"), None).await?;
        assert_eq!((none["organization"]["progress"].clone(), none["teams"][0]["standing"].clone()), (json!(45.0), Value::Null), "{none}");
        let body = json!({"kind": "key_result", "title": "Eggs", "level": "team", "team_ids": [team], "parents": [{"id": three.top}], "metric": {"kind": "reach", "target": 10}});
        let eggs = goal(&app, owner, body).await?;
        app.api_ok(owner, "POST", &format!("/goals/{eggs}/check-ins"), Some(json!({"value": 7}))).await?;
        let one = app.api_ok(owner, "GET", &format!("/orgs/calder/standings?team={team}"), None).await?;
        let standing = &one["teams"][0]["standing"];
        assert!(standing["progress"] == json!(70.0) && standing["expected_progress"].is_f64() && standing["status"] == "on_track", "{one}");
        // Everything that has a name.
        let found = app.api_ok(owner, "GET", "/orgs/calder/search?q=gul", None).await?;
        assert_eq!((found["teams"][0]["name"].clone(), found["goals"].clone()), (json!("Gulls"), json!([])), "{found}");
        let found = app.api_ok(owner, "GET", "/orgs/calder/search?q=egg", None).await?;
        assert_eq!(found["goals"][0]["id"], json!(eggs), "{found}");
        let found = app.api_ok(owner, "GET", "/orgs/calder/search?q=ruth", None).await?;
        assert_eq!(found["people"][0]["name"], "Ruth Owner", "{found}");
        Ok(())
    }

    async fn samples_are_made_and_taken_back(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let library = app.api_ok(owner, "GET", "/orgs/calder/samples", None).await?;
        let sample = library["samples"].as_array().context("samples")?.iter().find(|it| it["key"] == "sales-honest-forecast").context("the sample")?.clone();
        let made = app.api(owner, "POST", "/orgs/calder/sample-batches", Some(json!({"samples": ["sales-honest-forecast"]}))).await?;
        assert_eq!(made.status, 201, "{}", made.text);
        let made = made.json();
        assert_eq!(made["goals"].as_array().map(Vec::len), sample["key_results"].as_array().map(|all| all.len() + 1));
        assert_eq!(made["goals"][0]["title"], sample["title"]);
        let listed = app.api_ok(owner, "GET", "/orgs/calder/sample-batches", None).await?;
        assert_eq!(listed["items"], json!([made]));
        let path = format!("/orgs/calder/sample-batches/{}", made["id"].as_str().context("an id")?);
        let gone = app.api_ok(owner, "DELETE", &path, None).await?;
        assert_eq!(gone["deleted"], json!(made["goals"].as_array().map(Vec::len)));
        assert_eq!(app.api(owner, "DELETE", &path, None).await?.status, 404);
        for (body, field) in [(json!({"samples": []}), "samples"), (json!({"samples": ["none"]}), "samples"),
            (json!({"samples": ["sales-honest-forecast"], "level": "team"}), "team_id"),
            (json!({"samples": ["sales-honest-forecast"], "team_id": app.org}), "team_id")] {
            let answer = app.api(owner, "POST", "/orgs/calder/sample-batches", Some(body)).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{}", answer.text);
        }
        Ok(())
    }

    async fn a_parameter_that_is_none_is_refused_everywhere(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let mut found = Found::default();
        for example in examples::all(&world) {
            let (name, path) = (format!("{} {}", example.method, example.path), world.path(example.path));
            let join = if example.query.is_empty() { "?" } else { "&" };
            let path = format!("{path}{}{join}rolle=admin", example.query);
            let answer = world.app.api(&world.app.owner, example.method, &path, example.body).await?;
            found.check(answer.status == 422 && answer.fields() == ["rolle"], || format!("{name}: {} {}", answer.status, answer.text));
        }
        found.nothing();
        Ok(())
    }

    async fn progress_of_a_past_day_orders_the_list_of_that_day(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let three = Three::new(&app).await?;
        let day = app.clock.now().day_in(&jiff::tz::TimeZone::UTC);
        app.clock.advance_days(2);
        app.api_ok(&app.owner, "POST", &format!("/goals/{}/check-ins", three.one), Some(json!({"value": 90}))).await?;
        for (query, expected) in [("", ["Alpha", "Beta"]), (&format!("&as_of={day}"), ["Beta", "Alpha"])] {
            let mut cursor = String::new();
            let mut all = Vec::new();
            // Page by page, with more words than there are other conditions.
            let filters = "kind=key_result&sort=-progress&level=organization&due_after=2000-01-01&due_before=2100-01-01&status=on_track,behind,at_risk,in_progress,not_started";
            loop {
                let path = format!("/orgs/calder/goals?{filters}&limit=1{query}{cursor}");
                let page = app.api_ok(&app.owner, "GET", &path, None).await?;
                all.extend(titles(&page));
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            assert_eq!(all, expected, "{query}");
        }
        // Many conditions before the cursor's: their numbers have two digits.
        for title in ["one two three four five six seven eight first", "one two three four five six seven eight last"] {
            goal(&app, &app.owner, json!({"kind": "objective", "title": title, "level": "organization"})).await?;
        }
        let path = "/orgs/calder/goals?q=one+two+three+four+five+six+seven+eight&sort=created_at&limit=1";
        let first = app.api_ok(&app.owner, "GET", path, None).await?;
        let cursor = first["next"].as_str().context("a second page")?;
        let second = app.api_ok(&app.owner, "GET", &format!("{path}&cursor={cursor}"), None).await?;
        assert!(titles(&first).len() == 1 && titles(&second).len() == 1 && titles(&first) != titles(&second), "{first} {second}");
        Ok(())
    }
}
