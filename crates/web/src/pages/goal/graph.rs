//! The graph of a goal.

use northing_app::goal::page::GoalPage;
use northing_core::metric::MetricKind;
use northing_ui::Ctx;
use northing_ui::components::chart::{History, Point};
use northing_ui::components::status::Shown;

/// The graph: a point for each change that is known, the straight or phased line, and where today should be.
pub(super) fn told(ctx: &Ctx, found: &GoalPage) -> Option<History> {
    let measured = found.goal.metric.kind != MetricKind::Percent;
    let metric = &found.goal.metric;
    let points: Vec<Point> = found
        .points
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
    if let (Some(target), Some(_)) = (target, found.goal.expected_progress) {
        expected.push((found.goal.start_date, from));
        expected.extend(found.goal.phases.iter().map(|phase| (phase.date, phase.target)));
        if expected.last().is_none_or(|(day, _)| *day < found.goal.due_date) {
            expected.push((found.goal.due_date, target));
        }
    }
    Some(History {
        name: metric.name.clone().unwrap_or_else(|| String::from("Progress")),
        unit: if measured { metric.unit.clone() } else { Some(String::from("%")) },
        start: found.goal.start_date,
        end: found.goal.due_date,
        from,
        target,
        points,
        expected,
        expected_now: found.goal.expected_progress.and_then(at),
    })
}
