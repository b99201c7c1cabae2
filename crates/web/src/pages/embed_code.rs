//! Who somebody is in Azure DevOps: the code that they enter in the tab there.

use axum::extract::State;
use axum::response::Response;
use northing_core::permission::{Action, Thing};
use northing_ui::pages::account::azure_devops;
use northing_ui::paths;

use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get(paths::EMBED_CODE, show).post(paths::EMBED_CODE, act)
}

async fn show(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    page(&state, &signed, None).await
}

async fn act(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    if fields.get("act") == "part" {
        state.app.part_embed_identities(&signed.actor).await?;
        return Ok(go(paths::EMBED_CODE, signed.htmx));
    }
    let code = state.app.new_embed_code(&signed.actor).await?;
    page(&state, &signed, Some(&code)).await
}

async fn page(state: &AppState, signed: &Signed, code: Option<&str>) -> Result<Response, Failure> {
    let found = state.app.embedded(&signed.actor).await?;
    let settings = &signed.membership.settings;
    let admin = signed.actor.may(Action::IntegrationManage, Thing::Organization, settings);
    let page = azure_devops::page(&signed.ctx(state), found.open, admin, code, found.identities);
    shell::document(state, signed, &page).await
}
