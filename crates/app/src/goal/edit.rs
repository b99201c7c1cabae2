//! Editing a goal (goals §3.5, §3.7).

use northing_core::alignment::may_align;
use northing_core::check_in::locked;
use northing_core::cone::{Seed, State};
use northing_core::conversion::{ConversionInput, convert};
use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::{Metric, MetricKind};
use northing_core::permission::{Action, Thing};
use northing_core::phases::{Line, respread};
use northing_core::settings::OkrModel;
use northing_core::values::Id;
use northing_store::goals::{self, GoalRow};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx, alignments, goal_facts, goal_links, placements, tasks};
use serde_json::{Map, Value, json};

use super::align::at;
use super::context::{Context, state};
use super::create::access;
use super::fields::check_current;
use super::input::{GoalPatch, MetricInput};
use super::owners::newly;
use super::view::GoalView;
use crate::{Actor, Error, Northing, Result};

/// What became of an edit.
#[derive(Debug, Clone, PartialEq)]
pub enum Edited {
    /// It was saved: the goal as it is now.
    Saved(Box<GoalView>),
    /// Nothing was saved: somebody else changed the goal since the caller read it. The goal as they left it, to be shown
    /// beside what the caller wrote.
    Stale(Box<GoalView>),
}

impl Northing {
    /// Changes fields of a goal. `version` is the goal's version as the caller knows it, if they want to be told of
    /// others' changes.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] with everything that is wrong; [`crate::Error::Refused`] for a closed or postponed goal;
    /// [`crate::Error::Forbidden`] without the right to edit, or to change owners.
    pub async fn edit_goal(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        patch: GoalPatch,
    ) -> Result<Edited> {
        let input = (self.clone(), actor.clone(), patch);
        self.store
            .write(input, move |tx, (app, actor, patch)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, facts) = context.goal(tx, goal, Action::GoalEdit).await?;
                    if version.is_some_and(|version| version != row.version) {
                        return Ok(Edited::Stale(Box::new(context.view(tx, row).await?)));
                    }
                    locked(row.status)?;
                    let mut after = context.patched(tx, &row, patch).await?;
                    context.check(tx, Some(&row), &mut after).await?;
                    if after.owner_ids != row.owner_ids {
                        context.require(Action::GoalChangeOwner, Thing::Goal(&facts))?;
                    }
                    context.save_edit(tx, &row, &after).await?;
                    context.tell_owners(tx, &[(goal, newly(&row.owner_ids, &after.owner_ids))]).await?;
                    if let Some(parents) = &patch.parents {
                        let row =
                            goals::find(tx, actor.org_id, goal).await?.ok_or(Error::NotFound("goal"))?;
                        context.realign(tx, row, parents).await?;
                    }
                    Ok(Edited::Saved(Box::new(context.view_of(tx, goal).await?)))
                })
            })
            .await
    }
}

