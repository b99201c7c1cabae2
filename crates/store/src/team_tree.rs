//! Teams as a tree, and looked up by their names.

use std::collections::HashMap;

use northing_core::people::TeamStatus;
use northing_core::values::Id;

use crate::members::containing;
use crate::{Bind, Failure, Rx, Sql, list as ids, sql};

/// A team as a tree of teams shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The name as it is sorted.
    pub key: String,
    /// The team above it.
    pub parent_id: Option<Id>,
    /// A free label.
    pub team_type: Option<String>,
    /// In use, or put away.
    pub status: TeamStatus,
    /// The first of its owners.
    pub lead: Option<String>,
    /// Its owners and members together.
    pub people: i64,
    /// Its goals of every period; deleted ones do not count.
    pub goals: i64,
    /// The teams directly below it.
    pub children: i64,
}

/// Which teams a tree shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown<'a> {
    /// Those at the top.
    Top,
    /// Those directly below any of these.
    Below(&'a [Id]),
    /// Those whose folded name holds this text, wherever they stand.
    Named(&'a str),
}

/// Teams in use and put away, by name, from behind `after` on: one statement.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn branches(
    rx: &mut Rx,
    org: Id,
    shown: Shown<'_>,
    after: Option<&(String, Id)>,
    limit: i64,
) -> Result<Vec<Branch>, Failure> {
    const COLUMNS: &str = "SELECT t.id, t.name, t.name_key, t.parent_id, t.team_type, t.status, \
         (SELECT m.name FROM team_people p JOIN members m ON m.user_id = p.user_id AND m.org_id = t.org_id \
           WHERE p.team_id = t.id AND p.is_owner = 1 ORDER BY p.position, p.user_id LIMIT 1) AS lead, \
         (SELECT COUNT(*) FROM team_people p WHERE p.team_id = t.id) AS people, \
         (SELECT COUNT(*) FROM goal_teams x JOIN goals g ON g.id = x.goal_id WHERE x.team_id = t.id AND g.deleted_at IS NULL) AS goals, \
         (SELECT COUNT(*) FROM teams c WHERE c.parent_id = t.id) AS children FROM teams t WHERE t.org_id = $1 AND ";
    let (which, value) = match shown {
        Shown::Top => ("t.parent_id IS NULL AND $2 = ''", "".value()),
        Shown::Below(parents) => ("t.parent_id IN (SELECT value FROM json_each($2))", ids(parents)),
        Shown::Named(text) => ("t.name_key LIKE $2 ESCAPE '!'", containing(text).value()),
    };
    let order = "AND (t.name_key > $3 OR (t.name_key = $3 AND t.id > $4)) ORDER BY t.name_key, t.id LIMIT $5";
    let rows = Sql::built(format!("{COLUMNS}{which} {order}"))
        .bind(org)
        .bind(value)
        .bind(after.map_or_else(String::new, |(key, _)| key.clone()))
        .bind(after.map_or_else(String::new, |(_, id)| id.to_string()))
        .bind(limit)
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Branch {
                id: row.id("id")?,
                name: row.text("name")?,
                key: row.text("name_key")?,
                parent_id: row.opt_id("parent_id")?,
                team_type: row.opt_text("team_type")?,
                status: row.parsed("status")?,
                lead: row.opt_text("lead")?,
                people: row.int("people")?,
                goals: row.int("goals")?,
                children: row.int("children")?,
            })
        })
        .collect()
}

/// The teams of an organisation with one of these folded names, with status.
#[expect(clippy::missing_errors_doc, reason = "as for branches")]
pub async fn by_names(
    rx: &mut Rx,
    org: Id,
    names: &[String],
) -> Result<Vec<(Id, String, TeamStatus)>, Failure> {
    let rows = sql(
        "SELECT id, name, status FROM teams WHERE org_id = $1 AND name_key IN (SELECT value FROM json_each($2)) ORDER BY id",
    )
    .bind(org)
    .bind(ids(names))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?, row.parsed("status")?))).collect()
}

/// The names of these teams.
#[expect(clippy::missing_errors_doc, reason = "as for branches")]
pub async fn names(rx: &mut Rx, org: Id, teams: &[Id]) -> Result<HashMap<Id, String>, Failure> {
    if teams.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        sql("SELECT id, name FROM teams WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))")
            .bind(org)
            .bind(ids(teams))
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?))).collect()
}

/// What a check-in note begins with in the teams of a goal: the name of each team that has a template, and the template.
#[expect(clippy::missing_errors_doc, reason = "as for branches")]
pub async fn note_templates(rx: &mut Rx, goal: Id) -> Result<Vec<(String, String)>, Failure> {
    let rows = sql(
        "SELECT t.name, t.note_template FROM goal_teams g JOIN teams t ON t.id = g.team_id \
         WHERE g.goal_id = $1 AND t.status = 'active' AND t.note_template IS NOT NULL ORDER BY g.position, t.id",
    )
    .bind(goal)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.text("name")?, row.text("note_template")?))).collect()
}
