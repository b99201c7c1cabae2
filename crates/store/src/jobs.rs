//! Background work: enqueued in the transaction of the change that calls for it, claimed by one worker at a time, tried again
//! after a failure or a crash. Jobs must be idempotent: one that was cut off runs again from its start.

use northing_core::values::{Id, Moment};

use crate::bind::list;
use crate::dialect::Engine;
use crate::failure::Failure;
use crate::query::{Sql, sql};
use crate::transaction::{Rx, Tx};

/// Milliseconds before the first further attempt; doubled for each that follows.
const FIRST_PAUSE: i64 = 5_000;
/// Milliseconds that a pause grows to.
const LONGEST_PAUSE: i64 = 60 * 60 * 1_000;

/// A job to be done.
#[derive(Debug, Clone)]
pub struct NewJob {
    /// Its identifier.
    pub id: Id,
    /// The organisation it is for, if for one.
    pub org_id: Option<Id>,
    /// What is to be done.
    pub kind: &'static str,
    /// While a job of this kind with this key waits, no second is made.
    pub dedup_key: Option<String>,
    /// What it needs to know, as JSON text.
    pub payload: String,
    /// Not before.
    pub run_at: Moment,
    /// How often it is tried before it counts as failed; at least once.
    pub max_attempts: u32,
}

/// A job in the hands of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its identifier.
    pub id: Id,
    /// The organisation it is for, if for one.
    pub org_id: Option<Id>,
    /// What is to be done.
    pub kind: String,
    /// What it needs to know, as JSON text.
    pub payload: String,
    /// Which attempt this is, from 1.
    pub attempt: i64,
    /// The last attempt there will be.
    pub max_attempts: i64,
}

/// Enqueues a job with the change that calls for it. Where one of its kind and key waits already, that one is kept (and brought
/// forward if need be) and the answer is false. One that is running does not count: it may have looked before this change.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn enqueue(tx: &mut Tx, job: &NewJob, now: Moment) -> Result<bool, Failure> {
    if tx.engine() == Engine::Postgres
        && let Some(key) = &job.dedup_key
    {
        let name = format!("{}\n{key}", job.kind);
        sql("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))").bind(name).execute(tx).await?;
    }
    let made = sql("INSERT INTO jobs (id, org_id, kind, dedup_key, payload, run_at, attempts, max_attempts, created_at) \
         SELECT $1, $2, $3, $4, $5, $6, 0, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM jobs WHERE kind = $3 AND dedup_key = $4 \
         AND finished_at IS NULL AND (locked_until IS NULL OR locked_until <= $8))")
    .bind(job.id)
    .bind(job.org_id)
    .bind(job.kind)
    .bind(job.dedup_key.as_ref())
    .bind(&job.payload)
    .bind(job.run_at)
    .bind(job.max_attempts.max(1))
    .bind(now)
    .execute(tx)
    .await?;
    if made == 0 {
        sql("UPDATE jobs SET run_at = $3 WHERE kind = $1 AND dedup_key = $2 AND finished_at IS NULL AND run_at > $3 \
             AND (locked_until IS NULL OR locked_until <= $4)")
        .bind(job.kind)
        .bind(job.dedup_key.as_ref())
        .bind(job.run_at)
        .bind(now)
        .execute(tx)
        .await?;
    }
    Ok(made > 0)
}

/// Enqueues a job that is this worker's from the beginning, until `until`: work that has begun already and must not be begun by
/// another. Returns it in its first attempt.
///
/// # Errors
/// [`Failure::Conflict`] where one of its kind and key waits; what the database says.
pub async fn begin(
    tx: &mut Tx,
    job: &NewJob,
    worker: &str,
    now: Moment,
    until: Moment,
) -> Result<Job, Failure> {
    if !enqueue(tx, job, now).await? {
        return Err(Failure::Conflict);
    }
    sql("UPDATE jobs SET locked_until = $1, locked_by = $2, attempts = 1 WHERE id = $3")
        .bind(until)
        .bind(worker)
        .bind(job.id)
        .execute_one(tx)
        .await?;
    Ok(Job {
        id: job.id,
        org_id: job.org_id,
        kind: job.kind.to_owned(),
        payload: job.payload.clone(),
        attempt: 1,
        max_attempts: i64::from(job.max_attempts.max(1)),
    })
}

