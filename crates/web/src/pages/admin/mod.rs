//! The pages of those who run an organisation: what their forms share.

mod audit;
mod embedding;
mod export;
mod goals;
pub(crate) mod integrations;
pub(crate) mod invite;
mod members;
mod model;
mod organisation;
mod periods;
mod settings;
mod teams;
mod told;

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use axum::response::Response;
use maud::Markup;
use northing_app::names::Names;
use northing_app::{Error, Trouble};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::conflict::Difference;
use northing_ui::components::picker::{Choice, Of};
use northing_ui::layout::{Page, Section};
use northing_ui::pages::admin::{Form, words};
use northing_ui::pages::entry::Typed;

use super::{pickers, shell};
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .merge(organisation::routes())
        .merge(model::routes())
        .merge(goals::routes())
        .merge(invite::routes())
        .merge(members::routes())
        .merge(teams::routes())
        .merge(periods::routes())
        .merge(integrations::routes())
        .merge(embedding::routes())
        .merge(audit::routes())
        .merge(export::routes())
}

/// A document with another status than 200.
pub(crate) async fn answer(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    page: &Page,
) -> Result<Response, Failure> {
    let mut answer = shell::document(state, signed, page).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// A dialog as a fragment, or standing open on a page.
pub(crate) async fn dialog(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    title: &str,
    dialog: &Markup,
) -> Result<Response, Failure> {
    shell::framed(state, signed, status, Section::Admin, title, dialog).await
}

/// What was typed.
pub(crate) fn typed(fields: &Fields) -> Typed {
    Typed { values: fields.pairs().to_vec(), ..Typed::default() }
}

/// The version that a form was made from.
pub(crate) fn version(fields: &Fields) -> Result<Option<i64>, FieldError> {
    let version = fields.filled("version").map(str::parse).transpose();
    version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))
}

/// The name of the picker whose button was pressed to search, where there are no scripts.
pub(crate) fn searching(fields: &Fields) -> Option<&str> {
    fields.filled("search")
}

/// Puts a refusal into a form; what is no matter of the form is for the caller.
pub(crate) fn refuse(typed: &mut Typed, error: Error) -> Result<(), Failure> {
    match error {
        Error::Invalid(errors) => {
            let at_field = |it: &FieldError| {
                let field = it.field.strip_prefix("settings.").unwrap_or(&it.field);
                (field.to_owned(), it.message.to_string())
            };
            typed.errors = errors.iter().map(at_field).collect();
        }
        Error::Refused(refusal) => typed.refusal = Some(refusal.message.to_string()),
        error @ Error::Store(_) => match error.trouble() {
            Trouble::Taken(field) => typed.errors = vec![(field, String::from("exists already"))],
            _ => return Err(error.into()),
        },
        other => return Err(other.into()),
    }
    Ok(())
}

/// The identifiers in the fields of these names.
fn ids<'a>(typed: &Typed, names: impl IntoIterator<Item = &'a str>) -> Vec<Id> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let chosen = typed.values.iter().filter(|(name, _)| names.contains(name.as_str()));
    let ids: BTreeSet<Id> = chosen.filter_map(|(_, value)| value.parse().ok()).collect();
    ids.into_iter().collect()
}

/// A form with what is chosen in its pickers, and what a search without scripts found.
pub(crate) async fn form(
    state: &AppState,
    signed: &Signed,
    typed: Typed,
    of: &[(&str, Of)],
    search: Option<&str>,
) -> Result<Form, Failure> {
    let ids = ids(&typed, of.iter().map(|(name, _)| *name));
    let names = if ids.is_empty() { Names::default() } else { state.app.names(&signed.actor, &ids).await? };
    let mut chosen: BTreeMap<String, Vec<Choice>> = BTreeMap::new();
    for (field, value) in &typed.values {
        let Some(name) = value.parse().ok().and_then(|id| names.get(id)) else { continue };
        let choice = Choice { value: value.clone(), text: name.to_owned(), ..Choice::default() };
        chosen.entry(field.clone()).or_default().push(choice);
    }
    let found = match search.and_then(|field| of.iter().find(|(name, _)| *name == field)) {
        Some((field, of)) => {
            let query = typed.value(&format!("{field}_query")).to_owned();
            let found = pickers::found(state, signed, *of, &query, pickers::About::default()).await?;
            Some(((*field).to_owned(), found))
        }
        None => None,
    };
    Ok(Form { typed, chosen, found, conflict: None, saved: false })
}

/// Where two versions of a form differ, in words.
pub(crate) async fn differences(
    state: &AppState,
    signed: &Signed,
    labels: &[(&str, &str)],
    now: &Typed,
    yours: &Typed,
) -> Result<Vec<Difference>, Failure> {
    let fields = || labels.iter().map(|(name, _)| *name);
    let mut all = ids(now, fields());
    all.extend(ids(yours, fields()));
    let names = state.app.names(&signed.actor, &all).await?;
    let shown = |typed: &Typed, field: &str| {
        let values = typed.values.iter().filter(|(name, _)| name == field);
        let words = values.map(|(_, value)| match value.parse::<Id>() {
            Ok(id) => names.get(id).unwrap_or("Deleted user").to_owned(),
            Err(_) => words(field, value).replace("\r\n", "\n"),
        });
        words.collect::<Vec<_>>().join(", ")
    };
    let differing = labels.iter().filter_map(|(field, label)| {
        let (now, typed) = (shown(now, field), shown(yours, field));
        (now.trim() != typed.trim()).then(|| Difference { label: (*label).to_owned(), now, typed })
    });
    Ok(differing.collect())
}

/// The names of all time zones.
fn zones() -> Vec<String> {
    jiff::tz::db().available().map(|zone| zone.to_string()).collect()
}

/// The fields of a form with their labels.
type Labels<'a> = &'a [(&'a str, &'a str)];
/// The pickers of a form with what they look for.
type Pickers<'a> = &'a [(&'a str, Of)];

/// A form that was not saved, with the status of the answer: both versions where somebody else was faster, else the reasons at
/// the fields. `now` is how it stands, with its version.
pub(crate) async fn not_saved(
    state: &AppState,
    signed: &Signed,
    error: Error,
    mut typed: Typed,
    now: &Typed,
    (labels, of): (Labels<'_>, Pickers<'_>),
) -> Result<(StatusCode, Form), Failure> {
    let (status, conflict) = if matches!(error, Error::Conflict) {
        let differing = differences(state, signed, labels, now, &typed).await?;
        typed.values.retain(|(name, _)| name != "version");
        typed.values.push((String::from("version"), now.value("version").to_owned()));
        (StatusCode::CONFLICT, Some(differing))
    } else {
        refuse(&mut typed, error)?;
        (StatusCode::UNPROCESSABLE_ENTITY, None)
    };
    Ok((status, Form { conflict, ..form(state, signed, typed, of, None).await? }))
}

/// Replaces the version in a form, so that saving it again puts it in place of what is there now.
pub(crate) fn renew(typed: &mut Typed, version: i64) {
    typed.values.retain(|(name, _)| name != "version");
    typed.values.push((String::from("version"), version.to_string()));
}
