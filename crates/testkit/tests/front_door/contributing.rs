//! Contributions by page: fixed and automatic shares, what cannot count and why, and what a change would move.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use super::moving::{Goals, post_from};

both_engines! {
    async fn shares_are_fixed_divided_previewed_and_saved(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let top = goals.objective("Top", &[]).await?;
        let a = goals.objective("A <b>", &[&top]).await?;
        let (one, two, three) = (goals.key_result("one", &[&a]).await?, goals.key_result("two", &[&a]).await?, goals.key_result("three", &[&a]).await?);
        for (id, value) in [(&one, 80.0), (&two, 20.0), (&three, 50.0)] {
            goals.check_in(id, value).await?;
        }
        let page = format!("/goals/{a}/contributions");
        let dialog = app.fragment(&app.owner, &page).await?;
        assert_eq!(dialog.status, 200, "{}", dialog.text);
        assert!(dialog.text.contains("A &lt;b&gt;") && dialog.text.contains("placeholder=\"33.3%\""), "{}", dialog.text);
        assert!(app.page(&app.owner, &page).await?.text.contains("<html"), "a page of its own without scripts");

        let (one_s, two_s, three_s) = (format!("share-{one}"), format!("share-{two}"), format!("share-{three}"));
        let filled = |first: &'static str, second: &'static str| {
            vec![(one_s.as_str(), first), (two_s.as_str(), second), (three_s.as_str(), ""), ("new_children_contribute", "true")]
        };
        let preview = format!("{page}/preview");
        let seen = app.post(&app.owner, &preview, &filled("75 %", "0")).await?;
        assert_eq!(seen.status, 200);
        // 75 % of 80 and 25 % of 50; the objective above follows.
        assert!(seen.text.contains("72.5%") && seen.text.contains("Top"), "{}", seen.text);
        assert_eq!(goals.progress(&a).await?, Some(50.0), "nothing is written");

        let version = goals.get(&a).await?["version"].to_string();
        let mut fields = filled("75,0", "0");
        fields.push(("version", &version));
        let saved = post_from(&app, &app.owner, "/explorer", &page, &fields).await?;
        assert!(saved.status == 200 && saved.text.contains("Contributions saved"), "{}", saved.text);
        assert_eq!(goals.progress(&a).await?, Some(72.5));
        assert_eq!(goals.progress(&top).await?, Some(72.5));
        let again = app.fragment(&app.owner, &page).await?.text;
        assert!(again.contains("value=\"75\"") && again.contains("value=\"0\""), "{again}");

        // Refused at the field, with what was typed; nothing changes.
        for (first, second, says) in [("120", "", "Must be from 0 to 100."), ("lots", "", "Type a number from 0 to 100."),
            ("60", "50", "The fixed shares add up to 110 %, more than 100 %.")] {
            let wrong = post_from(&app, &app.owner, "/explorer", &page, &filled(first, second)).await?;
            assert_eq!(wrong.status, 422, "{first} {second}");
            assert!(wrong.text.contains(says) && wrong.text.contains(&format!("value=\"{first}\"")), "{says}: {}", wrong.text);
            let told = app.post(&app.owner, &preview, &filled(first, second)).await?;
            assert!(told.status == 200 && told.text.contains(says), "{}", told.text);
        }
        // Somebody else was faster: both are shown, and nothing typed is lost.
        let mut stale = filled("10", "");
        stale.push(("version", &version));
        let conflict = post_from(&app, &app.owner, "/explorer", &page, &stale).await?;
        assert_eq!(conflict.status, 409);
        assert!(conflict.text.contains("value=\"10\"") && conflict.text.contains("Stored: 75%"), "{}", conflict.text);
        assert_eq!(goals.progress(&a).await?, Some(72.5));
        assert_eq!(post_from(&app, &app.owner, "/explorer", &page, &[("version", "x")]).await?.status, 422);

        // Equal again, by the button that works without scripts; and new goals start at nothing.
        let reset = app.post(&app.owner, &page, &[("reset", "true"), ("new_children_contribute", "")]).await?;
        assert_eq!((reset.status, reset.header("location")), (303, format!("/goals/{a}").as_str()));
        assert_eq!(goals.progress(&a).await?, Some(50.0));
        goals.key_result("four", &[&a]).await?;
        assert_eq!(goals.progress(&a).await?, Some(50.0), "it does not count yet");
        assert!(app.fragment(&app.owner, &page).await?.text.contains("four"));
        Ok(())
    }

    async fn what_cannot_count_says_why(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let a = goals.objective("A", &[]).await?;
        let kr = goals.key_result("kr", &[&a]).await?;
        let below = goals.objective("below", &[&a]).await?;
        let work = goals.make("initiative", "work", &[&a], json!({})).await?;
        goals.check_in(&kr, 50.0).await?;
        goals.settings(json!({ "block_objective_contribution": true, "initiative_contribution": "blocked" })).await?;
        let page = format!("/goals/{a}/contributions");
        let dialog = app.fragment(&app.owner, &page).await?.text;
        assert!(dialog.contains("Initiatives do not contribute in this organisation: an admin can allow it in OKR model."), "{dialog}");
        assert!(dialog.contains("Objectives do not contribute in this organisation. This one still counts from before"), "{dialog}");
        // It is untouched until edited, and then only 0 will do.
        let (kr_s, below_s, work_s) = (format!("share-{kr}"), format!("share-{below}"), format!("share-{work}"));
        assert_eq!(goals.progress(&a).await?, Some(25.0));
        assert_eq!(post_from(&app, &app.owner, "/", &page, &[(&kr_s, "60")]).await?.status, 200);
        assert_eq!(goals.progress(&a).await?, Some(30.0));
        for name in [&below_s, &work_s] {
            let wrong = post_from(&app, &app.owner, "/", &page, &[(name, "10")]).await?;
            assert!(wrong.status == 422 && wrong.text.contains("Must be 0"), "{}", wrong.text);
        }
        assert_eq!(post_from(&app, &app.owner, "/", &page, &[(&kr_s, ""), ("zero", &below)]).await?.status, 200);
        assert_eq!(goals.progress(&a).await?, Some(50.0));

        // A goal that is checked in by hand takes nothing from below.
        app.api_ok(&app.owner, "PATCH", &format!("/goals/{a}"), Some(json!({ "progress_mode": "manual" }))).await?;
        let dialog = app.fragment(&app.owner, &page).await?.text;
        assert!(dialog.contains("This goal is checked in by hand") && !dialog.contains("data-share"), "{dialog}");
        let refused = post_from(&app, &app.owner, "/", &page, &[(&kr_s, "60")]).await?;
        assert!(refused.status == 422 && refused.text.contains("set its progress to roll up first"), "{}", refused.text);

        // Values that are added up count or do not.
        goals.settings(json!({ "key_results_under_key_results": true })).await?;
        let metric = |unit: &str| json!({ "metric": { "kind": "reach", "target": 100, "unit": unit }, "progress_mode": "rollup" });
        let sum = goals.make("key_result", "sum", &[&a], metric("jobs")).await?;
        let (x, y) = (goals.make("key_result", "x", &[&sum], metric("jobs")).await?, goals.make("key_result", "y", &[&sum], metric("£")).await?);
        for (id, value) in [(&x, 30.0), (&y, 5.0)] {
            app.api_ok(&app.owner, "PATCH", &format!("/goals/{id}"), Some(json!({ "progress_mode": "manual" }))).await?;
            goals.check_in(id, value).await?;
        }
        let page = format!("/goals/{sum}/contributions");
        let dialog = app.fragment(&app.owner, &page).await?.text;
        assert!(dialog.contains("shares do not apply") && dialog.contains("measured in another unit") && !dialog.contains("data-share"), "{dialog}");
        assert_eq!(goals.get(&sum).await?["metric"]["current"], 30.0);
        assert_eq!(post_from(&app, &app.owner, "/", &page, &[("listed", &x), ("counts", &x)]).await?.status, 200);
        assert_eq!(goals.get(&sum).await?["metric"]["current"], 30.0);
        let off = app.post(&app.owner, &format!("{page}/preview"), &[("listed", &x)]).await?;
        assert_eq!(off.status, 200, "{}", off.text);
        Ok(())
    }

    async fn only_editors_weigh_and_what_others_hide_counts_without_a_name(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "private_goals": true })).await?;
        let (member, lead) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let a = goals.make("objective", "A", &[], json!({ "owner_ids": [lead.id] })).await?;
        let open = goals.key_result("open", &[&a]).await?;
        let secret = goals.make("key_result", "secret merger", &[&a], json!({ "visibility": "restricted", "owner_ids": [app.owner.id] })).await?;
        app.api_ok(&app.owner, "PUT", &format!("/goals/{a}/contributions"), Some(json!({ "shares": [{ "child_id": secret, "share": 40 }] }))).await?;
        let page = format!("/goals/{a}/contributions");
        let dialog = app.fragment(&lead, &page).await?;
        assert_eq!(dialog.status, 200, "{}", dialog.text);
        assert!(dialog.text.contains("One goal that only named people see") && dialog.text.contains("open"), "{}", dialog.text);
        assert!(!dialog.text.contains("merger") && !dialog.text.contains(&secret), "{}", dialog.text);
        // Its share stands, and leaves 60 at most for the others.
        let open_s = format!("share-{open}");
        assert_eq!(post_from(&app, &lead, "/", &page, &[(&open_s, "70")]).await?.status, 422);
        assert_eq!(post_from(&app, &lead, "/", &page, &[(&open_s, "60")]).await?.status, 200);
        let named = format!("share-{secret}");
        assert_eq!(post_from(&app, &lead, "/", &page, &[(&named, "0")]).await?.status, 422);

        let stranger = app.stranger().await?;
        let preview = format!("{page}/preview");
        assert_eq!(app.page(&member, &page).await?.status, 403);
        assert_eq!(app.page(&stranger, &page).await?.status, 404);
        for path in [&page, &preview] {
            assert_eq!(app.post(&member, path, &[(&open_s, "1")]).await?.status, 403, "{path}");
            assert_eq!(app.post(&stranger, path, &[(&open_s, "1")]).await?.status, 404, "{path}");
        }
        Ok(())
    }
}
