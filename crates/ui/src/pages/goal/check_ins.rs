//! The check-ins of a goal with their comments, and the comments on the goal itself.

use maud::{Markup, html};

use super::Goal;
use crate::components::check_in;
use crate::components::talk::{self, About};
use crate::{Ctx, format, paths};

/// The latest check-ins, then what was said about the goal itself.
pub(super) fn section(ctx: &Ctx, goal: &Goal) -> Markup {
    let all = paths::goal_part(goal.id, "check-ins");
    let about = About { goal: goal.id, check_in: None };
    html! {
        section.sec #checkins aria-labelledby="h-checkins" {
            div.sec-h { h3 #h-checkins { "Check-ins" } span.n { (format::count(goal.check_in_count)) } }
            @if goal.check_ins.is_empty() { p.sm.mut { "No check-in yet. The first one says where the goal stands today." } }
            (check_in::log(ctx, &goal.check_ins, (goal.check_in_count > goal.check_ins.len()).then_some(all.as_str())))
        }
        @if goal.may.comment || !goal.comments.is_empty() {
            section.sec #comments aria-labelledby="h-comments" {
                div.sec-h { h3 #h-comments { "Comments" } @if !goal.comments.is_empty() { span.n { (format::count(goal.comments.len())) } } }
                (talk::talk(ctx, about, &goal.comments, goal.may.comment))
            }
        }
    }
}
