//! An import is written in parts: others work meanwhile, and one that ends early leaves nothing behind.

use std::time::Duration;

use anyhow::{Result, bail};
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;
use tokio::task::JoinHandle;

use crate::imports::{brindlewick, differences, samples};
use crate::imports_api::{taken_by_one_that_dies, work};
use crate::imports_undo::contents;

fn large() -> Result<Vec<u8>> {
    Ok(std::fs::read(samples().join("large_2000_goals.zip"))?)
}

async fn count(store: &Store, query: &'static str) -> Result<i64> {
    Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

/// Uploads the large sample; the import's address in the API.
async fn upload(app: &App) -> Result<String> {
    let path = format!("/orgs/{}/imports", app.org);
    let answer = app.upload(&app.owner, &path, &[], &[("export.zip", &large()?)]).await?;
    assert_eq!(answer.status, 202, "{}", answer.text);
    Ok(format!("{path}/{}", answer.json()["id"].as_str().unwrap()))
}

/// Waits until an import has written some goals and not all.
async fn half_way(store: &Store, before: i64) -> Result<i64> {
    for _ in 0..4_000 {
        let goals = count(store, "SELECT count(*) AS n FROM goals").await? - before;
        if (1..2_000).contains(&goals) {
            return Ok(goals);
        }
        if goals == 2_000 {
            bail!("it was written at once");
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    bail!("it never began");
}

/// Ends a worker in the middle of an import.
async fn die(store: &Store, worker: JoinHandle<northing_app::Result<bool>>) -> Result<()> {
    worker.abort();
    assert!(worker.await.is_err_and(|error| error.is_cancelled()), "it was done before it could die");
    // What it had begun is rolled back after it is gone, and holds its job until then: whoever waits for that row knows.
    let held = "UPDATE jobs SET run_at = run_at WHERE finished_at IS NULL";
    store.write((), move |tx, ()| Box::pin(async move { sql(held).execute(tx).await })).await?;
    Ok(())
}

/// A worker begins the import that waits and dies in the middle of it.
async fn die_half_way(app: &App, store: &Store) -> Result<()> {
    let northing = app.northing.clone();
    let worker = tokio::spawn(async move { northing.work_once("dead").await });
    half_way(store, 0).await?;
    die(store, worker).await
}

/// The state of an import, its reason, and how many goals there are.
async fn state(app: &App, store: &Store, one: &str) -> Result<(String, String, i64)> {
    let import = app.api_ok(&app.owner, "GET", one, None).await?;
    let goals = count(store, "SELECT count(*) AS n FROM goals").await?;
    let text = |name: &str| import[name].as_str().unwrap_or_default().to_owned();
    Ok((text("state"), text("error"), goals))
}

both_engines! {
    async fn people_check_in_while_an_import_is_written(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        app.northing.import_set(&app.owner.actor, "vivagoals:70731", brindlewick()?, false).await?;
        let row = sql("SELECT id FROM goals WHERE title LIKE 'Annual recurring revenue (contracted)%'")
            .fetch_one(&mut store.read_once().await?)
            .await?;
        let path = format!("/goals/{}/check-ins", row.id("id")?);
        let one = upload(&app).await?;
        let northing = app.northing.clone();
        let worker = tokio::spawn(async move { northing.work_once("worker").await });
        half_way(&store, 64).await?;
        let mut during = 0;
        while count(&store, "SELECT count(*) AS n FROM imports WHERE state = 'running'").await? > 0 {
            app.clock.advance_millis(1);
            app.api_ok(&app.owner, "POST", &path, Some(json!({ "value": 7_200_000 + during }))).await?;
            during += 1;
        }
        worker.await??;
        assert!(during > 1, "{during} check-ins while it ran");
        assert_eq!(state(&app, &store, &one).await?, (String::from("finished"), String::new(), 2_064));
        let kept = count(&store, "SELECT count(*) AS n FROM check_ins WHERE source = 'person'").await?;
        assert_eq!(kept, during, "each of them is there");
        let mut rx = store.read().await?;
        let day = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
        assert!(northing_testkit::tree::wrong(&mut rx, app.org, day).await?.is_empty());
        Ok(())
    }

    async fn one_that_is_cancelled_half_way_leaves_nothing(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        app.api_ok(&app.owner, "GET", "/me", None).await?; // notes that the token was used
        let before = contents(&store).await?;
        let one = upload(&app).await?;
        let northing = app.northing.clone();
        let worker = tokio::spawn(async move { northing.work_once("worker").await });
        half_way(&store, 0).await?;
        assert_eq!(app.api(&app.owner, "DELETE", &one, None).await?.status, 204);
        worker.await??;
        assert_eq!(state(&app, &store, &one).await?, (String::from("cancelled"), String::new(), 0));
        let after = contents(&store).await?;
        assert_eq!(differences(&before, &after), Vec::<String>::new());
        assert_eq!(differences(&after, &before), Vec::<String>::new());
        // The next one is a new one.
        upload(&app).await?;
        work(&app).await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 2_000);
        Ok(())
    }

    async fn what_a_worker_left_half_made_is_taken_back_and_done_anew(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let one = upload(&app).await?;
        die_half_way(&app, &store).await?;
        let (running, _, goals) = state(&app, &store, &one).await?;
        assert_eq!(running, "running");
        assert!(goals > 0);
        app.clock.advance_millis(121_000);
        work(&app).await?;
        assert_eq!(state(&app, &store, &one).await?, (String::from("finished"), String::new(), 2_000));
        for (query, expected) in [
            ("SELECT count(*) AS n FROM check_ins", 6_097),
            ("SELECT count(*) AS n FROM alignments", 2_178),
            ("SELECT count(*) AS n FROM comments", 975),
            ("SELECT count(*) AS n FROM members", 334),
        ] {
            assert_eq!(count(&store, query).await?, expected, "{query}");
        }
        let done = app.api_ok(&app.owner, "GET", &one, None).await?;
        assert_eq!(done["counts"]["goal"]["created"], json!(2_000), "{}", done["counts"]);
        let undone = app.api_ok(&app.owner, "DELETE", &one, None).await?;
        assert_eq!((&undone["removed"]["goal"], &undone["stays"]), (&json!(2_000), &json!([])));
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 0);
        Ok(())
    }

    async fn one_whose_workers_die_each_time_ends_as_failed_and_says_what_to_do(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let one = upload(&app).await?;
        // The first dies half-way, two more before they begin.
        die_half_way(&app, &store).await?;
        for _ in 0..2 {
            app.clock.advance_millis(121_000);
            taken_by_one_that_dies(&app, &store).await?;
        }
        app.clock.advance_millis(121_000);
        work(&app).await?;
        let (failed, why, goals) = state(&app, &store, &one).await?;
        assert_eq!((failed.as_str(), goals), ("failed", 0), "{why}");
        assert!(why.contains("taken back") && why.contains("try again"), "{why}");
        // It is over: it can be begun again, with the files that are still there.
        app.api_ok(&app.owner, "POST", &format!("{one}/run"), Some(json!({}))).await?;
        work(&app).await?;
        assert_eq!(state(&app, &store, &one).await?.0, "finished");
        Ok(())
    }

    async fn what_somebody_did_with_a_goal_of_a_half_made_import_stays(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let one = upload(&app).await?;
        die_half_way(&app, &store).await?;
        let row = sql("SELECT g.id FROM goals g WHERE kind = 'key_result' AND visibility = 'everyone' AND status NOT IN ('closed', 'postponed') \
             AND metric_kind = 'percent' AND progress_mode = 'manual' ORDER BY external_id LIMIT 1");
        let id = row.fetch_one(&mut store.read_once().await?).await?.id("id")?;
        app.api_ok(&app.owner, "POST", &format!("/goals/{id}/check-ins"), Some(json!({ "value": 41 }))).await?;
        app.clock.advance_millis(121_000);
        work(&app).await?;
        for row in sql("SELECT last_error FROM jobs").fetch_all(&mut store.read_once().await?).await? {
            assert_eq!(row.opt_text("last_error")?, None);
        }
        assert_eq!(state(&app, &store, &one).await?, (String::from("finished"), String::new(), 2_000));
        assert_eq!(count(&store, "SELECT count(*) AS n FROM check_ins WHERE source = 'person' AND value = 41").await?, 1);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM alignments").await?, 2_178, "it is aligned like all others");
        let mut rx = store.read().await?;
        let day = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
        assert!(northing_testkit::tree::wrong(&mut rx, app.org, day).await?.is_empty());
        Ok(())
    }
}
