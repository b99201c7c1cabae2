//! Who is told what, and how often: links in trouble and well again, tokens that end, what a check-in by a source says.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::azure_devops::{Disguise, FaultKind};
use northing_testkit::both_engines;
use northing_testkit::front_door::{Person, reaching_doubles};
use serde_json::{Value, json};

use super::{Scene, scene};

impl Scene {
    /// What somebody was told besides that they own a goal.
    async fn told(&self, who: &Person) -> Result<Vec<Value>> {
        let list = self.app.api_ok(who, "GET", &format!("/orgs/{}/notices", self.app.slug), None).await?;
        let all = list["items"].as_array().cloned().unwrap_or_default();
        Ok(all.into_iter().filter(|it| it["kind"] != json!("made_owner")).collect())
    }

    async fn kinds(&self, who: &Person) -> Result<Vec<String>> {
        let all = self.told(who).await?;
        let mut kinds: Vec<String> =
            all.iter().filter_map(|it| it["kind"].as_str().map(str::to_owned)).collect();
        kinds.sort();
        Ok(kinds)
    }

    async fn events(&self, action: &str) -> Result<usize> {
        let audit =
            self.app.api_ok(&self.app.owner, "GET", &format!("/orgs/{}/audit", self.app.slug), None).await?;
        Ok(audit["items"]
            .as_array()
            .map_or(0, |items| items.iter().filter(|it| it["action"] == action).count()))
    }
}

both_engines! {
    async fn a_check_in_by_the_source_names_what_changed_since_its_last_one(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        assert_eq!(scene.check_ins(&goal).await?[0]["note"], Value::Null, "there is nothing to compare the first with");
        let now = scene.app.clock.now();
        {
            let mut world = scene.double.world();
            // Item 120 is completed, 121 goes out of scope, 122 is taken out, 100 is opened again, and one comes in.
            world.change(120, now, json!({ "System.State": "Closed" }));
            world.change(121, now, json!({ "System.Tags": null }));
            world.change(122, now, json!({ "System.State": "Removed" }));
            world.change(100, now, json!({ "System.State": "Active" }));
            let project = world.projects[0].id.clone();
            world.item(900, &project, "Task", "New", now, json!({ "System.Tags": "4.2", "System.Title": "A [late] <b>task</b>" }));
            world.change(123, now, json!({ "System.State": "Closed" }));
        }
        scene.hour().await?;
        let note = scene.check_ins(&goal).await?[0]["note"].as_str().context("a note")?.to_owned();
        let parts: Vec<&str> = note.split("\n\n").collect();
        assert_eq!(parts.len(), 4, "{note}");
        assert!(parts[0].starts_with("Completed: ") && parts[0].contains("120") && parts[0].contains("123"), "{note}");
        assert!(parts[0].contains(&format!("{}/Controls/_workitems/edit/120", scene.double.account())), "{note}");
        assert!(parts[1].starts_with("Added: ") && parts[1].contains("late"), "{note}");
        assert!(parts[2].starts_with("Removed: ") && parts[2].contains("121") && parts[2].contains("122"), "{note}");
        assert!(parts[3].starts_with("Reopened: ") && parts[3].contains("100"), "{note}");
        let page = scene.app.page(&scene.app.owner, &format!("/goals/{goal}")).await?;
        assert!(page.text.contains("_workitems/edit/120") && !page.text.contains("<b>task</b>"));
        // Many at once are cut, and said so; the next one compares with this.
        scene.completed(30);
        scene.hour().await?;
        let note = scene.check_ins(&goal).await?[0]["note"].as_str().context("a note")?.to_owned();
        assert!(note.starts_with("Completed: ") && note.contains(" more") && !note.contains("edit/120"), "{note}");
        assert_eq!(note.split("\n\n").next().context("a part")?.matches("_workitems").count(), 10, "{note}");
        Ok(())
    }
}

