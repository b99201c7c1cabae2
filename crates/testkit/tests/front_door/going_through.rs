//! Going through many goals one after the other: check-ins that one owes, those due in a list, and what remains to be closed.
//! However many stand before them, none is left out, and the counts are true.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App};
use serde_json::{Value, json};

use super::moving::Goals;

fn says(answer: &Answer, text: &str) {
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
}

/// The goal that a dialog is about.
fn of(answer: &Answer) -> String {
    let path = answer.text.split("action=\"/goals/").nth(1).unwrap_or_default();
    path.split(['/', '"']).next().unwrap_or_default().to_owned()
}

both_engines! {
    async fn closing_reaches_goals_behind_two_hundred_others(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let member = app.person(Role::Member).await?;
        for n in 0..204 {
            goals.objective(&format!("Theirs {n}"), &[]).await?;
        }
        for n in 0..3 {
            goals.make("objective", &format!("Mine {n}"), &[], json!({ "owner_ids": [member.id] })).await?;
        }
        let begin = format!("/closing?list=organization:{}", app.org);
        let first = app.fragment(&member, &begin).await?;
        for text in ["Continue with 2 remaining", "Mine 0"] {
            says(&first, text);
        }
        let skipped = app.fragment(&member, &format!("{begin}&skip={}", of(&first))).await?;
        for text in ["Continue with 1 remaining", "Mine 1"] {
            says(&skipped, text);
        }
        says(&app.fragment(&app.owner, &begin).await?, "Continue with 206 remaining");
        let other = app.person(Role::Member).await?;
        says(&app.fragment(&other, &begin).await?, "Every goal here that you may close");
        Ok(())
    }

    async fn the_queue_goes_on_behind_thirty(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let member = app.person(Role::Member).await?;
        let top = goals.objective("Top", &[]).await?;
        let mut owed = Vec::new();
        for n in 0..35 {
            owed.push(goals.make("key_result", &format!("Owed {n:02}"), &[&top], json!({ "owner_ids": [member.id] })).await?);
        }
        let home = app.page(&member, "/").await?;
        for text in ["35 check-ins", "35<span class=\"sr\"> check-ins due", "These are the first 30."] {
            says(&home, text);
        }
        let first = app.fragment(&member, "/check-ins").await?;
        says(&first, "1 of 35");
        // With the first thirty skipped five remain.
        let skips: String = owed[..30].iter().map(|id| format!("&skip={id}")).collect();
        let on = app.fragment(&member, &format!("/check-ins?of=35{skips}")).await?;
        says(&on, "31 of 35");
        assert!(owed[30..].contains(&of(&on)), "{}", on.text);
        // A check-in for a past day leaves its goal due; it does not come again at once, with and without scripts.
        let last = owed[34].as_str();
        let mut fields = vec![("value", "10"), ("of", "35"), ("as_of", "2026-01-05")];
        fields.extend(owed[..34].iter().map(|id| ("skip", id.as_str())));
        let path = format!("/goals/{last}/check-ins");
        let end = app.post_htmx(&member, &path, &fields).await?;
        assert_eq!(end.status, 200, "{}", end.text);
        assert!(end.text.contains("That was the last one") || end.text.contains("Nothing more to check in"), "{}", end.text);
        let plain = app.post(&member, &path, &fields).await?;
        assert_eq!(plain.status, 303, "{}", plain.text);
        let next = app.page(&member, plain.header("location")).await?;
        says(&next, "That was the last one");
        Ok(())
    }

    async fn an_owner_goes_through_what_is_due_in_the_team(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (lead, one, other) = (app.person(Role::Member).await?, app.person(Role::Member).await?, app.person(Role::Member).await?);
        let made = app.post(&app.owner, "/teams", &[("name", "Ships"), ("owners", &lead.id.to_string())]).await?;
        let team = made.header("location").trim_start_matches("/teams/").to_owned();
        let top = goals.objective("Top", &[]).await?;
        let in_team = |owner: &Value| json!({ "level": "team", "team_ids": [team], "owner_ids": [owner] });
        let mut ids = Vec::new();
        for title in ["Hull", "Mast", "Sail"] {
            ids.push(goals.make("key_result", title, &[&top], in_team(&json!(one.id))).await?);
        }
        // What is fresh, what follows others and what is closed is not due.
        goals.check_in(&ids[2], 10.0).await?;
        goals.make("objective", "Fleet", &[], in_team(&json!(one.id))).await?;
        let page = app.page(&lead, &format!("/teams/{team}")).await?;
        let begin = page.text.split("href=\"/check-ins?due=").nth(1).and_then(|rest| rest.split('"').next());
        let begin = format!("/check-ins?due={}", begin.unwrap_or_default().replace("&amp;", "&"));
        assert!(begin.contains(&format!("team:{team}")), "{}", page.text);
        let first = app.fragment(&lead, &begin).await?;
        for text in ["1 of 2", "name=\"due\""] {
            says(&first, text);
        }
        assert_eq!(of(&first), ids[0]);
        let list = format!("team:{team}");
        let fields = [("value", "30"), ("of", "2"), ("due", list.as_str())];
        let second = app.post_htmx(&lead, &format!("/goals/{}/check-ins", ids[0]), &fields).await?;
        says(&second, "2 of 2");
        assert_eq!(of(&second), ids[1]);
        let plain = app.post(&lead, &format!("/goals/{}/check-ins", ids[1]), &fields).await?;
        let end = app.page(&lead, plain.header("location")).await?;
        for text in ["You made 2 check-ins.", "Back to the list", &format!("href=\"/teams/{team}\"")] {
            says(&end, text);
        }
        assert_eq!(goals.get(&ids[1]).await?["progress"], 30.0);
        // Who may not check in on any of them is offered none; a list of nowhere is not found.
        app.clock.advance_days(7);
        says(&app.fragment(&lead, &begin).await?, "1 of 3");
        says(&app.fragment(&other, &begin).await?, "No check-in is due here that you may make.");
        assert!(!app.page(&other, &format!("/teams/{team}")).await?.text.contains("/check-ins?due="));
        let stranger = app.stranger().await?;
        says(&app.fragment(&stranger, &format!("/check-ins?due={list}")).await?, "No check-in is due here that you may make.");
        assert_eq!(app.page(&lead, "/check-ins?due=nowhere").await?.status, 404);
        Ok(())
    }
}
