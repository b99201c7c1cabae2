//! `/me`: the caller with their profile, their tokens and their sessions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use northing_app::account::{ProfileChange, User};
use northing_app::sessions::ListedSession;
use northing_app::tokens::{ApiToken, TokenInput};
use northing_app::{Caller, Scope, Via};
use northing_core::people::Role;
use northing_core::values::Moment;
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::gate::Unkept;
use super::{Listed, gone, list, resource};
use crate::extract::{
    Admin, Bearer, Body, Ids, IfMatch, ListParams, Part, Read, Unversioned, Write, given, set,
};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(me, edit_me))
        .routes(routes!(tokens, create_token))
        .routes(routes!(revoke_token))
        .routes(routes!(sessions))
        .routes(routes!(end_session))
}

/// The caller of the API.
#[derive(Serialize, utoipa::ToSchema)]
struct Me {
    /// The person.
    user: MyUser,
    /// The organisations in which this token works.
    organizations: Vec<MyOrganization>,
    /// What the token may be used for.
    scopes: Vec<&'static str>,
}

/// The person behind a token.
#[derive(Serialize, utoipa::ToSchema)]
struct MyUser {
    id: String,
    email: String,
    name: String,
    title: Option<String>,
    department: Option<String>,
    time_zone: Option<String>,
    version: i64,
}

/// One of the caller's organisations.
#[derive(Serialize, utoipa::ToSchema)]
struct MyOrganization {
    id: String,
    slug: String,
    name: String,
    #[schema(value_type = String)]
    role: Role,
}

async fn shown(state: &AppState, caller: &Caller, user: User) -> Result<Response, Failure> {
    let organizations = state.app.memberships(caller).await?;
    let organizations = organizations
        .into_iter()
        .map(|it| MyOrganization {
            id: it.org_id.to_string(),
            slug: it.slug,
            name: it.organization,
            role: it.role,
        })
        .collect();
    let version = user.version;
    let user = MyUser {
        id: user.id.to_string(),
        email: user.email,
        name: user.name,
        title: user.title,
        department: user.department,
        time_zone: user.time_zone,
        version,
    };
    Ok(resource(version, &Me { user, organizations, scopes: caller.scopes.names() }))
}

/// The caller: user, organisations with role, token scopes.
#[utoipa::path(get, path = "/me", responses((status = 200, body = Me)))]
async fn me(State(state): State<AppState>, Bearer(caller, ..): Bearer<Read>) -> Result<Response, Failure> {
    let user = state.app.user(caller.user_id).await?;
    shown(&state, &caller, user).await
}

/// What may be changed of one's own profile.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct MyChange {
    /// The name, in every organisation.
    #[serde(default, deserialize_with = "set")]
    name: Option<String>,
    /// What one does.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    title: Option<Option<String>>,
    /// Where one does it.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    department: Option<Option<String>>,
    /// IANA name; null for the organisation's.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
}

/// Change one's own profile.
#[utoipa::path(patch, path = "/me", request_body = MyChange, responses((status = 200, body = Me)))]
async fn edit_me(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Write>,
    IfMatch(version): IfMatch,
    Body(body): Body<MyChange>,
) -> Result<Response, Failure> {
    let MyChange { name, title, department, time_zone } = body;
    let change = ProfileChange { name, title, department, time_zone };
    let user = state.app.edit_profile(caller.user_id, Via::Api, change, version).await?;
    shown(&state, &caller, user).await
}

/// An API token without its secret.
#[derive(Serialize, utoipa::ToSchema)]
struct MyToken {
    id: String,
    name: String,
    scopes: Vec<String>,
    /// The one organisation in which it works; null for all of its person's.
    organization_id: Option<String>,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = String)]
    expires_at: Moment,
    /// To within some minutes.
    #[schema(value_type = Option<String>)]
    last_used_at: Option<Moment>,
    /// The address of that use.
    last_used_from: Option<String>,
}

