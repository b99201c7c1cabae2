//! What every journey begins with.

use anyhow::{Context, Result};
use northing_core::values::Id;
use northing_testkit::browser::{Browser, DESK, PHONE, Theme};
use northing_testkit::front_door::{App, PASSWORD};
use serde_json::{Value, json};

/// Serves the application on a port of its own; stops when the runtime ends.
pub(crate) async fn served(app: &App) -> Result<String> {
    serving(&app.router).await
}

/// Serves a site on a port of its own; stops when the runtime ends.
pub(crate) async fn serving(router: &axum::Router) -> Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let site = router.clone().into_make_service_with_connect_info::<std::net::SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, site).await });
    Ok(address)
}

/// Signs somebody in by the form.
pub(crate) async fn sign_in(browser: &Browser, address: &str, email: &str) -> Result<()> {
    browser.client.goto(&format!("{address}/sign-in")).await?;
    browser.keys("#email", email).await?;
    browser.keys("#password", PASSWORD).await?;
    browser.press("form[action='/sign-in'] button[type=submit]").await?;
    browser.says("My OKRs").await
}

/// Looks at a page on a desk and on a phone, light and dark: a picture of each, and an accessibility check.
pub(crate) async fn looks_good(browser: &Browser, name: &str) -> Result<()> {
    for (width, size) in [("desk", DESK), ("phone", PHONE)] {
        for theme in [Theme::Light, Theme::Dark] {
            browser.size(size).await?;
            browser.theme(theme).await?;
            browser.screenshot(&format!("{name}-{width}-{theme:?}").to_lowercase()).await?;
            browser.is_accessible().await?;
        }
    }
    browser.size(DESK).await?;
    browser.theme(Theme::Light).await
}

/// Plants a goal of the organisation in a period, at the top or under another goal; its identifier.
pub(crate) async fn plant(
    app: &App,
    period: Id,
    kind: &str,
    title: &str,
    parent: Option<&str>,
) -> Result<String> {
    let parents: Vec<Value> = parent.iter().map(|id| json!({ "id": id })).collect();
    let body = json!({ "kind": kind, "title": title, "level": "organization", "period_id": period, "parents": parents });
    let made = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.slug), Some(body)).await?;
    Ok(made["id"].as_str().context("an id")?.to_owned())
}
