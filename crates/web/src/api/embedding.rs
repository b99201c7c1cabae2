//! Where the page inside Azure DevOps may be framed, and the key of the extension that shows it.

use axum::extract::State;
use axum::response::Response;
use northing_app::Error;
use northing_app::sources::{AZURE_DEVOPS, EmbedSettings};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::resource;
use super::source_schema::EmbeddingBody;
use crate::extract::{Admin, Body, Ids, IfMatch, Token, set};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(one, put))
}

fn body(it: &EmbedSettings) -> Value {
    json!({ "origins": it.origins, "has_key": it.has_key, "version": it.version })
}

fn known(ids: &Ids) -> Result<(), Failure> {
    if ids.text("kind") == AZURE_DEVOPS { Ok(()) } else { Err(Error::NotFound("integration").into()) }
}

/// Which origins may frame the page of the extension, and whether its key is there; the key never comes back.
#[utoipa::path(get, path = "/orgs/{org}/integrations/{kind}/embedding", params(("org" = String, Path, description = "Id or slug"), ("kind" = String, Path)), responses((status = 200, body = EmbeddingBody)))]
async fn one(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
) -> Result<Response, Failure> {
    known(&ids)?;
    let it = state.app.embedding(&actor).await?;
    Ok(resource(it.version, &body(&it)))
}

/// What is to be.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EmbeddingInput {
    /// Up to ten: `https://dev.azure.com`.
    origins: Vec<String>,
    /// The extension's key, by which Azure DevOps signs who looks. Left out it stays; empty it is forgotten.
    #[serde(default, deserialize_with = "set")]
    #[schema(write_only)]
    key: Option<String>,
}

/// Lets the page of the extension be framed by these origins.
#[utoipa::path(put, path = "/orgs/{org}/integrations/{kind}/embedding", params(("org" = String, Path, description = "Id or slug"), ("kind" = String, Path)), request_body = EmbeddingInput, responses((status = 200, body = EmbeddingBody)))]
async fn put(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<EmbeddingInput>,
) -> Result<Response, Failure> {
    known(&ids)?;
    let it = state.app.set_embedding(&actor, version, &input.origins, input.key.as_deref()).await?;
    Ok(resource(it.version, &body(&it)))
}
