//! Deleted goals: who deleted them, when, and until when they can be restored.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::{Day, Id, Moment};

use crate::components::empty::{self, Art};
use crate::components::loading;
use crate::icons::{self, icon, station};
use crate::layout::{self, Page};
use crate::{Ctx, format, paths};

/// A deletion that can be taken back.
#[derive(Debug, Clone)]
pub struct Line {
    /// The goal.
    pub goal: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// How many goals went along.
    pub more: usize,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Moment,
    /// The last day on which it can be restored for certain.
    pub until: Day,
    /// Whether the reader may restore it.
    pub may_restore: bool,
}

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, lines: &[Line], more: Option<&str>) -> Page {
    let main = html! {
        div.pad {
            @if lines.is_empty() {
                (empty::empty(Art::Summit, "Nothing was deleted", "Deleted goals wait here for 30 days and can be restored with everything that was deleted with them.", &html! { a.btn href=(paths::EXPLORER) { "Explorer" } }))
            } @else {
                ul.frame.due { (rows(ctx, lines, more)) }
                p.hint { "Goals are removed for good 30 days after they were deleted." }
            }
        }
    };
    Page {
        head: layout::head(&html! {}, "Deleted goals", &html! {}),
        ..Page::plain("Deleted goals".to_owned(), main)
    }
}

/// The rows, and the way to more.
#[must_use]
pub fn rows(ctx: &Ctx, lines: &[Line], more: Option<&str>) -> Markup {
    html! {
        @for line in lines { (row(ctx, line)) }
        @if let Some(more) = more { (loading::more_items(more)) }
    }
}

fn row(ctx: &Ctx, line: &Line) -> Markup {
    let restore = paths::goal_part(line.goal, "restoration");
    html! {
        li.trash-r {
            div {
                p.tt { (icons::labelled("i", station(line.kind), &ctx.terms.label(line.kind), false)) span { (line.title) @match line.more { 0 => {} 1 => span.mut { " and the goal below it" } more => span.mut { " and " (format::count(more)) " goals below it" } } } }
                p.d { "Deleted by " (line.by) " " (format::when(line.at, ctx)) ". Can be restored until " (format::day(line.until, ctx.today)) "." }
            }
            @if line.may_restore {
                form method="post" action=(restore) { (layout::csrf(ctx)) button.btn type="submit" aria-label=(format!("Restore {}", line.title)) { (icon("sync")) "Restore" } }
            }
        }
    }
}
