//! The check-ins of a goal with their comments, and the comments on the goal itself.

use maud::{Markup, html};

use super::Goal;
use crate::components::check_in;
use crate::{Ctx, format, paths};

pub(super) fn section(ctx: &Ctx, goal: &Goal) -> Markup {
    let earlier = goal.check_in_count.saturating_sub(goal.check_ins.len());
    let href = paths::goal_part(goal.id, "check-ins?all=true");
    html! {
        section.sec #checkins aria-labelledby="h-checkins" {
            div.sec-h { h3 #h-checkins { "Check-ins" } span.n { (format::count(goal.check_in_count)) } }
            @if goal.check_ins.is_empty() { p.sm.mut { "No check-in yet." } }
            (check_in::log(ctx, &goal.check_ins, (earlier > 0).then_some((href.as_str(), earlier))))
            ul.stack #comments {
                @for each in &goal.comments { li { (check_in::comment(ctx, each)) } }
                @if goal.may.comment { li { (check_in::comment_form(ctx, &paths::goal_part(goal.id, "comments"), goal.id)) } }
            }
        }
    }
}
