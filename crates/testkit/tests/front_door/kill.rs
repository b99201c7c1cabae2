//! A process that is killed while it checks in: what it acknowledged is there, and every ancestor is right.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use northing_core::values::Id;
use northing_store::{Engine, Store, StoreUrl, sql};
use northing_testkit::database::Database;
use northing_testkit::front_door::App;

use crate::imports_api::zip;

#[test]
fn what_was_acknowledged_before_a_kill_is_there_and_every_ancestor_is_right() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("killed.db");
    let mut acknowledged: HashMap<Id, Vec<Id>> = HashMap::new();
    for round in 0..6_u32 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_check_in_writer"))
            .arg(&path)
            .arg(round.to_string())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let lines = BufReader::new(output).lines();
        // Killed while it writes: after so many acknowledgements, at no particular point of the next.
        let most = 40 + 37 * usize::try_from(round)?;
        let mut killed = false;
        let (mut count, mut org) = (0, None);
        for line in lines {
            let line = line?;
            if let Some((_, id)) = line.split_once("org ") {
                org = Some(id.trim().parse::<Id>()?);
            }
            let Some((_, rest)) = line.split_once("done ") else { continue };
            // A line that the kill cut off acknowledges nothing.
            let Some((goal, id)) = rest.split_once(' ') else { continue };
            if let (Ok(goal), Ok(id)) = (goal.parse::<Id>(), id.trim().parse::<Id>()) {
                acknowledged.entry(goal).or_default().push(id);
                count += 1;
            }
            if count >= most && !killed {
                std::thread::sleep(Duration::from_micros(u64::from(round) * 313));
                child.kill()?;
                killed = true;
            }
        }
        child.wait()?;
        assert!(killed && org.is_some(), "the writer ended by itself");
    }
    runtime.block_on(async {
        let store = Store::open(&StoreUrl::Sqlite(path)).await?;
        let mut rx = store.read().await?;
        let mut checked = 0;
        for (goal, ids) in &acknowledged {
            let rows = sql("SELECT id, value FROM check_ins WHERE goal_id = $1 ORDER BY at DESC, id DESC")
                .bind(goal)
                .fetch_all(&mut rx)
                .await?;
            let kept: Vec<Id> = rows.iter().map(|row| row.id("id")).collect::<Result<_, _>>()?;
            for id in ids {
                assert!(kept.contains(id), "check-in {id} was acknowledged and is gone");
                checked += 1;
            }
            // The goal stands as its latest check-in says, and is not half-way in one that was never acknowledged.
            let stands =
                sql("SELECT metric_current FROM goals WHERE id = $1").bind(goal).fetch_one(&mut rx).await?;
            assert_eq!(stands.opt_real("metric_current")?, rows[0].opt_real("value")?);
        }
        assert!(checked > 6 * 40, "{checked}");
        let orgs = sql("SELECT id FROM organizations").fetch_all(&mut rx).await?;
        assert_eq!(orgs.len(), 6);
        for org in &orgs {
            let wrong = northing_testkit::tree::wrong(&mut rx, org.id("id")?, "2026-02-15".parse()?).await?;
            assert!(wrong.is_empty(), "{wrong:?}");
        }
        drop(rx);
        store.close().await;
        anyhow::Ok(())
    })
}

