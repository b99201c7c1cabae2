//! Tasks and milestones of initiatives (goals §3.6).

use northing_core::named_values;
use northing_core::values::{Day, Id, Moment};

use crate::{Failure, Row, Rx, Tx, sql};

named_values! {
    /// What an initiative is broken down into.
    TaskKind {
        /// Counts as one of all.
        Task = "task",
        /// Counts with its weight.
        Milestone = "milestone",
    }
}

/// A task or milestone.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the fields of the specification (goals §3.6)")]
pub struct TaskRow {
    pub id: Id,
    pub goal_id: Id,
    pub kind: TaskKind,
    pub name: String,
    pub owner_id: Option<Id>,
    /// The owner's name, as it is read.
    pub owner_name: Option<String>,
    pub due_date: Option<Day>,
    pub weight: Option<f64>,
    pub done: bool,
    pub position: f64,
    pub version: i64,
    pub created_at: Moment,
    pub updated_at: Moment,
}

pub(crate) fn task(row: &Row) -> Result<TaskRow, Failure> {
    Ok(TaskRow {
        id: row.id("id")?,
        goal_id: row.id("goal_id")?,
        kind: row.parsed("kind")?,
        name: row.text("name")?,
        owner_id: row.opt_id("owner_id")?,
        owner_name: row.opt_text("owner_name")?,
        due_date: row.opt_day("due_date")?,
        weight: row.opt_real("weight")?,
        done: row.flag("done")?,
        position: row.real("position")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

/// The tasks of an initiative in their order.
///
/// # Errors
/// What the database says.
pub async fn of_goal(rx: &mut Rx, goal_id: Id) -> Result<Vec<TaskRow>, Failure> {
    let rows =
        sql("SELECT t.*, (SELECT u.name FROM users u WHERE u.id = t.owner_id) AS owner_name FROM tasks t \
         WHERE t.goal_id = $1 ORDER BY t.position, t.id")
        .bind(goal_id)
        .fetch_all(rx)
        .await?;
    rows.iter().map(task).collect()
}

/// Adds a task.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, task: &TaskRow) -> Result<(), Failure> {
    sql("INSERT INTO tasks (id, goal_id, kind, name, owner_id, due_date, weight, done, position, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
    .bind(task.id)
    .bind(task.goal_id)
    .bind(task.kind.name())
    .bind(&task.name)
    .bind(task.owner_id)
    .bind(task.due_date)
    .bind(task.weight)
    .bind(task.done)
    .bind(task.position)
    .bind(task.version)
    .bind(task.created_at)
    .bind(task.updated_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Saves a task that was read at its version.
///
/// # Errors
/// [`Failure::Conflict`] where it was changed in the meantime.
pub async fn update(tx: &mut Tx, task: &TaskRow) -> Result<(), Failure> {
    sql("UPDATE tasks SET kind = $3, name = $4, owner_id = $5, due_date = $6, weight = $7, done = $8, position = $9, \
         updated_at = $10, version = version + 1 WHERE id = $1 AND version = $2")
    .bind(task.id)
    .bind(task.version)
    .bind(task.kind.name())
    .bind(&task.name)
    .bind(task.owner_id)
    .bind(task.due_date)
    .bind(task.weight)
    .bind(task.done)
    .bind(task.position)
    .bind(task.updated_at)
    .execute_one(tx)
    .await
}

/// Removes a task.
///
/// # Errors
/// [`Failure::Conflict`] where it is gone or was changed in the meantime.
pub async fn delete(tx: &mut Tx, id: Id, version: i64) -> Result<(), Failure> {
    sql("DELETE FROM tasks WHERE id = $1 AND version = $2").bind(id).bind(version).execute_one(tx).await
}
