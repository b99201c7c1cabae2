//! `/goals/{goal}/nudge`: asking for a check-in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use northing_core::values::Id;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{CheckIn, Ids, MaybeBody, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(nudge))
}

/// What is said with it.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NudgeInput {
    /// At most 500 characters.
    #[serde(default)]
    comment: Option<String>,
}

/// Who was asked.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Nudged)]
struct NudgedBody {
    #[schema(value_type = String)]
    user_id: Id,
    name: String,
}

/// Asks whoever checks in on the goal for a check-in, in the app; once a day for each goal and caller.
#[utoipa::path(post, path = "/goals/{goal}/nudge", params(("goal" = String, Path)), request_body = Option<NudgeInput>, responses((status = 201, body = NudgedBody)))]
async fn nudge(
    State(state): State<AppState>,
    Token(actor, ..): Token<CheckIn>,
    ids: Ids,
    MaybeBody(input): MaybeBody<NudgeInput>,
) -> Result<Response, Failure> {
    let asked = state.app.nudge(&actor, ids.get("goal")?, input.comment.as_deref()).await?;
    Ok((StatusCode::CREATED, Json(NudgedBody { user_id: asked.user_id, name: asked.name })).into_response())
}
