//! Pages that stay true while others work: goals that somebody else makes, moves, renames or deletes show on open pages.

use anyhow::Result;
use fantoccini::Locator;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use northing_testkit::wait;
use serde_json::json;

use crate::support::{plant, served, sign_in};

#[test]
fn what_others_make_move_and_delete_shows_on_open_pages() {
    run(Engine::Sqlite, journey);
}

async fn journey(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let period = app.period("Q1 2026").await?;
    let make =
        async |kind: &str, title: &str, parent: Option<&str>| plant(&app, period, kind, title, parent).await;
    let clear = make("objective", "Clear the backlog", None).await?;
    let jobs = make("key_result", "Cut waiting jobs", Some(&clear)).await?;
    let address = served(&app).await?;
    let browser = Browser::open().await?;
    sign_in(&browser, &address, &app.owner.email).await?;
    browser.client.goto(&format!("{address}/explorer?period={period}&open={clear}")).await?;
    let rows = async |wanted: &[&str]| {
        let script = "return [...document.querySelectorAll('tbody .tt')].map(it => it.textContent)";
        wait::until(&format!("the rows {wanted:?}"), || async {
            let seen = browser.client.execute(script, Vec::new()).await?;
            Ok((seen == json!(wanted)).then_some(()))
        })
        .await
    };
    // From here on the page is told of changes.
    let listening = async || {
        wait::until("the page listens", || async {
            let found = browser.client.find_all(Locator::Css("n-live[data-listening]")).await?;
            Ok((!found.is_empty()).then_some(()))
        })
        .await
    };
    rows(&["Clear the backlog", "Cut waiting jobs"]).await?;
    listening().await?;

    // Made: at the top and in an open branch, and counted at the foot.
    let crews = make("objective", "Grow the crews", None).await?;
    rows(&["Clear the backlog", "Cut waiting jobs", "Grow the crews"]).await?;
    let tickets = make("key_result", "Close old tickets", Some(&clear)).await?;
    rows(&["Clear the backlog", "Cut waiting jobs", "Close old tickets", "Grow the crews"]).await?;
    browser.says("4 goals").await?;

    // Ordered and aligned anew.
    let reorder = [("place", "up"), ("from", clear.as_str()), ("to", clear.as_str())];
    assert_eq!(app.post(&app.owner, &format!("/goals/{tickets}/move"), &reorder).await?.status, 303);
    rows(&["Clear the backlog", "Close old tickets", "Cut waiting jobs", "Grow the crews"]).await?;
    let under = [("from", clear.as_str()), ("parent", crews.as_str()), ("position", "first")];
    assert_eq!(app.post(&app.owner, &format!("/goals/{jobs}/placement"), &under).await?.status, 303);
    rows(&["Clear the backlog", "Close old tickets", "Grow the crews"]).await?;

    // What somebody is typing stays, and the list catches up afterwards.
    let line = format!("#add-{clear} a.btn");
    browser.press(&line).await?;
    let field = format!("#add-{clear} input[name=title]");
    browser.keys(&field, "Answer within").await?;
    make("objective", "Learn to weld", None).await?;
    browser.keys(&field, " a day\u{e007}").await?;
    browser.says("Answer within a day").await?;
    browser.keys(&field, "\u{e00c}").await?;
    rows(&[
        "Clear the backlog",
        "Close old tickets",
        "Answer within a day",
        "Grow the crews",
        "Learn to weld",
    ])
    .await?;

    // Deleted, the open panel included.
    browser.press(&format!("#row-{tickets} a.tt")).await?;
    browser.shown(&format!("#panel[data-goal='{tickets}']")).await?;
    let gone = app.api(&app.owner, "DELETE", &format!("/goals/{tickets}"), None).await?;
    assert_eq!(gone.status, 200, "{}", gone.text);
    rows(&["Clear the backlog", "Answer within a day", "Grow the crews", "Learn to weld"]).await?;
    browser.says("This goal was deleted, or it is shown to named people only.").await?;
    browser.is_accessible().await?;

    // A goal's page: its place, its title, the goals below it.
    browser.client.goto(&format!("{address}/goals/{jobs}")).await?;
    browser.says("Grow the crews").await?;
    listening().await?;
    let back = [("from", crews.as_str()), ("parent", clear.as_str()), ("position", "last")];
    assert_eq!(app.post(&app.owner, &format!("/goals/{jobs}/placement"), &back).await?.status, 303);
    let crumbs =
        "return document.querySelector('#head .crumbs')?.textContent.includes('Clear the backlog') ?? false";
    wait::until("the way to the goal is told anew", || async {
        Ok((browser.client.execute(crumbs, Vec::new()).await? == json!(true)).then_some(()))
    })
    .await?;
    browser.client.goto(&format!("{address}/goals/{crews}")).await?;
    browser.says("Nothing is aligned to this goal yet.").await?;
    listening().await?;
    make("key_result", "Hire ten fitters", Some(&crews)).await?;
    browser.says("Hire ten fitters").await
}
