//! Loading goals with their lists.

use std::collections::HashMap;

use northing_core::metric::Metric;
use northing_core::values::Id;

use super::{Access, GoalRow, ParentLink};
use crate::{Failure, Row, Rx, Tx, list, sql};

/// The goals of an organisation that exist and are not deleted, in the order of the ids given: two statements. What is
/// missing is left out. Who may see them is the caller's business.
///
/// # Errors
/// What the database says.
pub async fn load(rx: &mut Rx, org_id: Id, ids: &[Id]) -> Result<Vec<GoalRow>, Failure> {
    let rows = sql("SELECT g.* FROM goals g WHERE g.org_id = $1 AND g.deleted_at IS NULL \
         AND g.id IN (SELECT value FROM json_each($2))")
    .bind(org_id)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    complete(rx, ids, rows).await
}

/// As [`load`], for goals that are deleted and can be restored.
///
/// # Errors
/// What the database says.
pub async fn load_deleted(rx: &mut Rx, org_id: Id, ids: &[Id]) -> Result<Vec<GoalRow>, Failure> {
    let rows = sql("SELECT g.* FROM goals g WHERE g.org_id = $1 AND g.deleted_at IS NOT NULL \
         AND g.id IN (SELECT value FROM json_each($2))")
    .bind(org_id)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    complete(rx, ids, rows).await
}

/// One goal.
///
/// # Errors
/// What the database says.
pub async fn find(rx: &mut Rx, org_id: Id, id: Id) -> Result<Option<GoalRow>, Failure> {
    Ok(load(rx, org_id, &[id]).await?.into_iter().next())
}

/// Locks goals of an organisation, in the order of their ids, until the transaction ends.
///
/// # Errors
/// What the database says.
pub async fn lock(tx: &mut Tx, org_id: Id, ids: &[Id]) -> Result<(), Failure> {
    sql("SELECT g.id FROM goals g WHERE g.org_id = $1 AND g.id IN (SELECT value FROM json_each($2)) ORDER BY g.id")
        .bind(org_id)
        .bind(list(ids))
        .for_update()
        .fetch_all(tx)
        .await?;
    Ok(())
}

/// Whether a goal of the organisation has this external identifier, deleted or not.
///
/// # Errors
/// What the database says.
pub async fn has_external(rx: &mut Rx, org_id: Id, external_id: &str) -> Result<bool, Failure> {
    let found = sql("SELECT g.id FROM goals g WHERE g.org_id = $1 AND g.external_id = $2");
    Ok(found.bind(org_id).bind(external_id).fetch_optional(rx).await?.is_some())
}

async fn complete(rx: &mut Rx, ids: &[Id], rows: Vec<Row>) -> Result<Vec<GoalRow>, Failure> {
    let mut goals = HashMap::with_capacity(rows.len());
    for row in &rows {
        let goal = goal(row)?;
        goals.insert(goal.id, goal);
    }
    if !goals.is_empty() {
        add_lists(rx, &mut goals).await?;
    }
    Ok(ids.iter().filter_map(|id| goals.remove(id)).collect())
}

