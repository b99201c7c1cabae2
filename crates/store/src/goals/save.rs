//! Writing one goal. Alignments, shares and placements have files of their own; so has what a recomputation moves.

use northing_core::values::{Id, Moment};

use super::GoalRow;
use crate::{Bind, Bulk, Failure, Tx, Value, list, search, sql};

/// What search looks through.
fn search_text(goal: &GoalRow) -> String {
    search::text([goal.title.as_str()].into_iter().chain(goal.description.as_deref()))
}

fn phases(goal: &GoalRow) -> Result<String, Failure> {
    serde_json::to_string(&goal.phases).map_err(|_| Failure::Internal)
}

/// Inserts a goal with its owners, teams, tags (ids) and named people; not its parents.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, goal: &GoalRow, tag_ids: &[Id]) -> Result<(), Failure> {
    sql("INSERT INTO goals (id, org_id, kind, title, search_text, description, level, check_in_owner_id, delegate_id, \
         period_id, start_date, due_date, metric_kind, metric_name, metric_unit, metric_start, metric_target, risk_threshold, \
         metric_current, phases, progress_mode, automatic_stopped, new_children_contribute, progress, progress_unclamped, \
         status, automatic_status, status_is_manual, score, closing_note, closed_at, closed_by, committed, scoring_guidance, \
         visibility, align_restricted, position, child_count, parent_count, last_check_in_at, last_source, external_id, \
         source_extra, created_by, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, \
         $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, 0, 0, $38, $39, $40, $41, $42, $43, $44, $45)")
        .bind(goal.id)
        .bind(goal.org_id)
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
        .bind(goal.position)
        .bind(goal.last_check_in_at)
        .bind(goal.last_source.as_deref())
        .bind(goal.external_id.as_deref())
        .bind(goal.source_extra.as_deref())
        .bind(goal.created_by)
        .bind(goal.version)
        .bind(goal.created_at)
        .bind(goal.updated_at)
        .execute(tx)
        .await?;
    insert_lists(tx, goal, tag_ids).await
}

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
    insert_lists(tx, goal, tag_ids).await
}

async fn insert_lists(tx: &mut Tx, goal: &GoalRow, tag_ids: &[Id]) -> Result<(), Failure> {
    let places = || 0_i64..;
    let (mut owners, mut teams) = (Bulk::new(3), Bulk::new(3));
    for (id, place) in goal.owner_ids.iter().zip(places()) {
        owners.push([goal.id.value(), id.value(), place.value()]);
    }
    for (id, place) in goal.team_ids.iter().zip(places()) {
        teams.push([goal.id.value(), id.value(), place.value()]);
    }
    let (mut tags, mut access) = (Bulk::new(2), Bulk::new(5));
    for id in tag_ids {
        tags.push([goal.id.value(), id.value()]);
    }
    for one in &goal.access {
        access.push([
            goal.id.value(),
            one.user_id.value(),
            one.may_view.value(),
            one.may_edit.value(),
            one.may_align.value(),
        ]);
    }
    owners.insert(tx, "INSERT INTO goal_owners (goal_id, user_id, position) {rows}").await?;
    teams.insert(tx, "INSERT INTO goal_teams (goal_id, team_id, position) {rows}").await?;
    tags.insert(tx, "INSERT INTO goal_tags (goal_id, tag_id) {rows}").await?;
    access
        .insert(tx, "INSERT INTO goal_access (goal_id, user_id, may_view, may_edit, may_align) {rows}")
        .await?;
    Ok(())
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
