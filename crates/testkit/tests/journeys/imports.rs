//! Coming from Viva Goals: choose the export, match names, try it, import it, read the report, open a goal with its graph; do
//! it again and see that nothing changes; take it back.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use fantoccini::Locator;
use northing_testkit::both_engines;
use northing_testkit::browser::Browser;
use northing_testkit::front_door::App;

use crate::support::{looks_good, served, sign_in};

/// Does the work of the background while a test looks at pages.
fn work(app: &App) -> tokio::task::JoinHandle<()> {
    let northing = app.northing.clone();
    tokio::spawn(async move {
        while let Ok(done) = northing.work_once("journey").await {
            if !done {
                // Rung when there is work; looked after now and then as the server does.
                let _late = tokio::time::timeout(Duration::from_secs(1), northing.work_waits()).await;
            }
        }
    })
}

async fn choose(browser: &Browser, address: &str) -> Result<()> {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../connectors/tests/samples/brindlewick/brindlewick_goals_export.zip")
        .canonicalize()?;
    browser.client.goto(&format!("{address}/import")).await?;
    browser.keys("#files", sample.to_str().context("a path")?).await?;
    browser.press("form[action='/import'] button[type=submit]").await?;
    browser.says("Match names").await
}

both_engines! {
    async fn an_organisation_comes_over_whole(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let address = served(&app).await?;
        let background = work(&app);
        let browser = Browser::open().await?;
        sign_in(&browser, &address, &app.owner.email).await?;
        browser.client.goto(&format!("{address}/explorer")).await?;
        browser.click(Locator::LinkText("Import from Viva Goals")).await?;
        browser.says("No imports yet").await?;
        looks_good(&browser, "import-start").await?;

        choose(&browser, &address).await?;
        browser.says("355 check-ins").await?;
        looks_good(&browser, "import-mapping").await?;
        browser.press("form[action$='/check'] button[type=submit]").await?;
        browser.says("Dry run, nothing saved yet").await?;
        browser.says("Import 64 goals").await?;
        looks_good(&browser, "import-dry-run").await?;
        browser.press("form[action$='/run'] button").await?;
        browser.says("Import report").await?;
        browser.says("Undo import").await?;
        looks_good(&browser, "import-report").await?;
        let report = browser.client.current_url().await?;

        browser.client.goto(&format!("{report}?entity=goal&outcome=created")).await?;
        browser.click(Locator::LinkText("Annual recurring revenue (contracted)")).await?;
        browser.says("7,141,200.5").await?;
        browser.shown("svg.chart, .chart svg, figure svg").await?;

        choose(&browser, &address).await?;
        browser.says("Everything in these files matches").await?;
        browser.press("form[action$='/check'] button[type=submit]").await?;
        browser.says("Nothing would change").await?;

        browser.client.goto(report.as_str()).await?;
        browser.click(Locator::LinkText("Undo import")).await?;
        browser.says("64 goals, 355 check-ins").await?;
        browser.is_accessible().await?;
        browser.press("#dialog .btn-d").await?;
        browser.says("Undone: this is what it had done.").await?;
        background.abort();
        Ok(())
    }
}
