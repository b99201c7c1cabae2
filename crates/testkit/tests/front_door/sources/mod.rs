//! Goals that follow Azure DevOps: integrations, connections, links, syncs, through the API against the double (integrations §1, §2).

mod embed;
mod fills;
mod notices;
mod pace;
mod rounds;
mod secrets;
mod sync_log;
mod trouble;
mod write_back;

use anyhow::{Context, Result};
use northing_app::sources::Round;
use northing_core::people::Role;
use northing_store::Store;
use northing_testkit::azure_devops::{Double, FaultKind, Options, sample};
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

pub(super) struct Scene {
    pub(super) app: App,
    pub(super) double: Double,
    pub(super) connection: String,
}

/// An organisation with the integration on, a shared connection of its owner, and the double.
pub(super) async fn scene(db: &Store) -> Result<Scene> {
    let app = App::new(db).await?;
    let double = Double::start(sample(app.clock.now()), Options::default()).await?;
    let path = format!("/orgs/{}/integrations/azure_devops", app.slug);
    app.api_ok(&app.owner, "PATCH", &path, Some(json!({ "enabled": true }))).await?;
    let connection = connect(&app, &app.owner, &double, "Firmware", true).await?;
    Ok(Scene { app, double, connection })
}

pub(super) async fn connect(
    app: &App,
    who: &Person,
    double: &Double,
    name: &str,
    shared: bool,
) -> Result<String> {
    let made = app
        .api_ok(who, "POST", &format!("/orgs/{}/connections", app.slug), Some(json!({
            "kind": "azure_devops", "name": name, "shared": shared,
            "config": { "account": double.account(), "project": "Controls" }, "secret": { "pat": "good-token" }
        })))
        .await?;
    Ok(made["id"].as_str().context("an id")?.to_owned())
}

impl Scene {
    pub(super) async fn goal(&self, kind: &str, parent: Option<&str>, metric: Value) -> Result<String> {
        let period = self.app.period("Q1 2026").await?;
        let parents: Vec<Value> = parent.iter().map(|id| json!({ "id": id })).collect();
        let made = self
            .app
            .api_ok(
                &self.app.owner,
                "POST",
                &format!("/orgs/{}/goals", self.app.slug),
                Some(json!({
                    "kind": kind, "title": format!("A {kind}"), "level": "organization", "period_id": period,
                    "parents": parents, "metric": metric
                })),
            )
            .await?;
        Ok(made["id"].as_str().context("an id")?.to_owned())
    }