/// Gives a worker at most `limit` jobs of these kinds that are due, the longest due first, and keeps others away from them until `until`. A job
/// whose worker did not come back by then is due again; after its last attempt it counts as failed. A job does not start while
/// one of its kind and key is running.
#[expect(clippy::missing_errors_doc, reason = "as for enqueue")]
pub async fn claim(
    tx: &mut Tx,
    worker: &str,
    kinds: &[&str],
    now: Moment,
    until: Moment,
    limit: u32,
) -> Result<Vec<Job>, Failure> {
    give_up(tx, now).await?;
    let due = sql("SELECT id, org_id, kind, payload, attempts, max_attempts FROM jobs WHERE finished_at IS NULL AND run_at <= $1 \
         AND kind IN (SELECT value FROM json_each($3)) \
         AND (locked_until IS NULL OR locked_until <= $1) AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.kind = jobs.kind \
         AND other.dedup_key = jobs.dedup_key AND other.finished_at IS NULL AND other.locked_until > $1) \
         ORDER BY run_at, id LIMIT $2")
    .bind(now)
    .bind(limit)
    .bind(list(kinds))
    .skip_locked()
    .fetch_all(tx)
    .await?;
    take(tx, &due, worker, until).await
}

/// Whether there may be something for a worker: a cheap look before a claim, which writes.
#[expect(clippy::missing_errors_doc, reason = "as for enqueue")]
pub async fn any_due(rx: &mut Rx, kinds: &[&str], now: Moment) -> Result<bool, Failure> {
    let row = sql("SELECT 1 AS found FROM jobs WHERE finished_at IS NULL AND run_at <= $1 AND (locked_until IS NULL OR locked_until <= $1) \
         AND kind IN (SELECT value FROM json_each($2)) LIMIT 1")
    .bind(now)
    .bind(list(kinds))
    .fetch_optional(rx)
    .await?;
    Ok(row.is_some())
}

/// As [`claim`], but organisations take turns: none gets a second job while another that waits has none running, however many the first
/// has waiting and for how long.
#[expect(clippy::missing_errors_doc, reason = "as for enqueue")]
pub async fn claim_in_turn(
    tx: &mut Tx,
    worker: &str,
    kinds: &[&str],
    now: Moment,
    until: Moment,
    limit: u32,
) -> Result<Vec<Job>, Failure> {
    give_up(tx, now).await?;
    // Of several with one key the first goes, by itself. Each organisation's turns: those that run now, then those that wait, the longest due first. More than are wanted are looked at, so
    // that what another node takes at this moment does not leave this one without.
    let due = sql("SELECT jobs.id, jobs.org_id, jobs.kind, jobs.payload, jobs.attempts, jobs.max_attempts FROM jobs JOIN \
         (SELECT waiting.id AS waiting_id, waiting.run_at AS waiting_since, row_number() OVER (PARTITION BY waiting.org_id \
           ORDER BY waiting.run_at, waiting.id) + (SELECT count(*) FROM jobs running WHERE running.org_id = waiting.org_id \
           AND running.kind IN (SELECT value FROM json_each($3)) AND running.finished_at IS NULL AND running.locked_until > $1) AS turn \
         FROM jobs waiting WHERE waiting.finished_at IS NULL AND waiting.run_at <= $1 \
         AND waiting.kind IN (SELECT value FROM json_each($3)) AND (waiting.locked_until IS NULL OR waiting.locked_until <= $1) \
         AND NOT EXISTS (SELECT 1 FROM jobs other WHERE other.kind = waiting.kind AND other.dedup_key = waiting.dedup_key \
         AND other.finished_at IS NULL AND (other.locked_until > $1 OR (other.run_at <= $1 AND (other.run_at < waiting.run_at \
           OR (other.run_at = waiting.run_at AND other.id < waiting.id)))))) turns ON turns.waiting_id = jobs.id \
         WHERE jobs.finished_at IS NULL AND (jobs.locked_until IS NULL OR jobs.locked_until <= $1) \
         ORDER BY turns.turn, turns.waiting_since, jobs.id LIMIT $2")
    .bind(now)
    .bind(limit)
    .bind(list(kinds))
    .skip_locked_jobs()
    .fetch_all(tx)
    .await?;
    take(tx, &due, worker, until).await
}

async fn take(tx: &mut Tx, due: &[crate::Row], worker: &str, until: Moment) -> Result<Vec<Job>, Failure> {
    let mut jobs = Vec::with_capacity(due.len());
    for row in due {
        jobs.push(Job {
            id: row.id("id")?,
            org_id: row.opt_id("org_id")?,
            kind: row.text("kind")?,
            payload: row.text("payload")?,
            attempt: row.int("attempts")? + 1,
            max_attempts: row.int("max_attempts")?,
        });
    }
    if !jobs.is_empty() {
        sql("UPDATE jobs SET locked_until = $1, locked_by = $2, attempts = attempts + 1 \
             WHERE id IN (SELECT value FROM json_each($3))")
        .bind(until)
        .bind(worker)
        .bind(list(jobs.iter().map(|job| job.id)))
        .execute(tx)
        .await?;
    }
    Ok(jobs)
}

