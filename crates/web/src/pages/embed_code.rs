//! Who somebody is in Azure DevOps: the code that they enter in the tab there.

use axum::extract::State;
use axum::response::Response;
use northing_ui::layout::{self, Page};
use northing_ui::pages::embed;
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
    let identities = state.app.embed_identities(&signed.actor).await?;
    let ctx = signed.ctx(state);
    let main = embed::code(&ctx, code, identities);
    let mut page = Page::plain(String::from("You in Azure DevOps"), main);
    page.head = layout::head(&maud::html! {}, "You in Azure DevOps", &maud::html! {});
    shell::document(state, signed, &page).await
}
