//! `/orgs/{org}/tags`.

use axum::extract::State;
use axum::response::Response;
use northing_app::tags::Tag;
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, created, gone, list, resource};
use crate::extract::{Admin, Body, Ids, IfMatch, Part, Query, Read, Token, Write};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(all, create)).routes(routes!(one, edit, remove))
}

/// A tag.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TagBody {
    #[schema(value_type = String)]
    id: Id,
    version: i64,
    name: String,
    /// Goals with it, as far as the caller sees them.
    goals: i64,
    #[schema(value_type = String)]
    created_at: Moment,
}

fn body(it: Tag) -> TagBody {
    TagBody { id: it.id, version: it.version, name: it.name, goals: it.goals, created_at: it.created_at }
}

/// A tag's name: one line, unlike every other of the organisation.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TagInput {
    name: String,
}

/// The filter of the list of tags.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// A part of the name.
    q: Option<String>,
    /// At most so many entries, 1–200; 50 if absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// The tags by name.
#[utoipa::path(get, path = "/orgs/{org}/tags", params(("org" = String, Path, description = "Id or slug"), Filter), responses((status = 200, body = Listed<TagBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(filter): Query<Filter>,
    Part(page): Part,
) -> Result<Response, Failure> {
    let text = filter.q.as_deref().unwrap_or_default();
    Ok(list(state.app.list_tags(&actor, text, &page).await?.map(body)))
}

/// Makes a tag; goals make the tags that they name by themselves.
#[utoipa::path(post, path = "/orgs/{org}/tags", params(("org" = String, Path, description = "Id or slug")), request_body = TagInput, responses((status = 201, body = TagBody)))]
async fn create(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(input): Body<TagInput>,
) -> Result<Response, Failure> {
    let it = body(state.app.create_tag(&actor, &input.name).await?);
    Ok(created(it.version, &it))
}

/// One tag.
#[utoipa::path(get, path = "/orgs/{org}/tags/{tag}", params(("org" = String, Path, description = "Id or slug"), ("tag" = String, Path, description = "Id")), responses((status = 200, body = TagBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let it = body(state.app.tag(&actor, ids.get("tag")?).await?);
    Ok(resource(it.version, &it))
}

/// Gives a tag another name, on every goal that has it.
#[utoipa::path(patch, path = "/orgs/{org}/tags/{tag}", params(("org" = String, Path, description = "Id or slug"), ("tag" = String, Path, description = "Id")), request_body = TagInput, responses((status = 200, body = TagBody)))]
async fn edit(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<TagInput>,
) -> Result<Response, Failure> {
    let it = body(state.app.rename_tag(&actor, ids.get("tag")?, &input.name, version).await?);
    Ok(resource(it.version, &it))
}

/// Deletes a tag: every goal that has it loses it.
#[utoipa::path(delete, path = "/orgs/{org}/tags/{tag}", params(("org" = String, Path, description = "Id or slug"), ("tag" = String, Path, description = "Id")), responses((status = 204)))]
async fn remove(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_tag(&actor, ids.get("tag")?, version).await?;
    Ok(gone())
}
