//! A goal as the API shows it: exactly the fields of its documentation, with alerts and expected progress of today.

use std::collections::HashSet;

use northing_core::alert::{Alert, AlertInput, alerts};
use northing_core::expectation::expected;
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::{Metric, MetricKind};
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};
use northing_store::goals::{GoalRow, PastState};
use northing_store::{Rx, goal_facts, goal_links};
use serde::Serialize;

use super::context::Context;
use crate::Result;
use crate::sources::Link;

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields are those of the API's goal")]
pub struct GoalView {
    pub id: Id,
    pub org_id: Id,
    pub version: i64,
    pub kind: GoalKind,
    pub title: String,
    pub description: Option<String>,
    pub level: Level,
    pub team_ids: Vec<Id>,
    pub owner_ids: Vec<Id>,
    pub check_in_owner_id: Option<Id>,
    pub delegate_id: Option<Id>,
    pub period_id: Id,
    pub start_date: Day,
    pub due_date: Day,
    #[serde(serialize_with = "with_its_sign")]
    pub metric: Metric,
    pub phases: Vec<Phase>,
    pub progress_mode: ProgressMode,
    pub automatic_stopped: bool,
    pub new_children_contribute: bool,
    /// Those that the actor may see.
    pub parents: Vec<ParentView>,
    /// How many goals are aligned to it, seen or not.
    pub child_count: i64,
    pub progress: Option<f64>,
    pub progress_unclamped: Option<f64>,
    pub expected_progress: Option<f64>,
    pub status: Status,
    pub automatic_status: Status,
    pub score: Option<f64>,
    pub closing_note: Option<String>,
    pub closed_at: Option<Moment>,
    pub closed_by: Option<Id>,
    pub committed: bool,
    pub scoring_guidance: Option<String>,
    pub tags: Vec<String>,
    pub visibility: Visibility,
    pub align_restricted: bool,
    pub access: Vec<AccessView>,
    pub alerts: Vec<Alert>,
    /// Its data source; none while it has none.
    pub link: Option<serde_json::Value>,
    pub last_check_in_at: Option<Moment>,
    pub created_by: Option<Id>,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub external_id: Option<String>,
}

/// A percentage says its unit to programs, though nobody enters one.
fn with_its_sign<S: serde::Serializer>(metric: &Metric, to: S) -> std::result::Result<S::Ok, S::Error> {
    if metric.kind == MetricKind::Percent && metric.unit.is_none() {
        return Metric { unit: Some(String::from("%")), ..metric.clone() }.serialize(to);
    }
    metric.serialize(to)
}

/// A parent with the share that the goal has in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ParentView {
    /// The parent.
    pub id: Id,
    /// Share in percent.
    pub share: f64,
    /// Whether the share was set by hand.
    pub fixed: bool,
}

/// A person named by the goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names say it (goals §10.2)")]
pub struct AccessView {
    pub user_id: Id,
    pub may_view: bool,
    pub may_edit: bool,
    pub may_align: bool,
}

