//! Links to goals on the items that they follow: off unless it was turned on, written once, taken off again.

use anyhow::Result;
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::both_engines;
use northing_testkit::front_door::ADDRESS;
use serde_json::{Value, json};

use super::{Scene, scene};

impl Scene {
    async fn write_back(&self, on: bool) -> Result<()> {
        let path = format!("/orgs/{}/integrations/azure_devops", self.app.slug);
        self.app.api_ok(&self.app.owner, "PATCH", &path, Some(json!({ "write_back": on }))).await?;
        Ok(())
    }

    fn patches(&self) -> usize {
        self.double.log().iter().filter(|it| it.method == "PATCH").count()
    }

    fn linked(&self, goal: &str) -> Vec<u64> {
        let to = format!("{ADDRESS}/goals/{goal}");
        let world = self.double.world();
        world.items.iter().filter(|(_, item)| item.hyperlinks.contains(&to)).map(|(id, _)| *id).collect()
    }

    async fn work(&self) -> Result<()> {
        self.app.clock.advance_millis(61_000);
        self.app.northing.sync_due("worker").await?;
        Ok(())
    }
}

both_engines! {
    async fn nothing_is_written_unless_it_was_turned_on(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.hour().await?;
        scene.work().await?;
        assert_eq!((scene.patches(), scene.linked(&goal).len()), (0, 0));
        scene.write_back(true).await?;
        scene.hour().await?;
        assert_eq!(scene.linked(&goal).len(), 28, "every item but those that were taken out");
        let written = scene.patches();
        for _ in 0..3 {
            scene.hour().await?;
            scene.work().await?;
        }
        assert_eq!(scene.patches(), written, "what stands is not written again");
        scene.write_back(false).await?;
        scene.double.world().change(129, scene.app.clock.now(), json!({ "System.Tags": null }));
        scene.hour().await?;
        scene.work().await?;
        assert_eq!(scene.patches(), written);
        Ok(())
    }
}

both_engines! {
    async fn links_follow_what_the_goal_covers_and_go_with_its_link(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.write_back(true).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let other = scene.goal("key_result", Some(&top), Value::Null).await?;
        let picked = json!({ "selector": { "work_item_ids": [100, 101] } });
        scene.link(&goal, picked.clone()).await?;
        scene.link(&other, picked).await?;
        scene.work().await?;
        assert_eq!((scene.linked(&goal), scene.linked(&other)), (vec![100, 101], vec![100, 101]));
        scene.link(&goal, json!({ "selector": { "work_item_ids": [101, 102] } })).await?;
        scene.work().await?;
        assert_eq!(scene.linked(&goal), [101, 102]);
        assert_eq!(scene.app.api(&scene.app.owner, "DELETE", &format!("/goals/{goal}/link"), None).await?.status, 204);
        scene.work().await?;
        assert_eq!((scene.linked(&goal), scene.linked(&other)), (vec![], vec![100, 101]));
        Ok(())
    }
}

both_engines! {
    async fn a_token_that_may_not_write_and_a_server_that_asks_to_wait_hold_up_no_sync(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.write_back(true).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        if let Some(identity) = scene.double.world().tokens.get_mut("good-token") {
            identity.may_write = false;
        }
        scene.link(&goal, json!({})).await?;
        scene.work().await?;
        assert_eq!(scene.patches(), 1, "one refusal is enough");
        scene.completed(15);
        scene.hour().await?;
        assert_eq!(scene.patches(), 2, "and one more try with each round");
        let read = scene.read(&goal).await?;
        assert_eq!((read["progress"].as_f64(), read["link"]["state"].as_str()), (Some(50.0), Some("ok")));
        let connection = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        let shown = scene.app.api_ok(&scene.app.owner, "GET", &connection, None).await?;
        assert_eq!((shown["state"].as_str(), shown["write_back_error"]["kind"].as_str()), (Some("ok"), Some("forbidden")));
        if let Some(identity) = scene.double.world().tokens.get_mut("good-token") {
            identity.may_write = true;
        }
        scene.double.fault("wit/workitems/1", Some(1), FaultKind::Limited(300));
        scene.hour().await?;
        let soon = scene.linked(&goal).len();
        assert!(soon < 30, "it stops where it is asked to");
        Ok(())
    }
}

both_engines! {
    async fn large_amounts_are_written_piece_by_piece(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.write_back(true).await?;
        {
            let mut world = scene.double.world();
            let project = world.projects[0].id.clone();
            let now = world.now;
            for id in 2_000..2_250 {
                world.item(id, &project, "Task", "Active", now, json!({ "System.Tags": "4.2" }));
            }
        }
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.app.northing.sync_due("worker").await?;
        assert_eq!(scene.linked(&goal).len(), 200);
        scene.app.northing.sync_due("worker").await?;
        assert_eq!(scene.linked(&goal).len(), 200, "not before a pause");
        scene.work().await?;
        assert_eq!(scene.linked(&goal).len(), 278);
        Ok(())
    }
}
