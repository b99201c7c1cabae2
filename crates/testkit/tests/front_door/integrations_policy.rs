//! Which integrations a server allows at all: whoever runs it decides, above every organisation (integrations §1.1); and the list of
//! goals in trouble.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_store::{goal_links, sql};
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::both_engines;
use serde_json::{Value, json};

use crate::link_pages::{hides, says, scene};

both_engines! {
    async fn what_the_server_forbids_works_nowhere_and_goes_on_once_allowed(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let (app, owner) = (&scene.app, &scene.app.owner);
        let goal = scene.goal("key_result", Value::Null).await?;
        let link = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        app.api_ok(owner, "PUT", &format!("/goals/{goal}/link"), Some(link.clone())).await?;
        app.northing.allow_integrations(&[]).await?;
        // Suspended, with its value; nothing is deleted.
        let read = scene.read(&goal).await?;
        assert_eq!((read["link"]["state"].as_str(), read["progress"].as_f64()), (Some("suspended"), Some(40.0)));
        scene.double.clear_log();
        app.clock.advance_millis(3 * 3_600_000);
        app.northing.sync_due("worker").await?;
        assert!(scene.double.log().is_empty(), "nobody is asked");
        let list = app.api_ok(owner, "GET", &format!("/orgs/{}/integrations", app.slug), None).await?;
        assert_eq!((&list["items"][0]["allowed"], &list["items"][0]["enabled"]), (&json!(false), &json!(false)));
        // Every way to it is refused, and says who can change that.
        let org = format!("/orgs/{}", app.slug);
        let connection = json!({ "kind": "azure_devops", "name": "Other", "config": { "account": scene.double.account(), "project": "Controls" }, "secret": { "pat": "good-token" } });
        let refused = [
            ("PUT", format!("/goals/{goal}/link"), Some(link)),
            ("POST", format!("/goals/{goal}/link/sync"), None),
            ("POST", format!("{org}/connections"), Some(connection)),
            ("POST", format!("{org}/connections/{}/test", scene.connection), None),
            ("GET", format!("/connections/{}/browse", scene.connection), None),
        ];
        for (method, path, body) in refused {
            let answer = app.api(owner, method, &path, body).await?;
            assert_eq!(answer.status, 422, "{path}: {}", answer.text);
            says(&answer, &["integration_forbidden", "Whoever runs the server"]);
        }
        let page = app.page(owner, "/admin/integrations").await?;
        says(&page, &["Not allowed on this server", "NORTHING_INTEGRATIONS", ">Manage<"]);
        let page = app.page(owner, "/admin/integrations/azure_devops").await?;
        says(&page, &["Azure DevOps is not allowed on this server.", "Firmware"]);
        hides(&page, ">Enable<");
        let member = app.person(Role::Member).await?;
        says(&app.page(&member, "/goals/new").await?, &["This server lets goals follow no other system."]);
        says(&app.page(owner, &format!("/goals/{goal}")).await?, &["40%", "until it is switched on again"]);
        // An organisation cannot switch it on, only off; what it had on goes on once it is allowed again.
        let enable = app.api(owner, "PATCH", &format!("{org}/integrations/azure_devops"), Some(json!({ "enabled": true }))).await?;
        let still = app.api_ok(owner, "GET", &format!("{org}/integrations"), None).await?;
        assert!(still["items"][0]["enabled"] == false, "{} {still}", enable.status);
        app.northing.allow_integrations(&[String::from("azure_devops")]).await?;
        assert_eq!(scene.read(&goal).await?["link"]["state"], "pending");
        app.northing.sync_due("worker").await?;
        assert_eq!(scene.read(&goal).await?["link"]["state"], "ok");
        // What an organisation has switched off itself stays off.
        app.api_ok(owner, "PATCH", &format!("{org}/integrations/azure_devops"), Some(json!({ "enabled": false }))).await?;
        app.northing.allow_integrations(&[]).await?;
        let refused = app.api(owner, "PATCH", &format!("{org}/integrations/azure_devops"), Some(json!({ "enabled": true }))).await?;
        assert_eq!(refused.status, 422, "{}", refused.text);
        app.northing.allow_integrations(&[String::from("azure_devops")]).await?;
        assert_eq!(scene.read(&goal).await?["link"]["state"], "suspended");
        assert!(app.northing.allow_integrations(&[String::from("gopher")]).await.is_err());
        Ok(())
    }

    async fn every_goal_in_trouble_is_counted_and_reached(db: Database) -> Result<()> {
        let scene = scene(&db).await?;
        let (app, owner) = (&scene.app, &scene.app.owner);
        let first = scene.goal("key_result", Value::Null).await?;
        let link = json!({ "connection_id": scene.connection, "mode": "percent", "selector": { "query_id": "q-scope" } });
        app.api_ok(owner, "PUT", &format!("/goals/{first}/link"), Some(link)).await?;
        let row = goal_links::find(&mut db.read_once().await?, first.parse()?).await?.context("the link")?;
        for number in 0..104 {
            let body = json!({ "kind": "key_result", "title": format!("Goal {number:03}"), "parents": [{ "id": scene.top }] });
            let made = app.api_ok(owner, "POST", &format!("/orgs/{}/goals", app.slug), Some(body)).await?;
            let goal_id = made["id"].as_str().context("an id")?.parse()?;
            let copy = goal_links::GoalLink { goal_id, ..row.clone() };
            db.write(copy, |tx, copy| Box::pin(async move { goal_links::put(tx, copy).await })).await?;
        }
        scene.double.fault("wit/wiql", None, FaultKind::Error(404, String::from("TF401243: The query does not exist.")));
        db.write((), |tx, ()| Box::pin(async move { sql("UPDATE goal_links SET state = 'error'").execute(tx).await })).await?;
        let page = app.page(owner, "/admin/integrations/azure_devops").await?;
        says(&page, &["100 of 105", "Close the scope as key_result", "Goal 098", "Show more"]);
        hides(&page, "Goal 099");
        hides(&page, "From the beginning");
        let next = page.text.split("?after=").nth(1).and_then(|rest| rest.split('#').next()).context("a way on")?;
        let page = app.page(owner, &format!("/admin/integrations/azure_devops?after={next}")).await?;
        says(&page, &["5 of 105", "Goal 099", "Goal 103", "From the beginning"]);
        hides(&page, "Goal 098");
        hides(&page, "Show more");
        Ok(())
    }
}
