//! Check-ins: what people and sources said about a goal, and when.

use northing_core::goal::ProgressMode;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};

use crate::bind::list;
use crate::explorer::List as ListOf;
use crate::{Bind, Bulk, Failure, Row, Rx, Tx, sql, visible_goal};

/// A check-in as it is stored, with its author's name.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckInRow {
    /// The check-in.
    pub id: Id,
    /// Its goal.
    pub goal_id: Id,
    /// Who made it; none for a source, or where the person is gone.
    pub author_id: Option<Id>,
    /// Their name.
    pub author_name: Option<String>,
    /// Where it comes from: `person`, `import`, or a data source.
    pub source: String,
    /// The moment its value holds for.
    pub at: Moment,
    /// The moment it was written down.
    pub recorded_at: Moment,
    /// The metric's value.
    pub value: Option<f64>,
    /// Progress in points, not held to 0–100.
    pub progress: Option<f64>,
    /// The status it set.
    pub status: Status,
    /// The status was chosen, not taken from the rules.
    pub status_is_manual: bool,
    /// Where the goal's progress came from after it.
    pub progress_mode: ProgressMode,
    /// Whether automatic updates were stopped after it.
    pub automatic_stopped: bool,
    /// The moment or value is only roughly known (foreign data).
    pub approximate: bool,
    /// The note in Markdown.
    pub note: Option<String>,
    /// Counts its changes.
    pub version: i64,
    /// When its author changed it.
    pub edited_at: Option<Moment>,
    /// How many comments it has.
    pub comment_count: i64,
}

macro_rules! select {
    ($rest:expr) => {
        concat!(
            "SELECT c.id, c.goal_id, c.author_id, c.source, c.at, c.recorded_at, c.value, c.progress, c.status, \
             c.status_is_manual, c.progress_mode, c.automatic_stopped, c.approximate, c.note, c.version, c.edited_at, \
             (SELECT u.name FROM users u WHERE u.id = c.author_id) AS author_name, \
             (SELECT count(*) FROM comments m WHERE m.check_in_id = c.id) AS comment_count FROM check_ins c ",
            $rest
        )
    };
}

/// Writes a new check-in.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, check_in: &CheckInRow) -> Result<(), Failure> {
    insert_all(tx, std::slice::from_ref(check_in)).await
}

/// Writes new check-ins, many in one statement.
///
/// # Errors
/// What the database says.
pub async fn insert_all(tx: &mut Tx, check_ins: &[CheckInRow]) -> Result<(), Failure> {
    let mut rows = Bulk::new(16);
    for it in check_ins {
        rows.push([
            it.id.value(),
            it.goal_id.value(),
            it.author_id.value(),
            it.source.as_str().value(),
            it.at.value(),
            it.recorded_at.value(),
            it.value.value(),
            it.progress.value(),
            it.status.name().value(),
            it.status_is_manual.value(),
            it.progress_mode.name().value(),
            it.automatic_stopped.value(),
            it.approximate.value(),
            it.note.as_deref().value(),
            it.version.value(),
            it.recorded_at.value(),
        ]);
    }
    rows.insert_later(
        tx,
        "INSERT INTO check_ins (id, goal_id, author_id, source, at, recorded_at, value, progress, status, status_is_manual, \
         progress_mode, automatic_stopped, approximate, note, version, updated_at) {rows}",
    )
    .await?;
    Ok(())
}

/// One check-in of a goal.
///
/// # Errors
/// What the database says.
pub async fn find(rx: &mut Rx, goal: Id, id: Id) -> Result<Option<CheckInRow>, Failure> {
    let row =
        sql(select!("WHERE c.goal_id = $1 AND c.id = $2")).bind(goal).bind(id).fetch_optional(rx).await?;
    row.map(|row| read(&row)).transpose()
}

/// A goal's latest check-in besides one.
///
/// # Errors
/// What the database says.
pub async fn latest_besides(rx: &mut Rx, goal: Id, besides: Id) -> Result<Option<CheckInRow>, Failure> {
    let row = sql(select!("WHERE c.goal_id = $1 AND c.id <> $2 ORDER BY c.at DESC, c.id DESC LIMIT 1"))
        .bind(goal)
        .bind(besides)
        .fetch_optional(rx)
        .await?;
    row.map(|row| read(&row)).transpose()
}

