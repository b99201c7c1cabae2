//! The graph of a goal.

use northing_app::goal::view::GoalView;
use northing_app::history::Point as Stood;
use northing_core::metric::MetricKind;
use northing_ui::Ctx;
use northing_ui::components::chart::{History, Point};
use northing_ui::components::status::Shown;

/// The graph: a point for each change that is known, the straight or phased line, and where today should be.
pub(in crate::pages) fn of(ctx: &Ctx, goal: &GoalView, points: &[Stood]) -> Option<History> {
    let measured = goal.metric.kind != MetricKind::Percent;
    let metric = &goal.metric;
    let points: Vec<Point> = points
        .iter()
        .filter_map(|point| {
            let value = if measured { point.value } else { point.progress_unclamped }?;
            Some(Point { day: point.at.day_in(&ctx.zone), value, status: Shown::from(point.status) })
        })
        .collect();
    if points.is_empty() {
        return None;
    }
    let (from, target) = if measured { (metric.start, metric.target) } else { (0.0, Some(100.0)) };
    let at = |percent: f64| target.map(|target| from + (target - from) * percent / 100.0);
    let mut expected = Vec::new();
    if let (Some(target), Some(_)) = (target, goal.expected_progress) {
        expected.push((goal.start_date, from));
        expected.extend(goal.phases.iter().map(|phase| (phase.date, phase.target)));
        if expected.last().is_none_or(|(day, _)| *day < goal.due_date) {
            expected.push((goal.due_date, target));
        }
    }
    Some(History {
        name: metric.name.clone().unwrap_or_else(|| String::from("Progress")),
        unit: if measured { metric.unit.clone() } else { Some(String::from("%")) },
        start: goal.start_date,
        end: goal.due_date,
        from,
        target,
        points,
        expected,
        expected_now: goal.expected_progress.and_then(at),
    })
}
