//! Tasks and milestones of initiatives.

use axum::extract::State;
use axum::response::Response;
use northing_app::goal::{TaskInput, TaskPatch};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::goal_input_schema::{NewTaskFields, TaskChangeFields};
use super::goal_schema::TaskBody;
use super::{Listed, created, gone, list, resource};
use crate::extract::{Body, Ids, IfMatch, ListParams, Part, Read, Token, Write};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(all, create)).routes(routes!(edit, remove))
}

/// The tasks of an initiative in their order.
#[utoipa::path(get, path = "/goals/{goal}/tasks", params(("goal" = String, Path), ListParams), responses((status = 200, body = Listed<TaskBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    Ok(list(part.of(state.app.tasks(&actor, ids.get("goal")?).await?, |it| it.id)?))
}

/// Adds a task: `name`, `kind: task|milestone`, `owner_id`, `due_date`, `weight`, `done`.
#[utoipa::path(post, path = "/goals/{goal}/tasks", params(("goal" = String, Path)), request_body = NewTaskFields, responses((status = 201, body = TaskBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    Body(input): Body<TaskInput>,
) -> Result<Response, Failure> {
    let task = state.app.add_task(&actor, ids.get("goal")?, input).await?;
    Ok(created(task.version, &task))
}

/// Changes a task; the same fields and `position`.
#[utoipa::path(patch, path = "/goals/{goal}/tasks/{task}", params(("goal" = String, Path), ("task" = String, Path)), request_body = TaskChangeFields, responses((status = 200, body = TaskBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
    Body(patch): Body<TaskPatch>,
) -> Result<Response, Failure> {
    let task = state.app.edit_task(&actor, ids.get("goal")?, ids.get("task")?, version, patch).await?;
    Ok(resource(task.version, &task))
}

/// Removes a task.
#[utoipa::path(delete, path = "/goals/{goal}/tasks/{task}", params(("goal" = String, Path), ("task" = String, Path)), responses((status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    IfMatch(version): IfMatch,
    ids: Ids,
) -> Result<Response, Failure> {
    state.app.delete_task(&actor, ids.get("goal")?, ids.get("task")?, version).await?;
    Ok(gone())
}