    pub(super) async fn link(&self, goal: &str, more: Value) -> Result<Value> {
        let mut input = json!({ "connection_id": self.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        if let (Some(input), Some(more)) = (input.as_object_mut(), more.as_object()) {
            input.extend(more.clone());
        }
        self.app.api_ok(&self.app.owner, "PUT", &format!("/goals/{goal}/link"), Some(input)).await
    }

    pub(super) async fn read(&self, goal: &str) -> Result<Value> {
        self.app.api_ok(&self.app.owner, "GET", &format!("/goals/{goal}"), None).await
    }

    pub(super) async fn check_ins(&self, goal: &str) -> Result<Vec<Value>> {
        let list = self.app.api_ok(&self.app.owner, "GET", &format!("/goals/{goal}/check-ins"), None).await?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    /// Closes items of the query until so many are completed.
    pub(super) fn completed(&self, count: u64) {
        let now = self.app.clock.now();
        for number in 0..30_u64 {
            let state = if number < count { "Closed" } else { "Active" };
            self.double.world().change(100 + number, now, json!({ "System.State": state }));
        }
    }

    pub(super) async fn hour(&self) -> Result<Round> {
        self.app.clock.advance_millis(66 * 60_000);
        Ok(self.app.northing.sync_due("worker").await?)
    }
}

both_engines! {
    async fn a_link_has_its_first_value_at_once_and_moves_everything_above(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let link = scene.link(&goal, json!({})).await?;
        assert_eq!((link["state"].as_str(), link["value"].as_f64()), (Some("ok"), Some(40.0)));
        assert_eq!((link["matching"].as_i64(), link["completed"].as_i64(), link["removed"].as_i64()), (Some(30), Some(12), Some(2)));
        assert_eq!(link["label"], "Shared Queries/Release 4.2/4.2 scope, all items");
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["progress_mode"].as_str()), (Some(40.0), Some("data_source")));
        assert_eq!(read["link"]["connection_name"], "Firmware");
        assert_eq!(scene.read(&top).await?["progress"].as_f64(), Some(40.0));
        let check_ins = scene.check_ins(&goal).await?;
        assert_eq!((check_ins.len(), check_ins[0]["source"].as_str(), &check_ins[0]["author_id"]), (1, Some("azure_devops"), &Value::Null));
        Ok(())
    }
}

both_engines! {
    async fn hourly_syncs_write_only_what_changed(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let metric = json!({ "kind": "reach", "name": "Closed items", "target": 24 });
        let number = scene.goal("key_result", Some(&top), metric).await?;
        scene.link(&goal, json!({})).await?;
        scene.link(&number, json!({ "mode": "metric" })).await?;
        scene.double.clear_log();
        assert_eq!(scene.app.northing.sync_due("worker").await?.links, 0, "nothing is due within the hour");
        assert!(scene.double.log().is_empty());
        let round = scene.hour().await?;
        assert_eq!((round.links, round.moved, round.failed), (2, 0, 0));
        let queries = scene.double.log().iter().filter(|it| it.path.contains("wit/wiql")).count();
        assert_eq!(queries, 1, "two goals on one query are one fetch");
        assert_eq!(scene.check_ins(&goal).await?.len(), 1, "the same value writes nothing");
        scene.completed(15);
        let round = scene.hour().await?;
        assert_eq!((round.links, round.moved), (2, 3));
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(50.0));
        assert_eq!(scene.read(&number).await?["metric"]["current"].as_f64(), Some(15.0));
        assert_eq!(scene.read(&top).await?["progress"].as_f64(), Some((50.0 + 62.5) / 2.0));
        assert_eq!(scene.check_ins(&goal).await?.len(), 2);
        Ok(())
    }
}

both_engines! {
    async fn status_follows_the_gap_to_what_is_expected(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let goal = scene.goal("key_result", None, Value::Null).await.err();
        assert!(goal.is_some(), "a key result stands under an objective in this model");
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        // 15 February of 1 January to 31 March: 45 of 89 days, 50.56 % expected.
        for (completed, status) in [(30, "on_track"), (16, "on_track"), (15, "behind"), (8, "behind"), (7, "at_risk")] {
            scene.completed(completed);
            scene.link(&goal, json!({})).await?;
            let read = scene.read(&goal).await?;
            assert_eq!(read["status"], status, "{completed} of 30 against {}", read["expected_progress"]);
        }
        Ok(())
    }
}

both_engines! {
    async fn a_check_in_by_hand_stands_until_the_source_changes_or_until_resumed(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let path = format!("/goals/{goal}/check-ins");
        scene.app.api_ok(&scene.app.owner, "POST", &path, Some(json!({ "value": 80 }))).await?;
        scene.hour().await?;
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(80.0), "the source says what it said");
        scene.completed(15);
        scene.hour().await?;
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(50.0), "the source changed");
        scene.app.api_ok(&scene.app.owner, "POST", &path, Some(json!({ "value": 90, "stop_automatic": true }))).await?;
        scene.completed(18);
        scene.hour().await?;
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["link"]["value"].as_f64()), (Some(90.0), Some(60.0)));
        scene.app.api_ok(&scene.app.owner, "POST", &path, Some(json!({ "resume_automatic": true }))).await?;
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["automatic_stopped"].as_bool()), (Some(60.0), Some(false)));
        assert_eq!(scene.read(&top).await?["progress"].as_f64(), Some(60.0));
        Ok(())
    }
}

