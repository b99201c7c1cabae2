//! `/orgs/{org}/members`, and the ways in: `/orgs/{org}/invitations`, and links.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use northing_app::invitations::{Invitation, Invited, Outcome};
use northing_app::links::NewLink;
use northing_app::members::{Member, MemberChange, MemberFilter, NewMember};
use northing_app::{Error, Page};
use northing_core::errors::FieldError;
use northing_core::people::{MemberStatus, Role};
use northing_core::values::{Id, Moment};
use northing_ui::paths;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::gate::Unkept;
use super::{Listed, created, gone, list, resource};
use crate::extract::{
    Admin, Body, Ids, IfMatch, ListParams, Part, Query, Read, Token, Unversioned, given, set,
};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(members, add_member))
        .routes(routes!(member, edit_member, remove_member))
        .routes(routes!(invite))
        .routes(routes!(make_link, cancel_link))
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

pub(super) fn member_body(it: Member) -> MemberBody {
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
    /// `active` if absent; `deactivated`: known here, and not let in.
    #[schema(value_type = Option<String>)]
    status: Option<MemberStatus>,
}

/// What changes in a member; absent is unchanged, null empties.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MemberPatch {
    #[serde(default, deserialize_with = "set")]
    email: Option<String>,
    #[serde(default, deserialize_with = "set")]
    name: Option<String>,
    #[serde(default, deserialize_with = "set")]
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    manager_id: Option<Option<Id>>,
    #[serde(default, deserialize_with = "given")]
    time_zone: Option<Option<String>>,
    #[serde(default, deserialize_with = "set")]
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
    /// Only those who report to this person (id).
    #[param(value_type = Option<String>)]
    manager: Option<Id>,
}

/// The members by name.
#[utoipa::path(get, path = "/orgs/{org}/members", params(("org" = String, Path, description = "Id or slug"), MemberQuery, ListParams), responses((status = 200, body = Listed<MemberBody>)))]
async fn members(
    State(state): State<AppState>,
    Token(actor, ..): Token<Read>,
    Query(query): Query<MemberQuery>,
    Part(page): Part,
) -> Result<Response, Failure> {
    let filter =
        MemberFilter { role: query.role, status: query.status, text: query.q, manager: query.manager };
    Ok(list(state.app.list_members(&actor, &filter, &page).await?.map(member_body)))
}

/// Whether somebody has signed in already is not to be set.
fn not_invited(status: Option<MemberStatus>) -> Result<(), FieldError> {
    match status {
        Some(MemberStatus::Invited) => {
            Err(FieldError::new("status", "invalid", "must be one of: active deactivated"))
        }
        _ => Ok(()),
    }
}

/// Adds somebody.
#[utoipa::path(post, path = "/orgs/{org}/members", params(("org" = String, Path, description = "Id or slug")), request_body = MemberInput, responses((status = 201, body = MemberBody)))]
async fn add_member(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Body(input): Body<MemberInput>,
) -> Result<Response, Failure> {
    not_invited(input.status)?;
    let new = NewMember {
        email: input.email,
        name: input.name,
        role: input.role.unwrap_or(Role::Member),
        manager_id: input.manager_id,
        time_zone: input.time_zone,
        deactivated: input.status == Some(MemberStatus::Deactivated),
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
    not_invited(input.status)?;
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

/// People to invite.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct InvitationInput {
    /// A person in each line: `ada@example.org`, `Ada Byron <ada@example.org>` or `Ada Byron, ada@example.org`.
    people: String,
    /// What they become; the organisation's default if absent.
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    /// A team that they join as well (id).
    #[schema(value_type = Option<String>)]
    team_id: Option<Id>,
}

/// What became of a line.
#[derive(Serialize, utoipa::ToSchema)]
struct InvitedBody {
    /// The line as it came.
    line: String,
    #[schema(value_type = Option<String>)]
    user_id: Option<Id>,
    name: Option<String>,
    /// `invited`, `joined`, `joined_team`, `already` or `refused`.
    outcome: &'static str,
    /// Why it was refused.
    reason: Option<String>,
    /// The path of the link that lets an invited person in: told once and never again.
    link: Option<String>,
    /// When the link ends.
    #[schema(value_type = Option<String>)]
    expires_at: Option<Moment>,
}

fn invited(it: Invited) -> InvitedBody {
    let (outcome, reason, link, expires_at) = match it.outcome {
        Outcome::Invited { secret, expires_at } => {
            ("invited", None, Some(paths::invitation(&secret)), Some(expires_at))
        }
        Outcome::Joined => ("joined", None, None, None),
        Outcome::JoinedTeam => ("joined_team", None, None, None),
        Outcome::Already => ("already", None, None, None),
        Outcome::Not(reason) => ("refused", Some(reason), None, None),
    };
    let (user_id, name) = it.person.unzip();
    InvitedBody { line: it.line, user_id, name, outcome, reason, link, expires_at }
}

/// Invites people, one or many; tells of each line what became of it.
#[utoipa::path(post, path = "/orgs/{org}/invitations", params(("org" = String, Path, description = "Id or slug")), request_body = InvitationInput, responses((status = 200, body = Listed<InvitedBody>)))]
async fn invite(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Body(input): Body<InvitationInput>,
) -> Result<Response, Failure> {
    let invitation = Invitation { people: input.people, role: input.role, team: input.team_id };
    let done = state.app.invite(&actor, invitation).await.map_err(|error| match error {
        Error::NotFound("team") => {
            FieldError::new("team_id", "unknown", "there is no such team in this organisation").into()
        }
        other => other,
    })?;
    let items = done.into_iter().map(invited).collect();
    Ok((Extension(Unkept), list(Page { items, next: None })).into_response())
}

/// A link that lets a person choose their password.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WayIn)]
struct LinkBody {
    /// `invitation` where they have no password yet, else `reset`.
    kind: &'static str,
    /// Its path: told once and never again.
    link: String,
    #[schema(value_type = String)]
    expires_at: Moment,
}

fn link_body(it: &NewLink) -> LinkBody {
    LinkBody {
        kind: it.kind.name(),
        link: paths::way_in(it.kind.name(), &it.secret),
        expires_at: it.expires_at,
    }
}

/// Makes a link for a member: an invitation, or a reset of the password. Earlier links of theirs end.
#[utoipa::path(post, path = "/orgs/{org}/members/{user}/link", params(("org" = String, Path, description = "Id or slug"), ("user" = String, Path, description = "Id")), responses((status = 201, body = LinkBody)))]
async fn make_link(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
) -> Result<Response, Failure> {
    let link = state.app.create_link(&actor, ids.get("user")?).await?;
    Ok((StatusCode::CREATED, Extension(Unkept), Json(link_body(&link))).into_response())
}

/// Ends the open link of a member.
#[utoipa::path(delete, path = "/orgs/{org}/members/{user}/link", params(("org" = String, Path, description = "Id or slug"), ("user" = String, Path, description = "Id")), responses((status = 204)))]
async fn cancel_link(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    _: Unversioned,
) -> Result<Response, Failure> {
    state.app.cancel_link(&actor, ids.get("user")?).await?;
    Ok(gone())
}
