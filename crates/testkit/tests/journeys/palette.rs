//! The palette and the keys of the whole page: what is done and where one goes without a pointer; and what was typed and not
//! sent is there again.

use anyhow::Result;
use fantoccini::Locator;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::wait;
use serde_json::json;

use crate::explorer::{Ground, shows};
use crate::support::{looks_good, served, sign_in};

const CONTROL: &str = "\u{e009}";
const SHIFT: &str = "\u{e008}";
const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const DOWN: &str = "\u{e015}";
const UP: &str = "\u{e013}";
const RIGHT: &str = "\u{e014}";

/// Waits until a script says yes.
async fn holds(browser: &Browser, what: &str, script: &str) -> Result<()> {
    wait::until(what, || async {
        let seen = browser.client.execute(&format!("return !!({script})"), Vec::new()).await?;
        Ok((seen == json!(true)).then_some(()))
    })
    .await
}

/// A browser that shows the goals of a new organisation in Explorer.
async fn explorer(db: &Database) -> Result<(Ground, String, Browser)> {
    let ground = Ground::new(db).await?;
    let site = served(&ground.app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &site, &ground.app.owner.email).await?;
    browser.client.goto(&format!("{site}/explorer?period={}", ground.period)).await?;
    shows(&browser, &["Clear the backlog", "Grow the crews", "Learn to weld"]).await?;
    Ok((ground, site, browser))
}

async fn closed(browser: &Browser) -> Result<()> {
    wait::until("no dialog is open", || async {
        Ok(browser.client.find_all(Locator::Css("dialog:modal")).await?.is_empty().then_some(()))
    })
    .await
}

async fn leads_to(browser: &Browser, path: &str) -> Result<()> {
    wait::until(&format!("the page {path}"), || async {
        Ok((browser.client.current_url().await?.path() == path).then_some(()))
    })
    .await?;
    browser.shown("#main").await.map(drop)
}

async fn chosen(browser: &Browser, text: &str) -> Result<()> {
    let script = format!(
        "document.querySelector('#palette [aria-selected=true]')?.textContent.includes({})",
        json!(text)
    );
    holds(browser, &format!("“{text}” is chosen"), &script).await
}

#[test]
fn the_palette_does_and_leads_whatever_keys_do() {
    run(Engine::Sqlite, palette);
}

async fn palette(db: Database) -> Result<()> {
    let (_ground, _, browser) = explorer(&db).await?;
    let press = async |keys: &str| browser.type_keys(keys).await;

    // Empty: everything that can be done, the current row's actions first, with their keys.
    press("j").await?;
    press(&format!("{CONTROL}k")).await?;
    browser.shown("#palette:modal").await?;
    chosen(&browser, "Check in: Clear the backlog").await?;
    for text in [
        "Edit: Clear the backlog",
        "New objective",
        "Ctrl Shift O",
        "Go to",
        "My OKRs",
        "g h",
        "Show all keys",
    ] {
        browser.says(text).await?;
    }
    looks_good(&browser, "palette").await?;
    press(DOWN).await?;
    chosen(&browser, "Edit: Clear the backlog").await?;
    press(UP).await?;
    press(UP).await?;
    chosen(&browser, "Check in: Clear the backlog").await?;

    // Narrowed by what is typed; Enter goes there.
    press("peo").await?;
    chosen(&browser, "People").await?;
    press(ENTER).await?;
    leads_to(&browser, "/people").await?;

    // A goal is found, and so is its check-in, a step behind.
    press(&format!("{CONTROL}{SHIFT}k")).await?;
    browser.shown("#palette:modal").await?;
    press("weld").await?;
    chosen(&browser, "Learn to weld").await?;
    press(DOWN).await?;
    chosen(&browser, "Check in: Learn to weld").await?;
    press(ENTER).await?;
    browser.shown("dialog:modal #check-in-title").await?;
    press(ESCAPE).await?;
    closed(&browser).await?;

    // Two letters lead to the main pages.
    for (keys, path) in [("gh", "/"), ("ge", "/explorer"), ("gt", "/teams"), ("gp", "/people")] {
        press(keys).await?;
        leads_to(&browser, path).await?;
    }
    // The chords open what they say, from anywhere.
    for (key, shown) in [
        ("c", "dialog:modal #check-in-title"),
        ("o", "dialog:modal form[action='/goals']"),
        ("p", "dialog:modal form[action='/goals']"),
    ] {
        press(&format!("{CONTROL}{SHIFT}{key}")).await?;
        browser.shown(shown).await?;
        press(ESCAPE).await?;
        closed(&browser).await?;
    }
    Ok(())
}

#[test]
fn a_row_is_entered_and_renamed_and_an_unsent_note_is_kept() {
    run(Engine::Sqlite, in_a_row);
}

async fn in_a_row(db: Database) -> Result<()> {
    let (ground, site, browser) = explorer(&db).await?;
    let press = async |keys: &str| browser.type_keys(keys).await;
    press("j").await?;
    press(RIGHT).await?;
    shows(
        &browser,
        &["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews", "Learn to weld"],
    )
    .await?;
    // On an open row the same key enters its first cell.
    press(RIGHT).await?;
    let row = format!("#row-{}", ground.id("Clear the backlog")?);
    let inside = format!("document.activeElement.matches('{row} a.tt')");
    holds(&browser, "the first cell has the focus", &inside).await?;
    press(ESCAPE).await?;
    holds(&browser, "the row has the focus", &format!("document.activeElement.matches('{row}')")).await?;

    press("\u{e032}").await?; // F2
    let field = format!("{row} input[name=title]");
    browser.shown(&field).await?;
    holds(&browser, "the title is typed into", &format!("document.activeElement.matches('{field}')")).await?;
    press("Clear it at last").await?;
    press(ENTER).await?;
    browser.says("Clear it at last").await?;

    // A note that was not sent stands there again, until it is discarded.
    let check_in = format!("{site}/goals/{}/check-ins/new", ground.id("Learn to weld")?);
    browser.client.goto(&check_in).await?;
    browser.keys("textarea[name=note]", "Half a thought").await?;
    browser.client.goto(&format!("{site}/explorer")).await?;
    browser.client.goto(&check_in).await?;
    let kept = "document.querySelector('textarea[name=note]')?.value";
    holds(&browser, "the note is kept", &format!("{kept} === 'Half a thought'")).await?;
    browser.says("This is what you wrote last time and did not send.").await?;
    browser.press("[data-draft-discard]").await?;
    browser.client.goto(&check_in).await?;
    holds(&browser, "the note is gone", &format!("{kept} === ''")).await
}
