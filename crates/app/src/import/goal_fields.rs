//! What an import keeps of a goal, field by field, so that a newer file can be merged in.

use northing_connectors::import_model::Goal;
use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::{Metric, MetricKind, clamp_progress};
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::values::{Day, Id};
use northing_store::goals::{Access, GoalRow};
use serde::{Deserialize, Serialize};

use super::merge::Fields;

/// A parent with the share that was set by hand.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Parent {
    pub(super) goal: Id,
    pub(super) share: Option<f64>,
}

/// What a goal measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Measure {
    kind: MetricKind,
    name: Option<String>,
    unit: Option<String>,
    start: f64,
    target: Option<f64>,
}

/// A person whom a goal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    person: Id,
    view: bool,
    align: bool,
}

/// How an open goal stands that people check in on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Standing {
    value: Option<f64>,
    progress: Option<f64>,
    status: Option<Status>,
}

/// How a goal ended.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Closing {
    status: Status,
    score: Option<f64>,
}

/// What an import keeps of a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct GoalFields {
    title: String,
    description: Option<String>,
    kind: GoalKind,
    owners: Vec<Id>,
    check_in_owner: Option<Id>,
    delegate: Option<Id>,
    teams: Vec<Id>,
    period: Id,
    start_date: Day,
    due_date: Day,
    metric: Measure,
    phased_targets: Vec<Phase>,
    progress_mode: ProgressMode,
    visibility: Visibility,
    align_restricted: bool,
    named_people: Vec<Named>,
    committed: bool,
    pub(super) tags: Vec<String>,
    pub(super) parents: Vec<Parent>,
    progress_and_status: Standing,
    closing: Option<Closing>,
}

impl GoalFields {
    /// The fields of a goal as it stands.
    pub(super) fn of(row: &GoalRow) -> Self {
        let Metric { kind, name, unit, start, target, current, .. } = row.metric.clone();
        let locked = row.status.is_locked();
        let named = row.access.iter().filter(|one| one.may_view || one.may_align);
        Self {
            title: row.title.clone(),
            description: row.description.clone(),
            kind: row.kind,
            owners: row.owner_ids.clone(),
            check_in_owner: row.check_in_owner_id,
            delegate: row.delegate_id,
            teams: row.team_ids.clone(),
            period: row.period_id,
            start_date: row.start_date,
            due_date: row.due_date,
            metric: Measure { kind, name, unit, start, target },
            phased_targets: row.phases.clone(),
            progress_mode: row.progress_mode,
            visibility: row.visibility,
            align_restricted: row.align_restricted,
            named_people: named
                .map(|one| Named { person: one.user_id, view: one.may_view, align: one.may_align })
                .collect(),
            committed: row.committed,
            tags: row.tags.clone(),
            parents: row.parents.iter().map(|it| Parent { goal: it.id, share: it.fixed }).collect(),
            progress_and_status: Standing {
                value: current,
                progress: row.progress_unclamped,
                status: (!locked).then_some(row.status),
            },
            closing: locked.then_some(Closing { status: row.status, score: row.score }),
        }
    }