both_engines! {
    async fn a_failed_link_is_told_once_for_each_failure_and_once_when_it_is_well_again(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        let member = scene.app.person(Role::Member).await?;
        scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/goals/{goal}"), Some(json!({ "owner_ids": [member.id] }))).await?;
        scene.link(&goal, json!({})).await?;
        assert!(scene.told(&member).await?.is_empty());
        scene.double.fault("wit/wiql", None, FaultKind::Error(404, "TF401243: The query does not exist.".into()));
        scene.hour().await?;
        let told = scene.told(&member).await?;
        assert_eq!((told.len(), told[0]["kind"].as_str(), told[0]["goal_id"].as_str()), (1, Some("link_failed"), Some(goal.as_str())));
        assert!(told[0]["detail"]["remedy"].as_str().is_some_and(|it| it.contains("another query")), "{told:?}");
        assert_eq!(scene.kinds(&scene.app.owner).await?, ["link_failed"], "those who look after the organisation are told, and of no connection");
        let connection = scene.app.api_ok(&scene.app.owner, "GET", &format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection), None).await?;
        assert_eq!(connection["last_error"], Value::Null, "a query that is gone is not the connection's fault");
        let page = scene.app.page(&member, "/").await?;
        assert_eq!(page.text.matches("Choose another query").count(), 1, "My OKRs says it, once");
        // Put away it stays away while it is the same failure.
        let id = told[0]["id"].as_str().context("an id")?.to_owned();
        assert_eq!(scene.app.post(&scene.app.owner, &format!("/notices/{id}/dismissal"), &[]).await?.status, 404, "of nobody else");
        assert_eq!(scene.app.post(&member, &format!("/notices/{id}/dismissal"), &[]).await?.status, 303);
        for _ in 0..3 {
            scene.app.clock.advance_days(1);
            scene.hour().await?;
        }
        assert!(scene.told(&member).await?.is_empty());
        // Another failure is told anew.
        scene.double.heal();
        scene.double.fault("wit/wiql", None, FaultKind::Error(403, "Access denied.".into()));
        scene.app.clock.advance_days(1);
        scene.hour().await?;
        assert_eq!(scene.kinds(&member).await?, ["link_failed"]);
        assert_eq!(scene.kinds(&scene.app.owner).await?, ["connection_failed", "link_failed"]);
        scene.double.heal();
        scene.app.clock.advance_days(1);
        scene.hour().await?;
        assert_eq!(scene.kinds(&member).await?, ["link_recovered"], "in the place of what it ends");
        assert_eq!(scene.kinds(&scene.app.owner).await?, ["connection_recovered", "link_recovered"]);
        scene.hour().await?;
        assert_eq!((scene.events("goal.sync_failed").await?, scene.events("goal.sync_recovered").await?), (2, 1));
        Ok(())
    }
}

both_engines! {
    async fn a_token_that_failed_is_told_once_for_all_links_of_the_connection(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        for query in ["q-scope", "q-bugs", "q-tree"] {
            let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
            scene.link(&goal, json!({ "selector": { "query_id": query } })).await?;
        }
        let admin = scene.app.person(Role::Admin).await?;
        scene.double.world().tokens.clear();
        scene.double.disguise(Disguise::Html203);
        let round = scene.hour().await?;
        assert_eq!((round.links, round.failed, round.moved), (3, 3, 0));
        let of_connection = |told: Vec<Value>| told.into_iter().filter(|it| it["kind"] == "connection_failed").collect::<Vec<_>>();
        for who in [&scene.app.owner, &admin] {
            assert_eq!(scene.told(who).await?.len(), 1, "of the connection, and of none of its links");
            let told = of_connection(scene.told(who).await?);
            assert_eq!(told.len(), 1);
            assert_eq!((told[0]["connection_name"].as_str(), told[0]["detail"]["kind"].as_str()), (Some("Firmware"), Some("auth_expired")));
        }
        let connection = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        let read = scene.app.api_ok(&scene.app.owner, "GET", &connection, None).await?;
        assert_eq!((read["state"].as_str(), read["last_error"]["kind"].as_str()), (Some("error"), Some("auth_expired")));
        // A new token: everything is tried again at once and well.
        let identity = northing_testkit::azure_devops::World::new(scene.app.clock.now()).tokens["good-token"].clone();
        scene.double.world().tokens.insert("fresh-token".into(), identity);
        scene.app.api_ok(&scene.app.owner, "PATCH", &connection, Some(json!({ "secret": { "pat": "fresh-token" } }))).await?;
        let round = scene.app.northing.sync_due("worker").await?;
        assert_eq!((round.links, round.failed), (3, 0));
        let read = scene.app.api_ok(&scene.app.owner, "GET", &connection, None).await?;
        assert_eq!((read["state"].as_str(), &read["last_error"]), (Some("ok"), &Value::Null));
        Ok(())
    }
}

both_engines! {
    async fn links_that_fail_by_themselves_are_told_to_their_owners_and_one_of_them_to_admins(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let (admin, member) = (scene.app.person(Role::Admin).await?, scene.app.person(Role::Member).await?);
        for number in 0..6 {
            let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
            if number < 5 {
                scene.app.api_ok(&scene.app.owner, "PATCH", &format!("/goals/{goal}"), Some(json!({ "owner_ids": [member.id] }))).await?;
            }
            // The last one is well, by the same connection.
            let query = if number < 5 { "q-scope" } else { "q-bugs" };
            scene.link(&goal, json!({ "selector": { "query_id": query } })).await?;
        }
        scene.double.fault("wit/wiql/q-scope", None, FaultKind::Error(404, "TF401243: The query does not exist.".into()));
        let round = scene.hour().await?;
        assert_eq!((round.links, round.failed), (6, 5));
        assert_eq!(scene.told(&member).await?.len(), 5, "each of their goals");
        for who in [&scene.app.owner, &admin] {
            let told = scene.told(who).await?;
            assert_eq!((told.len(), told[0]["kind"].as_str(), told[0]["detail"]["others"].as_i64()), (1, Some("link_failed"), Some(4)), "{told:?}");
        }
        assert!(scene.app.page(&admin, "/").await?.text.contains("4 other goals of the connection"), "it says how many others");
        // A permission that is missing for one query is no trouble of the connection, where another one can be read.
        scene.double.heal();
        scene.double.fault("wit/wiql/q-scope", None, FaultKind::Error(403, "Access denied.".into()));
        scene.app.clock.advance_days(1);
        scene.hour().await?;
        for who in [&scene.app.owner, &admin] {
            assert!(scene.told(who).await?.len() <= 2 && scene.kinds(who).await?.iter().all(|kind| kind == "link_failed"));
        }
        scene.double.heal();
        scene.app.clock.advance_days(1);
        let round = scene.hour().await?;
        assert_eq!(round.failed, 0);
        assert_eq!(scene.kinds(&member).await?, ["link_recovered"; 5]);
        for who in [&scene.app.owner, &admin] {
            assert!(scene.kinds(who).await?.iter().all(|kind| kind == "link_recovered"), "what they were told of is over");
        }
        Ok(())
    }
}

