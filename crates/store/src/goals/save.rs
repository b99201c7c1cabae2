//! Changing one goal. Alignments, shares and placements have files of their own; so has what a recomputation moves.

use northing_core::values::{Id, Moment};

use super::GoalRow;
use super::insert::{insert_lists, phases, search_text};
use crate::{Failure, Tx, Value, list, sql};

/// Saves every field of a goal that was read at `goal.version`; the version moves on by one. Lists, place and the counts
/// of parents and children are not touched.
///
/// # Errors
/// [`Failure::Conflict`] where it was changed in the meantime.
pub async fn update(tx: &mut Tx, goal: &GoalRow) -> Result<(), Failure> {
    sql("UPDATE goals SET kind = $3, title = $4, search_text = $5, description = $6, level = $7, check_in_owner_id = $8, \
         delegate_id = $9, period_id = $10, start_date = $11, due_date = $12, metric_kind = $13, metric_name = $14, \
         metric_unit = $15, metric_start = $16, metric_target = $17, risk_threshold = $18, metric_current = $19, phases = $20, \
         progress_mode = $21, automatic_stopped = $22, new_children_contribute = $23, progress = $24, \
         progress_unclamped = $25, status = $26, automatic_status = $27, status_is_manual = $28, score = $29, \
         closing_note = $30, closed_at = $31, closed_by = $32, committed = $33, scoring_guidance = $34, visibility = $35, \
         align_restricted = $36, last_check_in_at = $37, last_source = $38, updated_at = $39, version = version + 1 \
         WHERE id = $1 AND version = $2 AND deleted_at IS NULL")
        .bind(goal.id)
        .bind(goal.version)
        .bind(goal.kind.name())
        .bind(&goal.title)
        .bind(search_text(goal))
        .bind(goal.description.as_deref())
        .bind(goal.level.name())
        .bind(goal.check_in_owner_id)
        .bind(goal.delegate_id)
        .bind(goal.period_id)
        .bind(goal.start_date)
        .bind(goal.due_date)
        .bind(goal.metric.kind.name())
        .bind(goal.metric.name.as_deref())
        .bind(goal.metric.unit.as_deref())
        .bind(goal.metric.start)
        .bind(goal.metric.target)
        .bind(goal.metric.risk_threshold)
        .bind(goal.metric.current)
        .bind(phases(goal)?)
        .bind(goal.progress_mode.name())
        .bind(goal.automatic_stopped)
        .bind(goal.new_children_contribute)
        .bind(goal.progress)
        .bind(goal.progress_unclamped)
        .bind(goal.status.name())
        .bind(goal.automatic_status.name())
        .bind(goal.status_is_manual)
        .bind(goal.score)
        .bind(goal.closing_note.as_deref())
        .bind(goal.closed_at)
        .bind(goal.closed_by)
        .bind(goal.committed)
        .bind(goal.scoring_guidance.as_deref())
        .bind(goal.visibility.name())
        .bind(goal.align_restricted)
        .bind(goal.last_check_in_at)
        .bind(goal.last_source.as_deref())
        .bind(goal.updated_at)
        .execute_one(tx)
        .await
}

/// Replaces a goal's owners, teams, tags (ids) and named people.
///
/// # Errors
/// What the database says.
pub async fn save_lists(tx: &mut Tx, goal: &GoalRow, tag_ids: &[Id]) -> Result<(), Failure> {
    for statement in [
        "DELETE FROM goal_owners WHERE goal_id = $1",
        "DELETE FROM goal_teams WHERE goal_id = $1",
        "DELETE FROM goal_tags WHERE goal_id = $1",
        "DELETE FROM goal_access WHERE goal_id = $1",
    ] {
        sql(statement).bind(goal.id).execute(tx).await?;
    }
    insert_lists(tx, &[(goal, tag_ids)]).await
}

/// Sets a goal's place in Explorer.
///
/// # Errors
/// What the database says.
pub async fn save_position(tx: &mut Tx, id: Id, position: f64) -> Result<(), Failure> {
    sql("UPDATE goals SET position = $2 WHERE id = $1").bind(id).bind(position).execute(tx).await?;
    Ok(())
}

/// Marks goals as deleted. Their alignments and placements are the caller's business.
///
/// # Errors
/// What the database says.
pub async fn mark_deleted(tx: &mut Tx, ids: &[Id], at: Moment, by: Id) -> Result<(), Failure> {
    mark(tx, ids, Some(at), Some(by), at).await
}

/// Takes the mark away again.
///
/// # Errors
/// What the database says.
pub async fn mark_restored(tx: &mut Tx, ids: &[Id], at: Moment) -> Result<(), Failure> {
    mark(tx, ids, None, None, at).await
}

async fn mark(
    tx: &mut Tx,
    ids: &[Id],
    deleted_at: Option<Moment>,
    deleted_by: Option<Id>,
    now: Moment,
) -> Result<(), Failure> {
    let ids: Value = list(ids);
    sql("UPDATE goals SET deleted_at = $2, deleted_by = $3, updated_at = $4, version = version + 1 \
         WHERE id IN (SELECT value FROM json_each($1))")
    .bind(ids)
    .bind(deleted_at)
    .bind(deleted_by)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}
