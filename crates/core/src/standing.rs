//! How the goals of a team or an organisation stand together: one bar and one word for many goals.

use crate::expectation::expected;
use crate::goal::GoalKind;
use crate::metric::Metric;
use crate::settings::Settings;
use crate::status::{Status, StatusInput, StatusSet, suggested_status, terminal_status};
use crate::values::Day;

/// Goals at the top of a page that share kind, status and dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Their kind.
    pub kind: GoalKind,
    /// Their status.
    pub status: Status,
    /// Their first day.
    pub start: Day,
    /// Their last day.
    pub due: Day,
    /// How many there are.
    pub goals: u32,
    /// The mean of their progress in per cent.
    pub progress: f64,
}

/// How many goals stand together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// The mean of their progress in per cent.
    pub progress: f64,
    /// The mean of what the calendar expects of them, in per cent.
    pub expected: f64,
    /// What follows from both.
    pub status: Status,
}

/// How goals stand together: the objectives among them, since key results and initiatives count in these; where there are
/// none, all of them. None without goals that have a progress.
///
/// Closed and postponed goals count with the progress they ended with, as in a roll-up (goals §4.4). Where all have ended or
/// none has begun, that is the status; else it follows from the gap (goals §4.5).
#[must_use]
pub fn standing(parts: &[Part], today: Day, settings: &Settings) -> Option<Standing> {
    let objectives = parts.iter().any(|part| part.kind == GoalKind::Objective);
    let counted = || parts.iter().filter(move |part| !objectives || part.kind == GoalKind::Objective);
    let weight: f64 = counted().map(|part| f64::from(part.goals)).sum();
    if weight <= 0.0 {
        return None;
    }
    let mean = |of: &dyn Fn(&Part) -> f64| {
        counted().map(|part| of(part) * f64::from(part.goals)).sum::<f64>() / weight
    };
    let metric = Metric::percent();
    let progress = mean(&|part| part.progress);
    let expected = mean(&|part| expected(today, part.start, part.due, &metric, &[]).unwrap_or(0.0));
    let statuses = counted().fold(StatusSet::of(&[]), |set, part| set.with(part.status));
    let status = if let Some(terminal) = terminal_status(statuses) {
        terminal
    } else if counted().all(|part| part.status == Status::NotStarted) {
        Status::NotStarted
    } else {
        let input = StatusInput {
            metric: &metric,
            value: None,
            progress: Some(progress),
            expected: Some(expected),
            started: true,
            before_start: false,
        };
        suggested_status(&input, settings)
    };
    Some(Standing { progress, expected, status })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn part(kind: GoalKind, status: Status, goals: u32, progress: f64) -> Part {
        Part { kind, status, start: day("2026-01-01"), due: day("2026-03-31"), goals, progress }
    }

    #[test]
    fn objectives_stand_for_what_is_below_them() {
        let parts = [
            part(GoalKind::Objective, Status::Behind, 1, 30.0),
            part(GoalKind::Objective, Status::OnTrack, 2, 60.0),
            part(GoalKind::KeyResult, Status::AtRisk, 9, 0.0),
        ];
        let found = standing(&parts, day("2026-02-15"), &Settings::default()).unwrap();
        assert!((found.progress - 50.0).abs() < 1e-9, "{found:?}");
        assert!((found.expected - 4_500.0 / 89.0).abs() < 1e-9, "{found:?}");
        assert_eq!(found.status, Status::Behind);
        let alone = standing(&parts[2..], day("2026-02-15"), &Settings::default()).unwrap();
        assert_eq!(alone.status, Status::AtRisk);
        assert_eq!(standing(&[], day("2026-02-15"), &Settings::default()), None);
    }

    #[test]
    fn what_has_ended_or_not_begun_says_so() {
        let stands = |statuses: &[Status]| {
            let parts: Vec<Part> =
                statuses.iter().map(|status| part(GoalKind::Objective, *status, 1, 0.0)).collect();
            standing(&parts, day("2026-02-15"), &Settings::default()).unwrap().status
        };
        assert_eq!(stands(&[Status::Closed, Status::Closed]), Status::Closed);
        assert_eq!(stands(&[Status::Postponed]), Status::Postponed);
        assert_eq!(stands(&[Status::NotStarted, Status::NotStarted]), Status::NotStarted);
        assert_eq!(stands(&[Status::NotStarted, Status::Closed]), Status::AtRisk);
    }
}
