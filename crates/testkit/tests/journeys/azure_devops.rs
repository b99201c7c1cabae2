//! Azure DevOps in the browser, against the double: an admin switches it on, somebody makes a connection, and it is switched off.

use anyhow::Result;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;

use crate::azure_devops_stage::Stage;
use crate::support::looks_good;

#[test]
fn an_admin_switches_it_on_manages_it_and_switches_it_off() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let stage = Stage::set(&app).await?;
        let browser = stage.owner().await?;
        browser.client.goto(&stage.at("/admin/integrations")).await?;
        looks_good(&browser, "integrations-none").await?;
        browser.press("button[aria-label='Enable Azure DevOps']").await?;
        browser.says("No connection yet").await?;
        looks_good(&browser, "integrations-no-connection").await?;
        connect(&stage, &browser).await?;
        browser.says("Connections").await?;
        looks_good(&browser, "integrations-managed").await?;
        browser.press(".head-a a[href$='/log']").await?;
        browser.says("No sync yet").await?;
        browser.client.goto(&stage.at("/admin/integrations")).await?;
        browser.press("a[aria-label='Manage Azure DevOps']").await?;
        browser.press("button[popovertarget='change']").await?;
        browser.press("#change a[href$='/deactivation']").await?;
        browser.says("Disable Azure DevOps?").await?;
        looks_good(&browser, "integrations-disable").await?;
        browser.press("#dialog .btn-d").await?;
        browser.says("Azure DevOps is off.").await?;
        browser.is_accessible().await?;
        browser.press(".note button[aria-label='Enable Azure DevOps']").await?;
        browser.says("New connection").await
    });
}

/// Makes a connection by the form: a test that fails, the projects found, a test that works.
async fn connect(stage: &Stage, browser: &Browser) -> Result<()> {
    browser.press("a[href='/connections/new']").await?;
    browser.says("New connection to Azure DevOps").await?;
    browser.fill("#name", "Firmware").await?;
    browser.fill("#account", &stage.double.account()).await?;
    browser.fill("#pat", "old-token").await?;
    browser.fill("#project", "Controls").await?;
    browser.press("button[formaction='/connections/test']").await?;
    browser.shown("#connection-result .note[data-st=risk]").await?;
    looks_good(browser, "connection-refused").await?;
    browser.fill("#pat", "good-token").await?;
    browser.press("button[formaction='/connections/projects']").await?;
    browser.says("2 projects found").await?;
    browser.press("#project option[value='Controls']").await?;
    browser.press("button[formaction='/connections/test']").await?;
    browser.says("Connection works.").await?;
    browser.press("input[name=shared]").await?;
    looks_good(browser, "connection-works").await?;
    browser.press(".dlg-f .btn-p").await
}

#[test]
fn a_connection_is_renewed_and_removed_without_scripts() {
    run(Engine::Sqlite, async |db: Database| {
        let app = App::new(&db).await?;
        let stage = Stage::set(&app).await?;
        stage.enable().await?;
        stage.connect("Firmware", true).await?;
        let browser = stage.owner().await?;
        browser.scripts(false).await?;
        browser.client.goto(&stage.at("/connections")).await?;
        browser.press("a[aria-label='Edit Firmware']").await?;
        browser.shown("#account").await?;
        // Without a new token the one that is kept is tried.
        browser.press("button[formaction='/connections/test']").await?;
        browser.shown("#connection-result .note[data-st=track]").await?;
        browser.fill("#name", "Controller firmware").await?;
        browser.fill("#pat", "good-token").await?;
        browser.press(".dlg-f .btn-p").await?;
        browser.shown("a[aria-label='Edit Controller firmware']").await?;
        browser.press("a[aria-label='Remove Controller firmware']").await?;
        browser.press("form[action$='/deletion'] .btn-d").await?;
        browser.shown(".empty").await.map(drop)
    });
}
