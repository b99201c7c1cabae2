//! Coming in: from an empty installation to the first objective; from an invitation to My OKRs; by a reset; and the account.

use anyhow::{Context, Result};
use fantoccini::Locator;
use fantoccini::error::CmdError;
use northing_app::members::NewMember;
use northing_core::people::Role;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::{App, PASSWORD};
use northing_testkit::wait;

use crate::support::{looks_good, served, serving, sign_in};

const CHOSEN: &str = "a quite new sentence";

/// What was done to an element; none where the page replaced it meanwhile, so that it is done again.
fn settled(done: Result<(), CmdError>) -> Result<Option<()>> {
    match done {
        Ok(()) => Ok(Some(())),
        Err(error) if error.to_string().contains("stale element reference") => Ok(None),
        Err(error) => Err(error.into()),
    }
}

async fn fill(browser: &Browser, css: &str, text: &str) -> Result<()> {
    wait::until(&format!("a field {css} that stays"), || async {
        let field = browser.shown(css).await?;
        let cleared = field.clear().await;
        settled(if cleared.is_ok() { field.send_keys(text).await } else { cleared })
    })
    .await
}

async fn press(browser: &Browser, css: &str) -> Result<()> {
    wait::until(&format!("a control {css} that stays"), || async {
        settled(browser.shown(css).await?.click().await)
    })
    .await
}

async fn press_text(browser: &Browser, text: &str) -> Result<()> {
    let path = format!("//button[normalize-space()=\"{text}\"]");
    wait::until(&format!("a button “{text}” that stays"), || async {
        let button = browser.client.find(Locator::XPath(&path)).await.context(text.to_owned())?;
        settled(button.click().await)
    })
    .await
}

#[test]
fn from_empty_to_the_first_objective() {
    run(Engine::Sqlite, first_run);
}

async fn first_run(db: Database) -> Result<()> {
    let (_, _, router) = App::bare(db.store())?;
    let address = serving(&router).await?;
    let browser = Browser::open().await?;
    browser.client.goto(&format!("{address}/explorer")).await?;
    browser.says("Who are you?").await?;
    fill(&browser, "#name", "Ruth Adeyemi").await?;
    fill(&browser, "#email", "ruth@calder.test").await?;
    fill(&browser, "#password", "ruthadeyemi1").await?;
    browser.says("is tried first").await?;
    fill(&browser, "#password", PASSWORD).await?;
    browser.says("Strong.").await?;
    looks_good(&browser, "setup-you").await?;
    press_text(&browser, "Continue to organisation").await?;

    fill(&browser, "#organization", "Calder Homes").await?;
    wait::until("the short name follows the name", || async {
        // The field is replaced by the answer that is waited for.
        let slug = browser.client.find(Locator::Css("#slug")).await?.prop("value").await.unwrap_or_default();
        Ok((slug.as_deref() == Some("calder-homes")).then_some(()))
    })
    .await?;
    looks_good(&browser, "setup-organisation").await?;
    // Back and forward lose nothing.
    press_text(&browser, "Back").await?;
    browser.says("Who are you?").await?;
    let name = browser.shown("#name").await?.prop("value").await?;
    assert_eq!(name.as_deref(), Some("Ruth Adeyemi"));
    press_text(&browser, "Continue to organisation").await?;
    browser.says("What is your organisation called?").await?;
    press_text(&browser, "Continue to purpose").await?;
    fill(&browser, "#north_star", "A warm home for every household").await?;
    looks_good(&browser, "setup-purpose").await?;
    press_text(&browser, "Continue to planning").await?;
    browser.says("Annual 2026").await?;
    wait::until("a month that stays", || async {
        settled(browser.shown("#start_month").await?.select_by_value("4").await)
    })
    .await?;
    browser.says("Annual 2025").await?;
    fill(&browser, "#time_zone", "Europe/Berlin").await?;
    looks_good(&browser, "setup-planning").await?;
    press_text(&browser, "Continue to check").await?;
    browser.says("A warm home for every household").await?;
    looks_good(&browser, "setup-check").await?;
    press_text(&browser, "Set up Northing").await?;
    browser.says("Calder Homes is ready").await?;
    looks_good(&browser, "welcome").await?;

    press(&browser, "a.card-o[href^='/goals/new']").await?;
    fill(&browser, "#title", "Become the first name in warm homes").await?;
    press(&browser, "form[action='/goals'] footer button[type=submit]").await?;
    browser.says("Become the first name in warm homes").await?;
    browser.client.goto(&format!("{address}/explorer")).await?;
    browser.says("Become the first name in warm homes").await
}

#[test]
fn sample_okrs_are_taken_and_taken_back() {
    run(Engine::Sqlite, samples);
}

async fn samples(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.client.goto(&format!("{address}/explorer")).await?;
    browser.client.find(Locator::LinkText("Start from samples")).await?.click().await?;
    browser.says("Sample OKRs").await?;
    press(&browser, "input[value='company-say-and-do']").await?;
    press(&browser, "input[value='people-grow-here']").await?;
    looks_good(&browser, "samples").await?;
    press_text(&browser, "Preview the objectives").await?;
    browser.says("2 objectives and 6 key results").await?;
    looks_good(&browser, "samples-preview").await?;
    press_text(&browser, "Add 2 objectives and 6 key results").await?;
    browser.says("put in your own figures").await?;
    looks_good(&browser, "samples-made").await?;
    browser.client.find(Locator::LinkText("Open Explorer")).await?.click().await?;
    browser.says("Show everyone a next step they can take here").await?;
    browser.client.back().await?;
    press_text(&browser, "Undo: take all of them back").await?;
    browser.says("Where they go").await?;
    browser.client.goto(&format!("{address}/explorer")).await?;
    browser.says("Plot the first objective").await
}

