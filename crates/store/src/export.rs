//! What an export of an organisation reads: page by page of goals, inside one snapshot. Of a viewer the goals that they may
//! see; without a viewer all of them. Deleted goals are never among them.

use std::collections::HashMap;

use northing_core::goal::GoalKind;
use northing_core::values::Id;

use crate::check_ins::{self, CheckInRow};
use crate::comments::{self, CommentRow};
use crate::history::{self, Point};
use crate::members::{self, Member};
use crate::tasks::{self, TaskRow};
use crate::{Failure, Row, Rx, list, sql, visible_goal};

/// A goal as others name it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Named {
    pub id: Id,
    pub title: String,
    pub kind: GoalKind,
}

/// A record with what an import left beside it (`source_extra`), where one did.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct WithOrigin<T> {
    pub row: T,
    pub origin: Option<String>,
}

fn with_origin<T>(row: &Row, value: T) -> Result<WithOrigin<T>, Failure> {
    Ok(WithOrigin { row: value, origin: row.opt_text("source_extra")? })
}

/// The identifiers of goals from after `after` on, in their order.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn goal_ids(
    rx: &mut Rx,
    org: Id,
    viewer: Option<Id>,
    after: Option<Id>,
    limit: i64,
) -> Result<Vec<Id>, Failure> {
    let rows = sql(concat!(
        "SELECT g.id FROM goals g WHERE g.org_id = $1 AND g.deleted_at IS NULL AND g.id > $3 AND ($2 = '' OR ",
        visible_goal!("g", "$2"),
        ") ORDER BY g.id LIMIT $4"
    ))
    .bind(org)
    .bind(text(viewer))
    .bind(text(after))
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

fn text(id: Option<Id>) -> String {
    id.map_or_else(String::new, |id| id.to_string())
}

fn named(row: &Row) -> Result<Named, Failure> {
    Ok(Named { id: row.id("id")?, title: row.text("title")?, kind: row.parsed("kind")? })
}

/// Some goals by their identifiers.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn titles(
    rx: &mut Rx,
    org: Id,
    viewer: Option<Id>,
    ids: &[Id],
) -> Result<HashMap<Id, Named>, Failure> {
    let rows = sql(concat!(
        "SELECT g.id, g.title, g.kind FROM goals g WHERE g.org_id = $1 AND g.deleted_at IS NULL \
         AND g.id IN (SELECT value FROM json_each($3)) AND ($2 = '' OR ",
        visible_goal!("g", "$2"),
        ")"
    ))
    .bind(org)
    .bind(text(viewer))
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| named(row).map(|it| (it.id, it))).collect()
}

/// The goals below some, by the one above, in their order.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn children(
    rx: &mut Rx,
    org: Id,
    viewer: Option<Id>,
    parents: &[Id],
) -> Result<HashMap<Id, Vec<Named>>, Failure> {
    let rows = sql(concat!(
        "SELECT a.parent_id, g.id, g.title, g.kind FROM alignments a JOIN goals g ON g.id = a.child_id \
         WHERE a.parent_id IN (SELECT value FROM json_each($3)) AND g.org_id = $1 AND g.deleted_at IS NULL AND ($2 = '' OR ",
        visible_goal!("g", "$2"),
        ") ORDER BY a.parent_id, a.position, g.id"
    ))
    .bind(org)
    .bind(text(viewer))
    .bind(list(parents))
    .fetch_all(rx)
    .await?;
    let mut found: HashMap<Id, Vec<Named>> = HashMap::new();
    for row in &rows {
        found.entry(row.id("parent_id")?).or_default().push(named(row)?);
    }
    Ok(found)
}

/// The tasks of some goals in their order, by the goal; without their owners' names.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn tasks(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, Vec<TaskRow>>, Failure> {
    let rows = sql("SELECT t.*, CAST(NULL AS TEXT) AS owner_name FROM tasks t WHERE t.goal_id IN (SELECT value FROM json_each($1)) ORDER BY t.goal_id, t.position, t.id")
        .bind(list(goals))
        .fetch_all(rx)
        .await?;
    let mut found: HashMap<Id, Vec<TaskRow>> = HashMap::new();
    for row in &rows {
        found.entry(row.id("goal_id")?).or_default().push(tasks::task(row)?);
    }
    Ok(found)
}

/// The check-ins of some goals, of each the oldest first; without their authors' names.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn check_ins(rx: &mut Rx, goals: &[Id]) -> Result<Vec<WithOrigin<CheckInRow>>, Failure> {
    let rows = sql(
        "SELECT c.*, CAST(NULL AS TEXT) AS author_name, CAST(0 AS BIGINT) AS comment_count FROM check_ins c \
         WHERE c.goal_id IN (SELECT value FROM json_each($1)) ORDER BY c.goal_id, c.at, c.id",
    )
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| with_origin(row, check_ins::read(row)?)).collect()
}

/// The comments on some goals, of each the oldest first; without their authors' names.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn comments(rx: &mut Rx, goals: &[Id]) -> Result<Vec<WithOrigin<CommentRow>>, Failure> {
    let rows = sql("SELECT c.*, CAST(NULL AS TEXT) AS author_name FROM comments c \
         WHERE c.goal_id IN (SELECT value FROM json_each($1)) ORDER BY c.goal_id, c.created_at, c.id")
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| with_origin(row, comments::read(row)?)).collect()
}

/// The points of some goals' graphs, of each the oldest first.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn points(rx: &mut Rx, goals: &[Id]) -> Result<Vec<Point>, Failure> {
    let rows = sql(
        "SELECT h.goal_id, h.at, h.id, h.value, h.progress_unclamped, h.status, h.source, h.check_in_id \
         FROM history h WHERE h.goal_id IN (SELECT value FROM json_each($1)) ORDER BY h.goal_id, h.at, h.id",
    )
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(history::read).collect()
}

/// A member with what their account says of them.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct PersonRow {
    pub member: Member,
    pub title: Option<String>,
    pub department: Option<String>,
}

/// Everybody in an organisation, by their identifiers.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn people(rx: &mut Rx, org: Id) -> Result<Vec<WithOrigin<PersonRow>>, Failure> {
    let rows = sql("SELECT m.org_id, m.user_id, u.email, m.name, m.role, m.status, m.manager_id, u.time_zone, m.version, \
         m.created_at, m.updated_at, m.source_extra, u.title, u.department FROM members m JOIN users u ON u.id = m.user_id \
         WHERE m.org_id = $1 ORDER BY m.user_id")
    .bind(org)
    .fetch_all(rx)
    .await?;
    let person = |row: &Row| {
        let (title, department) = (row.opt_text("title")?, row.opt_text("department")?);
        with_origin(row, PersonRow { member: members::read(row)?, title, department })
    };
    rows.iter().map(person).collect()
}

/// The tags of an organisation by their names.
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn tags(rx: &mut Rx, org: Id) -> Result<Vec<(Id, String)>, Failure> {
    let rows = sql("SELECT t.id, t.name FROM tags t WHERE t.org_id = $1 ORDER BY t.name_key, t.id")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?))).collect()
}

/// The name and mail address of people who are no members (any more).
#[expect(clippy::missing_errors_doc, reason = "as for goal_ids")]
pub async fn strangers(rx: &mut Rx, ids: &[Id]) -> Result<Vec<(Id, String, String)>, Failure> {
    let rows =
        sql("SELECT u.id, u.name, u.email FROM users u WHERE u.id IN (SELECT value FROM json_each($1))")
            .bind(list(ids))
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?, row.text("email")?))).collect()
}
