//! Setting priorities: drag a key result before another with the pointer, take it back, do the same by keys, and read why an
//! objective cannot go under a key result.

use std::time::Duration;

use anyhow::Result;
use fantoccini::Locator;
use fantoccini::actions::{InputSource, MouseActions, PointerAction};
use fantoccini::elements::Element;
use northing_store::Engine;
use northing_testkit::browser::{Browser, settled};
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::json;

use crate::support::{looks_good, plant, served, sign_in};

/// The titles in the tree, from above.
async fn titles(browser: &Browser) -> Result<Vec<String>> {
    let script = "return [...document.querySelectorAll('tbody .tt')].map(it => it.textContent)";
    Ok(serde_json::from_value(browser.client.execute(script, Vec::new()).await?)?)
}

async fn become_(browser: &Browser, wanted: &[&str]) -> Result<()> {
    wait::until(&format!("the order {wanted:?}"), || async {
        Ok((titles(browser).await? == wanted).then_some(()))
    })
    .await
}

/// Drags one row onto another with the mouse, `down` pixels below the middle of the target.
async fn drag(browser: &Browser, from: &Element, to: &Element, down: f64) -> Result<()> {
    let quick = Some(Duration::from_millis(20));
    let over = |element: &Element, x, y| PointerAction::MoveToElement {
        element: element.clone(),
        duration: quick,
        x,
        y,
    };
    let mouse = MouseActions::new("mouse".to_owned())
        .then(over(from, 60.0, 0.0))
        .then(PointerAction::Down { button: fantoccini::actions::MOUSE_BUTTON_LEFT })
        .then(over(from, 64.0, 4.0))
        .then(over(to, 60.0, down / 2.0))
        .then(over(to, 60.0, down))
        .then(PointerAction::Up { button: fantoccini::actions::MOUSE_BUTTON_LEFT });
    Ok(browser.client.perform_actions(mouse).await?)
}

async fn read_again(browser: &Browser) -> Result<()> {
    wait::until("the list is read again", || async {
        let busy = browser.client.find_all(Locator::Css("n-tree[aria-busy], .htmx-request")).await?;
        Ok(busy.is_empty().then_some(()))
    })
    .await
}

#[test]
fn a_goal_is_dragged_and_moved_by_keys_and_taken_back() {
    run(Engine::Sqlite, journey);
}

async fn journey(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let period = app.period("Q1 2026").await?;
    let make =
        async |kind: &str, title: &str, parent: Option<&str>| plant(&app, period, kind, title, parent).await;
    let clear = make("objective", "Clear the backlog", None).await?;
    let one = make("key_result", "Cut waiting jobs", Some(&clear)).await?;
    let two = make("key_result", "Close old tickets", Some(&clear)).await?;
    let crews = make("objective", "Grow the crews", None).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.client.goto(&format!("{address}/explorer?period={period}&open={clear}")).await?;
    let row = async |id: &str| browser.shown(&format!("#row-{id}")).await;
    become_(&browser, &["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews"])
        .await?;

    // By pointer: before its sibling.
    drag(&browser, &row(&two).await?, &row(&one).await?, -13.0).await?;
    browser.says("“Close old tickets” moved").await?;
    become_(&browser, &["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews"])
        .await?;
    looks_good(&browser, "moving").await?;
    browser.press("#toasts button[type=submit]").await?;
    browser.says("“Close old tickets” is back where it was").await?;
    become_(&browser, &["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews"])
        .await?;

    read_again(&browser).await?;
    // On the line that adds a goal: it becomes the last there.
    let adding = browser.shown(&format!("#add-{clear}")).await?;
    drag(&browser, &row(&one).await?, &adding, 0.0).await?;
    become_(&browser, &["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews"])
        .await?;
    browser.press("#toasts button[type=submit]").await?;
    become_(&browser, &["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews"])
        .await?;

    // Where it may not go, the reason is told and nothing moves.
    drag(&browser, &row(&crews).await?, &row(&one).await?, 0.0).await?;
    browser.says("Objectives can’t sit under key results in this organisation: an admin can allow it in OKR model.").await?;
    become_(&browser, &["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews"])
        .await?;

    // The list is read again, so that it shows what is so.
    read_again(&browser).await?;

    // By keys: up, and under the objective above; the focus goes along.
    let press = async |keys: &str| browser.type_keys(keys).await;
    let focused = async |id: &str| {
        wait::until("the focus goes along", || async {
            let at = settled(browser.client.active_element().await?.attr("data-goal").await)?.flatten();
            Ok((at.as_deref() == Some(id)).then_some(()))
        })
        .await
    };
    let focus = json!(format!("row-{two}"));
    browser.client.execute("document.getElementById(arguments[0]).focus()", vec![focus]).await?;
    let (alt, up, right, left) = ("\u{e00a}", "\u{e013}", "\u{e014}", "\u{e012}");
    press(&format!("{alt}{up}")).await?;
    become_(&browser, &["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews"])
        .await?;
    focused(&two).await?;
    press("\u{e010}").await?; // End
    focused(&crews).await?;
    press(&format!("{alt}{right}")).await?;
    browser.says("“Grow the crews” is now under “Clear the backlog”").await?;
    become_(&browser, &["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews"])
        .await?;
    // The titles read the same before and after: only the level says that the list has been read again.
    let level = async |wanted: &str| {
        wait::until(&format!("it stands on level {wanted}"), || async {
            let row = browser.client.find(Locator::Css(&format!("#row-{crews}"))).await?;
            let level = settled(row.attr("aria-level").await)?.flatten();
            Ok((level.as_deref() == Some(wanted)).then_some(()))
        })
        .await
    };
    level("2").await?;
    focused(&crews).await?;
    press(&format!("{alt}{left}")).await?;
    browser.says("“Grow the crews” is no longer aligned to “Clear the backlog”").await?;
    level("1").await?;
    // A reload shows the same.
    browser.client.refresh().await?;
    become_(&browser, &["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews"]).await
}
