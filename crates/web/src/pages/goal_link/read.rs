//! What was typed into the form of a link.

use northing_app::Error;
use northing_app::goal::MetricInput;
use northing_app::sources::{
    Followed, ItemsSelector, LinkInput, LinkMode, LinkOptions, QuerySelector, Selector, WordsSelector,
};
use northing_core::errors::FieldError;
use northing_core::metric::MetricKind;
use northing_core::values::Id;

use crate::extract::Fields;
use crate::pages::numbers::number;

/// The fields of a form as they came.
pub(super) type Pairs = [(String, String)];

/// The first value of a field; empty where there is none.
pub(super) fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
}

/// Every value of a field.
pub(super) fn all<'a>(pairs: &'a Pairs, name: &'a str) -> impl Iterator<Item = &'a str> {
    pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
}

fn filled<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    Some(value(pairs, name).trim()).filter(|text| !text.is_empty())
}

fn ticked(pairs: &Pairs, name: &str) -> bool {
    value(pairs, name) == "true"
}

/// The link's version that the form was made from: 0 for a new one.
pub(super) fn version(fields: &Fields) -> Result<Option<i64>, FieldError> {
    let version = fields.filled("version").map(str::parse).transpose();
    version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))
}

/// The folders that stand open, with the one whose button was pressed.
pub(super) fn open(pairs: &Pairs) -> Vec<String> {
    let pressed = value(pairs, "act").strip_prefix("open:");
    let mut open: Vec<String> = all(pairs, "open").chain(pressed).map(ToOwned::to_owned).collect();
    open.sort();
    open.dedup();
    open
}

/// The chosen connection.
pub(super) fn connection(pairs: &Pairs) -> Option<Id> {
    value(pairs, "connection_id").parse().ok()
}

/// The numbers of the picked items.
pub(super) fn items(pairs: &Pairs) -> Vec<u64> {
    let mut ids: Vec<u64> = all(pairs, "item").filter_map(|text| text.trim().parse().ok()).collect();
    ids.dedup();
    ids
}

/// What is picked; none while nothing is.
pub(super) fn selector(pairs: &Pairs) -> Option<Selector> {
    let work_item_type = filled(pairs, "work_item_type").map(ToOwned::to_owned);
    match value(pairs, "by") {
        "items" => {
            let work_item_ids = items(pairs);
            let include_children = ticked(pairs, "children");
            (!work_item_ids.is_empty()).then_some(Selector::Items(ItemsSelector {
                work_item_ids,
                include_children,
                work_item_type,
            }))
        }
        "words" => {
            let wiql = filled(pairs, "wiql")?.to_owned();
            Some(Selector::Words(WordsSelector { wiql, work_item_type }))
        }
        _ => {
            let query_id = filled(pairs, "query_id")?.to_owned();
            Some(Selector::Query(QuerySelector { query_id, work_item_type }))
        }
    }
}

/// How it counts.
pub(super) fn options(pairs: &Pairs) -> LinkOptions {
    let mode = if value(pairs, "mode") == "metric" { LinkMode::Metric } else { LinkMode::Percent };
    let field = filled(pairs, "measure").filter(|field| *field != "count" && field.len() <= 256);
    LinkOptions {
        field: field.map(ToOwned::to_owned),
        count_only_completed: ticked(pairs, "count_only_completed"),
        resolved_counts: ticked(pairs, "resolved_counts"),
        leave_out_removed: ticked(pairs, "leave_out_removed"),
        ..LinkOptions::of(mode)
    }
}

/// Whether the goal keeps its metric whatever is linked: it watches a limit or finds a baseline.
pub(super) fn keeps_metric(goal: &Followed) -> bool {
    goal.metric.kind.is_control() || goal.metric.kind == MetricKind::Baseline
}

/// The metric that the goal gets; none where it has it already.
pub(super) fn metric(pairs: &Pairs, goal: &Followed) -> Result<Option<MetricInput>, Vec<FieldError>> {
    let percent = MetricInput {
        kind: MetricKind::Percent,
        name: None,
        unit: None,
        start: None,
        target: None,
        risk_threshold: None,
        current: None,
    };
    let is_percent = goal.metric.kind == MetricKind::Percent;
    if value(pairs, "mode") != "metric" {
        return Ok((!is_percent).then_some(percent));
    }
    if keeps_metric(goal) {
        return Ok(None);
    }
    let mut errors = Vec::new();
    let mut read = |name: &'static str| {
        number(name, value(pairs, name)).unwrap_or_else(|error| {
            errors.push(error);
            None
        })
    };
    let (start, target) = (read("metric_start"), read("metric_target"));
    if errors.is_empty() && target.is_none() {
        errors.push(FieldError::new("metric_target", "required", "say what number is to be reached"));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    let (from, to) = (start.unwrap_or(0.0), target.unwrap_or(0.0));
    let kind = if to < from {
        MetricKind::Decrease
    } else if from == 0.0 {
        MetricKind::Reach
    } else {
        MetricKind::Increase
    };
    let given = MetricInput {
        kind,
        name: filled(pairs, "metric_name").map(ToOwned::to_owned),
        unit: filled(pairs, "metric_unit").map(ToOwned::to_owned),
        start: (kind != MetricKind::Reach).then_some(from),
        target,
        ..percent
    };
    let same = {
        let (now, new) = (&goal.metric, given.metric());
        (now.kind, now.start, now.target, &now.name, &now.unit)
            == (new.kind, new.start, new.target, &new.name, &new.unit)
    };
    Ok((!same).then_some(given))
}

/// Reads the whole form.
pub(super) fn read(pairs: &Pairs, goal: &Followed) -> Result<LinkInput, Vec<FieldError>> {
    let mut errors = Vec::new();
    let connection = connection(pairs);
    if connection.is_none() {
        errors.push(FieldError::new("connection_id", "required", "choose a connection"));
    }
    let selector = selector(pairs);
    if selector.is_none() {
        let what = match value(pairs, "by") {
            "items" => "pick at least one work item",
            "words" => "write a query",
            _ => "pick a query",
        };
        errors.push(FieldError::new("selector", "required", what));
    }
    let metric = metric(pairs, goal).unwrap_or_else(|wrong| {
        errors.extend(wrong);
        None
    });
    match (connection, selector) {
        (Some(connection), Some(selector)) if errors.is_empty() => Ok(LinkInput {
            connection_id: connection,
            selector,
            options: options(pairs),
            with_tasks: ticked(pairs, "with_tasks"),
            metric,
        }),
        _ => Err(errors),
    }
}

/// An error of the use case at the form's field, as a sentence.
pub(super) fn at_field(error: &FieldError) -> (String, String) {
    let field = match error.field.as_ref() {
        "metric.name" => "metric_name",
        "metric.unit" => "metric_unit",
        "metric.start" => "metric_start",
        "metric.target" | "metric" => "metric_target",
        "secret" | "config" => "connection_id",
        other => other,
    };
    (field.to_owned(), crate::failure::sentence_case(&error.message))
}

/// Everything that is wrong, as one text; what is no matter of the form comes back.
pub(super) fn sentence(error: Error) -> Result<String, Error> {
    match error {
        Error::Invalid(errors) => {
            let all: Vec<String> =
                errors.iter().map(|it| crate::failure::sentence_case(&it.message)).collect();
            Ok(all.join(" "))
        }
        Error::Refused(refusal) => Ok(refusal.message.to_string()),
        other => Err(other),
    }
}
