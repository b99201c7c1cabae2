//! What the rules of permission and creation want to know, each in one statement.

use std::collections::HashMap;

use northing_core::permission::{GoalFacts, TeamFacts};
use northing_core::settings::Settings;
use northing_core::values::{Day, Id};

use crate::{Failure, Rx, Tx, list, sql};

/// How a person stands to goals of an organisation, by the goal; deleted ones as well. Goals of other organisations are
/// left out. `is_author` is false: it belongs to a check-in or a comment.
///
/// # Errors
/// What the database says.
pub async fn goals(
    rx: &mut Rx,
    org_id: Id,
    user_id: Id,
    ids: &[Id],
) -> Result<HashMap<Id, GoalFacts>, Failure> {
    let rows = sql("SELECT g.id, g.visibility, g.align_restricted, \
         CASE WHEN g.created_by = $2 THEN 1 ELSE 0 END AS is_creator, \
         CASE WHEN g.check_in_owner_id = $2 THEN 1 ELSE 0 END AS is_check_in_owner, \
         CASE WHEN g.delegate_id = $2 THEN 1 ELSE 0 END AS is_delegate, \
         CASE WHEN EXISTS (SELECT 1 FROM goal_owners o WHERE o.goal_id = g.id AND o.user_id = $2) THEN 1 ELSE 0 END AS is_owner, \
         CASE WHEN EXISTS (SELECT 1 FROM goal_teams t JOIN team_people p ON p.team_id = t.team_id \
           WHERE t.goal_id = g.id AND p.user_id = $2 AND p.is_owner = 1) THEN 1 ELSE 0 END AS is_team_owner, \
         CASE WHEN EXISTS (SELECT 1 FROM goal_owners o JOIN members m ON m.org_id = g.org_id AND m.user_id = o.user_id \
           WHERE o.goal_id = g.id AND m.manager_id = $2) THEN 1 ELSE 0 END AS is_manager_of_owner, \
         CASE WHEN EXISTS (SELECT 1 FROM alignments a JOIN goal_owners o ON o.goal_id = a.parent_id \
           WHERE a.child_id = g.id AND o.user_id = $2) THEN 1 ELSE 0 END AS is_owner_of_parent, \
         COALESCE(x.may_view, 0) AS may_view, COALESCE(x.may_edit, 0) AS may_edit, COALESCE(x.may_align, 0) AS may_align \
         FROM goals g LEFT JOIN goal_access x ON x.goal_id = g.id AND x.user_id = $2 \
         WHERE g.org_id = $1 AND g.id IN (SELECT value FROM json_each($3))")
    .bind(org_id)
    .bind(user_id)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            let facts = GoalFacts {
                visibility: row.parsed("visibility")?,
                is_owner: row.flag("is_owner")?,
                is_creator: row.flag("is_creator")?,
                is_check_in_owner: row.flag("is_check_in_owner")?,
                is_delegate: row.flag("is_delegate")?,
                is_team_owner: row.flag("is_team_owner")?,
                is_manager_of_owner: row.flag("is_manager_of_owner")?,
                is_owner_of_parent: row.flag("is_owner_of_parent")?,
                is_named_editor: row.flag("may_edit")?,
                is_named_viewer: row.flag("may_view")?,
                align_restricted: row.flag("align_restricted")?,
                is_named_aligner: row.flag("may_align")?,
                is_author: false,
            };
            Ok((row.id("id")?, facts))
        })
        .collect()
}

/// How a person stands to teams of an organisation that are in use, by the team.
///
/// # Errors
/// What the database says.
pub async fn teams(
    rx: &mut Rx,
    org_id: Id,
    user_id: Id,
    ids: &[Id],
) -> Result<HashMap<Id, TeamFacts>, Failure> {
    let rows = sql("SELECT t.id, t.goal_creation, \
         CASE WHEN EXISTS (SELECT 1 FROM team_people p WHERE p.team_id = t.id AND p.user_id = $2 AND p.is_owner = 1) \
           THEN 1 ELSE 0 END AS is_owner, \
         CASE WHEN EXISTS (SELECT 1 FROM team_people p WHERE p.team_id = t.id AND p.user_id = $2) THEN 1 ELSE 0 END AS is_member, \
         CASE WHEN EXISTS (SELECT 1 FROM team_creators c WHERE c.team_id = t.id AND c.user_id = $2) THEN 1 ELSE 0 END AS is_named \
         FROM teams t WHERE t.org_id = $1 AND t.status = 'active' AND t.id IN (SELECT value FROM json_each($3))")
    .bind(org_id)
    .bind(user_id)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            let facts = TeamFacts {
                is_owner: row.flag("is_owner")?,
                is_member: row.flag("is_member")?,
                creation: row.opt_parsed("goal_creation")?,
                is_named_creator: row.flag("is_named")?,
            };
            Ok((row.id("id")?, facts))
        })
        .collect()
}

/// Which of these people are members of the organisation and not deactivated, and whether they may change things: an
/// observer may not.
///
/// # Errors
/// What the database says.
pub async fn members(rx: &mut Rx, org_id: Id, ids: &[Id]) -> Result<HashMap<Id, bool>, Failure> {
    let rows = sql("SELECT m.user_id, CASE WHEN m.role = 'observer' THEN 0 ELSE 1 END AS changes FROM members m \
         WHERE m.org_id = $1 AND m.status <> 'deactivated' AND m.user_id IN (SELECT value FROM json_each($2))")
    .bind(org_id)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, row.flag("changes")?))).collect()
}