both_engines! {
    async fn trouble_never_moves_a_goal_and_blocks_no_other(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let good = scene.goal("key_result", Some(&top), Value::Null).await?;
        let gone = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&good, json!({ "selector": { "query_id": "q-bugs" } })).await?;
        scene.link(&gone, json!({})).await?;
        let before = scene.read(&gone).await?["progress"].clone();
        let rename = |from: &str, to: &str| {
            let mut world = scene.double.world();
            let shared = &mut world.projects[0].queries[1].children[0].children;
            for query in shared.iter_mut().filter(|query| query.id == from) {
                query.id = to.to_owned();
            }
        };
        rename("q-scope", "q-elsewhere");
        scene.completed(29);
        let round = scene.hour().await?;
        assert_eq!((round.links, round.failed), (2, 1));
        let read = scene.read(&gone).await?;
        assert_eq!(read["progress"], before, "the last value stays");
        assert_eq!((read["link"]["state"].as_str(), read["link"]["last_error"]["kind"].as_str()), (Some("error"), Some("selector_missing")));
        assert!(read["link"]["last_error"]["remedy"].as_str().unwrap_or("").contains("another query"));
        assert!(scene.read(&good).await?["progress"].as_f64() > Some(50.0), "the other went on");
        let told = |audit: &Value| audit["items"].as_array().map_or(0, |items| items.iter().filter(|it| it["action"] == "goal.sync_failed").count());
        let audit = format!("/orgs/{}/audit", scene.app.slug);
        assert_eq!(told(&scene.app.api_ok(&scene.app.owner, "GET", &audit, None).await?), 1);
        // One probe a day; told once; healed by itself.
        scene.double.clear_log();
        scene.hour().await?;
        assert!(scene.double.log().iter().all(|it| !it.path.contains("q-scope")), "no retry within the day");
        scene.app.clock.advance_days(1);
        scene.hour().await?;
        assert_eq!(told(&scene.app.api_ok(&scene.app.owner, "GET", &audit, None).await?), 1);
        rename("q-elsewhere", "q-scope");
        scene.app.clock.advance_millis(10_000);
        scene.app.api_ok(&scene.app.owner, "POST", &format!("/goals/{gone}/link/sync"), None).await?;
        let read = scene.read(&gone).await?;
        assert_eq!((read["link"]["state"].as_str(), &read["link"]["last_error"]), (Some("ok"), &Value::Null));
        Ok(())
    }
}

both_engines! {
    async fn errors_that_pass_are_tried_again_with_growing_pauses(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.double.fault("wit/wiql", None, FaultKind::Overload);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            scene.app.clock.advance_days(1);
            scene.app.northing.sync_due("worker").await?;
            let link = scene.read(&goal).await?["link"].clone();
            assert_eq!(link["last_error"]["kind"], "unreachable");
            let next: northing_core::values::Moment = link["next_sync_at"].as_str().context("due again")?.parse()?;
            pauses.push((next.millis() - scene.app.clock.now().millis()) / 3_600_000);
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 24, 24], "a day at most");
        scene.double.heal();
        scene.double.fault("wit/wiql", Some(1), FaultKind::Limited(600));
        scene.app.clock.advance_days(1);
        scene.app.northing.sync_due("worker").await?;
        let link = scene.read(&goal).await?["link"].clone();
        assert_eq!(link["last_error"]["kind"], "rate_limited");
        let next: northing_core::values::Moment = link["next_sync_at"].as_str().context("due again")?.parse()?;
        assert_eq!((next.millis() - scene.app.clock.now().millis()) / 1000, 600);
        Ok(())
    }
}

both_engines! {
    async fn switching_off_suspends_and_on_resumes(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let path = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "enabled": false }))).await?;
        scene.completed(30);
        scene.double.clear_log();
        scene.hour().await?;
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["link"]["state"].as_str()), (Some(40.0), Some("suspended")));
        assert!(scene.double.log().is_empty());
        let refused = scene.app.api(&scene.app.owner, "POST", &format!("/goals/{goal}/link/sync"), None).await?;
        assert_eq!(refused.status, 422);
        scene.app.api_ok(&scene.app.owner, "PATCH", &path, Some(json!({ "enabled": true }))).await?;
        scene.app.northing.sync_due("worker").await?;
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(100.0));
        Ok(())
    }
}

