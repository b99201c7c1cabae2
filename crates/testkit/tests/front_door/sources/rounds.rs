//! How rounds run: organisations take turns, so many at once, several nodes, one that dies, a project that is renamed.

use std::time::Duration;

use anyhow::{Context, Result};
use northing_core::values::Id;
use northing_store::{Failure, jobs};
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::both_engines;
use serde_json::{Value, json};

use super::{connect, scene};

both_engines! {
    async fn organisations_take_turns_however_many_jobs_one_has(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let now = scene.app.clock.now();
        let second = scene.app.northing.create_organization(&scene.app.owner.actor, northing_app::setup::NewOrganization {
            name: String::from("Second"), ..Default::default()
        }).await?;
        let orgs: [Id; 2] = [scene.app.org, second.id];
        let made: Vec<(Id, Id)> = (0..12).map(|number| (scene.app.northing.new_id(), orgs[usize::from(number >= 10)])).collect();
        let claimed = db
            .write(made, move |tx, made| {
                Box::pin(async move {
                    for (number, (id, org)) in made.iter().enumerate() {
                        // The first organisation's ten have waited longer than the two of the second.
                        let waited = if *org == made[0].1 { 600_000 } else { 1 };
                        let job = jobs::NewJob {
                            id: *id, org_id: Some(*org), kind: "sync", dedup_key: Some(format!("turns-{number}")), payload: String::from("{}"),
                            run_at: now.plus_millis(-waited), max_attempts: 1,
                        };
                        jobs::enqueue(tx, &job, now.plus_millis(-waited)).await?;
                    }
                    let until = now.plus_millis(60_000);
                    let mut claimed = Vec::new();
                    for _ in 0..3 {
                        let jobs = jobs::claim_in_turn(tx, "a", &["sync"], now, until, 2).await?;
                        claimed.extend(jobs.into_iter().filter_map(|job| job.org_id));
                    }
                    // Another node sees what the first one runs.
                    let jobs = jobs::claim_in_turn(tx, "b", &["sync"], now, until, 100).await?;
                    assert_eq!(jobs.len(), 6, "each job once");
                    Ok::<_, Failure>(claimed)
                })
            })
            .await?;
        assert_eq!(claimed, [orgs[0], orgs[1], orgs[0], orgs[1], orgs[0], orgs[0]]);
        Ok(())
    }
}

both_engines! {
    async fn a_slow_connection_holds_up_no_other_and_only_so_many_run_at_once(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let mut goals = Vec::new();
        for number in 0..7 {
            let connection = connect(&scene.app, &scene.app.owner, &scene.double, &format!("More {number}"), true).await?;
            let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
            scene.link(&goal, json!({ "connection_id": connection })).await?;
            goals.push(goal);
        }
        scene.completed(15);
        // The first four take a while; each of the others begins as one of them ends.
        scene.double.fault("wit/wiql", Some(4), FaultKind::Late(Duration::from_millis(400)));
        scene.double.clear_log();
        let round = scene.hour().await?;
        assert_eq!((round.links, round.failed), (7, 0));
        let most = scene.double.most_together();
        assert!((2..=4).contains(&most), "{most} at once");
        for goal in &goals {
            assert_eq!(scene.read(goal).await?["progress"].as_f64(), Some(50.0));
        }
        Ok(())
    }
}

both_engines! {
    async fn a_node_that_dies_leaves_nothing_half_written_and_another_takes_over(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.completed(15);
        scene.app.clock.advance_millis(66 * 60_000);
        scene.double.fault("workitemsbatch", Some(1), FaultKind::Late(Duration::from_secs(30)));
        // Killed between the query and its items.
        let died = tokio::time::timeout(Duration::from_millis(500), scene.app.northing.sync_due("dies")).await;
        assert!(died.is_err(), "it was cut off");
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(40.0));
        assert_eq!(scene.app.northing.sync_due("heir").await?.links, 0, "it is the dead one's until its claim runs out");
        scene.app.clock.advance_millis(15 * 60_000 + 1);
        assert_eq!(scene.app.northing.sync_due("heir").await?.links, 1);
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(50.0));
        assert_eq!(scene.check_ins(&goal).await?.len(), 2);
        Ok(())
    }
}

both_engines! {
    async fn several_nodes_sync_each_connection_once(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        for number in 0..6 {
            let connection = connect(&scene.app, &scene.app.owner, &scene.double, &format!("More {number}"), true).await?;
            let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
            scene.link(&goal, json!({ "connection_id": connection })).await?;
        }
        scene.completed(18);
        scene.app.clock.advance_millis(66 * 60_000);
        scene.double.clear_log();
        let nodes = ["a", "b", "c"].map(|worker| scene.app.northing.sync_due(worker));
        let rounds = futures_util::future::try_join_all(nodes).await?;
        assert_eq!(rounds.iter().map(|round| round.links).sum::<usize>(), 6);
        let queries = scene.double.log().iter().filter(|it| it.path.contains("wit/wiql")).count();
        assert_eq!(queries, 6);
        assert_eq!(scene.read(&top).await?["progress"].as_f64(), Some(60.0));
        Ok(())
    }
}

