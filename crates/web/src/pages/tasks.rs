//! Tasks of initiatives by page: added inline, ticked, changed, ordered, removed with an undo.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_app::Error;
use northing_app::goal::view::GoalView;
use northing_app::goal::{GoalPatch, TaskInput, TaskKind, TaskPatch, TaskPlace, TaskView};
use northing_core::errors::FieldError;
use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;
use northing_core::values::{Day, Id};
use northing_ui::components::feedback::{self, Action, Tone};
use northing_ui::components::person::Person;
use northing_ui::components::picker::{Choice, Of};
use northing_ui::components::tasks::{self, Moves, Task, Tasks};
use northing_ui::pages::entry::Typed;
use northing_ui::pages::tasks::{self as pages, TaskForm};
use northing_ui::{Ctx, format, paths};

use super::check_in::form::plain;
use super::explorer::Asked;
use super::numbers::number;
use super::{check_in, pickers, shell};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/tasks", page)
        .post("/goals/{goal}/tasks", add)
        .post("/goals/{goal}/tasks/follow", follow)
        .post("/goals/{goal}/tasks/{task}", tick)
        .get("/goals/{goal}/tasks/{task}/edit", edit)
        .post("/goals/{goal}/tasks/{task}/edit", save)
        .post("/goals/{goal}/tasks/{task}/move", place)
        .post("/goals/{goal}/tasks/{task}/deletion", delete)
        .post("/goals/{goal}/tasks/{task}/restoration", restore)
}

/// Tasks as pages show them.
pub(crate) fn told(ctx: &Ctx, goal: &GoalView, may_edit: bool, found: &[TaskView]) -> Tasks {
    let percent = goal.metric.kind == MetricKind::Percent;
    Tasks {
        goal: Some(goal.id),
        ends: format::day(goal.due_date, ctx.today),
        tasks: found
            .iter()
            .map(|task| Task {
                id: task.id,
                title: task.name.clone(),
                milestone: task.kind == TaskKind::Milestone,
                weight: task.weight,
                owner: task.owner_id.zip(task.owner_name.clone()).map(|(id, name)| Person { id, name }),
                due: task.due_date,
                after_end: task.due_after_goal,
                done: task.done,
            })
            .collect(),
        may_edit: may_edit && !goal.status.is_locked(),
        moves: match goal.progress_mode {
            ProgressMode::Rollup if percent => Moves::Follows,
            ProgressMode::Manual if percent => Moves::ByHand,
            _ => Moves::Never,
        },
        sorted: false,
        adding: false,
    }
}

/// The tasks of a goal as the person sees them now.
async fn current(state: &AppState, signed: &Signed, goal: Id) -> Result<(GoalView, Tasks), Failure> {
    let found = state.app.goal_tasks(&signed.actor, goal).await?;
    let tasks = told(&signed.ctx(state), &found.goal, found.may_edit, &found.tasks);
    Ok((found.goal, tasks))
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let sort = asked.one("sort").unwrap_or("order");
    let (view, mut content) = current(&state, &signed, goal).await?;
    let tasks = &mut content.tasks;
    match sort {
        "name" => tasks.sort_by_cached_key(|task| northing_core::text::fold(&task.title)),
        // Those without one come last.
        "assignee" => tasks.sort_by_cached_key(|task| {
            let name = task.owner.as_ref().map(|owner| northing_core::text::fold(&owner.name));
            (name.is_none(), name)
        }),
        "due" => tasks.sort_by_key(|task| (task.due.is_none(), task.due)),
        _ => {}
    }
    content.sorted = sort != "order";
    let content = pages::page(&signed.ctx(&state), goal, &view.title, sort, &content);
    shell::document(&state, &signed, &content).await
}

/// The section again, with what is told beside it; back to the goal without scripts.
async fn section(
    state: &AppState,
    signed: &Signed,
    goal: Id,
    adding: bool,
    toast: Option<maud::Markup>,
) -> Result<Response, Failure> {
    if !signed.htmx {
        return Ok(go(&format!("{}#tasks", paths::goal(goal)), false));
    }
    let (_, mut content) = current(state, signed, goal).await?;
    content.adding = adding;
    let content =
        html! { (tasks::section(&signed.ctx(state), &content)) @if let Some(toast) = toast { (toast) } };
    Ok(Html(content.into_string()).into_response())
}

async fn add(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let input = TaskInput {
        name: fields.get("name").to_owned(),
        kind: None,
        owner_id: None,
        due_date: day(&fields)?,
        weight: None,
        done: false,
    };
    let made = state.app.add_task(&signed.actor, goal, input).await?;
    section(&state, &signed, goal, true, late(&state, &signed, goal, &made).await?).await
}

