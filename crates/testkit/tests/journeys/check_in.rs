//! Monday at nine: sign in, open a key result in Explorer, see in the preview what will move, check in, and watch the objective
//! move in another window without loading it again.

use anyhow::{Context, Result};
use fantoccini::Locator;
use northing_testkit::both_engines;
use northing_testkit::browser::{Browser, settled};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::json;

use crate::support::{looks_good, served, sign_in};

both_engines! {
    async fn a_check_in_moves_the_objective_for_everyone_who_watches(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let period = app.period("Q1 2026").await?;
        let goals = format!("/orgs/{}/goals", app.slug);
        let objective = app.api_ok(&app.owner, "POST", &goals, Some(json!({
            "kind": "objective", "title": "Clear the backlog", "level": "organization", "period_id": period
        }))).await?;
        let parent = objective["id"].as_str().context("an id")?;
        app.api_ok(&app.owner, "POST", &goals, Some(json!({
            "kind": "key_result", "title": "Cut waiting jobs", "level": "organization", "period_id": period,
            "parents": [{"id": parent}], "metric": {"kind": "decrease", "start": 400, "target": 100}
        }))).await?;
        let address = served(&app).await?;
        let explorer = format!("{address}/explorer?period={period}&open={parent}");

        let watcher = Browser::open().await?;
        sign_in(&watcher, &address, &app.owner.email).await?;
        watcher.client.goto(&explorer).await?;
        watcher.shown(&format!("#row-{parent}")).await?;

        let owner = Browser::open().await?;
        sign_in(&owner, &address, &app.owner.email).await?;
        owner.client.goto(&explorer).await?;
        owner.click(Locator::LinkText("Cut waiting jobs")).await?;
        owner.press("#panel a.btn-p").await?;
        let value = owner.shown("#value").await?;
        value.clear().await?;
        value.send_keys("250").await?;
        owner.says("50.0%").await?;
        owner.is_accessible().await?;
        owner.press("#dialog button[type=submit]").await?;
        owner.says("Checked in").await?;

        let row = format!("#row-{parent} .c-p .v");
        wait::until("the objective moves where somebody watches", || async {
            let shown = settled(watcher.client.find(Locator::Css(&row)).await?.text().await)?.unwrap_or_default();
            Ok(shown.starts_with("50%").then_some(()))
        }).await?;
        looks_good(&watcher, "explorer").await?;
        Ok(())
    }
}
