//! What an import reads and writes in bulk: the origin of records, check-ins and comments of foreign data, the import itself.

use std::collections::HashMap;

use northing_core::values::{Id, Moment};

use crate::check_ins::CheckInRow;
use crate::{Bind, Bulk, Failure, Rx, Tx, list, sql};

/// Where imported records live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Members,
    Teams,
    Goals,
    CheckIns,
    Comments,
}

/// A record that an earlier import left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The person, team, goal, check-in or comment.
    pub id: Id,
    /// What the earlier import kept of the source, to tell whether it says something new.
    pub origin: Option<String>,
    /// It was deleted meanwhile.
    pub deleted: bool,
}

/// The records of an organisation that came from elsewhere, by their external identifier.
///
/// # Errors
/// What the database says.
pub async fn known(rx: &mut Rx, org: Id, kind: Kind) -> Result<HashMap<String, Known>, Failure> {
    let query = match kind {
        Kind::Members => {
            "SELECT user_id AS id, external_id, source_extra, 0 AS gone FROM members WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::Teams => {
            "SELECT id, external_id, source_extra, 0 AS gone FROM teams WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::Goals => {
            "SELECT id, external_id, source_extra, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END AS gone FROM goals \
             WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::CheckIns => {
            "SELECT c.id, c.external_id, c.source_extra, 0 AS gone FROM check_ins c JOIN goals g ON g.id = c.goal_id \
             WHERE g.org_id = $1 AND c.external_id IS NOT NULL"
        }
        Kind::Comments => {
            "SELECT c.id, c.external_id, c.source_extra, 0 AS gone FROM comments c JOIN goals g ON g.id = c.goal_id \
             WHERE g.org_id = $1 AND c.external_id IS NOT NULL"
        }
    };
    let rows = sql(query).bind(org).fetch_all(rx).await?;
    rows.iter()
        .map(|row| {
            let known = Known {
                id: row.id("id")?,
                origin: row.opt_text("source_extra")?,
                deleted: row.flag("gone")?,
            };
            Ok((row.text("external_id")?, known))
        })
        .collect()
}

/// The members of an organisation: person, folded name, key of the mail address.
///
/// # Errors
/// What the database says.
pub async fn people(rx: &mut Rx, org: Id) -> Result<Vec<(Id, String, String)>, Failure> {
    let rows =
        sql("SELECT m.user_id, m.name_key, u.email_key FROM members m JOIN users u ON u.id = m.user_id \
         WHERE m.org_id = $1 ORDER BY m.user_id")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, row.text("name_key")?, row.text("email_key")?))).collect()
}

/// The teams of an organisation: team, folded name, the team above.
///
/// # Errors
/// What the database says.
pub async fn teams(rx: &mut Rx, org: Id) -> Result<Vec<(Id, String, Option<Id>)>, Failure> {
    let rows = sql("SELECT id, name_key, parent_id FROM teams WHERE org_id = $1 ORDER BY id")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name_key")?, row.opt_id("parent_id")?))).collect()
}

/// Every alignment of an organisation: child and parent.
///
/// # Errors
/// What the database says.
pub async fn alignments(rx: &mut Rx, org: Id) -> Result<Vec<(Id, Id)>, Failure> {
    let rows = sql("SELECT a.child_id, a.parent_id FROM alignments a JOIN goals g ON g.id = a.child_id WHERE g.org_id = $1")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("child_id")?, row.id("parent_id")?))).collect()
}

/// Writes down where members, teams or goals came from: id, external identifier, origin.
///
/// # Errors
/// What the database says.
pub async fn mark(tx: &mut Tx, org: Id, kind: Kind, records: &[(Id, String, String)]) -> Result<(), Failure> {
    let mut rows = Bulk::new(4);
    for (id, external, origin) in records {
        rows.push([id.value(), external.value(), origin.value(), org.value()]);
    }
    let statement = match kind {
        Kind::Members => {
            "UPDATE members SET external_id = v.column2, source_extra = v.column3 FROM ({rows}) v \
             WHERE members.user_id = v.column1 AND members.org_id = v.column4"
        }
        Kind::Teams => {
            "UPDATE teams SET external_id = v.column2, source_extra = v.column3 FROM ({rows}) v \
             WHERE teams.id = v.column1 AND teams.org_id = v.column4"
        }
        Kind::Goals => {
            "UPDATE goals SET external_id = v.column2, source_extra = v.column3 FROM ({rows}) v \
             WHERE goals.id = v.column1 AND goals.org_id = v.column4"
        }
        Kind::CheckIns | Kind::Comments => return Err(Failure::Internal),
    };
    rows.update(tx, statement).await?;
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
    let mut rows = Bulk::new(18);
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
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO check_ins (id, goal_id, author_id, source, at, recorded_at, value, progress, status, status_is_manual, \
         progress_mode, automatic_stopped, approximate, note, external_id, source_extra, version, updated_at) {rows}",
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
}

/// Inserts comments.
///
/// # Errors
/// What the database says.
pub async fn insert_comments(tx: &mut Tx, all: &[Foreign<ForeignComment>]) -> Result<(), Failure> {
    let mut rows = Bulk::new(8);
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
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO comments (id, goal_id, author_id, body, external_id, source_extra, version, created_at) {rows}",
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

/// How many check-ins and the moment of the latest of these goals are stored with them.
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
