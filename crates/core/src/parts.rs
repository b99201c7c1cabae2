//! What each goal below brings to a rolled-up number (goals §4.4), so that the number can be opened to its parts.

use crate::contribution::effective_shares_into;
use crate::goal::GoalKind;
use crate::metric::{MetricKind, clamp_progress};
use crate::rollup::{RollupChild, RollupParent, Way, adds_up, way};

/// What one child brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Its weight in per cent of what counts; none where values are added up.
    pub share: Option<f64>,
    /// What it adds: points of progress, or its value in the parent's unit.
    pub adds: f64,
}

/// The parts of what [`crate::rollup::roll_up`] yields, in the order of the children: they sum to its progress, or to
/// its value where values are added up. None for a child that does not count.
#[must_use]
pub fn parts(parent: &RollupParent<'_>, children: &[RollupChild<'_>]) -> Vec<Option<Part>> {
    if parent.kind == GoalKind::Initiative {
        return vec![None; children.len()];
    }
    match way(parent.metric) {
        Way::Weighted => weighted(children),
        Way::Summed => children
            .iter()
            .map(|child| {
                let value = child.value.or_else(|| child.metric.initial())?;
                let counts = child.fixed != Some(0.0) && adds_up(parent.metric, child.metric);
                counts.then_some(Part { share: None, adds: value })
            })
            .collect(),
    }
}

/// Baselines and goals without progress stay out of both sides of the average: the others weigh more.
fn weighted(children: &[RollupChild<'_>]) -> Vec<Option<Part>> {
    let mut shares = Vec::with_capacity(children.len());
    effective_shares_into(children.iter().map(|child| child.fixed), &mut shares);
    let counted = |child: &RollupChild<'_>, share: f64| {
        child.progress.filter(|_| share > 0.0 && child.metric.kind != MetricKind::Baseline)
    };
    let whole: f64 =
        children.iter().zip(&shares).filter_map(|(child, &share)| counted(child, share).map(|_| share)).sum();
    children
        .iter()
        .zip(&shares)
        .map(|(child, &share)| {
            let progress = counted(child, share)?;
            let weight = share / whole;
            Some(Part { share: Some(weight * 100.0), adds: weight * clamp_progress(progress) })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::Metric;
    use crate::rollup::{Tasks, roll_up};

    fn child(metric: &Metric, fixed: Option<f64>, value: Option<f64>) -> RollupChild<'_> {
        RollupChild { metric, fixed, value, progress: metric.progress_unclamped(value) }
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn the_parts_of_an_average_sum_to_it_without_baselines() {
        let percent = Metric::percent();
        let baseline =
            Metric { kind: MetricKind::Baseline, target: None, current: None, ..Metric::percent() };
        let parent = RollupParent { kind: GoalKind::Objective, metric: &percent, tasks: Tasks::default() };
        let children = [
            child(&percent, None, Some(30.0)),
            child(&baseline, None, Some(7.0)),
            child(&percent, None, Some(60.0)),
            child(&percent, Some(0.0), Some(100.0)),
            child(&percent, Some(40.0), Some(150.0)),
        ];
        let parts = parts(&parent, &children);
        assert_eq!(parts.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, true, false, true]);
        let share = |at: usize| parts[at].and_then(|part| part.share).unwrap_or_default();
        // Of 20 + 20 + 40 that count.
        assert!(close(share(0), 25.0) && close(share(2), 25.0) && close(share(4), 50.0), "{parts:?}");
        let sum: f64 = parts.iter().flatten().map(|part| part.adds).sum();
        let whole = roll_up(&parent, &children).and_then(|it| it.progress_unclamped);
        assert!(whole.is_some_and(|whole| close(sum, whole) && close(sum, 72.5)), "{sum} {whole:?}");
    }

    #[test]
    fn values_that_are_added_up_are_the_parts_and_tasks_have_none() {
        let jobs = |unit: &str| Metric {
            kind: MetricKind::Reach,
            unit: Some(unit.to_owned()),
            target: Some(100.0),
            ..Metric::percent()
        };
        let (own, other) = (jobs("jobs"), jobs("£"));
        let parent = RollupParent { kind: GoalKind::KeyResult, metric: &own, tasks: Tasks::default() };
        let children = [
            child(&own, None, Some(30.0)),
            child(&other, None, Some(5.0)),
            child(&own, Some(0.0), Some(9.0)),
            child(&own, None, None),
        ];
        let of = |parent: &RollupParent<'_>| {
            parts(parent, &children).iter().map(|part| part.map(|it| (it.share, it.adds))).collect::<Vec<_>>()
        };
        assert_eq!(of(&parent), [Some((None, 30.0)), None, None, Some((None, 0.0))]);
        let initiative = RollupParent { kind: GoalKind::Initiative, ..parent };
        assert_eq!(of(&initiative), [None; 4]);
    }
}
