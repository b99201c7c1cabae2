//! Scores of closed goals (goals §9.2, §4.7) and what postponing does to a metric (goals §9.3).

use crate::metric::{Metric, MetricKind, clamp_progress};
use crate::named_values;
use crate::settings::ScoreBands;
use crate::status::Status;

named_values! {
    /// The colour of a score.
    ScoreBand {
        /// Below the yellow band.
        Red = "red",
        /// From the yellow bound on.
        Yellow = "yellow",
        /// From the green bound on.
        Green = "green",
        /// 1.0 of a goal that only aspired: it was too easy.
        Orange = "orange",
    }
}

named_values! {
    /// What becomes of the progress when a goal goes on in another period.
    CarryOver {
        /// Begins at 0 %: where the value stands is the new start.
        Reset = "reset",
        /// Start, target and value go along.
        Preserve = "preserve",
    }
}

/// The score that a progress suggests: progress/100 to two decimals. None for a baseline.
#[must_use]
pub fn suggested_score(progress: Option<f64>) -> Option<f64> {
    progress.map(|progress| clamp_progress(progress).round() / 100.0)
}

/// The unweighted average of the key results' scores; none where none has a score.
#[must_use]
pub fn average_score(scores: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = scores.into_iter().fold((0.0, 0_u32), |(sum, count), score| (sum + score, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}

/// The colour of a score between 0 and 1.
#[must_use]
pub fn score_band(score: f64, committed: bool, bands: ScoreBands) -> ScoreBand {
    if score >= 1.0 && !committed {
        ScoreBand::Orange
    } else if score >= bands.green_from {
        ScoreBand::Green
    } else if score >= bands.yellow_from {
        ScoreBand::Yellow
    } else {
        ScoreBand::Red
    }
}

/// The status that the closing panel offers first: without progress postponed, else closed (goals §9.3).
#[must_use]
pub fn closing_default(progress: Option<f64>) -> Status {
    if progress.is_some_and(|progress| progress <= 0.0) { Status::Postponed } else { Status::Closed }
}

/// The metric with which a goal goes on in another period (goals §9.3).
#[must_use]
pub fn carry_over(metric: &Metric, how: CarryOver) -> Metric {
    let mut next = metric.clone();
    if how == CarryOver::Preserve {
        return next;
    }
    match (metric.kind, metric.current.filter(|&current| current != metric.start), metric.target) {
        (MetricKind::Percent, _, _) => next.current = Some(0.0),
        // What is reached already cannot be the start of the way to the same target.
        (MetricKind::Reach | MetricKind::Increase, Some(current), Some(target))
            if current > metric.start && current < target =>
        {
            next.kind = MetricKind::Increase;
            next.start = current;
        }
        (MetricKind::Increase, Some(current), Some(target)) if current < target => next.start = current,
        (MetricKind::Decrease, Some(current), Some(target)) if current > target => next.start = current,
        (MetricKind::Reach | MetricKind::Increase | MetricKind::Decrease, _, _) => {
            next.current = metric.initial()
        }
        (MetricKind::StayAbove | MetricKind::StayBelow | MetricKind::Baseline, _, _) => next.current = None,
    }
    next
}
