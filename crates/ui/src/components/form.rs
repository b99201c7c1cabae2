//! Form controls: a label, a control, a hint and, where it was refused, the reason at the field.

use maud::{Markup, html};
use northing_core::status::Status;

use super::status::Shown;
use crate::icons::icon;

/// A field's words and state.
#[derive(Debug, Clone, Default)]
pub struct Field<'a> {
    /// The name in the form; also the `id`.
    pub name: &'a str,
    /// The label.
    pub label: &'a str,
    /// The value.
    pub value: &'a str,
    /// Help below the control.
    pub hint: Option<&'a str>,
    /// Why the value was refused.
    pub error: Option<&'a str>,
    /// Whether "optional" stands beside the label.
    pub optional: bool,
    /// Whether it must be filled in.
    pub required: bool,
    /// Whether it cannot be changed.
    pub disabled: bool,
}

impl Field<'_> {
    pub(crate) fn described_by(&self) -> Option<String> {
        match (self.error, self.hint) {
            (Some(_), Some(_)) => Some(format!("{0}-error {0}-hint", self.name)),
            (Some(_), None) => Some(format!("{}-error", self.name)),
            (None, Some(_)) => Some(format!("{}-hint", self.name)),
            (None, None) => None,
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }
}

/// Label, a control of one's own (with the field's name as `id`), hint and error.
#[must_use]
pub fn wrap(field: &Field<'_>, control: &Markup) -> Markup {
    html! {
        div.field {
            label for=(field.name) { (field.label) @if field.optional { " " span.opt { "optional" } } }
            (control)
            (error(field.name, field.error))
            @if let Some(hint) = field.hint { p.hint id=(format!("{}-hint", field.name)) { (hint) } }
        }
    }
}

/// The reason at a field; nothing where there is none.
#[must_use]
pub fn error(name: &str, error: Option<&str>) -> Markup {
    html! { @if let Some(error) = error { p.err id=(format!("{name}-error")) { (icon("warn")) (error) } } }
}

/// A line of text, or another type of input.
#[must_use]
pub fn input(field: &Field<'_>, kind: &str) -> Markup {
    wrap(field, &bare_input(field, kind, None))
}

/// A line of text with suggestions: the `id` of a `datalist`.
#[must_use]
pub fn input_of(field: &Field<'_>, kind: &str, list: &str) -> Markup {
    wrap(
        field,
        &html! {
            input.in id=(field.name) name=(field.name) type=(kind) value=(field.value) list=(list) autocomplete="off" required[field.required]
                disabled[field.disabled] aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
        },
    )
}

/// A number with its unit behind it. The text is read on the server, so that any way of writing it gets a clear answer.
#[must_use]
pub fn number(field: &Field<'_>, unit: &str) -> Markup {
    let control = html! { div.in-g { (bare_input(field, "text", Some("decimal"))) @if !unit.is_empty() { span.suf { (unit) } } } };
    wrap(field, &control)
}

/// The control of [`input`] without label.
#[must_use]
pub fn bare_input(field: &Field<'_>, kind: &str, inputmode: Option<&str>) -> Markup {
    html! {
        input.in id=(field.name) name=(field.name) type=(kind) value=(field.value) inputmode=[inputmode] required[field.required]
            disabled[field.disabled] aria-invalid=[field.invalid()] aria-describedby=[field.described_by()];
    }
}

/// Several lines of text.
#[must_use]
pub fn textarea(field: &Field<'_>, rows: u8) -> Markup {
    wrap(
        field,
        &html! {
            textarea.in id=(field.name) name=(field.name) rows=(rows) required[field.required] disabled[field.disabled]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] { (field.value) }
        },
    )
}

/// A choice of a list: value and text of each.
#[must_use]
pub fn select(field: &Field<'_>, options: &[(String, String)]) -> Markup {
    wrap(
        field,
        &html! {
            select.in id=(field.name) name=(field.name) required[field.required] disabled[field.disabled]
                aria-invalid=[field.invalid()] aria-describedby=[field.described_by()] {
                @for (value, text) in options { option value=(value) selected[value == field.value] { (text) } }
            }
        },
    )
}

/// A choice among few, all visible.
#[derive(Debug, Clone)]
pub struct Segment {
    /// The value in the form.
    pub value: String,
    /// The text.
    pub text: String,
    /// The icon's name.
    pub icon: &'static str,
    /// Colours it as a status.
    pub status: Option<Shown>,
    /// "suggested" stands beside it.
    pub suggested: bool,
}

impl Segment {
    /// A plain choice.
    #[must_use]
    pub fn new(value: &str, text: &str, icon: &'static str) -> Self {
        Self { value: value.to_owned(), text: text.to_owned(), icon, status: None, suggested: false }
    }

    /// A status, in its colour, under this word.
    #[must_use]
    pub fn of_status(status: Status, text: &str) -> Self {
        let shown = Shown::from(status);
        Self { status: Some(shown), ..Self::new(status.name(), text, shown.icon()) }
    }
}

/// A row of segments, one of which is chosen.
#[must_use]
pub fn segments(field: &Field<'_>, segments: &[Segment]) -> Markup {
    html! {
        fieldset.field aria-describedby=[field.described_by()] {
            legend { (field.label) }
            div.seg {
                @for segment in segments {
                    label data-st=[segment.status.map(Shown::role)] {
                        input type="radio" name=(field.name) value=(segment.value) checked[segment.value == field.value];
                        (icon(segment.icon)) (segment.text)
                        @if segment.suggested { span.sug { "suggested" } }
                    }
                }
            }
            (error(field.name, field.error))
            @if let Some(hint) = field.hint { p.hint id=(format!("{}-hint", field.name)) { (hint) } }
        }
    }
}

/// A box to tick.
#[must_use]
pub fn checkbox(name: &str, text: &str, small: Option<&str>, checked: bool) -> Markup {
    html! { label.opt-l { input type="checkbox" name=(name) value="true" checked[checked]; span { (text) @if let Some(small) = small { small { (small) } } } } }
}

/// A switch.
#[must_use]
pub fn switch(name: &str, text: &str, small: Option<&str>, checked: bool) -> Markup {
    html! { label.opt-l { input.sw type="checkbox" role="switch" name=(name) value="true" checked[checked]; span { (text) @if let Some(small) = small { small { (small) } } } } }
}

/// Takes hold of a row to drag it; the menu has the same for the keyboard.
#[must_use]
pub fn drag_handle(title: &str) -> Markup {
    html! { button.tw type="button" data-drag aria-label=(format!("Move {title}")) { (icon("drag")) } }
}
