//! Alerts about a goal's health (goals §4.8).

use std::borrow::Cow;

use serde::Serialize;

use crate::goal::{GoalKind, Level};
use crate::named_values;
use crate::status::Status;
use crate::values::Day;

named_values! {
    /// How urgent an alert is.
    AlertLevel {
        /// Orange.
        NeedsAttention = "needs_attention",
        /// Red.
        AtRisk = "at_risk",
    }
}

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// How urgent.
    pub level: AlertLevel,
    /// A stable name of the condition.
    pub code: &'static str,
    /// The condition as a sentence.
    pub message: Cow<'static, str>,
}

/// What alerts follow from.
#[derive(Debug, Clone, Copy)]
pub struct AlertInput {
    /// Today in the organisation's time zone.
    pub day: Day,
    /// Objective, key result or initiative.
    pub kind: GoalKind,
    /// Whose it is.
    pub level: Level,
    /// Its status.
    pub status: Status,
    /// Progress 0–100; none for a baseline.
    pub progress: Option<f64>,
    /// Expected progress; none for control and baseline metrics.
    pub expected: Option<f64>,
    /// Its score, once closed.
    pub score: Option<f64>,
    /// Its first and last day.
    pub dates: (Day, Day),
    /// Its period's first and last day.
    pub period_dates: (Day, Day),
    /// Whether it has an owner.
    pub has_owner: bool,
    /// Whether it is aligned to another goal.
    pub has_parent: bool,
    /// Whether one of its parents is an objective of another period (asked of key results only).
    pub period_differs: bool,
    /// How many key results it has.
    pub key_results: u32,
}

/// More key results than this are too many.
const MANY_KEY_RESULTS: u32 = 5;
/// A score above this means that the goal was easy.
const EASY_SCORE: f64 = 0.8;
/// So many days after its start a goal should have begun.
const DAYS_TO_BEGIN: i32 = 7;
/// More points than this behind what is expected is a risk.
const TRAILING: f64 = 25.0;

/// The alerts of a goal, the red ones first. Closed and postponed goals only answer for their score.
#[must_use]
pub fn alerts(goal: &AlertInput) -> Vec<Alert> {
    let open = !goal.status.is_locked();
    let objective = goal.kind == GoalKind::Objective;
    let below_top = objective && goal.level != Level::Organization;
    let behind = goal.expected.zip(goal.progress).map_or(0.0, |(expected, progress)| expected - progress);
    let outside = goal.dates.0 < goal.period_dates.0 || goal.dates.1 > goal.period_dates.1;
    let late_start = goal.status == Status::NotStarted && goal.day.days_since(goal.dates.0) >= DAYS_TO_BEGIN;
    use AlertLevel::{AtRisk, NeedsAttention};
    let conditions = [
        (
            open && behind > TRAILING + 1e-9,
            AtRisk,
            "trailing",
            "Progress trails what is expected by more than 25 points.",
        ),
        (
            open && goal.day > goal.dates.1,
            AtRisk,
            "overdue",
            "The due date has passed and the goal is not closed.",
        ),
        (open && !goal.has_owner, AtRisk, "no_owner", "Nobody owns the goal."),
        (
            open && goal.kind == GoalKind::KeyResult && goal.period_differs,
            AtRisk,
            "period_differs",
            "The key result belongs to another period than its objective.",
        ),
        (open && outside, AtRisk, "dates_outside_period", "The goal's dates are not within its period."),
        (
            open && late_start,
            NeedsAttention,
            "not_started",
            "The goal started a week ago or more and nobody has checked in.",
        ),
        (
            open && below_top && !goal.has_parent,
            NeedsAttention,
            "not_aligned",
            "The objective is not aligned to any other goal.",
        ),
        (
            open && below_top && goal.key_results == 0,
            NeedsAttention,
            "no_key_results",
            "The objective has no key results.",
        ),
        (
            open && objective && goal.key_results > MANY_KEY_RESULTS,
            NeedsAttention,
            "many_key_results",
            "The objective has more than five key results.",
        ),
        (
            goal.score.is_some_and(|score| score > EASY_SCORE),
            NeedsAttention,
            "high_score",
            "The score is above 0.8: the goal may have been too easy.",
        ),
    ];
    conditions
        .into_iter()
        .filter(|(holds, ..)| *holds)
        .map(|(_, level, code, message)| Alert { level, code, message: Cow::Borrowed(message) })
        .collect()
}
