//! Taking an import back: what it made and changed, what people did with it since, and removing what is left.

use std::collections::HashSet;

use northing_core::values::Id;

use super::Kind;
use crate::{Failure, Rx, Tx, list, sql};

/// A record that an import made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// What kind of record.
    pub entity: String,
    /// The record.
    pub id: Id,
    /// Its name or first words.
    pub title: String,
    /// It was made by the import; else it was changed.
    pub created: bool,
    /// What it takes to undo it, as JSON.
    pub undo: Option<String>,
}

/// Everything that an import made or changed.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn subjects(rx: &mut Rx, import: Id) -> Result<Vec<Subject>, Failure> {
    let rows = sql("SELECT entity, subject_id, title, outcome, undo FROM import_lines WHERE import_id = $1 \
         AND outcome IN ('created', 'updated') AND subject_id IS NOT NULL ORDER BY line")
    .bind(import)
    .fetch_all(rx)
    .await?;
    let subject = |row: &crate::Row| {
        Ok(Subject {
            entity: row.text("entity")?,
            id: row.id("subject_id")?,
            title: row.text("title")?,
            created: row.text("outcome")? == "created",
            undo: row.opt_text("undo")?,
        })
    };
    rows.iter().map(subject).collect()
}

/// Of the goals that an import made, those that somebody did something with since: a changed field, a check-in, a comment, a
/// task, or a goal aligned below that is not of the import.
#[expect(clippy::missing_errors_doc, reason = "as for subjects")]
pub async fn touched_goals(rx: &mut Rx, import: Id) -> Result<HashSet<Id>, Failure> {
    let rows = sql("SELECT g.id FROM import_lines l JOIN goals g ON g.id = l.subject_id \
         WHERE l.import_id = $1 AND l.entity = 'goal' AND l.outcome = 'created' AND (g.version <> 1 \
         OR EXISTS (SELECT 1 FROM tasks t WHERE t.goal_id = g.id) \
         OR EXISTS (SELECT 1 FROM check_ins c WHERE c.goal_id = g.id AND (c.edited_at IS NOT NULL OR NOT EXISTS \
             (SELECT 1 FROM import_lines o WHERE o.import_id = $1 AND o.subject_id = c.id))) \
         OR EXISTS (SELECT 1 FROM comments c WHERE c.goal_id = g.id AND (c.edited_at IS NOT NULL OR NOT EXISTS \
             (SELECT 1 FROM import_lines o WHERE o.import_id = $1 AND o.subject_id = c.id))) \
         OR EXISTS (SELECT 1 FROM alignments a WHERE a.parent_id = g.id AND NOT EXISTS \
             (SELECT 1 FROM import_lines o WHERE o.import_id = $1 AND o.subject_id = a.child_id)))")
    .bind(import)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// What can be removed for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Gone {
    Comments,
    CheckIns,
    Goals,
    Tags,
    Teams,
    Members,
    Periods,
}

/// Of these people, teams, periods or tags those that something refers to which stays: goals and teams that do not go, what
/// people said, a change of their own, a sign-in.
#[expect(clippy::missing_errors_doc, reason = "as for subjects")]
pub async fn remaining_references(
    rx: &mut Rx,
    org: Id,
    what: Gone,
    ids: &[Id],
    goals: &[Id],
    teams: &[Id],
) -> Result<HashSet<Id>, Failure> {
    let query = match what {
        Gone::Members => {
            "SELECT m.user_id AS id FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 \
             AND m.user_id IN (SELECT value FROM json_each($2)) AND (m.version <> 1 OR m.status = 'active' OR u.password_hash IS NOT NULL \
             OR EXISTS (SELECT 1 FROM goal_owners o WHERE o.user_id = m.user_id AND o.goal_id NOT IN (SELECT value FROM json_each($3))) \
             OR EXISTS (SELECT 1 FROM goals g WHERE m.user_id IN (g.check_in_owner_id, g.delegate_id, g.created_by) \
               AND g.org_id = $1 AND g.id NOT IN (SELECT value FROM json_each($3))) \
             OR EXISTS (SELECT 1 FROM check_ins c WHERE c.author_id = m.user_id AND c.goal_id NOT IN (SELECT value FROM json_each($3))) \
             OR EXISTS (SELECT 1 FROM comments c WHERE c.author_id = m.user_id AND c.goal_id NOT IN (SELECT value FROM json_each($3))) \
             OR EXISTS (SELECT 1 FROM team_people p WHERE p.user_id = m.user_id AND p.team_id NOT IN (SELECT value FROM json_each($4))) \
             OR EXISTS (SELECT 1 FROM members o WHERE o.manager_id = m.user_id AND o.user_id NOT IN (SELECT value FROM json_each($2))))"
        }
        Gone::Teams => {
            "SELECT t.id FROM teams t WHERE t.org_id = $1 AND t.id IN (SELECT value FROM json_each($2)) AND (t.version <> 1 \
             OR EXISTS (SELECT 1 FROM goal_teams g WHERE g.team_id = t.id AND g.goal_id NOT IN (SELECT value FROM json_each($3))) \
             OR EXISTS (SELECT 1 FROM teams c WHERE c.parent_id = t.id AND c.id NOT IN (SELECT value FROM json_each($4))))"
        }
        Gone::Periods => {
            "SELECT p.id FROM periods p WHERE p.org_id = $1 AND p.id IN (SELECT value FROM json_each($2)) AND (p.version <> 1 \
             OR p.is_current = 1 OR EXISTS (SELECT 1 FROM goals g WHERE g.period_id = p.id AND g.id NOT IN (SELECT value FROM json_each($3))))"
        }
        Gone::Tags => {
            "SELECT t.id FROM tags t WHERE t.org_id = $1 AND t.id IN (SELECT value FROM json_each($2)) \
             AND (t.version <> 1 OR EXISTS (SELECT 1 FROM goal_tags g WHERE g.tag_id = t.id AND g.goal_id NOT IN (SELECT value FROM json_each($3))))"
        }
        Gone::Comments | Gone::CheckIns | Gone::Goals => return Ok(HashSet::new()),
    };
    let mut query = sql(query).bind(org).bind(list(ids)).bind(list(goals));
    if matches!(what, Gone::Members | Gone::Teams) {
        query = query.bind(list(teams));
    }
    query.fetch_all(rx).await?.iter().map(|row| row.id("id")).collect()
}

