//! Writing goals down: an objective with a key result of phased targets by the keyboard alone; two people who edit one goal; titles
//! typed into the tree; and all of it without scripts.

use anyhow::{Context, Result};
use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::{Value, json};

use crate::support::{looks_good, served, sign_in};

const ENTER: char = '\u{e007}';
const ESCAPE: char = '\u{e00c}';
const TAB: char = '\u{e004}';
const DOWN: char = '\u{e015}';
const CONTROL: char = '\u{e009}';
const SHIFT: char = '\u{e008}';
const F2: char = '\u{e032}';

/// Types on the keyboard, wherever the focus is.
async fn keys(browser: &Browser, text: &str) -> Result<()> {
    let mut typed = KeyActions::new("keyboard".to_owned());
    for value in text.chars() {
        typed = typed.then(KeyAction::Down { value }).then(KeyAction::Up { value });
    }
    Ok(browser.client.perform_actions(typed).await?)
}

/// Presses a key while another is held.
async fn held(browser: &Browser, hold: char, value: char) -> Result<()> {
    let typed = KeyActions::new("keyboard".to_owned())
        .then(KeyAction::Down { value: hold })
        .then(KeyAction::Down { value })
        .then(KeyAction::Up { value })
        .then(KeyAction::Up { value: hold });
    Ok(browser.client.perform_actions(typed).await?)
}

/// Saves the open dialog.
async fn save(browser: &Browser) -> Result<()> {
    held(browser, CONTROL, ENTER).await
}

/// Goes on by Tab until the control of this name has the focus.
async fn tab_to(browser: &Browser, name: &str) -> Result<()> {
    for _ in 0..60 {
        let script = "const at = document.activeElement; return [at?.name || '', at?.id || '']";
        let at: Vec<String> = serde_json::from_value(browser.client.execute(script, Vec::new()).await?)?;
        if at.iter().any(|it| it == name) {
            return Ok(());
        }
        keys(browser, &TAB.to_string()).await?;
    }
    anyhow::bail!("Tab never reaches {name}")
}

async fn focused(browser: &Browser, css: &str) -> Result<()> {
    wait::until(&format!("the focus on {css}"), || async {
        let script = "return document.activeElement?.matches(arguments[0]) ?? false";
        Ok((browser.client.execute(script, vec![json!(css)]).await? == Value::Bool(true)).then_some(()))
    })
    .await
}

/// Waits until the number of elements that match is this.
async fn count(browser: &Browser, css: &str, wanted: usize) -> Result<()> {
    wait::until(&format!("{wanted} of {css}"), || async {
        Ok((browser.client.find_all(Locator::Css(css)).await?.len() == wanted).then_some(()))
    })
    .await
}

async fn goals(app: &App) -> Result<Vec<Value>> {
    let list = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/goals", app.org), None).await?;
    Ok(list["items"].as_array().cloned().unwrap_or_default())
}

async fn titled(app: &App, title: &str) -> Result<Value> {
    wait::until(&format!("the goal {title}"), || async {
        Ok(goals(app).await?.into_iter().find(|goal| goal["title"] == title))
    })
    .await
}

#[test]
fn an_objective_with_a_phased_key_result_by_the_keyboard_alone() {
    run(Engine::Sqlite, by_keyboard);
}

