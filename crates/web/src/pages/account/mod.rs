//! A person's own account: profile, password, preferences, sessions, tokens.

mod tokens;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Via;
use northing_app::account::{PreferenceChange, ProfileChange, User, time_zones};
use northing_core::errors::FieldError;
use northing_core::password::strength;
use northing_core::preferences::Shortcuts;
use northing_core::values::Id;
use northing_ui::components::conflict::Difference;
use northing_ui::layout::Page;
use northing_ui::pages::account::sessions::SessionLine;
use northing_ui::pages::account::{self, Part};
use northing_ui::pages::entry::{Typed, password_advice};

use super::entry::leave;
use super::{shell, typed};
use crate::extract::{Address, Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(Part::Profile.path(), profile)
        .post(Part::Profile.path(), edit_profile)
        .get(Part::Password.path(), password)
        .post(Part::Password.path(), change_password)
        .post("/account/password/advice", advice)
        .get(Part::Preferences.path(), preferences)
        .post(Part::Preferences.path(), choose)
        .get(Part::Sessions.path(), sessions)
        .post("/account/sessions/end", end_sessions)
        .merge(tokens::routes())
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    page: &Page,
) -> Result<Response, Failure> {
    let mut answer = shell::document(state, signed, page).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// Whether the address says that something was just saved.
fn saved(query: Option<&str>) -> bool {
    query == Some("saved")
}

async fn profile(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let me = state.app.user(signed.session.user_id).await?;
    let typed = stored(&me);
    let saved = saved(query.as_deref());
    let page = account::profile::page(&signed.ctx(&state), &typed, &me.email, &time_zones(), saved, None);
    shown(&state, &signed, StatusCode::OK, &page).await
}

/// The profile as it is stored.
fn stored(me: &User) -> Typed {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let values = [
        ("name", me.name.clone()),
        ("title", text(&me.title)),
        ("department", text(&me.department)),
        ("time_zone", text(&me.time_zone)),
        ("version", me.version.to_string()),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Typed { values, ..Typed::default() }
}

/// What a profile has under its labels, for telling two versions of it apart.
const PROFILE: [(&str, &str); 4] =
    [("name", "Name"), ("title", "Job title"), ("department", "Department"), ("time_zone", "Time zone")];

async fn edit_profile(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = fields.filled("version").map(str::parse::<i64>).transpose();
    let version = version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    let text = |name: &str| Some(fields.filled(name).map(ToOwned::to_owned));
    let change = ProfileChange {
        name: Some(fields.get("name").to_owned()),
        title: text("title"),
        department: text("department"),
        time_zone: text("time_zone"),
    };
    match state.app.edit_profile(signed.session.user_id, Via::Browser, change, version).await {
        Ok(_) => Ok(go(&format!("{}?saved", Part::Profile.path()), signed.htmx)),
        Err(error) => {
            let (status, mut typed) = typed::refused(error, &fields)?;
            let me = state.app.user(signed.session.user_id).await?;
            let conflict = status == StatusCode::CONFLICT;
            let now = stored(&me);
            let differing = PROFILE.iter().filter_map(|(field, label)| {
                let (now, typed) = (now.value(field).to_owned(), typed.value(field).trim().to_owned());
                (now != typed).then(|| Difference { label: (*label).to_owned(), now, typed })
            });
            let differences: Option<Vec<Difference>> = conflict.then(|| differing.collect());
            if conflict {
                // Saved again, what was typed takes the place of what is stored now.
                typed.values.retain(|(name, _)| name != "version");
                typed.values.push((String::from("version"), me.version.to_string()));
            }
            let (ctx, zones) = (signed.ctx(&state), time_zones());
            let page = account::profile::page(&ctx, &typed, &me.email, &zones, false, differences.as_deref());
            shown(&state, &signed, status, &page).await
        }
    }
}

async fn password(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let ended =
        query.as_deref().and_then(|query| query.strip_prefix("saved=")).and_then(|it| it.parse::<u64>().ok());
    let ended = ended.map(|ended| match ended {
        0 => String::from("Changed. You were signed in nowhere else."),
        1 => String::from("Changed. One other session has ended."),
        many => format!("Changed. {many} other sessions have ended."),
    });
    let email = &signed.session.email;
    let page = account::password::page(&signed.ctx(&state), &Typed::default(), email, ended.as_deref());
    shown(&state, &signed, StatusCode::OK, &page).await
}

async fn change_password(
    State(state): State<AppState>,
    signed: Signed,
    Address(address): Address,
    fields: Fields,
) -> Result<Response, Failure> {
    let (old, new) = (fields.get("old_password").to_owned(), fields.get("new_password").to_owned());
    match state.app.change_password(&signed.session, old, new, &address).await {
        Ok(ended) => Ok(go(&format!("{}?saved={ended}", Part::Password.path()), signed.htmx)),
        Err(error) => {
            let (status, typed) = typed::refused(error, &fields)?;
            let page = account::password::page(&signed.ctx(&state), &typed, &signed.session.email, None);
            shown(&state, &signed, status, &page).await
        }
    }
}

/// What is said of a password while it is typed.
async fn advice(signed: Signed, fields: Fields) -> Response {
    let about = [signed.session.name.as_str(), &signed.session.email, &signed.membership.organization];
    Html(password_advice(strength(fields.get("new_password"), &about)).into_string()).into_response()
}

async fn preferences(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let chosen = &signed.session.preferences;
    let page = account::preferences::page(&signed.ctx(&state), chosen, saved(query.as_deref()));
    shown(&state, &signed, StatusCode::OK, &page).await
}

async fn choose(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let wrong = |field: &'static str| FieldError::new(field, "invalid", "is none of the choices");
    let change = PreferenceChange {
        theme: Some(fields.get("theme").parse().map_err(|_| wrong("theme"))?),
        shortcuts: Some(if fields.ticked("shortcuts") { Shortcuts::On } else { Shortcuts::Off }),
        alerts: Some(fields.get("alerts").parse().map_err(|_| wrong("alerts"))?),
        organization: None,
    };
    state.app.choose(signed.session.user_id, change).await?;
    Ok(go(&format!("{}?saved", Part::Preferences.path()), signed.htmx))
}

async fn sessions(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let found = state.app.list_sessions(signed.session.user_id).await?;
    let lines: Vec<SessionLine> = found
        .into_iter()
        .map(|it| SessionLine {
            here: it.id == signed.session.session_id,
            id: it.id,
            browser: browser(it.user_agent.as_deref().unwrap_or_default()),
            address: it.address,
            since: it.created_at,
            seen: it.seen_at,
        })
        .collect();
    let ended = (query.as_deref() == Some("ended")).then_some("Ended.");
    let page = account::sessions::page(&signed.ctx(&state), &lines, ended);
    shown(&state, &signed, StatusCode::OK, &page).await
}

/// What a browser calls itself, in the words of its user.
fn browser(user_agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // Most call themselves by the names of others as well: the rarer comes first.
    let program = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => String::from("Unknown browser"),
    }
}

async fn end_sessions(
    State(state): State<AppState>,
    signed: Signed,
    fields: Fields,
) -> Result<Response, Failure> {
    let (user, here) = (signed.session.user_id, signed.session.session_id);
    match fields.get("which") {
        "all" => {
            state.app.end_sessions(user, None).await?;
            return Ok(leave(&state, signed.htmx));
        }
        "others" => {
            state.app.end_sessions(user, Some(here)).await?;
        }
        one => {
            let one: Id = one.parse().map_err(|_| northing_app::Error::NotFound("session"))?;
            state.app.end_session(user, one).await?;
        }
    }
    Ok(go(&format!("{}?ended", Part::Sessions.path()), signed.htmx))
}
