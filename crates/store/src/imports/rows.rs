//! Rows of foreign origin, many at a time.

use std::collections::{HashMap, HashSet};

use northing_core::status::Status;
use northing_core::values::{Id, Moment};

use crate::check_ins::CheckInRow;
use crate::{Bind, Bulk, Failure, Rx, Tx, list, sql};

/// The statuses of an organisation's goals as they are now.
///
/// # Errors
/// What the database says.
pub async fn statuses(rx: &mut Rx, org: Id) -> Result<HashMap<Id, Status>, Failure> {
    let rows = sql("SELECT id, status FROM goals WHERE org_id = $1 AND deleted_at IS NULL")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.parsed("status")?))).collect()
}

/// Of these goals those that changed after a moment.
///
/// # Errors
/// What the database says.
pub async fn changed_since(rx: &mut Rx, goals: &[Id], moment: Moment) -> Result<HashSet<Id>, Failure> {
    let rows = sql("SELECT id FROM goals WHERE id IN (SELECT value FROM json_each($1)) AND updated_at > $2")
        .bind(list(goals))
        .bind(moment)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Forgets what the source said of goals, so that the next import fills in what is empty.
///
/// # Errors
/// What the database says.
pub async fn forget_origins(tx: &mut Tx, goals: &[Id]) -> Result<(), Failure> {
    sql("UPDATE goals SET source_extra = NULL WHERE id IN (SELECT value FROM json_each($1))")
        .bind(list(goals))
        .execute(tx)
        .await?;
    Ok(())
}

/// Sets people's managers: person, manager.
///
/// # Errors
/// What the database says.
pub async fn set_managers(tx: &mut Tx, org: Id, pairs: &[(Id, Id)]) -> Result<(), Failure> {
    let mut rows = Bulk::new(3);
    for (person, manager) in pairs {
        rows.push([person.value(), manager.value(), org.value()]);
    }
    rows.update(
        tx,
        "UPDATE members SET manager_id = v.column2 FROM ({rows}) v \
         WHERE members.user_id = v.column1 AND members.org_id = v.column3",
    )
    .await?;
    Ok(())
}

/// A check-in or comment with its external identifier and its origin.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign<T> {
    /// The row.
    pub row: T,
    /// The external identifier.
    pub external_id: String,
    /// What the import keeps of the source.
    pub origin: String,
}

/// Inserts check-ins.
///
/// # Errors
/// What the database says.
pub async fn insert_check_ins(tx: &mut Tx, all: &[Foreign<CheckInRow>]) -> Result<(), Failure> {
    let mut rows = Bulk::new(19);
    for Foreign { row: it, external_id, origin } in all {
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
            external_id.value(),
            origin.value(),
            it.version.value(),
            it.recorded_at.value(),
            it.edited_at.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO check_ins (id, goal_id, author_id, source, at, recorded_at, value, progress, status, status_is_manual, \
         progress_mode, automatic_stopped, approximate, note, external_id, source_extra, version, updated_at, edited_at) {rows}",
    )
    .await?;
    Ok(())
}

/// Replaces what an imported check-in says. Its points in the history go; the caller adds the new one.
///
/// # Errors
/// What the database says.
pub async fn update_check_in(tx: &mut Tx, it: &Foreign<CheckInRow>, now: Moment) -> Result<(), Failure> {
    sql("DELETE FROM history WHERE check_in_id = $1").bind(it.row.id).execute(tx).await?;
    sql("UPDATE check_ins SET author_id = $2, at = $3, recorded_at = $4, value = $5, progress = $6, status = $7, \
         approximate = $8, note = $9, source_extra = $10, updated_at = $11, version = version + 1 WHERE id = $1")
    .bind(it.row.id)
    .bind(it.row.author_id)
    .bind(it.row.at)
    .bind(it.row.recorded_at)
    .bind(it.row.value)
    .bind(it.row.progress)
    .bind(it.row.status.name())
    .bind(it.row.approximate)
    .bind(it.row.note.as_deref())
    .bind(&it.origin)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// A comment of foreign origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignComment {
    /// The comment.
    pub id: Id,
    /// Its goal.
    pub goal_id: Id,
    /// Who wrote it, where they are known.
    pub author_id: Option<Id>,
    /// What it says.
    pub body: String,
    /// When it was written.
    pub created_at: Moment,
    /// The check-in that it answers.
    pub check_in_id: Option<Id>,
    /// When its author changed it.
    pub edited_at: Option<Moment>,
}

/// Inserts comments.
///
/// # Errors
/// What the database says.
pub async fn insert_comments(tx: &mut Tx, all: &[Foreign<ForeignComment>]) -> Result<(), Failure> {
    let mut rows = Bulk::new(10);
    for Foreign { row: it, external_id, origin } in all {
        rows.push([
            it.id.value(),
            it.goal_id.value(),
            it.author_id.value(),
            it.body.as_str().value(),
            external_id.value(),
            origin.value(),
            1_i64.value(),
            it.created_at.value(),
            it.check_in_id.value(),
            it.edited_at.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO comments (id, goal_id, author_id, body, external_id, source_extra, version, created_at, check_in_id, \
         edited_at) {rows}",
    )
    .await?;
    Ok(())
}

/// Replaces what an imported comment says.
///
/// # Errors
/// What the database says.
pub async fn update_comment(tx: &mut Tx, it: &Foreign<ForeignComment>) -> Result<(), Failure> {
    sql("UPDATE comments SET author_id = $2, body = $3, source_extra = $4, version = version + 1 WHERE id = $1")
        .bind(it.row.id)
        .bind(it.row.author_id)
        .bind(&it.row.body)
        .bind(&it.origin)
        .execute(tx)
        .await?;
    Ok(())
}

/// The moment of the latest check-in of these goals is stored with them.
///
/// # Errors
/// What the database says.
pub async fn settle_last_check_ins(tx: &mut Tx, goals: &[Id]) -> Result<(), Failure> {
    sql(
        "UPDATE goals SET last_check_in_at = (SELECT max(c.at) FROM check_ins c WHERE c.goal_id = goals.id) \
         WHERE id IN (SELECT value FROM json_each($1))",
    )
    .bind(list(goals))
    .execute(tx)
    .await?;
    Ok(())
}

/// The check-ins of an organisation's goals as they can be found without an identifier: goal and moment of entry.
///
/// # Errors
/// What the database says.
pub async fn check_in_moments(rx: &mut Rx, org: Id) -> Result<HashMap<(Id, Moment), Id>, Failure> {
    let rows =
        sql("SELECT c.id, c.goal_id, c.recorded_at FROM check_ins c JOIN goals g ON g.id = c.goal_id WHERE g.org_id = $1")
            .bind(org)
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| Ok(((row.id("goal_id")?, row.moment("recorded_at")?), row.id("id")?))).collect()
}
