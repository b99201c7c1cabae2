//! Goals as rows with exactly the headers of format A (integrations §4.2), and those that it lacks beside them.

use super::{cells, words};
use crate::import_model::{Audience, CheckIn, Goal, PersonRef, Record, Reference};

/// The headers; check-ins go on in unnamed columns to the right of the last.
pub(super) const HEADERS: [&str; 32] = [
    "Id",
    "Title",
    "Team",
    "Tag",
    "Creator",
    "Creator Email",
    "Owner",
    "Owner Email",
    "Check-in Owner Email",
    "Delegated To Email",
    "Period",
    "Start Date",
    "End Date",
    "Description",
    "Aligned To (weight, Objective ID)",
    "Metric Name",
    "Metric Type",
    "Unit",
    "Start",
    "Target",
    "Object Type",
    "Goal Type",
    "Created At",
    "Last Check-in",
    "Last Check-in Note",
    "Progress %",
    "Actual Progress",
    "Progress From",
    "Status",
    "Score",
    "Visibility",
    "Checkins",
];

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Text, not yet guarded against being taken for a formula.
    Text(String),
    Number(f64),
    Empty,
}

impl Value {
    fn text(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }

    fn of(it: Option<impl ToString>) -> Self {
        it.map_or(Self::Empty, |it| Self::text(it.to_string()))
    }

    fn number(it: Option<f64>) -> Self {
        it.filter(|number| number.is_finite()).map_or(Self::Empty, Self::Number)
    }
}

/// The row of a goal: one cell for each header but the last, then one for each check-in, the oldest first.
pub(super) fn row(record: &Record<Goal>, check_ins: &[Record<CheckIn>]) -> Vec<Value> {
    let it = &record.value;
    let named = |all: &[Reference], between: &str| {
        let names: Vec<&str> = all.iter().filter_map(|one| one.name.as_deref()).collect();
        names.join(between)
    };
    let one = |person: &Option<PersonRef>| person.iter().cloned().collect::<Vec<_>>();
    let unit = if it.measure.kind == northing_core::metric::MetricKind::Percent {
        Some("%")
    } else {
        it.measure.unit.as_deref()
    };
    let last_note = check_ins.last().and_then(|last| last.value.note.as_deref());
    let mut row = vec![
        Value::of(record.source_id.as_deref()),
        Value::text(&it.title),
        Value::text(named(&it.teams, "; ")),
        Value::text(named(&it.tags, ", ")),
        Value::text(cells::names(&one(&it.creator))),
        Value::text(cells::emails(&one(&it.creator))),
        Value::text(cells::names(&it.owners)),
        Value::text(cells::emails(&it.owners)),
        Value::text(cells::emails(&it.check_in_owners)),
        Value::text(cells::emails(&one(&it.delegate))),
        Value::of(it.period.as_ref().and_then(|period| period.name.as_deref())),
        Value::of(it.start),
        Value::of(it.end),
        Value::of(it.description.as_deref()),
        Value::text(cells::aligned_to(&it.parents)),
        Value::of(it.measure.name.as_deref()),
        Value::text(it.measure.kind.name()),
        Value::of(unit),
        Value::number(it.measure.start),
        Value::number(it.measure.target),
        Value::of(it.type_name.as_deref()),
        Value::of(it.committed.map(words::commitment)),
        Value::of(it.created_at.map(words::moment)),
        Value::of(it.last_check_in),
        Value::of(last_note),
        Value::number(it.progress.map(|amount| amount.value)),
        Value::number(it.current.map(|amount| amount.value)),
        Value::of(it.progress_mode),
        Value::of(it.status.map(words::status)),
        Value::number(it.score),
        Value::text(if it.view == Audience::Everyone { "everyone" } else { "restricted" }),
    ];
    row.extend(check_ins.iter().map(|one| Value::Text(cells::check_in(&one.value, it.measure.kind))));
    row
}
