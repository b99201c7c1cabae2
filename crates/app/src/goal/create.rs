//! Creating a goal (goals §3.1, §3.2).

use northing_core::alignment::may_stand_alone;
use northing_core::cone::{Seed, State};
use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::{Metric, MetricKind};
use northing_core::people::Role;
use northing_core::permission::{Action, Thing};
use northing_core::values::{Day, Id};
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, Access, GoalRow};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx, goal_facts, placements};
use serde_json::json;

use super::align::at;
use super::context::Context;
use super::edit::snapshot;
use super::fields::check_current;
use super::input::{AccessInput, GoalInput};
use super::view::GoalView;
use crate::{Actor, Northing, Result};

impl Northing {
    /// Creates a goal. What is left out is taken from its first parent (level, teams, period), else it becomes the
    /// creator's own in the current period.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that is wrong; [`Error::Forbidden`] without the right to create there.
    pub async fn create_goal(&self, actor: &Actor, input: GoalInput) -> Result<GoalView> {
        let input = (self.clone(), actor.clone(), input);
        self.store
            .write(input, |tx, (app, actor, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let id = context.create(tx, input).await?;
                    context.view_of(tx, id).await
                })
            })
            .await
    }
}

impl Context<'_> {
    pub(crate) async fn create(&self, tx: &mut Tx, input: &GoalInput) -> Result<Id> {
        let (row, plan) = self.would_create(tx, input).await?;
        let id = row.id;
        let tags = self.tag_ids(tx, &row.tags).await?;
        self.insert(tx, &row, &tags, &plan).await?;
        let detail = json!({ "after": snapshot(&row) });
        self.record(tx, EventKind::GoalCreated, id, None, detail).await?;
        let seeds: Vec<Seed> = plan.iter().map(|one| Seed::Children(one.parent_id)).collect();
        self.recompute(tx, Source::Edit, &seeds, &[]).await?;
        self.tell_owners(tx, &[(id, row.owner_ids)]).await?;
        Ok(id)
    }

    /// The goal as it would be created, with its alignments; refused as creating it would be. Nothing is written.
    pub(crate) async fn would_create(
        &self,
        rx: &mut Rx,
        input: &GoalInput,
    ) -> Result<(GoalRow, Vec<Alignment>)> {
        if input.kind == GoalKind::Initiative {
            self.require(Action::InitiativeCreate, Thing::Organization)?;
        }
        let id = self.app.new_id();
        let wanted: Vec<Id> = input.parents.iter().map(|parent| parent.id).collect();
        let mut plan = self.plan_parents(rx, input.kind, None, &[], &wanted).await?;
        for alignment in &mut plan {
            alignment.child_id = id;
        }
        if plan.is_empty() {
            may_stand_alone(input.kind, &self.settings).map_err(|refusal| at("parents", &refusal))?;
        }
        let parent = match plan.first() {
            Some(first) => goals::find(rx, self.actor.org_id, first.parent_id).await?,
            None => None,
        };
        let mut row = self.draft(rx, id, input, parent.as_ref()).await?;
        self.check(rx, None, &mut row).await?;
        Ok((row, plan))
    }

    /// Inserts a goal with its alignments and places, and announces it with its parents.
    pub(crate) async fn insert(
        &self,
        tx: &mut Tx,
        row: &GoalRow,
        tag_ids: &[Id],
        plan: &[Alignment],
    ) -> Result<()> {
        goals::insert(tx, row, tag_ids).await?;
        alignments::insert(tx, plan).await?;
        let parents: Vec<Id> = plan.iter().map(|one| one.parent_id).collect();
        alignments::settle(tx, &parents, &[row.id]).await?;
        placements::rebuild(tx, &[row.id]).await?;
        self.announce(tx, vec![row.id], Change::Created);
        if !parents.is_empty() {
            self.announce(tx, parents, Change::Edited);
        }
        Ok(())
    }

    async fn draft(
        &self,
        rx: &mut Rx,
        id: Id,
        input: &GoalInput,
        parent: Option<&GoalRow>,
    ) -> Result<GoalRow> {
        let (period_id, first, last) = self.period(rx, input.period_id, parent).await?;
        let metric = match &input.metric {
            Some(given) => {
                check_current(given, given.current.and(given.metric().current))?;
                given.metric()
            }
            None => Metric::percent(),
        };
        let (level, team_ids) = self.level(input, parent);
        let mode = input.progress_mode.unwrap_or_else(|| default_mode(input.kind, metric.kind));
        let owner_ids = input.owner_ids.clone().unwrap_or_else(|| {
            if self.actor.role == Role::Observer { Vec::new() } else { vec![self.actor.user_id] }
        });
        let mut row = blank(id, self, period_id, (first, last), metric);
        row.kind = input.kind;
        row.title.clone_from(&input.title);
        row.description.clone_from(&input.description);
        row.level = level;
        row.team_ids = team_ids;
        row.owner_ids = owner_ids;
        row.check_in_owner_id = input.check_in_owner_id;
        row.delegate_id = input.delegate_id;
        row.start_date = input.start_date.unwrap_or(first);
        row.due_date = input.due_date.unwrap_or(last);
        row.phases.clone_from(&input.phases);
        row.progress_mode = mode;
        row.new_children_contribute = input.new_children_contribute.unwrap_or(true);
        row.committed = input.committed;
        row.scoring_guidance.clone_from(&input.scoring_guidance);
        row.tags.clone_from(&input.tags);
        row.visibility = input.visibility.unwrap_or(Visibility::Everyone);
        row.align_restricted = input.align_restricted;
        row.access = input.access.iter().map(access).collect();
        row.position = placements::next_position(rx, self.actor.org_id, period_id).await?;
        Ok(row)
    }

    /// The period asked for, the parent's, or the current one, with its days.
    pub(crate) async fn period(
        &self,
        rx: &mut Rx,
        wanted: Option<Id>,
        parent: Option<&GoalRow>,
    ) -> Result<(Id, Day, Day)> {
        if let Some(id) = wanted.or(parent.map(|parent| parent.period_id)) {
            let found = goal_facts::periods(rx, self.actor.org_id, &[id]).await?;
            let (first, last) =
                found.get(&id).copied().ok_or_else(|| super::fields::unknown("period_id", "period"))?;
            return Ok((id, first, last));
        }
        let current = goal_facts::current_period(rx, self.actor.org_id).await?;
        current.ok_or_else(|| {
            FieldError::new("period_id", "required", "name the period: none is the current one").into()
        })
    }

    fn level(&self, input: &GoalInput, parent: Option<&GoalRow>) -> (Level, Vec<Id>) {
        let teams = input.team_ids.clone();
        match (input.level, teams, parent) {
            (Some(level), Some(teams), _) => (level, teams),
            (None, Some(teams), _) if !teams.is_empty() => (Level::Team, teams),
            (Some(Level::Team), None, Some(parent)) => (Level::Team, parent.team_ids.clone()),
            (Some(level), None, _) => (level, Vec::new()),
            (None, None, Some(parent)) => (parent.level, parent.team_ids.clone()),
            (None, _, _) => (Level::Individual, Vec::new()),
        }
    }
}

