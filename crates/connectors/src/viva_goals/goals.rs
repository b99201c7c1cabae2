//! The goals of format B: the `objectives` file, which holds goals of every kind (integrations §4.2 B).

use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::phases::Phase;
use serde_json::{Map, Value};

use crate::import_model::{Amount, Audience, Effect, Goal, Measure, ParentRef};

use super::fields::{Fields, people, scalar, short};
use super::values;

pub(super) fn goal(f: &mut Fields) -> Result<Goal, String> {
    let title = f.text("Title").ok_or("a goal has no Title")?;
    let children = f.references("Children", "Title");
    let (measure, has_metric) = outcome(f);
    let type_name = f.text("Type");
    let kind = kind(f, type_name.as_deref(), has_metric && children.is_empty());
    let (start, end) = span(f);
    let (progress_mode, linked_to) = configuration(f);
    let number = f.number("Progress").map(Amount::exact);
    let (current, progress) = if has_metric { (number, None) } else { (number, number) };
    let status = f.status();
    let (view, align) = permissions(f);
    let committed = f.text("Goal Type").map(|word| values::plain(&word).starts_with("committed"));
    Ok(Goal {
        title,
        type_name,
        kind,
        level: None,
        creator: f.person("Created By"),
        owners: f.people("Owner"),
        check_in_owners: f.people("Check-in Owners"),
        delegate: f.person("Delegated To"),
        teams: f.references("Teams", "Name"),
        period: f.references("Time Period", "Name").into_iter().next(),
        start,
        end,
        parents: parents(f),
        view,
        align,
        description: f.text("Description"),
        tags: f.references("Tags", "Tag Name"),
        progress_mode,
        linked_to,
        measure,
        current,
        progress,
        status,
        phases: phases(f),
        score: score(f),
        committed,
        created_at: f.moment("Created At"),
        last_check_in: f.day("Last Check-in"),
        own: f.own()?.map(Box::new),
    })
}

fn kind(f: &mut Fields, word: Option<&str>, measured_leaf: bool) -> Option<GoalKind> {
    let known = word.and_then(values::kind);
    if known.is_none() && measured_leaf {
        f.note(
            "Type",
            Effect::Changed,
            "the word is unknown; taken as key result because it has a metric and no children",
        );
        return Some(GoalKind::KeyResult);
    }
    known
}

fn span(f: &mut Fields) -> (Option<northing_core::values::Day>, Option<northing_core::values::Day>) {
    let (start, end) = (f.day("Start Date"), f.day("End Date"));
    match (start, end) {
        (Some(s), Some(e)) if s > e => {
            f.note("End Date", Effect::Changed, "the goal ended before it began; the dates were exchanged");
            (end, start)
        }
        _ => (start, end),
    }
}

fn outcome(f: &mut Fields) -> (Measure, bool) {
    let mut o = Fields::new(object(f, "Outcome"));
    let is_metric = o.text("Outcome Type").is_some_and(|word| values::plain(&word) != "percentage");
    let unit = o.text("Metric Unit").filter(|unit| values::plain(unit) != "number");
    let (name, start, target) = (o.text("Metric Name"), o.number("Start"), o.number("Target"));
    let word = o.text("Target Type");
    let kind = match (is_metric, word.as_deref()) {
        (false, _) => MetricKind::Percent,
        (true, Some(word)) => target_type(word, start, target),
        (true, None) => values::by_numbers(start, target),
    };
    if is_metric && kind == MetricKind::Baseline && target.is_some() {
        f.note("Outcome", Effect::Changed, "no kind of target fits; taken as a baseline");
    }
    let (left, notes) = o.finish();
    for (key, value) in left {
        f.note("Outcome", Effect::Dropped, format!("unknown part {key}: {}", short(&value)));
    }
    for note in notes {
        f.note(&format!("Outcome {}", note.field), note.effect, note.reason);
    }
    (Measure { kind, name, unit, start, target }, is_metric)
}

fn target_type(word: &str, start: Option<f64>, target: Option<f64>) -> MetricKind {
    values::target(word).unwrap_or_else(|| values::by_numbers(start, target))
}

