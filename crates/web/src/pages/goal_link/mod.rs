//! Linking a goal to a data source by page: the form with what it would say, saving it, removing it, syncing it, filling the past.

mod draft;
mod form;
mod read;
mod show;
mod tree;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_app::Error;
use northing_app::sources::{Link, LinkFor};
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::format;
use northing_ui::pages::{goal_source, link_source};
use northing_ui::paths;

use self::read::Pairs;
use super::explorer::Asked;
use super::{admin, connections};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) use draft::{Draft, begin as begin_draft, create as create_draft};
pub(crate) use show::{source, split, value};

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/link", open)
        .post("/goals/{goal}/link", save)
        .post("/goals/{goal}/link/preview", preview)
        .post("/goals/{goal}/link/queries", queries)
        .get("/goals/{goal}/link/folder", folder)
        .post("/goals/{goal}/link/items", items)
        .post("/goals/{goal}/link/sync", sync)
        .get("/goals/{goal}/link/history", history)
        .post("/goals/{goal}/link/history", fill)
        .get("/goals/{goal}/link/removal", ask)
        .post("/goals/{goal}/link/removal", remove)
        .merge(draft::routes())
}

async fn open(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let connection = asked.id("connection_id")?.or(asked.id("connection")?);
    let saved = asked.one("saved").map(ToOwned::to_owned);
    opened(&state, &signed, goal, connection, saved.as_deref()).await
}

/// The form of a goal's link with a connection chosen; where there is none to choose, the form of a new connection. `saved`: whether the goal was
/// `changed` on the way here, so that the form says what is saved and what is not.
pub(crate) async fn opened(
    state: &AppState,
    signed: &Signed,
    goal: Id,
    connection: Option<Id>,
    saved: Option<&str>,
) -> Result<Response, Failure> {
    let begin = state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    if begin.refused.is_none() && begin.connections.is_empty() && begin.may_connect {
        return connections::first(state, signed, goal).await;
    }
    let mut values = form::begin(&begin, connection);
    values.extend(saved.map(|how| (String::from("saved"), how.to_owned())));
    let form = form::shown(state, signed, LinkFor::Goal(goal), &begin, values).await?;
    shown(state, signed, StatusCode::OK, &form).await
}

/// The form as a dialog under htmx, as a page else.
async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &link_source::LinkForm,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    if signed.htmx {
        return Ok((status, Html(link_source::dialog(&ctx, form).into_string())).into_response());
    }
    admin::answer(state, signed, status, &link_source::page(&ctx, form)).await
}

/// The form again with what was typed, nothing saved.
async fn again(
    state: &AppState,
    signed: &Signed,
    goal: Id,
    pairs: &Pairs,
    (status, errors, refusal): (StatusCode, Vec<(String, String)>, Option<String>),
) -> Result<Response, Failure> {
    let begin = state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    let mut form = form::shown(state, signed, LinkFor::Goal(goal), &begin, pairs.to_vec()).await?;
    form.typed.errors.extend(errors);
    form.typed.refusal = refusal;
    shown(state, signed, status, &form).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let pairs = fields.pairs();
    if fields.filled("act").is_some() {
        return again(&state, &signed, goal, pairs, (StatusCode::OK, Vec::new(), None)).await;
    }
    let begin = state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    let saved = match read::read(pairs, &begin.goal) {
        Ok(input) => state.app.put_link(&signed.actor, goal, read::version(&fields)?, input).await,
        Err(errors) => Err(Error::Invalid(errors)),
    };
    match saved {
        Ok(link) => {
            if fields.ticked("history") {
                state.app.request_backfill(&signed.actor, goal).await?;
            }
            Ok(linked(&signed, goal, &begin.goal.title, &link))
        }
        Err(Error::Conflict) => {
            let words = "Somebody else changed this link meanwhile. What you entered is below; save again to put it in its place.";
            let mut kept = pairs.to_vec();
            let version = begin.link.as_ref().map_or(0, |link| link.version);
            kept.retain(|(name, _)| name != "version");
            kept.push((String::from("version"), version.to_string()));
            let told = (StatusCode::CONFLICT, Vec::new(), Some(words.to_owned()));
            again(&state, &signed, goal, &kept, told).await
        }
        Err(Error::Invalid(errors)) => {
            let told = errors.iter().map(read::at_field).collect();
            again(&state, &signed, goal, pairs, (StatusCode::UNPROCESSABLE_ENTITY, told, None)).await
        }
        Err(Error::Refused(refusal)) => {
            let told = (StatusCode::UNPROCESSABLE_ENTITY, Vec::new(), Some(refusal.message.to_string()));
            again(&state, &signed, goal, pairs, told).await
        }
        Err(other) => Err(other.into()),
    }
}

