//! Choosing people and goals: a combobox that searches on the server; a plain list without scripts.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::form::{self, Field};
use crate::icons::{icon, station};

/// What a picker looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// People.
    People,
    /// Goals.
    Goals,
    /// Teams.
    Teams,
}

impl Of {
    const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Goals => "goals",
            Self::Teams => "teams",
        }
    }
}

/// Something that was or can be chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What it is.
    pub id: Id,
    /// Its name.
    pub text: String,
    /// What tells it from others of the name: a team, an address.
    pub detail: String,
    /// A goal's kind.
    pub kind: Option<GoalKind>,
}

/// A picker. Each chosen thing is a ticked box with the field's name, so the form works as it is; what one types
/// is searched at `/search/{people,goals,teams}?q=&name=` and answered by [`options`].
#[must_use]
pub fn picker(field: &Field<'_>, of: Of, chosen: &[Choice], several: bool) -> Markup {
    let list = format!("{}-options", field.name);
    let find = format!("{}-find", field.name);
    let src =
        format!("/search/{}?name={}{}", of.name(), field.name, if several { "&several=true" } else { "" });
    html! {
        n-picker data-several=[several.then_some("true")] {
            fieldset.field {
                legend { (field.label) @if field.optional { " " span.opt { "optional" } } }
                div.flow data-chosen { @for choice in chosen { (option(field.name, choice, several, true)) } }
                input.in id=(find) type="search" role="combobox" aria-expanded="false" aria-controls=(list) aria-label=(format!("Find for {}", field.label))
                    name=(format!("{}_query", field.name)) autocomplete="off" hx-get=(src) hx-trigger="input changed delay:200ms, focus once"
                    hx-sync="this:replace" hx-target=(format!("#{list}")) hx-swap="innerHTML" aria-invalid=[field.error.map(|_| "true")]
                    aria-describedby=[field.error.map(|_| format!("{}-error", field.name))];
                div.menu id=(list) role="group" aria-label=(format!("Found for {}", field.label)) {}
                (form::error(field.name, field.error))
                @if let Some(hint) = field.hint { p.hint { (hint) } }
            }
        }
    }
}

/// What a search found, to tick; the fragment that a picker loads.
#[must_use]
pub fn options(name: &str, found: &[Choice], several: bool) -> Markup {
    html! {
        @if found.is_empty() { p.hint role="status" { "Nothing found." } }
        @for choice in found { (option(name, choice, several, false)) }
    }
}

fn option(name: &str, choice: &Choice, several: bool, chosen: bool) -> Markup {
    html! {
        label.opt-l {
            input type=(if several { "checkbox" } else { "radio" }) name=(name) value=(choice.id) checked[chosen];
            @if let Some(kind) = choice.kind { (icon(station(kind))) }
            span { (choice.text) @if !choice.detail.is_empty() { small { (choice.detail) } } }
        }
    }
}
