//! The pages behind one-time links: an invitation, a new password.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use northing_app::Error;
use northing_app::links::{Behind, Dead, Guest, LinkKind, LinkUse};
use northing_core::password::strength;
use northing_ui::pages::entry::{Typed, link, password_advice};
use northing_ui::paths;

use super::entry::{FormToken, enter};
use super::start::{Kept, with_cookie};
use super::typed;
use crate::extract::{Address, Browser, Fields, ORG_COOKIE};
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .open_get("/invitation/{secret}", async |state, jar, address, path| {
            show(state, jar, address, path, LinkKind::Invitation).await
        })
        .open_post("/invitation/{secret}", async |state, jar, address, browser, path, fields| {
            enter_by(state, jar, (address, browser), path, fields, LinkKind::Invitation).await
        })
        .open_post("/invitation/{secret}/advice", advice)
        .open_get("/reset/{secret}", async |state, jar, address, path| {
            show(state, jar, address, path, LinkKind::Reset).await
        })
        .open_post("/reset/{secret}", async |state, jar, address, browser, path, fields| {
            enter_by(state, jar, (address, browser), path, fields, LinkKind::Reset).await
        })
        .open_post("/reset/{secret}/advice", advice)
}

/// Where a link of this kind with this secret leads, after the site's own address.
fn address_of(kind: LinkKind, secret: &str) -> String {
    match kind {
        LinkKind::Invitation => format!("/invitation/{secret}"),
        LinkKind::Reset => format!("/reset/{secret}"),
    }
}

/// The address holds a secret: no page learns of it from this one, and no cache keeps it.
fn secretly(answer: impl IntoResponse) -> Response {
    let mut answer = answer.into_response();
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    answer
}

async fn show(
    State(state): State<AppState>,
    jar: CookieJar,
    Address(address): Address,
    Path(secret): Path<String>,
    kind: LinkKind,
) -> Result<Response, Failure> {
    if !state.app.is_set_up().await? {
        return Err(Failure::SetUp);
    }
    let token = FormToken::of(&state, &jar);
    match state.app.follow_link(kind, &secret, &address).await? {
        Behind::Guest(guest) => {
            let values = vec![(String::from("name"), guest.name.clone())];
            let page = form(&state, &token, &guest, kind, &secret, &Typed { values, ..Typed::default() });
            Ok(token.answer(secretly(page)))
        }
        Behind::Nobody(why, organization, ask) => Ok(dead(&state, why, organization.as_deref(), &ask)),
    }
}

fn form(
    state: &AppState,
    token: &FormToken,
    guest: &Guest,
    kind: LinkKind,
    secret: &str,
    typed: &Typed,
) -> Html<String> {
    let content = link::Guest {
        email: guest.email.clone(),
        organization: guest.organization.clone(),
        invited_by: guest.invited_by.clone(),
        invitation: kind == LinkKind::Invitation,
        action: address_of(kind, secret),
    };
    Html(link::page(state.assets(), &token.csrf, &content, typed).into_string())
}

fn dead(state: &AppState, why: Dead, organization: Option<&str>, ask: &[String]) -> Response {
    let shown = match why {
        Dead::Unknown => link::Dead::Unknown,
        Dead::Used => link::Dead::Used,
        Dead::Expired => link::Dead::Expired,
        Dead::Deactivated => link::Dead::Deactivated,
    };
    // Gone for good where it was once good.
    let status = if why == Dead::Unknown { StatusCode::NOT_FOUND } else { StatusCode::GONE };
    secretly((status, Html(link::dead(state.assets(), shown, organization, ask).into_string())))
}

async fn enter_by(
    State(state): State<AppState>,
    jar: CookieJar,
    (Address(address), Browser(user_agent)): (Address, Browser),
    Path(secret): Path<String>,
    fields: Fields,
    kind: LinkKind,
) -> Result<Response, Failure> {
    let given = LinkUse {
        kind,
        secret: secret.clone(),
        name: Some(fields.get("name").to_owned()),
        password: fields.get("password").to_owned(),
        address: address.clone(),
        user_agent,
    };
    match state.app.use_link(given).await {
        Ok((session, org)) => {
            let https = state.site.options.https;
            let answer = enter(&state, &session, paths::HOME, true);
            Ok(with_cookie(answer, ORG_COOKIE, &org.to_string(), https, Kept::Days(365)))
        }
        Err(error @ (Error::Invalid(_) | Error::NotFound(_))) => {
            let token = FormToken::of(&state, &jar);
            match state.app.follow_link(kind, &secret, &address).await? {
                Behind::Guest(guest) => {
                    let (status, typed) = typed::refused(error, &fields)?;
                    let page = form(&state, &token, &guest, kind, &secret, &typed);
                    Ok(token.answer(secretly((status, page))))
                }
                Behind::Nobody(why, organization, ask) => {
                    Ok(dead(&state, why, organization.as_deref(), &ask))
                }
            }
        }
        Err(other) => Err(other.into()),
    }
}

/// What is said of a password while it is typed.
async fn advice(fields: Fields) -> Response {
    let about = [fields.get("name"), fields.get("email")];
    secretly(Html(password_advice(strength(fields.get("password"), &about)).into_string()))
}
