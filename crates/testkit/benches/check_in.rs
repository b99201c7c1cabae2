//! A check-in through eight levels against one durable insert, eight writers at once, and the roll-up of 200,000 goals, on both
//! engines: prints medians and ratios. `make bench`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a driver for people at a terminal: it stops where something is wrong"
)]

use anyhow::Result;
use northing_app::check_in::NewCheckIn;
use northing_core::check_in::CheckInInput;
use northing_store::{Engine, sql};
use northing_testkit::database::Database;
use northing_testkit::tree::Tree;

#[expect(clippy::disallowed_methods, reason = "measures real time")]
fn main() -> Result<()> {
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