    /// Puts the merged fields into the row; `said` is the file's row, for what goes with a closing.
    pub(super) fn put(self, row: &mut GoalRow, said: &GoalRow) {
        let was_locked = row.status.is_locked();
        row.title = self.title;
        row.description = self.description;
        row.kind = self.kind;
        row.owner_ids = self.owners;
        row.check_in_owner_id = self.check_in_owner;
        row.delegate_id = self.delegate;
        if row.team_ids != self.teams {
            row.level = if self.teams.is_empty() { Level::Organization } else { Level::Team };
            row.team_ids = self.teams;
        }
        row.period_id = self.period;
        row.start_date = self.start_date;
        row.due_date = self.due_date;
        row.metric = Metric {
            kind: self.metric.kind,
            name: self.metric.name,
            unit: self.metric.unit,
            start: self.metric.start,
            target: self.metric.target,
            risk_threshold: row.metric.risk_threshold,
            current: self.progress_and_status.value,
        };
        row.phases = self.phased_targets;
        row.progress_mode = self.progress_mode;
        row.visibility = self.visibility;
        row.align_restricted = self.align_restricted;
        put_named(&mut row.access, &self.named_people);
        row.committed = self.committed;
        row.tags = self.tags;
        row.progress_unclamped = self.progress_and_status.progress;
        row.progress = self.progress_and_status.progress.map(clamp_progress);
        match self.closing {
            Some(Closing { status, score }) => {
                (row.status, row.score) = (status, score);
                if !was_locked {
                    row.closed_at = said.closed_at;
                }
            }
            None => {
                row.status = self.progress_and_status.status.unwrap_or(said.status);
                if was_locked {
                    (row.score, row.closed_at, row.closed_by, row.closing_note) = (None, None, None, None);
                }
            }
        }
        row.automatic_status = row.status;
        if row.status != Status::NotStarted && row.last_source.is_none() {
            row.last_source = Some(String::from("import"));
        }
    }

    /// Leaves out of what a file says what it does not decide: the numbers of goals that compute themselves, and, in a table,
    /// every cell that is empty or not there.
    pub(super) fn silence(said: &mut Fields, it: &Goal, here: Option<&GoalRow>, sparse: bool) {
        let rolls_up = here.is_some_and(|row| {
            row.progress_mode == ProgressMode::Rollup && !row.automatic_stopped && row.child_count > 0
        });
        if rolls_up {
            said.remove("progress_and_status");
        }
        // A table does not say what kind of target it is: the reader guesses, and what stands here knows better.
        let same_but_kind = here.is_some_and(|row| {
            let mut guessed = Self::of(row).metric;
            let read = said.get("metric").and_then(|it| serde_json::from_value::<Measure>(it.clone()).ok());
            read.is_some_and(|read| {
                guessed.kind = read.kind;
                guessed == read
            })
        });
        let mut quiet = |name: &str, is_quiet: bool| {
            if is_quiet {
                said.remove(name);
            }
        };
        quiet("committed", it.committed.is_none());
        quiet("progress_mode", it.progress_mode.is_none());
        quiet("progress_and_status", it.status.is_none() && it.current.is_none());
        quiet("closing", it.status.is_none());
        if !sparse {
            return;
        }
        for name in
            ["visibility", "align_restricted", "named_people", "progress_mode", "check_in_owner", "delegate"]
        {
            quiet(name, true);
        }
        quiet("description", it.description.is_none());
        quiet("kind", it.kind.is_none());
        quiet("owners", it.owners.is_empty());
        quiet("teams", it.teams.is_empty());
        quiet("period", it.period.is_none());
        quiet("start_date", it.start.is_none());
        quiet("due_date", it.end.is_none());
        quiet("tags", it.tags.is_empty());
        quiet("parents", it.parents.is_empty());
        quiet("phased_targets", it.phases.is_empty());
        quiet("metric", it.measure.target.is_none() || same_but_kind);
        quiet("progress_and_status", it.status.is_none() || it.current.is_none());
        quiet("closing", it.score.is_none());
    }
}

/// What people may do by name: those of the file, and the rights to edit that were given here.
fn put_named(access: &mut Vec<Access>, named: &[Named]) {
    for one in access.iter_mut() {
        (one.may_view, one.may_align) = (false, false);
    }
    for &Named { person, view, align } in named {
        match access.iter_mut().find(|one| one.user_id == person) {
            Some(one) => (one.may_view, one.may_align) = (view, align),
            None => {
                access.push(Access { user_id: person, may_view: view, may_edit: false, may_align: align })
            }
        }
    }
    access.retain(|one| one.may_view || one.may_edit || one.may_align);
    access.sort_unstable_by_key(|one| one.user_id);
}
