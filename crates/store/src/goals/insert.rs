//! Writing new goals, one or many. Alignments, shares and placements have files of their own.

use northing_core::values::Id;

use super::GoalRow;
use crate::{Bind, Bulk, Failure, Tx, search};

/// What search looks through.
pub(super) fn search_text(goal: &GoalRow) -> String {
    search::text([goal.title.as_str()].into_iter().chain(goal.description.as_deref()))
}

pub(super) fn phases(goal: &GoalRow) -> Result<String, Failure> {
    serde_json::to_string(&goal.phases).map_err(|_| Failure::Internal)
}

/// Inserts a goal with its owners, teams, tags (ids) and named people; not its parents.
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, goal: &GoalRow, tag_ids: &[Id]) -> Result<(), Failure> {
    insert_all(tx, &[(goal, tag_ids)]).await
}

/// As [`insert`], for many goals with their tags: about a hundred in one statement.
///
/// # Errors
/// What the database says.
pub async fn insert_all(tx: &mut Tx, goals: &[(&GoalRow, &[Id])]) -> Result<(), Failure> {
    let mut rows = Bulk::new(47);
    for (goal, _) in goals {
        rows.push([
            goal.id.value(),
            goal.org_id.value(),
            goal.kind.name().value(),
            goal.title.as_str().value(),
            search_text(goal).value(),
            goal.description.as_deref().value(),
            goal.level.name().value(),
            goal.check_in_owner_id.value(),
            goal.delegate_id.value(),
            goal.period_id.value(),
            goal.start_date.value(),
            goal.due_date.value(),
            goal.metric.kind.name().value(),
            goal.metric.name.as_deref().value(),
            goal.metric.unit.as_deref().value(),
            goal.metric.start.value(),
            goal.metric.target.value(),
            goal.metric.risk_threshold.value(),
            goal.metric.current.value(),
            phases(goal)?.value(),
            goal.progress_mode.name().value(),
            goal.automatic_stopped.value(),
            goal.new_children_contribute.value(),
            goal.progress.value(),
            goal.progress_unclamped.value(),
            goal.status.name().value(),
            goal.automatic_status.name().value(),
            goal.status_is_manual.value(),
            goal.score.value(),
            goal.closing_note.as_deref().value(),
            goal.closed_at.value(),
            goal.closed_by.value(),
            goal.committed.value(),
            goal.scoring_guidance.as_deref().value(),
            goal.visibility.name().value(),
            goal.align_restricted.value(),
            goal.position.value(),
            0_i64.value(),
            0_i64.value(),
            goal.last_check_in_at.value(),
            goal.last_source.as_deref().value(),
            goal.external_id.as_deref().value(),
            goal.source_extra.as_deref().value(),
            goal.created_by.value(),
            goal.version.value(),
            goal.created_at.value(),
            goal.updated_at.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO goals (id, org_id, kind, title, search_text, description, level, check_in_owner_id, delegate_id, \
         period_id, start_date, due_date, metric_kind, metric_name, metric_unit, metric_start, metric_target, risk_threshold, \
         metric_current, phases, progress_mode, automatic_stopped, new_children_contribute, progress, progress_unclamped, \
         status, automatic_status, status_is_manual, score, closing_note, closed_at, closed_by, committed, scoring_guidance, \
         visibility, align_restricted, position, child_count, parent_count, last_check_in_at, last_source, external_id, \
         source_extra, created_by, version, created_at, updated_at) {rows}",
    )
    .await?;
    insert_lists(tx, goals).await
}

/// Inserts the owners, teams, tags and named people of goals that have none yet.
pub(super) async fn insert_lists(tx: &mut Tx, goals: &[(&GoalRow, &[Id])]) -> Result<(), Failure> {
    let (mut owners, mut teams) = (Bulk::new(3), Bulk::new(3));
    let (mut tags, mut access) = (Bulk::new(2), Bulk::new(5));
    for (goal, tag_ids) in goals {
        for (id, place) in goal.owner_ids.iter().zip(0_i64..) {
            owners.push([goal.id.value(), id.value(), place.value()]);
        }
        for (id, place) in goal.team_ids.iter().zip(0_i64..) {
            teams.push([goal.id.value(), id.value(), place.value()]);
        }
        for id in *tag_ids {
            tags.push([goal.id.value(), id.value()]);
        }
        for one in &goal.access {
            let may = [one.may_view.value(), one.may_edit.value(), one.may_align.value()];
            access.push([goal.id.value(), one.user_id.value()].into_iter().chain(may));
        }
    }
    owners.insert(tx, "INSERT INTO goal_owners (goal_id, user_id, position) {rows}").await?;
    teams.insert(tx, "INSERT INTO goal_teams (goal_id, team_id, position) {rows}").await?;
    tags.insert(tx, "INSERT INTO goal_tags (goal_id, tag_id) {rows}").await?;
    access
        .insert(tx, "INSERT INTO goal_access (goal_id, user_id, may_view, may_edit, may_align) {rows}")
        .await?;
    Ok(())
}
