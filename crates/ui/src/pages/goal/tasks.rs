//! The tasks of an initiative.

use maud::{Markup, html};

use super::{Goal, Task};
use crate::components::person;
use crate::icons::icon;
use crate::{Ctx, format, layout, paths};

pub(super) fn section(ctx: &Ctx, goal: &Goal) -> Markup {
    let done = goal.tasks.iter().filter(|task| task.done).count();
    html! {
        section.sec #tasks aria-labelledby="h-tasks" {
            div.sec-h { h3 #h-tasks { "Tasks" } span.n { (done) " of " (goal.tasks.len()) " done" } }
            ul.stack { @for each in &goal.tasks { (task(ctx, goal, each)) } }
        }
    }
}

/// One task with its box; the fragment that ticking it sends.
#[must_use]
pub fn task(ctx: &Ctx, goal: &Goal, task: &Task) -> Markup {
    let action = paths::goal_part(goal.id, &format!("tasks/{}", task.id));
    html! {
        li id=(format!("task-{}", task.id)) {
            form.flow method="post" action=(action) hx-post=(action) hx-target="closest li" hx-swap="outerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="done" value=((!task.done).to_string());
                button.tw type="submit" role="checkbox" aria-checked=(task.done.to_string()) aria-label=(task.title) disabled[!goal.may.check_in] { @if task.done { (icon("check")) } @else { (icon("initiative")) } }
                span { (task.title) }
                @if let Some(owner) = &task.owner { (person::avatar(&owner.name)) }
                @if let Some(due) = task.due { span.dim.xs { (format::day(due, ctx.today)) } }
            }
        }
    }
}
