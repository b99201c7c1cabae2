//! Asking for a check-in from the pop-over of a goal's progress.

use anyhow::Result;
use northing_core::people::Role;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use serde_json::json;

use crate::support::{looks_good, plant, served, sign_in};

#[test]
fn whoever_checks_in_is_asked_once_a_day() {
    run(Engine::Sqlite, journey);
}

async fn journey(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let member = app.person(Role::Member).await?;
    let period = app.period("Q1 2026").await?;
    let goal = plant(&app, period, "objective", "Clear the backlog", None).await?;
    let owned = json!({ "owner_ids": [member.id] });
    app.api_ok(&app.owner, "PATCH", &format!("/goals/{goal}"), Some(owned)).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.client.goto(&format!("{address}/goals/{goal}")).await?;
    for comment in ["The board meets on Monday", "Again"] {
        browser.press("button[popovertarget=progress]").await?;
        browser.keys("#nudge-comment", comment).await?;
        if comment == "Again" {
            browser.press("#nudge button").await?;
            browser.says("Once a day is enough").await?;
            let kept = browser.shown("#nudge-comment").await?.prop("value").await?;
            assert_eq!(kept.as_deref(), Some(comment), "what was typed is lost");
        } else {
            looks_good(&browser, "nudge").await?;
            browser.press("#nudge button").await?;
            browser.says("is asked on My OKRs").await?;
            browser.client.refresh().await?;
        }
    }
    browser.is_accessible().await?;

    let theirs = Browser::open().await?;
    sign_in(&theirs, &address, &member.email).await?;
    theirs.says("“The board meets on Monday”").await?;
    looks_good(&theirs, "nudged").await
}