impl Context<'_> {
    /// The goal as it would be with another metric.
    pub(crate) async fn would_measure(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        metric: &MetricInput,
    ) -> Result<GoalRow> {
        let patch = GoalPatch { metric: Some(metric.clone()), ..GoalPatch::default() };
        let mut after = self.patched(rx, row, &patch).await?;
        self.check(rx, Some(row), &mut after).await?;
        Ok(after)
    }

    /// Gives a goal another metric; returns it as it is now.
    pub(crate) async fn remeasure(
        &self,
        tx: &mut Tx,
        row: &GoalRow,
        metric: &MetricInput,
    ) -> Result<GoalRow> {
        let after = self.would_measure(tx, row, metric).await?;
        self.save_edit(tx, row, &after).await?;
        goals::find(tx, self.actor.org_id, row.id).await?.ok_or(Error::NotFound("goal"))
    }

    /// The goal as the patch would have it.
    pub(super) async fn patched(&self, rx: &mut Rx, row: &GoalRow, patch: &GoalPatch) -> Result<GoalRow> {
        let mut after = row.clone();
        macro_rules! take {
            ($($field:ident),+) => { $( if let Some(given) = &patch.$field { after.$field.clone_from(given); } )+ };
        }
        take!(
            title,
            description,
            level,
            team_ids,
            owner_ids,
            check_in_owner_id,
            delegate_id,
            period_id,
            progress_mode,
            new_children_contribute,
            committed,
            scoring_guidance,
            tags,
            visibility,
            align_restricted
        );
        if let Some(level) = patch.level
            && level != northing_core::goal::Level::Team
            && patch.team_ids.is_none()
        {
            after.team_ids.clear();
        }
        if let Some(given) = &patch.access {
            after.access = given.iter().map(access).collect();
        }
        if after.period_id != row.period_id {
            self.move_dates(rx, row, &mut after).await?;
        }
        after.start_date = patch.start_date.unwrap_or(after.start_date);
        after.due_date = patch.due_date.unwrap_or(after.due_date);
        if let Some(kind) = patch.kind.filter(|kind| *kind != row.kind) {
            self.change_kind(rx, row, kind, &mut after).await?;
        }
        if let Some(given) = &patch.metric {
            check_current(given, row.metric.current)?;
            let current = row.metric.current;
            after.metric = Metric { current, ..given.metric() };
        }
        match &patch.phases {
            Some(given) => after.phases.clone_from(given),
            None => {
                let old = Line::of(&row.metric, row.start_date, row.due_date);
                let new = Line::of(&after.metric, after.start_date, after.due_date);
                match (old, new) {
                    (Some(old), Some(new)) if old != new && new.start <= new.due => {
                        after.phases = respread(&row.phases, &old, &new);
                    }
                    (_, None) => after.phases.clear(),
                    _ => {}
                }
            }
        }
        Ok(after)
    }

    /// A goal that had its period's days gets the new period's.
    async fn move_dates(&self, rx: &mut Rx, row: &GoalRow, after: &mut GoalRow) -> Result<()> {
        let periods = goal_facts::periods(rx, self.actor.org_id, &[row.period_id, after.period_id]).await?;
        if let (Some(old), Some(new)) = (periods.get(&row.period_id), periods.get(&after.period_id))
            && (row.start_date, row.due_date) == *old
        {
            (after.start_date, after.due_date) = *new;
        }
        Ok(())
    }

    /// Key result to initiative and back by goals §3.7; objective to key result and back where they are interchangeable.
    pub(super) async fn change_kind(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        kind: GoalKind,
        after: &mut GoalRow,
    ) -> Result<()> {
        let refuse = |refusal: Refusal| at("kind", &refusal);
        let objective = row.kind == GoalKind::Objective || kind == GoalKind::Objective;
        if objective {
            let initiative = row.kind == GoalKind::Initiative || kind == GoalKind::Initiative;
            if initiative {
                let message =
                    "An objective and an initiative do not change into each other: create a new one.";
                return Err(refuse(Refusal::new("not_interchangeable", message)).into());
            }
            if self.settings.okr_model == OkrModel::Classic {
                let message = "An objective and a key result change into each other only where the two are interchangeable.";
                return Err(refuse(Refusal::new("not_interchangeable", message)).into());
            }
        } else {
            let has_tasks = !tasks::of_goal(rx, row.id).await?.is_empty();
            let input = ConversionInput {
                kind: row.kind,
                metric: row.metric.kind,
                linked: row.progress_mode == ProgressMode::DataSource,
                // Every data source there is counts work items.
                tracks_work: row.progress_mode == ProgressMode::DataSource,
                has_children: row.child_count > 0,
                has_tasks,
            };
            convert(input, &self.settings).map_err(refuse)?;
        }
        let parents: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        for parent in goals::load(rx, self.actor.org_id, &parents).await? {
            may_align(kind, parent.kind, &self.settings).map_err(refuse)?;
        }
        let children: Vec<Id> =
            alignments::below(rx, &[row.id]).await?.iter().map(|one| one.child_id).collect();
        for child in goals::load(rx, self.actor.org_id, &children).await? {
            may_align(child.kind, kind, &self.settings).map_err(refuse)?;
        }
        after.kind = kind;
        Ok(())
    }

    pub(super) async fn save_edit(&self, tx: &mut Tx, row: &GoalRow, after: &GoalRow) -> Result<()> {
        let changes = changes(row, after);
        if changes.is_empty() {
            return Ok(());
        }
        let mut after = after.clone();
        after.updated_at = self.now;
        let next = carried(row, &after);
        goals::update(tx, &after).await?;
        if row.progress_mode == ProgressMode::DataSource && after.progress_mode != ProgressMode::DataSource {
            goal_links::delete(tx, after.id).await?;
        }
        let lists = after.owner_ids != row.owner_ids
            || after.team_ids != row.team_ids
            || after.tags != row.tags
            || after.access != row.access;
        if lists {
            let tags = self.tag_ids(tx, &after.tags).await?;
            goals::save_lists(tx, &after, &tags).await?;
        }
        placements::rebuild(tx, &[after.id]).await?;
        let kind = if after.kind == row.kind { EventKind::GoalEdited } else { EventKind::GoalConverted };
        self.record(tx, kind, after.id, None, json!({ "changes": changes })).await?;
        let elsewhere = ["period_id", "level", "team_ids", "owner_ids", "visibility", "access", "kind"]
            .iter()
            .any(|field| changes.contains_key(*field));
        self.announce(tx, vec![after.id], if elsewhere { Change::Moved } else { Change::Edited });
        if ["metric", "phases", "progress_mode", "start_date", "due_date", "kind"]
            .iter()
            .any(|field| changes.contains_key(*field))
        {
            let rolls_up = after.progress_mode == ProgressMode::Rollup && !after.automatic_stopped;
            let measured = changes.contains_key("metric");
            // Where nothing below counts the value stands, and its progress follows the new metric.
            let seed = if rolls_up { Seed::Children(after.id) } else { Seed::Own(after.id) };
            self.recompute(tx, Source::Edit, &[seed], &[(after.id, next)]).await?;
            if rolls_up && (measured || after.kind != row.kind) {
                // Those above follow even where the roll-up left the goal itself as it was.
                let above: Vec<Seed> = row.parents.iter().map(|link| Seed::Children(link.id)).collect();
                self.recompute(tx, Source::Edit, &above, &[]).await?;
            }
        }
        Ok(())
    }
}

