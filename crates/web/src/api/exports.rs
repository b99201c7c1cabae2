//! `/orgs/{org}/export`: the whole organisation as a file.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use northing_app::export::ExportFormat;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::extract::{Admin, Query, Token};
use crate::failure::Failure;
use crate::state::AppState;

pub(crate) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(export))
}

/// Which form of export.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct ExportQuery {
    /// `json`: everything, as a ZIP that can be imported again; `csv` or `xlsx`: the goals with their check-ins.
    #[param(value_type = String)]
    format: ExportFormat,
}

/// The whole organisation as a file, written while it is read: for its owners and admins, noted in the audit log.
#[utoipa::path(get, path = "/orgs/{org}/export",
    params(("org" = String, Path, description = "Id or slug"), ExportQuery),
    responses((status = 200, description = "The file; its media type says the format", content_type = "application/octet-stream")))]
async fn export(
    State(state): State<AppState>,
    Token(actor, ..): Token<Admin>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Failure> {
    let export = state.app.export_organization(&actor, query.format).await?;
    let name = format!("attachment; filename=\"{}\"", export.file_name());
    let parts = stream::try_unfold(export, |mut export| async move {
        match export.next().await {
            Ok(part) => Ok(part.map(|part| (Bytes::from(part), export))),
            Err(error) => {
                // The answer has begun: all that is left is to break it off, so that nobody takes it for whole.
                tracing::error!(%error, "an export broke off");
                Err(error)
            }
        }
    });
    let mut answer = Body::from_stream(parts).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(query.format.media_type()));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}
