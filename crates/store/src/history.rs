//! How goals stood after every change that moved them: the points of a graph, and any past day.

use std::collections::HashMap;

use futures_util::StreamExt;
use northing_core::cone::State;
use northing_core::named_values;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};

use crate::bind::{Bind, list};
use crate::bulk::Bulk;
use crate::failure::Failure;
use crate::query::sql;
use crate::row::Row;
use crate::transaction::{Rx, Tx};

named_values! {
    /// What moved a goal.
    Source {
        /// A check-in on it.
        CheckIn = "check_in",
        /// Something below it.
        Rollup = "rollup",
        /// A change to its fields, shares, parents or tasks.
        Edit = "edit",
        /// An import.
        Import = "import",
        /// It was closed or postponed.
        Close = "close",
        /// It was opened again.
        Reopen = "reopen",
        /// A new day: what is expected moved.
        Daily = "daily",
        /// A sync of its data source.
        DataSource = "data_source",
    }
}

/// How a goal stood from a moment on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// The goal.
    pub goal_id: Id,
    /// From when on.
    pub at: Moment,
    /// The metric's value.
    pub value: Option<f64>,
    /// Progress in points, not held to 0–100; none for a baseline.
    pub progress_unclamped: Option<f64>,
    /// The status shown.
    pub status: Status,
    /// What moved it.
    pub source: Source,
    /// The check-in that said so.
    pub check_in_id: Option<Id>,
}

impl Point {
    /// A goal's state as a point.
    #[must_use]
    pub const fn of(goal_id: Id, at: Moment, state: &State, source: Source, check_in_id: Option<Id>) -> Self {
        let State { value, progress_unclamped, status, .. } = *state;
        Self { goal_id, at, value, progress_unclamped, status, source, check_in_id }
    }

    /// Progress 0–100; none for a baseline.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        self.progress_unclamped.map(northing_core::metric::clamp_progress)
    }
}

/// From so many points on, several statements of whole batches are cheaper than one that is filled up.
const WHOLE_BATCH: usize = 256;

/// Puts points of a goal's past in the place of those that an earlier filling left; check-ins stay.
///
/// # Errors
/// What the database says.
pub async fn refill(tx: &mut Tx, goal: Id, change: Id, points: &[Point]) -> Result<(), Failure> {
    sql("DELETE FROM history WHERE goal_id = $1 AND source = 'data_source' AND check_in_id IS NULL")
        .bind(goal)
        .execute(tx)
        .await?;
    add(tx, change, points).await
}

/// Adds the points of one change, which `change` names: of one goal no two with the same moment.
///
/// # Errors
/// What the database says.
pub async fn add(tx: &mut Tx, change: Id, points: &[Point]) -> Result<(), Failure> {
    // Of one goal no two points have the same id: the one of a check-in has the check-in's.
    let named: Vec<(Id, Point)> =
        points.iter().map(|point| (point.check_in_id.unwrap_or(change), *point)).collect();
    add_each(tx, &named).await
}

/// Adds points, each with an identifier of its own.
///
/// # Errors
/// What the database says.
pub async fn add_each(tx: &mut Tx, points: &[(Id, Point)]) -> Result<(), Failure> {
    let mut rows = Bulk::new(9);
    for (id, point) in points {
        rows.push([
            point.goal_id.value(),
            point.at.value(),
            id.value(),
            point.value.value(),
            point.progress().value(),
            point.progress_unclamped.value(),
            point.status.name().value(),
            point.source.name().value(),
            point.check_in_id.value(),
        ]);
    }
    if rows.len() >= WHOLE_BATCH {
        rows.insert(
            tx,
            "INSERT INTO history (goal_id, at, id, value, progress, progress_unclamped, status, source, check_in_id) {rows}",
        )
        .await?;
    } else if !rows.is_empty() {
        // An update's batches are filled up with their last row, so that any number up to 256 is one statement.
        rows.update_later(
            tx,
            "INSERT INTO history (goal_id, at, id, value, progress, progress_unclamped, status, source, check_in_id) \
             SELECT DISTINCT v.column1, v.column2, v.column3, v.column4, v.column5, v.column6, v.column7, v.column8, v.column9 \
             FROM ({rows}) v",
        )
        .await?;
    }
    Ok(())
}

