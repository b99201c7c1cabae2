//! Weighing contributions: fix a share, see what moves above before it is saved, save by key; then align the key result to
//! another objective too, and take that back.

use anyhow::Result;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::json;

use crate::support::{looks_good, plant, served, sign_in};

#[test]
fn shares_and_alignment_are_changed_with_a_preview() {
    run(Engine::Sqlite, journey);
}

async fn journey(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let period = app.period("Q1 2026").await?;
    let make =
        async |kind: &str, title: &str, parent: Option<&str>| plant(&app, period, kind, title, parent).await;
    let clear = make("objective", "Clear the backlog", None).await?;
    let crews = make("objective", "Grow the crews", None).await?;
    let one = make("key_result", "Cut waiting jobs", Some(&clear)).await?;
    make("key_result", "Close old tickets", Some(&clear)).await?;
    app.api_ok(&app.owner, "POST", &format!("/goals/{one}/check-ins"), Some(json!({ "value": 60 }))).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    let shown = async |goal: &str, progress: &str| {
        let script = "return document.querySelector(`#row-${arguments[0]} .c-p .v`)?.innerText ?? ''";
        wait::until(&format!("{progress} in the list"), || async {
            let text = browser.client.execute(script, vec![json!(goal)]).await?;
            Ok(text.as_str().is_some_and(|text| text.starts_with(progress)).then_some(()))
        })
        .await
    };

    browser.client.goto(&format!("{address}/explorer?period={period}&open={clear}&goal={clear}")).await?;
    shown(&clear, "30%").await?;
    browser.press("#contrib a[href$='/contributions']").await?;
    let field = browser.shown(&format!("#dialog input[name='share-{one}']")).await?;
    field.send_keys("75").await?;
    browser.says("45.0%").await?;
    browser.says("Fixed 75%").await?;
    looks_good(&browser, "contributions").await?;
    // Over the whole is said at once, and the server says the same.
    let field = browser.shown(&format!("#dialog input[name='share-{one}']")).await?;
    field.clear().await?;
    field.send_keys("175").await?;
    browser.says("Must be from 0 to 100.").await?;
    field.clear().await?;
    field.send_keys("75\u{e009}\u{e007}").await?; // Ctrl and Enter
    browser.says("Contributions saved").await?;
    shown(&clear, "45%").await?;

    // The key `a` opens the alignment of the row one is on.
    let focus = json!(format!("row-{one}"));
    browser.client.execute("document.getElementById(arguments[0]).focus()", vec![focus]).await?;
    browser.type_keys("a").await?;
    let find = browser.shown("#dialog [role=combobox]").await?;
    find.send_keys("crews").await?;
    browser.press("#dialog [role=option]").await?;
    browser.says("How this moves north").await?;
    browser.says("60.0%").await?;
    looks_good(&browser, "alignments").await?;
    browser.press("#dialog button.btn-p[type=submit]").await?;
    browser.says("“Cut waiting jobs” is aligned to “Clear the backlog” and “Grow the crews”").await?;
    shown(&crews, "60%").await?;
    let undo = browser.shown("#toasts form[action$='/undo'] button").await?;
    undo.click().await?;
    browser.says("“Cut waiting jobs” is back where it was").await?;
    shown(&crews, "0%").await
}