/// First and last day of periods of the organisation.
///
/// # Errors
/// What the database says.
pub async fn periods(rx: &mut Rx, org_id: Id, ids: &[Id]) -> Result<HashMap<Id, (Day, Day)>, Failure> {
    let rows = sql("SELECT p.id, p.start_date, p.end_date FROM periods p WHERE p.org_id = $1 \
         AND p.id IN (SELECT value FROM json_each($2))")
    .bind(org_id)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, (row.day("start_date")?, row.day("end_date")?)))).collect()
}

/// The organisation's current period with its days.
///
/// # Errors
/// What the database says.
pub async fn current_period(rx: &mut Rx, org_id: Id) -> Result<Option<(Id, Day, Day)>, Failure> {
    let row =
        sql("SELECT p.id, p.start_date, p.end_date FROM periods p WHERE p.org_id = $1 AND p.is_current = 1")
            .bind(org_id)
            .fetch_optional(rx)
            .await?;
    row.map(|row| Ok((row.id("id")?, row.day("start_date")?, row.day("end_date")?))).transpose()
}

/// The period of the same kind that follows one.
///
/// # Errors
/// What the database says.
pub async fn next_period(rx: &mut Rx, org_id: Id, period_id: Id) -> Result<Option<(Id, Day, Day)>, Failure> {
    let row =
        sql("SELECT n.id, n.start_date, n.end_date FROM periods p JOIN periods n ON n.org_id = p.org_id \
         AND n.kind = p.kind AND n.start_date > p.end_date WHERE p.org_id = $1 AND p.id = $2 \
         ORDER BY n.start_date, n.id LIMIT 1")
        .bind(org_id)
        .bind(period_id)
        .fetch_optional(rx)
        .await?;
    row.map(|row| Ok((row.id("id")?, row.day("start_date")?, row.day("end_date")?))).transpose()
}

/// An organisation's settings.
///
/// # Errors
/// What the database says.
pub async fn settings(rx: &mut Rx, org_id: Id) -> Result<Option<Settings>, Failure> {
    let row =
        sql("SELECT o.settings FROM organizations o WHERE o.id = $1").bind(org_id).fetch_optional(rx).await?;
    row.map(|row| row.json("settings")).transpose()
}

/// An organisation's settings, while nobody else changes its structure: for changes of parents, deletion and periods.
///
/// # Errors
/// What the database says.
pub async fn lock_structure(tx: &mut Tx, org_id: Id) -> Result<Option<Settings>, Failure> {
    let row = sql("SELECT o.settings FROM organizations o WHERE o.id = $1")
        .bind(org_id)
        .for_update()
        .fetch_optional(tx)
        .await?;
    row.map(|row| row.json("settings")).transpose()
}

/// An organisation's settings, while its structure stands still: for changes of progress.
///
/// # Errors
/// What the database says.
pub async fn lock_progress(tx: &mut Tx, org_id: Id) -> Result<Option<Settings>, Failure> {
    let row = sql("SELECT o.settings FROM organizations o WHERE o.id = $1")
        .bind(org_id)
        .for_share()
        .fetch_optional(tx)
        .await?;
    row.map(|row| row.json("settings")).transpose()
}

/// How many key results a goal `g` has, as far as alerts ask: up to six among its first 24 children, so that a goal with
/// thousands of them costs no more than another.
macro_rules! key_results {
    () => {
        "CASE WHEN g.kind = 'objective' THEN (SELECT count(*) FROM (SELECT k.id FROM \
         (SELECT a.child_id FROM alignments a WHERE a.parent_id = g.id ORDER BY a.position, a.child_id LIMIT 24) f \
         JOIN goals k ON k.id = f.child_id WHERE k.kind = 'key_result' LIMIT 6) few) ELSE 0 END"
    };
}

/// Whether one of the parents of a key result `g` is an objective of another period.
macro_rules! period_differs {
    () => {
        "CASE WHEN g.kind = 'key_result' AND EXISTS (SELECT 1 FROM alignments a JOIN goals o ON o.id = a.parent_id \
         WHERE a.child_id = g.id AND o.kind = 'objective' AND o.period_id <> g.period_id) THEN 1 ELSE 0 END"
    };
}

pub(crate) use {key_results, period_differs};

/// What alerts want to know of goals besides themselves (goals §4.8).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AlertFacts {
    /// How many key results are aligned to it, counted as far as alerts ask: six stands for more.
    pub key_results: u32,
    /// Whether one of its parents is an objective of another period.
    pub period_differs: bool,
    /// First and last day of its period.
    pub period: Option<(Day, Day)>,
}

/// The facts for alerts of these goals.
///
/// # Errors
/// What the database says.
pub async fn alerts(rx: &mut Rx, ids: &[Id]) -> Result<HashMap<Id, AlertFacts>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT g.id, p.start_date, p.end_date, ",
        key_results!(),
        " AS key_results, ",
        period_differs!(),
        " AS period_differs FROM goals g JOIN periods p ON p.id = g.period_id WHERE g.id IN (SELECT value FROM json_each($1))"
    );
    let rows = sql(STATEMENT).bind(list(ids)).fetch_all(rx).await?;
    rows.iter()
        .map(|row| {
            let facts = AlertFacts {
                key_results: u32::try_from(row.int("key_results")?).unwrap_or(u32::MAX),
                period_differs: row.flag("period_differs")?,
                period: Some((row.day("start_date")?, row.day("end_date")?)),
            };
            Ok((row.id("id")?, facts))
        })
        .collect()
}
