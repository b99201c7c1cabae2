//! Coming in: from an empty installation to the first objective; from an invitation to My OKRs; by a reset; and the account.

use anyhow::{Context, Result};
use fantoccini::Locator;
use northing_app::members::NewMember;
use northing_core::people::Role;
use northing_store::Engine;
use northing_testkit::browser::{Browser, settled};
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::{App, PASSWORD};
use northing_testkit::wait;

use crate::support::{looks_good, served, serving, sign_in};

const CHOSEN: &str = "a quite new sentence";

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
    browser.fill("#name", "Ruth Adeyemi").await?;
    browser.fill("#email", "ruth@calder.test").await?;
    browser.fill("#password", "ruthadeyemi1").await?;
    browser.says("is tried first").await?;
    browser.fill("#password", PASSWORD).await?;
    browser.says("Strong.").await?;
    looks_good(&browser, "setup-you").await?;
    browser.press_text("Continue to organisation").await?;

    browser.fill("#organization", "Calder Homes").await?;
    wait::until("the short name follows the name", || async {
        // The field is replaced by the answer that is waited for.
        let slug = browser.client.find(Locator::Css("#slug")).await?.prop("value").await.unwrap_or_default();
        Ok((slug.as_deref() == Some("calder-homes")).then_some(()))
    })
    .await?;
    looks_good(&browser, "setup-organisation").await?;
    // Back and forward lose nothing.
    browser.press_text("Back").await?;
    browser.says("Who are you?").await?;
    let name = browser.shown("#name").await?.prop("value").await?;
    assert_eq!(name.as_deref(), Some("Ruth Adeyemi"));
    browser.press_text("Continue to organisation").await?;
    browser.says("What is your organisation called?").await?;
    browser.press_text("Continue to purpose").await?;
    browser.fill("#north_star", "A warm home for every household").await?;
    looks_good(&browser, "setup-purpose").await?;
    browser.press_text("Continue to planning").await?;
    browser.says("Annual 2026").await?;
    wait::until("a month that stays", || async {
        settled(browser.shown("#start_month").await?.select_by_value("4").await)
    })
    .await?;
    browser.says("Annual 2025").await?;
    browser.fill("#time_zone", "Europe/Berlin").await?;
    looks_good(&browser, "setup-planning").await?;
    browser.press_text("Continue to check").await?;
    browser.says("A warm home for every household").await?;
    looks_good(&browser, "setup-check").await?;
    browser.press_text("Set up Northing").await?;
    browser.says("Calder Homes is ready").await?;
    looks_good(&browser, "welcome").await?;

    browser.press("a.card-o[href^='/goals/new']").await?;
    browser.fill("#title", "Become the first name in warm homes").await?;
    browser.press("form[action='/goals'] footer button[type=submit]").await?;
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
    browser.click(Locator::LinkText("Start from samples")).await?;
    browser.says("Sample OKRs").await?;
    browser.press("input[value='company-say-and-do']").await?;
    browser.press("input[value='people-grow-here']").await?;
    looks_good(&browser, "samples").await?;
    browser.press_text("Preview the objectives").await?;
    browser.says("2 objectives and 6 key results").await?;
    looks_good(&browser, "samples-preview").await?;
    browser.press_text("Add 2 objectives and 6 key results").await?;
    browser.says("put in your own figures").await?;
    looks_good(&browser, "samples-made").await?;
    browser.click(Locator::LinkText("Open Explorer")).await?;
    browser.says("Show everyone a next step they can take here").await?;
    browser.client.back().await?;
    browser.press_text("Undo: take all of them back").await?;
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
    browser.fill("#name", "Nina Ray").await?;
    browser.fill("#password", CHOSEN).await?;
    browser.says("Strong.").await?;
    looks_good(&browser, "invitation").await?;
    browser.press("form.form button[type=submit]").await?;
    browser.says("My OKRs").await?;
    browser.says("Nina Ray").await?;

    let other = Browser::open().await?;
    other.client.goto(&format!("{address}/invitation/{}", link.secret)).await?;
    other.says("This link was used").await?;
    looks_good(&other, "link-used").await?;
    let link = app.northing.create_link(&owner, nina.user_id).await?;
    other.client.goto(&format!("{address}/reset/{}", link.secret)).await?;
    other.says("Choose a new password").await?;
    other.fill("#password", "another sentence altogether").await?;
    looks_good(&other, "reset").await?;
    other.press("form.form button[type=submit]").await?;
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
    browser.press("button.me").await?;
    browser.press("#me-menu a[href='/account']").await?;
    browser.fill("#title", "Crew planner").await?;
    browser.press_text("Save profile").await?;
    browser.says("Saved.").await?;
    looks_good(&browser, "account-profile").await?;

    browser.client.goto(&format!("{address}/account/preferences")).await?;
    looks_good(&browser, "account-preferences").await?;
    browser.press(".seg label:has([value=dark])").await?;
    browser.press("input[name=shortcuts]").await?;
    browser.press_text("Save preferences").await?;
    browser.says("Saved.").await?;
    let html = browser.client.find(Locator::Css("html")).await?;
    assert_eq!(html.attr("data-theme").await?.as_deref(), Some("dark"));
    // A letter is now a letter and nothing else.
    browser.client.execute("document.activeElement.blur()", Vec::new()).await?;
    browser.client.find(Locator::Css("body")).await?.send_keys("?").await?;
    let opened =
        browser.client.execute("return document.querySelector('dialog[open]') !== null", Vec::new()).await?;
    assert_eq!(opened, false);
    browser.press(".seg label:has([value=system])").await?;
    browser.press("input[name=shortcuts]").await?;
    browser.press_text("Save preferences").await?;
    browser.shown("html:not([data-shortcuts])").await?;
    browser.client.find(Locator::Css("body")).await?.send_keys("?").await?;
    browser.shown("#dialog dialog").await?;

    browser.client.goto(&format!("{address}/account/tokens")).await?;
    browser.fill("#name", "Monthly report").await?;
    browser.press("input[name=scope][value=read]").await?;
    browser.press_text("Make token").await?;
    let secret = browser.shown("#token-secret").await?.prop("value").await?.context("a secret")?;
    assert!(secret.starts_with("nth_"), "{secret}");
    looks_good(&browser, "account-token-once").await?;
    browser.press("[data-copy]").await?;
    browser.client.goto(&format!("{address}/account/tokens")).await?;
    browser.says("Monthly report").await?;
    let page = browser.client.source().await?;
    assert!(!page.contains(&secret), "shown once");
    let row = Locator::XPath("//tr[contains(., 'Monthly report')]//a");
    browser.click(row).await?;
    browser.shown("#dialog dialog").await?;
    browser.is_accessible().await?;
    browser.press("#dialog button.btn-d").await?;
    browser.says("Revoked.").await?;

    browser.client.goto(&format!("{address}/account/sessions")).await?;
    browser.says("this one").await?;
    looks_good(&browser, "account-sessions").await?;
    browser.client.goto(&format!("{address}/account/password")).await?;
    browser.fill("#old_password", PASSWORD).await?;
    browser.fill("#new_password", CHOSEN).await?;
    browser.says("Strong.").await?;
    looks_good(&browser, "account-password").await?;
    browser.press_text("Change password").await?;
    browser.says("One other session has ended.").await
}