both_engines! {
    async fn a_hint_brings_the_next_sync_forward_and_hints_are_gathered(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let tested = scene.app.api_ok(&scene.app.owner, "POST", &format!("/orgs/{}/connections/{}/test", scene.app.slug, scene.connection), None).await?;
        assert_eq!((tested["ok"].as_bool(), tested["identity"].as_str()), (Some(true), Some("Priya Raman")));
        scene.link(&goal, json!({})).await?;
        let secret = scene.app.northing.renew_hook(&scene.app.owner.actor, "azure_devops").await?;
        let project = scene.double.world().projects[0].id.clone();
        let message = json!({ "eventType": "workitem.updated", "resource": { "id": 1, "workItemId": 100 },
            "resourceContainers": { "project": { "id": project } } }).to_string();
        assert!(scene.app.northing.receive_hook("wrong", message.as_bytes()).await.is_err());
        scene.completed(21);
        for _ in 0..5 {
            scene.app.northing.receive_hook(&secret, message.as_bytes()).await?;
        }
        assert_eq!(scene.app.northing.sync_due("worker").await?.links, 0, "further changes are waited for");
        scene.app.clock.advance_millis(31_000);
        assert_eq!(scene.app.northing.sync_due("worker").await?.links, 1);
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(70.0));
        Ok(())
    }
}

both_engines! {
    async fn secrets_never_come_back_and_never_go_elsewhere(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let base = format!("/orgs/{}/connections", scene.app.slug);
        let one = format!("{base}/{}", scene.connection);
        for path in [&base, &one] {
            let answer = scene.app.api(&scene.app.owner, "GET", path, None).await?;
            assert!(!answer.text.contains("good-token") && !answer.text.contains("\"secret\""), "{}", answer.text);
        }
        // Nor to those who only use it.
        let member = scene.app.person(Role::Member).await?;
        for path in [&base, &one, &format!("/connections/{}/browse", scene.connection), &format!("/connections/{}/measures", scene.connection)] {
            let answer = scene.app.api(&member, "GET", path, None).await?;
            assert!(answer.status == 200 && !answer.text.contains("good-token") && !answer.text.contains("\"secret\""), "{}", answer.text);
        }
        let mut backup = Vec::new();
        db.backup(&mut backup).await?;
        let kept = String::from_utf8_lossy(&backup);
        assert!(kept.contains("Firmware") && !kept.contains("good-token"), "sealed in the database and in copies");
        // A secret that was entered for one account is not sent to another.
        let other = Double::start(sample(scene.app.clock.now()), Options::default()).await?;
        let moved = json!({ "config": { "account": other.account(), "project": "Controls" } });
        let refused = scene.app.api(&scene.app.owner, "PATCH", &one, Some(moved)).await?;
        assert_eq!((refused.status, refused.fields()), (422, vec![String::from("secret")]));
        assert!(other.log().is_empty());
        Ok(())
    }
}

both_engines! {
    async fn shared_connections_serve_everyone_and_private_ones_their_owner(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let member = scene.app.person(Role::Member).await?;
        let private = connect(&scene.app, &scene.app.owner, &scene.double, "Mine", false).await?;
        let base = format!("/orgs/{}/connections", scene.app.slug);
        let seen = scene.app.api_ok(&member, "GET", &base, None).await?;
        let names: Vec<&str> = seen["items"].as_array().context("items")?.iter().filter_map(|it| it["name"].as_str()).collect();
        assert_eq!(names, ["Firmware"]);
        let browse = scene.app.api_ok(&member, "GET", &format!("/connections/{}/browse?path=f-42", scene.connection), None).await?;
        assert_eq!(browse["items"][0]["name"], "4.2 scope, all items");
        assert_eq!(scene.app.api(&member, "GET", &format!("/connections/{private}/browse"), None).await?.status, 404);
        assert_eq!(scene.app.api(&member, "PATCH", &format!("{base}/{}", scene.connection), Some(json!({ "name": "X" }))).await?.status, 403);
        assert_eq!(scene.app.api(&member, "PATCH", &format!("/orgs/{}/integrations/azure_devops", scene.app.slug), Some(json!({ "enabled": false }))).await?.status, 403);
        let observer = scene.app.observer().await?;
        let input = json!({ "kind": "azure_devops", "name": "O", "config": { "account": "contoso", "project": "x" }, "secret": { "pat": "x" } });
        assert_eq!(scene.app.api(&observer, "POST", &base, Some(input)).await?.status, 403);
        Ok(())
    }
}

