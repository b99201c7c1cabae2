//! Comments on goals and on check-ins.

use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, Tx, list, sql};

/// A comment as it is stored, with its author's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentRow {
    /// The comment.
    pub id: Id,
    /// The goal.
    pub goal_id: Id,
    /// The check-in it is about; none: the goal itself.
    pub check_in_id: Option<Id>,
    /// Who wrote it; none where the person is gone.
    pub author_id: Option<Id>,
    /// Their name.
    pub author_name: Option<String>,
    /// The text in Markdown.
    pub body: String,
    /// Counts its changes.
    pub version: i64,
    /// When it was written.
    pub created_at: Moment,
    /// When its author changed it.
    pub edited_at: Option<Moment>,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.goal_id, c.check_in_id, c.author_id, c.body, c.version, c.created_at, c.edited_at, \
             (SELECT u.name FROM users u WHERE u.id = c.author_id) AS author_name FROM comments c ",
            $rest
        )
    };
}

/// Writes a new comment.
///
/// # Errors
/// [`Failure::ForeignKey`] where the check-in is gone; what the database says.
pub async fn insert(tx: &mut Tx, comment: &CommentRow) -> Result<(), Failure> {
    sql("INSERT INTO comments (id, goal_id, check_in_id, author_id, body, version, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)")
    .bind(comment.id)
    .bind(comment.goal_id)
    .bind(comment.check_in_id)
    .bind(comment.author_id)
    .bind(&comment.body)
    .bind(comment.version)
    .bind(comment.created_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// One comment on a goal.
///
/// # Errors
/// What the database says.
pub async fn find(rx: &mut Rx, goal: Id, id: Id) -> Result<Option<CommentRow>, Failure> {
    let row =
        sql(select!("WHERE c.goal_id = $1 AND c.id = $2")).bind(goal).bind(id).fetch_optional(rx).await?;
    row.map(|row| read(&row)).transpose()
}

/// The comments on a goal and its check-ins from the oldest on: those after the given one, at most so many; of one
/// check-in only, where one is given.
///
/// # Errors
/// What the database says.
pub async fn page(
    rx: &mut Rx,
    goal: Id,
    check_in: Option<Id>,
    after: Option<(Moment, Id)>,
    limit: i64,
) -> Result<Vec<CommentRow>, Failure> {
    let (at, id) =
        after.map_or((Moment::from_millis(i64::MIN), String::new()), |(at, id)| (at, id.to_string()));
    let rows = sql(select!(
        "WHERE c.goal_id = $1 AND (c.check_in_id = $5 OR $5 = '') AND c.created_at >= $2 \
         AND (c.created_at > $2 OR c.id > $3) ORDER BY c.created_at, c.id LIMIT $4"
    ))
    .bind(goal)
    .bind(at)
    .bind(id)
    .bind(limit)
    .bind(check_in.map_or_else(String::new, |id| id.to_string()))
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// The latest comments on a goal itself, at most so many, the oldest of them first.
///
/// # Errors
/// What the database says.
pub async fn on_goal(rx: &mut Rx, goal: Id, limit: i64) -> Result<Vec<CommentRow>, Failure> {
    let rows = sql(select!(
        "WHERE c.goal_id = $1 AND c.check_in_id IS NULL ORDER BY c.created_at DESC, c.id DESC LIMIT $2"
    ))
    .bind(goal)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().rev().map(read).collect()
}

/// All comments on these check-ins, the oldest first, at most so many.
///
/// # Errors
/// What the database says.
pub async fn of_check_ins(rx: &mut Rx, check_ins: &[Id], limit: i64) -> Result<Vec<CommentRow>, Failure> {
    let rows = sql(select!(
        "WHERE c.check_in_id IN (SELECT value FROM json_each($1)) ORDER BY c.created_at, c.id LIMIT $2"
    ))
    .bind(list(check_ins))
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// Changes a comment's text, under its version.
///
/// # Errors
/// [`Failure::Conflict`] where somebody changed it first; what the database says.
pub async fn update(tx: &mut Tx, id: Id, version: i64, body: &str, now: Moment) -> Result<(), Failure> {
    sql("UPDATE comments SET body = $3, edited_at = $4, version = version + 1 WHERE id = $1 AND version = $2")
        .bind(id)
        .bind(version)
        .bind(body)
        .bind(now)
        .execute_one(tx)
        .await
}

/// Removes a comment, under its version.
///
/// # Errors
/// As [`update`].
pub async fn delete(tx: &mut Tx, id: Id, version: i64) -> Result<(), Failure> {
    sql("DELETE FROM comments WHERE id = $1 AND version = $2").bind(id).bind(version).execute_one(tx).await
}

pub(crate) fn read(row: &Row) -> Result<CommentRow, Failure> {
    Ok(CommentRow {
        id: row.id("id")?,
        goal_id: row.id("goal_id")?,
        check_in_id: row.opt_id("check_in_id")?,
        author_id: row.opt_id("author_id")?,
        author_name: row.opt_text("author_name")?,
        body: row.text("body")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        edited_at: row.opt_moment("edited_at")?,
    })
}
