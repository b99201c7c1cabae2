//! What a link covers: a saved query of a tree that can be browsed and searched, work items, or a query in words.

use maud::{Markup, html};

use super::LinkForm;
use super::look::Item;
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::icons::{self, icon};

/// A saved query.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands, for searches.
    pub path: String,
    /// What it answers with.
    pub shape: String,
    /// Why it cannot be picked.
    pub unusable: Option<String>,
    /// A reservation.
    pub warning: Option<String>,
}

/// A folder of queries.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it stands open.
    pub open: bool,
    /// What is in it; none while it was not read.
    pub inside: Option<(Vec<Folder>, Vec<Query>)>,
    /// Where it is read from.
    pub load: String,
}

/// What can be picked.
#[derive(Debug, Clone)]
pub enum Tree {
    /// The folders, with the queries beside them.
    Folders(Vec<Folder>, Vec<Query>),
    /// What a search found.
    Found(Vec<Query>),
    /// It could not be read: why, and what to do.
    Failed(String),
}

pub(super) fn pick(it: &LinkForm) -> Markup {
    let by = it.typed.value("by");
    let segment = |value: &str, text: &str| {
        html! { label { input type="radio" name="by" value=(value) checked[by == value]; (text) } }
    };
    html! {
        fieldset.field {
            legend { "What counts" }
            div.seg { (segment("query", "Query")) (segment("items", "Work items")) (segment("words", "WIQL")) }
            (form::error("selector", it.typed.error("selector")))
        }
        n-reveal for="by" when="query" { div.stack { (queries(it)) } }
        n-reveal for="by" when="items" { div.stack { (items(it)) } }
        n-reveal for="by" when="words" { div.stack { (words(it)) } }
    }
}

/// The attributes that count anew are given here once: everything inside that changes asks what the link would say.
fn counted(it: &LinkForm, inside: &Markup) -> Markup {
    html! {
        div hx-post=(it.part("preview")) hx-trigger="change delay:50ms" hx-include="closest form" hx-target="#link-count" hx-swap="innerHTML" hx-sync="#link-count:replace" { (inside) }
    }
}

