//! The log of changes: who did what, when, and what it was before.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::{Form, Tab, frame};
use crate::components::activity::Part;
use crate::components::empty::{self, Art};
use crate::components::form::{self, Field};
use crate::components::loading;
use crate::components::picker::Of;
use crate::icons::icon;
use crate::layout::Page;
use crate::{Ctx, format, paths};

/// An entry.
#[derive(Debug, Clone)]
pub struct Line {
    /// The entry.
    pub id: Id,
    /// When.
    pub at: Moment,
    /// Through which door, where it was not a page.
    pub via: Option<&'static str>,
    /// Who did what, in words.
    pub what: Vec<Part>,
    /// Field by field: its label, what it was and what it became.
    pub changes: Vec<(String, String, String)>,
}

/// The page. `actions` are the kinds of change that one can choose from; `csv` is the address of the same as a file.
#[must_use]
pub fn page(
    ctx: &Ctx,
    it: &Form,
    actions: &[(String, String)],
    lines: &[Line],
    more: Option<&str>,
    csv: &str,
) -> Page {
    let narrowed =
        ["actor", "action", "goal", "since", "until"].iter().any(|name| !it.typed.value(name).is_empty());
    let main = html! {
        form.frame.frame-b.form role="search" aria-label="Filter the log" action=(paths::AUDIT) {
            div.form-2 {
                (it.picker("actor", "Who", None, Of::People, false))
                (form::select(&it.field("action", "What"), actions))
                (form::input(&Field { optional: true, ..it.field("since", "From") }, "date"))
                (form::input(&Field { optional: true, ..it.field("until", "Until") }, "date"))
            }
            @if !it.typed.value("goal").is_empty() {
                input type="hidden" name="goal" value=(it.typed.value("goal"));
                p.hint { "Only what was done to one goal." }
            }
            div.btns {
                button.btn.btn-a type="submit" { "Show" }
                @if narrowed { a.btn.btn-q href=(paths::AUDIT) { "Clear" } }
            }
        }
        @if lines.is_empty() {
            (empty::empty(Art::Lens, "Nothing found", "No change fits these filters.", &html! { a.btn href=(paths::AUDIT) { "Show everything" } }))
        } @else {
            div.frame { div.scroll-x tabindex="0" role="region" aria-label="Changes" { table.tbl {
                thead { tr { th scope="col" { "When" } th scope="col" { "Who and what" } } }
                tbody { (rows(ctx, lines, more)) }
            } } }
        }
    };
    let download = html! { a.btn href=(csv) download { (icon("download")) "Download CSV" } };
    frame(Tab::Audit, None, &download, &main)
}

/// Rows of the log: the fragment that loads as one scrolls.
#[must_use]
pub fn rows(ctx: &Ctx, lines: &[Line], more: Option<&str>) -> Markup {
    html! {
        @for line in lines {
            tr {
                td.nowrap.adm-w { (format::when(line.at, ctx)) }
                td {
                    @for part in &line.what { @match part { Part::Text(text) => (text), Part::Link(text, href) => a href=(href) { (text) } } }
                    @if let Some(via) = line.via { " " span.tag { (via) } }
                    @if !line.changes.is_empty() { (changes(&line.changes)) }
                }
            }
        }
        @if let Some(more) = more { (loading::more_rows(more, 2)) }
    }
}

fn changes(changes: &[(String, String, String)]) -> Markup {
    let shown = |text: &str| html! { @if text.is_empty() { span.dim { "Empty" } } @else { (text) } };
    html! {
        details.adm-d {
            summary { @if changes.len() == 1 { "1 field" } @else { (changes.len()) " fields" } }
            table.tbl {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Before" } th scope="col" { "After" } } }
                tbody { @for (label, before, after) in changes { tr { th scope="row" { (label) } td { (shown(before)) } td { (shown(after)) } } } }
            }
        }
    }
}
