//! Goals changed by page.

use anyhow::Result;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

both_engines! {
async fn deletes_after_asking(db: Database) -> Result<()> {
    let app = App::new(&db).await?;
    let owner = &app.owner;
    let member = app.person(Role::Member).await?;
    let period = app.period("Q1 2026").await?;
    let body =
        json!({ "kind": "objective", "title": "Ship <it>", "level": "organization", "period_id": period });
    let path = format!("/orgs/{}/goals", app.org);
    let goal = app.api_ok(owner, "POST", &path, Some(body)).await?;
    let id = goal["id"].as_str().unwrap().to_owned();
    let (page, delete, restore) =
        (format!("/goals/{id}"), format!("/goals/{id}/deletion"), format!("/goals/{id}/restoration"));

    let asked = app.fragment(owner, &delete).await?;
    assert_eq!(asked.status, 200, "{}", asked.text);
    assert!(asked.text.contains("Delete “Ship &lt;it&gt;”?"), "{}", asked.text);

    // Refused: no form token, no right, a version that is old, one that is none. Nothing changes.
    let forged = Request::post(&delete)
        .header(header::COOKIE, format!("session={}", owner.session))
        .body("".into())?;
    assert_eq!(app.send(forged).await?.status, 403);
    assert_eq!(app.post(&member, &delete, &[]).await?.status, 403);
    assert_eq!(app.post(owner, &delete, &[("version", "99")]).await?.status, 409);
    assert_eq!(app.post(owner, &delete, &[("version", "x")]).await?.status, 422);
    assert_eq!(app.post(owner, &restore, &[]).await?.status, 404, "it is not deleted");
    assert_eq!(app.page(owner, &page).await?.status, 200);

    let version = goal["version"].to_string();
    let done = app.post(owner, &delete, &[("version", &version)]).await?;
    assert_eq!(done.status, 200, "{}", done.text);
    assert!(done.text.contains(&restore), "{}", done.text);
    assert_eq!(app.page(owner, &page).await?.status, 404);

    assert_eq!(app.post(&member, &restore, &[]).await?.status, 403);
    let back = app.post(owner, &restore, &[]).await?;
    assert_eq!((back.status, back.header("location")), (303, page.as_str()));
    assert_eq!(app.page(owner, &page).await?.status, 200);
    Ok(())
}
}
