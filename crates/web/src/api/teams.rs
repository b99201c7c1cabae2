//! `/orgs/{org}/teams`.

use axum::extract::State;
use axum::response::Response;
use northing_app::teams::{NewTeam, Team, TeamChange};
use northing_core::errors::FieldError;
use northing_core::people::TeamStatus;
use northing_core::settings::CreationPolicy;
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, created, gone, list, resource};
use crate::extract::{Body, Ids, IfMatch, ListParams, Part, Query, Read, Token, Write, given, set};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(teams, add_team)).routes(routes!(team, edit_team, remove_team))
}

/// A team.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TeamBody {
    #[schema(value_type = String)]
    id: Id,
    version: i64,
    name: String,
    #[schema(value_type = Option<String>)]
    parent_id: Option<Id>,
    team_type: Option<String>,
    description: Option<String>,
    /// Its owners.
    #[schema(value_type = Vec<String>)]
    owners: Vec<Id>,
    /// Its members besides its owners.
    #[schema(value_type = Vec<String>)]
    members: Vec<Id>,
    /// Who may create its goals: `anyone`, `team_owners`, `team_members` or `named`; null: the organisation's rule.
    #[schema(value_type = Option<String>)]
    goal_creation: Option<CreationPolicy>,
    /// Those whom that rule names.
    #[schema(value_type = Vec<String>)]
    creators: Vec<Id>,
    /// What a check-in note on its goals begins with.
    note_template: Option<String>,
    #[schema(value_type = String)]
    status: TeamStatus,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
}

fn team_body(it: Team) -> TeamBody {
    TeamBody {
        id: it.id,
        version: it.version,
        name: it.name,
        parent_id: it.parent_id,
        team_type: it.team_type,
        description: it.description,
        owners: it.owners,
        members: it.members,
        goal_creation: it.goal_creation,
        creators: it.creators,
        note_template: it.note_template,
        status: it.status,
        created_at: it.created_at,
        updated_at: it.updated_at,
    }
}

/// A new team.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamInput {
    name: String,
    #[schema(value_type = Option<String>)]
    parent_id: Option<Id>,
    team_type: Option<String>,
    description: Option<String>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    owners: Vec<Id>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    members: Vec<Id>,
    /// `active`: a new team is nothing else.
    #[schema(value_type = Option<String>)]
    status: Option<TeamStatus>,
}

/// What changes in a team; absent is unchanged, null empties.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamPatch {
    #[serde(default, deserialize_with = "set")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    parent_id: Option<Option<Id>>,
    #[serde(default, deserialize_with = "given")]
    team_type: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<Vec<String>>)]
    owners: Option<Vec<Id>>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<Vec<String>>)]
    members: Option<Vec<Id>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    goal_creation: Option<Option<CreationPolicy>>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<Vec<String>>)]
    creators: Option<Vec<Id>>,
    #[serde(default, deserialize_with = "given")]
    note_template: Option<Option<String>>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<String>)]
    status: Option<TeamStatus>,
}

/// Filters of the list of teams.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct TeamQuery {
    /// Only this status.
    #[param(value_type = Option<String>)]
    status: Option<TeamStatus>,
}

/// The teams by name.
#[utoipa::path(get, path = "/orgs/{org}/teams", params(("org" = String, Path, description = "Id or slug"), TeamQuery, ListParams), responses((status = 200, body = Listed<TeamBody>)))]
async fn teams(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(query): Query<TeamQuery>,
    Part(page): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.list_teams(&actor, query.status, &page).await?.map(team_body)))
}

/// Makes a team.
#[utoipa::path(post, path = "/orgs/{org}/teams", params(("org" = String, Path, description = "Id or slug")), request_body = TeamInput, responses((status = 201, body = TeamBody)))]
async fn add_team(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    Body(input): Body<TeamInput>,
) -> Result<Response, Failure> {
    if input.status == Some(TeamStatus::Archived) {
        let message = "a new team is active: archive it afterwards";
        return Err(FieldError::new("status", "not_allowed", message).into());
    }
    let new = NewTeam {
        name: input.name,
        parent_id: input.parent_id,
        team_type: input.team_type,
        description: input.description,
        owners: input.owners,
        members: input.members,
    };
    let it = team_body(state.app.create_team(&actor, new).await?);
    Ok(created(it.version, &it))
}

/// One team.
#[utoipa::path(get, path = "/orgs/{org}/teams/{team}", params(("org" = String, Path, description = "Id or slug"), ("team" = String, Path, description = "Id")), responses((status = 200, body = TeamBody)))]
async fn team(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let it = team_body(state.app.team(&actor, ids.get("team")?).await?);
    Ok(resource(it.version, &it))
}

/// Changes a team; `status` archives it or brings it back.
#[utoipa::path(patch, path = "/orgs/{org}/teams/{team}", params(("org" = String, Path, description = "Id or slug"), ("team" = String, Path, description = "Id")), request_body = TeamPatch, responses((status = 200, body = TeamBody)))]
async fn edit_team(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<TeamPatch>,
) -> Result<Response, Failure> {
    let change = TeamChange {
        name: input.name,
        parent_id: input.parent_id,
        team_type: input.team_type,
        description: input.description,
        owners: input.owners,
        members: input.members,
        goal_creation: input.goal_creation,
        creators: input.creators,
        note_template: input.note_template,
        status: input.status,
    };
    let it = team_body(state.app.edit_team(&actor, ids.get("team")?, change, version).await?);
    Ok(resource(it.version, &it))
}

/// Deletes a team without goals.
#[utoipa::path(delete, path = "/orgs/{org}/teams/{team}", params(("org" = String, Path, description = "Id or slug"), ("team" = String, Path, description = "Id")), responses((status = 204)))]
async fn remove_team(
    State(state): State<AppState>,
    Token(actor, ..): Token<Write>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_team(&actor, ids.get("team")?, version).await?;
    Ok(gone())
}