#[test]
fn an_invitation_and_a_reset_let_in() {
    run(Engine::Sqlite, links);
}

async fn links(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let owner = app.northing.operator("owner@calder.test", Some("calder")).await?;
    let nina = NewMember {
        email: String::from("nina@calder.test"),
        name: String::from("Nina"),
        role: Role::Member,
        manager_id: None,
        time_zone: None,
        deactivated: false,
    };
    let nina = app.northing.create_member(&owner, nina).await?;
    let link = app.northing.create_link(&owner, nina.user_id).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    browser.client.goto(&format!("{address}/invitation/{}", link.secret)).await?;
    browser.says("Join Calder").await?;
    fill(&browser, "#name", "Nina Ray").await?;
    fill(&browser, "#password", CHOSEN).await?;
    browser.says("Strong.").await?;
    looks_good(&browser, "invitation").await?;
    press(&browser, "form.form button[type=submit]").await?;
    browser.says("My OKRs").await?;
    browser.says("Nina Ray").await?;

    let other = Browser::open().await?;
    other.client.goto(&format!("{address}/invitation/{}", link.secret)).await?;
    other.says("This link was used").await?;
    looks_good(&other, "link-used").await?;
    let link = app.northing.create_link(&owner, nina.user_id).await?;
    other.client.goto(&format!("{address}/reset/{}", link.secret)).await?;
    other.says("Choose a new password").await?;
    fill(&other, "#password", "another sentence altogether").await?;
    looks_good(&other, "reset").await?;
    press(&other, "form.form button[type=submit]").await?;
    other.says("My OKRs").await?;
    // The session before the reset has ended.
    browser.client.goto(&format!("{address}/account")).await?;
    browser.says("Sign in to Calder").await?;
    looks_good(&browser, "sign-in").await
}

#[test]
fn an_account_is_looked_after() {
    run(Engine::Sqlite, account);
}

async fn account(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    press(&browser, "button.me").await?;
    press(&browser, "#me-menu a[href='/account']").await?;
    fill(&browser, "#title", "Crew planner").await?;
    press_text(&browser, "Save profile").await?;
    browser.says("Saved.").await?;
    looks_good(&browser, "account-profile").await?;

    browser.client.goto(&format!("{address}/account/preferences")).await?;
    looks_good(&browser, "account-preferences").await?;
    press(&browser, ".seg label:has([value=dark])").await?;
    press(&browser, "input[name=shortcuts]").await?;
    press_text(&browser, "Save preferences").await?;
    browser.says("Saved.").await?;
    let html = browser.client.find(Locator::Css("html")).await?;
    assert_eq!(html.attr("data-theme").await?.as_deref(), Some("dark"));
    // A letter is now a letter and nothing else.
    browser.client.execute("document.activeElement.blur()", Vec::new()).await?;
    browser.client.find(Locator::Css("body")).await?.send_keys("?").await?;
    let opened =
        browser.client.execute("return document.querySelector('dialog[open]') !== null", Vec::new()).await?;
    assert_eq!(opened, false);
    press(&browser, ".seg label:has([value=system])").await?;
    press(&browser, "input[name=shortcuts]").await?;
    press_text(&browser, "Save preferences").await?;
    browser.shown("html:not([data-shortcuts])").await?;
    browser.client.find(Locator::Css("body")).await?.send_keys("?").await?;
    browser.shown("#dialog dialog").await?;

    browser.client.goto(&format!("{address}/account/tokens")).await?;
    fill(&browser, "#name", "Monthly report").await?;
    press(&browser, "input[name=scope][value=read]").await?;
    press_text(&browser, "Make token").await?;
    let secret = browser.shown("#token-secret").await?.prop("value").await?.context("a secret")?;
    assert!(secret.starts_with("nth_"), "{secret}");
    looks_good(&browser, "account-token-once").await?;
    press(&browser, "[data-copy]").await?;
    browser.client.goto(&format!("{address}/account/tokens")).await?;
    browser.says("Monthly report").await?;
    let page = browser.client.source().await?;
    assert!(!page.contains(&secret), "shown once");
    let row = Locator::XPath("//tr[contains(., 'Monthly report')]//a");
    browser.client.find(row).await?.click().await?;
    browser.shown("#dialog dialog").await?;
    browser.is_accessible().await?;
    press(&browser, "#dialog button.btn-d").await?;
    browser.says("Revoked.").await?;

    browser.client.goto(&format!("{address}/account/sessions")).await?;
    browser.says("this one").await?;
    looks_good(&browser, "account-sessions").await?;
    browser.client.goto(&format!("{address}/account/password")).await?;
    fill(&browser, "#old_password", PASSWORD).await?;
    fill(&browser, "#new_password", CHOSEN).await?;
    browser.says("Strong.").await?;
    looks_good(&browser, "account-password").await?;
    press_text(&browser, "Change password").await?;
    browser.says("One other session has ended.").await
}
