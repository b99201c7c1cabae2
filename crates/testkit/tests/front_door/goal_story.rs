//! What a goal's page tells of the past, what it costs at any size, and what becomes of deleted goals.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use northing_app::{Error, PageRequest};
use northing_core::people::Role;
use northing_store::sql;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::lifecycle::{goal, htmx, objective};

both_engines! {
    async fn the_activity_is_told_in_sentences_and_pages_by_key(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let top = objective(&app, "Grow").await?;
        let metric = json!({ "kind": "increase", "start": 200, "target": 400, "unit": "installs" });
        let id = goal(&app, owner, "Install", json!({ "parents": [{ "id": top }], "metric": metric })).await?;
        let other = objective(&app, "Delight").await?;
        app.clock.advance_millis(1000);
        let target = json!({ "metric": { "kind": "increase", "start": 200, "target": 440, "unit": "installs" } });
        app.api_ok(owner, "PATCH", &format!("/goals/{id}"), Some(target)).await?;
        app.clock.advance_millis(1000);
        app.post(owner, &format!("/goals/{id}/check-ins"), &[("as", "value"), ("value", "320")]).await?;
        app.clock.advance_millis(1000);
        app.api_ok(owner, "PUT", &format!("/goals/{id}/parents"), Some(json!([{ "id": other }]))).await?;
        app.clock.advance_millis(1000);
        app.post(owner, &format!("/goals/{id}/comments"), &[("text", "Well **done**")]).await?;
        let text = app.page(owner, &format!("/goals/{id}/activity")).await?.text;
        for told in [
            "created it", "changed the target from 400 to 440", "320 installs", "aligned it to ",
            &format!("<a href=\"/goals/{other}\">Delight</a>"), " instead of ", "commented: “Well done”",
            &format!("<a href=\"/people/{}\">Ruth Owner</a>", owner.id),
        ] {
            assert!(text.contains(told), "{told}: {text}");
        }
        // No identifier and no name of an event is shown: only addresses hold them.
        let shown: String = text.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, words)| words).collect();
        let list = shown.split("Activity").nth(2).context("the list")?;
        for raw in ["goal.", "check_in", "comment.", &id, &other] {
            assert!(!list.contains(raw), "{raw}: {list}");
        }
        for n in 0..60 {
            app.clock.advance_millis(1000);
            let text = format!("say-{n}.");
            app.post(owner, &format!("/goals/{id}/comments"), &[("text", &text)]).await?;
        }
        let first = app.page(owner, &format!("/goals/{id}/activity")).await?.text;
        let (_, more) = first.split_once(&format!("/goals/{id}/activity?cursor=")).context("more")?;
        let more = format!("/goals/{id}/activity?cursor={}", more.split('"').next().unwrap());
        assert!(!first.contains("created it") && first.contains("say-59."), "{first}");
        let rest = app.fragment(owner, &more).await?.text;
        assert!(rest.contains("created it") && !rest.contains("say-59."), "{rest}");
        let stranger = app.stranger().await?;
        assert_eq!(app.page(&stranger, &format!("/goals/{id}/activity")).await?.status, 404);
        Ok(())
    }

    async fn the_goal_page_and_my_okrs_cost_the_same_at_any_size(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let me = app.person(Role::Member).await?;
        let top = goal(&app, &me, "Grow", json!({ "progress_mode": "rollup" })).await?;
        let mut counts = Vec::new();
        for size in [2, 12] {
            for n in 0..size {
                let title = format!("Part {size} {n}");
                let id = goal(&app, &me, &title, json!({ "parents": [{ "id": top }] })).await?;
                app.clock.advance_millis(1000);
                app.post(&me, &format!("/goals/{id}/check-ins"), &[("value", "10"), ("note", "By @Ruth Owner")]).await?;
                app.post(&me, &format!("/goals/{top}/check-ins"), &[("value", "10")]).await?;
                app.post(&me, &format!("/goals/{top}/comments"), &[("text", "And @Ruth Owner")]).await?;
                goal(&app, &me, &title, json!({ "kind": "initiative", "parents": [{ "id": top }] })).await?;
            }
            let mut of = Vec::new();
            for path in [format!("/goals/{top}"), String::from("/"), format!("/goals/{top}/panel"), String::from("/check-ins")] {
                let before = db.statements();
                let page = app.page(&me, &path).await?;
                assert_eq!(page.status, 200, "{path}: {}", page.text);
                of.push(db.statements() - before);
            }
            counts.push(of);
        }
        assert_eq!(counts[0], counts[1], "goal page, My OKRs, panel, queue");
        Ok(())
    }

    async fn deleted_goals_wait_to_be_restored_with_all_that_went_along(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let top = objective(&app, "Grow").await?;
        let parents = json!({ "parents": [{ "id": top }] });
        let child = goal(&app, owner, "Install", parents.clone()).await?;
        goal(&app, owner, "Repair", parents).await?;
        assert!(app.page(owner, "/trash").await?.text.contains("Nothing was deleted"));
        let asked = app.fragment(owner, &format!("/goals/{top}/deletion")).await?.text;
        assert!(asked.contains("Delete it with everything under it: 2 goals"), "{asked}");
        let done = htmx(&app, owner, &format!("/goals/{top}/deletion"), &[("children", "true")]).await?;
        assert!(done.text.contains("Undo") && done.text.contains("and 2 below it"), "{}", done.text);
        let trash = app.page(owner, "/trash").await?.text;
        for part in ["Grow", "and 2 goals below it", "Deleted by Ruth Owner", "Can be restored until 17 Mar", "Restore"] {
            assert!(trash.contains(part), "{part}: {trash}");
        }
        assert!(!trash.contains("Install"), "what went along stands with what was deleted");
        let member = app.person(Role::Member).await?;
        let theirs = app.page(&member, "/trash").await?.text;
        assert!(theirs.contains("Grow") && !theirs.contains("/restoration"), "{theirs}");
        assert!(!app.page(&app.stranger().await?, "/trash").await?.text.contains("Grow"));
        let back = app.post(owner, &format!("/goals/{top}/restoration"), &[]).await?;
        assert_eq!((back.status, back.header("location")), (303, format!("/goals/{top}").as_str()));
        assert_eq!(app.page(owner, &format!("/goals/{child}")).await?.status, 200);
        assert!(app.page(owner, "/trash").await?.text.contains("Nothing was deleted"));
        Ok(())
    }

    async fn after_thirty_days_deleted_goals_are_gone_for_good(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (old, young, kept) = (objective(&app, "Old").await?, objective(&app, "Young").await?, objective(&app, "Kept").await?);
        app.post(&app.owner, &format!("/goals/{old}/deletion"), &[]).await?;
        app.clock.advance_days(2);
        app.post(&app.owner, &format!("/goals/{young}/deletion"), &[]).await?;
        app.northing.begin_day().await?;
        app.clock.advance_days(29);
        app.northing.begin_day().await?;
        let there = |id: String| {
            let store = Arc::new(db.store());
            async move {
                let row = sql("SELECT COUNT(*) AS n FROM goals WHERE id = $1").bind(id).fetch_one(&mut store.read_once().await?).await?;
                anyhow::Ok(row.int("n")?)
            }
        };
        assert_eq!((there(old.clone()).await?, there(young).await?, there(kept).await?), (0, 1, 1));
        let trash = app.northing.trash(&app.owner.actor, &PageRequest::first()).await?.items;
        assert_eq!(trash.iter().map(|line| line.deleted.title.as_str()).collect::<Vec<_>>(), ["Young"]);
        let back = app.northing.restore_goal(&app.owner.actor, old.parse()?).await;
        assert!(matches!(back, Err(Error::NotFound(_))), "{back:?}");
        let audit = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/audit?action=goal.purged", app.org), None).await?;
        assert_eq!(audit["items"].as_array().context("items")?.len(), 1, "{audit}");
        Ok(())
    }
}
