//! Inviting people from a list: the form, and what became of each line with the links that let people in.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::invitations::{Invitation, Invited, Outcome};
use northing_core::errors::FieldError;
use northing_core::people::Role;
use northing_core::permission::{Action, Thing};
use northing_ui::components::picker::Of;
use northing_ui::pages::admin::invite::{self, Told};
use northing_ui::pages::admin::members::role;
use northing_ui::pages::entry::Typed;
use northing_ui::paths;

use super::members::until_words;
use super::{dialog, form, refuse, searching, typed};
use crate::extract::{Fields, Host, Signed};
use crate::failure::Failure;
use crate::pages::shell;
use crate::router::Pages;
use crate::state::AppState;

const PICKERS: &[(&str, Of)] = &[("team", Of::Teams)];

pub(super) fn routes() -> Pages {
    Pages::default().get("/admin/members/new", new).post(paths::MEMBERS, invite)
}

/// The whole address of a path, as the person who asks reaches this site.
pub(super) fn address(state: &AppState, host: &str, path: &str) -> String {
    let scheme = if state.site.options.https { "https" } else { "http" };
    format!("{scheme}://{host}{path}")
}

/// The roles that somebody may give, the organisation's default first.
fn roles(signed: &Signed) -> Vec<(String, String)> {
    let settings = &signed.membership.settings;
    let may = |action| signed.actor.may(action, Thing::Organization, settings);
    let offered = [
        (Role::Member, true),
        (Role::Observer, true),
        (Role::Admin, may(Action::OrganizationMembers)),
        (Role::Owner, may(Action::OrganizationOwners)),
    ];
    let named = |role: Role| match settings.default_account {
        northing_core::settings::AccountType::Observer => role == Role::Observer,
        northing_core::settings::AccountType::Regular => role == Role::Member,
    };
    let mut offered: Vec<Role> = offered.into_iter().filter(|(_, may)| *may).map(|(role, _)| role).collect();
    offered.sort_by_key(|role| !named(*role));
    offered.into_iter().map(|each| (each.name().to_owned(), role(each).to_owned())).collect()
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    typed: Typed,
    search: Option<&str>,
) -> Result<Response, Failure> {
    signed.actor.require(Action::MemberInvite, Thing::Organization, &signed.membership.settings)?;
    let form = form(state, signed, typed, PICKERS, search).await?;
    let shown = invite::dialog(&signed.ctx(state), &form, &roles(signed));
    dialog(state, signed, status, "Invite people", &shown).await
}

async fn new(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let values = form_urlencoded::parse(raw.unwrap_or_default().as_bytes()).into_owned().collect();
    shown(&state, &signed, StatusCode::OK, Typed { values, ..Typed::default() }, None).await
}

fn read(fields: &Fields) -> Result<Invitation, FieldError> {
    let role = fields.filled("role").map(str::parse).transpose();
    let team = fields.filled("team").map(str::parse).transpose();
    Ok(Invitation {
        people: fields.get("people").to_owned(),
        role: role.map_err(|_| FieldError::new("role", "invalid", "choose a role"))?,
        team: team.map_err(|_| FieldError::new("team", "invalid", "is no team"))?,
    })
}

async fn invite(
    State(state): State<AppState>,
    signed: Signed,
    Host(host): Host,
    fields: Fields,
) -> Result<Response, Failure> {
    let mut typed = typed(&fields);
    if let Some(field) = searching(&fields) {
        return shown(&state, &signed, StatusCode::OK, typed, Some(field)).await;
    }
    let done = match read(&fields) {
        Ok(invitation) => state.app.invite(&signed.actor, invitation).await,
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(done) => outcome(&state, &signed, &host, done, paths::MEMBERS).await,
        Err(error) => {
            refuse(&mut typed, error)?;
            shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, typed, None).await
        }
    }
}

/// What became of each line. Not a redirect: the links are told here and never again.
pub(crate) async fn outcome(
    state: &AppState,
    signed: &Signed,
    host: &str,
    done: Vec<Invited>,
    back: &str,
) -> Result<Response, Failure> {
    let told: Vec<Told> = done.into_iter().map(|it| told(state, signed, host, it)).collect();
    if signed.htmx {
        return Ok(Html(invite::outcome(&told, back).into_string()).into_response());
    }
    shell::document(state, signed, &invite::outcome_page(&told, back)).await
}

fn told(state: &AppState, signed: &Signed, host: &str, it: Invited) -> Told {
    let name = it.person.map_or(it.line, |(_, name)| name);
    let (done, text, link) = match it.outcome {
        Outcome::Invited { secret, expires_at } => (
            true,
            format!("Invited, until {}", until_words(&signed.ctx(state), expires_at)),
            Some(address(state, host, &paths::invitation(&secret))),
        ),
        Outcome::Joined => {
            (true, String::from("Has an account here already, and is a member from now on"), None)
        }
        Outcome::JoinedTeam => (true, String::from("Is in the team now"), None),
        Outcome::Already => (false, String::from("Is there already"), None),
        Outcome::Not(reason) => (false, reason, None),
    };
    Told { name, text, done, link }
}
