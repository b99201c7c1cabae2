//! A parent's progress from its children, an initiative's from its tasks (goals §4.4, §3.6).

use crate::contribution::effective_shares_into;
use crate::goal::GoalKind;
use crate::metric::{Metric, MetricKind, clamp_progress};

/// The goal that takes its progress from below.
#[derive(Debug, Clone, Copy)]
pub struct RollupParent<'a> {
    /// Objective, key result or initiative.
    pub kind: GoalKind,
    /// Its metric; `current` is not looked at.
    pub metric: &'a Metric,
    /// Its tasks; only an initiative has any.
    pub tasks: Tasks,
}

/// What the tasks of an initiative weigh, in any unit: a task as much as a milestone without a weight, a milestone of
/// weight 2 twice that.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tasks {
    /// Those done.
    pub done: f64,
    /// All of them.
    pub all: f64,
}

/// A child as its parent sees it.
#[derive(Debug, Clone, Copy)]
pub struct RollupChild<'a> {
    /// Its metric; `current` is not looked at.
    pub metric: &'a Metric,
    /// Its share set by hand; none shares the rest. A share of 0 does not contribute.
    pub fixed: Option<f64>,
    /// Its latest value.
    pub value: Option<f64>,
    /// Its progress, clamped or not; none for a baseline.
    pub progress: Option<f64>,
}

/// What a roll-up yields.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RollupResult {
    /// Progress in points, not held to 0–100; none for a baseline.
    pub progress_unclamped: Option<f64>,
    /// The metric's value; for a percentage the progress.
    pub value: Option<f64>,
}

/// How a parent's progress comes from those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The average of their progress by their shares.
    Weighted,
    /// The sum of their values: they contribute or not, shares do not apply.
    Summed,
}

/// How a goal with this metric rolls up (goals §4.4).
#[must_use]
pub fn way(metric: &Metric) -> Way {
    match metric.kind {
        MetricKind::Percent => Way::Weighted,
        kind if kind.is_journey() && metric.unit_text() == "%" => Way::Weighted,
        _ => Way::Summed,
    }
}

/// Whether a child's value can be added to a parent's that sums: numbers in the same unit, baselines with baselines.
#[must_use]
pub fn adds_up(parent: &Metric, child: &Metric) -> bool {
    child.kind != MetricKind::Percent
        && (child.kind == MetricKind::Baseline) == (parent.kind == MetricKind::Baseline)
        && child.same_unit(parent)
}

/// Rolls up. None if there is nothing to roll up (no contributing children, no tasks): the goal then stays as it is.
#[must_use]
pub fn roll_up(parent: &RollupParent<'_>, children: &[RollupChild<'_>]) -> Option<RollupResult> {
    roll_up_with(parent, children.iter().copied(), &mut Vec::new())
}

/// As [`roll_up`], for callers that roll up many: `shares` is a buffer to use again.
pub fn roll_up_with<'a>(
    parent: &RollupParent<'_>,
    children: impl Iterator<Item = RollupChild<'a>> + Clone,
    shares: &mut Vec<f64>,
) -> Option<RollupResult> {
    if parent.kind == GoalKind::Initiative {
        return from_tasks(parent);
    }
    match way(parent.metric) {
        Way::Weighted => weighted(children, shares).map(|progress| at_progress(parent.metric, progress)),
        Way::Summed => sum(parent.metric, children),
    }
}

/// The weight done of the weight of all, unless the initiative measures something of its own.
fn from_tasks(parent: &RollupParent<'_>) -> Option<RollupResult> {
    let countable = parent.metric.kind == MetricKind::Percent && parent.tasks.all > 0.0;
    countable.then(|| {
        let progress = parent.tasks.done / parent.tasks.all * 100.0;
        at_progress(parent.metric, progress)
    })
}

fn at_progress(metric: &Metric, progress: f64) -> RollupResult {
    RollupResult { progress_unclamped: Some(progress), value: metric.value_at_progress(progress) }
}

/// The average of the children's progress by their shares; baselines stay out of both sides of it.
fn weighted<'a>(
    children: impl Iterator<Item = RollupChild<'a>> + Clone,
    shares: &mut Vec<f64>,
) -> Option<f64> {
    effective_shares_into(children.clone().map(|child| child.fixed), shares);
    let (mut sum, mut weight) = (0.0, 0.0);
    for (child, &share) in children.zip(shares.iter()) {
        if let Some(progress) = child.progress
            && share > 0.0
            && child.metric.kind != MetricKind::Baseline
        {
            sum += share * clamp_progress(progress);
            weight += share;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}

/// The sum of the contributing children's values in the parent's unit; a baseline adds up baselines only.
fn sum<'a>(parent: &Metric, children: impl Iterator<Item = RollupChild<'a>>) -> Option<RollupResult> {
    let mut total = None;
    for child in children {
        let compatible = child.fixed != Some(0.0) && adds_up(parent, child.metric);
        if let Some(value) = child.value.or_else(|| child.metric.initial())
            && compatible
        {
            total = Some(total.unwrap_or(0.0) + value);
        }
    }
    total.map(|value| RollupResult {
        progress_unclamped: parent.progress_unclamped(Some(value)),
        value: Some(value),
    })
}