impl From<ApiToken> for MyToken {
    fn from(it: ApiToken) -> Self {
        Self {
            id: it.id.to_string(),
            name: it.name,
            scopes: it.scopes.split(',').map(str::to_owned).collect(),
            organization_id: it.org_id.map(|org| org.to_string()),
            created_at: it.created_at,
            expires_at: it.expires_at,
            last_used_at: it.last_used_at,
            last_used_from: it.last_used_from,
        }
    }
}

/// One's own tokens that are not revoked, newest first.
#[utoipa::path(get, path = "/me/tokens", params(ListParams), responses((status = 200, body = Listed<MyToken>)))]
async fn tokens(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let found = state.app.list_tokens(caller.user_id).await?;
    Ok(list(part.of(found, |it| it.id)?.map(MyToken::from)))
}

/// A token to be made.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct NewMyToken {
    /// What it is for.
    name: String,
    /// `read`, `checkin`, `write`, `admin`: none beyond those of the token that asks.
    #[schema(value_type = Vec<String>)]
    scopes: Vec<Scope>,
    /// 1–365; 365 if absent.
    #[serde(default)]
    expires_in_days: Option<u32>,
    /// The organisation, by id or slug, in which alone it works.
    #[serde(default)]
    organization: Option<String>,
}

/// A token that was just made.
#[derive(Serialize, utoipa::ToSchema)]
struct MadeToken {
    #[serde(flatten)]
    about: MyToken,
    /// The secret: told this once.
    token: String,
}

/// Make a token; its secret is told this once. Needs the scope `admin`.
#[utoipa::path(post, path = "/me/tokens", request_body = NewMyToken, responses((status = 201, body = MadeToken)))]
async fn create_token(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Admin>,
    Body(body): Body<NewMyToken>,
) -> Result<Response, Failure> {
    let new = TokenInput {
        name: body.name,
        scopes: body.scopes,
        days: body.expires_in_days,
        ..TokenInput::default()
    };
    let made = state.app.create_token_by(&caller, body.organization.as_deref(), new).await?;
    let answer = MadeToken { about: made.token.into(), token: made.secret };
    Ok((StatusCode::CREATED, Extension(Unkept), Json(answer)).into_response())
}

/// Revoke one's own token, at once.
#[utoipa::path(delete, path = "/me/tokens/{token}", params(("token" = String, Path)), responses((status = 204)))]
async fn revoke_token(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Write>,
    ids: Ids,
    _: Unversioned,
) -> Result<Response, Failure> {
    state.app.revoke_token_by(&caller, ids.get("token")?).await?;
    Ok(gone())
}

/// A session of a browser.
#[derive(Serialize, utoipa::ToSchema)]
struct MySession {
    id: String,
    /// What the browser called itself.
    user_agent: Option<String>,
    /// The address that it was begun from.
    address: Option<String>,
    #[schema(value_type = String)]
    created_at: Moment,
    /// To within an hour.
    #[schema(value_type = String)]
    seen_at: Moment,
}

impl From<ListedSession> for MySession {
    fn from(it: ListedSession) -> Self {
        Self {
            id: it.id.to_string(),
            user_agent: it.user_agent,
            address: it.address,
            created_at: it.created_at,
            seen_at: it.seen_at,
        }
    }
}

/// One's own sessions that are still good, newest first.
#[utoipa::path(get, path = "/me/sessions", params(ListParams), responses((status = 200, body = Listed<MySession>)))]
async fn sessions(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let found = state.app.list_sessions(caller.user_id).await?;
    Ok(list(part.of(found, |it| it.id)?.map(MySession::from)))
}

/// End one of one's own sessions, at once.
#[utoipa::path(delete, path = "/me/sessions/{session}", params(("session" = String, Path)), responses((status = 204)))]
async fn end_session(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Write>,
    ids: Ids,
    _: Unversioned,
) -> Result<Response, Failure> {
    state.app.end_session(caller.user_id, ids.get("session")?).await?;
    Ok(gone())
}
