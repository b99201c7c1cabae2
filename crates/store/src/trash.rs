//! Deleted goals: those that can be restored, and those whose time is over.

use northing_core::goal::GoalKind;
use northing_core::values::{Id, Moment};

use crate::{Failure, Rx, Tx, list, sql, visible_goal};

/// A goal that was deleted, perhaps with others below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deleted {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// When.
    pub at: Moment,
    /// By whom; none where the person is gone.
    pub by: Option<(Id, String)>,
    /// How many goals were deleted together, with this one.
    pub together: i64,
}

/// The deletions of an organisation since a moment, the newest first, of goals that the viewer may see: those before the
/// given one, at most so many. Goals that were deleted along with another one stand with that one.
///
/// # Errors
/// What the database says.
pub async fn page(
    rx: &mut Rx,
    (org, viewer): (Id, Id),
    since: Moment,
    before: Option<(Moment, Id)>,
    limit: i64,
) -> Result<Vec<Deleted>, Failure> {
    let (at, id) =
        before.map_or((Moment::from_millis(i64::MAX), String::new()), |(at, id)| (at, id.to_string()));
    let rows = sql(concat!(
        "SELECT g.id, g.kind, g.title, g.deleted_at, g.deleted_by, \
         (SELECT u.name FROM users u WHERE u.id = g.deleted_by) AS deleted_by_name, \
         (SELECT COUNT(*) FROM goals t WHERE t.org_id = g.org_id AND t.deleted_at = g.deleted_at) AS together \
         FROM goals g WHERE g.org_id = $1 AND g.deleted_at >= $3 AND g.deleted_at <= $4 \
         AND (g.deleted_at < $4 OR g.id < $5) AND EXISTS (SELECT 1 FROM activity a WHERE a.goal_id = g.id \
         AND a.at = g.deleted_at AND a.kind = 'goal.deleted') AND ",
        visible_goal!("g", "$2"),
        " ORDER BY g.deleted_at DESC, g.id DESC LIMIT $6"
    ))
    .bind(org)
    .bind(viewer)
    .bind(since)
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Deleted {
                id: row.id("id")?,
                kind: row.parsed("kind")?,
                title: row.text("title")?,
                at: row.moment("deleted_at")?,
                by: row.opt_id("deleted_by")?.zip(row.opt_text("deleted_by_name")?),
                together: row.int("together")?,
            })
        })
        .collect()
}

/// Goals of an organisation that were deleted before a moment, with their titles, at most so many.
///
/// # Errors
/// What the database says.
pub async fn expired(rx: &mut Rx, org: Id, before: Moment, limit: i64) -> Result<Vec<(Id, String)>, Failure> {
    let rows = sql("SELECT g.id, g.title FROM goals g WHERE g.org_id = $1 AND g.deleted_at < $2 \
         ORDER BY g.deleted_at, g.id LIMIT $3")
    .bind(org)
    .bind(before)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("title")?))).collect()
}

/// Removes deleted goals for good, with all that belongs to them.
///
/// # Errors
/// What the database says.
pub async fn purge(tx: &mut Tx, goals: &[Id]) -> Result<(), Failure> {
    sql("DELETE FROM goals WHERE id IN (SELECT value FROM json_each($1)) AND deleted_at IS NOT NULL")
        .bind(list(goals))
        .execute(tx)
        .await?;
    Ok(())
}
