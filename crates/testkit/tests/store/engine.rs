//! Opening, reading and writing.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use northing_core::values::{Id, Moment};
use northing_store::{Bulk, Change, Engine, Event, Failure, Sql, Store, Tx, Value, list, sql};
use northing_testkit::both_engines;
use tokio::sync::Notify;

/// An error of our own, as `app` has one.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("not so")]
    Rule,
    #[error(transparent)]
    Store(#[from] Failure),
}

async fn scratch(store: &Store) -> Result<()> {
    store
        .write((), |tx, ()| {
            Box::pin(async move {
                sql("CREATE TABLE parents (id TEXT NOT NULL PRIMARY KEY)").execute(tx).await?;
                sql("CREATE TABLE counters (id TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL, real DOUBLE PRECISION, flag INTEGER, \
                     version BIGINT NOT NULL, parent_id TEXT REFERENCES parents (id))").execute(tx).await?;
                sql("CREATE UNIQUE INDEX counters_by_n_flag ON counters (n, flag)").execute(tx).await?;
                sql("INSERT INTO counters (id, n, version) VALUES ('a', 0, 1)").execute(tx).await?;
                Ok::<_, Failure>(())
            })
        })
        .await?;
    Ok(())
}

async fn count(store: &Store, query: Sql) -> Result<i64> {
    Ok(query.fetch_one(&mut store.read().await?).await?.int("n")?)
}

async fn increment(tx: &mut Tx) -> Result<i64, Failure> {
    let row = sql("SELECT n FROM counters WHERE id = 'a'").for_update().fetch_one(tx).await?;
    let n = row.int("n")? + 1;
    sql("UPDATE counters SET n = $1 WHERE id = 'a'").bind(n).execute_one(tx).await?;
    Ok(n)
}

