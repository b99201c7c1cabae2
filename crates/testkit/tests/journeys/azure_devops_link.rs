//! A goal that follows Azure DevOps, in the browser against the double: linked while it is made, synced, live in a second window,
//! checked in by hand, its past filled, its work items listed, in trouble and out of it.

use anyhow::{Context, Result};
use northing_store::Engine;
use northing_testkit::azure_devops::FaultKind;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::{Value, json};

use crate::azure_devops_stage::Stage;
use crate::support::looks_good;

/// An organisation with a shared connection and an objective; returns the objective.
pub(crate) async fn prepared(app: &App) -> Result<(Stage, String)> {
    let stage = Stage::set(app).await?;
    stage.enable().await?;
    stage.connect("Firmware", true).await?;
    let period = app.period("Q1 2026").await?;
    let top = goal(app, json!({ "kind": "objective", "title": "Ship controller 4.2", "level": "organization", "period_id": period })).await?;
    Ok((stage, top))
}

pub(crate) async fn goal(app: &App, body: Value) -> Result<String> {
    let made = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.slug), Some(body)).await?;
    Ok(made["id"].as_str().context("an id")?.to_owned())
}

/// A key result or initiative below the objective that follows the scope of the release.
pub(crate) async fn linked(stage: &Stage, top: &str, kind: &str, with_tasks: bool) -> Result<String> {
    let app = &stage.app;
    let id =
        goal(app, json!({ "kind": kind, "title": "Close the scope of 4.2", "parents": [{ "id": top }] }))
            .await?;
    let list = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/connections", app.slug), None).await?;
    let link = json!({ "connection_id": list["items"][0]["id"], "mode": "percent", "with_tasks": with_tasks,
        "selector": { "query_id": "q-scope" } });
    app.api_ok(&app.owner, "PUT", &format!("/goals/{id}/link"), Some(link)).await?;
    Ok(id)
}

/// Closes items of the release until so many are completed.
pub(crate) fn completed(stage: &Stage, count: u64) {
    let now = stage.app.clock.now();
    for number in 0..30_u64 {
        let state = if number < count { "Closed" } else { "Active" };
        stage.double.world().change(100 + number, now, json!({ "System.State": state }));
    }
}

/// Syncs by the mark at the progress bar.
pub(crate) async fn sync(stage: &Stage, browser: &Browser) -> Result<()> {
    stage.app.clock.advance_millis(60_000);
    // It stays open over a sync, and shows what that brought.
    let open = "return document.querySelector('#source')?.matches(':popover-open') ?? false";
    if browser.client.execute(open, Vec::new()).await? != json!(true) {
        browser.press("button[popovertarget=source]").await?;
    }
    browser.press("#source form[action$='/link/sync'] button").await
}

