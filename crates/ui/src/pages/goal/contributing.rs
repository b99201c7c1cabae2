//! What contributes to a goal, and what it contributes to.

use maud::{Markup, html};

use super::Goal;
use crate::components::donut::{self, Part};
use crate::components::{alignment, children, goal_list};
use crate::icons::icon;
use crate::{Ctx, paths};

pub(super) fn contributing(ctx: &Ctx, goal: &Goal) -> Markup {
    let new = paths::new_child(goal.id);
    let manage = paths::goal_part(goal.id, "contributions");
    let sum: f64 =
        goal.children.iter().filter_map(|child| Some(child.share? * child.progress? / 100.0)).sum();
    let shares = goal.children.iter().all(|child| child.share.is_some());
    html! {
        section.sec #contrib aria-labelledby="h-contrib" {
            div.sec-h {
                h3 #h-contrib { "Contributing goals" }
                @if !goal.children.is_empty() && shares { span.n { "weights total 100%" } }
                span.push.btns {
                    @if goal.may.contribute && !goal.children.is_empty() { a.btn.btn-q href=(manage) hx-get=(manage) hx-target="#dialog" hx-swap="innerHTML" { "Weights" } }
                    @if goal.may.add_child { a.btn.btn-q.btn-x href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" data-key="c" aria-label="Add contributing goal" { (icon("plus")) } }
                }
            }
            @if !goal.children.is_empty() {
                (children::table(ctx, &goal.children, shares.then_some(sum)))
                @if shares && goal.children.len() > 1 {
                    @let parts = goal.children.iter().map(|child| Part { name: child.title.clone(), share: child.share.unwrap_or(0.0), status: goal.progress.status }).collect::<Vec<_>>();
                    details.sm { summary { "Show weights as a ring" } (donut::donut("Weights of the contributing goals", &parts.len().to_string(), "goals", &parts)) }
                }
            }
            @if !goal.supporting.is_empty() { p.xs.dim { "Support this goal, do not change it" } (goal_list::list(ctx, &goal.supporting, false)) }
            @if goal.children.is_empty() && goal.supporting.is_empty() {
                p.sm.mut { "Nothing is aligned to this goal yet." }
            }
        }
    }
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
