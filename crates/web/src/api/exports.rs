//! `/orgs/{org}/export`: the whole organisation as a file.

use axum::extract::State;
use axum::response::Response;
use northing_app::export::ExportFormat;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::downloads::exported;
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
    Ok(exported(state.app.export_organization(&actor, query.format).await?, query.format))
}
