//! Imports: where records came from, rows in bulk, the imports themselves with their files and reports, and undoing them.

mod rows;
mod runs;
mod undo;

use std::collections::HashMap;

use northing_core::values::Id;

use crate::{Bind, Bulk, Failure, Rx, Tx, sql};

pub use rows::{
    Foreign, ForeignComment, changed_since, check_in_moments, forget_origins, insert_check_ins,
    insert_comments, set_managers, settle_last_check_ins, statuses, update_check_in, update_comment,
};
pub use runs::{
    File, Import, Line, LineFilter, LineRow, State, add_file_part, add_lines, by_id, delete_import, fields,
    file_parts, files, insert, lines, list, lock, orphans, progress, remove_lines, running, set_fields,
    set_half_made, sweep, update, wipe_files,
};
pub use undo::{Gone, Subject, delete, place_of, remaining_references, said_on, subjects, touched_goals};

/// Where imported records live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Kind {
    Periods,
    Members,
    Teams,
    Tags,
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
    /// A person changed it since; only check-ins and comments say so.
    pub edited: bool,
}

/// The records of an organisation that came from elsewhere, by their external identifier.
///
/// # Errors
/// What the database says.
pub async fn known(rx: &mut Rx, org: Id, kind: Kind) -> Result<HashMap<String, Known>, Failure> {
    let query = match kind {
        Kind::Periods => {
            "SELECT id, external_id, source_extra, 0 AS gone, 0 AS edited FROM periods WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::Tags => {
            "SELECT id, external_id, source_extra, 0 AS gone, 0 AS edited FROM tags WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::Members => {
            "SELECT user_id AS id, external_id, source_extra, 0 AS gone, 0 AS edited FROM members \
             WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::Teams => {
            "SELECT id, external_id, source_extra, 0 AS gone, 0 AS edited FROM teams WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::Goals => {
            "SELECT id, external_id, source_extra, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END AS gone, 0 AS edited FROM goals \
             WHERE org_id = $1 AND external_id IS NOT NULL"
        }
        Kind::CheckIns => {
            "SELECT c.id, c.external_id, c.source_extra, 0 AS gone, CASE WHEN c.edited_at IS NULL THEN 0 ELSE 1 END AS edited FROM check_ins c JOIN goals g ON g.id = c.goal_id \
             WHERE g.org_id = $1 AND c.external_id IS NOT NULL"
        }
        Kind::Comments => {
            "SELECT c.id, c.external_id, c.source_extra, 0 AS gone, CASE WHEN c.edited_at IS NULL THEN 0 ELSE 1 END AS edited FROM comments c JOIN goals g ON g.id = c.goal_id \
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
                edited: row.flag("edited")?,
            };
            Ok((row.text("external_id")?, known))
        })
        .collect()
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

/// Where a record came from: its id here, its external identifier and what is kept of the source; none of both undoes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The person, team, period, tag or goal.
    pub id: Id,
    /// The external identifier.
    pub external: Option<String>,
    /// What the import keeps of the source.
    pub origin: Option<String>,
}

/// Writes down where records came from; of check-ins and comments this is written with their rows.
///
/// # Errors
/// What the database says.
pub async fn mark(tx: &mut Tx, org: Id, kind: Kind, records: &[Mark]) -> Result<(), Failure> {
    let mut rows = Bulk::new(4);
    for Mark { id, external, origin } in records {
        rows.push([id.value(), external.as_deref().value(), origin.as_deref().value(), org.value()]);
    }
    let statement = match kind {
        Kind::Periods => {
            "UPDATE periods SET external_id = v.column2, source_extra = v.column3 FROM ({rows}) v \
             WHERE periods.id = v.column1 AND periods.org_id = v.column4"
        }
        Kind::Tags => {
            "UPDATE tags SET external_id = v.column2, source_extra = v.column3 FROM ({rows}) v \
             WHERE tags.id = v.column1 AND tags.org_id = v.column4"
        }
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

/// The tags of an organisation with their names and versions.
///
/// # Errors
/// What the database says.
pub async fn tags(rx: &mut Rx, org: Id) -> Result<Vec<(Id, String, i64)>, Failure> {
    let rows = sql("SELECT id, name, version FROM tags WHERE org_id = $1 ORDER BY id")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?, row.int("version")?))).collect()
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