async fn by_keyboard(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.client.goto(&format!("{address}/explorer")).await?;
    browser.says("Explorer").await?;

    keys(&browser, "c").await?;
    focused(&browser, "#dialog #title").await?;
    looks_good(&browser, "goal-new").await?;
    keys(&browser, "Clear the backlog").await?;
    save(&browser).await?;
    browser.says("Created: Clear the backlog").await?;
    let objective = titled(&app, "Clear the backlog").await?;
    let id = objective["id"].as_str().context("an id")?;
    // The list shows the new row, and it has the focus: the next goal goes below it.
    focused(&browser, &format!("#row-{id}")).await?;

    keys(&browser, "c").await?;
    focused(&browser, "#dialog #title").await?;
    keys(&browser, "Cut waiting jobs").await?;
    tab_to(&browser, "metric_kind").await?;
    keys(&browser, "Dec").await?;
    tab_to(&browser, "metric_start").await?;
    keys(&browser, "400").await?;
    tab_to(&browser, "metric_target").await?;
    keys(&browser, "100").await?;
    tab_to(&browser, "metric_unit").await?;
    keys(&browser, "jobs").await?;
    tab_to(&browser, "phase_interval").await?;
    keys(&browser, &format!("{DOWN}{DOWN}{DOWN}")).await?;
    keys(&browser, &TAB.to_string()).await?;
    // Two rows and the end: spread evenly over the quarter.
    count(&browser, ".phases tbody tr:not([data-plain])", 3).await?;
    tab_to(&browser, "phase_target").await?;
    let first = browser.shown("input[name=phase_target]").await?;
    anyhow::ensure!(
        first.prop("value").await?.as_deref() == Some("295.51"),
        "{:?}",
        first.prop("value").await?
    );
    // Tab chooses the whole text of a field: typing replaces it.
    keys(&browser, &format!("450{TAB}")).await?;
    browser.says("goes back against the direction").await?;
    held(&browser, SHIFT, TAB).await?;
    keys(&browser, &format!("350{TAB}")).await?;
    tab_to(&browser, "tags_query").await?;
    keys(&browser, "Winter").await?;
    browser.says("New tag").await?;
    keys(&browser, &format!("{DOWN}{ENTER}")).await?;
    looks_good(&browser, "goal-measure").await?;
    save(&browser).await?;
    browser.says("Created: Cut waiting jobs").await?;
    let made = titled(&app, "Cut waiting jobs").await?;
    anyhow::ensure!(
        made["metric"]["kind"] == "decrease" && made["metric"]["unit"] == "jobs",
        "{}",
        made["metric"]
    );
    anyhow::ensure!(made["parents"][0]["id"] == *id && made["tags"] == json!(["Winter"]), "{made}");
    anyhow::ensure!(
        made["phases"][0] == json!({ "date": "2026-02-01", "target": 350.0 }),
        "{}",
        made["phases"]
    );
    anyhow::ensure!(
        made["phases"][2] == json!({ "date": "2026-03-31", "target": 100.0 }),
        "{}",
        made["phases"]
    );
    // Its branch is open, and its row has the focus.
    focused(&browser, &format!("#row-{}", made["id"].as_str().unwrap_or_default())).await?;

    // A new name, in the row.
    keys(&browser, &F2.to_string()).await?;
    focused(&browser, "tr .rename input[name=title]").await?;
    held(&browser, CONTROL, 'a').await?;
    keys(&browser, &format!("Cut jobs that wait{ENTER}")).await?;
    browser.says("Saved: Cut jobs that wait").await?;
    focused(&browser, "tbody tr[data-goal]").await?;
    keys(&browser, "e").await?;
    focused(&browser, "#dialog #title").await?;
    anyhow::ensure!(
        browser.shown("#title").await?.prop("value").await?.as_deref() == Some("Cut jobs that wait"),
        "the form is filled"
    );
    keys(&browser, &ESCAPE.to_string()).await?;
    focused(&browser, "tbody tr[data-goal]").await
}

#[test]
fn titles_are_typed_into_the_tree() {
    run(Engine::Sqlite, inline);
}

async fn inline(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let period = app.period("Q1 2026").await?;
    let body = json!({ "kind": "objective", "title": "Clear the backlog", "level": "organization", "period_id": period });
    let above = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
    let above = above["id"].as_str().context("an id")?.to_owned();
    let body = json!({ "kind": "key_result", "title": "Cut waiting jobs", "parents": [{ "id": above }] });
    app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.client.goto(&format!("{address}/explorer?period={period}&open={above}")).await?;

    // Down to the end of the branch, Enter, a title, Enter, another title, Enter.
    browser.shown(&format!("#row-{above}")).await?;
    keys(&browser, &format!("j{DOWN}{DOWN}")).await?;
    focused(&browser, &format!("#add-{above}")).await?;
    looks_good(&browser, "goal-inline").await?;
    focused(&browser, &format!("#add-{above}")).await?;
    keys(&browser, &ENTER.to_string()).await?;
    let line = format!("#add-{above} input[name=title]");
    focused(&browser, &line).await?;
    keys(&browser, &format!("Close old tickets{ENTER}")).await?;
    browser.says("Close old tickets").await?;
    focused(&browser, &line).await?;
    keys(&browser, &format!("Answer within a day{ENTER}")).await?;
    count(&browser, "tbody tr[data-ty=k]", 3).await?;
    focused(&browser, &line).await?;
    looks_good(&browser, "goal-inline-line").await?;
    keys(&browser, &ESCAPE.to_string()).await?;
    focused(&browser, &format!("#add-{above}")).await?;
    let child = titled(&app, "Answer within a day").await?;
    anyhow::ensure!(child["parents"][0]["id"] == *above && child["level"] == "organization", "{child}");

    // At the end of the list.
    browser.press("#add-top a").await?;
    focused(&browser, "#add-top input[name=title]").await?;
    keys(&browser, &format!("Grow the crews{ENTER}")).await?;
    let top = titled(&app, "Grow the crews").await?;
    browser.shown(&format!("#row-{}", top["id"].as_str().unwrap_or_default())).await.map(drop)
}

