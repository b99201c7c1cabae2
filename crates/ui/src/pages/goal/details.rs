//! What else is said of a goal: description, dates, people, tags.

use maud::{Markup, html};
use northing_core::goal::Level;

use super::Goal;
use crate::components::{person, tag, tasks};
use crate::{Ctx, format, markdown, paths};

pub(super) fn details(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        section.sec #details aria-label="Details" { div.stack {
            @if !goal.description.trim().is_empty() { div.stack.sm { (markdown::render(&goal.description)) } }
            dl.props {
                dt { "Team" }
                dd { @match goal.level { Level::Organization => "Organisation", Level::Individual => "Individual", Level::Team => { @for (at, (id, name)) in goal.teams.iter().enumerate() { @if at > 0 { ", " } a.pl href=(paths::team(*id)) { (name) } } } } }
                dt { "Period" } dd { (goal.period) }
                dt { "Dates" } dd { (format::day(goal.start, ctx.today)) " to " (format::day(goal.end, ctx.today)) }
                @if let Some(who) = &goal.check_in_owner { dt { "Checks in" } dd { (person::who(who)) } }
                dt { "Ambition" } dd { @if goal.committed { "Committed" } @else { "Aspirational" } }
                @if !goal.tags.is_empty() { dt { "Tags" } dd { (tag::tags(&goal.tags)) } }
            }
        } }
        @if let Some(tasks) = &goal.tasks { (tasks::section(ctx, tasks)) }
    }
}