/// The check-ins or comments that stand on these goals.
#[expect(clippy::missing_errors_doc, reason = "as for subjects")]
pub async fn said_on(rx: &mut Rx, what: Gone, goals: &HashSet<Id>) -> Result<HashSet<Id>, Failure> {
    let query = match what {
        Gone::Comments => "SELECT id FROM comments WHERE goal_id IN (SELECT value FROM json_each($1))",
        _ => "SELECT id FROM check_ins WHERE goal_id IN (SELECT value FROM json_each($1))",
    };
    sql(query).bind(list(goals)).fetch_all(rx).await?.iter().map(|row| row.id("id")).collect()
}

/// The goal and the external identifier of an imported check-in or comment.
#[expect(clippy::missing_errors_doc, reason = "as for subjects")]
pub async fn place_of(rx: &mut Rx, kind: Kind, id: Id) -> Result<Option<(Id, String)>, Failure> {
    let query = match kind {
        Kind::Comments => {
            "SELECT goal_id, external_id FROM comments WHERE id = $1 AND external_id IS NOT NULL"
        }
        _ => "SELECT goal_id, external_id FROM check_ins WHERE id = $1 AND external_id IS NOT NULL",
    };
    let row = sql(query).bind(id).fetch_optional(rx).await?;
    row.map(|row| Ok((row.id("goal_id")?, row.text("external_id")?))).transpose()
}

/// Removes records for good, with everything that hangs on them.
#[expect(clippy::missing_errors_doc, reason = "as for subjects")]
pub async fn delete(tx: &mut Tx, org: Id, what: Gone, ids: &[Id]) -> Result<(), Failure> {
    let statements: &[&'static str] = match what {
        Gone::Comments => &["DELETE FROM comments WHERE id IN (SELECT value FROM json_each($1))"],
        Gone::CheckIns => &[
            "DELETE FROM history WHERE check_in_id IN (SELECT value FROM json_each($1))",
            "DELETE FROM check_ins WHERE id IN (SELECT value FROM json_each($1))",
        ],
        Gone::Goals => &["DELETE FROM goals WHERE id IN (SELECT value FROM json_each($1)) AND org_id = $2"],
        Gone::Tags => &["DELETE FROM tags WHERE id IN (SELECT value FROM json_each($1)) AND org_id = $2"],
        Gone::Teams => &[
            // Those among them, and those that stay below one that goes.
            "UPDATE teams SET parent_id = NULL WHERE parent_id IN (SELECT value FROM json_each($1)) AND org_id = $2",
            "DELETE FROM teams WHERE id IN (SELECT value FROM json_each($1)) AND org_id = $2",
        ],
        Gone::Periods => {
            &["DELETE FROM periods WHERE id IN (SELECT value FROM json_each($1)) AND org_id = $2"]
        }
        Gone::Members => &[
            // Somebody who stays may have a manager who goes.
            "UPDATE members SET manager_id = NULL WHERE manager_id IN (SELECT value FROM json_each($1)) AND org_id = $2",
            "DELETE FROM members WHERE user_id IN (SELECT value FROM json_each($1)) AND org_id = $2",
            "DELETE FROM users WHERE id IN (SELECT value FROM json_each($1)) AND password_hash IS NULL \
             AND NOT EXISTS (SELECT 1 FROM members m WHERE m.user_id = users.id)",
        ],
    };
    for statement in statements {
        let query = sql(statement).bind(list(ids));
        let query = if statement.contains("$2") { query.bind(org) } else { query };
        query.execute(tx).await?;
    }
    Ok(())
}
