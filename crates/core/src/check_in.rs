//! What a check-in does to a goal (goals §4.4 "manual override and resume", §5.1, §5.2).

use crate::cone::{Node, Rules, State};
use crate::errors::{FieldError, Refusal};
use crate::goal::ProgressMode;
use crate::metric::MetricKind;
use crate::status::{Status, suggested_status};

/// What is entered in a check-in, besides its note.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CheckInInput {
    /// The latest value in the metric's unit: the total, not the increment.
    pub value: Option<f64>,
    /// Or the progress, 0–100; not for control and baseline metrics.
    pub progress: Option<f64>,
    /// The status chosen; none takes the suggested one.
    pub status: Option<Status>,
    /// Stop automatic updates until resumed.
    pub stop_automatic: bool,
    /// Take the automatic values again; not together with values or a status.
    pub resume_automatic: bool,
}

/// The goal after a check-in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CheckedIn {
    /// How it stands.
    pub state: State,
    /// Whether automatic updates are stopped from now on.
    pub automatic_stopped: bool,
    /// Its automatic values have to be taken now: recompute it with `Seed::Children` (or sync its data source).
    pub resumed: bool,
}

/// Why a check-in is not accepted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CheckInError {
    /// The goal is closed or postponed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// What was entered is wrong.
    #[error("the check-in has wrong fields")]
    Invalid(Vec<FieldError>),
}

/// What the panel selects first: the status that a value would mean (goals §4.5). `below` is what its key results say
/// where the organisation asks them ([`crate::cone::Cone::status_below`]).
#[must_use]
pub fn suggestion(node: &Node, value: Option<f64>, below: Option<Status>, rules: &Rules<'_>) -> Status {
    if let Some(status) = below {
        return status;
    }
    let mut input = node.status_input(rules.day);
    input.value = value;
    input.progress = node.metric.progress(value);
    input.started = true;
    if input.before_start && node.metric.kind != MetricKind::Baseline {
        return Status::NotStarted;
    }
    suggested_status(&input, rules.settings)
}

/// Applies a check-in; `below` as in [`suggestion`].
///
/// # Errors
/// A refusal for locked goals; all wrong fields at once otherwise.
pub fn apply(
    node: &Node,
    input: &CheckInInput,
    below: Option<Status>,
    rules: &Rules<'_>,
) -> Result<CheckedIn, CheckInError> {
    locked(node.state.status)?;
    let errors = wrong_fields(node, input);
    if !errors.is_empty() {
        return Err(CheckInError::Invalid(errors));
    }
    if input.resume_automatic {
        let state = State { manual_status: false, ..node.state };
        return Ok(CheckedIn { state, automatic_stopped: false, resumed: true });
    }
    let entered =
        input.value.or_else(|| input.progress.and_then(|progress| node.metric.value_at_progress(progress)));
    let value = entered.or(node.state.value);
    let mut after = node.clone();
    after.state.value = value;
    after.state.progress_unclamped = match (entered, input.progress) {
        (Some(_), Some(progress)) if input.value.is_none() => Some(progress),
        (Some(_), _) => node.metric.progress_unclamped(value),
        (None, _) => node.state.progress_unclamped,
    };
    after.state.started = true;
    after.state.automatic_status = after.automatic_status(rules);
    let suggested = below.unwrap_or(after.state.automatic_status);
    after.state.status = input.status.unwrap_or(suggested);
    after.state.manual_status = after.state.status != suggested;
    let automatic_stopped = node.automatic_stopped || input.stop_automatic;
    Ok(CheckedIn { state: after.state, automatic_stopped, resumed: false })
}

/// A closed or postponed goal takes no check-in and no edit (goals §3.5).
///
/// # Errors
/// A refusal that says to reopen it.
pub fn locked(status: Status) -> Result<(), Refusal> {
    match status {
        Status::Closed => Err(Refusal::new("closed", "The goal is closed: reopen it first.")),
        Status::Postponed => Err(Refusal::new("postponed", "The goal is postponed: reopen it first.")),
        _ => Ok(()),
    }
}

/// How a goal stands after its latest check-in was removed or changed: as the one that is now the latest says, or as at
/// its start (goals §5.2). `previous` is that check-in's value and status.
#[must_use]
pub fn fall_back(node: &Node, previous: Option<(Option<f64>, Status)>, rules: &Rules<'_>) -> State {
    let mut after = node.clone();
    after.state = State { score: node.state.score, ..State::initial(&node.metric) };
    if let Some((value, status)) = previous {
        after.state.value = value.or_else(|| node.metric.initial());
        after.state.progress_unclamped = node.metric.progress_unclamped(after.state.value);
        after.state.started = true;
        after.state.automatic_status = after.automatic_status(rules);
        after.state.status = status;
        after.state.manual_status = status != after.state.automatic_status;
    } else {
        after.state.automatic_status = after.automatic_status(rules);
        after.state.status = after.state.automatic_status;
    }
    // Locked goals keep their end whatever happens to their history.
    if node.state.status.is_locked() {
        after.state.status = node.state.status;
        after.state.manual_status = node.state.manual_status;
    }
    after.state
}

fn wrong_fields(node: &Node, input: &CheckInInput) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut wrong =
        |field: &'static str, code, message: &'static str| errors.push(FieldError::new(field, code, message));
    let kind = node.metric.kind;
    for (field, number) in [("value", input.value), ("progress", input.progress)] {
        let Some(number) = number else { continue };
        let percentage = field == "progress" || kind == MetricKind::Percent;
        if !number.is_finite() {
            wrong(field, "not_a_number", "must be a finite number");
        } else if percentage && !(0.0..=100.0).contains(&number) {
            wrong(field, "out_of_range", "must be from 0 to 100");
        }
    }
    if input.value.is_some() && input.progress.is_some() {
        wrong("progress", "not_allowed", "give the value or the progress, not both");
    }
    if input.progress.is_some() && (kind.is_control() || kind == MetricKind::Baseline) {
        wrong("progress", "not_allowed", "this metric takes a value, not a percentage");
    }
    if let Some(status) = input.status {
        if status.is_locked() {
            wrong("status", "not_allowed", "close or postpone the goal instead");
        } else if status == Status::Reopened {
            wrong("status", "not_allowed", "only a closed or postponed goal is reopened");
        } else if (status == Status::InProgress) != (kind == MetricKind::Baseline)
            && status != Status::NotStarted
        {
            wrong(
                "status",
                "not_allowed",
                "is in progress for a baseline, and on track, behind or at risk for other goals",
            );
        }
    }
    if input.stop_automatic && node.mode == ProgressMode::Manual {
        wrong("stop_automatic", "not_allowed", "the goal has no automatic updates");
    }
    if input.resume_automatic {
        if node.mode == ProgressMode::Manual || !node.automatic_stopped {
            wrong("resume_automatic", "not_allowed", "automatic updates are not stopped");
        }
        if input.stop_automatic || input.value.is_some() || input.progress.is_some() || input.status.is_some()
        {
            wrong("resume_automatic", "not_allowed", "takes the automatic values: give no others");
        }
    }
    errors
}
