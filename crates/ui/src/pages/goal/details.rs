//! What else is said of a goal: description, dates, people, tags.

use maud::{Markup, html};
use northing_core::goal::Level;

use super::Goal;
use crate::components::{person, tag, tasks};
use crate::icons::icon;
use crate::pages::goal_source;
use crate::{Ctx, format, markdown, paths};

pub(super) fn details(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        section.sec #details aria-label="Details" { div.stack {
            @if !goal.description.trim().is_empty() { div.stack.sm { (markdown::render(&goal.description)) } }
            dl.props {
                dt { "Owners" }
                dd.flow { @if goal.owners.is_empty() { span.dim { "No owner" } } @for owner in &goal.owners { (person::who(owner)) } (change(goal, "owners", "Change owners")) }
                dt { "Team" }
                dd.flow { @match goal.level { Level::Organization => "Organisation", Level::Individual => "Individual", Level::Team => { @for (at, (id, name)) in goal.teams.iter().enumerate() { @if at > 0 { ", " } a.pl href=(paths::team(*id)) { (name) } } } } (change(goal, "place", "Change team")) }
                dt { "Period" } dd.flow { (goal.period) (change(goal, "period", "Change period")) }
                dt { "Dates" } dd { (format::day(goal.start, ctx.today)) " to " (format::day(goal.end, ctx.today)) }
                @if let Some(who) = &goal.check_in_owner { dt { "Checks in" } dd { (person::who(who)) } }
                dt { "Ambition" } dd { @if goal.committed { "Committed" } @else { "Aspirational" } }
                @if !goal.tags.is_empty() { dt { "Tags" } dd { (tag::tags(&goal.tags)) } }
            }
        } }
        @if let Some(outside) = &goal.outside { (goal_source::items(outside)) }
        @if let Some(tasks) = &goal.tasks { (tasks::section(ctx, tasks)) }
    }
}

/// A pencil that changes one field where it is shown.
fn change(goal: &Goal, field: &str, label: &str) -> Markup {
    let href = paths::goal_part(goal.id, &format!("fields/{field}"));
    html! {
        @if goal.may.edit { a.btn.btn-q.btn-x.pen href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-label=(label) { (icon("edit")) } }
    }
}
