//! The states a goal can be in (goals §4.5) and how they follow from progress (goals §4.5, §4.6).

use crate::metric::{Metric, MetricKind};
use crate::named_values;
use crate::settings::Settings;

named_values! {
    /// A goal's status.
    Status {
        /// No check-in yet.
        NotStarted = "not_started",
        /// Progress at or above what the calendar expects.
        OnTrack = "on_track",
        /// Less than expected, within the second cut point.
        Behind = "behind",
        /// Less than expected by more than the second cut point.
        AtRisk = "at_risk",
        /// Finished, with a score; locked until reopened.
        Closed = "closed",
        /// Put off; keeps its last progress in its parents' sums; locked until reopened.
        Postponed = "postponed",
        /// Was closed or postponed and is open again.
        Reopened = "reopened",
        /// Baseline goals only: has a value.
        InProgress = "in_progress",
    }
}

named_values! {
    /// Where the status of a parent comes from (goals §4.6).
    StatusSource {
        /// From its own progress against what is expected.
        Progress = "progress",
        /// The worst of its key results.
        KeyResults = "key_results",
    }
}

impl Status {
    /// Closed or postponed: locked until reopened (goals §3.5).
    #[must_use]
    pub const fn is_locked(self) -> bool {
        matches!(self, Self::Closed | Self::Postponed)
    }
}

/// Gaps are compared on exact values; this only takes up what binary fractions lose on the way.
const EXACT: f64 = 1e-9;

/// What the automatic status follows from.
#[derive(Debug, Clone, Copy)]
pub struct StatusInput<'a> {
    /// The goal's metric; its `current` is not looked at.
    pub metric: &'a Metric,
    /// The latest value.
    pub value: Option<f64>,
    /// Progress 0–100; none for a baseline.
    pub progress: Option<f64>,
    /// Expected progress; none for control and baseline metrics.
    pub expected: Option<f64>,
    /// Whether there was a check-in or an automatic change.
    pub started: bool,
    /// Whether the goal's first day lies ahead.
    pub before_start: bool,
}

/// The status that follows from progress and calendar (goals §4.5): what a check-in panel suggests and what automatic
/// goals take.
#[must_use]
pub fn automatic_status(input: &StatusInput<'_>, settings: &Settings) -> Status {
    if input.metric.kind == MetricKind::Baseline {
        return if input.value.is_some() { Status::InProgress } else { Status::NotStarted };
    }
    if !input.started || input.before_start {
        return Status::NotStarted;
    }
    suggested_status(input, settings)
}

/// The status that follows from progress alone, as if the goal had begun: what a check-in that is being written means.
#[must_use]
pub fn suggested_status(input: &StatusInput<'_>, settings: &Settings) -> Status {
    let metric = input.metric;
    match metric.kind {
        MetricKind::Baseline => Status::InProgress,
        MetricKind::StayAbove | MetricKind::StayBelow => {
            input.value.map_or(Status::NotStarted, |v| control(metric, v))
        }
        _ => {
            let gap = input.expected.unwrap_or(0.0) - input.progress.unwrap_or(0.0);
            if gap <= settings.on_track_gap + EXACT {
                Status::OnTrack
            } else if gap <= settings.behind_gap + EXACT {
                Status::Behind
            } else {
                Status::AtRisk
            }
        }
    }
}

/// A control metric's status: equality with the target is not met, equality with the risk threshold is at risk.
fn control(metric: &Metric, value: f64) -> Status {
    let above = metric.kind == MetricKind::StayAbove;
    let beyond = |limit: f64| if above { value > limit } else { value < limit };
    if metric.target.is_some_and(beyond) {
        Status::OnTrack
    } else if metric.risk_threshold.is_some_and(beyond) {
        Status::Behind
    } else {
        Status::AtRisk
    }
}

/// The terminal rule, before all others (goals §4.6): all key results closed or all postponed. None if neither, or if
/// there are no key results.
#[must_use]
pub fn terminal_status(key_results: StatusSet) -> Option<Status> {
    [Status::Closed, Status::Postponed].into_iter().find(|&status| key_results == StatusSet::of(&[status]))
}

/// A parent's status from those of its key results (goals §4.6, source "key results"). None where the rule leaves it to
/// the parent's own progress.
#[must_use]
pub fn status_from_key_results(key_results: StatusSet) -> Option<Status> {
    use Status::{AtRisk, Behind, Closed, InProgress, NotStarted, OnTrack, Postponed, Reopened};
    // The rules for an end look at all: what is in progress is not at its end.
    if let Some(status) = terminal_status(key_results) {
        return Some(status);
    }
    if key_results == StatusSet::of(&[Closed, Postponed]) {
        return Some(Closed);
    }
    if let Some(worst) = [AtRisk, Behind, OnTrack].into_iter().find(|&status| key_results.has(status)) {
        return Some(worst);
    }
    // A baseline in progress says nothing about how things go.
    let seen = key_results.without(InProgress);
    // Not started is the best of those with a rank; only beside closed ones does progress say more.
    if seen.has(NotStarted) && (!seen.has(Closed) || seen.has(Reopened)) {
        return Some(NotStarted);
    }
    let reopened = seen.has(Reopened) && !seen.has(NotStarted) && !seen.has(Closed);
    reopened.then_some(Reopened)
}

/// Which statuses occur among some goals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusSet(u8);

impl StatusSet {
    /// The set of these statuses.
    #[must_use]
    pub fn of(statuses: &[Status]) -> Self {
        statuses.iter().fold(Self::default(), |set, &status| set.with(status))
    }

    /// The set with one more.
    #[must_use]
    pub const fn with(self, status: Status) -> Self {
        Self(self.0 | 1 << status as u8)
    }

    /// The set with one less.
    #[must_use]
    pub const fn without(self, status: Status) -> Self {
        Self(self.0 & !(1 << status as u8))
    }

    /// Whether the status occurs.
    #[must_use]
    pub const fn has(self, status: Status) -> bool {
        self.0 & (1 << status as u8) != 0
    }
}

/// Whether a goal is labelled "Achieved": closed with a score of 1.0 or at 100 %. Its status stays closed.
#[must_use]
pub fn is_achieved(status: Status, score: Option<f64>, progress: Option<f64>) -> bool {
    let full = score.is_some_and(|score| score >= 1.0) || progress.is_some_and(|progress| progress >= 100.0);
    status == Status::Closed && full
}
