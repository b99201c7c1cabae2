//! How far the filling of a goal's graph from its data source is.

use northing_core::values::{Id, Moment};

use crate::{Failure, Rx, Tx, sql};

/// The filling of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fill {
    /// Weeks to read; 0 while it has not begun.
    pub total: i64,
    /// Weeks that were read; as many as there are once the graph shows them.
    pub done: i64,
    /// Why it stopped, for people.
    pub error: Option<String>,
    /// When it last went on.
    pub updated_at: Moment,
}

/// The latest filling of a goal's graph.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn find(rx: &mut Rx, goal: Id) -> Result<Option<Fill>, Failure> {
    let row = sql("SELECT total, done, error, updated_at FROM link_fills WHERE goal_id = $1")
        .bind(goal)
        .fetch_optional(rx)
        .await?;
    row.map(|row| {
        Ok(Fill {
            total: row.int("total")?,
            done: row.int("done")?,
            error: row.opt_text("error")?,
            updated_at: row.moment("updated_at")?,
        })
    })
    .transpose()
}

/// Keeps how far it is, in the place of what was kept before. A goal that is gone is passed over.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn put(tx: &mut Tx, goal: Id, it: &Fill) -> Result<(), Failure> {
    sql("INSERT INTO link_fills (goal_id, total, done, error, updated_at) SELECT g.id, $2, $3, $4, $5 FROM goals g WHERE g.id = $1 \
         ON CONFLICT (goal_id) DO UPDATE SET total = excluded.total, done = excluded.done, error = excluded.error, \
         updated_at = excluded.updated_at")
    .bind(goal)
    .bind(it.total)
    .bind(it.done)
    .bind(it.error.as_ref())
    .bind(it.updated_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Forgets it.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn delete(tx: &mut Tx, goal: Id) -> Result<(), Failure> {
    sql("DELETE FROM link_fills WHERE goal_id = $1").bind(goal).execute(tx).await?;
    Ok(())
}