#[test]
fn a_key_result_is_linked_while_it_is_made_and_moves_in_another_window() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at(&format!("/goals/{top}"))).await?;
        browser.press("a[href*='/goals/new?parent=']").await?;
        browser.fill("#dialog #title", "Close the scope of 4.2").await?;
        browser.says("Connect data source to auto-update progress").await?;
        browser.press("#dialog button[name=then][value=connect]").await?;
        browser.says("Link to Azure DevOps").await?;
        browser.says("Nothing is saved yet.").await?;
        looks_good(&browser, "link-source-empty").await?;
        // The tree opens a folder when it is asked to; picking counts at once.
        browser.press("#link-tree details[hx-get*='f-42'] summary").await?;
        browser.press("#link-tree input[value='q-scope']").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        browser.says("Preview, not saved yet").await?;
        looks_good(&browser, "link-source").await?;
        // A number with a target of its own, and back.
        browser.press("#dialog input[name=mode][value=metric]").await?;
        browser.fill("#metric_name", "Closed items").await?;
        browser.fill("#metric_target", "24").await?;
        browser.says("50%").await?;
        looks_good(&browser, "link-source-number").await?;
        browser.press("#dialog input[name=mode][value=percent]").await?;
        browser.fill("#link-find", "defects").await?;
        browser.press("#link-tree input[value='q-bugs']").await?;
        browser.says("match: 2 completed").await?;
        browser.fill("#link-find", "scope").await?;
        browser.press("#link-tree input[value='q-scope']").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        // Back to the goal, where everything still stands, and on again.
        browser.press("#dialog button[formaction='/goals/link/back']").await?;
        browser.says("what it follows is chosen").await?;
        looks_good(&browser, "goal-form-linked").await?;
        browser.press("#dialog button[name=then][value=connect]").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        // Remaining work is for numbers only, and all of it counts.
        let offered = "return [...document.querySelectorAll('#track_by option')].filter(it => !it.hidden).map(it => it.textContent).join()";
        let of_percent = browser.client.execute(offered, Vec::new()).await?;
        browser.press("#dialog input[name=mode][value=metric]").await?;
        browser.choose("#track_by", "Microsoft.VSTS.Scheduling.RemainingWork").await?;
        let of_number = browser.client.execute(offered, Vec::new()).await?;
        anyhow::ensure!(
            !of_percent.to_string().contains("Remaining Work")
                && of_number.to_string().contains("Remaining Work"),
            "{of_percent} {of_number}"
        );
        let shown = "return document.querySelector('input[name=count_only_completed]').checkVisibility()";
        anyhow::ensure!(
            browser.client.execute(shown, Vec::new()).await? == json!(false),
            "the box is not shown for remaining work"
        );
        browser.press("#dialog input[name=mode][value=percent]").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        browser.says("40%").await?;
        browser.press("#dialog .dlg-f .btn-p").await?;
        browser.says("Created and linked: ").await?;

        let list = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/goals", app.slug), None).await?;
        let made = list["items"].as_array().into_iter().flatten().find(|it| it["kind"] == "key_result");
        let id = made.and_then(|it| it["id"].as_str()).context("the key result")?.to_owned();
        let page = stage.at(&format!("/goals/{id}"));
        browser.client.goto(&page).await?;
        browser.says("30 match: 12 completed, 2 removed").await?;
        // The history was asked for: its progress shows, and then the graph.
        browser.says("The graph will be filled").await?;
        app.northing.sync_due("worker").await?;
        browser.says("The graph was filled with 7 weeks").await?;
        browser.press("button[popovertarget=source]").await?;
        browser.says("Last sync").await?;
        looks_good(&browser, "goal-source").await?;
        browser.client.goto(&page).await?;
        let second = stage.owner().await?;
        second.client.goto(&stage.at(&format!("/goals/{top}"))).await?;
        second.says("40%").await?;
        for (count, progress, status) in [(15, "50%", "behind"), (7, "23%", "risk"), (21, "70%", "track")] {
            completed(&stage, count);
            sync(&stage, &browser).await?;
            browser.says(progress).await?;
            second.says(progress).await?;
            browser.shown(&format!("#measure .bar[data-st={status}], .gp-s .pill[data-st={status}]")).await?;
        }
        browser.client.goto(&page).await?;
        looks_good(&browser, "goal-linked").await?;
        browser.press("button[popovertarget=source]").await?;
        browser.press("#source a[href$='/link/log']").await?;
        browser.says("30 match: 21 completed").await?;
        looks_good(&browser, "sync-log-goal").await?;
        browser.client.goto(&stage.at("/admin/integrations/azure_devops/log")).await?;
        browser.says("Asked for by").await?;
        looks_good(&browser, "sync-log").await
    });
}

#[test]
fn work_items_are_picked_with_what_is_below_them() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = goal(
            &app,
            json!({ "kind": "key_result", "title": "Finish the feature", "parents": [{ "id": top }] }),
        )
        .await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}"))).await?;
        browser.press("button[popovertarget='goal-menu']").await?;
        browser.press("#goal-menu a[href$='/link']").await?;
        browser.press("#dialog label:has(input[name=by][value=items])").await?;
        browser.fill("#dialog input[name=item_q]", "Feature 3").await?;
        browser.press("#link-found input[name=item][value='3']").await?;
        browser.says("match: ").await?;
        browser.says("Release item 2").await?;
        looks_good(&browser, "link-source-items").await?;
        browser.press("#dialog .dlg-f .btn-p").await?;
        browser.says("Linked to Azure DevOps").await?;
        let read = app.api_ok(&app.owner, "GET", &format!("/goals/{id}"), None).await?;
        anyhow::ensure!(read["link"]["selector"]["work_item_ids"] == json!([3]), "{}", read["link"]);
        Ok(())
    });
}

