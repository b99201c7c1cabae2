//! A person's API tokens.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::tokens::{ApiToken, TokenInput};
use northing_app::{Actor, Error, Scopes, Via, actor_of};
use northing_core::errors::FieldError;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_ui::layout::Section;
use northing_ui::pages::account::Part;
use northing_ui::pages::account::tokens::{self, TokenLine, Tokens};
use northing_ui::pages::entry::Typed;

use super::super::{shell, typed};
use super::shown;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(super) fn routes() -> Pages {
    Pages::default()
        .get(Part::Tokens.path(), list)
        .post(Part::Tokens.path(), create)
        .get("/account/tokens/{token}/revocation", ask)
        .post("/account/tokens/{token}/revocation", revoke)
}

async fn list(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let saved = (query.as_deref() == Some("revoked")).then_some("Revoked.");
    let content = Tokens { saved, ..content(&state, &signed, Typed::default()).await? };
    shown(&state, &signed, StatusCode::OK, &tokens::page(&signed.ctx(&state), &content)).await
}

async fn content<'a>(state: &AppState, signed: &Signed, typed: Typed) -> Result<Tokens<'a>, Failure> {
    let found = state.app.list_tokens(signed.session.user_id).await?;
    let several = signed.session.memberships.len() > 1;
    let mut organisations: Vec<(String, String)> = signed
        .session
        .memberships
        .iter()
        .map(|it| (it.org_id.to_string(), it.organization.clone()))
        .collect();
    if several {
        organisations.insert(0, (String::new(), String::from("All my organisations")));
    }
    let settings = &signed.membership.settings;
    let may = signed.actor.may(Action::Tokens, Thing::Organization, settings);
    Ok(Tokens {
        tokens: found.into_iter().map(|it| line(state, signed, it)).collect(),
        typed,
        organisations,
        refused: (!may).then_some("Observers make no tokens: ask an administrator for another role."),
        ..Tokens::default()
    })
}

fn line(state: &AppState, signed: &Signed, it: ApiToken) -> TokenLine {
    let of = |org: Id| signed.session.memberships.iter().find(|one| one.org_id == org);
    TokenLine {
        id: it.id,
        name: it.name,
        scopes: it.scopes.replace(',', ", "),
        organisation: it.org_id.map(|org| {
            of(org).map_or_else(|| String::from("An organisation you left"), |it| it.organization.clone())
        }),
        made: it.created_at,
        ends: it.expires_at,
        ended: it.expires_at <= state.app.now(),
        used: it.last_used_at.map(|at| (at, it.last_used_from)),
    }
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let made = match read(&signed, &fields) {
        Ok((actor, input)) => state.app.create_token(&actor, input).await,
        Err(error) => Err(error.into()),
    };
    match made {
        // The one page that shows a secret: it is nowhere to be read again, so that there is no address to send to.
        Ok(made) => {
            let fresh = Some((made.token.name.as_str(), made.secret.as_str()));
            let content = Tokens { fresh, ..content(&state, &signed, Typed::default()).await? };
            shown(&state, &signed, StatusCode::OK, &tokens::page(&signed.ctx(&state), &content)).await
        }
        Err(error) => {
            let (status, typed) = typed::refused(error, &fields)?;
            let content = content(&state, &signed, typed).await?;
            shown(&state, &signed, status, &tokens::page(&signed.ctx(&state), &content)).await
        }
    }
}

/// Who makes the token, in which organisation, and what it is made of.
fn read(signed: &Signed, fields: &Fields) -> Result<(Actor, TokenInput), FieldError> {
    let scopes = fields.pairs().iter().filter(|(name, _)| name == "scope").map(|(_, value)| value.parse());
    let scopes: Result<Vec<_>, _> = scopes.collect();
    let days = fields.filled("expires_in_days").map(str::parse).transpose();
    let org = fields.filled("organization");
    let unknown = || FieldError::new("organization", "unknown", "is none of yours");
    let actor = match org {
        Some(org) => {
            let of = signed.session.memberships.iter().find(|it| it.org_id.to_string() == org);
            actor_of(of.ok_or_else(unknown)?, Via::Browser, Scopes::ALL)
        }
        None => signed.actor.clone(),
    };
    let input = TokenInput {
        name: fields.get("name").to_owned(),
        scopes: scopes.map_err(|_| FieldError::new("scopes", "invalid", "are not all known"))?,
        days: days
            .map_err(|_| FieldError::new("expires_in_days", "wrong_type", "must be a number of days"))?,
        only_here: org.is_some(),
    };
    Ok((actor, input))
}

async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path(token): Path<Id>,
) -> Result<Response, Failure> {
    let found = state.app.list_tokens(signed.session.user_id).await?;
    let found = found.into_iter().find(|it| it.id == token).ok_or(Error::NotFound("token"))?;
    let dialog = tokens::revocation(&signed.ctx(&state), &line(&state, &signed, found));
    shell::framed(&state, &signed, StatusCode::OK, Section::Elsewhere, "Revoke a token", &dialog).await
}

async fn revoke(
    State(state): State<AppState>,
    signed: Signed,
    Path(token): Path<Id>,
) -> Result<Response, Failure> {
    state.app.revoke_token(&signed.actor, token).await?;
    Ok(go(&format!("{}?revoked", Part::Tokens.path()), signed.htmx))
}
