//! What contributes to a goal, and what it contributes to.

use maud::{Markup, html};
use northing_core::values::Id;

use super::Goal;
use crate::components::children::Parts;
use crate::components::donut::{self, Part};
use crate::components::goal_list::Brief;
use crate::components::{alignment, children, crumbs, goal_list};
use crate::icons::icon;
use crate::layout::Page;
use crate::{Ctx, format, layout, paths};

/// Slices that the ring names; what is smaller than the last of them stands together.
const SLICES: usize = 12;

pub(super) fn contributing(ctx: &Ctx, goal: &Goal) -> Markup {
    let new = paths::new_child(goal.id);
    let manage = paths::goal_part(goal.id, "contributions");
    let listed = goal.parts.rows.len() + goal.supporting.len();
    html! {
        section.sec #contrib aria-labelledby="h-contrib" {
            div.sec-h {
                h3 #h-contrib { "Contributing goals" }
                @if !goal.parts.is_empty() && goal.parts.summed.is_none() { span.n { "weights total 100%" } }
                span.push.btns {
                    @if goal.may.contribute && goal.below > 0 { a.btn.btn-q href=(manage) hx-get=(manage) hx-target="#dialog" hx-swap="innerHTML" { "Weights" } }
                    @if goal.may.add_child { a.btn.btn-q.btn-x href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" data-key="c" aria-label="Add contributing goal" { (icon("plus")) } }
                }
            }
            (inside(ctx, goal, &goal.parts, &goal.supporting))
            @if goal.below > listed {
                p { a.btn.btn-q href=(paths::goal_part(goal.id, "contributing")) { "All " (format::count(goal.below)) " goals below" } }
            }
            @if goal.parts.is_empty() && goal.supporting.is_empty() {
                p.sm.mut { "Nothing is aligned to this goal yet." }
            }
        }
    }
}

/// The arithmetic, the same as a ring, and what does not count.
fn inside(ctx: &Ctx, goal: &Goal, parts: &Parts, supporting: &[Brief]) -> Markup {
    html! {
        @if !parts.is_empty() {
            (children::table(ctx, parts))
            @if parts.summed.is_none() && parts.rows.len() > 1 { (ring(goal, parts)) }
        }
        @if !supporting.is_empty() { p.xs.dim { "Support this goal, do not change it" } (goal_list::list(ctx, supporting, false)) }
    }
}

fn ring(goal: &Goal, parts: &Parts) -> Markup {
    let part = |name: &str, share: f64| Part { name: name.to_owned(), share, status: goal.progress.status };
    let mut slices: Vec<Part> =
        parts.rows.iter().take(SLICES).map(|child| part(&child.title, child.share.unwrap_or(0.0))).collect();
    let others = 100.0 - slices.iter().map(|slice| slice.share).sum::<f64>();
    let goals = parts.rows.len() + parts.elsewhere.as_ref().map_or(0, |(rest, _)| rest.goals);
    if others > 0.05 {
        slices.push(part("Others", others));
    }
    html! {
        details.sm { summary { "Show weights as a ring" } (donut::donut("Weights of the contributing goals", &format::count(goals), "goals", &slices)) }
    }
}

/// A page of the goals below one, with what each brings.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The goal.
    pub goal: Id,
    /// Its title.
    pub title: String,
    /// How many there are, which of them this page shows.
    pub range: (usize, usize, usize),
    /// Those that count.
    pub parts: Parts,
    /// Those that do not.
    pub supporting: Vec<Brief>,
    /// The page before, and the page behind.
    pub around: (Option<String>, Option<String>),
}

/// The page that lists all of them, a part at a time.
#[must_use]
pub fn page(ctx: &Ctx, shown: &Listed) -> Page {
    let title = "Contributing goals";
    let (from, to, all) = shown.range;
    let (before, behind) = &shown.around;
    let main = html! {
        div.gp-page { section.sec aria-label=(format!("{title} of {}", shown.title)) {
            p.sm.mut { @if to == 0 { "Nothing here." } @else { (format::count(from)) " to " (format::count(to)) " of " (format::count(all)) } }
            @if !shown.parts.is_empty() { (children::table(ctx, &shown.parts)) }
            @if !shown.supporting.is_empty() { p.xs.dim { "Support this goal, do not change it" } (goal_list::list(ctx, &shown.supporting, true)) }
            p.btns {
                @if let Some(href) = before { a.btn href=(href) rel="prev" { "Previous" } }
                @if let Some(href) = behind { a.btn href=(href) rel="next" { "Next" } }
            }
        } }
    };
    let head =
        layout::head(&crumbs::crumbs(&[(shown.title.clone(), paths::goal(shown.goal))]), title, &html! {});
    Page { head, ..Page::plain(format!("{title}, {}", shown.title), main) }
}

pub(super) fn alignments(ctx: &Ctx, goal: &Goal) -> Markup {
    let change = paths::goal_part(goal.id, "alignments");
    html! {
        section.sec #align aria-labelledby="h-align" {
            div.sec-h { h3 #h-align { "Alignment" } @if goal.may.align { a.push.sm href=(change) hx-get=(change) hx-target="#dialog" hx-swap="innerHTML" data-key="a" { "Change" } } }
            (alignment::ladder(ctx, &goal.ladder))
        }
    }
}
