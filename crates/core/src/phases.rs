//! Phased targets (goals §3.3): steps that replace the straight line of expectation.

use serde::{Deserialize, Serialize};

use crate::errors::FieldError;
use crate::metric::Metric;
use crate::named_values;
use crate::values::Day;

/// A step: by this day the value should stand here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// The day, after the goal's start and not after its due date.
    pub date: Day,
    /// The value expected that day, in the metric's unit.
    pub target: f64,
}

named_values! {
    /// How far apart the phases of a preset lie.
    PhaseInterval {
        /// Every week.
        Weekly = "weekly",
        /// Every two weeks.
        Fortnightly = "fortnightly",
        /// Every month.
        Monthly = "monthly",
        /// Every three months.
        Quarterly = "quarterly",
    }
}

/// Where a goal's line of expectation begins and ends: the days with the values of start and target.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// First day.
    pub start: Day,
    /// Last day.
    pub due: Day,
    /// Value on the first day.
    pub from: f64,
    /// Value on the last day.
    pub to: f64,
}

impl Line {
    /// The line of a goal; none for metrics that have no phases.
    #[must_use]
    pub fn of(metric: &Metric, start: Day, due: Day) -> Option<Self> {
        let (from, to) = metric.span().filter(|_| metric.kind.is_journey())?;
        Some(Self { start, due, from, to })
    }

    /// The value on the straight line.
    #[must_use]
    pub fn at(&self, day: Day) -> f64 {
        let all = self.due.days_since(self.start);
        if day >= self.due || all <= 0 {
            return self.to;
        }
        let part = f64::from(day.days_since(self.start).max(0)) / f64::from(all);
        self.from + part * (self.to - self.from)
    }
}

/// The phases with which the editor begins: evenly spread over the straight line, the last one at its end. Where the
/// interval would make more than 400 of them (a goal of many years), they stop there and the end follows.
#[must_use]
pub fn spread(line: &Line, interval: PhaseInterval) -> Vec<Phase> {
    let step = |count: i32| {
        let date = line.start.date();
        let span = match interval {
            PhaseInterval::Weekly => jiff::Span::new().days(count.saturating_mul(7)),
            PhaseInterval::Fortnightly => jiff::Span::new().days(count.saturating_mul(14)),
            PhaseInterval::Monthly => jiff::Span::new().months(count),
            PhaseInterval::Quarterly => jiff::Span::new().months(count.saturating_mul(3)),
        };
        Day::from(date.saturating_add(span))
    };
    let inside = (1..400).map(step).take_while(|&date| date < line.due);
    inside.chain([line.due]).map(|date| Phase { date, target: line.at(date) }).collect()
}

/// The phases after the goal's days or targets changed: those that lay on the old straight line, unedited, lie on the
/// new one; edited ones keep their value; those outside the new days go; the last stands at the end.
#[must_use]
pub fn respread(phases: &[Phase], old: &Line, new: &Line) -> Vec<Phase> {
    let scale = (old.to - old.from).abs().max(1.0);
    let mut next: Vec<Phase> = phases
        .iter()
        .filter(|phase| phase.date != old.due && phase.date > new.start && phase.date < new.due)
        .map(|phase| {
            let unedited = (phase.target - old.at(phase.date)).abs() <= scale * 1e-9;
            Phase { date: phase.date, target: if unedited { new.at(phase.date) } else { phase.target } }
        })
        .collect();
    if !phases.is_empty() {
        next.push(Phase { date: new.due, target: new.to });
    }
    next
}

