//! What the goal measures, and its phased targets.

use maud::{Markup, html};

use super::model::{GoalForm, PhaseRow, Phases};
use crate::Ctx;
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::icons::icon;

/// The kinds of measure: value, text, and what it asks for.
const KINDS: [(&str, &str, &str); 7] = [
    ("percent", "Per cent done", "From 0 to 100 %. Nothing else is needed."),
    ("reach", "Reach", "From 0 up to the target."),
    ("increase", "Increase", "From the start up to the target."),
    ("decrease", "Decrease", "From the start down to the target."),
    (
        "stay_above",
        "Stay above",
        "Met while the value is above the target. Between risk threshold and target it is behind, at or below the threshold at risk.",
    ),
    (
        "stay_below",
        "Stay below",
        "Met while the value is below the target. Between target and risk threshold it is behind, at or above the threshold at risk.",
    ),
    ("baseline", "Find a baseline", "Only finds out where things stand: no target, no progress."),
];

/// Suggestions of units; any other text works as well.
const UNITS: [&str; 3] = ["%", "$", "€"];

pub(super) fn measure(_: &Ctx, it: &GoalForm) -> Markup {
    let kinds = if it.rules.measured_objectives {
        "objective key_result initiative"
    } else {
        "key_result initiative"
    };
    html! {
        n-reveal for="kind" when=(kinds) {
            n-metric-form {
                fieldset.field.metric-f #form-measure {
                    legend { "Measure" }
                    (kind(it))
                    div.metric {
                        div data-kinds="increase decrease" { (number(it, "metric_start", "Start")) }
                        div data-kinds="reach increase decrease stay_above stay_below" { (number(it, "metric_target", "Target")) }
                        div data-kinds="stay_above stay_below" { (number(it, "risk_threshold", "Risk threshold")) }
                        div data-kinds="reach increase decrease stay_above stay_below baseline" { (unit(it)) }
                    }
                    div data-kinds="reach increase decrease stay_above stay_below baseline" {
                        (form::input(&Field { optional: true, ..it.field("metric_name", "What is counted") }, "text"))
                    }
                }
                n-reveal for="kind" when="objective key_result" { div data-kinds="reach increase decrease" { (phases(it)) } }
            }
        }
    }
}

fn kind(it: &GoalForm) -> Markup {
    let options: Vec<(String, String)> =
        KINDS.iter().map(|(value, text, _)| ((*value).to_owned(), (*text).to_owned())).collect();
    html! {
        (form::select(&it.field("metric_kind", "Target should"), &options))
        @for (value, text, needs) in KINDS { p.hint data-kinds=(value) { b.kind-name { (text) ": " } (needs) } }
    }
}

fn number(it: &GoalForm, name: &'static str, label: &'static str) -> Markup {
    let optional = name == "risk_threshold";
    let field = Field { optional, ..it.field(name, label) };
    form::wrap(&field, &form::bare_input(&field, "text", Some("decimal")))
}

fn unit(it: &GoalForm) -> Markup {
    let field = Field { optional: true, ..it.field("metric_unit", "Unit") };
    form::wrap(
        &field,
        &html! {
            input.in #metric_unit name="metric_unit" type="text" value=(field.value) list="units" maxlength="50" autocomplete="off" placeholder="None"
                aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.error.map(|_| "metric_unit-error")];
            datalist #units { @for unit in UNITS { option value=(unit) {} } }
        },
    )
}

fn phases(it: &GoalForm) -> Markup {
    let options: Vec<(String, String)> = [
        ("none", "None: a straight line"),
        ("weekly", "Every week"),
        ("fortnightly", "Every 2 weeks"),
        ("monthly", "Every month"),
        ("quarterly", "Every quarter"),
        ("custom", "On days of my own"),
    ]
    .into_iter()
    .map(|(value, text)| (value.to_owned(), text.to_owned()))
    .collect();
    html! {
        fieldset.field #form-phases {
            legend { "Phased targets" }
            div.flow.bottom {
                (form::select(&it.field("phase_interval", "Targets on the way"), &options))
                button.btn data-plain type="submit" name="search" value="phases" formnovalidate { "Spread targets" }
            }
            (form::error("phases", it.typed.error("phases")))
            div #phase-rows hx-post="/goals/form/phases" hx-trigger="change from:#phase_interval, change from:#form-measure, change from:#form-days"
                hx-include="closest form" hx-sync="this:replace" hx-swap="innerHTML" { (phase_rows(it)) }
            div #phase-warning role="status" hx-post="/goals/form/warning" hx-trigger="change from:#phase-rows delay:100ms"
                hx-include="closest form" hx-sync="this:replace" hx-swap="innerHTML" { (warning(&it.phases)) }
        }
    }
}

/// The table of phases; the fragment that follows interval, dates and targets.
#[must_use]
pub fn phase_rows(it: &GoalForm) -> Markup {
    let phases = &it.phases;
    let used = !matches!(it.typed.value("phase_interval"), "" | "none");
    html! {
        input type="hidden" name="phase_line" value=(phases.line);
        input type="hidden" name="phase_spread" value=(phases.spread);
        @if used {
            @if phases.end.is_none() { p.hint { "Fill in start, target and dates first: the targets on the way are spread between them." } }
            @else {
                table.phases {
                    thead { tr { th scope="col" { "By" } th scope="col" { "Target" } th scope="col" { span.sr { "Remove" } } } }
                    tbody {
                        @for (at, row) in phases.rows.iter().enumerate() { (phase_row(it, at, row)) }
                        // Without scripts: a row to fill in.
                        tr data-plain { (phase_fields("more", &PhaseRow::default(), None, None)) td {} }
                        @if let Some(end) = &phases.end {
                            tr.end { td { (end.date) } td { (end.target) } td { span.hint { "The goal's end" } } }
                        }
                    }
                }
                template data-row { (phase_row(it, usize::MAX, &PhaseRow::default())) }
                button.btn.btn-q data-add-row type="button" { (icon("plus")) "Add a target" }
            }
        }
    }
}

fn phase_row(it: &GoalForm, at: usize, row: &PhaseRow) -> Markup {
    let error = |field: &str| it.typed.error(&format!("phases[{at}].{field}")).map(str::to_owned);
    let (date, target) = (error("date"), error("target"));
    html! {
        tr {
            (phase_fields(&at.to_string(), row, date.as_deref(), target.as_deref()))
            td { button.btn.btn-q.btn-x type="button" data-remove-row aria-label="Remove this target" { (icon("close")) } }
        }
    }
}

fn phase_fields(at: &str, row: &PhaseRow, date: Option<&str>, target: Option<&str>) -> Markup {
    let (dates, targets) = (format!("phase-{at}-date"), format!("phase-{at}-target"));
    let described = |name: &str, error: Option<&str>| error.map(|_| format!("{name}-error"));
    html! {
        td {
            input.in name="phase_date" type="date" value=(row.date) aria-label="By" aria-invalid=[date.map(|_| "true")] aria-describedby=[described(&dates, date)];
            (form::error(&dates, date))
        }
        td {
            input.in name="phase_target" type="text" inputmode="decimal" value=(row.target) aria-label="Target" autocomplete="off"
                aria-invalid=[target.map(|_| "true")] aria-describedby=[described(&targets, target)];
            (form::error(&targets, target))
        }
    }
}

/// A warning where a phase goes back against the metric's direction; nothing else stands in its way.
#[must_use]
pub fn warning(phases: &Phases) -> Markup {
    html! { @if let Some(warning) = &phases.warning { (feedback::note(Tone::Warning, &html! { (warning) })) } }
}
