//! A process that is killed while it checks in: what it acknowledged is there, and every ancestor is right.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use northing_core::values::Id;
use northing_store::{Store, StoreUrl, sql};

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
