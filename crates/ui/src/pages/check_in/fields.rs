//! The field of the value: in the metric's unit or, where either can be given, as a percentage.

use maud::{Markup, html};

use super::CheckInForm;
use crate::components::form::{self, Segment};

/// Value and, where the metric allows it, percentage with a choice between them.
pub(super) fn value(form: &CheckInForm) -> Markup {
    let asks = &form.asks;
    let shown = |by_progress: bool| asks.progress.is_none() || asks.by_progress == by_progress;
    html! {
        @if asks.progress.is_some() { (choice(asks.by_progress)) }
        div.ci-top {
            @let measure = field("value", &asks.label, &asks.value, &asks.unit, form.error(&["value"]), shown(false));
            @if let Some(progress) = &asks.progress {
                n-reveal for="as" when="value" { (measure) }
                n-reveal for="as" when="progress" { (field("progress", "Progress now", progress, "%", form.error(&["progress"]), shown(true))) }
            } @else { (measure) }
            (super::preview::reached(&form.preview, false))
        }
    }
}

fn choice(by_progress: bool) -> Markup {
    let field = form::Field {
        name: "as",
        label: "Check in by",
        value: if by_progress { "progress" } else { "value" },
        ..form::Field::default()
    };
    form::segments(
        &field,
        &[Segment::new("value", "Value", "insights"), Segment::new("progress", "Percentage", "flag")],
    )
}

/// How long a check-in by hand stands against a data source.
pub(super) fn until(source: &str, stop: bool) -> Markup {
    html! {
        fieldset.field {
            legend { "This value stands" }
            label.opt-l { input type="radio" name="stop_automatic" value="false" checked[!stop]; span { "Until " (source) " has another value" small { "The next change there takes its place by itself." } } }
            label.opt-l { input type="radio" name="stop_automatic" value="true" checked[stop]; span { "Until somebody resumes" small { (source) " changes nothing until then; what it says stays visible." } } }
        }
    }
}

fn field(name: &str, label: &str, value: &str, unit: &str, error: Option<&str>, first: bool) -> Markup {
    html! {
        div.field {
            label for=(name) { (label) }
            div.in-g {
                input.in.in-n id=(name) name=(name) inputmode="decimal" autocomplete="off" value=(value) autofocus[first]
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| format!("{name}-error"))];
                @if !unit.is_empty() { span.suf { (unit) } }
            }
            (form::error(name, error))
        }
    }
}