/// A task that is due after its initiative ends is saved, and said.
async fn late(
    state: &AppState,
    signed: &Signed,
    goal: Id,
    task: &TaskView,
) -> Result<Option<maud::Markup>, Failure> {
    if !task.due_after_goal {
        return Ok(None);
    }
    let ends = state.app.goal(&signed.actor, goal).await?.due_date;
    let text = format!("Saved: {} is due after the end on {}.", task.name, format::day_long(ends));
    Ok(Some(feedback::toast_swap(Tone::Warning, &text, None)))
}

fn day(fields: &Fields) -> Result<Option<Day>, FieldError> {
    let parsed = fields.filled("due_date").map(str::parse).transpose();
    parsed.map_err(|_| FieldError::new("due_date", "wrong_type", "must be a day, for example 2026-11-20"))
}

async fn follow(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
) -> Result<Response, Failure> {
    let patch = GoalPatch { progress_mode: Some(ProgressMode::Rollup), ..GoalPatch::default() };
    state.app.edit_goal(&signed.actor, goal, None, patch).await?;
    section(&state, &signed, goal, false, None).await
}

async fn tick(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let patch = TaskPatch { done: Some(fields.ticked("done")), ..TaskPatch::default() };
    state.app.edit_task(&signed.actor, goal, id, None, patch).await?;
    section(&state, &signed, goal, false, None).await
}

async fn one(state: &AppState, signed: &Signed, goal: Id, id: Id) -> Result<(GoalView, TaskView), Failure> {
    let found = state.app.goal_tasks(&signed.actor, goal).await?;
    let task = found.tasks.into_iter().find(|task| task.id == id).ok_or(Error::NotFound("task"))?;
    Ok((found.goal, task))
}

async fn edit(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let (goal, task) = one(&state, &signed, goal, id).await?;
    let form = form(&goal, &task);
    shell::dialog(&state, &signed, StatusCode::OK, pages::form(&signed.ctx(&state), &form)).await
}

fn form(goal: &GoalView, task: &TaskView) -> TaskForm {
    let values = [
        ("name", task.name.clone()),
        ("kind", task.kind.name().to_owned()),
        ("due_date", task.due_date.map(|day| day.to_string()).unwrap_or_default()),
        ("weight", task.weight.map(plain).unwrap_or_default()),
        ("version", task.version.to_string()),
    ];
    let chosen = task.owner_id.zip(task.owner_name.clone());
    TaskForm {
        goal: goal.id,
        task: task.id,
        typed: Typed {
            values: values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
            ..Typed::default()
        },
        owner: chosen
            .map(|(id, name)| Choice { value: id.to_string(), text: name, ..Choice::default() })
            .into_iter()
            .collect(),
        found: None,
        warning: task
            .due_after_goal
            .then(|| format!("After the end on {}.", format::day_long(goal.due_date))),
    }
}

fn read(fields: &Fields) -> Result<(Option<i64>, TaskPatch), Error> {
    let version = fields
        .filled("version")
        .map(str::parse)
        .transpose()
        .map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    let owner = fields.filled("owner").map(str::parse).transpose();
    let owner = owner.map_err(|_| FieldError::new("owner", "invalid", "is nobody"))?;
    let patch = TaskPatch {
        name: Some(fields.get("name").to_owned()),
        kind: fields.filled("kind").and_then(|kind| kind.parse().ok()),
        owner_id: Some(owner),
        due_date: Some(day(fields)?),
        weight: Some(number("weight", fields.get("weight"))?),
        done: None,
        position: None,
    };
    Ok((version, patch))
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    if fields.filled("search").is_some() {
        let text = fields.get("owner_query");
        let found = pickers::found(&state, &signed, Of::People, text, pickers::About::default()).await?;
        return again(&state, &signed, (goal, id), &fields, StatusCode::OK, |form| form.found = Some(found))
            .await;
    }
    let outcome = match read(&fields) {
        Ok((version, patch)) => state.app.edit_task(&signed.actor, goal, id, version, patch).await,
        Err(error) => Err(error),
    };
    match outcome {
        Ok(task) if signed.htmx => {
            let (_, content) = current(&state, &signed, goal).await?;
            let warning = late(&state, &signed, goal, &task).await?;
            let toast = warning.unwrap_or_else(|| {
                feedback::toast_swap(Tone::Good, &format!("Changed: {}", task.name), None)
            });
            let section = tasks::section(&signed.ctx(&state), &content);
            Ok(check_in::closing(&html! { div hx-swap-oob="outerHTML:#tasks" { (section) } (toast) }))
        }
        Ok(_) => Ok(go(&format!("{}#tasks", paths::goal(goal)), false)),
        Err(Error::Invalid(errors)) => {
            let errors = errors
                .iter()
                .map(|it| {
                    let field = if it.field == "owner_id" { "owner" } else { &*it.field };
                    (field.to_owned(), it.message.to_string())
                })
                .collect();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            again(&state, &signed, (goal, id), &fields, status, |form| form.typed.errors = errors).await
        }
        Err(Error::Conflict) => {
            let (_, theirs) = one(&state, &signed, goal, id).await?;
            let text = format!(
                "This task was changed in the meantime. It now says “{}”{}. Below is what you wrote: saving replaces theirs.",
                theirs.name,
                theirs.owner_name.map(|name| format!(", {name}")).unwrap_or_default()
            );
            let version = theirs.version.to_string();
            again(&state, &signed, (goal, id), &fields, StatusCode::CONFLICT, |form| {
                form.typed.refusal = Some(text);
                form.typed.values.retain(|(name, _)| name != "version");
                form.typed.values.push((String::from("version"), version));
            })
            .await
        }
        Err(other) => Err(other.into()),
    }
}

