//! What a link would say: how much matches, what comes of it, and some of the items.

use maud::{Markup, html};

use super::{LinkForm, count};
use crate::components::feedback::{self, Tone};
use crate::components::progress::{self, Progress};
use crate::components::status;
use crate::icons::icon;
use crate::{Ctx, format};

/// A work item as lists show it.
#[derive(Debug, Clone, Default)]
pub struct Item {
    /// Its number.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its type.
    pub kind: String,
    /// Its state.
    pub state: String,
    /// Whether it is completed.
    pub done: bool,
    /// Who works on it.
    pub assignee: String,
    /// Where it can be looked at.
    pub url: String,
}

/// What the link would say.
#[derive(Debug, Clone)]
pub enum Look {
    /// Nothing was picked yet.
    Nothing,
    /// It cannot be counted: why, and what to do.
    Wrong(String),
    /// It was counted.
    Counted(Box<Counted>),
}

/// What was counted.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// How many items match.
    pub matching: usize,
    /// How many of them are completed.
    pub completed: usize,
    /// How many of them are removed.
    pub removed: usize,
    /// The value, with its unit.
    pub value: String,
    /// Reservations.
    pub warnings: Vec<String>,
    /// Some of the items.
    pub items: Vec<Item>,
    /// The progress of the goal with this value; none while its metric is not complete.
    pub progress: Option<Progress>,
    /// The progress as it is now.
    pub before: Option<f64>,
}

/// How many match, with the split and the value.
pub(super) fn count(look: &Look) -> Markup {
    match look {
        Look::Nothing => {
            html! { p.mut.sm { "Pick a query: what matches is counted at once." } }
        }
        Look::Wrong(why) => feedback::note(Tone::Failure, &html! { b { "Not counted. " } (why) }),
        Look::Counted(it) => html! {
            div.big {
                span.x { (format::count(it.matching)) } span.u { "match: " (split(it)) }
                span.push {} span.x { (it.value) }
            }
            @for warning in &it.warnings { (feedback::note(Tone::Warning, &html! { (warning) })) }
        },
    }
}

/// "12 completed, 2 removed".
fn split(it: &Counted) -> String {
    format!("{} completed, {} removed", format::count(it.completed), format::count(it.removed))
}

/// Some of the items, and where the goal would stand.
pub(super) fn sample(ctx: &Ctx, look: &Look) -> Markup {
    let Look::Counted(it) = look else { return html! {} };
    html! {
        div.stack {
            (would_be(ctx, it))
            @if !it.items.is_empty() {
                div.scroll-x.frame tabindex="0" role="region" aria-label="Some of the matching work items" { table.tbl {
                    caption.sr { "Some of the matching work items" }
                    thead { tr { th scope="col" { "ID" } th scope="col" { "Title" } th scope="col" { "Type" } th scope="col" { "State" } th scope="col" { "Assigned" } } }
                    tbody { @for item in &it.items { tr {
                        td.code { (item.id) }
                        td { a href=(item.url) target="_blank" rel="noopener noreferrer" { (item.title) } }
                        td { (item.kind) }
                        td { @if item.done { span.st data-st="track" { (icon("check")) (item.state) } } @else { span.mut { (item.state) } } }
                        td { (item.assignee) }
                    } } }
                } }
                @if it.matching > it.items.len() { p.dim.xs { "The first " (it.items.len()) " of " (format::count(it.matching)) "." } }
            }
        }
    }
}

fn would_be(_: &Ctx, it: &Counted) -> Markup {
    let Some(after) = &it.progress else {
        return html! { p.hint { "Give start and target to see where the goal would stand." } };
    };
    let moves = match (it.before, after.actual) {
        (Some(before), Some(after)) if (before - after).abs() < 0.05 => {
            String::from("The same as now: nothing moves when you save.")
        }
        (Some(before), Some(_)) => format!("Now it stands at {}.", format::percent(before)),
        _ => String::from("It has no value yet."),
    };
    html! {
        div.pencil.lsp {
            p.pencil-t { (crate::icons::small("edit")) "Preview, not saved yet" }
            div.prog {
                (progress::bar(after, progress::Size::Medium))
                @if let Some(actual) = after.actual { span.v { b { (format::percent(actual)) } } }
                (status::word(after.status))
            }
            p.xs.mut { (moves) }
        }
    }
}

/// The fragment that every change of the form loads: the count in its place, and what depends on it beside it.
#[must_use]
pub fn looked(ctx: &Ctx, it: &LinkForm) -> Markup {
    html! {
        (count(&it.look))
        div hx-swap-oob="innerHTML:#link-sample" { (sample(ctx, &it.look)) }
        @if !it.kinds.is_empty() { div hx-swap-oob="innerHTML:#link-types" { (count::types(it)) } }
    }
}