both_engines! {
    async fn nobody_is_told_of_a_wait_and_it_ends_no_other_trouble(db: Database) -> Result<()> {
        let mut scene = scene(&db).await?;
        let top = scene.goal("objective", None, Value::Null).await?;
        let goal = scene.goal("key_result", Some(&top), Value::Null).await?;
        scene.link(&goal, json!({})).await?;
        let connection = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        scene.double.fault("wit/wiql", None, FaultKind::Limited(600));
        assert_eq!(scene.hour().await?.failed, 1);
        let read = scene.app.api_ok(&scene.app.owner, "GET", &connection, None).await?;
        assert_eq!(read["last_error"]["kind"], "rate_limited");
        assert!(scene.told(&scene.app.owner).await?.is_empty(), "a wait passes by itself");
        scene.double.heal();
        scene.app = scene.app.clone().reaching(&reaching_doubles())?;
        assert_eq!(scene.hour().await?.failed, 0);
        assert!(scene.told(&scene.app.owner).await?.is_empty(), "and nothing is over");
        // A token that failed, then a wait: it is still the token.
        scene.double.fault("wit/wiql", None, FaultKind::Html);
        assert_eq!(scene.hour().await?.failed, 1);
        assert_eq!(scene.kinds(&scene.app.owner).await?, ["connection_failed"]);
        scene.double.heal();
        scene.double.fault("wit/wiql", None, FaultKind::Limited(600));
        scene.app.clock.advance_days(1);
        assert_eq!(scene.hour().await?.failed, 1);
        let read = scene.app.api_ok(&scene.app.owner, "GET", &connection, None).await?;
        assert_eq!(read["last_error"]["kind"], "auth_expired");
        assert_eq!(scene.kinds(&scene.app.owner).await?, ["connection_failed"]);
        scene.double.heal();
        scene.app = scene.app.clone().reaching(&reaching_doubles())?;
        assert_eq!(scene.hour().await?.failed, 0);
        assert_eq!(scene.kinds(&scene.app.owner).await?, ["connection_recovered"]);
        Ok(())
    }
}

both_engines! {
    async fn a_token_that_ends_is_warned_of_fourteen_seven_and_one_day_before_once_each(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let today = scene.app.clock.now().day_in(&jiff::tz::TimeZone::UTC);
        let connection = format!("/orgs/{}/connections/{}", scene.app.slug, scene.connection);
        let end = |days| json!({ "expires_on": today.plus_days(days) });
        scene.app.api_ok(&scene.app.owner, "PATCH", &connection, Some(end(14))).await?;
        assert_eq!(scene.app.northing.warn_of_ending_tokens().await?, 1);
        assert!(scene.app.page(&scene.app.owner, "/").await?.text.contains("ends on"), "My OKRs says it");
        scene.app.api_ok(&scene.app.owner, "PATCH", &connection, Some(end(20))).await?;
        let mut warned = Vec::new();
        for day in 0..=21 {
            // Two nodes look, more than once a day.
            let both = tokio::join!(scene.app.northing.warn_of_ending_tokens(), scene.app.northing.warn_of_ending_tokens());
            let count = both.0? + both.1? + scene.app.northing.warn_of_ending_tokens().await?;
            if count > 0 {
                warned.push((20 - day, count));
            }
            scene.app.clock.advance_days(1);
        }
        assert_eq!(warned, [(14, 1), (7, 1), (1, 1)]);
        let told = scene.told(&scene.app.owner).await?;
        assert_eq!(told.len(), 1, "the newest of them");
        assert_eq!((told[0]["kind"].as_str(), told[0]["detail"]["days"].as_i64()), (Some("token_ending"), Some(1)));
        // A new end is a new story; one that is near already is warned of at its own stage alone.
        let today = scene.app.clock.now().day_in(&jiff::tz::TimeZone::UTC);
        scene.app.api_ok(&scene.app.owner, "PATCH", &connection, Some(json!({ "expires_on": today.plus_days(5) }))).await?;
        assert_eq!(scene.app.northing.warn_of_ending_tokens().await?, 1);
        assert_eq!(scene.app.northing.warn_of_ending_tokens().await?, 0);
        let member = scene.app.person(Role::Member).await?;
        assert!(scene.told(&member).await?.is_empty(), "not everybody");
        Ok(())
    }
}
