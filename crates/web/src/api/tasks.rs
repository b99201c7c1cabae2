//! Tasks and milestones of initiatives.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_app::goal::{TaskInput, TaskPatch};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::goal_schema::TaskBody;
use super::{Listed, created, gone, resource};
use crate::extract::{Body, Ids, IfMatch, Read, Token, Write};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(all, create)).routes(routes!(edit, remove))
}

/// The tasks of an initiative in their order.
#[utoipa::path(get, path = "/goals/{goal}/tasks", params(("goal" = String, Path)), responses((status = 200, body = Listed<TaskBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let items = state.app.tasks(&actor, ids.get("goal")?).await?;
    Ok(Json(Listed { items, next: None }).into_response())
}

/// Adds a task: `name`, `kind: task|milestone`, `owner_id`, `due_date`, `weight`, `done`.
#[utoipa::path(post, path = "/goals/{goal}/tasks", params(("goal" = String, Path)), request_body = serde_json::Value, responses((status = 201, body = TaskBody)))]
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
#[utoipa::path(patch, path = "/goals/{goal}/tasks/{task}", params(("goal" = String, Path), ("task" = String, Path)), request_body = serde_json::Value, responses((status = 200, body = TaskBody)))]
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
