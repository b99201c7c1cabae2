//! A goal: its page, its panel, and what live updates fetch of them.

mod actions;
mod activity;
pub(in crate::pages) mod check_ins;
mod contributing;
pub(in crate::pages) mod graph;
mod nudge;
mod told;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use northing_app::Error;
use northing_core::values::Id;
use northing_ui::components::menu;
use northing_ui::pages::goal;

use self::told::told;
use super::around::Around;
use super::explorer::Asked;
use super::shell;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/menu", row_menu)
        .get("/goals/{goal}", page)
        .get("/goals/{goal}/panel", panel)
        .get("/goals/{goal}/main", main)
        .post("/goals/{goal}/nudge", nudge::ask)
        .get("/goals/{goal}/activity", activity::page)
        .get("/goals/{goal}/contributing", contributing::page)
}

async fn page(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let found = state.app.goal_page(&signed.actor, id).await?;
    let strip = found
        .period
        .as_ref()
        .map(|period| shell::strip_of(std::slice::from_ref(period), &[], found.today, |_| String::new()));
    let shown = told(&signed, &ctx, found);
    shell::document(&state, &signed, &goal::page(&ctx, &shown, strip, Some(String::from("/live")))).await
}

async fn panel(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    around: Around,
) -> Result<Response, Failure> {
    // The page that the panel opens on says where closing leads.
    let close = around.without("goal");
    let shown = panel_of(&state, &signed, id, &close).await;
    or_gone(&signed, shown, Some(&close))
}

async fn main(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let found = state.app.goal_page(&signed.actor, id).await;
    let shown = found.map(|found| goal::main_swap(&ctx, &told(&signed, &ctx, found))).map_err(Failure::from);
    or_gone(&signed, shown, None)
}

/// A part of an open page: where its goal is gone, the page says so in its place.
fn or_gone(
    signed: &Signed,
    shown: Result<Markup, Failure>,
    panel: Option<&str>,
) -> Result<Response, Failure> {
    match shown {
        Ok(shown) => Ok(Html(shown.into_string()).into_response()),
        Err(Failure::App(Error::NotFound(_))) if signed.htmx => {
            Ok((StatusCode::NOT_FOUND, Html(goal::gone(panel).into_string())).into_response())
        }
        Err(failure) => Err(failure),
    }
}

/// The panel of a goal; `close` is the page without it.
pub(crate) async fn panel_of(
    state: &AppState,
    signed: &Signed,
    id: Id,
    close: &str,
) -> Result<Markup, Failure> {
    let ctx = signed.ctx(state);
    let shown = told(signed, &ctx, state.app.goal_page(&signed.actor, id).await?);
    Ok(goal::panel(&ctx, &shown, &goal::Around { close: close.to_owned(), previous: None, next: None }))
}

/// The actions of a row, loaded when its menu opens.
async fn row_menu(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let found = state.app.goal_page(&signed.actor, id).await?;
    let asked = Asked::read(raw);
    let in_list = actions::InList { under: asked.id("under")? };
    let ordered = asked.one("row").is_some() && !around.query(&signed).is_flat();
    let entries = actions::of(&found, Some(&in_list).filter(|_| ordered));
    Ok(Html(menu::entries(&signed.ctx(&state), &entries).into_string()).into_response())
}