#[test]
fn two_people_edit_one_goal() {
    run(Engine::Sqlite, conflict);
}

async fn conflict(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let ann = app.person(northing_core::people::Role::Admin).await?;
    let period = app.period("Q1 2026").await?;
    let body = json!({ "kind": "objective", "title": "Clear the backlog", "level": "organization", "period_id": period });
    let goal = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
    let page = format!("/goals/{}", goal["id"].as_str().context("an id")?);
    let address = served(&app).await?;
    let (first, second) = (Browser::open().await?, Browser::open().await?);
    for (browser, email) in [(&first, &app.owner.email), (&second, &ann.email)] {
        sign_in(browser, &address, email).await?;
        browser.client.goto(&format!("{address}{page}")).await?;
        browser.press(".gp-s a[data-key=e]").await?;
        browser.shown("#dialog #title").await?;
    }
    let quick = first.shown("#dialog #title").await?;
    quick.clear().await?;
    quick.send_keys("Clear it before the frost").await?;
    save(&first).await?;
    first.says("Saved: Clear it before the frost").await?;

    let late = second.shown("#dialog #title").await?;
    late.clear().await?;
    late.send_keys("Clear it by March").await?;
    second.keys("#dialog #description", "Crews wait for parts.").await?;
    save(&second).await?;
    second.says("Ruth Owner changed this goal").await?;
    second.says("Clear it before the frost").await?;
    second.says("Clear it by March").await?;
    looks_good(&second, "goal-conflict").await?;
    second.press("#dialog label:has(input[name=keep_title][value=theirs])").await?;
    second.press("#dialog .btn-p").await?;
    second.says("Saved: Clear it before the frost").await?;
    let saved = app.api_ok(&app.owner, "GET", &page, None).await?;
    anyhow::ensure!(
        saved["title"] == "Clear it before the frost" && saved["description"] == "Crews wait for parts.",
        "{saved}"
    );
    Ok(())
}

#[test]
fn a_goal_is_written_without_scripts() {
    run(Engine::Sqlite, plain);
}

async fn plain(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let member = app.person(northing_core::people::Role::Member).await?;
    let several = json!({ "settings": { "shared_goals": true } });
    app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}", app.org), Some(several)).await?;
    let body = json!({ "kind": "objective", "title": "Clear the backlog", "period_id": app.period("Q1 2026").await? });
    app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.scripts(false).await?;
    browser.client.goto(&format!("{address}/goals/new")).await?;
    browser.keys("#title", "Cut waiting jobs").await?;
    browser.press("label:has(input[name=kind][value=key_result])").await?;
    // Searching brings the form again with what was found, and with everything typed.
    browser.keys("input[name=parents_query]", "backlog").await?;
    browser.press("button[name=search][value=parents]").await?;
    browser.press("#parents-options input[name=parents]").await?;
    let query = browser.shown("input[name=parents_query]").await?;
    query.clear().await?;
    browser.keys("input[name=owner_ids_query]", "member").await?;
    browser.press("button[name=search][value=owner_ids]").await?;
    browser.press("#owner_ids-options input[name=owner_ids]").await?;
    browser.shown("input[name=owner_ids_query]").await?.clear().await?;
    browser.press("#metric_kind option[value=reach]").await?;
    browser.keys("#metric_target", "ninety").await?;
    browser.press(".dlg-f .btn-p").await?;
    browser.shown("#metric_target-error").await?;
    let target = browser.shown("#metric_target").await?;
    target.clear().await?;
    target.send_keys("90").await?;
    browser.press(".dlg-f .btn-p").await?;
    browser.shown("#goal h1, .head h1").await?;
    let made = titled(&app, "Cut waiting jobs").await?;
    anyhow::ensure!(
        made["metric"]["target"] == 90.0 && made["owner_ids"] == json!([app.owner.id, member.id]),
        "{made}"
    );
    anyhow::ensure!(made["parents"].as_array().is_some_and(|parents| parents.len() == 1), "{made}");
    Ok(())
}
