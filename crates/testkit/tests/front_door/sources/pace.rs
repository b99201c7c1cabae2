//! How often another system is asked: hints, waits that it asks for, daily probes, syncs by hand, data that come with a wish to wait.

use std::time::Duration;

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use northing_connectors::http::HttpOptions;
use northing_core::values::Moment;
use northing_testkit::azure_devops::{Disguise, FaultKind};
use northing_testkit::both_engines;
use northing_testkit::front_door::reaching_doubles;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{Scene, scene};

const MINUTE: i64 = 60_000;

impl Scene {
    /// A message of the other system that something of its project changed; how many links are synced soon.
    async fn hint(&self) -> Result<u64> {
        let secret = self.app.northing.renew_hook(&self.app.owner.actor, "azure_devops").await?;
        let project = self.double.world().projects[0].id.clone();
        let message = json!({ "eventType": "workitem.updated", "resource": { "id": 1, "workItemId": 100 },
            "resourceContainers": { "project": { "id": project } } });
        Ok(self.app.northing.receive_hook(&secret, message.to_string().as_bytes()).await?)
    }

    async fn next(&self, goal: &str) -> Result<Moment> {
        Ok(self.read(goal).await?["link"]["next_sync_at"].as_str().context("due again")?.parse()?)
    }
}

both_engines! {
    async fn a_hint_leaves_links_in_trouble_to_their_own_time(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let (good, gone) = (scene.goal("key_result", Some(&top), Value::Null).await?, scene.goal("key_result", Some(&top), Value::Null).await?);
        scene.link(&good, json!({ "selector": { "query_id": "q-bugs" } })).await?;
        scene.link(&gone, json!({})).await?;
        scene.double.fault("wit/wiql/q-scope", None, FaultKind::Error(404, "TF401243: The query does not exist.".into()));
        assert_eq!(scene.hour().await?.failed, 1);
        let probe = scene.next(&gone).await?;
        assert_eq!(scene.hint().await?, 1, "the one that is well");
        scene.app.clock.advance_millis(31_000);
        let round = scene.app.northing.sync_due("worker").await?;
        assert_eq!((round.links, round.failed), (1, 0));
        assert_eq!(scene.next(&gone).await?, probe, "one probe a day, whatever is hinted");
        Ok(())
    }
}

both_engines! {
    async fn hints_come_with_the_secret_as_a_password_or_in_a_header(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.app.northing.sync_due("worker").await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let secret = scene.app.northing.renew_hook(&scene.app.owner.actor, "azure_devops").await?;
        let project = scene.double.world().projects[0].id.clone();
        let message = json!({ "eventType": "workitem.updated", "resource": { "id": 1, "workItemId": 100 },
            "resourceContainers": { "project": { "id": project } } }).to_string();
        let basic = |password: &str| format!("Basic {}", STANDARD.encode(format!("anybody:{password}")));
        for (name, value, status) in [
            ("x-northing-hook", secret.clone(), 204), ("authorization", basic(&secret), 204), ("x-northing-hook", String::from("wrong"), 401),
            ("authorization", basic("wrong"), 401), ("authorization", format!("Bearer {secret}"), 401), ("x-other", secret.clone(), 401),
        ] {
            let due = scene.next(&goal).await?;
            let request = Request::post("/hooks/azure-devops").header(name, &value).header("content-type", "application/json");
            let answer = scene.app.router.clone().oneshot(request.body(Body::from(message.clone()))?).await?;
            assert_eq!(answer.status().as_u16(), status, "{name}: {value}");
            let hastened = scene.next(&goal).await? < due;
            assert_eq!(hastened, status == 204, "{name}: {value}");
            // Due as usual again.
            scene.app.clock.advance_millis(31_000);
            scene.app.northing.sync_due("worker").await?;
        }
        let off = json!({ "enabled": false });
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/orgs/{}/integrations/azure_devops", scene.app.slug), Some(off)).await?;
        let request = Request::post("/hooks/azure-devops").header("x-northing-hook", &secret).body(Body::from(message))?;
        assert_eq!(scene.app.router.clone().oneshot(request).await?.status().as_u16(), 401, "while the integration is off");
        Ok(())
    }
}

both_engines! {
    async fn a_wait_that_one_node_was_asked_for_holds_for_all_of_them_and_after_a_restart(db: Database) -> Result<()> {
        let mut scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let (first, late) = (scene.goal("key_result", Some(&top), Value::Null).await?, scene.goal("key_result", Some(&top), Value::Null).await?);
        scene.link(&first, json!({})).await?;
        scene.app.clock.advance_millis(20 * MINUTE);
        scene.link(&late, json!({ "selector": { "query_id": "q-bugs" } })).await?;
        scene.double.fault("wit/wiql", None, FaultKind::Limited(7_200));
        scene.app.clock.advance_millis(46 * MINUTE);
        let round = scene.app.northing.sync_due("one").await?;
        assert_eq!((round.links, round.failed), (1, 1));
        let end = scene.app.clock.now().plus_millis(120 * MINUTE);
        assert_eq!(scene.next(&first).await?, end);
        // Another node, which was never asked to wait itself: not by itself, not by hand, not by a hint, not for a person who looks.
        scene.double.heal();
        scene.app = scene.app.clone().reaching(&reaching_doubles())?;
        scene.double.clear_log();
        scene.app.clock.advance_millis(30 * MINUTE);
        assert_eq!(scene.app.northing.sync_due("two").await?.links, 0);
        assert_eq!(scene.hint().await?, 0);
        let refused = scene.app.api(&scene.app.owner, "POST", &format!("/goals/{late}/link/sync"), None).await?;
        assert!(refused.status == 422 && refused.text.contains("for 90 more minutes"), "{}", refused.text);
        let browsed = scene.app.api(&scene.app.owner, "GET", &format!("/connections/{}/browse", scene.connection), None).await?;
        assert!(browsed.status == 422 && browsed.text.contains("asked to wait"), "{}", browsed.text);
        assert!(scene.double.log().is_empty(), "{:?}", scene.double.log());
        let read = scene.read(&late).await?;
        assert_eq!((read["link"]["state"].as_str(), &read["link"]["last_error"]), (Some("ok"), &Value::Null), "nothing is wrong with it");
        assert_eq!(scene.next(&late).await?, end);
        // When it is over everything goes on; another token has a share of its own, and waits for nothing.
        scene.app = scene.app.clone().reaching(&reaching_doubles())?;
        scene.app.clock.advance_millis(91 * MINUTE);
        let round = scene.app.northing.sync_due("two").await?;
        assert_eq!((round.links, round.failed), (2, 0));
        scene.double.fault("wit/wiql", Some(1), FaultKind::Limited(7_200));
        scene.hour().await?;
        let renew = json!({ "secret": { "pat": "good-token" } });
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection), Some(renew)).await?;
        assert_eq!(scene.app.northing.sync_due("two").await?.failed, 0);
        Ok(())
    }
}

