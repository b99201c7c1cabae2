//! Downloading the whole organisation by page.

use axum::extract::State;
use axum::response::Response;
use northing_app::export::ExportFormat;
use northing_core::errors::FieldError;
use northing_core::permission::{Action, Thing};
use northing_ui::pages::admin::export;
use northing_ui::paths;

use super::super::shell;
use crate::downloads::exported;
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get(paths::EXPORT, show).post(paths::EXPORT, download)
}

fn allowed(signed: &Signed) -> Result<(), Failure> {
    let settings = &signed.membership.settings;
    Ok(signed.actor.require(Action::OrganizationExport, Thing::Organization, settings)?)
}

async fn show(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    signed.actor.require(Action::OrganizationExport, Thing::Organization, &signed.membership.settings)?;
    shell::document(&state, &signed, &export::page(&signed.ctx(&state))).await
}

/// A form, since every export is written into the audit log.
async fn download(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    allowed(&signed)?;
    let format: ExportFormat = fields
        .get("format")
        .parse()
        .map_err(|_| FieldError::new("format", "invalid", "must be json, csv or xlsx"))?;
    Ok(exported(state.app.export_organization(&signed.actor, format).await?, format))
}
