//! Somebody of one organisation asks to join another; its owner lets them in.

use anyhow::Result;
use northing_store::Engine;
use northing_testkit::browser::Browser;
use northing_testkit::database::{Database, run};
use northing_testkit::front_door::App;
use serde_json::json;

use crate::support::{looks_good, served, sign_in};

#[test]
fn who_asks_is_let_in() {
    run(Engine::Sqlite, journey);
}

async fn journey(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let stranger = app.stranger().await?;
    let takes = json!({ "settings": { "join_requests": true } });
    app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(takes)).await?;
    let address = served(&app).await?;
    let theirs = Browser::open().await?;
    sign_in(&theirs, &address, &stranger.email).await?;
    theirs.client.goto(&format!("{address}/organisations")).await?;
    theirs.press(".org-a summary").await?;
    theirs.keys(".org-a input[name=message]", "I run the pilot at Northern Grid").await?;
    looks_good(&theirs, "joining-ask").await?;
    theirs.press(".org-a button[name=organization]").await?;
    theirs.says("You asked on").await?;
    theirs.is_accessible().await?;

    let ours = Browser::open().await?;
    sign_in(&ours, &address, &app.owner.email).await?;
    ours.says("asks to join: “I run the pilot at Northern Grid”").await?;
    ours.press("#notices a[href='/admin/members']").await?;
    ours.says("Requests to join").await?;
    ours.press(".req summary").await?;
    looks_good(&ours, "joining-requests").await?;
    ours.press(".req form[action$='/acceptance'] button").await?;
    ours.says(&stranger.email).await?;
    let left = ours.client.find_all(fantoccini::Locator::Css("#requests")).await?;
    assert!(left.is_empty(), "the request is still there");

    theirs.client.goto(&address).await?;
    theirs.says("You are a member of Calder now").await?;
    theirs.press("#notices a[href='/organisations']").await?;
    theirs.press(&format!("button[name=organization][value='{}']", app.org)).await?;
    theirs.says("My OKRs").await?;
    theirs.client.goto(&format!("{address}/organisation")).await?;
    theirs.says("Calder").await?;
    theirs.client.clone().close().await?;
    ours.client.clone().close().await?;
    Ok(())
}
