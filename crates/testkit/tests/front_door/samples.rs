//! Sample OKRs: from the library by a preview to goals, all in one, and back as one.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

async fn goals(app: &App) -> Result<Vec<Value>> {
    let all = app.api_ok(&app.owner, "GET", "/orgs/calder/goals?limit=200", None).await?;
    Ok(all["items"].as_array().cloned().unwrap_or_default())
}

both_engines! {
    async fn a_choice_becomes_goals_and_goes_as_one(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let library = app.page(&app.owner, "/samples").await?;
        assert_eq!(library.status, 200);
        for part in ["Customer support", "Forecast so well", "value=\"engineering-ship-calmly\"", "Q1 2026"] {
            assert!(library.text.contains(part), "{part}: {}", library.text);
        }
        let team = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Rivers"}))).await?;
        let team = team["id"].as_str().unwrap_or("").to_owned();
        let period = app.period("Q2 2026").await?.to_string();
        let choice = format!("pick=sales-honest-forecast&pick=engineering-sleep-well&period={period}&whose=team&team={team}");
        let preview = app.page(&app.owner, &format!("/samples/preview?{choice}")).await?;
        assert_eq!(preview.status, 200);
        for part in ["Preview, not saved yet", "2 objectives and 6 key results", "Q2 2026, Rivers, owned by Ruth Owner", "28% → 8%"] {
            assert!(preview.text.contains(part), "{part}: {}", preview.text);
        }
        assert!(goals(&app).await?.is_empty(), "a preview makes nothing");

        let fields = [("pick", "sales-honest-forecast"), ("pick", "engineering-sleep-well"), ("period", &*period), ("whose", "team"), ("team", &*team)];
        let done = app.post(&app.owner, "/samples", &fields).await?;
        assert_eq!(done.status, 303, "{}", done.text);
        let made = done.header("location").to_owned();
        let page = app.page(&app.owner, &made).await?;
        assert!(page.status == 200 && page.text.contains("2 objectives and 6 key results") && page.text.contains("Undo"), "{}", page.text);
        let all = goals(&app).await?;
        assert_eq!(all.len(), 8);
        for goal in &all {
            assert_eq!((&goal["period_id"], &goal["team_ids"], &goal["owner_ids"]), (&json!(period), &json!([team]), &json!([app.owner.id])));
            assert_eq!(goal["parents"].as_array().map(Vec::len), Some(usize::from(goal["kind"] == "key_result")));
        }
        let error = all.iter().find(|goal| goal["title"].as_str().is_some_and(|title| title.contains("mean error")));
        let metric = error.map(|goal| goal["metric"].clone()).unwrap_or_default();
        assert_eq!((&metric["kind"], &metric["start"], &metric["target"], &metric["unit"]), (&json!("decrease"), &json!(28.0), &json!(8.0), &json!("%")));
        assert!(app.page(&app.owner, "/samples").await?.text.contains("Taken lately"));

        // Only who may delete them takes them back; once; and they can be restored as one.
        let removal = format!("{made}/removal");
        let member = app.person(Role::Member).await?;
        assert_eq!(app.page(&member, &made).await?.status, 200);
        assert_eq!(app.post(&member, &removal, &[]).await?.status, 403);
        let stranger = app.stranger().await?;
        assert_eq!(app.page(&stranger, &made).await?.status, 404);
        assert_eq!(app.post(&stranger, &removal, &[]).await?.status, 404);
        assert_eq!(app.post(&app.owner, &removal, &[]).await?.header("location"), "/samples");
        assert!(goals(&app).await?.is_empty());
        assert_eq!(app.post(&app.owner, &removal, &[]).await?.status, 404);
        assert_eq!(app.page(&app.owner, &made).await?.status, 404);
        // The first goal of the batch brings all of them back.
        let first = all.iter().find(|goal| goal["title"].as_str().is_some_and(|title| title.starts_with("Forecast so well")));
        let first = first.and_then(|goal| goal["id"].as_str()).unwrap_or("");
        assert_eq!(app.post(&app.owner, &format!("/goals/{first}/restoration"), &[]).await?.status, 303);
        assert_eq!(goals(&app).await?.len(), 8);
        Ok(())
    }

    async fn a_wrong_choice_is_named_and_makes_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let period = app.period("Q1 2026").await?.to_string();
        for (query, message) in [
            (format!("period={period}&whose=person"), "Choose at least one"),
            (format!("pick=nothing&period={period}&whose=person"), "Names a sample that there is not"),
            (format!("pick=sales-new-market&period={period}&whose=team"), "Choose a team"),
        ] {
            let refused = app.page(&app.owner, &format!("/samples/preview?{query}")).await?;
            assert!(refused.status == 422 && refused.text.contains(message), "{message}: {}", refused.text);
        }
        // Refused as a whole: a period of nobody, a team of nobody, and what a member may not create.
        let unknown = "0199a000-0000-7000-8000-000000000000";
        let member = app.person(Role::Member).await?;
        for (by, fields, status) in [
            (&app.owner, [("pick", "sales-new-market"), ("period", unknown), ("whose", "person"), ("team", "")], 422),
            (&app.owner, [("pick", "sales-new-market"), ("period", &*period), ("whose", "team"), ("team", unknown)], 422),
            (&member, [("pick", "sales-new-market"), ("period", &*period), ("whose", "organization"), ("team", "")], 403),
        ] {
            let refused = app.post(by, "/samples", &fields).await?;
            assert_eq!(refused.status, status, "{fields:?}: {}", refused.text);
        }
        assert!(goals(&app).await?.is_empty());
        let own = [("pick", "sales-new-market"), ("period", &*period), ("whose", "person")];
        assert_eq!(app.post(&member, "/samples", &own).await?.status, 303);
        assert_eq!(goals(&app).await?.len(), 4);
        Ok(())
    }

    async fn the_library_searches_without_scripts_too(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(json!({"name": "Rivers"}))).await?;
        let found = app.page(&app.owner, "/samples/preview?pick=sales-new-market&whose=team&team_query=riv&search=team").await?;
        assert!(found.status == 200 && found.text.contains("Rivers") && found.text.contains("value=\"sales-new-market\" checked"), "{}", found.text);
        Ok(())
    }
}