/// How an import stands, and how many goals and check-ins there are.
async fn standing(store: &Store) -> Result<(String, i64, i64)> {
    let row = sql("SELECT (SELECT state FROM imports) AS state, (SELECT count(*) FROM goals) AS goals, \
         (SELECT count(*) FROM check_ins) AS check_ins")
    .fetch_one(&mut store.read_once().await?)
    .await?;
    Ok((row.text("state")?, row.int("goals")?, row.int("check_ins")?))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_is_killed_goes_on_after_a_restart_and_leaves_nothing_half_there() -> Result<()> {
    let db = Database::new(Engine::Sqlite).await?;
    let app = App::new(&db).await?;
    let path = format!("/orgs/{}/imports", app.slug);
    let answer = app.upload(&app.owner, &path, &[], &[("export.zip", &zip()?)]).await?;
    assert_eq!(answer.status, 202, "{}", answer.text);
    let now = app.northing.now().millis().to_string();
    db.store().close().await;
    let mut half_way = 0;
    // One that is killed as often as it may be tried is given up: see `imports_parts`.
    for round in 0..2_u64 {
        let mut child = Command::new(env!("CARGO_BIN_EXE_import_worker"))
            .args([db.url_text(), now.clone(), (round + 100).to_string()])
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().context("no output")?;
        let begun = BufReader::new(output).lines().next().context("it did not begin")??;
        assert_eq!(begun, "working");
        std::thread::sleep(Duration::from_millis(20 + round * 60));
        child.kill()?;
        child.wait()?;
        let store = db.open_again().await?;
        match standing(&store).await? {
            // It is written in parts: what is there of it is taken back and done anew.
            (state, 0..=64, 0..=355) if state == "running" => half_way += 1,
            (state, 64, 355) if state == "finished" => {}
            other => panic!("after round {round}: {other:?}"),
        }
        store.close().await;
    }
    assert!(half_way > 0, "never killed while it ran");
    let status = Command::new(env!("CARGO_BIN_EXE_import_worker"))
        .args([db.url_text(), now, String::from("200")])
        .status()?;
    assert!(status.success());
    let store = db.open_again().await?;
    assert_eq!(standing(&store).await?, (String::from("finished"), 64, 355));
    let mut rx = store.read().await?;
    let day = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
    assert_eq!(northing_testkit::tree::wrong(&mut rx, app.org, day).await?, Vec::<Id>::new());
    let left = sql(
        "SELECT (SELECT count(*) FROM import_files) + (SELECT count(*) FROM jobs WHERE finished_at IS NULL) \
         + (SELECT count(*) FROM imports WHERE half_made = 1) AS n",
    );
    assert_eq!(left.fetch_one(&mut rx).await?.int("n")?, 0, "nothing waits any more");
    let told = sql(
        "SELECT count(*) AS n FROM import_lines WHERE outcome = 'created' AND entity IN ('goal', 'check_in')",
    );
    assert_eq!(told.fetch_one(&mut rx).await?.int("n")?, 64 + 355, "each record is told once, as made");
    drop(rx);
    store.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_that_is_killed_between_a_query_and_its_items_leaves_nothing_and_another_takes_over()
-> Result<()> {
    let db = Database::new(Engine::Sqlite).await?;
    let scene = crate::sources::scene(&db).await?;
    let top = scene.goal("objective", None, serde_json::Value::Null).await?;
    let goal = scene.goal("key_result", Some(&top), serde_json::Value::Null).await?;
    scene.link(&goal, serde_json::json!({})).await?;
    scene.completed(15);
    let due = scene.app.clock.now().plus_millis(66 * 60_000);
    let goal: Id = goal.parse()?;
    db.store().close().await;
    let worker = |now: northing_core::values::Moment, seed: u32| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sync_worker"));
        command.args([db.url_text(), now.millis().to_string(), seed.to_string()]);
        command
    };
    let values = async |store: &Store| -> Result<Vec<Option<f64>>> {
        let rows = sql("SELECT value FROM check_ins WHERE goal_id = $1 ORDER BY at")
            .bind(goal)
            .fetch_all(&mut store.read_once().await?)
            .await?;
        Ok(rows.iter().map(|row| row.opt_real("value")).collect::<Result<_, _>>()?)
    };
    let asked = scene.double.hold("workitemsbatch");
    let mut child = worker(due, 300).spawn()?;
    asked.waits().await;
    child.kill()?;
    child.wait()?;
    asked.release();
    let store = db.open_again().await?;
    assert_eq!(values(&store).await?, [Some(40.0)], "half a sync writes nothing");
    let link = sql("SELECT state, failures FROM goal_links WHERE goal_id = $1").bind(goal);
    let link = link.fetch_one(&mut store.read_once().await?).await?;
    assert_eq!((link.text("state")?, link.int("failures")?), (String::from("ok"), 0));
    store.close().await;
    // Another takes over as soon as the dead one's claim has run out, and not before.
    assert!(worker(due.plus_millis(60_000), 301).status()?.success());
    let store = db.open_again().await?;
    assert_eq!(values(&store).await?, [Some(40.0)], "it is the dead one's until then");
    store.close().await;
    assert!(worker(due.plus_millis(15 * 60_000 + 1), 302).status()?.success());
    let store = db.open_again().await?;
    assert_eq!(values(&store).await?, [Some(40.0), Some(50.0)]);
    store.close().await;
    Ok(())
}
