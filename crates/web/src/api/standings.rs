//! How teams and the organisation stand: `/orgs/{org}/standings`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_app::Error;
use northing_app::shell::{ListPage, Standing};
use northing_core::errors::FieldError;
use northing_core::status::Status;
use northing_core::values::Id;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::goals::several;
use crate::extract::{Query, Read, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(standings))
}

/// The most teams that are asked for at once.
const MOST: usize = 200;

/// Of which teams, and when.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// Ids of at most 200 teams, with commas between them.
    team: Option<String>,
    /// The id of a period; the current one if absent.
    #[param(value_type = Option<String>)]
    period: Option<Id>,
}

/// How the objectives of a page stand together; where it has none, all of its goals.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Standing)]
struct StandingBody {
    /// The mean, 0–100.
    progress: f64,
    /// The mean of what the calendar expects, 0–100.
    expected_progress: f64,
    #[schema(value_type = String)]
    status: Status,
}

impl From<Standing> for StandingBody {
    fn from(it: Standing) -> Self {
        Self { progress: it.progress, expected_progress: it.expected, status: it.status }
    }
}

/// How a team stands.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = TeamStanding)]
struct TeamBody {
    #[schema(value_type = String)]
    team_id: Id,
    /// Null without goals that the caller sees.
    standing: Option<StandingBody>,
}

/// How the organisation and its teams stand.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Standings)]
struct StandingsBody {
    /// Null without goals of the organisation that the caller sees.
    organization: Option<StandingBody>,
    /// In the order in which they were asked for.
    teams: Vec<TeamBody>,
}

/// How the organisation and these teams stand in a period, as far as the caller sees their goals.
#[utoipa::path(get, path = "/orgs/{org}/standings", params(("org" = String, Path), Asked), responses((status = 200, body = StandingsBody)))]
async fn standings(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(asked): Query<Asked>,
) -> Result<Response, Failure> {
    let mut errors = Vec::new();
    let teams: Vec<Id> = several("team", asked.team.as_deref(), &mut errors);
    if teams.len() > MOST {
        errors.push(FieldError::new("team", "too_many", "are more than 200 at once"));
    }
    if !errors.is_empty() {
        return Err(Error::Invalid(errors).into());
    }
    let page = ListPage::Organization;
    let mut whole = state.app.standings(&actor, page, &[actor.org_id], asked.period).await?;
    let mut each = state.app.standings(&actor, ListPage::Team, &teams, asked.period).await?;
    let teams = teams
        .into_iter()
        .map(|team_id| TeamBody { team_id, standing: each.remove(&team_id).map(StandingBody::from) });
    let teams = teams.collect();
    let organization = whole.remove(&actor.org_id).map(StandingBody::from);
    Ok(Json(StandingsBody { organization, teams }).into_response())
}