/// The latest check-in of each of these goals that has one.
///
/// # Errors
/// What the database says.
pub async fn latest_of(rx: &mut Rx, goals: &[Id]) -> Result<Vec<CheckInRow>, Failure> {
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql(select!(
        "WHERE c.id IN (SELECT (SELECT i.id FROM check_ins i WHERE i.goal_id = g.id ORDER BY i.at DESC, i.id DESC LIMIT 1) \
         FROM goals g WHERE g.id IN (SELECT value FROM json_each($1)))"
    ))
    .bind(list(goals.iter().map(ToString::to_string)))
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// How many check-ins a goal has.
///
/// # Errors
/// What the database says.
pub async fn count(rx: &mut Rx, goal: Id) -> Result<i64, Failure> {
    sql("SELECT COUNT(*) AS n FROM check_ins WHERE goal_id = $1").bind(goal).fetch_one(rx).await?.int("n")
}

/// A goal's check-ins from the newest on: those before the given one, at most so many.
///
/// # Errors
/// What the database says.
pub async fn page(
    rx: &mut Rx,
    goal: Id,
    before: Option<(Moment, Id)>,
    limit: i64,
) -> Result<Vec<CheckInRow>, Failure> {
    let (at, id) =
        before.map_or((Moment::from_millis(i64::MAX), String::new()), |(at, id)| (at, id.to_string()));
    let rows = sql(select!(
        "WHERE c.goal_id = $1 AND c.at <= $2 AND (c.at < $2 OR c.id < $3) ORDER BY c.at DESC, c.id DESC LIMIT $4"
    ))
    .bind(goal)
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// Check-ins on the goals of a list that a person sees, the newest first, from behind `before`.
///
/// # Errors
/// What the database says.
pub async fn of_list(
    rx: &mut Rx,
    place: &ListOf,
    viewer: Id,
    before: Option<(Moment, Id)>,
    limit: i64,
) -> Result<Vec<CheckInRow>, Failure> {
    let (at, id) =
        before.map_or((Moment::from_millis(i64::MAX), String::new()), |(at, id)| (at, id.to_string()));
    let rows = sql(select!(concat!(
        "JOIN placements p ON p.goal_id = c.goal_id JOIN goals g ON g.id = c.goal_id WHERE p.page = $1 AND p.entity_id = $2 \
         AND p.period_id IN (SELECT value FROM json_each($3)) AND c.at <= $4 AND (c.at < $4 OR c.id < $5) AND ",
        visible_goal!("g", "$6"),
        " ORDER BY c.at DESC, c.id DESC LIMIT $7"
    )))
    .bind(place.page.name())
    .bind(place.entity)
    .bind(list(&place.periods))
    .bind(at)
    .bind(id)
    .bind(viewer)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// Changes what a check-in says, under its version.
///
/// # Errors
/// [`Failure::Conflict`] where somebody changed it first; what the database says.
pub async fn update(tx: &mut Tx, check_in: &CheckInRow, now: Moment) -> Result<(), Failure> {
    sql("UPDATE check_ins SET value = $3, progress = $4, status = $5, status_is_manual = $6, note = $7, edited_at = $8, \
         updated_at = $8, version = version + 1 WHERE id = $1 AND version = $2")
    .bind(check_in.id)
    .bind(check_in.version)
    .bind(check_in.value)
    .bind(check_in.progress)
    .bind(check_in.status.name())
    .bind(check_in.status_is_manual)
    .bind(check_in.note.as_deref())
    .bind(now)
    .execute_one(tx)
    .await
}

/// Removes a check-in with its comments, under its version.
///
/// # Errors
/// As [`update`].
pub async fn delete(tx: &mut Tx, id: Id, version: i64) -> Result<(), Failure> {
    sql("DELETE FROM check_ins WHERE id = $1 AND version = $2").bind(id).bind(version).execute_one(tx).await
}

pub(crate) fn read(row: &Row) -> Result<CheckInRow, Failure> {
    Ok(CheckInRow {
        id: row.id("id")?,
        goal_id: row.id("goal_id")?,
        author_id: row.opt_id("author_id")?,
        author_name: row.opt_text("author_name")?,
        source: row.text("source")?,
        at: row.moment("at")?,
        recorded_at: row.moment("recorded_at")?,
        value: row.opt_real("value")?,
        progress: row.opt_real("progress")?,
        status: row.parsed("status")?,
        status_is_manual: row.flag("status_is_manual")?,
        progress_mode: row.parsed("progress_mode")?,
        automatic_stopped: row.flag("automatic_stopped")?,
        approximate: row.flag("approximate")?,
        note: row.opt_text("note")?,
        version: row.int("version")?,
        edited_at: row.opt_moment("edited_at")?,
        comment_count: row.int("comment_count")?,
    })
}
