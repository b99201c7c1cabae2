//! In which organisation a person works; joining one that is open; the page of people without one.

use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::account::PreferenceChange;
use northing_core::people::Role;
use northing_core::values::Id;
use northing_ui::pages::organisations::{self, Organisations};
use northing_ui::paths;

use super::start::{Kept, with_cookie};
use crate::extract::{Entered, Fields, ORG_COOKIE};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::ORGANISATIONS, page)
        .post(paths::ORGANISATIONS, choose)
        .post("/organisations/join", join)
}

async fn page(State(state): State<AppState>, entered: Entered) -> Result<Response, Failure> {
    let places = state.app.places(entered.session.user_id).await?;
    let role = |role: Role| match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Member => "Member",
        Role::Observer => "Observer",
    };
    let mine = entered.session.memberships.iter();
    let content = Organisations {
        me: (&entered.session.name, &entered.session.email),
        mine: mine.map(|it| (it.org_id, it.organization.clone(), role(it.role).to_owned())).collect(),
        current: entered.membership.as_ref().map(|it| it.org_id),
        open: places.open,
        closed: places.closed,
    };
    let page = organisations::page(state.assets(), &entered.csrf, &content);
    Ok(Html(page.into_string()).into_response())
}

fn asked(fields: &Fields) -> Result<Id, Failure> {
    let parsed = fields.get("organization").parse();
    parsed.map_err(|_| Failure::App(Error::NotFound("organisation")))
}

/// Which of a person's organisations they work in from now on: in this browser, and in one that has no choice yet.
async fn choose(
    State(state): State<AppState>,
    entered: Entered,
    fields: Fields,
) -> Result<Response, Failure> {
    let org = asked(&fields)?;
    if !entered.session.memberships.iter().any(|it| it.org_id == org) {
        return Err(Error::NotFound("organisation").into());
    }
    open(&state, &entered, org).await
}

async fn join(State(state): State<AppState>, entered: Entered, fields: Fields) -> Result<Response, Failure> {
    let org = asked(&fields)?;
    state.app.join_organization(entered.session.user_id, org).await?;
    open(&state, &entered, org).await
}

async fn open(state: &AppState, entered: &Entered, org: Id) -> Result<Response, Failure> {
    let change = PreferenceChange { organization: Some(org), ..PreferenceChange::default() };
    state.app.choose(entered.session.user_id, change).await?;
    let answer = go(paths::HOME, entered.htmx);
    Ok(with_cookie(answer, ORG_COOKIE, &org.to_string(), state.site.options.https, Kept::Days(365)))
}