/// A job whose last attempt did not come back counts as failed.
async fn give_up(tx: &mut Tx, now: Moment) -> Result<(), Failure> {
    sql("UPDATE jobs SET finished_at = $1, last_error = 'the last attempt did not come back' WHERE finished_at IS NULL \
         AND run_at <= $1 AND locked_until <= $1 AND attempts >= max_attempts")
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps a long job for longer.
///
/// # Errors
/// [`Failure::Conflict`] where it is no longer this worker's: stop, and keep nothing of it. So for the next two.
pub async fn extend(tx: &mut Tx, job: &Job, worker: &str, until: Moment) -> Result<(), Failure> {
    sql("UPDATE jobs SET locked_until = $1 WHERE id = $2 AND locked_by = $3 AND attempts = $4 AND finished_at IS NULL")
        .bind(until)
        .bind(job.id)
        .bind(worker)
        .bind(job.attempt)
        .execute_one(tx)
        .await
}

/// The job is done. Best in the transaction of its last change, so that both are kept or none.
#[expect(clippy::missing_errors_doc, reason = "as for extend")]
pub async fn complete(tx: &mut Tx, job: &Job, worker: &str, now: Moment) -> Result<(), Failure> {
    sql("UPDATE jobs SET finished_at = $1, locked_until = NULL, locked_by = NULL, last_error = NULL \
         WHERE id = $2 AND locked_by = $3 AND attempts = $4 AND finished_at IS NULL")
    .bind(now)
    .bind(job.id)
    .bind(worker)
    .bind(job.attempt)
    .execute_one(tx)
    .await
}

/// The attempt failed. After a pause that doubles each time the job is due again, unless this was the last attempt. Returns
/// when it is due again.
#[expect(clippy::missing_errors_doc, reason = "as for extend")]
pub async fn fail(
    tx: &mut Tx,
    job: &Job,
    worker: &str,
    error: &str,
    now: Moment,
) -> Result<Option<Moment>, Failure> {
    let doublings = u32::try_from(job.attempt - 1).unwrap_or(0).min(20);
    let pause = FIRST_PAUSE.saturating_mul(1_i64 << doublings).min(LONGEST_PAUSE);
    let again = (job.attempt < job.max_attempts).then(|| now.plus_millis(pause));
    sql("UPDATE jobs SET run_at = $1, finished_at = $2, last_error = $3, locked_until = NULL, locked_by = NULL \
         WHERE id = $4 AND locked_by = $5 AND attempts = $6 AND finished_at IS NULL")
    .bind(again.unwrap_or(now))
    .bind(if again.is_some() { None } else { Some(now) })
    .bind(error)
    .bind(job.id)
    .bind(worker)
    .bind(job.attempt)
    .execute_one(tx)
    .await?;
    Ok(again)
}

/// Forgets jobs that ended before a moment; how many.
#[expect(clippy::missing_errors_doc, reason = "as for enqueue")]
pub async fn forget(tx: &mut Tx, before: Moment) -> Result<u64, Failure> {
    sql("DELETE FROM jobs WHERE finished_at < $1").bind(before).execute(tx).await
}

/// How the names of workers begin that are commands beside the server: theirs is left alone when a server starts.
pub const COMMAND: &str = "command ";

/// Gives back what workers that are gone had begun: on SQLite, whose one server has just started, all of it but what commands
/// do. A job's lease would lapse by itself; this saves the wait. What had its last attempt counts as failed.
#[expect(clippy::missing_errors_doc, reason = "as for enqueue")]
pub async fn release_all(tx: &mut Tx, now: Moment) -> Result<u64, Failure> {
    const MINE: &str = "finished_at IS NULL AND locked_until IS NOT NULL AND substr(locked_by, 1, 8) <> $2";
    Sql::built(format!(
        "UPDATE jobs SET finished_at = $1, last_error = 'the last attempt did not come back' WHERE {MINE} AND attempts >= max_attempts"
    ))
    .bind(now)
    .bind(COMMAND)
    .execute(tx)
    .await?;
    Sql::built(format!("UPDATE jobs SET locked_until = NULL, locked_by = NULL, run_at = $1 WHERE {MINE}"))
        .bind(now)
        .bind(COMMAND)
        .execute(tx)
        .await
}
