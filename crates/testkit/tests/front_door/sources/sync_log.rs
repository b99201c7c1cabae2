//! What syncs did and said: the log of a connection, of an integration, of a goal; one round for what follows the same.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::both_engines;
use northing_testkit::front_door::Person;
use serde_json::{Value, json};

use super::{Scene, connect, scene};

impl Scene {
    async fn logged(&self, who: &Person, path: &str) -> Result<Vec<Value>> {
        let list = self.app.api_ok(who, "GET", path, None).await?;
        Ok(list["items"].as_array().cloned().unwrap_or_default())
    }

    fn asked(&self, part: &str) -> i64 {
        i64::try_from(self.double.log().iter().filter(|it| it.path.contains(part)).count()).unwrap_or(0)
    }
}

both_engines! {
    async fn a_sync_is_logged_with_what_it_took_and_did(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let bugs = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.link(&bugs, json!({ "selector": { "query_id": "q-bugs" } })).await?;
        let log = format!("/orgs/{}/connections/{}/syncs", scene.app.slug, scene.connection);
        assert_eq!(scene.logged(&scene.app.owner, &log).await?, Vec::<Value>::new(), "linking is no sync");
        scene.completed(15);
        scene.double.clear_log();
        scene.hour().await?;
        let runs = scene.logged(&scene.app.owner, &log).await?;
        assert_eq!(runs.len(), 1);
        assert_eq!(
            (runs[0]["goals"].as_i64(), runs[0]["failed"].as_i64(), &runs[0]["asked_by"], &runs[0]["error"]),
            (Some(2), Some(0), &Value::Null, &Value::Null)
        );
        assert_eq!(runs[0]["requests"].as_i64(), Some(scene.asked("")), "as many as the other system saw");
        assert!(runs[0]["changed"].as_i64() >= Some(1));
        // Asked for by somebody, and in trouble.
        scene.double.fault("wit/wiql", None, FaultKind::Error(404, "TF401243: The query does not exist.".into()));
        let member = scene.app.person(Role::Member).await?;
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/goals/{goal}"), Some(json!({ "owner_ids": [member.id] }))).await?;
        scene.app.clock.advance_millis(10_000);
        scene.app.api_ok(&member, "POST", &format!("/goals/{goal}/link/sync"), None).await?;
        let runs = scene.logged(&scene.app.owner, &format!("/orgs/{}/integrations/azure_devops/syncs", scene.app.slug)).await?;
        assert_eq!(runs.len(), 2);
        let asked = runs.iter().find(|it| it["asked_by"] != Value::Null).context("one was asked for")?;
        assert_eq!((asked["goals"].as_i64(), asked["failed"].as_i64(), asked["error"]["kind"].as_str()), (Some(1), Some(1), Some("selector_missing")));
        assert_eq!(asked["asked_by"], json!(member.id));
        assert_eq!(asked["connection_name"], "Firmware");
        // The page says the same; only those who look after the connection may read it.
        let page = scene.app.page(&scene.app.owner, "/admin/integrations/azure_devops/log").await?;
        assert!(page.text.contains("Not synced") && page.text.contains("All synced"), "{}", page.text);
        let own = format!("/connections/{}/log", scene.connection);
        assert!(scene.app.page(&scene.app.owner, &own).await?.text.contains("Sync log of Firmware"));
        for path in [own.as_str(), "/admin/integrations/azure_devops/log"] {
            assert!((400..500).contains(&scene.app.page(&member, path).await?.status), "{path}");
        }
        assert_eq!(scene.app.api(&member, "GET", &log, None).await?.status, 403);
        Ok(())
    }
}

both_engines! {
    async fn a_link_tells_what_it_said_and_equal_results_once(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let path = format!("/goals/{goal}/link/syncs");
        assert_eq!(scene.app.api(&scene.app.owner, "GET", &path, None).await?.status, 404, "it follows nothing yet");
        scene.link(&goal, json!({})).await?;
        for _ in 0..3 {
            scene.hour().await?;
        }
        scene.completed(15);
        scene.hour().await?;
        scene.double.fault("wit/wiql", None, FaultKind::Error(403, "Access denied.".into()));
        scene.hour().await?;
        let told = scene.logged(&scene.app.owner, &path).await?;
        let short: Vec<_> = told.iter().map(|it| (it["times"].as_i64(), it["value"].as_f64(), it["error"]["kind"].as_str())).collect();
        assert_eq!(short, [(Some(1), None, Some("forbidden")), (Some(1), Some(50.0), None), (Some(4), Some(40.0), None)]);
        assert_eq!((told[2]["matching"].as_i64(), told[2]["completed"].as_i64(), told[2]["removed"].as_i64()), (Some(30), Some(12), Some(2)));
        let page = scene.app.page(&scene.app.owner, &format!("/goals/{goal}/link/log")).await?;
        assert!(page.text.contains("4 times since") && page.text.contains("50%"), "{}", page.text);
        // What was said of another query is no matter of this link.
        scene.double.heal();
        scene.link(&goal, json!({ "selector": { "query_id": "q-bugs" } })).await?;
        assert_eq!(scene.logged(&scene.app.owner, &path).await?.len(), 1);
        Ok(())
    }
}

both_engines! {
    async fn the_log_of_a_connection_keeps_the_newest_hundred(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        for _ in 0..103 {
            scene.hour().await?;
        }
        let log = format!("/orgs/{}/connections/{}/syncs?limit=200", scene.app.slug, scene.connection);
        let runs = scene.logged(&scene.app.owner, &log).await?;
        assert_eq!(runs.len(), 100);
        let newest: northing_core::values::Moment = runs[0]["started_at"].as_str().context("when")?.parse()?;
        assert_eq!(newest, scene.app.clock.now());
        Ok(())
    }
}

both_engines! {
    async fn what_follows_the_same_is_asked_once_an_hour_whenever_it_was_linked(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        // Eight goals on one query, linked at different minutes; two on others.
        for number in 0..10 {
            let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
            let query = match number { 8 => "q-bugs", 9 => "q-tree", _ => "q-scope" };
            scene.link(&goal, json!({ "selector": { "query_id": query } })).await?;
            scene.app.clock.advance_millis(7 * 60_000);
        }
        scene.double.clear_log();
        // Minute by minute, as the server does.
        for _ in 0..180 {
            scene.app.clock.advance_millis(60_000);
            scene.app.northing.sync_due("worker").await?;
        }
        let of = |query: &str| scene.asked(&format!("wiql/{query}"));
        for query in ["q-scope", "q-bugs", "q-tree"] {
            assert!((2..=4).contains(&of(query)), "{query}: {} times in three hours", of(query));
        }
        Ok(())
    }
}

both_engines! {
    async fn connections_have_their_own_minute_and_their_links_stay_together(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let mut next = Vec::new();
        for number in 0..6 {
            let connection = connect(&scene.app, &scene.app.owner, &scene.double, &format!("More {number}"), true).await?;
            let mut own = Vec::new();
            for query in ["q-scope", "q-bugs"] {
                let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
                let link = scene.link(&goal, json!({ "connection_id": connection, "selector": { "query_id": query } })).await?;
                own.push(link["next_sync_at"].as_str().context("due")?.parse::<northing_core::values::Moment>()?.millis());
            }
            assert_eq!(own[0], own[1]);
            next.push((own[0] - scene.app.clock.now().millis()) / 60_000);
        }
        assert!(next.iter().all(|minutes| (55..65).contains(minutes)), "{next:?}");
        next.sort_unstable();
        next.dedup();
        assert!(next.len() > 1, "not all at once: {next:?}");
        Ok(())
    }
}