both_engines! {
    async fn what_cannot_be_linked_says_why_and_saves_nothing(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let number = scene.goal("key_result", Some(&top), json!({ "kind": "reach", "target": 10 })).await?;
        let cases = [
            (&top, json!({}), "objective"),
            (&goal, json!({ "mode": "metric" }), "per cent complete"),
            (&number, json!({}), "metric of its own"),
            (&goal, json!({ "selector": { "query_id": "q-nowhere" } }), "no longer exists"),
            (&goal, json!({ "selector": { "query_id": "f-42" } }), "folder"),
            (&goal, json!({ "selector": { "work_item_ids": [] } }), "at least one"),
            (&goal, json!({ "measure": "Custom.Gone" }), "no numeric field"),
            (&goal, json!({ "measure": "Microsoft.VSTS.Scheduling.RemainingWork" }), "remaining work"),
            (&goal, json!({ "with_tasks": true }), "initiatives"),
            (&goal, json!({ "unknown": 1 }), "unknown"),
        ];
        for (goal, more, says) in cases {
            let mut input = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
            input.as_object_mut().context("an object")?.extend(more.as_object().context("an object")?.clone());
            let answer = scene.app.api(&scene.app.owner, "PUT", &format!("/goals/{goal}/link"), Some(input)).await?;
            assert_eq!(answer.status, 422, "{more}: {}", answer.text);
            assert!(answer.text.contains(says), "{more}: {}", answer.text);
            let read = scene.read(goal).await?;
            assert_eq!((&read["link"], read["progress"].as_f64()), (&Value::Null, Some(0.0)), "{more}");
        }
        Ok(())
    }
}

both_engines! {
    async fn an_initiative_lists_the_work_items(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let work = scene.goal("initiative", Some(&top), Value::Null).await?;
        scene.link(&work, json!({ "with_tasks": true })).await?;
        let items = scene.app.api_ok(&scene.app.owner, "GET", &format!("/goals/{work}/link/items"), None).await?;
        let items = items["items"].as_array().context("items")?;
        assert_eq!((items.len(), items[0]["state"].as_str(), items[0]["assignee"].as_str()), (30, Some("Closed"), Some("Jun Takeda")));
        scene.double.world().change(100, scene.app.clock.now(), json!({ "System.State": "Active" }));
        scene.hour().await?;
        let items = scene.app.api_ok(&scene.app.owner, "GET", &format!("/goals/{work}/link/items"), None).await?;
        assert_eq!(items["items"][0]["state"], "Active");
        Ok(())
    }
}

both_engines! {
    async fn the_past_fills_the_graph_a_point_a_week(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        for _ in 0..2 {
            let answer = scene.app.api(&scene.app.owner, "POST", &format!("/goals/{goal}/link/backfill"), None).await?;
            assert_eq!(answer.status, 202);
            scene.app.northing.sync_due("worker").await?;
        }
        let history = scene.app.api_ok(&scene.app.owner, "GET", &format!("/goals/{goal}/history"), None).await?;
        let mut points: Vec<(String, f64)> = history["items"].as_array().context("points")?.iter()
            .filter(|point| point["source"] == "data_source")
            .map(|point| (point["at"].as_str().unwrap_or("").to_owned(), point["progress"].as_f64().unwrap_or(-1.0)))
            .collect();
        points.sort_by(|a, b| a.0.cmp(&b.0));
        // Seven Thursdays from 1 January to 12 February, and the first value of the link.
        assert_eq!(points.len(), 8, "{points:?}");
        assert!(points.windows(2).all(|pair| pair[0].1 <= pair[1].1), "{points:?}");
        assert_eq!(points.last().map(|point| point.1), Some(40.0));
        assert!(points[0].1 < 40.0);
        Ok(())
    }
}

both_engines! {
    async fn a_connection_that_goes_leaves_the_last_value(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let path = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        assert_eq!(scene.app.api(&scene.app.owner, "DELETE", &path, None).await?.status, 204);
        let read = scene.read(&goal).await?;
        assert_eq!(read["progress"].as_f64(), Some(40.0));
        assert_eq!((read["link"]["last_error"]["kind"].as_str(), &read["link"]["connection_id"]), (Some("connection_removed"), &Value::Null));
        assert_eq!(scene.app.api(&scene.app.owner, "DELETE", &format!("/goals/{goal}/link"), None).await?.status, 204);
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress_mode"].as_str(), read["progress"].as_f64(), &read["link"]), (Some("manual"), Some(40.0), &Value::Null));
        Ok(())
    }
}