/// The mode of a new goal (goals §3.1, §3.6): percentages of objectives and initiatives come from below, the rest is
/// checked in.
fn default_mode(kind: GoalKind, metric: MetricKind) -> ProgressMode {
    match (kind, metric) {
        (GoalKind::Objective | GoalKind::Initiative, MetricKind::Percent) => ProgressMode::Rollup,
        _ => ProgressMode::Manual,
    }
}

pub(crate) const fn access(input: &AccessInput) -> Access {
    let AccessInput { user_id, may_view, may_edit, may_align } = *input;
    Access { user_id, may_view, may_edit, may_align }
}

/// A goal nobody has touched yet.
fn blank(id: Id, context: &Context<'_>, period_id: Id, days: (Day, Day), metric: Metric) -> GoalRow {
    let state = State::initial(&metric);
    GoalRow {
        id,
        org_id: context.actor.org_id,
        version: 1,
        kind: GoalKind::Objective,
        title: String::new(),
        description: None,
        level: Level::Individual,
        check_in_owner_id: None,
        delegate_id: None,
        period_id,
        start_date: days.0,
        due_date: days.1,
        phases: Vec::new(),
        progress_mode: ProgressMode::Manual,
        automatic_stopped: false,
        new_children_contribute: true,
        progress: state.progress(),
        progress_unclamped: state.progress_unclamped,
        status: state.status,
        automatic_status: state.automatic_status,
        status_is_manual: false,
        score: None,
        closing_note: None,
        closed_at: None,
        closed_by: None,
        committed: false,
        scoring_guidance: None,
        visibility: Visibility::Everyone,
        align_restricted: false,
        position: 0.0,
        child_count: 0,
        parent_count: 0,
        last_check_in_at: None,
        last_source: None,
        external_id: None,
        source_extra: None,
        created_by: Some(context.actor.user_id),
        created_at: context.now,
        updated_at: context.now,
        deleted_at: None,
        deleted_by: None,
        owner_ids: Vec::new(),
        team_ids: Vec::new(),
        parents: Vec::new(),
        tags: Vec::new(),
        access: Vec::new(),
        metric,
    }
}
