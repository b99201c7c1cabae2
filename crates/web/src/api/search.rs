//! Search over everything that has a name: `/orgs/{org}/search`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_app::choices::Named;
use northing_core::values::Id;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::rows::LineBody;
use crate::extract::{Query, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(search))
}

/// What is looked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Words {
    /// Words, each a beginning; nothing finds nothing.
    q: Option<String>,
}

/// What was found, at most eight of each.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SearchResult)]
struct FoundBody {
    /// The newest first.
    goals: Vec<LineBody>,
    /// By name.
    people: Vec<HitBody>,
    /// By name.
    teams: Vec<HitBody>,
}

/// A person or a team.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = SearchHit)]
pub(crate) struct HitBody {
    #[schema(value_type = String)]
    id: Id,
    name: String,
    /// What tells it from others of the name: a person's title, the team above a team.
    detail: Option<String>,
}

impl From<Named> for HitBody {
    fn from(it: Named) -> Self {
        Self { id: it.id, name: it.name, detail: it.detail }
    }
}

/// Goals, people and teams for what somebody types.
#[utoipa::path(get, path = "/orgs/{org}/search", params(("org" = String, Path), Words), responses((status = 200, body = FoundBody)))]
async fn search(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(words): Query<Words>,
) -> Result<Response, Failure> {
    let found = state.app.search_all(&actor, words.q.as_deref().unwrap_or(""), None).await?;
    let body = FoundBody {
        goals: found.goals.into_iter().map(LineBody::from).collect(),
        people: found.people.into_iter().map(HitBody::from).collect(),
        teams: found.teams.into_iter().map(HitBody::from).collect(),
    };
    Ok(Json(body).into_response())
}
