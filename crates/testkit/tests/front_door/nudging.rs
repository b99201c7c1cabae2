//! Asking for a check-in: who may, who is told, and how often.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

use crate::moving::Goals;

/// What somebody was told besides that they own a goal.
async fn told(app: &App, by: &Person) -> Result<Vec<Value>> {
    let told = app.api_ok(by, "GET", "/orgs/calder/notices", None).await?;
    let all = told["items"].as_array().cloned().unwrap_or_default();
    Ok(all.into_iter().filter(|it| it["kind"] != json!("made_owner")).collect())
}

both_engines! {
    /// goals §15 N67: of two owners the first, and whoever is named for check-ins before both.
    async fn the_check_in_owner_alone_is_told(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "shared_goals": true })).await?;
        let (a, b, asks) = (app.person(Role::Member).await?, app.person(Role::Member).await?, app.observer().await?);
        let goal = goals.make("objective", "Clear it", &[], json!({ "owner_ids": [a.id, b.id] })).await?;
        let path = format!("/goals/{goal}/nudge");
        let done = app.api_ok(&asks, "POST", &path, Some(json!({ "comment": "The board meets on Monday" }))).await?;
        assert_eq!(done["user_id"], json!(a.id));
        let notices = told(&app, &a).await?;
        assert_eq!((&notices[0]["kind"], &notices[0]["goal_id"], &notices[0]["detail"]["message"]), (&json!("nudge"), &json!(goal), &json!("The board meets on Monday")));
        assert!(told(&app, &b).await?.is_empty());
        let home = app.page(&a, "/").await?;
        assert!(home.text.contains("asks for a check-in on") && home.text.contains("“The board meets on Monday”"), "{}", home.text);
        let page = app.page(&app.owner, &format!("/goals/{goal}")).await?;
        assert!(page.text.contains("asked for a check-in by "), "{}", page.text);

        app.api_ok(&app.owner, "PATCH", &format!("/goals/{goal}"), Some(json!({ "check_in_owner_id": b.id }))).await?;
        app.clock.advance_days(1);
        let done = app.api_ok(&asks, "POST", &path, None).await?;
        assert_eq!(done["user_id"], json!(b.id));
        assert_eq!((told(&app, &a).await?.len(), told(&app, &b).await?.len()), (1, 1));
        Ok(())
    }

    /// Once a day for each goal and person, whatever became of the notice; two at once are one.
    async fn once_a_day(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (a, other) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let goal = goals.make("objective", "Clear it", &[], json!({ "owner_ids": [a.id] })).await?;
        let next = goals.make("objective", "Another", &[], json!({ "owner_ids": [a.id] })).await?;
        let path = format!("/goals/{goal}/nudge");
        let (one, two) = tokio::join!(app.api(&app.owner, "POST", &path, None), app.api(&app.owner, "POST", &path, None));
        let mut statuses = [one?.status, two?.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 422]);
        let notice = told(&app, &a).await?;
        let id = notice[0]["id"].as_str().context("a notice")?;
        assert_eq!(app.post(&a, &format!("/notices/{id}/dismissal"), &[]).await?.status, 303);
        let again = app.api(&app.owner, "POST", &path, None).await?;
        assert_eq!((again.status, &again.json()["errors"][0]["code"]), (422, &json!("nudged_today")), "{}", again.text);
        assert!(told(&app, &a).await?.is_empty());
        app.api_ok(&other, "POST", &path, None).await?;
        app.api_ok(&app.owner, "POST", &format!("/goals/{next}/nudge"), None).await?;
        app.clock.advance_days(1);
        app.api_ok(&app.owner, "POST", &path, None).await?;
        Ok(())
    }

    /// Nobody nudges themselves, nobody is nudged who isn't there, and what is closed takes no check-in.
    async fn what_is_refused_says_why(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let a = app.person(Role::Member).await?;
        let goal = goals.make("objective", "Clear it", &[], json!({ "owner_ids": [a.id] })).await?;
        let bare = goals.make("objective", "Nobody's", &[], json!({ "owner_ids": [] })).await?;
        let path = |goal: &str| format!("/goals/{goal}/nudge");
        let code = async |by: &Person, goal: &str| {
            let answer = app.api(by, "POST", &path(goal), None).await?;
            Ok::<_, anyhow::Error>((answer.status, answer.json()["errors"][0]["code"].as_str().unwrap_or_default().to_owned()))
        };
        assert_eq!(code(&a, &goal).await?, (422, String::from("own_check_in")));
        assert_eq!(code(&app.owner, &bare).await?, (422, String::from("no_check_in_owner")));
        assert_eq!(code(&app.stranger().await?, &goal).await?.0, 404);
        assert!(!app.page(&a, &format!("/goals/{goal}")).await?.text.contains(&path(&goal)), "no form for oneself");
        let long = "x".repeat(501);
        let typed = app.post(&app.owner, &path(&goal), &[("comment", &long)]).await?;
        assert!(typed.status == 422 && typed.text.contains(&long) && typed.text.contains("aria-invalid"), "{}", typed.text);
        let page = app.page(&app.owner, &format!("/goals/{goal}")).await?;
        assert!(page.text.contains(&path(&goal)), "{}", page.text);
        let sent = app.post_htmx(&app.owner, &path(&goal), &[("comment", "please")]).await?;
        assert!(sent.status == 200 && sent.text.contains("is asked on My OKRs"), "{}", sent.text);
        let again = app.post_htmx(&app.owner, &path(&goal), &[("comment", "please")]).await?;
        assert!(again.status == 422 && again.text.contains("Once a day is enough") && again.text.contains("value=\"please\""), "{}", again.text);
        app.api_ok(&app.owner, "POST", &format!("/goals/{goal}/close"), Some(json!({ "score": 0.5 }))).await?;
        assert_eq!(code(&app.owner, &goal).await?, (422, String::from("closed")));
        assert!(!app.page(&app.owner, &format!("/goals/{goal}")).await?.text.contains(&path(&goal)));
        app.api_ok(&app.owner, "POST", &format!("/goals/{goal}/reopen"), None).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{}", a.id), Some(json!({ "status": "deactivated" }))).await?;
        assert_eq!(code(&app.owner, &goal).await?, (422, String::from("no_check_in_owner")));
        Ok(())
    }
}
