//! Two people edit one goal: the second is told who was first, sees both versions, and saves what they choose.

use axum::http::StatusCode;
use axum::response::Response;
use northing_app::goal::form::FormView;
use northing_core::metric::MetricKind;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::goal_form::{Conflict, Difference, GoalForm};
use northing_ui::{Ctx, format};

use super::units::{Pairs, UNITS, Unit, all, base, value};
use super::{document, shown};
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// Whether somebody else changed any field since the form was opened. A check-in or a new place in a list is no conflict.
pub(crate) fn is_one(pairs: &Pairs, current: &Pairs) -> bool {
    let before = value(pairs, "base");
    UNITS.iter().any(|unit| unit.is_touched(current, before))
}

/// The form again, with status 409: yours where you touched something, theirs where you did not, and both versions of what
/// they changed. It carries their version: saving it is deliberate.
pub(crate) async fn answer(
    state: &AppState,
    signed: &Signed,
    view: &FormView,
    pairs: &Pairs,
    current: &Pairs,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let before = value(pairs, "base");
    let theirs: Vec<&Unit> = UNITS.iter().filter(|unit| unit.is_touched(current, before)).collect();
    let mine = |unit: &Unit| unit.is_touched(pairs, before);
    // Names of what both chose.
    let named = shown::chosen(view, pairs);
    let named_theirs = shown::chosen(view, current);
    let differences = theirs
        .iter()
        .filter(|unit| !(mine(unit) && unit.same(pairs, current)))
        .map(|unit| Difference {
            name: unit.name,
            label: unit.label,
            yours: words(&ctx, view, unit, pairs, &named),
            theirs: words(&ctx, view, unit, current, &named_theirs),
            both: mine(unit),
        })
        .collect();
    let merged = merged(pairs, current, before);
    let goal = view.goal.as_ref().map(|goal| goal.id);
    let who = match goal {
        Some(goal) => state.app.last_change(&signed.actor, goal).await?,
        None => None,
    };
    let who = match who {
        Some((name, at)) => format!(
            "{} changed this goal {}, while you were editing it.",
            name.unwrap_or_else(|| String::from("Somebody")),
            format::ago(at, &ctx)
        ),
        None => String::from("Somebody changed this goal while you were editing it."),
    };
    let form = shown::form(state, signed, view, Typed { values: merged, ..Typed::default() }, None).await?;
    let form = GoalForm { conflict: Some(Conflict { who, differences }), ..form };
    document(state, signed, StatusCode::CONFLICT, &form).await
}

/// What the form then holds.
fn merged(pairs: &Pairs, current: &Pairs, before: &str) -> Vec<(String, String)> {
    let fresh: Vec<&Unit> = UNITS.iter().filter(|unit| !unit.is_touched(pairs, before)).collect();
    let theirs = |name: &str| fresh.iter().any(|unit| unit.fields.contains(&name));
    // What belongs to the form as a whole is taken anew.
    let carried = ["version", "base", "dates_of", "phase_line", "phase_spread"];
    let anew = |name: &str| {
        name == "version" || (carried.contains(&name) && fresh.iter().any(|unit| unit.name == "phases"))
    };
    let mut merged: Vec<(String, String)> = pairs
        .iter()
        .filter(|(name, _)| !theirs(name) && !anew(name) && name != "base" && !name.starts_with("keep_"))
        .cloned()
        .collect();
    merged.extend(current.iter().filter(|(name, _)| theirs(name) || anew(name)).cloned());
    merged.push((String::from("base"), base(current)));
    merged
}

/// A unit in words.
fn words(
    ctx: &Ctx,
    view: &FormView,
    unit: &Unit,
    pairs: &Pairs,
    named: &std::collections::HashMap<&'static str, Vec<northing_ui::components::picker::Choice>>,
) -> String {
    let names = |field: &str| {
        let chosen = named.get(field).map(Vec::as_slice).unwrap_or_default();
        chosen.iter().map(|choice| choice.text.as_str()).collect::<Vec<_>>().join(", ")
    };
    let text = value(pairs, unit.fields.first().copied().unwrap_or_default()).trim();
    match unit.name {
        "kind" => text.parse().map_or_else(|_| text.to_owned(), |kind| ctx.terms.label(kind)),
        "parents" | "owner_ids" | "check_in_owner_id" | "delegate_id" | "tags" => names(unit.name),
        "place" => match text {
            "organization" => String::from("Organisation"),
            "individual" => String::from("Person"),
            _ => names("team_ids"),
        },
        "period_id" => {
            let period = view.periods.iter().find(|it| it.id.to_string() == text);
            period.map_or_else(|| text.to_owned(), |period| period.name.clone())
        }
        "start_date" | "due_date" => text.parse().map_or_else(|_| text.to_owned(), format::day_long),
        "metric" => measure(pairs),
        "phases" => phases(pairs),
        "progress_mode" => match text {
            "manual" => String::from("Checked in by hand"),
            "rollup" => String::from("Rolled up"),
            "data_source" => String::from("From a data source"),
            _ => String::from("As usual for its kind"),
        },
        "committed" => String::from(if text == "true" { "Committed" } else { "Aspirational" }),
        "new_children_contribute" => String::from(if text == "true" { "Yes" } else { "No" }),
        _ => text.to_owned(),
    }
}

fn measure(pairs: &Pairs) -> String {
    let of = |name: &str| value(pairs, name).trim().to_owned();
    let unit = match of("metric_unit") {
        unit if unit.is_empty() => unit,
        unit => format!(" {unit}"),
    };
    let what = match value(pairs, "metric_kind").parse() {
        Ok(MetricKind::Percent) => String::from("Per cent done"),
        Ok(MetricKind::Reach) => format!("Reach {}{unit}", of("metric_target")),
        Ok(MetricKind::Increase) => {
            format!("Increase from {} to {}{unit}", of("metric_start"), of("metric_target"))
        }
        Ok(MetricKind::Decrease) => {
            format!("Decrease from {} to {}{unit}", of("metric_start"), of("metric_target"))
        }
        Ok(MetricKind::StayAbove) => format!("Stay above {}{unit}", of("metric_target")),
        Ok(MetricKind::StayBelow) => format!("Stay below {}{unit}", of("metric_target")),
        Ok(MetricKind::Baseline) => String::from("Find a baseline"),
        Err(_) => return String::new(),
    };
    let risk = of("risk_threshold");
    let risk = if risk.is_empty() { risk } else { format!(", at risk from {risk}") };
    let name = of("metric_name");
    let name = if name.is_empty() { name } else { format!(": {name}") };
    format!("{what}{risk}{name}")
}

fn phases(pairs: &Pairs) -> String {
    let rows = all(pairs, "phase_date").zip(all(pairs, "phase_target"));
    let rows = rows.filter(|(date, _)| !date.trim().is_empty());
    let rows = rows.map(|(date, target)| {
        let day = date.trim().parse().map_or_else(|_| date.to_owned(), format::day_long);
        format!("{target} by {day}")
    });
    let rows: Vec<String> = rows.collect();
    if rows.is_empty() { String::from("None") } else { rows.join("\n") }
}
