//! A process that is killed while it checks in: what it acknowledged is there, and every ancestor is right.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use northing_app::check_in::NewCheckIn;
use northing_core::check_in::CheckInInput;
use northing_core::values::Id;
use northing_store::{Engine, Store, StoreUrl, sql};
use northing_testkit::database::Database;
use northing_testkit::tree::Tree;

const STORE: &str = "NORTHING_TEST_STORE";
const ROUND: &str = "NORTHING_TEST_ROUND";

/// Not a test of its own: what the other one starts and kills. Plants a tree in the first round and checks in on its leaves
/// with four writers, writing a line for every check-in that was acknowledged.
#[test]
#[ignore = "started by the test beside it"]
fn writes_until_it_is_killed() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let round: u32 = std::env::var(ROUND).unwrap().parse().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&StoreUrl::Sqlite(PathBuf::from(path))).await.unwrap();
        // A tree of its own in each round: the same ids never come twice.
        let tree = Tree::seeded(store, u64::from(round) + 100).await.unwrap();
        let mut plants = vec![tree.objective(&[])];
        for _ in 0..6 {
            plants.push(tree.objective(&[plants.last().unwrap().id]));
        }
        let bottom = plants.last().unwrap().id;
        let leaves: Vec<_> = (0..4).map(|_| tree.key_result(&[bottom])).collect();
        plants.extend(leaves.iter().cloned());
        tree.plant(&plants).await.unwrap();
        println!("org {}", tree.org);
        let writers: Vec<_> = leaves
            .into_iter()
            .map(|leaf| {
                let (app, owner) = (tree.app.clone(), tree.owner.clone());
                tokio::spawn(async move {
                    for n in 0..1_000_000_u32 {
                        let value = Some(f64::from(n % 101));
                        let input = CheckInInput { value, ..CheckInInput::default() };
                        let new = NewCheckIn { input, ..NewCheckIn::default() };
                        let done = app.create_check_in(&owner, leaf.id, new).await.unwrap();
                        println!("done {} {}", leaf.id, done.check_in.unwrap().id);
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
    });
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there_and_every_ancestor_is_right() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("killed.db");
    let mut acknowledged: HashMap<Id, Vec<Id>> = HashMap::new();
    for round in 0..6_u32 {
        let mut child = Command::new(std::env::current_exe()?)
            .args([
                "--exact",
                "kill::writes_until_it_is_killed",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(STORE, &path)
            .env(ROUND, round.to_string())
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

/// A check-in through eight levels against one durable insert, and the roll-up of 200,000 goals: prints what they take.
/// `cargo nextest run --release -p northing-testkit --run-ignored only measure --no-capture`
#[test]
#[ignore = "prints figures"]
#[expect(clippy::disallowed_methods, reason = "measures real time")]
fn measure() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let db = Database::new(engine).await?;
            let tree = Tree::new(db.store()).await?;
            let mut plants = vec![tree.objective(&[])];
            for _ in 0..7 {
                let above = plants.last().unwrap().id;
                plants.push(tree.objective(&[above]));
            }
            for level in 0..8 {
                for _ in 0..5 {
                    plants.push(tree.key_result(&[plants[level].id]));
                }
            }
            let leaf = plants.last().unwrap().id;
            tree.plant(&plants).await?;
            let (mut inserts, mut check_ins) = (Vec::new(), Vec::new());
            for n in 0..300_u32 {
                let start = std::time::Instant::now();
                db.write((tree.app.new_id(), tree.org), |tx, (id, org)| {
                    Box::pin(async move {
                        sql("INSERT INTO tags (id, org_id, name, name_key, created_at) VALUES ($1, $2, 'x', $1, 0)")
                            .bind(*id).bind(*org).execute(tx).await
                    })
                }).await?;
                inserts.push(start.elapsed());
                let input = CheckInInput { value: Some(f64::from(n % 101)), ..CheckInInput::default() };
                let start = std::time::Instant::now();
                tree.app.create_check_in(&tree.owner, leaf, NewCheckIn { input, ..NewCheckIn::default() }).await?;
                check_ins.push(start.elapsed());
            }
            inserts.sort();
            check_ins.sort();
            let (insert, check_in) = (inserts[150], check_ins[150]);
            println!("{engine:?}: insert {insert:?}, check-in {check_in:?}, ratio {:.1}", check_in.as_secs_f64() / insert.as_secs_f64());
            let start = std::time::Instant::now();
            let writers: Vec<_> = (0..8_usize).map(|w| {
                let (app, owner, leaf) = (tree.app.clone(), tree.owner.clone(), plants[8 + w * 5].id);
                tokio::spawn(async move {
                    for n in 0..100_u32 {
                        let input = CheckInInput { value: Some(f64::from(n)), ..CheckInInput::default() };
                        app.create_check_in(&owner, leaf, NewCheckIn { input, ..NewCheckIn::default() }).await?;
                    }
                    Ok::<_, northing_app::Error>(())
                })
            }).collect();
            for writer in writers {
                writer.await??;
            }
            println!("{engine:?}: 8 writers {:.0}/s", 800.0 / start.elapsed().as_secs_f64());
            let start = std::time::Instant::now();
            let writers: Vec<_> = (0..8).map(|_| {
                let (app, store, org) = (tree.app.clone(), db.store(), tree.org);
                tokio::spawn(async move {
                    for _ in 0..100 {
                        store.write((app.new_id(), org), |tx, (id, org)| {
                            Box::pin(async move {
                                sql("INSERT INTO tags (id, org_id, name, name_key, created_at) VALUES ($1, $2, 'x', $1, 0)")
                                    .bind(*id).bind(*org).execute(tx).await
                            })
                        }).await?;
                    }
                    Ok::<_, northing_store::Failure>(())
                })
            }).collect();
            for writer in writers {
                writer.await??;
            }
            println!("{engine:?}: 8 inserters {:.0}/s", 800.0 / start.elapsed().as_secs_f64());
            let big = Tree::seeded(db.store(), 7).await?;
            let mut plants: Vec<northing_testkit::tree::Plant> = Vec::with_capacity(200_000);
            for n in 0..200_000_usize {
                let above = if n == 0 { Vec::new() } else { vec![plants[(n - 1) / 4].id] };
                plants.push(if n < 50_000 { big.objective(&above) } else { big.key_result(&above) });
            }
            for part in plants.chunks(10_000) {
                big.plant(part).await?;
            }
            db.write(big.org, |tx, org| Box::pin(async move {
                sql("UPDATE goals SET metric_current = 40, progress = 40, progress_unclamped = 40, last_source = 'import', \
                     status = 'behind' WHERE org_id = $1 AND kind = 'key_result'").bind(*org).execute(tx).await
            })).await?;
            let start = std::time::Instant::now();
            let cone = northing_store::cone::load_organization(&mut db.read().await?, big.org).await?;
            println!("{engine:?}: {} goals loaded in {:?}", cone.len(), start.elapsed());
            drop(cone);
            let start = std::time::Instant::now();
            let moved = big.app.recompute_all(big.org).await?;
            println!("{engine:?}: 200,000 goals, {moved} moved, {:?}; {}", start.elapsed(), memory()?);
            db.finish().await?;
        }
        anyhow::Ok(())
    })
}

fn memory() -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    Ok(status
        .lines()
        .filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
        .collect::<Vec<_>>()
        .join(" "))
}
