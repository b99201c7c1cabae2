//! The tasks of an initiative on a page of their own, sorted as one likes; and the form that changes one.

use maud::{Markup, html};
use northing_core::values::Id;

use crate::components::crumbs;
use crate::components::dialog::{self, Dialog};
use crate::components::form::{self, Field, Segment};
use crate::components::picker::{self, Choice, Of, Picker};
use crate::components::tasks::{self, Tasks};
use crate::icons::{self, icon};
use crate::layout::{self, Page};
use crate::pages::entry::Typed;
use crate::{Ctx, paths};

/// What the page sorts by: value of `sort` and label.
pub const SORTS: [(&str, &str); 4] =
    [("order", "Own order"), ("name", "Name"), ("assignee", "Assignee"), ("due", "Due date")];

/// The page.
#[must_use]
pub fn page(ctx: &Ctx, goal: Id, title: &str, sort: &str, content: &Tasks) -> Page {
    let path = paths::goal_part(goal, "tasks");
    let head = layout::head(&crumbs::crumbs(&[(title.to_owned(), paths::goal(goal))]), "Tasks", &html! {});
    let above = html! {
        nav.views aria-label="Sorted by" {
            @for (value, label) in SORTS { a.view href=(format!("{path}?sort={value}")) aria-current=[(value == sort).then_some("true")] { (label) } }
        }
    };
    let main = html! { div.gp-page { h2.sr { (title) } (tasks::section(ctx, content)) } };
    Page { head, above, ..Page::plain(format!("Tasks of {title}"), main) }
}

/// A task that is being changed. Typed fields: `name`, `kind` (task or milestone), `weight`, `due_date`, `owner`, `version`.
#[derive(Debug, Clone)]
pub struct TaskForm {
    /// The initiative.
    pub goal: Id,
    /// The task.
    pub task: Id,
    /// What stands in the fields.
    pub typed: Typed,
    /// Who does it.
    pub owner: Vec<Choice>,
    /// What a search for people without scripts found.
    pub found: Option<Vec<Choice>>,
    /// A hint at the due date: it lies after the initiative's end.
    pub warning: Option<String>,
}

/// The form.
#[must_use]
pub fn form(ctx: &Ctx, it: &TaskForm) -> Dialog {
    Dialog {
        title: String::from("Edit task"),
        labelled_by: "task-title",
        wide: false,
        inside: inside(ctx, it),
    }
}

fn inside(ctx: &Ctx, it: &TaskForm) -> Markup {
    let action = paths::goal_part(it.goal, &format!("tasks/{}/edit", it.task));
    let back = paths::goal(it.goal);
    let typed = &it.typed;
    let field = |name, label| Field {
        name,
        label,
        value: typed.value(name),
        error: typed.error(name),
        ..Field::default()
    };
    html! {
        (dialog::head("task-title", &html! { (icons::small("check")) "Task" }, "Edit task", &back))
        form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
            (layout::csrf(ctx))
            input type="hidden" name="version" value=(typed.value("version"));
            div.dlg-b.form {
                @if let Some(refusal) = &typed.refusal { div.note data-st="behind" role="alert" { (icon("warn")) span { (refusal) } } }
                (form::input(&Field { required: true, ..field("name", "What is to be done") }, "text"))
                (picker::picker(&Picker { field: Field { optional: true, ..field("owner", "Who does it") }, of: Of::People, chosen: &it.owner, several: false, with: "", found: it.found.as_deref() }))
                (form::input(&Field { optional: true, hint: it.warning.as_deref(), ..field("due_date", "Due") }, "date"))
                (form::segments(&field("kind", "Counts as"), &[Segment::new("task", "Task", "check"), Segment::new("milestone", "Milestone", "flag")]))
                n-reveal for="kind" when="milestone" {
                    (form::input(&Field { optional: true, hint: Some("A milestone of weight 2 counts twice. Without one it counts once."), ..field("weight", "Weight") }, "text"))
                }
            }
            footer.dlg-f {
                span.push {}
                a.btn href=(back) data-close { "Cancel" }
                button.btn.btn-p type="submit" { "Save" kbd.on { "Ctrl ↵" } }
            }
        }
    }
}
