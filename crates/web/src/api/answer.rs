//! The forms in which the API answers.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use northing_app::Page;
use serde::Serialize;
use utoipa::openapi::OpenApi;

use crate::state::AppState;

/// A part of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Listed<T> {
    /// The entries, in order.
    pub(crate) items: Vec<T>,
    /// The cursor of the next part; null where this is the last.
    pub(crate) next: Option<String>,
}

/// A list.
pub(crate) fn list<T: Serialize>(page: Page<T>) -> Response {
    Json(Listed { items: page.items, next: page.next }).into_response()
}

/// A resource with the ETag of its version.
pub(crate) fn resource<T: Serialize>(version: i64, it: &T) -> Response {
    let mut answer = Json(it).into_response();
    if let Ok(etag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        answer.headers_mut().insert(header::ETAG, etag);
    }
    answer
}

/// A resource that was just made.
pub(crate) fn created<T: Serialize>(version: i64, it: &T) -> Response {
    let mut answer = resource(version, it);
    *answer.status_mut() = StatusCode::CREATED;
    answer
}

/// What was asked to go is gone.
pub(crate) fn gone() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// The document as a page: every route with what it does.
pub(super) fn docs(state: &AppState, document: &OpenApi) -> Markup {
    let body = html! {
        main #main .bare tabindex="-1" {
            h1 { "Northing API" }
            p { (document.info.description.as_deref().unwrap_or_default()) }
            p { a href="/api/openapi.json" { "OpenAPI 3.1 document" } }
            @for (path, item) in &document.paths.paths {
                @let methods = [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("PATCH", &item.patch), ("DELETE", &item.delete)];
                @for (method, operation) in methods {
                    @if let Some(operation) = operation {
                        section {
                            h2 { code { (method) " " (path) } }
                            @if let Some(text) = &operation.summary { p { (text) } }
                            @if let Some(text) = &operation.description { p { (text) } }
                        }
                    }
                }
            }
        }
    };
    northing_ui::layout::bare(state.assets(), "API", "", &body)
}
