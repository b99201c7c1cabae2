//! What every page carries: signing out, the theme, the choice of the organisation.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_core::values::Id;
use northing_ui::layout::Theme;
use northing_ui::{gallery, paths};

use crate::extract::{Fields, ORG_COOKIE, Signed, session_cookie};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::PROFILE, profile)
        .get("/help/shortcuts", shortcuts)
        .post("/sign-out", sign_out)
        .post("/preferences/theme", theme)
        .post("/preferences/organization", organization)
}

/// A cookie of ours: for this site alone, out of reach of scripts. `value` is of letters, digits, `-` and `_`; 0 days take it away.
pub(crate) fn with_cookie(mut answer: Response, name: &str, value: &str, https: bool, days: u32) -> Response {
    let secure = if https { "; Secure" } else { "" };
    let age = u64::from(days) * 86_400;
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().append(header::SET_COOKIE, value);
    }
    answer
}

/// The list of keys.
async fn shortcuts(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    if signed.htmx {
        return Ok(Html(northing_ui::pages::shortcuts::dialog().into_string()).into_response());
    }
    super::shell::document(&state, &signed, &northing_ui::pages::shortcuts::page()).await
}

/// One's own page.
async fn profile(signed: Signed) -> Response {
    go(&paths::person(signed.actor.user_id), signed.htmx)
}

/// Every component in every state, for whoever changes one.
pub(crate) async fn style_guide(State(state): State<AppState>) -> Response {
    Html(gallery::page(state.assets(), Theme::System).into_string()).into_response()
}

async fn sign_out(State(state): State<AppState>, signed: Signed) -> Result<Response, Failure> {
    state.app.end_session(signed.session.user_id, signed.session.session_id).await?;
    let https = state.site.options.https;
    Ok(with_cookie(go("/sign-in", signed.htmx), session_cookie(https), "", https, 0))
}

async fn theme(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    state.app.choose_theme(signed.session.user_id, fields.get("theme").to_owned()).await?;
    Ok(if signed.htmx { StatusCode::NO_CONTENT.into_response() } else { go("/", false) })
}

/// Which of a person's organisations they work in from now on.
async fn organization(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    let chosen = fields.get("organization").parse::<Id>().ok();
    let is_theirs = signed.session.memberships.iter().any(|it| Some(it.org_id) == chosen);
    let Some(chosen) = chosen.filter(|_| is_theirs) else {
        return Err(Error::NotFound("organisation").into());
    };
    let https = state.site.options.https;
    Ok(with_cookie(go("/", signed.htmx), ORG_COOKIE, &chosen.to_string(), https, 365))
}