both_engines! {
    async fn credentials_that_are_no_longer_good_are_probed_once_a_day(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.double.disguise(Disguise::Json401);
        scene.double.world().tokens.remove("good-token");
        scene.hour().await?;
        for day in 0..3 {
            scene.double.clear_log();
            for _ in 0..23 {
                scene.app.clock.advance_millis(60 * MINUTE);
                assert_eq!(scene.app.northing.sync_due("worker").await?.links, 0);
            }
            assert!(scene.double.log().is_empty(), "day {day}: {:?}", scene.double.log());
            scene.app.clock.advance_millis(60 * MINUTE);
            assert_eq!(scene.app.northing.sync_due("worker").await?.links, 1, "day {day}");
            let queries = scene.double.log().iter().filter(|it| it.path.contains("wit/wiql")).count();
            assert_eq!(queries, 1, "one probe");
        }
        Ok(())
    }
}

both_engines! {
    async fn a_sync_by_hand_comes_ten_seconds_after_the_last_one_at_the_earliest(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.app.clock.advance_millis(MINUTE);
        let path = format!("/goals/{goal}/link/sync");
        scene.app.api_ok(&scene.app.owner, "POST", &path, None).await?;
        scene.double.clear_log();
        scene.app.clock.advance_millis(3_000);
        let refused = scene.app.api(&scene.app.owner, "POST", &path, None).await?;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "7"), "{}", refused.text);
        assert!(refused.text.contains("Wait 7 seconds"), "{}", refused.text);
        for answer in [scene.app.post(&scene.app.owner, &path, &[]).await?, scene.app.post_htmx(&scene.app.owner, &path, &[]).await?] {
            assert!(answer.status == 429 && answer.text.contains("Wait "), "{}", answer.text);
        }
        assert!(scene.double.log().is_empty(), "nothing was asked");
        // Whoever changes the link or its connection sees at once what came of it.
        scene.link(&goal, json!({ "selector": { "query_id": "q-bugs" } })).await?;
        scene.app.api_ok(&scene.app.owner, "POST", &path, None).await?;
        scene.app.clock.advance_millis(10_000);
        scene.app.api_ok(&scene.app.owner, "POST", &path, None).await?;
        Ok(())
    }
}

both_engines! {
    async fn a_link_that_had_items_and_has_none_keeps_its_value_and_says_so(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let never = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.link(&never, json!({ "selector": { "query_id": "q-none" } })).await?;
        let now = scene.app.clock.now();
        for number in 0..30_u64 {
            scene.double.world().change(100 + number, now, json!({ "System.Tags": null }));
        }
        for _ in 0..2 {
            scene.hour().await?;
            let read = scene.read(&goal).await?;
            let warnings = read["link"]["warnings"].as_array().context("warnings")?;
            assert_eq!((read["progress"].as_f64(), read["link"]["state"].as_str(), warnings.len()), (Some(40.0), Some("warning"), 1), "{warnings:?}");
            assert!(warnings[0].as_str().is_some_and(|it| it.contains("the last value stays") && !it.contains("value is 0")), "{warnings:?}");
            let read = scene.read(&never).await?;
            assert!(read["link"]["warnings"].to_string().contains("the value is 0"), "{read}");
        }
        for number in 0..30_u64 {
            scene.double.world().change(100 + number, now, json!({ "System.Tags": "4.2" }));
        }
        scene.hour().await?;
        assert_eq!(scene.read(&goal).await?["link"]["state"], "ok");
        Ok(())
    }
}

both_engines! {
    async fn data_that_come_with_a_wish_to_wait_are_used_first(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let hasty = HttpOptions { patience: Duration::from_millis(20), ..reaching_doubles() };
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let node = scene.app.clone().reaching(&hasty)?;
        scene.completed(15);
        scene.double.fault("wit/wiql", Some(1), FaultKind::Slowed(1_800));
        scene.app.clock.advance_millis(66 * MINUTE);
        let round = node.northing.sync_due("worker").await?;
        assert_eq!((round.links, round.failed), (1, 0));
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["link"]["state"].as_str()), (Some(50.0), Some("ok")));
        // And then it is waited for, by every node.
        scene.double.clear_log();
        scene.app.clock.advance_millis(20_000);
        let refused = scene.app.api(&scene.app.owner, "POST", &format!("/goals/{goal}/link/sync"), None).await?;
        assert!(refused.status == 422 && refused.text.contains("30 more minutes"), "{}", refused.text);
        assert!(scene.double.log().is_empty());
        Ok(())
    }
}
