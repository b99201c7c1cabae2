//! The tab inside Azure DevOps, as the extension's own files open it, from an origin that was allowed and from one that was not.

use anyhow::{Context, Result};
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::embedding::{Host, signed, tab};
use northing_testkit::front_door::App;
use serde_json::{Value, json};

use crate::azure_devops_stage::Stage;
use crate::support::{looks_good, serving};

const KEY: &str = "the key of the extension";

/// An initiative under an objective, which follows two work items.
async fn followed(stage: &Stage) -> Result<String> {
    let (app, owner) = (&stage.app, &stage.app.owner);
    let connection = stage.connect("Firmware", true).await?;
    let period = app.period("Q1 2026").await?;
    let mut above: Option<String> = None;
    for (kind, title) in [
        ("objective", "Controllers that update themselves"),
        ("key_result", "Ship controller 4.2"),
        ("initiative", "Automatic roll-back"),
    ] {
        let parents: Vec<Value> = above.iter().map(|id| json!({ "id": id })).collect();
        let new = json!({ "kind": kind, "title": title, "level": "organization", "period_id": period, "parents": parents,
            "owner_ids": [owner.id] });
        let made = app.api_ok(owner, "POST", &format!("/orgs/{}/goals", app.slug), Some(new)).await?;
        above = made["id"].as_str().map(str::to_owned);
    }
    let goal = above.context("a goal")?;
    let link = json!({ "connection_id": connection, "mode": "percent", "selector": { "work_item_ids": [100, 101] }, "with_tasks": true });
    app.api_ok(owner, "PUT", &format!("/goals/{goal}/link"), Some(link)).await?;
    Ok(goal)
}

async fn text(browser: &Browser) -> Result<String> {
    let text =
        browser.client.execute("return document.body ? document.body.innerText : ''", Vec::new()).await?;
    Ok(text.as_str().unwrap_or_default().to_owned())
}

/// Sets up the tab as an admin does, by page.
async fn set_up(stage: &Stage, origin: &str) -> Result<()> {
    let browser = stage.owner().await?;
    browser.client.goto(&stage.at("/account/azure-devops")).await?;
    browser.says("This organisation has no tab on work items.").await?;
    browser.is_accessible().await?;
    browser.client.goto(&stage.at("/admin/integrations/azure_devops")).await?;
    browser.press("a[href$='/embedding']").await?;
    browser.says("Not set up").await?;
    browser.fill("#key", KEY).await?;
    browser.fill("#origins", "no site").await?;
    browser.press(".adm-s .btn-p").await?;
    browser.says("“no site” is not").await?;
    looks_good(&browser, "embedding-refused").await?;
    browser.fill("#key", KEY).await?;
    browser.fill("#origins", origin).await?;
    browser.press(".adm-s .btn-p").await?;
    browser.says("Saved.").await?;
    looks_good(&browser, "embedding").await?;
    browser.press("a[href$='/embedding/closing']").await?;
    browser.says("Forget the key of the extension?").await?;
    browser.is_accessible().await?;
    browser.press("#dialog [data-close]").await?;
    browser.client.goto(&stage.at("/account/azure-devops")).await?;
    browser.press("button[value=show]").await?;
    browser.says("Your code").await?;
    looks_good(&browser, "embed-code").await
}

#[test]
fn the_tab_shows_the_way_up_and_takes_a_check_in_from_an_allowed_origin_alone() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let stage = Stage::set(&app).await?;
        stage.enable().await?;
        let goal = followed(&stage).await?;
        let host = Host {
            northing: stage.at(""),
            organisation: app.slug.clone(),
            project: String::from("Controls"),
            item: 100,
            token: signed(app.clock.now(), "b0b", KEY)?,
        };
        let (allowed, other) = (serving(&tab(&host)).await?, serving(&tab(&host)).await?);
        set_up(&stage, &allowed).await?;
        let browser = Browser::open().await?;
        browser.client.goto(&format!("{allowed}/tab/tab.html")).await?;
        browser.shown("iframe").await?;
        browser.client.enter_frame(0).await?;
        browser.says("Who are you in Calder?").await?;
        browser.screenshot("embedded-who").await?;
        let code = app.northing.new_embed_code(&app.owner.actor).await?;
        browser.fill("#code", &code).await?;
        browser.press("button[type=submit]").await?;
        browser.says("Automatic roll-back").await?;
        let shown = text(&browser).await?;
        let place = |title: &str| shown.find(title).with_context(|| format!("{title} is missing: {shown}"));
        assert!(
            place("Automatic roll-back")? < place("Ship controller 4.2")?
                && place("Ship controller 4.2")? < place("Controllers that update themselves")?
        );
        browser.press("li:first-child summary").await?;
        browser.fill(&format!("#value-{goal}"), "70").await?;
        browser.fill(&format!("#note-{goal}"), "Seen from the work item").await?;
        browser.press("li:first-child button[value=check-in]").await?;
        browser.says("Checked in.").await?;
        browser.says("70%").await?;
        let check_ins = app.api_ok(&app.owner, "GET", &format!("/goals/{goal}/check-ins"), None).await?;
        assert_eq!(
            (check_ins["items"][0]["value"].as_f64(), check_ins["items"][0]["note"].as_str()),
            (Some(70.0), Some("Seen from the work item"))
        );
        // A comment, on the goal above.
        browser.press("li:nth-child(2) summary").await?;
        browser.fill("li:nth-child(2) textarea[name=note]", "Said on the work item").await?;
        browser.press("li:nth-child(2) button[value=comment]").await?;
        browser.says("Your comment is there.").await?;
        let above = app.api_ok(&app.owner, "GET", &format!("/goals/{goal}/ancestors"), None).await?;
        let above = above["items"].as_array().into_iter().flatten().find(|it| it["kind"] == "key_result");
        let above = above.and_then(|it| it["id"].as_str()).context("the key result")?;
        let comments = app.api_ok(&app.owner, "GET", &format!("/goals/{above}/comments"), None).await?;
        assert_eq!(comments["items"][0]["body"], "Said on the work item");
        let cookies = browser.client.get_all_cookies().await?;
        assert!(cookies.is_empty(), "{cookies:?}");

        // From another origin the browser does not show it.
        browser.client.goto(&format!("{other}/tab/tab.html")).await?;
        browser.shown("iframe").await?;
        browser.client.enter_frame(0).await?;
        browser.says("refused to connect").await?;
        assert!(!text(&browser).await?.contains("Automatic roll-back"));

        // The page by itself, as it looks.
        let request =
            axum::http::Request::post(format!("/embed/azure-devops/{}/work-items/Controls/100", app.slug))
                .header("content-type", "application/x-www-form-urlencoded");
        let opened = app.send(request.body(axum::body::Body::from(format!("token={}", host.token)))?).await?;
        browser.client.goto(&stage.at(opened.header("location"))).await?;
        browser.says("Automatic roll-back").await?;
        browser.press("li:first-child summary").await?;
        looks_good(&browser, "embedded-item").await
    });
}