async fn add_lists(rx: &mut Rx, goals: &mut HashMap<Id, GoalRow>) -> Result<(), Failure> {
    const LISTS: &str = "\
        SELECT 'owner' AS part, o.goal_id, o.user_id AS other, CAST(o.position AS DOUBLE PRECISION) AS place, \
               CAST(0 AS DOUBLE PRECISION) AS share, CAST(NULL AS DOUBLE PRECISION) AS fixed, CAST(0 AS DOUBLE PRECISION) AS position \
          FROM goal_owners o WHERE o.goal_id IN (SELECT value FROM json_each($1)) \
        UNION ALL \
        SELECT 'team', t.goal_id, t.team_id, CAST(t.position AS DOUBLE PRECISION), CAST(0 AS DOUBLE PRECISION), \
               CAST(NULL AS DOUBLE PRECISION), CAST(0 AS DOUBLE PRECISION) \
          FROM goal_teams t WHERE t.goal_id IN (SELECT value FROM json_each($1)) \
        UNION ALL \
        SELECT 'parent', a.child_id, a.parent_id, CAST(a.parent_position AS DOUBLE PRECISION), a.share, a.fixed, a.position \
          FROM alignments a WHERE a.child_id IN (SELECT value FROM json_each($1)) \
        UNION ALL \
        SELECT 'tag', gt.goal_id, t.name, CAST(0 AS DOUBLE PRECISION), CAST(0 AS DOUBLE PRECISION), \
               CAST(NULL AS DOUBLE PRECISION), CAST(0 AS DOUBLE PRECISION) \
          FROM goal_tags gt JOIN tags t ON t.id = gt.tag_id WHERE gt.goal_id IN (SELECT value FROM json_each($1)) \
        UNION ALL \
        SELECT 'access', x.goal_id, x.user_id, CAST(x.may_view AS DOUBLE PRECISION), CAST(x.may_edit AS DOUBLE PRECISION), \
               CAST(NULL AS DOUBLE PRECISION), CAST(x.may_align AS DOUBLE PRECISION) \
          FROM goal_access x WHERE x.goal_id IN (SELECT value FROM json_each($1)) \
        ORDER BY place, other";
    for row in sql(LISTS).bind(list(goals.keys())).fetch_all(rx).await? {
        let Some(goal) = goals.get_mut(&row.id("goal_id")?) else { continue };
        match row.text("part")?.as_str() {
            "owner" => goal.owner_ids.push(row.id("other")?),
            "team" => goal.team_ids.push(row.id("other")?),
            "tag" => goal.tags.push(row.text("other")?),
            "parent" => goal.parents.push(ParentLink {
                id: row.id("other")?,
                share: row.real("share")?,
                fixed: row.opt_real("fixed")?,
                position: row.real("position")?,
            }),
            _ => goal.access.push(Access {
                user_id: row.id("other")?,
                may_view: row.real("place")? > 0.0,
                may_edit: row.real("share")? > 0.0,
                may_align: row.real("position")? > 0.0,
            }),
        }
    }
    // In the same order on both engines, whatever their collation.
    for goal in goals.values_mut() {
        goal.tags.sort_unstable();
        goal.access.sort_unstable_by_key(|access| access.user_id);
    }
    Ok(())
}

fn goal(row: &Row) -> Result<GoalRow, Failure> {
    Ok(GoalRow {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        version: row.int("version")?,
        kind: row.parsed("kind")?,
        title: row.text("title")?,
        description: row.opt_text("description")?,
        level: row.parsed("level")?,
        check_in_owner_id: row.opt_id("check_in_owner_id")?,
        delegate_id: row.opt_id("delegate_id")?,
        period_id: row.id("period_id")?,
        start_date: row.day("start_date")?,
        due_date: row.day("due_date")?,
        metric: Metric {
            kind: row.parsed("metric_kind")?,
            name: row.opt_text("metric_name")?,
            unit: row.opt_text("metric_unit")?,
            start: row.real("metric_start")?,
            target: row.opt_real("metric_target")?,
            risk_threshold: row.opt_real("risk_threshold")?,
            current: row.opt_real("metric_current")?,
        },
        phases: row.json("phases")?,
        progress_mode: row.parsed("progress_mode")?,
        automatic_stopped: row.flag("automatic_stopped")?,
        new_children_contribute: row.flag("new_children_contribute")?,
        progress: row.opt_real("progress")?,
        progress_unclamped: row.opt_real("progress_unclamped")?,
        status: row.parsed("status")?,
        automatic_status: row.parsed("automatic_status")?,
        status_is_manual: row.flag("status_is_manual")?,
        score: row.opt_real("score")?,
        closing_note: row.opt_text("closing_note")?,
        closed_at: row.opt_moment("closed_at")?,
        closed_by: row.opt_id("closed_by")?,
        committed: row.flag("committed")?,
        scoring_guidance: row.opt_text("scoring_guidance")?,
        visibility: row.parsed("visibility")?,
        align_restricted: row.flag("align_restricted")?,
        position: row.real("position")?,
        child_count: row.int("child_count")?,
        parent_count: row.int("parent_count")?,
        last_check_in_at: row.opt_moment("last_check_in_at")?,
        last_source: row.opt_text("last_source")?,
        external_id: row.opt_text("external_id")?,
        source_extra: row.opt_text("source_extra")?,
        created_by: row.opt_id("created_by")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
        deleted_at: row.opt_moment("deleted_at")?,
        deleted_by: row.opt_id("deleted_by")?,
        owner_ids: Vec::new(),
        team_ids: Vec::new(),
        parents: Vec::new(),
        tags: Vec::new(),
        access: Vec::new(),
    })
}
