//! How one looks at a list: in groups, with what was said last; a bar dragged to where it should be; a link copied.

use anyhow::Result;
use fantoccini::Locator;
use fantoccini::actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::wait;
use serde_json::json;

use crate::explorer::{Ground, says, shows};
use crate::support::looks_good;

#[test]
fn a_list_is_looked_at_in_groups_and_a_bar_is_dragged_into_a_check_in() {
    run(Engine::Sqlite, looking);
}

async fn looking(db: Database) -> Result<()> {
    let ground = Ground::new(&db).await?;
    let (browser, _) = ground.explored().await?;

    // Grouped by team, with the last check-ins; the address keeps it.
    browser.press("[popovertarget=view-menu]").await?;
    browser.shown("#view-menu").await?;
    browser.is_accessible().await?;
    browser.press("#view-menu input[name=group][value=team]").await?;
    browser.press("#view-menu input[name=info]").await?;
    browser.press("#view-menu button[type=submit]").await?;
    shows(
        &browser,
        &["Close old tickets", "Grow the crews", "Cut waiting jobs", "Clear the backlog", "Learn to weld"],
    )
    .await?;
    says(&browser, "group", "team").await?;
    let heads = browser
        .client
        .execute("return [...document.querySelectorAll('.gh')].map(it => it.textContent)", vec![])
        .await?;
    assert_eq!(heads, json!(["Leeds", "North", "No team"]));
    browser.says("No check-in yet").await?;
    looks_good(&browser, "explorer-groups").await?;

    // A bar is dragged to the middle: the check-in opens with that, and nothing is saved by it.
    let goal = ground.id("Close old tickets")?;
    let bar = format!("#row-{goal} .c-p .bar");
    drag(&browser, &bar, 0.5).await?;
    let field = browser.shown("#value").await?;
    let begun: f64 = field.prop("value").await?.unwrap_or_default().parse()?;
    assert!((49.0..=51.0).contains(&begun), "{begun}");
    let stored = ground.app.api_ok(&ground.app.owner, "GET", &format!("/goals/{goal}"), None).await?;
    assert_eq!(stored["progress"], 0.0);
    browser.press("#dialog button[type=submit]").await?;
    wait::until("the row says it", || async {
        let row = browser.client.find(Locator::Css(&format!("#row-{goal} .c-i"))).await?.text().await?;
        Ok(row.contains(&format!("{begun}%")).then_some(()))
    })
    .await?;

    // A goal's link is copied from its panel.
    browser.click(Locator::LinkText("Grow the crews")).await?;
    browser.press("#panel [data-link]").await?;
    browser.says("Link copied").await
}

/// Drags from the begin of something to a part of its width.
async fn drag(browser: &Browser, css: &str, part: f64) -> Result<()> {
    browser.shown(css).await?;
    let script = "const box = document.querySelector(arguments[0]).getBoundingClientRect(); return [box.left, box.top + box.height / 2, box.width]";
    let place: (f64, f64, f64) =
        serde_json::from_value(browser.client.execute(script, vec![json!(css)]).await?)?;
    let (left, y, width) = place;
    let to = |x: f64| PointerAction::MoveTo { duration: None, x, y };
    let mouse = MouseActions::new("mouse".to_owned())
        .then(to(left + 2.0))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(to(width.mul_add(0.2, left)))
        .then(to(width.mul_add(part, left)))
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    Ok(browser.client.perform_actions(mouse).await?)
}