/// The form again with what was typed.
async fn again(
    state: &AppState,
    signed: &Signed,
    (goal, id): (Id, Id),
    fields: &Fields,
    status: StatusCode,
    change: impl FnOnce(&mut TaskForm),
) -> Result<Response, Failure> {
    let (view, task) = one(state, signed, goal, id).await?;
    let mut form = form(&view, &task);
    form.typed = Typed { values: fields.pairs().to_vec(), ..Typed::default() };
    let chosen = fields.filled("owner").and_then(|id| id.parse::<Id>().ok());
    if chosen != task.owner_id {
        form.owner.clear();
        if let Some(id) = chosen {
            let person = state.app.person_page(&signed.actor, id, None).await?.person;
            form.owner = vec![Choice { value: id.to_string(), text: person.name, ..Choice::default() }];
        }
    }
    change(&mut form);
    shell::dialog(state, signed, status, pages::form(&signed.ctx(state), &form)).await
}

async fn place(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let place = match (asked.one("place"), asked.id("before")?) {
        (Some("up"), _) => TaskPlace::Up,
        (Some("down"), _) => TaskPlace::Down,
        (Some("last"), _) => TaskPlace::Last,
        (_, Some(before)) => TaskPlace::Before(before),
        _ => return Err(FieldError::new("place", "required", "must be up, down or last").into()),
    };
    state.app.move_task(&signed.actor, goal, id, place).await?;
    replaced(&state, &signed, goal, None).await
}

/// The section in its place, for requests that come from a menu.
async fn replaced(
    state: &AppState,
    signed: &Signed,
    goal: Id,
    toast: Option<maud::Markup>,
) -> Result<Response, Failure> {
    if !signed.htmx {
        return Ok(go(&format!("{}#tasks", paths::goal(goal)), false));
    }
    let (_, content) = current(state, signed, goal).await?;
    let section = tasks::section(&signed.ctx(state), &content);
    let content =
        html! { div hx-swap-oob="outerHTML:#tasks" { (section) } @if let Some(toast) = toast { (toast) } };
    Ok(Html(content.into_string()).into_response())
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let (_, task) = one(&state, &signed, goal, id).await?;
    state.app.delete_task(&signed.actor, goal, id, None).await?;
    let text = format!("Deleted: {}", task.name);
    let undo = Action {
        label: String::from("Undo"),
        href: paths::goal_part(goal, &format!("tasks/{id}/restoration")),
        csrf: signed.csrf.clone(),
    };
    if !signed.htmx {
        let page = northing_ui::layout::Page::plain(
            String::from("Deleted"),
            html! { div.pad.stack {
                (feedback::note(Tone::Good, &html! { (text) }))
                form method="post" action=(undo.href) {
                    input type="hidden" name="csrf" value=(undo.csrf);
                    button.btn type="submit" { "Restore it" } " " a.btn href=(paths::goal(goal)) { "Back to the goal" }
                }
            } },
        );
        return shell::document(&state, &signed, &page).await;
    }
    replaced(&state, &signed, goal, Some(feedback::toast_swap(Tone::Good, &text, Some(&undo)))).await
}

async fn restore(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    state.app.restore_task(&signed.actor, goal, id).await?;
    replaced(&state, &signed, goal, None).await
}