#[test]
fn a_check_in_by_hand_stands_for_once_or_until_it_is_resumed() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = linked(&stage, &top, "key_result", false).await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}"))).await?;
        browser.press(".gp-s a[data-key=i]").await?;
        browser.says("Azure DevOps says 40% now.").await?;
        looks_good(&browser, "check-in-linked").await?;
        browser.fill("#dialog #value", "80").await?;
        browser.press("#dialog .dlg-f .btn-p").await?;
        browser.says("Checked in: Close the scope of 4.2").await?;
        browser.says("80%").await?;
        // The same value there changes nothing; another one takes the place of what was entered.
        sync(&stage, &browser).await?;
        browser.says("Synced: Azure DevOps says 40%.").await?;
        browser.says("80%").await?;
        completed(&stage, 15);
        browser.client.refresh().await?;
        sync(&stage, &browser).await?;
        browser.says("50%").await?;
        browser.press(".gp-s a[data-key=i]").await?;
        browser.fill("#dialog #value", "90").await?;
        browser.press("#dialog input[name=stop_automatic][value=true]").await?;
        browser.press("#dialog .dlg-f .btn-p").await?;
        browser.says("Automatic updates are stopped").await?;
        browser.shown("button[aria-label='Azure DevOps: Stopped by a check-in']").await?;
        looks_good(&browser, "goal-stopped").await?;
        browser.press("form[action$='/resume'] button").await?;
        browser.shown("button[aria-label='Azure DevOps: Synced']").await?;
        browser.says("50%").await
    });
}

#[test]
fn an_initiative_lists_its_work_items() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = linked(&stage, &top, "initiative", true).await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}#work-items"))).await?;
        browser.says("12 of 30 done").await?;
        browser.says("Jun Takeda").await?;
        looks_good(&browser, "work-items").await?;
        let link = browser.shown("#work-items td a").await?;
        assert_eq!(link.attr("rel").await?.as_deref(), Some("noopener noreferrer"));
        stage.double.world().change(112, app.clock.now(), json!({ "System.State": "Closed" }));
        sync(&stage, &browser).await?;
        browser.says("13 of 30 done").await
    });
}

#[test]
fn trouble_is_told_where_it_matters_and_the_link_is_removed() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = linked(&stage, &top, "key_result", false).await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}"))).await?;
        stage.double.fault("", None, FaultKind::Error(401, String::from("TF400813: not authorized")));
        sync(&stage, &browser).await?;
        browser.shown("button[aria-label='Azure DevOps: Sync failed']").await?;
        browser.says("The value stays as it was.").await?;
        browser.client.refresh().await?;
        looks_good(&browser, "goal-not-synced").await?;
        browser.client.goto(&stage.at("/")).await?;
        browser.says("Not synced").await?;
        looks_good(&browser, "home-not-synced").await?;
        browser.client.goto(&stage.at("/admin/integrations/azure_devops")).await?;
        browser.says("Goals that cannot be synced").await?;
        looks_good(&browser, "integrations-trouble").await?;
        // The dialog leads to the connection, and comes back from it.
        browser.client.goto(&stage.at(&format!("/goals/{id}"))).await?;
        browser.press("#measure .note a[href$='/link']").await?;
        browser.says("Link to Azure DevOps").await?;
        browser.press("#dialog .note a[href*='/connections/']").await?;
        browser.says("Edit connection").await?;
        stage.double.heal();
        browser.fill("#dialog #pat", "good-token").await?;
        browser.press("#dialog .dlg-f .btn-p").await?;
        browser.says("match: 12 completed, 2 removed").await?;
        browser.press("#dialog .dlg-f .btn-p").await?;
        browser.says("Linked to Azure DevOps").await?;
        browser.shown("button[aria-label='Azure DevOps: Synced']").await?;
        browser.press("button[popovertarget=source]").await?;
        browser.press("#source a[href$='/link/removal']").await?;
        browser.says("Remove the link to Azure DevOps?").await?;
        browser.is_accessible().await?;
        browser.press("#dialog .btn-d").await?;
        browser.says("Link removed.").await?;
        wait::until("the goal without a link", || async {
            let read = app.api_ok(&app.owner, "GET", &format!("/goals/{id}"), None).await?;
            Ok((read["link"].is_null() && read["progress"].as_f64() == Some(40.0)).then_some(()))
        })
        .await
    });
}

#[test]
fn a_goal_is_linked_without_scripts() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let (stage, top) = prepared(&app).await?;
        let id = goal(
            &app,
            json!({ "kind": "key_result", "title": "Close the scope of 4.2", "parents": [{ "id": top }] }),
        )
        .await?;
        let browser = stage.owner().await?;
        browser.scripts(false).await?;
        browser.client.goto(&stage.at(&format!("/goals/{id}/link"))).await?;
        browser.press("details[hx-get*='f-42'] summary").await?;
        browser.press("button[name=act][value='open:f-42']").await?;
        browser.press("input[value='q-scope']").await?;
        browser.press(".dlg-f button[value=look]").await?;
        browser.shown(".ls-c .big").await?;
        browser.press(".dlg-f .btn-p").await?;
        browser.shown("button[popovertarget=source]").await?;
        let read = app.api_ok(&app.owner, "GET", &format!("/goals/{id}"), None).await?;
        anyhow::ensure!(read["progress"].as_f64() == Some(40.0), "{read}");
        Ok(())
    });
}