/// The last moment for which each of these goals has a point, where it has one.
///
/// # Errors
/// What the database says.
pub async fn latest(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, Moment>, Failure> {
    latest_besides(rx, goals, "").await
}

/// The same, points of a new day left aside: nothing happened then.
///
/// # Errors
/// What the database says.
pub async fn latest_event(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, Moment>, Failure> {
    latest_besides(rx, goals, Source::Daily.name()).await
}

async fn latest_besides(rx: &mut Rx, goals: &[Id], source: &str) -> Result<HashMap<Id, Moment>, Failure> {
    let rows = sql("SELECT g.value AS goal_id, (SELECT h.at FROM history h WHERE h.goal_id = g.value \
         AND h.source <> $2 ORDER BY h.at DESC, h.id DESC LIMIT 1) AS at FROM json_each($1) g")
    .bind(list(goals))
    .bind(source)
    .fetch_all(rx)
    .await?;
    let mut found = HashMap::with_capacity(rows.len());
    for row in &rows {
        if let Some(at) = row.opt_moment("at")? {
            found.insert(row.id("goal_id")?, at);
        }
    }
    Ok(found)
}

/// A goal's points from the oldest on: those after the given one, at most so many.
///
/// # Errors
/// What the database says.
pub async fn page(
    rx: &mut Rx,
    goal: Id,
    after: Option<(Moment, Id)>,
    limit: u16,
) -> Result<Vec<(Id, Point)>, Failure> {
    let (at, id) =
        after.map_or((Moment::from_millis(i64::MIN), String::new()), |(at, id)| (at, id.to_string()));
    let rows =
        sql("SELECT goal_id, at, id, value, progress_unclamped, status, source, check_in_id FROM history \
         WHERE goal_id = $1 AND at >= $2 AND (at > $2 OR id > $3) ORDER BY at, id LIMIT $4")
        .bind(goal)
        .bind(at)
        .bind(id)
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, read(row)?))).collect()
}

/// How a goal stood at the end of each day on which it moved, the oldest first: of the latest days, at most so many.
///
/// # Errors
/// What the database says.
pub async fn by_day(rx: &mut Rx, goal: Id, limit: u16) -> Result<Vec<Point>, Failure> {
    let rows =
        sql("SELECT goal_id, at, id, value, progress_unclamped, status, source, check_in_id FROM (SELECT h.*, \
         ROW_NUMBER() OVER (PARTITION BY h.at / 86400000 ORDER BY h.at DESC, h.id DESC) AS place FROM history h \
         WHERE h.goal_id = $1) days WHERE place = 1 ORDER BY at DESC LIMIT $2")
        .bind(goal)
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    rows.iter().rev().map(read).collect()
}

/// How each of these goals stood just before a moment, where anything is known: for a past day, ask for the start of the
/// day after it. One statement for any number of goals.
///
/// # Errors
/// What the database says.
pub async fn before(rx: &mut Rx, goals: &[Id], moment: Moment) -> Result<HashMap<Id, Point>, Failure> {
    let rows = sql(
        "SELECT h.goal_id, h.at, h.id, h.value, h.progress_unclamped, h.status, h.source, h.check_in_id \
         FROM json_each($1) g JOIN history h ON h.goal_id = g.value \
         WHERE h.at < $2 AND NOT EXISTS (SELECT 1 FROM history l WHERE l.goal_id = h.goal_id AND l.at < $2 \
           AND l.at >= h.at AND (l.at > h.at OR l.id > h.id))",
    )
    .bind(list(goals))
    .bind(moment)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("goal_id")?, read(row)?))).collect()
}

/// The points of all check-ins of an organisation, the oldest first.
///
/// # Errors
/// What the database says.
pub async fn of_check_ins(rx: &mut Rx, org: Id) -> Result<Vec<Point>, Failure> {
    let mut points = Vec::new();
    let mut rows =
        sql("SELECT h.goal_id, h.at, h.value, h.progress_unclamped, h.status, h.source, h.check_in_id FROM goals g \
         JOIN history h ON h.goal_id = g.id WHERE g.org_id = $1 AND g.deleted_at IS NULL AND h.check_in_id IS NOT NULL \
         ORDER BY h.at, h.id")
        .bind(org)
        .stream(rx)
        .await?;
    while let Some(row) = rows.next().await {
        points.push(read(&row?)?);
    }
    Ok(points)
}

/// Takes the points of a check-in away.
///
/// # Errors
/// What the database says.
pub async fn forget_check_in(tx: &mut Tx, check_in: Id) -> Result<(), Failure> {
    sql("DELETE FROM history WHERE check_in_id = $1").bind(check_in).execute(tx).await?;
    Ok(())
}

pub(crate) fn read(row: &Row) -> Result<Point, Failure> {
    Ok(Point {
        goal_id: row.id("goal_id")?,
        at: row.moment("at")?,
        value: row.opt_real("value")?,
        progress_unclamped: row.opt_real("progress_unclamped")?,
        status: row.parsed("status")?,
        source: row.parsed("source")?,
        check_in_id: row.opt_id("check_in_id")?,
    })
}
