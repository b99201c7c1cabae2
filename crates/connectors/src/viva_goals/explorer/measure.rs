//! What a row measures and where it stands: the files do not name the kind of target, and of `Progress %` and `Actual
//! Progress` only one surely is the raw value (integrations §4.2 A, §9).

use northing_core::metric::{Metric, MetricKind};
use northing_core::status::Status;

use super::super::values::by_numbers;
use super::cells::Cells;
use super::check_in_cell::{self, CheckInCell};
use super::columns::{Column, Columns};
use crate::import_model::{Amount, Effect, Measure};

/// What a row measures, its raw value, and its progress in per cent where the row gives it apart.
pub(super) type Measured = (Measure, Option<Amount>, Option<Amount>);

pub(super) fn measured(
    cells: &mut Cells,
    columns: &Columns,
    status: Option<Status>,
    check_ins: &[CheckInCell],
) -> Measured {
    let unit = cells.text(Column::Unit);
    let name = cells.text(Column::MetricName);
    let (start, target) = (cells.number(Column::Start), cells.number(Column::Target));
    let (start, target) = (start.map(|it| it.value), target.map(|it| it.value));
    let (shown, actual) = (cells.number(Column::Progress), cells.number(Column::Actual));
    let word = cells.text(Column::MetricType);
    let stated = word.as_deref().and_then(|word| word.parse::<MetricKind>().ok());
    if let (Some(word), None) = (word, stated) {
        cells.odd("Metric Type", word);
    }
    let in_percent = unit.as_deref().is_none_or(|unit| unit == "%");
    let plain = name.is_none()
        && in_percent
        && start.is_none_or(|start| start == 0.0)
        && target.is_none_or(|target| target == 100.0);
    let kind = match stated {
        Some(kind) => kind,
        None if plain => MetricKind::Percent,
        None if columns.has(Column::Start) && start.is_none() && target.is_some() => {
            threshold(cells, target, shown, actual, status)
        }
        None => by_numbers(start, target),
    };
    if kind == MetricKind::Percent {
        let measure = Measure { kind, name, unit: None, start: Some(0.0), target: Some(100.0) };
        let current = actual.or(shown);
        return (measure, current, current);
    }
    let measure = Measure { kind, name, unit, start, target };
    let (current, progress) = raw(cells, &measure, shown, actual, check_ins);
    (measure, current, progress)
}

/// A target without a start is a threshold; on which side of it the value should stay shows in progress and status.
fn threshold(
    cells: &mut Cells,
    target: Option<f64>,
    shown: Option<Amount>,
    actual: Option<Amount>,
    status: Option<Status>,
) -> MetricKind {
    let above = actual.or(shown).zip(target).map(|(value, target)| value.value > target);
    let met = match shown.map(|it| it.value) {
        Some(progress) if actual.is_some_and(|it| it.value != progress) && progress >= 100.0 => Some(true),
        Some(progress) if actual.is_some_and(|it| it.value != progress) && progress <= 0.0 => Some(false),
        _ => match status {
            Some(Status::OnTrack) => Some(true),
            Some(Status::Behind | Status::AtRisk) => Some(false),
            _ => None,
        },
    };
    let (kind, how) = match (above, met) {
        (Some(above), Some(met)) if above == met => (MetricKind::StayAbove, "stay above"),
        (Some(_), Some(_)) => (MetricKind::StayBelow, "stay below"),
        _ => (MetricKind::Reach, "reach"),
    };
    let reason = format!("there is no start and the file does not name the kind of target; taken as: {how}");
    cells.note("Target", Effect::Changed, reason);
    kind
}

/// Which of the two numbers is the raw value of a metric.
fn raw(
    cells: &mut Cells,
    measure: &Measure,
    shown: Option<Amount>,
    actual: Option<Amount>,
    check_ins: &[CheckInCell],
) -> (Option<Amount>, Option<Amount>) {
    let metric = Metric {
        kind: measure.kind,
        name: None,
        unit: None,
        start: measure.start.unwrap_or(0.0),
        target: measure.target,
        risk_threshold: None,
        current: None,
    };
    let means = |value: Amount, progress: Amount| {
        metric.progress_unclamped(Some(value.value)).is_some_and(|it| (it - progress.value).abs() <= 0.6)
    };
    match (shown, actual) {
        (Some(shown), Some(actual)) if shown.value == actual.value => (Some(actual), None),
        (Some(shown), Some(actual)) if means(actual, shown) => (Some(actual), Some(shown)),
        (Some(shown), Some(actual)) if means(shown, actual) => {
            cells.note(
                "Progress %",
                Effect::Changed,
                "holds the raw value here, and Actual Progress the per cent",
            );
            (Some(shown), Some(actual))
        }
        (Some(shown), Some(actual)) => {
            let reason = format!("{} does not follow from the value; computed anew", shown.value);
            cells.note("Progress %", Effect::Changed, reason);
            (Some(actual), None)
        }
        (None, Some(actual)) => (Some(actual), None),
        (Some(shown), None) => only_shown(cells, &metric, shown, check_ins),
        (None, None) => (None, None),
    }
}

/// `Progress %` alone: per cent as its name says, unless the last check-in shows that it is the raw value.
fn only_shown(
    cells: &mut Cells,
    metric: &Metric,
    shown: Amount,
    check_ins: &[CheckInCell],
) -> (Option<Amount>, Option<Amount>) {
    let last = check_ins.iter().max_by_key(|it| (it.date, it.entered));
    let last = last.and_then(|it| check_in_cell::value(it.value.as_deref()?));
    let is_raw = match last {
        Some((value, off)) => (value.value - shown.value).abs() <= off * 1.01,
        None => shown.value < -100.0 || shown.value > 1000.0,
    };
    if is_raw {
        cells.note("Progress %", Effect::Changed, "taken as the raw value of the metric");
        return (Some(shown), None);
    }
    let value = metric.value_at_progress(shown.value).map(|value| Amount { value, approximate: true });
    let value = value.or_else(|| last.map(|(value, _)| value));
    cells.note(
        "Progress %",
        Effect::Changed,
        "taken as per cent: the file has no Actual Progress, so the value is computed from it",
    );
    (value, Some(shown))
}
