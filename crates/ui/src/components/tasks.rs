//! The tasks and milestones of an initiative: added inline, ticked at once, ordered by menu, keys and pointer.

use maud::{Markup, html};
use northing_core::values::{Day, Id};

use super::menu::{self, Entry, Item};
use super::person::{self, Person};
use crate::icons::{self, icon};
use crate::{Ctx, format, layout, paths};

/// A task of an initiative.
#[derive(Debug, Clone)]
pub struct Task {
    /// The task.
    pub id: Id,
    /// What is to be done.
    pub title: String,
    /// A milestone counts with its weight.
    pub milestone: bool,
    /// Its weight, where one was given.
    pub weight: Option<f64>,
    /// Who does it.
    pub owner: Option<Person>,
    /// By when.
    pub due: Option<Day>,
    /// Whether it is due after the initiative ends.
    pub after_end: bool,
    /// Whether it is done.
    pub done: bool,
}

/// The tasks of one initiative.
#[derive(Debug, Clone, Default)]
pub struct Tasks {
    /// The initiative.
    pub goal: Option<Id>,
    /// When it ends, in words.
    pub ends: String,
    /// The tasks in their order.
    pub tasks: Vec<Task>,
    /// Whether the reader may change them.
    pub may_edit: bool,
    /// Whether progress follows them.
    pub moves: Moves,
    /// Whether the list stands on its own page and not in its own order: then it is not moved in.
    pub sorted: bool,
    /// Whether the field for a new one takes the focus.
    pub adding: bool,
}

/// What the tasks do to the progress of their initiative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moves {
    /// It follows them.
    #[default]
    Follows,
    /// It could, but is checked in by hand.
    ByHand,
    /// It never does: a metric or a data source moves it.
    Never,
}

/// The section of a goal's page and panel; the fragment that every change of a task sends.
#[must_use]
pub fn section(ctx: &Ctx, it: &Tasks) -> Markup {
    let done = it.tasks.iter().filter(|task| task.done).count();
    let Some(goal) = it.goal else { return html! {} };
    html! {
        section.sec #tasks aria-labelledby="h-tasks" {
            div.sec-h {
                h3 #h-tasks { "Tasks" }
                @if !it.tasks.is_empty() { span.n { (done) " of " (it.tasks.len()) " done" } }
                @if it.tasks.len() > 1 && !it.sorted { a.push.sm href=(paths::goal_part(goal, "tasks")) { "Sort" } }
            }
            (list(ctx, it, goal))
            @if it.tasks.is_empty() { p.sm.mut { "Tasks break the work down: what is done moves the progress." } }
            @if it.may_edit { (add(ctx, it, goal)) }
            (moving(ctx, it, goal))
        }
    }
}

fn list(ctx: &Ctx, it: &Tasks, goal: Id) -> Markup {
    let movable = it.may_edit && !it.sorted;
    html! {
        n-sort data-move=(paths::goal_part(goal, "tasks")) {
            ul.tk { @for (at, each) in it.tasks.iter().enumerate() { (task(ctx, it, goal, each, (movable, at == 0, at + 1 == it.tasks.len()))) } }
        }
    }
}

fn task(ctx: &Ctx, it: &Tasks, goal: Id, task: &Task, (movable, first, last): (bool, bool, bool)) -> Markup {
    let at = paths::goal_part(goal, &format!("tasks/{}", task.id));
    let late = !task.done && task.due.is_some_and(|due| due < ctx.today);
    html! {
        li.tk-r id=(format!("task-{}", task.id)) data-task=(task.id) data-done[task.done] data-movable[movable] {
            form method="post" action=(at) hx-post=(at) hx-target="#tasks" hx-swap="outerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="done" value=((!task.done).to_string());
                @if it.sorted { input type="hidden" name="page" value="tasks"; }
                button.tk-b type="submit" role="checkbox" aria-checked=(task.done.to_string()) aria-label=(task.title) disabled[!it.may_edit] { (icon("check")) }
            }
            span.tk-t {
                @if task.milestone { (icons::labelled("i", "flag", "Milestone", true)) " " }
                (task.title)
                @if let Some(weight) = task.weight.filter(|_| task.milestone) { " " span.dim.xs { "weight " (format::number(weight)) } }
            }
            @if let Some(owner) = &task.owner { (person::avatar(&owner.name)) }
            @if let Some(due) = task.due {
                span.xs.tk-d data-st=[late.then_some("risk")] {
                    @if task.after_end { (icons::labelled("i i-s", "warn", &format!("Due after the end on {}", it.ends), true)) " " }
                    @if late { span.sr { "Overdue: " } } (format::day(due, ctx.today))
                }
            }
            @if it.may_edit { (menu::more(ctx, &format!("menu-task-{}", task.id), &format!("Actions for {}", task.title), &actions(&at, movable, first, last))) }
        }
    }
}

fn actions(at: &str, movable: bool, first: bool, last: bool) -> Vec<Entry> {
    let item = |icon, label: &str, part: &str, danger| Item {
        icon,
        label: label.to_owned(),
        href: format!("{at}/{part}"),
        key: None,
        danger,
    };
    let mut entries = vec![Entry::Dialog(item("edit", "Edit task", "edit", false))];
    if movable && !first {
        entries
            .push(Entry::Post(Item {
                key: Some("Alt ↑"), ..item("up", "Move up", "move?place=up", false)
            }));
    }
    if movable && !last {
        let down = item("down", "Move down", "move?place=down", false);
        entries.push(Entry::Post(Item { key: Some("Alt ↓"), ..down }));
    }
    entries.push(Entry::Rule);
    entries.push(Entry::Post(item("trash", "Delete task", "deletion", true)));
    entries
}

/// The line that adds one: Enter adds it and waits for the next.
fn add(ctx: &Ctx, it: &Tasks, goal: Id) -> Markup {
    let action = paths::goal_part(goal, "tasks");
    html! {
        form.tk-new method="post" action=(action) hx-post=(action) hx-target="#tasks" hx-swap="outerHTML" {
            (layout::csrf(ctx))
            label.sr for="task-name" { "New task" }
            input.in #task-name name="name" maxlength="500" placeholder="New task" autocomplete="off" required autofocus[it.adding];
            label.sr for="task-due" { "Due" }
            input.in #task-due type="date" name="due_date";
            button.btn.btn-a type="submit" { "Add" }
        }
    }
}

fn moving(ctx: &Ctx, it: &Tasks, goal: Id) -> Markup {
    let follow = paths::goal_part(goal, "tasks/follow");
    html! {
        @match it.moves {
            Moves::Follows => {}
            Moves::Never => { @if !it.tasks.is_empty() { p.hint { "Its metric is checked in; tasks do not change it." } } }
            Moves::ByHand => { @if !it.tasks.is_empty() {
                form.flow method="post" action=(follow) hx-post=(follow) hx-target="#tasks" hx-swap="outerHTML" {
                    (layout::csrf(ctx))
                    span.hint { "Progress is checked in by hand; tasks do not change it." }
                    @if it.may_edit { button.btn.btn-q type="submit" { "Let tasks move it" } }
                }
            } }
        }
    }
}