/// Checks phases as entered. `line` is none for metrics that have no phases. The end need not be among them; where it
/// is, it stands at the target.
///
/// # Errors
/// At `phases` or `phases[i].date` and `phases[i].target`.
pub fn validate(phases: &[Phase], line: Option<&Line>) -> Result<(), Vec<FieldError>> {
    let Some(line) = line else {
        let error =
            FieldError::new("phases", "not_allowed", "only reach, increase and decrease metrics have phases");
        return if phases.is_empty() { Ok(()) } else { Err(vec![error]) };
    };
    let mut errors = Vec::new();
    let mut before = line.start;
    for (i, phase) in phases.iter().enumerate() {
        let mut wrong = |field: &str, code, message: &'static str| {
            errors.push(FieldError::new(format!("phases[{i}].{field}"), code, message));
        };
        if phase.date <= before {
            let message =
                if i == 0 { "must be after the goal's start" } else { "must be after the phase before it" };
            wrong("date", "out_of_order", message);
        }
        if phase.date > line.due {
            wrong("date", "out_of_range", "must not be after the goal's due date");
        }
        if !phase.target.is_finite() {
            wrong("target", "not_a_number", "must be a finite number");
        } else if phase.date == line.due && phase.target != line.to {
            wrong("target", "out_of_range", "is the goal's target on its due date");
        }
        before = before.max(phase.date);
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The first phase that goes back against the metric's direction: worth a warning, not an error.
#[must_use]
pub fn first_step_back(phases: &[Phase], line: &Line) -> Option<Phase> {
    let up = line.to >= line.from;
    let mut before = line.from;
    for &phase in phases {
        if if up { phase.target < before } else { phase.target > before } {
            return Some(phase);
        }
        before = phase.target;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    fn line() -> Line {
        Line { start: day("2026-01-01"), due: day("2026-03-31"), from: 0.0, to: 89.0 }
    }

    fn rounded(phases: &[Phase]) -> Vec<f64> {
        phases.iter().map(|phase| (phase.target * 1e9).round() / 1e9).collect()
    }

    #[test]
    fn presets_follow_the_straight_line_and_end_at_the_target() {
        let monthly = spread(&line(), PhaseInterval::Monthly);
        let dates: Vec<String> = monthly.iter().map(|phase| phase.date.to_string()).collect();
        assert_eq!(dates, ["2026-02-01", "2026-03-01", "2026-03-31"]);
        assert_eq!(rounded(&monthly), [31.0, 59.0, 89.0]);
        assert_eq!(spread(&line(), PhaseInterval::Weekly).len(), 13);
        assert_eq!(spread(&line(), PhaseInterval::Fortnightly).len(), 7);
        assert_eq!(spread(&line(), PhaseInterval::Quarterly).len(), 1);
        assert!(validate(&monthly, Some(&line())).is_ok());
    }

    #[test]
    fn only_unedited_phases_move_with_the_line() {
        let mut phases = spread(&line(), PhaseInterval::Monthly);
        phases[1].target = 40.0;
        let new = Line { to: 178.0, ..line() };
        assert_eq!(rounded(&respread(&phases, &line(), &new)), [62.0, 40.0, 178.0]);
        let shorter = Line { due: day("2026-02-15"), ..line() };
        let dates: Vec<String> =
            respread(&phases, &line(), &shorter).iter().map(|p| p.date.to_string()).collect();
        assert_eq!(dates, ["2026-02-01", "2026-02-15"]);
    }

    #[test]
    fn phases_must_ascend_inside_the_goals_days() {
        let codes = |phases: &[(&str, f64)]| -> Vec<String> {
            let phases: Vec<Phase> =
                phases.iter().map(|&(date, target)| Phase { date: day(date), target }).collect();
            validate(&phases, Some(&line()))
                .err()
                .unwrap_or_default()
                .iter()
                .map(|e| format!("{} {}", e.field, e.code))
                .collect()
        };
        assert_eq!(codes(&[("2026-01-01", 1.0)]), ["phases[0].date out_of_order"]);
        assert_eq!(codes(&[("2026-02-01", 1.0), ("2026-02-01", 2.0)]), ["phases[1].date out_of_order"]);
        assert_eq!(codes(&[("2026-04-01", 1.0)]), ["phases[0].date out_of_range"]);
        assert_eq!(codes(&[("2026-03-31", 1.0)]), ["phases[0].target out_of_range"]);
        assert_eq!(codes(&[("2026-02-01", f64::NAN)]), ["phases[0].target not_a_number"]);
        assert!(validate(&[Phase { date: day("2026-02-01"), target: 1.0 }], None).is_err());
    }

    #[test]
    fn steps_back_are_found_in_either_direction() {
        let phase = |date: &str, target| Phase { date: day(date), target };
        let up = [phase("2026-01-10", 20.0), phase("2026-01-20", 10.0)];
        assert_eq!(first_step_back(&up, &line()), Some(up[1]));
        assert_eq!(first_step_back(&up, &Line { from: 50.0, to: 0.0, ..line() }), None);
    }
}
