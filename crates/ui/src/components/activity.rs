//! What happened to a goal, one line each.

use maud::{Markup, html};
use northing_core::values::Moment;

use super::loading;
use crate::{Ctx, format};

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
