//! Tags by page: the list, new ones, renaming, deleting after asking.

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use northing_app::tags::Tag;
use northing_app::{Error, PageRequest, Trouble};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::confirm::{self, Confirm};
use northing_ui::layout::Section;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::tags::{self, TagLine, Tags};
use northing_ui::paths;

use super::explorer::Asked;
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::TAGS, list)
        .post(paths::TAGS, create)
        .get("/tags/{tag}/edit", edit)
        .post("/tags/{tag}", rename)
        .get("/tags/{tag}/deletion", ask)
        .post("/tags/{tag}/deletion", delete)
}

async fn list(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    listed(&state, &signed, &Asked::read(raw), StatusCode::OK, &Typed::default()).await
}

async fn listed(
    state: &AppState,
    signed: &Signed,
    asked: &Asked,
    status: StatusCode,
    typed: &Typed,
) -> Result<Response, Failure> {
    let query = asked.one("q").unwrap_or_default().trim();
    let page = PageRequest::new(Some(100), asked.one("cursor").map(ToOwned::to_owned))?;
    let rights = state.app.tag_rights(&signed.actor).await?;
    let found = state.app.list_tags(&signed.actor, query, &page).await?;
    let next = found.next.map(|cursor| asked.with(paths::TAGS, "cursor", &[cursor]));
    let line = |it: Tag| TagLine {
        id: it.id,
        href: Asked::default().with(paths::EXPLORER, "tag", std::slice::from_ref(&it.name)),
        name: it.name,
        goals: usize::try_from(it.goals).unwrap_or(0),
    };
    let shown = Tags {
        query: query.to_owned(),
        lines: found.items.into_iter().map(line).collect(),
        next,
        may_create: rights.create,
        may_manage: rights.manage,
    };
    let mut answer = shell::document(state, signed, &tags::page(&signed.ctx(state), &shown, typed)).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

/// A refused name as errors at the field; everything else is for the caller.
fn refused(error: Error) -> Result<Vec<(String, String)>, Failure> {
    match error {
        Error::Invalid(errors) => {
            Ok(errors.iter().map(|it| (it.field.to_string(), it.message.to_string())).collect())
        }
        error @ Error::Store(_) if matches!(error.trouble(), Trouble::Taken(_)) => {
            Ok(vec![(String::from("name"), String::from("There is a tag of this name already."))])
        }
        other => Err(other.into()),
    }
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    match state.app.create_tag(&signed.actor, fields.get("name")).await {
        Ok(_) => Ok(go(paths::TAGS, signed.htmx)),
        Err(error) => {
            let errors = refused(error)?;
            let typed = Typed { values: fields.pairs().to_vec(), errors, refusal: None };
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            listed(&state, &signed, &Asked::default(), status, &typed).await
        }
    }
}

async fn edit(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let tag = state.app.tag(&signed.actor, id).await?;
    let values = vec![(String::from("name"), tag.name), (String::from("version"), tag.version.to_string())];
    shown(&state, &signed, id, StatusCode::OK, &Typed { values, ..Typed::default() }).await
}

async fn rename(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let name = fields.get("name");
    let error = match state.app.rename_tag(&signed.actor, id, name, version(&fields)?).await {
        Ok(_) => return Ok(go(paths::TAGS, signed.htmx)),
        Err(error) => error,
    };
    let mut typed = Typed { values: fields.pairs().to_vec(), ..Typed::default() };
    let status = if matches!(error, Error::Conflict) {
        // What was typed stays; saving again means it.
        let now = state.app.tag(&signed.actor, id).await?;
        typed.refusal = Some(format!("Somebody renamed it to “{}” meanwhile.", now.name));
        typed.values.retain(|(name, _)| name != "version");
        typed.values.push((String::from("version"), now.version.to_string()));
        StatusCode::CONFLICT
    } else {
        typed.errors = refused(error)?;
        StatusCode::UNPROCESSABLE_ENTITY
    };
    shown(&state, &signed, id, status, &typed).await
}

fn version(fields: &Fields) -> Result<Option<i64>, FieldError> {
    let version = fields.filled("version").map(str::parse).transpose();
    version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    id: Id,
    status: StatusCode,
    typed: &Typed,
) -> Result<Response, Failure> {
    let dialog = tags::rename(&signed.ctx(state), id, typed);
    shell::framed(state, signed, status, Section::Elsewhere, "Rename tag", &dialog).await
}

async fn ask(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    let tag = state.app.tag(&signed.actor, id).await?;
    let text = match tag.goals {
        0 => String::from("No goal that you see has it. This cannot be undone."),
        1 => String::from("One goal loses it. This cannot be undone."),
        many => format!("{many} goals lose it. This cannot be undone."),
    };
    let question = Confirm {
        title: format!("Delete the tag “{}”?", tag.name),
        text,
        verb: String::from("Delete tag"),
        href: tags::path(id, "deletion"),
        back: paths::TAGS.to_owned(),
        extra: Some(html! { input type="hidden" name="version" value=(tag.version); }),
    };
    let dialog = confirm::dialog(&signed.ctx(&state), &question);
    shell::framed(&state, &signed, StatusCode::OK, Section::Elsewhere, "Delete tag", &dialog).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.delete_tag(&signed.actor, id, version(&fields)?).await?;
    Ok(go(paths::TAGS, signed.htmx))
}
