//! Choosing people, teams, goals and tags: a combobox that searches on the server. Each chosen thing is a ticked box with the
//! field's name, so the form says the same with scripts and without; without them a button searches, and what was found
//! comes with the form again.

use maud::{Markup, html};
use northing_core::goal::GoalKind;

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
    /// Tags; their value is their name.
    Tags,
}

impl Of {
    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Goals => "goals",
            Self::Teams => "teams",
            Self::Tags => "tags",
        }
    }

    const fn placeholder(self) -> &'static str {
        match self {
            Self::People => "Search by name",
            Self::Goals => "Search by title, team, owner or period",
            Self::Teams => "Search teams",
            Self::Tags => "Search or add a tag",
        }
    }

    /// What to do where nothing was found.
    fn nothing(self, query: &str) -> String {
        let found = if query.is_empty() {
            String::from("There is nothing to choose yet.")
        } else {
            format!("Nothing found for “{query}”.")
        };
        let next = match self {
            Self::People => "Search by another part of the name, or ask an admin to invite them.",
            Self::Goals => "Search by title, team, owner or period. Closed goals are not offered.",
            Self::Teams => "Only teams in use for which you may create goals are offered.",
            Self::Tags => "Your organisation names who may add tags: ask an admin.",
        };
        format!("{found} {next}")
    }
}

/// Something that was or can be chosen.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    /// The value in the form: an identifier, or a tag's name.
    pub value: String,
    /// Its name.
    pub text: String,
    /// What tells it from others of the name: a team, a title, a period.
    pub detail: String,
    /// A goal's kind.
    pub kind: Option<GoalKind>,
}

/// A picker. What one types is searched at `/search/{people,goals,teams,tags}?name=` (the text comes as `{name}_query`) and
/// answered by [`options`].
#[derive(Debug, Clone)]
pub struct Picker<'a> {
    /// The field; its `value` is what was typed and not chosen.
    pub field: Field<'a>,
    /// What it looks for.
    pub of: Of,
    /// What is chosen.
    pub chosen: &'a [Choice],
    /// Whether more than one may be chosen.
    pub several: bool,
    /// What the search gets besides: `&child=…`.
    pub with: &'a str,
    /// What a search without scripts found.
    pub found: Option<&'a [Choice]>,
}

/// The picker. `search` is the name of the button that searches without scripts; the form comes back with what was found.
#[must_use]
pub fn picker(it: &Picker<'_>) -> Markup {
    let field = &it.field;
    let list = format!("{}-options", field.name);
    let find = format!("{}-find", field.name);
    let src = format!(
        "/search/{}?name={}{}{}",
        it.of.name(),
        field.name,
        if it.several { "&several=true" } else { "" },
        it.with
    );
    html! {
        n-picker data-several=[it.several.then_some("true")] {
            fieldset.field {
                legend { (field.label) @if field.optional { " " span.opt { "optional" } } }
                div.chosen data-chosen { @for choice in it.chosen { (option(field.name, choice, true)) } }
                div.pick { div.in-g {
                    input.in id=(find) type="search" role="combobox" aria-expanded="false" aria-controls=(list)
                        aria-label=(format!("{}: {}", field.label, it.of.placeholder().to_lowercase())) placeholder=(it.of.placeholder())
                        name=(format!("{}_query", field.name)) value=(field.value) autocomplete="off" maxlength="200" hx-get=(src)
                        hx-trigger="input changed delay:200ms, focus once" hx-sync="this:replace" hx-target=(format!("#{list}")) hx-swap="innerHTML"
                        aria-invalid=[field.error.map(|_| "true")] aria-describedby=[field.error.map(|_| format!("{}-error", field.name))];
                    button.btn data-plain type="submit" name="search" value=(field.name) formnovalidate { "Search" }
                } div.menu id=(list) role="group" aria-label=(format!("Found for {}", field.label)) {
                    @if let Some(found) = it.found { (options(field.name, it.of, field.value, found)) }
                } }
                (form::error(field.name, field.error))
                @if let Some(hint) = field.hint { p.hint { (hint) } }
            }
        }
    }
}

/// What a search found, to tick; the fragment that a picker loads.
#[must_use]
pub fn options(name: &str, of: Of, query: &str, found: &[Choice]) -> Markup {
    html! {
        @if found.is_empty() { p.hint role="status" { (of.nothing(query)) } }
        @for choice in found { (option(name, choice, false)) }
    }
}

fn option(name: &str, choice: &Choice, chosen: bool) -> Markup {
    html! {
        label.opt-l {
            input type="checkbox" name=(name) value=(choice.value) checked[chosen];
            @if let Some(kind) = choice.kind { (icon(station(kind))) }
            span { (choice.text) @if !choice.detail.is_empty() { small { (choice.detail) } } }
        }
    }
}