both_engines! {
    async fn a_renamed_project_goes_on_and_is_called_by_its_new_name(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let connection = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        scene.hour().await?;
        let id = scene.double.world().projects[0].id.clone();
        scene.double.world().rename(&id, "Controls and Firmware");
        scene.completed(15);
        let round = scene.hour().await?;
        assert_eq!((round.links, round.failed), (1, 0));
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(50.0));
        let read = scene.app.api_ok(&scene.app.owner, "GET", &connection, None).await?;
        assert_eq!(read["config"]["project"], "Controls and Firmware");
        assert_eq!(scene.hour().await?.failed, 0);
        Ok(())
    }
}

both_engines! {
    async fn a_project_that_is_renamed_right_after_its_connection_was_made_is_found(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        scene.app.northing.sync_due("worker").await?;
        let id = scene.double.world().projects[0].id.clone();
        scene.double.world().rename(&id, "Controls and Firmware");
        scene.double.clear_log();
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        // Another node, which never asked by the name.
        let other = scene.app.clone().reaching(&northing_testkit::front_door::reaching_doubles())?;
        let input = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        other.api_ok(&scene.app.owner, "PUT", &format!("/goals/{goal}/link"), Some(input)).await?;
        scene.completed(15);
        scene.hour().await?;
        assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(50.0));
        let log = scene.double.log();
        let by_name: Vec<&str> = log.iter().map(|it| it.path.as_str()).filter(|path| !path.contains(&id) && path.contains("Controls") && !path.contains("workitemtypes")).collect();
        assert!(by_name.is_empty(), "asked by a name: {by_name:?}");
        // The identifier was found out without a new version: nobody's edit is disturbed.
        let path = format!("/orgs/{}/connections", scene.app.slug);
        let fresh = connect(&scene.app, &scene.app.owner, &scene.double, "Gone soon", true).await.err();
        assert!(fresh.is_none(), "a connection is made without asking");
        scene.app.northing.sync_due("worker").await?;
        let all = scene.app.api_ok(&scene.app.owner, "GET", &path, None).await?;
        let fresh = all["items"].as_array().context("items")?.iter().find(|it| it["name"] == "Gone soon").context("it")?;
        assert_eq!((fresh["version"].as_i64(), &fresh["last_error"]), (Some(1), &Value::Null));
        Ok(())
    }
}

both_engines! {
    async fn an_item_that_goes_between_the_query_and_its_items_is_left_out_and_told(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.app.clock.advance_millis(66 * 60_000);
        // The query is answered, and its answer arrives when the item is gone.
        let asked = scene.double.hold("wit/wiql");
        let (round, ()) = tokio::join!(scene.app.northing.sync_due("worker"), async {
            asked.waits().await;
            if let Some(item) = scene.double.world().items.get_mut(&100) {
                item.deleted = true;
            }
            asked.release();
        });
        assert_eq!(round?.failed, 0);
        let read = scene.read(&goal).await?;
        assert_eq!((read["link"]["matching"].as_i64(), read["link"]["completed"].as_i64(), read["link"]["state"].as_str()), (Some(29), Some(11), Some("warning")));
        assert!(read["link"]["warnings"][0].as_str().is_some_and(|it| it.starts_with("1 of the matching")), "{read}");
        Ok(())
    }
}

both_engines! {
    async fn what_is_switched_off_or_removed_while_it_is_asked_is_left_alone(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        scene.completed(15);
        let path = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
        for (method, path, body) in [
            ("PATCH", path, Some(json!({ "enabled": false }))),
            ("DELETE", format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection), None),
        ] {
            scene.app.clock.advance_days(1);
            let asked = scene.double.hold("workitemsbatch");
            let (round, changed) = tokio::join!(scene.app.northing.sync_due("worker"), async {
                asked.waits().await;
                let changed = scene.app.api(&scene.app.owner, method, &path, body).await;
                asked.release();
                changed
            });
            assert!((200..300).contains(&changed?.status), "{method} {path}");
            assert_eq!(round?.moved, 0);
            assert_eq!(scene.read(&goal).await?["progress"].as_f64(), Some(40.0));
            let on = format!("/orgs/{}/integrations/azure_devops", scene.app.slug);
            scene.app.api_ok(&scene.app.owner, "PATCH", &on, Some(json!({ "enabled": true }))).await?;
            scene.double.heal();
            if method == "PATCH" {
                scene.app.northing.sync_due("worker").await?;
                let read = scene.read(&goal).await?;
                assert_eq!(read["progress"].as_f64(), Some(50.0), "what was missed is made up for");
                // Back to where it was, for the second turn.
                scene.completed(12);
                scene.app.clock.advance_millis(10_000);
                scene.app.api_ok(&scene.app.owner, "POST", &format!("/goals/{goal}/link/sync"), None).await?;
                scene.completed(15);
            }
        }
        let state = scene.read(&goal).await?["link"]["last_error"]["kind"].as_str().context("an error")?.to_owned();
        assert_eq!(state, "connection_removed");
        Ok(())
    }
}
