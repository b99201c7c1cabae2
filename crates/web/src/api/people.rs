//! `/orgs/{org}/members` and `/orgs/{org}/teams`.

use axum::extract::State;
use axum::response::Response;
use northing_app::members::{Member, MemberChange, MemberFilter, NewMember};
use northing_app::teams::{NewTeam, Team, TeamChange};
use northing_core::errors::FieldError;
use northing_core::people::{MemberStatus, Role, TeamStatus};
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Listed, created, gone, list, resource};
use crate::extract::{Admin, Body, Ids, IfMatch, ListParams, Part, Query, Read, Token, Write, given};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(members, add_member))
        .routes(routes!(member, edit_member, remove_member))
        .routes(routes!(teams, add_team))
        .routes(routes!(team, edit_team, remove_team))
}

/// A member. `id` and `user_id` are the person.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct MemberBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    user_id: Id,
    version: i64,
    email: String,
    name: String,
    #[schema(value_type = String)]
    role: Role,
    #[schema(value_type = Option<String>)]
    manager_id: Option<Id>,
    time_zone: Option<String>,
    /// `active` or `deactivated`.
    status: &'static str,
    /// Whether they have not signed in for the first time yet.
    invited: bool,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    updated_at: Moment,
}

fn member_body(it: Member) -> MemberBody {
    MemberBody {
        id: it.user_id,
        user_id: it.user_id,
        version: it.version,
        email: it.email,
        name: it.name,
        role: it.role,
        manager_id: it.manager_id,
        time_zone: it.time_zone,
        status: if it.status == MemberStatus::Deactivated { "deactivated" } else { "active" },
        invited: it.status == MemberStatus::Invited,
        created_at: it.created_at,
        updated_at: it.updated_at,
    }
}

/// Somebody to be added.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberInput {
    email: String,
    name: String,
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    #[schema(value_type = Option<String>)]
    manager_id: Option<Id>,
    time_zone: Option<String>,
}

/// What changes in a member; absent is unchanged, null empties.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberPatch {
    email: Option<String>,
    name: Option<String>,
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    manager_id: Option<Option<Id>>,
    #[serde(default, deserialize_with = "given")]
    time_zone: Option<Option<String>>,
    #[schema(value_type = Option<String>)]
    status: Option<MemberStatus>,
}

/// Filters of the list of members.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct MemberQuery {
    /// Only this role.
    #[param(value_type = Option<String>)]
    role: Option<Role>,
    /// Only this status.
    #[param(value_type = Option<String>)]
    status: Option<MemberStatus>,
    /// Part of the name or mail address.
    q: Option<String>,
}

/// The members by name.
#[utoipa::path(get, path = "/orgs/{org}/members", params(("org" = String, Path, description = "Id or slug"), MemberQuery, ListParams), responses((status = 200, body = Listed<MemberBody>)))]
async fn members(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(query): Query<MemberQuery>,
    Part(page): Part,
) -> Result<Response, Failure> {
    let filter = MemberFilter { role: query.role, status: query.status, text: query.q };
    Ok(list(state.app.list_members(&actor, &filter, &page).await?.map(member_body)))
}

/// Adds somebody.
#[utoipa::path(post, path = "/orgs/{org}/members", params(("org" = String, Path, description = "Id or slug")), request_body = MemberInput, responses((status = 201, body = MemberBody)))]
async fn add_member(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Body(input): Body<MemberInput>,
) -> Result<Response, Failure> {
    let new = NewMember {
        email: input.email,
        name: input.name,
        role: input.role.unwrap_or(Role::Member),
        manager_id: input.manager_id,
        time_zone: input.time_zone,
    };
    let it = member_body(state.app.create_member(&actor, new).await?);
    Ok(created(it.version, &it))
}

/// One member.
#[utoipa::path(get, path = "/orgs/{org}/members/{user}", params(("org" = String, Path, description = "Id or slug"), ("user" = String, Path, description = "Id")), responses((status = 200, body = MemberBody)))]
async fn member(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    ids: Ids,
) -> Result<Response, Failure> {
    let it = member_body(state.app.member(&actor, ids.get("user")?).await?);
    Ok(resource(it.version, &it))
}

/// Changes a member; `status` deactivates them or brings them back.
#[utoipa::path(patch, path = "/orgs/{org}/members/{user}", params(("org" = String, Path, description = "Id or slug"), ("user" = String, Path, description = "Id")), request_body = MemberPatch, responses((status = 200, body = MemberBody)))]
async fn edit_member(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
    Body(input): Body<MemberPatch>,
) -> Result<Response, Failure> {
    if input.status == Some(MemberStatus::Invited) {
        return Err(FieldError::new("status", "invalid", "must be one of: active deactivated").into());
    }
    let change = MemberChange {
        email: input.email,
        name: input.name,
        role: input.role,
        manager_id: input.manager_id,
        time_zone: input.time_zone,
        status: input.status,
    };
    let it = member_body(state.app.edit_member(&actor, ids.get("user")?, change, version).await?);
    Ok(resource(it.version, &it))
}

/// Removes a member; what they made stays.
#[utoipa::path(delete, path = "/orgs/{org}/members/{user}", params(("org" = String, Path, description = "Id or slug"), ("user" = String, Path, description = "Id")), responses((status = 204)))]
async fn remove_member(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    state.app.delete_member(&actor, ids.get("user")?, version).await?;
    Ok(gone())
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
}

/// What changes in a team; absent is unchanged, null empties.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TeamPatch {
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    parent_id: Option<Option<Id>>,
    #[serde(default, deserialize_with = "given")]
    team_type: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    description: Option<Option<String>>,
    #[schema(value_type = Option<Vec<String>>)]
    owners: Option<Vec<Id>>,
    #[schema(value_type = Option<Vec<String>>)]
    members: Option<Vec<Id>>,
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
