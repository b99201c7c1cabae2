//! Background work.

use std::collections::BTreeSet;

use anyhow::Result;
use northing_core::values::Moment;
use northing_store::jobs::{Job, NewJob, claim, complete, enqueue, extend, fail, forget};
use northing_store::{Failure, Store, sql};
use northing_testkit::both_engines;

use crate::scratch::id;

const KINDS: &[&str] = &["import", "reminder"];

const fn at(millis: i64) -> Moment {
    Moment::from_millis(millis)
}

fn job(n: u32, key: Option<&str>) -> NewJob {
    NewJob {
        id: id(n),
        org_id: None,
        kind: "import",
        dedup_key: key.map(str::to_owned),
        payload: format!("{{\"n\":{n}}}"),
        run_at: at(100),
        max_attempts: 3,
    }
}

async fn put(store: &Store, job: NewJob, now: i64) -> Result<bool, Failure> {
    store.write(job, move |tx, job| Box::pin(async move { enqueue(tx, job, at(now)).await })).await
}

async fn take(store: &Store, worker: &'static str, now: i64, limit: u32) -> Result<Vec<Job>, Failure> {
    store
        .write((), move |tx, ()| {
            Box::pin(async move { claim(tx, worker, KINDS, at(now), at(now + 1_000), limit).await })
        })
        .await
}

async fn done(store: &Store, job: &Job, worker: &'static str, now: i64) -> Result<(), Failure> {
    store
        .write(job.clone(), move |tx, job| Box::pin(async move { complete(tx, job, worker, at(now)).await }))
        .await
}

async fn failed(store: &Store, job: &Job, now: i64) -> Result<Option<Moment>, Failure> {
    store
        .write(job.clone(), move |tx, job| {
            Box::pin(async move { fail(tx, job, "a", "no luck", at(now)).await })
        })
        .await
}

both_engines! {
    async fn one_is_done_once_it_is_due(db: Database) -> Result<()> {
        assert!(put(&db, job(1, None), 0).await?);
        assert_eq!(take(&db, "a", 99, 10).await?, []);
        let taken = take(&db, "a", 100, 10).await?;
        assert_eq!((taken[0].id, taken[0].payload.as_str(), taken[0].attempt), (id(1), "{\"n\":1}", 1));
        assert_eq!(take(&db, "b", 101, 10).await?, []);
        done(&db, &taken[0], "a", 102).await?;
        assert_eq!(take(&db, "b", 9_999, 10).await?, []);
        assert!(matches!(done(&db, &taken[0], "a", 103).await, Err(Failure::Conflict)));
        let gone = db.write((), |tx, ()| Box::pin(async move { forget(tx, at(103)).await })).await?;
        assert_eq!(gone, 1);
        Ok(())
    }

    async fn one_that_waits_is_not_doubled_and_one_that_runs_is(db: Database) -> Result<()> {
        assert!(put(&db, job(1, Some("k")), 0).await?);
        assert!(!put(&db, NewJob { run_at: at(50), ..job(2, Some("k")) }, 1).await?);
        assert!(put(&db, job(3, Some("other")), 1).await?);
        assert!(put(&db, NewJob { kind: "reminder", ..job(4, Some("k")) }, 1).await?);
        let first = take(&db, "a", 50, 10).await?;
        assert_eq!(first.iter().map(|job| job.id).collect::<Vec<_>>(), [id(1)], "brought forward");
        assert!(put(&db, job(5, Some("k")), 60).await?, "the running one may have looked before");
        let rest: Vec<_> = take(&db, "b", 200, 10).await?.iter().map(|job| job.id).collect();
        assert_eq!(rest, [id(3), id(4)], "not while its like is running");
        done(&db, &first[0], "a", 210).await?;
        assert_eq!(take(&db, "b", 220, 10).await?[0].id, id(5));
        Ok(())
    }

    async fn a_job_is_enqueued_with_its_change_or_not_at_all(db: Database) -> Result<()> {
        let change = db.write(job(1, Some("k")), |tx, job| Box::pin(async move {
            enqueue(tx, job, at(0)).await?;
            Err::<(), _>(Failure::Conflict)
        })).await;
        assert!(change.is_err());
        assert_eq!(take(&db, "a", 500, 10).await?, []);
        Ok(())
    }

    async fn failures_wait_longer_each_time_and_end(db: Database) -> Result<()> {
        put(&db, job(1, None), 0).await?;
        let first = take(&db, "a", 100, 1).await?;
        assert_eq!(failed(&db, &first[0], 200).await?, Some(at(5_200)));
        assert_eq!(take(&db, "a", 5_199, 1).await?, []);
        let second = take(&db, "a", 5_200, 1).await?;
        assert_eq!(failed(&db, &second[0], 6_000).await?, Some(at(16_000)));
        let third = take(&db, "a", 16_000, 1).await?;
        assert_eq!(failed(&db, &third[0], 17_000).await?, None);
        assert_eq!(take(&db, "a", i64::MAX - 5_000, 1).await?, []);
        let row = sql("SELECT last_error, finished_at FROM jobs").fetch_one(&mut db.read().await?).await?;
        assert_eq!((row.text("last_error")?.as_str(), row.moment("finished_at")?), ("no luck", at(17_000)));
        Ok(())
    }

    async fn a_worker_that_does_not_come_back_loses_its_job(db: Database) -> Result<()> {
        put(&db, job(1, None), 0).await?;
        let lost = take(&db, "a", 100, 1).await?;
        let longer = lost[0].clone();
        db.write(longer, |tx, job| Box::pin(async move { extend(tx, job, "a", at(3_000)).await })).await?;
        assert_eq!(take(&db, "b", 2_999, 1).await?, []);
        let again = take(&db, "b", 3_000, 1).await?;
        assert_eq!((again[0].id, again[0].attempt), (id(1), 2));
        assert!(matches!(done(&db, &lost[0], "a", 3_001).await, Err(Failure::Conflict)));
        assert_eq!(take(&db, "a", 5_000, 1).await?[0].attempt, 3);
        assert_eq!(take(&db, "a", 7_000, 1).await?, [], "three attempts broke off");
        let row = sql("SELECT last_error FROM jobs WHERE finished_at = 7000").fetch_one(&mut db.read().await?).await?;
        assert!(row.text("last_error")?.contains("did not come back"));
        Ok(())
    }

    async fn many_workers_share_the_jobs(db: Database) -> Result<()> {
        for n in 0..60 {
            put(&db, job(n, Some(&n.to_string())), 0).await?;
        }
        let workers: Vec<_> = (0..6).map(|_| {
            let store = db.store();
            tokio::spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let taken = take(&store, "w", 200, 4).await?;
                    if taken.is_empty() {
                        return Ok::<_, Failure>(mine);
                    }
                    mine.extend(taken.iter().map(|job| job.id));
                }
            })
        }).collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await??);
        }
        assert_eq!(all.len(), all.iter().collect::<BTreeSet<_>>().len(), "each once");
        // A worker ends when all that is left is in others' hands, so that a few may still be due.
        all.extend(take(&db, "w", 200, 60).await?.iter().map(|job| job.id));
        assert_eq!(all.len(), 60);
        Ok(())
    }

    async fn one_key_enqueued_by_many_at_once_waits_once(db: Database) -> Result<()> {
        let tasks: Vec<_> = (0..20).map(|n| {
            let store = db.store();
            tokio::spawn(async move { put(&store, job(n, Some("k")), 0).await })
        }).collect();
        let mut made = 0;
        for task in tasks {
            made += u32::from(task.await??);
        }
        assert_eq!(made, 1);
        Ok(())
    }
}
