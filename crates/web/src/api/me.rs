//! `GET /me`: the caller.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use northing_core::people::Role;
use serde::Serialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Bearer, Read};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(me))
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
    time_zone: Option<String>,
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

/// The caller: user, organisations with role, token scopes.
#[utoipa::path(get, path = "/me", responses((status = 200, body = Me)))]
async fn me(State(state): State<AppState>, Bearer(caller, ..): Bearer<Read>) -> Result<Response, Failure> {
    let user = state.app.user(caller.user_id).await?;
    let organizations = state.app.memberships(&caller).await?;
    let organizations = organizations
        .into_iter()
        .map(|it| MyOrganization {
            id: it.org_id.to_string(),
            slug: it.slug,
            name: it.organization,
            role: it.role,
        })
        .collect();
    let user =
        MyUser { id: user.id.to_string(), email: user.email, name: user.name, time_zone: user.time_zone };
    Ok(Json(Me { user, organizations, scopes: caller.scopes.names() }).into_response())
}
