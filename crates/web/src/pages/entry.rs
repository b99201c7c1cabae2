//! The ways in: signing in, and setting up a new installation.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::CookieJar;
use northing_app::setup::{NewOrganization, SetUp};
use northing_app::sign_in::Credentials;
use northing_app::{Error, Via};
use northing_core::settings::Settings;
use northing_ui::pages::entry::{self, Typed};
use serde::Deserialize;

use super::start::with_cookie;
use crate::extract::{Address, Fields, csrf_token, form_cookie, session_cookie};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

/// Days that the session's cookie lives; the session itself ends earlier when it is not used.
const SESSION_DAYS: u32 = 30;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .open_get("/sign-in", sign_in)
        .open_post("/sign-in", begin)
        .open_get("/setup", setup)
        .open_post("/setup", set_up)
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

/// The form cookie of this browser, made where it has none: what binds a form before there is a session.
struct FormToken {
    csrf: String,
    fresh: Option<String>,
    https: bool,
}

impl FormToken {
    fn of(state: &AppState, jar: &CookieJar) -> Self {
        let https = state.site.options.https;
        let known = jar.get(session_cookie(https)).or_else(|| jar.get(form_cookie(https)));
        match known {
            Some(cookie) => Self { csrf: csrf_token(cookie.value()), fresh: None, https },
            None => {
                let secret = state.app.new_secret();
                Self { csrf: csrf_token(&secret), fresh: Some(secret), https }
            }
        }
    }

    fn answer(self, page: impl IntoResponse) -> Response {
        let page = page.into_response();
        match self.fresh {
            Some(secret) => with_cookie(page, form_cookie(self.https), &secret, self.https, 1),
            None => page,
        }
    }
}

async fn sign_in(
    State(state): State<AppState>,
    jar: CookieJar,
    Query(next): Query<Next>,
) -> Result<Response, Failure> {
    if !state.app.is_set_up().await? {
        return Err(Failure::SetUp);
    }
    let token = FormToken::of(&state, &jar);
    let page = entry::sign_in(state.assets(), &token.csrf, &Typed::default(), inside(&next.next));
    Ok(token.answer(Html(page.into_string())))
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
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|it| it.to_str().ok()).map(ToOwned::to_owned);
    let given = Credentials {
        email: fields.get("email").to_owned(),
        password: fields.get("password").to_owned(),
        address,
        user_agent,
    };
    let next = inside(fields.get("next")).to_owned();
    match state.app.sign_in(given).await {
        Ok(secret) => {
            let https = state.site.options.https;
            Ok(with_cookie(go(&next, false), session_cookie(https), &secret, https, SESSION_DAYS))
        }
        Err(error) => {
            let (status, typed) = typed(error, &fields)?;
            let token = FormToken::of(&state, &jar);
            let page = entry::sign_in(state.assets(), &token.csrf, &typed, &next);
            Ok(token.answer((status, Html(page.into_string()))))
        }
    }
}

async fn setup(State(state): State<AppState>, jar: CookieJar) -> Result<Response, Failure> {
    if state.app.is_set_up().await? {
        return Ok(go("/", false));
    }
    let token = FormToken::of(&state, &jar);
    let values = vec![(String::from("time_zone"), String::from("UTC"))];
    let page = entry::setup(state.assets(), &token.csrf, &Typed { values, ..Typed::default() });
    Ok(token.answer(Html(page.into_string())))
}

async fn set_up(
    State(state): State<AppState>,
    jar: CookieJar,
    Address(address): Address,
    fields: Fields,
) -> Result<Response, Failure> {
    let text = |name: &str| fields.filled(name).map(ToOwned::to_owned);
    let defaults = Settings::default();
    let settings = Settings {
        okr_model: fields.get("okr_model").parse().unwrap_or(defaults.okr_model),
        planning_year_start_month: fields.get("start_month").parse().unwrap_or(0),
        time_zone: text("time_zone").unwrap_or_else(|| defaults.time_zone.clone()),
        ..defaults
    };
    let organization = NewOrganization {
        name: fields.get("organization").to_owned(),
        mission: text("mission"),
        vision: text("vision"),
        values: fields
            .get("values")
            .lines()
            .map(str::trim)
            .filter(|it| !it.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
        north_star: text("north_star"),
        settings,
        ..NewOrganization::default()
    };
    let given = SetUp {
        email: fields.get("email").to_owned(),
        name: fields.get("name").to_owned(),
        password: fields.get("password").to_owned(),
        organization,
        via: Via::Browser,
    };
    match state.app.set_up(given).await {
        Ok(_) => {
            let credentials = Credentials {
                email: fields.get("email").to_owned(),
                password: fields.get("password").to_owned(),
                address,
                user_agent: None,
            };
            let secret = state.app.sign_in(credentials).await?;
            let https = state.site.options.https;
            Ok(with_cookie(go("/explorer", false), session_cookie(https), &secret, https, SESSION_DAYS))
        }
        Err(error) => {
            let (status, typed) = typed(error, &fields)?;
            let token = FormToken::of(&state, &jar);
            let page = entry::setup(state.assets(), &token.csrf, &typed);
            Ok(token.answer((status, Html(page.into_string()))))
        }
    }
}

/// The form again with everything that was typed but the password, and the reason at each field.
fn typed(error: Error, fields: &Fields) -> Result<(StatusCode, Typed), Failure> {
    let values = fields.pairs().iter().filter(|(name, _)| name != "password").cloned().collect();
    let mut typed = Typed { values, ..Typed::default() };
    let status = match error {
        Error::Invalid(errors) => {
            let named = |field: &str| match field {
                "organization.name" => String::from("organization"),
                "settings.planning_year_start_month" => String::from("start_month"),
                other => other.rsplit('.').next().unwrap_or(other).to_owned(),
            };
            typed.errors = errors.iter().map(|it| (named(&it.field), it.message.to_string())).collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::Refused(refusal) => {
            typed.refusal = Some(refusal.message.to_string());
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::TooMany { seconds } => {
            typed.refusal = Some(format!("Too many attempts. Wait {seconds} seconds and try again."));
            StatusCode::TOO_MANY_REQUESTS
        }
        other => return Err(other.into()),
    };
    Ok((status, typed))
}
