//! Signing in and out.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use northing_app::sign_in::Credentials;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::entry::sign_in::{self, SignIn};
use northing_ui::paths;
use serde::Deserialize;

use super::start::{Kept, with_cookie};
use super::typed;
use crate::extract::{Address, Browser, Entered, Fields, csrf_token, form_cookie, session_cookie};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

/// Days that the session's cookie lives; the session itself ends earlier when it is not used.
const SESSION_DAYS: u32 = 30;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .open_get(paths::SIGN_IN, sign_in)
        .open_post(paths::SIGN_IN, begin)
        .post(paths::SIGN_OUT, sign_out)
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

/// What binds a form to this browser before there is a session: its cookie, made where it has none.
pub(crate) struct FormToken {
    /// The token for forms.
    pub(crate) csrf: String,
    /// The secret behind it, which names this browser.
    pub(crate) secret: String,
    fresh: bool,
    https: bool,
}

impl FormToken {
    /// That of the request's cookies.
    pub(crate) fn of(state: &AppState, jar: &CookieJar) -> Self {
        let https = state.site.options.https;
        let known = jar.get(session_cookie(https)).or_else(|| jar.get(form_cookie(https)));
        let (secret, fresh) = match known {
            Some(cookie) => (cookie.value().to_owned(), false),
            None => (state.app.new_secret(), true),
        };
        Self { csrf: csrf_token(&secret), secret, fresh, https }
    }

    /// The page with the cookie that its form needs.
    pub(crate) fn answer(self, page: impl IntoResponse) -> Response {
        let page = page.into_response();
        if self.fresh {
            return with_cookie(page, form_cookie(self.https), &self.secret, self.https, Kept::Days(1));
        }
        page
    }
}

/// Sends a browser on with the cookie of its new session.
pub(crate) fn enter(state: &AppState, secret: &str, next: &str, stay: bool) -> Response {
    let https = state.site.options.https;
    let kept = if stay { Kept::Days(SESSION_DAYS) } else { Kept::WhileOpen };
    with_cookie(go(next, false), session_cookie(https), secret, https, kept)
}

async fn sign_in(
    State(state): State<AppState>,
    jar: CookieJar,
    Query(next): Query<Next>,
) -> Result<Response, Failure> {
    if !state.app.is_set_up().await? {
        return Err(Failure::SetUp);
    }
    shown(&state, &jar, StatusCode::OK, Typed::default(), inside(&next.next)).await
}

async fn shown(
    state: &AppState,
    jar: &CookieJar,
    status: StatusCode,
    typed: Typed,
    next: &str,
) -> Result<Response, Failure> {
    let token = FormToken::of(state, jar);
    let known = state.app.reception().await?;
    let content =
        SignIn { typed, next, organization: known.organization.as_deref(), ask: &known.ask, ways: &[] };
    let page = sign_in::page(state.assets(), &token.csrf, &content);
    Ok(token.answer((status, Html(page.into_string()))))
}

/// Only addresses of this site: a sign-in must not lead elsewhere.
fn inside(next: &str) -> &str {
    let is_path = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n']);
    if is_path { next } else { "/" }
}

async fn begin(
    State(state): State<AppState>,
    jar: CookieJar,
    Address(address): Address,
    Browser(user_agent): Browser,
    fields: Fields,
) -> Result<Response, Failure> {
    let given = Credentials {
        email: fields.get("email").to_owned(),
        password: fields.get("password").to_owned(),
        address,
        user_agent,
    };
    let next = inside(fields.get("next"));
    match state.app.sign_in(given).await {
        Ok(secret) => Ok(enter(&state, &secret, next, fields.ticked("stay"))),
        Err(error) => {
            let (status, typed) = typed::refused(error, &fields)?;
            shown(&state, &jar, status, typed, next).await
        }
    }
}

async fn sign_out(State(state): State<AppState>, entered: Entered) -> Result<Response, Failure> {
    state.app.end_session(entered.session.user_id, entered.session.session_id).await?;
    Ok(leave(&state, entered.htmx))
}

/// Sends a browser to the sign-in page, without its session's cookie.
pub(crate) fn leave(state: &AppState, htmx: bool) -> Response {
    let https = state.site.options.https;
    with_cookie(go(paths::SIGN_IN, htmx), session_cookie(https), "", https, Kept::Not)
}
