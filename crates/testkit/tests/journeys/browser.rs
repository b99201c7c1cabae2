//! The browser itself: what the journeys stand on works, and its checks can fail.

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use northing_testkit::browser::{Browser, DESK, PHONE, Theme};
use serde_json::json;

const GOOD: &str = r#"<!doctype html><html lang="en"><head><title>Goals</title><style>
    body { color: #000; background: #fff } @media (prefers-color-scheme: dark) { body { color: #fff; background: #000 } }
    </style></head><body><main><h1>Goals</h1><p id="late"></p></main>
    <script>setTimeout(() => { late.textContent = "Moved" }, 50)</script></body></html>"#;

const BAD: &str = r##"<!doctype html><html lang="en"><head><title>Goals</title></head><body style="background:#fff"><main>
    <h1>Goals</h1><p style="color:#ddd">Too faint to read</p><img src="data:,"></main></body></html>"##;

/// Serves the two pages on a free port until the test ends.
async fn serve() -> anyhow::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let pages =
        Router::new().route("/good", get(|| async { Html(GOOD) })).route("/bad", get(|| async { Html(BAD) }));
    tokio::spawn(async move { axum::serve(listener, pages).await });
    Ok(format!("http://{address}"))
}

#[tokio::test]
async fn waits_and_resizes_and_darkens() {
    let address = serve().await.unwrap();
    let browser = Browser::open().await.unwrap();
    browser.client.goto(&format!("{address}/good")).await.unwrap();
    browser.says("Moved").await.unwrap();
    browser.shown("h1").await.unwrap();
    let look = "return [innerWidth, getComputedStyle(document.body).backgroundColor]";
    let seen = browser.client.execute(look, Vec::new()).await.unwrap();
    assert_eq!(seen, json!([DESK.0, "rgb(255, 255, 255)"]));
    browser.size(PHONE).await.unwrap();
    browser.theme(Theme::Dark).await.unwrap();
    let seen = browser.client.execute(look, Vec::new()).await.unwrap();
    assert_eq!(seen, json!([PHONE.0, "rgb(0, 0, 0)"]));
    let picture = std::fs::read(browser.screenshot("browser-dark-phone").await.unwrap()).unwrap();
    assert!(picture.starts_with(b"\x89PNG"), "a picture");
}

#[tokio::test]
async fn a_page_works_without_scripts() {
    let address = serve().await.unwrap();
    let browser = Browser::open().await.unwrap();
    browser.scripts(false).await.unwrap();
    browser.client.goto(&format!("{address}/good")).await.unwrap();
    let title = browser.shown("h1").await.unwrap();
    assert_eq!(title.text().await.unwrap(), "Goals");
    browser.scripts(true).await.unwrap();
    browser.client.goto(&format!("{address}/good")).await.unwrap();
    browser.says("Moved").await.unwrap();
}

#[tokio::test]
async fn accessibility_checks_pass_what_is_good_and_name_what_is_not() {
    let address = serve().await.unwrap();
    let browser = Browser::open().await.unwrap();
    browser.client.goto(&format!("{address}/good")).await.unwrap();
    browser.is_accessible().await.unwrap();
    browser.client.goto(&format!("{address}/bad")).await.unwrap();
    let error = browser.is_accessible().await.unwrap_err().to_string();
    assert!(error.contains("color-contrast"), "{error}");
    assert!(error.contains("image-alt"), "{error}");
    assert!(error.contains("Too faint to read"), "{error}");
}
