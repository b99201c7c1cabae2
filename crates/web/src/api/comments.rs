//! Comments on a goal and its check-ins.

use axum::extract::State;
use axum::response::Response;
use northing_app::comments::CommentRow;
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, created, gone, list, resource};
use crate::extract::{Body, CheckIn, Ids, IfMatch, ListParams, Part, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(all, create)).routes(routes!(edit, remove))
}

/// A comment.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Comment)]
struct CommentBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    goal_id: Id,
    /// The check-in it is about; null: the goal itself.
    #[schema(value_type = Option<String>)]
    check_in_id: Option<Id>,
    #[schema(value_type = Option<String>)]
    author_id: Option<Id>,
    author_name: Option<String>,
    /// Markdown.
    body: String,
    version: i64,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = Option<String>)]
    edited_at: Option<Moment>,
}

impl From<CommentRow> for CommentBody {
    fn from(row: CommentRow) -> Self {
        Self {
            id: row.id,
            goal_id: row.goal_id,
            check_in_id: row.check_in_id,
            author_id: row.author_id,
            author_name: row.author_name,
            body: row.body,
            version: row.version,
            created_at: row.created_at,
            edited_at: row.edited_at,
        }
    }
}

/// A comment to be written.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewComment {
    /// Markdown.
    body: String,
    /// The check-in it is about; none: the goal itself.
    #[schema(value_type = Option<String>)]
    check_in_id: Option<Id>,
}

/// A comment's new text.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct EditComment {
    /// Markdown.
    body: String,
}

/// The comments on a goal and its check-ins, the oldest first.
#[utoipa::path(get, path = "/goals/{goal}/comments", params(("goal" = String, Path), ListParams),
    responses((status = 200, body = Listed<CommentBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
    Part(part): Part,
) -> Result<Response, Failure> {
    let page = state.app.list_comments(&actor, ids.get("goal")?, None, &part).await?;
    Ok(list(page.map(CommentBody::from)))
}

/// Comments on a goal or one of its check-ins.
#[utoipa::path(post, path = "/goals/{goal}/comments", params(("goal" = String, Path)), request_body = NewComment,
    responses((status = 201, body = CommentBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    Body(body): Body<NewComment>,
) -> Result<Response, Failure> {
    let row = state.app.create_comment(&actor, ids.get("goal")?, body.check_in_id, &body.body).await?;
    Ok(created(row.version, &CommentBody::from(row)))
}

/// Changes one's own comment.
#[utoipa::path(patch, path = "/goals/{goal}/comments/{comment}",
    params(("goal" = String, Path), ("comment" = String, Path)), request_body = EditComment,
    responses((status = 200, body = CommentBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(body): Body<EditComment>,
) -> Result<Response, Failure> {
    let (goal, comment) = (ids.get("goal")?, ids.get("comment")?);
    let row = state.app.edit_comment(&actor, goal, comment, &body.body, version).await?;
    Ok(resource(row.version, &CommentBody::from(row)))
}

/// Removes a comment.
#[utoipa::path(delete, path = "/goals/{goal}/comments/{comment}",
    params(("goal" = String, Path), ("comment" = String, Path)), responses((status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_comment(&actor, ids.get("goal")?, ids.get("comment")?, version).await?;
    Ok(gone())
}
