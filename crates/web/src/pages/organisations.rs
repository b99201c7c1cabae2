//! In which organisation a person works; joining one that is open, asking one that is not; the page of people without one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::account::PreferenceChange;
use northing_app::joining::{self, Asked, Opening};
use northing_core::people::{JoinPolicy, Role};
use northing_core::values::{Id, Moment};
use northing_ui::pages::organisations::{self, Organisations, Way};
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
        .post("/organisations/requests/{my_request}/withdrawal", withdraw)
}

async fn page(State(state): State<AppState>, entered: Entered) -> Result<Response, Failure> {
    shown(&state, &entered, StatusCode::OK, None).await
}

/// The page; `refused` is a request that was refused: to which organisation, what was typed, why.
async fn shown(
    state: &AppState,
    entered: &Entered,
    status: StatusCode,
    refused: Option<(Id, String, String)>,
) -> Result<Response, Failure> {
    let places = state.app.places(entered.session.user_id).await?;
    let role = |role: Role| match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Member => "Member",
        Role::Observer => "Observer",
    };
    let mine = entered.session.memberships.iter();
    let open = places.open.into_iter().map(|it| {
        let of_this = refused.as_ref().filter(|(org, ..)| *org == it.org_id);
        let refused = of_this.map(|(_, typed, why)| (typed.clone(), why.clone()));
        let way = way(&it, state.app.now());
        organisations::Opening { id: Some(it.org_id), name: it.name, way, refused }
    });
    let content = Organisations {
        me: (&entered.session.name, &entered.session.email),
        mine: mine.map(|it| (it.org_id, it.organization.clone(), role(it.role).to_owned())).collect(),
        current: entered.membership.as_ref().map(|it| it.org_id),
        open: open.collect(),
        closed: places.closed,
    };
    let page = organisations::page(state.assets(), &entered.csrf, &content);
    Ok((status, Html(page.into_string())).into_response())
}

/// How a person comes in, or where their request stands; days are those of UTC, since no organisation's count here.
fn way(it: &Opening, now: Moment) -> Way {
    let day = |at: Moment| at.day_in(&jiff::tz::TimeZone::UTC);
    match (&it.request, it.join) {
        (_, JoinPolicy::Public) => Way::Join,
        (None, JoinPolicy::Restricted) => Way::Ask,
        (Some(request), JoinPolicy::Restricted) => match request.decided_at {
            None => Way::Asked(request.id, day(request.created_at)),
            Some(at) => {
                let again = joining::again_at(request).filter(|again| *again > now).map(day);
                Way::Declined(day(at), request.reason.clone(), again)
            }
        },
    }
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
    let message = fields.get("message");
    match state.app.ask_to_join((&entered.session).into(), org, Some(message)).await {
        Ok(Asked::Joined(org)) => open(&state, &entered, org).await,
        Ok(Asked::Waits(_)) => Ok(go(paths::ORGANISATIONS, entered.htmx)),
        Err(error @ (Error::Invalid(_) | Error::Refused(_))) => {
            let why = match &error {
                Error::Invalid(errors) => {
                    errors.iter().map(|it| it.message.to_string()).collect::<Vec<_>>().join("; ")
                }
                other => other.to_string(),
            };
            let refused = Some((org, message.to_owned(), why));
            shown(&state, &entered, StatusCode::UNPROCESSABLE_ENTITY, refused).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn withdraw(
    State(state): State<AppState>,
    entered: Entered,
    Path(request): Path<Id>,
) -> Result<Response, Failure> {
    state.app.withdraw_request((&entered.session).into(), request).await?;
    Ok(go(paths::ORGANISATIONS, entered.htmx))
}

async fn open(state: &AppState, entered: &Entered, org: Id) -> Result<Response, Failure> {
    let change = PreferenceChange { organization: Some(org), ..PreferenceChange::default() };
    state.app.choose(entered.session.user_id, change).await?;
    let answer = go(paths::HOME, entered.htmx);
    Ok(with_cookie(answer, ORG_COOKIE, &org.to_string(), state.site.options.https, Kept::Days(365)))
}
