//! What the caller was told: data sources in trouble and well again, tokens that end, requests to join.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::source_schema::NoticeBody;
use super::{Listed, gone, list};
use crate::extract::{CheckIn, Ids, ListParams, Part, Read, Token, Unversioned};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(all)).routes(routes!(dismiss))
}

/// What the caller was told and has not put away, the newest first, at most 20.
#[utoipa::path(get, path = "/orgs/{org}/notices", params(("org" = String, Path, description = "Id or slug"), ListParams), responses((status = 200, body = Listed<NoticeBody>)))]
async fn all(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    Ok(list(part.of(state.app.notices(&actor).await?, |it| it.id)?.map(|it| {
        let detail: Value = serde_json::from_str(&it.detail).unwrap_or_default();
        json!({ "id": it.id, "kind": it.kind, "goal_id": it.goal_id, "goal_title": it.goal_title,
            "connection_id": it.connection_id, "connection_name": it.connection_name, "detail": detail, "at": it.at })
    })))
}

/// Puts one of the caller's notices away.
#[utoipa::path(delete, path = "/orgs/{org}/notices/{notice}", params(("org" = String, Path, description = "Id or slug"), ("notice" = String, Path)), responses((status = 204)))]
async fn dismiss(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    _: Unversioned,
) -> Result<Response, Failure> {
    state.app.dismiss_notice(&actor, ids.get("notice")?).await?;
    Ok(gone())
}
