//! The JSON API under `/api/v1`: handlers, the gate in front of them, and its OpenAPI document.

mod answer;
pub(crate) mod beforehand;
pub(crate) mod check_ins;
pub(crate) mod comments;
mod complete;
pub(crate) mod embedding;
pub(crate) mod exports;
pub(crate) mod gate;
mod goal_input_schema;
mod goal_schema;
pub(crate) mod goals;
pub(crate) mod history;
mod import_schema;
pub(crate) mod imports;
pub(crate) mod joining;
pub(crate) mod me;
pub(crate) mod members;
pub(crate) mod notices;
pub(crate) mod nudge;
pub(crate) mod organizations;
pub(crate) mod periods;
pub(crate) mod rows;
pub(crate) mod samples;
pub(crate) mod search;
mod settings_schema;
mod source_schema;
pub(crate) mod sources;
pub(crate) mod standings;
pub(crate) mod tags;
pub(crate) mod tasks;
pub(crate) mod teams;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, SecurityRequirement};

pub(crate) use answer::{Listed, created, gone, list, resource};
pub(crate) use gate::gate;

/// The document without its paths.
pub(crate) fn document() -> OpenApi {
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Northing")
                .version("1")
                .description(Some(
                    "Goals, check-ins and everything around them. Send `Authorization: Bearer nth_…`. Errors are problem+json \
                     (RFC 9457); invalid input is 422 with `errors`. Lists answer `items` and `next`. Writes take \
                     `Idempotency-Key`; PATCH, PUT and DELETE honour `If-Match`.",
                ))
                .build(),
        )
        .components(Some(
            ComponentsBuilder::new()
                .security_scheme(
                    "token",
                    SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build()),
                )
                .build(),
        ))
        .security(Some([SecurityRequirement::new("token", [""; 0])]))
        .build()
}

/// `GET /api/openapi.json`.
pub(crate) async fn openapi() -> Response {
    static SERVED: LazyLock<Bytes> =
        LazyLock::new(|| Bytes::from(complete::complete(crate::router::openapi()).to_string()));
    ([(header::CONTENT_TYPE, "application/json")], SERVED.clone()).into_response()
}

/// `GET /api/docs`: the document as a page to read.
pub(crate) async fn docs(axum::extract::State(state): axum::extract::State<crate::AppState>) -> Html<String> {
    Html(answer::docs(&state, crate::router::openapi()).into_string())
}
