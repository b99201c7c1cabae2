//! How far a goal should be on a day (goals §4.1).

use crate::metric::Metric;
use crate::phases::Phase;
use crate::values::Day;

/// The progress expected on a day, 0–100: linear over the goal's days, or along its phases. None for control and
/// baseline metrics. Phases must be in the order of their days; those outside the goal's days are passed over.
#[must_use]
pub fn expected(day: Day, start: Day, due: Day, metric: &Metric, phases: &[Phase]) -> Option<f64> {
    let (from, to) = metric.span()?;
    if day >= due {
        return Some(100.0);
    }
    if day <= start {
        return Some(0.0);
    }
    if phases.is_empty() || !metric.kind.is_journey() || from == to {
        return Some(between(start, due, day) * 100.0);
    }
    let value = phased_value(day, (start, from), (due, to), phases);
    Some((value - from) / (to - from) * 100.0)
}

/// The value on the line through the start, the phases and the end; the day lies between start and end.
fn phased_value(day: Day, start: (Day, f64), end: (Day, f64), phases: &[Phase]) -> f64 {
    let inside = phases.iter().filter(|phase| phase.date > start.0 && phase.date < end.0);
    let mut before = start;
    for after in inside.map(|phase| (phase.date, phase.target)).chain([end]) {
        if day <= after.0 {
            return before.1 + between(before.0, after.0, day) * (after.1 - before.1);
        }
        before = after;
    }
    end.1
}

/// Which part of the way from one day to another a day has come, 0–1.
fn between(from: Day, to: Day, day: Day) -> f64 {
    let all = to.days_since(from);
    if all <= 0 { 1.0 } else { f64::from(day.days_since(from)) / f64::from(all) }
}
