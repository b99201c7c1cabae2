//! What happened to a goal, one line each.

use maud::{Markup, html};
use northing_core::values::{Id, Moment};

use super::{crumbs, loading};
use crate::layout::{self, Page};
use crate::{Ctx, format, paths};

/// A part of a line: words, or a link.
#[derive(Debug, Clone)]
pub enum Part {
    /// Words.
    Text(String),
    /// Something that has a page: its name and address.
    Link(String, String),
}

/// A line of the activity.
#[derive(Debug, Clone)]
pub struct Activity {
    /// When.
    pub at: Moment,
    /// Who did what, in parts.
    pub parts: Vec<Part>,
}

/// All of what happened to a goal, on a page of its own.
#[must_use]
pub fn page(ctx: &Ctx, goal: Id, title: &str, lines: &[Activity], more: Option<&str>) -> Page {
    let head = layout::head(&crumbs::crumbs(&[(title.to_owned(), paths::goal(goal))]), "Activity", &html! {});
    let main = html! { div.gp-page { section.sec aria-label=(format!("Activity of {title}")) {
        @if lines.is_empty() { p.mut { "Nothing has been done here yet. What is checked in, changed or commented is told here." } }
        @else { (list(ctx, lines, more)) }
    } } };
    Page { head, ..Page::plain(format!("Activity of {title}"), main) }
}

/// The lines, the newest first.
#[must_use]
pub fn list(ctx: &Ctx, lines: &[Activity], more: Option<&str>) -> Markup {
    html! { ul.act-l { (items(ctx, lines, more)) } }
}

/// More lines of a list: the fragment that loads as one scrolls.
#[must_use]
pub fn items(ctx: &Ctx, lines: &[Activity], more: Option<&str>) -> Markup {
    html! {
        @for line in lines {
            li {
                (format::time(line.at, &format::day(line.at.day_in(&ctx.zone), ctx.today), ctx))
                span { @for part in &line.parts { @match part { Part::Text(text) => (text), Part::Link(text, href) => a href=(href) { (text) } } } }
            }
        }
        @if let Some(more) = more { (loading::more_items(more)) }
    }
}
