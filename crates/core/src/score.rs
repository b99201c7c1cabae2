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
    let Some((start, target)) = metric.span().filter(|_| metric.kind.is_journey()) else {
        next.current = metric.initial();
        return next;
    };
    // Past the target there is no way left to it: then the goal begins again where it once began.
    let current = metric.current.unwrap_or(start);
    let ahead = if target >= start { current < target } else { current > target };
    if ahead && current != start {
        next.start = current;
        // A reach metric starts at 0; one that starts elsewhere increases from there.
        if metric.kind == MetricKind::Reach {
            next.kind = if current < target { MetricKind::Increase } else { MetricKind::Decrease };
        }
    } else {
        next.current = Some(start);
    }
    next
}
