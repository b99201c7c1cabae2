//! Fillings of a graph from the past that another system keeps from being done.

use anyhow::{Context, Result};
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::both_engines;
use northing_testkit::front_door::reaching_doubles;
use serde_json::{Value, json};

use super::{Scene, connect, scene};

impl Scene {
    async fn fill(&self, goal: &str) -> Result<()> {
        let answer =
            self.app.api(&self.app.owner, "POST", &format!("/goals/{goal}/link/backfill"), None).await?;
        anyhow::ensure!(answer.status == 202, "{}", answer.text);
        Ok(())
    }

    /// What the page says of the filling.
    async fn filling(&self, goal: &str) -> Result<String> {
        Ok(self.app.fragment(&self.app.owner, &format!("/goals/{goal}/link/history")).await?.text)
    }

    /// Points of the goal's graph.
    async fn points(&self, goal: &str) -> Result<usize> {
        let history =
            self.app.api_ok(&self.app.owner, "GET", &format!("/goals/{goal}/history"), None).await?;
        Ok(history["items"].as_array().context("points")?.len())
    }
}

both_engines! {
    async fn a_filling_in_trouble_keeps_nothing_holds_up_nobody_and_is_tried_again_so_often(db: Database) -> Result<()> {
        let mut scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        // Others that are due in the same pass, more than run at once.
        let mut others = Vec::new();
        for number in 0..6 {
            let connection = connect(&scene.app, &scene.app.owner, &scene.double, &format!("More {number}"), true).await?;
            let other = scene.goal("key_result", Some(&top), Value::Null).await?;
            scene.link(&other, json!({ "connection_id": connection, "selector": { "query_id": "q-bugs" } })).await?;
            others.push(other);
        }
        let before = scene.points(&goal).await?;
        scene.app.clock.advance_millis(66 * 60_000);
        scene.fill(&goal).await?;
        scene.double.fault("wit/workitemsbatch", None, FaultKind::Limited(600));
        let round = scene.app.northing.sync_due("worker").await?;
        assert_eq!(round.links, 7, "the pass goes on");
        let told = scene.filling(&goal).await?;
        assert!(told.contains("tried again in 10 minutes") && told.contains("Nothing of the graph was changed"), "{told}");
        assert_eq!(scene.points(&goal).await?, before, "nothing is kept");
        // Not before it is due, then as often as it may be.
        for pause in [10, 10, 10, 10] {
            scene.app = scene.app.clone().reaching(&reaching_doubles())?;
            scene.double.clear_log();
            scene.app.clock.advance_millis((pause - 1) * 60_000);
            scene.app.northing.sync_due("worker").await?;
            assert!(!scene.double.log().iter().any(|it| it.method == "POST" && it.path.ends_with("wit/wiql")), "not before it is due");
            scene.app.clock.advance_millis(61_000);
            scene.app.northing.sync_due("worker").await?;
        }
        let told = scene.filling(&goal).await?;
        assert!(!told.contains("tried again in") && told.contains("Fill the graph again"), "{told}");
        assert_eq!(scene.points(&goal).await?, before);
        // Well again, and asked for again.
        scene.double.heal();
        scene.app = scene.app.clone().reaching(&reaching_doubles())?;
        scene.app.clock.advance_millis(601_000);
        scene.fill(&goal).await?;
        scene.app.northing.sync_due("worker").await?;
        assert!(scene.filling(&goal).await?.contains("was filled with 7 weeks"));
        assert_eq!(scene.points(&goal).await?, before + 7);
        Ok(())
    }
}

both_engines! {
    async fn a_filling_says_where_the_integration_is_off_or_the_connection_gone_or_the_query(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.double.fault("workitemsbatch", Some(1), FaultKind::Error(403, "Access denied.".into()));
        scene.fill(&goal).await?;
        scene.app.northing.sync_due("worker").await?;
        let told = scene.filling(&goal).await?;
        assert!(told.contains("may not read") && told.contains("Fill the graph again"), "{told}");
        scene.app.northing.sync_due("worker").await?;
        let on = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        scene.fill(&goal).await?;
        scene.app.api_ok(&scene.app.owner, "PATCH", &on, Some(json!({ "enabled": false }))).await?;
        scene.app.northing.sync_due("worker").await?;
        let told = scene.filling(&goal).await?;
        assert!(told.contains("switched off") && !told.contains("load delay"), "{told}");
        scene.app.api_ok(&scene.app.owner, "PATCH", &on, Some(json!({ "enabled": true }))).await?;
        scene.fill(&goal).await?;
        scene.app.api(&scene.app.owner, "DELETE", &format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection), None).await?;
        scene.app.northing.sync_due("worker").await?;
        let told = scene.filling(&goal).await?;
        assert!(told.contains("was removed") && !told.contains("load delay"), "{told}");
        Ok(())
    }
}
