//! Answers given under an `Idempotency-Key`, so that a repeated request is answered and not done again.

use std::sync::Arc;

use northing_core::values::{Id, Moment};

use crate::{Failure, Tx, sql};

tokio::task_local! {
    static CLAIM: Arc<Claim>;
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: i64,
    /// Headers worth repeating, as JSON.
    pub headers: String,
    /// The body.
    pub body: String,
}

/// A claimed key while its request is being done.
#[derive(Debug)]
pub struct Claim {
    /// Whose key it is.
    pub user: Id,
    /// The key.
    pub key: String,
    /// What a repeated request is answered where this one wrote something and its own answer was never kept.
    pub unanswered: Answer,
}

impl Claim {
    /// Does the work of the request. What it writes by [`crate::Store::write`] answers the key in the same transaction, so that
    /// a request that broke off behind it is never done again.
    pub async fn during<F: Future>(self, work: F) -> F::Output {
        CLAIM.scope(Arc::new(self), work).await
    }

    /// The claim under which this task works.
    pub(crate) fn current() -> Option<Arc<Self>> {
        CLAIM.try_with(Arc::clone).ok()
    }

    /// Answers the key together with what was written.
    pub(crate) async fn written(&self, tx: &mut Tx) -> Result<(), Failure> {
        let it = &self.unanswered;
        sql("UPDATE idempotency SET status = $1, headers = $2, body = $3 \
             WHERE user_id = $4 AND idempotency_key = $5 AND status IS NULL")
        .bind(it.status)
        .bind(&it.headers)
        .bind(&it.body)
        .bind(self.user)
        .bind(&self.key)
        .execute_later(tx)
        .await
    }
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Nothing: the request is ours to do.
    New,
    /// The same request was answered.
    Answered(Answer),
    /// The same request is being done, or broke off a moment ago.
    Running,
    /// Another request used the key.
    Other,
}

/// Claims a key for a request, or tells what is known of it. A claim without an answer lapses at `stale_before`.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn claim(
    tx: &mut Tx,
    user: Id,
    key: &str,
    request: &str,
    now: Moment,
    stale_before: Moment,
) -> Result<Known, Failure> {
    let claimed = sql("INSERT INTO idempotency (user_id, idempotency_key, request_hash, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (user_id, idempotency_key) DO NOTHING")
        .bind(user)
        .bind(key)
        .bind(request)
        .bind(now)
        .execute(tx)
        .await?;
    if claimed == 1 {
        return Ok(Known::New);
    }
    let row = sql("SELECT * FROM idempotency WHERE user_id = $1 AND idempotency_key = $2")
        .bind(user)
        .bind(key)
        .for_update()
        .fetch_one(tx)
        .await?;
    if row.text("request_hash")? != request {
        return Ok(Known::Other);
    }
    if let Some(status) = row.opt_int("status")? {
        return Ok(Known::Answered(Answer {
            status,
            headers: row.text("headers")?,
            body: row.text("body")?,
        }));
    }
    if row.moment("created_at")? > stale_before {
        return Ok(Known::Running);
    }
    sql("UPDATE idempotency SET created_at = $1 WHERE user_id = $2 AND idempotency_key = $3")
        .bind(now)
        .bind(user)
        .bind(key)
        .execute(tx)
        .await?;
    Ok(Known::New)
}

/// Keeps the answer to a claimed request.
#[expect(clippy::missing_errors_doc, reason = "as for claim")]
pub async fn answer(tx: &mut Tx, user: Id, key: &str, it: &Answer) -> Result<(), Failure> {
    sql("UPDATE idempotency SET status = $1, headers = $2, body = $3 WHERE user_id = $4 AND idempotency_key = $5")
        .bind(it.status)
        .bind(&it.headers)
        .bind(&it.body)
        .bind(user)
        .bind(key)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a key back: its request failed for a reason that may pass, or its answer is not to be kept. Where it wrote something
/// the key stays as [`Claim::during`] left it.
#[expect(clippy::missing_errors_doc, reason = "as for claim")]
pub async fn release(tx: &mut Tx, user: Id, key: &str) -> Result<(), Failure> {
    sql("DELETE FROM idempotency WHERE user_id = $1 AND idempotency_key = $2 AND status IS NULL")
        .bind(user)
        .bind(key)
        .execute(tx)
        .await?;
    Ok(())
}

/// Removes what is older than this.
#[expect(clippy::missing_errors_doc, reason = "as for claim")]
pub async fn sweep(tx: &mut Tx, before: Moment) -> Result<u64, Failure> {
    sql("DELETE FROM idempotency WHERE created_at < $1").bind(before).execute(tx).await
}