impl Context<'_> {
    /// Goals as the actor sees them, in two statements, and one more where any follows a data source. Who may see the goals themselves was decided before.
    pub(crate) async fn views(&self, rx: &mut Rx, rows: Vec<GoalRow>) -> Result<Vec<GoalView>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let facts = goal_facts::alerts(rx, &ids).await?;
        let parents: HashSet<Id> =
            rows.iter().flat_map(|row| row.parents.iter().map(|link| link.id)).collect();
        let seen: HashSet<Id> = if parents.is_empty() {
            HashSet::new()
        } else {
            let parents: Vec<Id> = parents.into_iter().collect();
            self.visible(rx, &parents).await?.into_iter().collect()
        };
        let facts_of = |id: &Id| facts.get(id).copied().unwrap_or_default();
        let linked = rows.iter().filter(|row| row.progress_mode == ProgressMode::DataSource);
        let linked: Vec<Id> = linked.map(|row| row.id).collect();
        let links = goal_links::of_goals(rx, &linked).await?;
        rows.into_iter()
            .map(|row| {
                let link = links.get(&row.id).map(Link::of).transpose()?.map(|link| link.json());
                Ok(GoalView { link, ..self.goal_view(facts_of(&row.id), row, &seen) })
            })
            .collect()
    }

    /// One goal.
    pub(crate) async fn view(&self, rx: &mut Rx, row: GoalRow) -> Result<GoalView> {
        let views = self.views(rx, vec![row]).await?;
        views.into_iter().next().ok_or(crate::Error::NotFound("goal"))
    }

    /// The goal with this id as it stands now in this transaction.
    pub(crate) async fn view_of(&self, rx: &mut Rx, id: Id) -> Result<GoalView> {
        let row = northing_store::goals::find(rx, self.actor.org_id, id).await?;
        self.view(rx, row.ok_or(crate::Error::NotFound("goal"))?).await
    }

    fn goal_view(&self, facts: goal_facts::AlertFacts, row: GoalRow, seen: &HashSet<Id>) -> GoalView {
        let expected = expected(self.today, row.start_date, row.due_date, &row.metric, &row.phases);
        let alerts =
            if self.settings.health_indicators { self.alerts(&row, expected, facts) } else { Vec::new() };
        let parents = row.parents.iter().filter(|link| seen.contains(&link.id));
        let parents =
            parents.map(|link| ParentView { id: link.id, share: link.share, fixed: link.fixed.is_some() });
        let access = row.access.iter().map(|one| AccessView {
            user_id: one.user_id,
            may_view: one.may_view,
            may_edit: one.may_edit,
            may_align: one.may_align,
        });
        GoalView {
            id: row.id,
            org_id: row.org_id,
            version: row.version,
            kind: row.kind,
            title: row.title,
            description: row.description,
            level: row.level,
            team_ids: row.team_ids,
            owner_ids: row.owner_ids,
            check_in_owner_id: row.check_in_owner_id,
            delegate_id: row.delegate_id,
            period_id: row.period_id,
            start_date: row.start_date,
            due_date: row.due_date,
            phases: row.phases,
            progress_mode: row.progress_mode,
            automatic_stopped: row.automatic_stopped,
            new_children_contribute: row.new_children_contribute,
            parents: parents.collect(),
            child_count: row.child_count,
            progress: row.progress,
            progress_unclamped: row.progress_unclamped,
            expected_progress: expected,
            status: row.status,
            automatic_status: row.automatic_status,
            score: row.score,
            closing_note: row.closing_note,
            closed_at: row.closed_at,
            closed_by: row.closed_by,
            committed: row.committed,
            scoring_guidance: row.scoring_guidance,
            tags: row.tags,
            visibility: row.visibility,
            align_restricted: row.align_restricted,
            access: access.collect(),
            alerts,
            link: None,
            last_check_in_at: row.last_check_in_at,
            created_by: row.created_by,
            created_at: row.created_at,
            updated_at: row.updated_at,
            external_id: row.external_id,
            metric: row.metric,
        }
    }

    fn alerts(&self, row: &GoalRow, expected: Option<f64>, facts: goal_facts::AlertFacts) -> Vec<Alert> {
        alerts(&AlertInput {
            day: self.today,
            kind: row.kind,
            level: row.level,
            status: row.status,
            progress: row.progress,
            expected,
            score: row.score,
            dates: (row.start_date, row.due_date),
            period_dates: facts.period.unwrap_or((row.start_date, row.due_date)),
            has_owner: !row.owner_ids.is_empty(),
            has_parent: !row.parents.is_empty(),
            period_differs: facts.period_differs,
            key_results: facts.key_results,
        })
    }
}

impl GoalView {
    /// The same goal as it stood at the end of a past day; as at its start where nothing had moved it by then.
    pub(crate) fn stood(mut self, past: Option<&PastState>, day: Day) -> Self {
        self.expected_progress = expected(day, self.start_date, self.due_date, &self.metric, &self.phases);
        if let Some(past) = past {
            self.metric.current = past.value;
            self.progress = past.progress;
            self.progress_unclamped = past.progress_unclamped;
            self.status = past.status;
        } else {
            let start = northing_core::cone::State::initial(&self.metric);
            self.metric.current = start.value;
            self.progress = start.progress();
            self.progress_unclamped = start.progress_unclamped;
            self.status = start.status;
        }
        self.automatic_status = self.status;
        if !self.status.is_locked() {
            self.score = None;
            self.closing_note = None;
            self.closed_at = None;
            self.closed_by = None;
        }
        self.alerts = Vec::new();
        self
    }
}