/// How a goal stands after its metric changed: between a percentage and another metric progress is kept, else the value.
fn carried(row: &GoalRow, after: &GoalRow) -> State {
    let mut next = state(row);
    if row.metric == after.metric {
        return next;
    }
    let percent = |metric: &Metric| metric.kind == MetricKind::Percent;
    next.value = if !next.started {
        after.metric.initial()
    } else if percent(&row.metric) == percent(&after.metric) {
        next.value.or_else(|| after.metric.initial())
    } else {
        next.progress().and_then(|progress| after.metric.value_at_progress(progress))
    };
    next.progress_unclamped = after.metric.progress_unclamped(next.value);
    next
}

/// Each field that differs, with its value before and after.
pub(crate) fn changes(before: &GoalRow, after: &GoalRow) -> Map<String, Value> {
    let (before, after) = (snapshot(before), snapshot(after));
    let differ = after.into_iter().filter(|(field, value)| before.get(field) != Some(value));
    differ
        .map(|(field, value)| {
            let was = before.get(&field).cloned().unwrap_or_default();
            (field, json!({ "before": was, "after": value }))
        })
        .collect()
}

/// The fields that people edit, as the API names them.
pub(crate) fn snapshot(row: &GoalRow) -> Map<String, Value> {
    let metric = json!({
        "kind": row.metric.kind, "name": row.metric.name, "unit": row.metric.unit, "start": row.metric.start,
        "target": row.metric.target, "risk_threshold": row.metric.risk_threshold,
    });
    let access: Vec<Value> = row
        .access
        .iter()
        .map(|one| json!({ "user_id": one.user_id, "may_view": one.may_view, "may_edit": one.may_edit, "may_align": one.may_align }))
        .collect();
    let fields = [
        ("kind", json!(row.kind)),
        ("title", json!(row.title)),
        ("description", json!(row.description)),
        ("level", json!(row.level)),
        ("team_ids", json!(row.team_ids)),
        ("owner_ids", json!(row.owner_ids)),
        ("check_in_owner_id", json!(row.check_in_owner_id)),
        ("delegate_id", json!(row.delegate_id)),
        ("period_id", json!(row.period_id)),
        ("start_date", json!(row.start_date)),
        ("due_date", json!(row.due_date)),
        ("metric", metric),
        ("phases", json!(row.phases)),
        ("progress_mode", json!(row.progress_mode)),
        ("new_children_contribute", json!(row.new_children_contribute)),
        ("committed", json!(row.committed)),
        ("scoring_guidance", json!(row.scoring_guidance)),
        ("tags", json!(row.tags)),
        ("visibility", json!(row.visibility)),
        ("align_restricted", json!(row.align_restricted)),
        ("access", Value::Array(access)),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