/// Linked: the first value is there. The goal comes by the live updates.
fn linked(signed: &Signed, goal: Id, title: &str, link: &Link) -> Response {
    if !signed.htmx {
        return go(&paths::goal(goal), false);
    }
    let counted = link.counts.map_or_else(String::new, |(matching, completed, _)| {
        format!(" {matching} match, {completed} completed.")
    });
    let text = format!("Linked to {}: {title}.{counted}", show::name(&link.kind));
    let toast = feedback::toast_swap(Tone::Good, &text, None);
    let headers = [("hx-trigger", r#"{"tree:changed":{},"dialog:close":{}}"#)];
    (headers, Html(toast.into_string())).into_response()
}

async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let begin = state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    let form = form::looked(&state, &signed, LinkFor::Goal(goal), &begin, fields.pairs()).await?;
    Ok(Html(link_source::looked(&signed.ctx(&state), &form).into_string()).into_response())
}

async fn queries(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let begin = state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    let form = form::with_tree(&state, &signed, &begin, fields.pairs()).await?;
    Ok(Html(link_source::tree(&form).into_string()).into_response())
}

async fn folder(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let connection = asked.id("connection_id")?.ok_or(Error::NotFound("connection"))?;
    let (place, name) = (asked.one("place").unwrap_or_default(), asked.one("name").unwrap_or_default());
    // Whoever may not link the goal looks at no queries for it.
    state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    let read = tree::one_folder(&state, &signed, Some(goal), connection, (place, name)).await?;
    Ok(Html(link_source::folder("", &read).into_string()).into_response())
}

async fn items(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    found_items(&state, &signed, Some(goal), fields.pairs()).await
}

/// The work items that are picked, with those that a search finds.
async fn found_items(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    pairs: &Pairs,
) -> Result<Response, Failure> {
    let (picked, found) =
        (form::picked(state, signed, goal, pairs).await?, form::found(state, signed, goal, pairs).await);
    let content = match found {
        Ok(found) => link_source::found_items(&picked, found.as_deref()),
        Err(error) => feedback::note(Tone::Failure, &html! { (read::sentence(error)?) }),
    };
    Ok(Html(content.into_string()).into_response())
}

async fn sync(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
) -> Result<Response, Failure> {
    let link = state.app.sync_goal(&signed.actor, goal).await?;
    if !signed.htmx {
        return Ok(go(&paths::goal(goal), false));
    }
    let toast = match &link.error {
        Some(error) => {
            let (message, remedy) = connections::words(error);
            feedback::toast_swap(Tone::Failure, &format!("{message} {remedy}"), None)
        }
        None => {
            let value = link.value.map(|value| show::value(link.options.mode, value)).unwrap_or_default();
            feedback::toast_swap(
                Tone::Good,
                &format!("Synced: {} says {value}.", show::name(&link.kind)),
                None,
            )
        }
    };
    Ok(Html(toast.into_string()).into_response())
}

async fn history(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
) -> Result<Response, Failure> {
    let fill = state.app.backfill_progress(&signed.actor, goal).await?;
    let ctx = signed.ctx(&state);
    if !signed.htmx {
        return Ok(go(&paths::goal(goal), false));
    }
    Ok(Html(goal_source::filling(&ctx, goal, show::fill(fill.as_ref()).as_ref()).into_string())
        .into_response())
}

async fn fill(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
) -> Result<Response, Failure> {
    state.app.request_backfill(&signed.actor, goal).await?;
    if !signed.htmx {
        return Ok(go(&paths::goal(goal), false));
    }
    let toast = feedback::toast_swap(Tone::Info, "The graph is being filled, a point a week.", None);
    Ok(Html(toast.into_string()).into_response())
}

async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
) -> Result<Response, Failure> {
    let begin = state.app.link_form(&signed.actor, LinkFor::Goal(goal)).await?;
    let link = begin.link.ok_or(Error::NotFound("link"))?;
    let value = begin.goal.progress.map(format::percent);
    let question =
        goal_source::removal(&signed.ctx(&state), goal, &begin.goal.title, value.as_deref(), link.version);
    admin::dialog(&state, &signed, StatusCode::OK, "Remove link", &question).await
}

async fn remove(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    state.app.delete_link(&signed.actor, goal, read::version(&fields)?).await?;
    if !signed.htmx {
        return Ok(go(&paths::goal(goal), false));
    }
    let toast = feedback::toast_swap(Tone::Good, "Link removed. The goal keeps its value.", None);
    let headers = [("hx-trigger", r#"{"tree:changed":{},"dialog:close":{}}"#)];
    Ok((headers, Html(toast.into_string())).into_response())
}
