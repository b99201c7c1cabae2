//! Which day an organisation's statuses were last recomputed for: a finished job of the kind `daily`.

use northing_core::values::{Id, Moment};

use crate::{Failure, Rx, Tx, sql};

/// Every organisation, with the day (`YYYY-MM-DD`) that was last done.
///
/// # Errors
/// What the database says.
pub async fn organizations(rx: &mut Rx) -> Result<Vec<(Id, Option<String>)>, Failure> {
    let rows = sql(
        "SELECT o.id, (SELECT max(j.payload) FROM jobs j WHERE j.org_id = o.id AND j.kind = 'daily') AS day \
         FROM organizations o ORDER BY o.id",
    )
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.opt_text("day")?))).collect()
}

/// Notes that a day is done, in place of the day before.
///
/// # Errors
/// What the database says.
pub async fn mark(tx: &mut Tx, id: Id, org: Id, day: &str, now: Moment) -> Result<(), Failure> {
    sql("DELETE FROM jobs WHERE org_id = $1 AND kind = 'daily'").bind(org).execute(tx).await?;
    sql("INSERT INTO jobs (id, org_id, kind, payload, run_at, attempts, max_attempts, created_at, finished_at) \
         VALUES ($1, $2, 'daily', $3, $4, 1, 1, $4, $4)")
    .bind(id)
    .bind(org)
    .bind(day)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}
