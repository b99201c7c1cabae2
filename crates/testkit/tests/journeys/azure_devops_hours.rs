//! What happens to linked goals without anybody asking, in the browser: the hourly round, colours, lists of work items, switching the
//! integration off and on, links on work items.

use anyhow::{Context, Result};
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::{ADDRESS, App};
use serde_json::json;

use crate::azure_devops_link::{completed, linked, prepared};
use crate::azure_devops_stage::Stage;
use crate::support::looks_good;

/// An hour and its jitter later, with what is due done.
async fn hour(stage: &Stage) -> Result<()> {
    stage.app.clock.advance_millis(66 * 60_000);
    stage.app.northing.sync_due("worker").await?;
    Ok(())
}

/// The colour in which the progress bar is drawn: its hue in degrees, as the browser computed and painted it.
async fn hue(browser: &Browser) -> Result<f64> {
    let script = "const paint = new OffscreenCanvas(1, 1).getContext('2d');
        paint.fillStyle = getComputedStyle(document.querySelector('main svg.bar rect.f')).fill;
        paint.fillRect(0, 0, 1, 1);
        const [r, g, b] = paint.getImageData(0, 0, 1, 1).data;
        const most = Math.max(r, g, b), span = most - Math.min(r, g, b);
        const hue = most === r ? (g - b) / span : most === g ? 2 + (b - r) / span : 4 + (r - g) / span;
        return (hue * 60 + 360) % 360;";
    let found = browser.client.execute(script, Vec::new()).await?;
    found.as_f64().with_context(|| format!("no colour in {found}"))
}

#[test]
fn the_hour_moves_a_goal_live_in_the_colour_of_its_status() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = linked(&stage, &top, "key_result", false).await?;
        let (browser, above) = (stage.owner().await?, stage.owner().await?);
        browser.client.goto(&stage.at(&format!("/goals/{id}"))).await?;
        above.client.goto(&stage.at(&format!("/goals/{top}"))).await?;
        browser.press("button[popovertarget=source]").await?;
        browser.says("Next sync").await?;
        let query = browser.shown("#source a[target=_blank]").await?.attr("href").await?.unwrap_or_default();
        assert!(query.starts_with(&stage.double.account()) && query.contains("q-scope"), "{query}");
        browser.client.refresh().await?;
        // Orange up to 25 points below what is expected, red below that, green from it on; nobody reloads.
        for (count, progress, hues) in
            [(15, "50%", 20.0..45.0), (7, "23%", 0.0..12.0), (24, "80%", 120.0..165.0)]
        {
            completed(&stage, count);
            hour(&stage).await?;
            browser.says(progress).await?;
            above.says(progress).await?;
            for window in [&browser, &above] {
                window.client.refresh().await?;
                window.says(progress).await?;
                let found = hue(window).await?;
                assert!(hues.contains(&found), "{progress}: hue {found}");
            }
        }
        Ok(())
    });
}

#[test]
fn switching_the_integration_off_keeps_the_value_and_on_goes_on() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = linked(&stage, &top, "key_result", false).await?;
        let browser = stage.owner().await?;
        let page = stage.at(&format!("/goals/{id}"));
        browser.client.goto(&stage.at("/admin/integrations/azure_devops")).await?;
        browser.press("button[popovertarget='change']").await?;
        browser.press("#change a[href$='/deactivation']").await?;
        browser.says("1 goal will no longer be synced").await?;
        browser.press("#dialog .btn-d").await?;
        browser.says("Azure DevOps is off.").await?;
        completed(&stage, 21);
        hour(&stage).await?;
        browser.client.goto(&page).await?;
        browser.shown("button[aria-label='Azure DevOps: The integration is switched off']").await?;
        browser.says("is switched off: the goal keeps its last value").await?;
        browser.says("40%").await?;
        looks_good(&browser, "goal-suspended").await?;
        browser.client.goto(&stage.at("/admin/integrations/azure_devops")).await?;
        browser.press(".note button[aria-label='Enable Azure DevOps']").await?;
        browser.says("New connection").await?;
        browser.client.goto(&page).await?;
        browser.shown("button[aria-label='Azure DevOps: Waiting for its next sync']").await?;
        app.northing.sync_due("worker").await?;
        browser.says("70%").await?;
        browser.shown("button[aria-label='Azure DevOps: Synced']").await?;
        // What the server forbids, nobody switches on here.
        app.northing.allow_integrations(&[]).await?;
        browser.client.goto(&stage.at("/admin/integrations/azure_devops")).await?;
        browser.says("Azure DevOps is not allowed on this server.").await?;
        looks_good(&browser, "integration-forbidden").await?;
        browser.client.goto(&stage.at("/admin/integrations")).await?;
        browser.says("Not allowed on this server").await?;
        looks_good(&browser, "integrations-forbidden").await
    });
}

#[test]
fn long_lists_are_cut_check_ins_name_items_and_items_get_links() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at("/admin/integrations/azure_devops")).await?;
        browser.press("form[action$='/write-back'] button").await?;
        browser.says("Stop writing links").await?;
        {
            let now = app.clock.now();
            let mut world = stage.double.world();
            let project = world.projects[0].id.clone();
            for id in 1_000..1_200 {
                world.item(
                    id,
                    &project,
                    "Task",
                    "New",
                    now,
                    json!({ "System.Title": format!("Task {id}"), "System.Tags": "4.2" }),
                );
            }
        }
        let id = linked(&stage, &top, "initiative", true).await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}#work-items"))).await?;
        browser.says("These are the first 200 of 230.").await?;
        browser.shown("#work-items p.hint a[target=_blank]").await?;
        looks_good(&browser, "work-items-cut").await?;
        // One is completed, one comes in, one goes out: the check-in says which.
        let now = app.clock.now();
        {
            let mut world = stage.double.world();
            let project = world.projects[0].id.clone();
            world.change(112, now, json!({ "System.State": "Closed" }));
            world.item(
                1_300,
                &project,
                "Task",
                "Closed",
                now,
                json!({ "System.Title": "Brought in late", "System.Tags": "4.2" }),
            );
            world.change(1_000, now, json!({ "System.Tags": "" }));
        }
        hour(&stage).await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}"))).await?;
        browser.says("Completed: #112").await?;
        browser.says("#1300 Brought in late").await?;
        browser.says("Removed: #1000").await?;
        looks_good(&browser, "check-in-names-items").await?;
        // The links to the goal are on the items.
        for _ in 0..4 {
            hour(&stage).await?;
        }
        let to = format!("{ADDRESS}/goals/{id}");
        let world = stage.double.world();
        let linked = world.items.values().filter(|item| item.hyperlinks.contains(&to)).count();
        assert!(linked > 200, "{linked} items lead to the goal");
        Ok(())
    });
}