both_engines! {
    async fn values_come_back_as_they_went(db: Database) -> Result<()> {
        scratch(&db).await?;
        let id = Id::new(Moment::from_millis(1), [7; 10]);
        db.write(id, |tx, id| Box::pin(async move {
            sql("INSERT INTO counters (id, n, real, flag, version) VALUES ($1, $2, $3, $4, $5)")
                .bind(id).bind(Moment::from_millis(-5)).bind(0.1).bind(true).bind(3_000_000_000_i64).execute(tx).await?;
            sql("INSERT INTO counters (id, n, real, flag, version) VALUES ($1, $2, $3, $4, $5)")
                .bind("2026-01-31").bind(i64::MAX).bind(None::<f64>).bind(None::<bool>).bind(1).execute(tx).await
        })).await?;
        let mut rx = db.read().await?;
        let row = sql("SELECT * FROM counters WHERE id = $1").bind(id).fetch_one(&mut rx).await?;
        assert_eq!(row.id("id")?, id);
        assert_eq!(row.moment("n")?, Moment::from_millis(-5));
        assert_eq!(row.real("real")?, 0.1);
        assert!(row.flag("flag")?);
        assert_eq!(row.opt_text("parent_id")?, None);
        let row = sql("SELECT * FROM counters WHERE id = $1").bind("2026-01-31").fetch_one(&mut rx).await?;
        assert_eq!(row.int("n")?, i64::MAX);
        assert_eq!(row.day("id")?.to_string(), "2026-01-31");
        assert_eq!((row.opt_real("real")?, row.opt_int("flag")?), (None, None));
        let failure = row.flag("n").unwrap_err();
        assert!(matches!(&failure, Failure::Corrupt { column, .. } if column == "n"), "{failure:?}");
        assert!(matches!(row.text("absent"), Err(Failure::Corrupt { .. })));
        assert!(matches!(row.text("parent_id"), Err(Failure::Corrupt { .. })));
        Ok(())
    }

    /// The types of a prepared statement are those of its first run.
    async fn a_statement_runs_with_absent_values_first_and_present_ones_after(db: Database) -> Result<()> {
        scratch(&db).await?;
        db.write((), |tx, ()| Box::pin(async move {
            for (real, flag, parent) in [(None, None, None), (Some(0.5), Some(true), Some("p")), (None, None, None)] {
                sql("UPDATE counters SET real = $1, flag = $2 WHERE id = 'a' AND id <> coalesce($3, '')")
                    .bind(real).bind(flag).bind(parent).execute_one(tx).await?;
            }
            Ok::<_, Failure>(())
        })).await?;
        Ok(())
    }

    async fn two_hundred_writers_at_once_lose_nothing(db: Database) -> Result<()> {
        scratch(&db).await?;
        let tasks: Vec<_> = (0..200).map(|_| {
            let store = db.store();
            tokio::spawn(async move { store.write((), |tx, ()| Box::pin(async move { increment(tx).await })).await })
        }).collect();
        let mut seen = Vec::new();
        for task in tasks {
            seen.push(task.await??);
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=200).collect::<Vec<_>>());
        assert_eq!(count(&db, sql("SELECT n FROM counters")).await?, 200);
        Ok(())
    }

    async fn nobody_waits_longer_than_those_who_came_before(db: Database) -> Result<()> {
        scratch(&db).await?;
        let (store, gate) = (db.store(), Arc::new((Notify::new(), Notify::new())));
        let first = Arc::clone(&gate);
        let first = tokio::spawn(async move {
            store.write(first, |tx, gate| Box::pin(async move {
                let n = increment(tx).await?;
                gate.0.notify_one();
                gate.1.notified().await;
                Ok::<_, Failure>(n)
            })).await
        });
        gate.0.notified().await;
        // Each asks for its turn in the order of its number, all behind the first. (Beyond 128 tokio makes a task pause.)
        let mut rest = Box::pin(futures_util::future::join_all((0..100).map(|_| db.write((), |tx, ()| Box::pin(async move { increment(tx).await })))));
        tokio::select! {
            biased;
            _ = &mut rest => return Err(anyhow!("overtook the first")),
            () = tokio::time::sleep(Duration::from_millis(50)) => {}
        }
        gate.1.notify_one();
        let mut turns = vec![first.await??];
        for turn in rest.await {
            turns.push(turn?);
        }
        if db.engine() == Engine::Postgres {
            // There the rows queue, not the callers; none may be lost or starve.
            turns.sort_unstable();
        }
        assert_eq!(turns, (1..=101).collect::<Vec<_>>());
        Ok(())
    }

    async fn a_failed_change_takes_nobody_with_it(db: Database) -> Result<()> {
        scratch(&db).await?;
        let tasks: Vec<_> = (0_i64..60).map(|i| {
            let store = db.store();
            tokio::spawn(async move {
                store.write(i, |tx, i| Box::pin(async move {
                    sql("INSERT INTO counters (id, n, version) VALUES ($1, $2, 1)").bind(format!("w{i}")).bind(*i).execute(tx).await?;
                    match i % 3 {
                        0 => Ok(()),
                        1 => Err(Refused::Rule),
                        _ => panic!("a mistake in the code of this change"),
                    }
                })).await
            })
        }).collect();
        for (i, task) in tasks.into_iter().enumerate() {
            match (i % 3, task.await?) {
                (0, Ok(())) | (1, Err(Refused::Rule)) | (2, Err(Refused::Store(Failure::Internal))) => {}
                (_, other) => return Err(anyhow!("{i}: {other:?}")),
            }
        }
        assert_eq!(count(&db, sql("SELECT count(*) AS n FROM counters WHERE id <> 'a'")).await?, 20);
        Ok(())
    }

    async fn what_is_not_right_is_told_apart(db: Database) -> Result<()> {
        scratch(&db).await?;
        let run = |query: Sql| db.write(query, |tx, query| Box::pin(async move { query.clone().execute_one(tx).await }));
        let stale = run(sql("UPDATE counters SET n = 1, version = version + 1 WHERE id = 'a' AND version = $1").bind(7)).await;
        assert!(matches!(stale, Err(Failure::Conflict)), "{stale:?}");
        run(sql("INSERT INTO counters (id, n, flag, version) VALUES ('b', 5, 1, 1)")).await?;
        let twice = run(sql("INSERT INTO counters (id, n, version) VALUES ('a', 1, 1)")).await.unwrap_err();
        assert!(twice.is_unique("counters", &["id"]), "{twice:?}");
        let twice = run(sql("INSERT INTO counters (id, n, flag, version) VALUES ('c', 5, 1, 1)")).await.unwrap_err();
        assert!(twice.is_unique("counters", &["n", "flag"]), "{twice:?}");
        let orphan = run(sql("UPDATE counters SET parent_id = 'nobody' WHERE id = 'a'")).await;
        assert!(matches!(orphan, Err(Failure::ForeignKey)), "{orphan:?}");
        assert!(!twice.to_string().contains("INSERT") && !twice.to_string().contains('5'));
        Ok(())
    }

    async fn a_change_that_goes_on_after_a_failed_statement_is_not_kept(db: Database) -> Result<()> {
        scratch(&db).await?;
        let done = db.write((), |tx, ()| Box::pin(async move {
            let _ignored = sql("INSERT INTO counters (id, n, version) VALUES ('a', 1, 1)").execute(tx).await;
            Ok::<_, Failure>(())
        })).await;
        assert!(matches!(done, Err(Failure::Internal)), "{done:?}");
        Ok(())
    }

    async fn a_caller_who_goes_away_leaves_all_or_nothing(db: Database) -> Result<()> {
        scratch(&db).await?;
        for i in 0..40_u64 {
            let store = db.store();
            let task = tokio::spawn(async move {
                store.write((), |tx, ()| Box::pin(async move {
                    let n = increment(tx).await?;
                    tokio::task::yield_now().await;
                    sql("INSERT INTO parents (id) VALUES ($1)").bind(n.to_string()).execute(tx).await
                })).await
            });
            tokio::time::sleep(Duration::from_micros(i * 40)).await;
            task.abort();
        }
        // The store still writes, and at any moment both halves of each change are there or neither.
        db.write((), |tx, ()| Box::pin(async move { increment(tx).await })).await?;
        let halves = "SELECT n - 1 - (SELECT count(*) FROM parents) AS n FROM counters WHERE id = 'a'";
        assert_eq!(count(&db, sql(halves)).await?, 0);
        Ok(())
    }

    async fn a_change_in_steps_lets_others_write_in_between_and_comes_back_from_who_gives_up(db: Database) -> Result<()> {
        let store = db.store();
        scratch(&store).await?;
        let mut writing = store.begin().await?;
        increment(writing.tx()?).await?;
        let (other, gone) = (store.clone(), store.clone());
        let between = tokio::spawn(async move { other.write((), |tx, ()| Box::pin(increment(tx))).await });
        let impatient = tokio::spawn(async move { gone.begin().await.map(drop) });
        tokio::time::sleep(Duration::from_millis(20)).await;
        // It waits for its turn, and then nobody is there to take it.
        impatient.abort();
        writing.next().await?;
        between.await??;
        increment(writing.tx()?).await?;
        writing.commit().await?;
        let mut dropped = store.begin().await?;
        increment(dropped.tx()?).await?;
        drop(dropped);
        store.write((), |tx, ()| Box::pin(increment(tx))).await?;
        assert_eq!(count(&store, sql("SELECT n FROM counters")).await?, 4, "three that were kept, and one between");
        Ok(())
    }

    async fn a_snapshot_stands_still_and_a_bare_read_does_not(db: Database) -> Result<()> {
        scratch(&db).await?;
        let (mut still, mut bare) = (db.read().await?, db.read_once().await?);
        let n = || sql("SELECT n FROM counters WHERE id = 'a'");
        assert_eq!(n().fetch_one(&mut still).await?.int("n")?, 0);
        assert_eq!(n().fetch_one(&mut bare).await?.int("n")?, 0);
        db.write((), |tx, ()| Box::pin(async move { increment(tx).await })).await?;
        assert_eq!(n().fetch_one(&mut still).await?.int("n")?, 0);
        assert_eq!(n().fetch_one(&mut bare).await?.int("n")?, 1);
        assert_eq!(still.statements(), 2);
        Ok(())
    }

    async fn lists_and_many_rows_go_in_one_statement(db: Database) -> Result<()> {
        scratch(&db).await?;
        let inserted = db.write((), |tx, ()| Box::pin(async move {
            let mut rows = Bulk::new(4);
            for i in 0..1_000_i64 {
                rows.push([Value::Text(Some(format!("r{i}"))), Value::Int(Some(i)), Value::Real(None), Value::Int(Some(1))]);
            }
            rows.insert(tx, "INSERT INTO counters (id, n, real, version) {rows}").await
        })).await?;
        assert_eq!(inserted, 1_000);
        let before = db.statements();
        let touched = db.write((), |tx, ()| Box::pin(async move {
            let mut rows = Bulk::new(3);
            for i in 0..37_i64 {
                rows.push([Value::Text(Some(format!("r{i}"))), Value::Real(Some(0.5)), Value::Int(None)]);
            }
            rows.update(tx, "UPDATE counters SET real = v.column2, flag = v.column3 FROM ({rows}) v WHERE counters.id = v.column1").await
        })).await?;
        assert_eq!((touched, db.statements() - before), (37, 1));
        assert_eq!(count(&db, sql("SELECT count(*) AS n FROM counters WHERE real = 0.5 AND flag IS NULL")).await?, 37);
        let some = sql("SELECT count(*) AS n FROM counters WHERE id IN (SELECT value FROM json_each($1))");
        assert_eq!(count(&db, some.clone().bind(list(["r1", "r\"2", "r3", "nobody"]))).await?, 2);
        assert_eq!(count(&db, some.bind(list(Vec::<String>::new()))).await?, 0);
        let order = sql("SELECT l.value AS id FROM json_each($1) l ORDER BY l.key").bind(list(["b", "a", "c"]));
        let ids: Result<Vec<_>, _> = order.fetch_all(&mut db.read().await?).await?.iter().map(|row| row.text("id")).collect();
        assert_eq!(ids?, ["b", "a", "c"]);
        Ok(())
    }

    async fn watchers_hear_after_the_commit_and_not_of_what_failed(db: Database) -> Result<()> {
        scratch(&db).await?;
        let other = if db.engine() == Engine::Postgres { Some(db.open_again().await?) } else { None };
        let mut heard = vec![db.subscribe()];
        heard.extend(other.iter().map(Store::subscribe));
        let org = Id::new(Moment::from_millis(1), [1; 10]);
        let failed = db.write(org, |tx, org| Box::pin(async move {
            tx.announce(Event::everything(*org));
            Err::<(), _>(Refused::Rule)
        })).await;
        assert!(failed.is_err());
        let goals: Vec<_> = (0..200).map(|i| Id::new(Moment::from_millis(i), [2; 10])).collect();
        db.write((org, goals.clone()), |tx, (org, goals)| Box::pin(async move {
            tx.announce(Event::goals(*org, goals.clone(), Change::Progress));
            Ok::<_, Failure>(())
        })).await?;
        for mut heard in heard {
            let mut ids = Vec::new();
            while ids.len() < goals.len() {
                let event = tokio::time::timeout(Duration::from_secs(10), heard.recv()).await??;
                assert_eq!((event.org_id, event.change), (Some(org), Change::Progress));
                ids.extend(event.goal_ids);
            }
            assert_eq!(ids, goals);
        }
        if let Some(other) = other {
            other.close().await;
        }
        Ok(())
    }

    async fn what_was_acknowledged_is_there_after_opening_again(db: Database) -> Result<()> {
        scratch(&db).await?;
        db.write((), |tx, ()| Box::pin(async move { increment(tx).await })).await?;
        let again = db.open_again().await?;
        assert_eq!(count(&again, sql("SELECT n FROM counters")).await?, 1);
        again.close().await;
        assert!(again.read().await.is_err());
        let late = again.write((), |tx, ()| Box::pin(async move { increment(tx).await })).await;
        assert!(matches!(late, Err(Failure::Unavailable(_))), "{late:?}");
        Ok(())
    }

    async fn a_newer_schema_is_refused(db: Database) -> Result<()> {
        db.write((), |tx, ()| Box::pin(async move {
            sql("INSERT INTO schema_version (version, name) VALUES (999999, 'from the future')").execute(tx).await
        })).await?;
        match Store::open(db.url()).await {
            Err(failure @ Failure::NewerSchema { found: 999_999, .. }) => assert!(failure.to_string().contains("newer version")),
            Err(other) => return Err(other.into()),
            Ok(_) => return Err(anyhow!("opened")),
        }
        Ok(())
    }

    async fn nodes_that_start_together_migrate_once(db: Database) -> Result<()> {
        let starts: Vec<_> = (0..4).map(|_| { let db = db.clone(); tokio::spawn(async move { db.open_again().await }) }).collect();
        for start in starts {
            start.await??.close().await;
        }
        Ok(())
    }
}
