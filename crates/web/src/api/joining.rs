//! Joining an organisation by somebody of another one, and deciding who is let in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use northing_app::Error;
use northing_app::joining::{Asked, Asking, JoinRequest, Opening};
use northing_core::errors::FieldError;
use northing_core::people::{JoinPolicy, RequestState};
use northing_core::values::{Id, Moment};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::members::{MemberBody, member_body};
use super::{Listed, created, gone, list};
use crate::extract::{
    Admin, Bearer, Body, Ids, ListParams, MaybeBody, Part, Read, Token, Unversioned, Write,
};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(joinable))
        .routes(routes!(ask))
        .routes(routes!(withdraw))
        .routes(routes!(waiting))
        .routes(routes!(accept))
        .routes(routes!(decline))
}

/// A request of the caller to be let into an organisation.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = MyJoinRequest)]
struct MyRequestBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    organization_id: Id,
    /// `open` or `declined`; one that was accepted is a membership.
    #[schema(value_type = String)]
    state: RequestState,
    message: Option<String>,
    /// Why it was declined.
    reason: Option<String>,
    #[schema(value_type = String)]
    created_at: Moment,
    #[schema(value_type = Option<String>)]
    decided_at: Option<Moment>,
}

impl From<JoinRequest> for MyRequestBody {
    fn from(it: JoinRequest) -> Self {
        Self {
            id: it.id,
            organization_id: it.org_id,
            state: it.state,
            message: it.message,
            reason: it.reason,
            created_at: it.created_at,
            decided_at: it.decided_at,
        }
    }
}

/// An organisation of which the caller is no member and may become one.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Joinable)]
struct JoinableBody {
    #[schema(value_type = String)]
    id: Id,
    name: String,
    /// `public` is joined at once, `restricted` is asked.
    #[schema(value_type = String)]
    join: JoinPolicy,
    request: Option<MyRequestBody>,
}

fn opening(it: Opening) -> JoinableBody {
    JoinableBody { id: it.org_id, name: it.name, join: it.join, request: it.request.map(Into::into) }
}

/// The organisations that the caller may join or ask to join, by name. Restricted ones are listed only where their setting
/// `join_requests` is on, and only to people who work in another organisation here.
#[utoipa::path(get, path = "/me/joinable", params(ListParams), responses((status = 200, body = Listed<JoinableBody>)))]
async fn joinable(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Read>,
    Part(part): Part,
) -> Result<Response, Failure> {
    let found = state.app.openings((&caller).into()).await?;
    Ok(list(part.of(found, |it| it.org_id)?.map(opening)))
}

/// What somebody sends who wants to join.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct JoinInput {
    /// The organisation (id).
    #[schema(value_type = String)]
    organization_id: Id,
    /// A sentence for those who decide, at most 500 characters.
    #[serde(default)]
    message: Option<String>,
}

/// What became of it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Joining)]
struct JoinedBody {
    /// `joined` for a public organisation, `open` where the request waits.
    state: &'static str,
    #[schema(value_type = String)]
    organization_id: Id,
    request: Option<MyRequestBody>,
}

/// Joins a public organisation at once, or asks a restricted one.
#[utoipa::path(post, path = "/me/join-requests", request_body = JoinInput, responses((status = 201, body = JoinedBody)))]
async fn ask(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Write>,
    Body(input): Body<JoinInput>,
) -> Result<Response, Failure> {
    let asked =
        state.app.ask_to_join((&caller).into(), input.organization_id, input.message.as_deref()).await;
    // It is named in the body and not in the address.
    let asked = asked.map_err(|error| match error {
        Error::NotFound(_) => {
            FieldError::new("organization_id", "unknown", "is none that you may join or ask to join").into()
        }
        other => other,
    })?;
    let answer = match asked {
        Asked::Joined(org) => JoinedBody { state: "joined", organization_id: org, request: None },
        Asked::Waits(it) => {
            JoinedBody { state: "open", organization_id: it.org_id, request: Some(it.into()) }
        }
    };
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Takes one's own request back.
#[utoipa::path(delete, path = "/me/join-requests/{my_request}", params(("my_request" = String, Path)), responses((status = 204)))]
async fn withdraw(
    State(state): State<AppState>,
    Bearer(caller, ..): Bearer<Write>,
    ids: Ids,
    _: Unversioned,
) -> Result<Response, Failure> {
    state.app.withdraw_request((&caller).into(), ids.get("my_request")?).await?;
    Ok(gone())
}

/// An open request to be let in.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = JoinRequest)]
struct AskingBody {
    #[schema(value_type = String)]
    id: Id,
    #[schema(value_type = String)]
    user_id: Id,
    name: String,
    email: String,
    message: Option<String>,
    #[schema(value_type = String)]
    created_at: Moment,
}

fn asking(it: Asking) -> AskingBody {
    AskingBody {
        id: it.request.id,
        user_id: it.request.user_id,
        name: it.name,
        email: it.email,
        message: it.request.message,
        created_at: it.request.created_at,
    }
}

/// The open requests to be let in, the oldest first.
#[utoipa::path(get, path = "/orgs/{org}/join-requests", params(("org" = String, Path, description = "Id or slug"), ListParams), responses((status = 200, body = Listed<AskingBody>)))]
async fn waiting(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Part(page): Part,
) -> Result<Response, Failure> {
    Ok(list(state.app.join_requests(&actor, &page).await?.map(asking)))
}

/// Lets somebody in who asked.
#[utoipa::path(post, path = "/orgs/{org}/join-requests/{join_request}/acceptance", params(("org" = String, Path, description = "Id or slug"), ("join_request" = String, Path)), responses((status = 201, body = MemberBody)))]
async fn accept(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
) -> Result<Response, Failure> {
    let member = state.app.accept_request(&actor, ids.get("join_request")?).await?;
    Ok(created(member.version, &member_body(member)))
}

/// Why somebody is not let in.
#[derive(Default, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct RefusalInput {
    /// Told to the person; at most 500 characters.
    #[serde(default)]
    reason: Option<String>,
}

/// Declines a request. The person is told, and may ask again after seven days.
#[utoipa::path(post, path = "/orgs/{org}/join-requests/{join_request}/refusal", params(("org" = String, Path, description = "Id or slug"), ("join_request" = String, Path)), request_body = Option<RefusalInput>, responses((status = 204)))]
async fn decline(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    ids: Ids,
    MaybeBody(input): MaybeBody<RefusalInput>,
) -> Result<Response, Failure> {
    state.app.decline_request(&actor, ids.get("join_request")?, input.reason.as_deref()).await?;
    Ok(gone())
}