fn queries(it: &LinkForm) -> Markup {
    html! {
        div.stack {
            input.in #link-find type="search" name="q" value=(it.typed.value("q")) aria-label="Find a query" placeholder="Find a query" autocomplete="off"
                hx-post=(it.part("queries")) hx-trigger="input changed delay:300ms" hx-include="closest form" hx-target="#link-tree" hx-swap="innerHTML" hx-sync="this:replace";
            button.btn data-plain type="submit" name="act" value="look" formnovalidate { "Find" }
        }
        (counted(it, &html! { div #link-tree role="group" aria-label="Queries" { (tree(it)) } }))
    }
}

/// The queries; the fragment that a search loads.
#[must_use]
pub fn tree(it: &LinkForm) -> Markup {
    let picked = it.typed.value("query_id");
    html! {
        @if let Some((id, text)) = &it.chosen {
            label.q { input type="radio" name="query_id" value=(id) checked[picked == id]; (icon("explorer")) span.tt { (text) } }
        }
        @match &it.tree {
            Tree::Failed(why) => (feedback::note(Tone::Failure, &html! { (why) })),
            Tree::Found(found) if found.is_empty() => p.hint role="status" { "No query of this name. Search by another part of it, or look through the folders." },
            Tree::Found(found) => ul.qt { @for query in found { li { (one(query, picked, true)) } } },
            Tree::Folders(folders, loose) if folders.is_empty() && loose.is_empty() => p.hint { "The project has no shared query yet. Save one in Azure DevOps under Shared Queries, or pick work items." },
            Tree::Folders(folders, loose) => (level(picked, folders, loose)),
        }
    }
}

fn level(picked: &str, folders: &[Folder], queries: &[Query]) -> Markup {
    html! {
        ul.qt {
            @for each in folders { li { (folder(picked, each)) } }
            @for query in queries { li { (one(query, picked, false)) } }
        }
    }
}

/// A folder; opened for the first time it loads what is in it.
#[must_use]
pub fn folder(picked: &str, it: &Folder) -> Markup {
    let load = it.inside.is_none().then_some(&it.load);
    html! {
        details.qf open[it.open] hx-get=[load] hx-trigger=[load.map(|_| "toggle once")] hx-swap=[load.map(|_| "outerHTML")] {
            summary.q { (icons::with_class("i i-s tw-i", "right")) (icon("group")) span.tt { (it.name) } }
            @match &it.inside {
                None => {
                    p.hint.desk data-wait { "Reading…" }
                    button.btn.btn-q data-plain type="submit" name="act" value=(format!("open:{}", it.id)) formnovalidate { "Show what is in it" }
                }
                Some((folders, queries)) if folders.is_empty() && queries.is_empty() => p.hint { "Empty" },
                Some((folders, queries)) => {
                    @if it.open { input type="hidden" name="open" value=(it.id); }
                    (level(picked, folders, queries))
                }
            }
        }
    }
}

fn one(it: &Query, picked: &str, whole: bool) -> Markup {
    html! {
        label.q title=[it.unusable.as_deref()] {
            input type="radio" name="query_id" value=(it.id) checked[picked == it.id] disabled[it.unusable.is_some()];
            (icon("explorer"))
            span.tt { (it.name) @if whole { small { (it.path) } } @if let Some(why) = &it.unusable { small { (why) } } @else if let Some(warning) = &it.warning { small { (icons::small("warn")) " " (warning) } } }
            @if !it.shape.is_empty() { span.n { (it.shape) } }
        }
    }
}

fn items(it: &LinkForm) -> Markup {
    let mut types = vec![(String::new(), String::from("Any type"))];
    types.extend(it.types.iter().map(|name| (name.clone(), name.clone())));
    let find = it.part("items");
    html! {
        (form::select(&Field { ..it.typed.field("item_kind", "Type to pick") }, &types))
        div.stack {
            input.in type="search" name="item_q" value=(it.typed.value("item_q")) aria-label="Find work items by title or number" placeholder="Title or number" autocomplete="off"
                hx-post=(find) hx-trigger="input changed delay:300ms, change from:#item_kind" hx-include="closest form" hx-target="#link-found" hx-swap="innerHTML" hx-sync="this:replace";
            button.btn data-plain type="submit" name="act" value="find" formnovalidate { "Find" }
        }
        (counted(it, &html! {
            div role="group" aria-label="Work items" {
                div #link-found { (found_items(&it.picked, it.found.as_deref())) }
            }
            (form::checkbox("children", "With everything below them", Some("All levels: the stories and tasks of an epic."), it.ticked("children")))
        }))
    }
}

/// The work items that are picked, which stay, and those that a search found; the fragment that it loads.
#[must_use]
pub fn found_items(picked: &[Item], found: Option<&[Item]>) -> Markup {
    html! {
        @for item in picked { (item_box(item, true)) }
        @if found.is_some_and(<[Item]>::is_empty) { p.hint role="status" { "No work item found. Search by another word of its title, or by its number." } }
        @for item in found.unwrap_or_default() { (item_box(item, false)) }
    }
}

fn item_box(it: &Item, picked: bool) -> Markup {
    html! {
        label.opt-l {
            input type="checkbox" name="item" value=(it.id) checked[picked];
            span { (it.title) small { (it.kind) " " (it.id) ", " (it.state) } }
        }
    }
}

fn words(it: &LinkForm) -> Markup {
    let hint = "A query in Azure DevOps’ own language. @Me means the owner of the token.";
    counted(
        it,
        &form::textarea(&Field { hint: Some(hint), ..it.typed.field("wiql", "Query in words (WIQL)") }, 8),
    )
}