fn configuration(f: &mut Fields) -> (Option<ProgressMode>, Option<String>) {
    let mut c = Fields::new(object(f, "Progress and Status Configuration"));
    let word = c.text("Progress").map(|word| values::plain(&word));
    let source = c.take("Data Source").filter(|v| v.as_object().is_none_or(|m| !m.is_empty()));
    let source = source.map(|v| scalar(&v).unwrap_or_else(|| short(&v)));
    let mode = match word.as_deref() {
        Some("updatefromchildren") => Some(ProgressMode::Rollup),
        Some("updatemanually") => Some(ProgressMode::Manual),
        Some(word) if word.contains("source") || source.is_some() => Some(ProgressMode::Manual),
        Some(word) => {
            f.note(
                "Progress and Status Configuration",
                Effect::Dropped,
                format!("unknown way of updating: {word}"),
            );
            None
        }
        None => None,
    };
    if let Some(source) = &source {
        f.note(
            "Data Source",
            Effect::Dropped,
            format!("was linked to {source}; link it again, until then people check in"),
        );
    }
    if let Some(word) = c.text("Status").filter(|word| values::plain(word) != "updatebasedonprogress") {
        f.note(
            "Progress and Status Configuration",
            Effect::Dropped,
            format!(
                "status was set to: {word}; Northing derives it from progress and keeps what a check-in says"
            ),
        );
    }
    let (left, _) = c.finish();
    for (key, value) in left {
        f.note(
            "Progress and Status Configuration",
            Effect::Dropped,
            format!("unknown part {key}: {}", short(&value)),
        );
    }
    (mode, source)
}

fn permissions(f: &mut Fields) -> (Audience, Audience) {
    let mut p = Fields::new(object(f, "Permissions"));
    let mut audience = |key: &str| match p.take(key) {
        None => Audience::Everyone,
        Some(Value::String(word)) if ["everybody", "everyone"].contains(&values::plain(&word).as_str()) => {
            Audience::Everyone
        }
        Some(Value::Object(map)) if map.is_empty() => Audience::Everyone,
        Some(value @ (Value::Array(_) | Value::Object(_))) => {
            Audience::People(people(&value).unwrap_or_default())
        }
        Some(value) => {
            f.note(
                "Permissions",
                Effect::Changed,
                format!(
                    "{key} is {}: unknown, so only owners see the goal until someone opens it",
                    short(&value)
                ),
            );
            Audience::People(Vec::new())
        }
    };
    let (view, align) = (audience("View"), audience("Align"));
    match p.take("Edit") {
        Some(Value::Object(map)) if map.is_empty() => {}
        Some(value) => {
            f.note("Permissions", Effect::Dropped, format!("own rights to edit: {}", short(&value)))
        }
        None => {}
    }
    (view, align)
}

fn parents(f: &mut Fields) -> Vec<ParentRef> {
    let mut found = Vec::new();
    if let Some(Value::Array(items)) = f.take("Alignment") {
        for item in items {
            let Value::Object(map) = item else {
                f.note("Alignment", Effect::Dropped, format!("names no parent: {}", short(&item)));
                continue;
            };
            let mut a = Fields::new(map);
            let weight =
                a.take("Weight").and_then(|w| scalar(&w)).and_then(|w| values::amount(&w)).map(|a| a.value);
            found.push(ParentRef { id: a.text("ID"), title: a.text("Title"), weight });
        }
    }
    for id in f.references("Parent IDs", "Title").into_iter().filter_map(|r| r.id) {
        if !found.iter().any(|p: &ParentRef| p.id.as_ref() == Some(&id)) {
            found.push(ParentRef { id: Some(id), title: None, weight: None });
        }
    }
    found
}

fn phases(f: &mut Fields) -> Vec<Phase> {
    let mut steps = match f.take("Phased Targets") {
        Some(Value::Object(map)) => {
            let mut p = Fields::new(map);
            p.take("Phased Targets").and_then(|v| v.as_array().cloned()).unwrap_or_default()
        }
        Some(Value::Array(steps)) => steps,
        Some(value) if value.as_str().is_none_or(|word| values::plain(word) != "disabled") => {
            f.note("Phased Targets", Effect::Dropped, format!("not understood: {}", short(&value)));
            Vec::new()
        }
        _ => Vec::new(),
    };
    let mut found: Vec<Phase> = steps
        .drain(..)
        .filter_map(|step| {
            let shown = short(&step);
            let mut s = Fields::new(step.as_object().cloned().unwrap_or_default());
            let phase = s
                .day("Target Date")
                .zip(s.number("Target Value"))
                .map(|(date, target)| Phase { date, target });
            if phase.is_none() {
                f.note("Phased Targets", Effect::Dropped, format!("a step without date or value: {shown}"));
            }
            phase
        })
        .collect();
    found.sort_by_key(|phase| phase.date);
    found
}

fn score(f: &mut Fields) -> Option<f64> {
    let score = f.number("Score")?;
    if (0.0..=1.0).contains(&score) {
        return Some(score);
    }
    f.note("Score", Effect::Dropped, format!("{score} is no score between 0 and 1"));
    None
}

/// The object under a key; another shape is noted and read as empty.
fn object(f: &mut Fields, key: &str) -> Map<String, Value> {
    match f.take(key) {
        Some(Value::Object(map)) => map,
        Some(value) => {
            f.note(key, Effect::Dropped, format!("not understood: {}", short(&value)));
            Map::new()
        }
        None => Map::new(),
    }
}
