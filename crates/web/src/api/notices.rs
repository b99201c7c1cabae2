//! What the caller was told: data sources in trouble and well again, tokens that end.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::gone;
use crate::extract::{Ids, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(dismiss))
}

/// The caller's notices, the newest first, at most 20: `kind` is `link_failed`, `link_recovered`, `connection_failed`,
/// `connection_recovered` or `token_ending`; `detail` has `message` and `remedy`, or `expires_on` and `days`.
#[utoipa::path(get, path = "/orgs/{org}/notices", params(("org" = String, Path, description = "Id or slug")), responses((status = 200, body = Value)))]
async fn list(State(state): State<AppState>, Token(actor, ..): Token<Read>) -> Result<Response, Failure> {
    let items: Vec<Value> = state
        .app
        .notices(&actor)
        .await?
        .into_iter()
        .map(|it| {
            let detail: Value = serde_json::from_str(&it.detail).unwrap_or_default();
            json!({ "id": it.id, "kind": it.kind, "goal_id": it.goal_id, "goal_title": it.goal_title,
                "connection_id": it.connection_id, "connection_name": it.connection_name, "detail": detail, "at": it.at })
        })
        .collect();
    Ok(Json(json!({ "items": items, "next": null })).into_response())
}

/// Puts one of the caller's notices away.
#[utoipa::path(delete, path = "/orgs/{org}/notices/{notice}", params(("org" = String, Path, description = "Id or slug"), ("notice" = String, Path)), responses((status = 204)))]
async fn dismiss(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    state.app.dismiss_notice(&actor, ids.get("notice")?).await?;
    Ok(gone())
}
