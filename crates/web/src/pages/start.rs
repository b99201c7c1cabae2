//! What every page carries: cookies, the list of keys, the theme.

use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use northing_app::account::PreferenceChange;
use northing_core::errors::FieldError;
use northing_core::preferences::Theme;
use northing_ui::{gallery, paths};

use super::explorer::Asked;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get("/help/shortcuts", shortcuts).post(paths::THEME, theme)
}

/// How long a browser keeps a cookie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// So many days.
    Days(u32),
    /// Until it is closed.
    WhileOpen,
    /// No longer.
    Not,
}

/// A cookie of ours: for this site alone, out of reach of scripts. `value` is of letters, digits, `-` and `_`.
pub(crate) fn with_cookie(
    mut answer: Response,
    name: &str,
    value: &str,
    https: bool,
    kept: Kept,
) -> Response {
    let secure = if https { "; Secure" } else { "" };
    let age = match kept {
        Kept::Days(days) => format!("; Max-Age={}", u64::from(days) * 86_400),
        Kept::WhileOpen => String::new(),
        Kept::Not => String::from("; Max-Age=0"),
    };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
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

/// Every component in every state, for whoever changes one; in the theme that `theme` in the address names.
pub(crate) async fn style_guide(State(state): State<AppState>, RawQuery(raw): RawQuery) -> Response {
    let theme = Asked::read(raw).one("theme").and_then(|it| it.parse().ok()).unwrap_or(Theme::System);
    Html(gallery::page(state.assets(), theme).into_string()).into_response()
}

async fn theme(
    State(state): State<AppState>,
    signed: Signed,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Failure> {
    let theme = fields.get("theme").parse();
    let theme = theme.map_err(|_| FieldError::new("theme", "invalid", "must be light, dark or system"))?;
    let change = PreferenceChange { theme: Some(theme), ..PreferenceChange::default() };
    state.app.choose(signed.session.user_id, change).await?;
    if signed.htmx {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    // Without scripts one stays on the page.
    let from = headers.get(header::REFERER).and_then(|from| from.to_str().ok()?.parse::<Uri>().ok());
    let back = from.as_ref().and_then(|from| from.path_and_query()).map_or("/", |path| path.as_str());
    Ok(go(back, false))
}
