//! Deleting a goal by page, after asking, and bringing it back, at once or from the list of deleted goals.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_app::PageRequest;
use northing_app::goal::Deletion;
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::confirm::{self, Confirm};
use northing_ui::components::feedback::{self, Action, Tone};
use northing_ui::components::form;
use northing_ui::layout::Page;
use northing_ui::pages::trash::{self, Line};
use northing_ui::{format, paths};

use super::explorer::Asked;
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::TRASH, deleted)
        .get("/goals/{goal}/deletion", ask)
        .post("/goals/{goal}/deletion", delete)
        .post("/goals/{goal}/restoration", restore)
}

async fn ask(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let found = state.app.deletion(&signed.actor, id).await?;
    let dialog = confirm::dialog(&ctx, &question(&found));
    if signed.htmx {
        return Ok(Html(dialog.into_string()).into_response());
    }
    let page = Page::plain(format!("Delete {}", found.goal.title), html! { div.pad { (dialog) } });
    shell::document(&state, &signed, &page).await
}

fn question(found: &Deletion) -> Confirm {
    let goal = &found.goal;
    let below = match goal.child_count {
        0 => String::from("Nothing is aligned to it."),
        1 => String::from("The goal below it stays and loses this parent."),
        many => format!("The {many} goals below it stay and lose this parent."),
    };
    let version = goal.version.to_string();
    let with = match found.below {
        1 => String::from("Delete it with everything under it: 1 goal"),
        many => format!("Delete it with everything under it: {} goals", format::count(many)),
    };
    Confirm {
        title: format!("Delete “{}”?", goal.title),
        text: format!("{below} You can restore it for 30 days."),
        verb: String::from("Delete goal"),
        href: paths::goal_part(goal.id, "deletion"),
        back: paths::goal(goal.id),
        extra: Some(html! {
            input type="hidden" name="version" value=(version);
            @if found.below > 0 { (form::checkbox("children", &with, Some("Goals that are aligned elsewhere as well stay."), false)) }
            @if let Some(refusal) = &found.refusal { p.hint { "What is under it cannot go with it. " (refusal) } }
        }),
    }
}

/// What was deleted and can be restored.
async fn deleted(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let asked = Asked::read(raw);
    let cursor = asked.one("cursor").map(ToOwned::to_owned);
    let on = cursor.is_some();
    let found = state.app.trash(&signed.actor, &PageRequest { limit: 50, cursor }).await?;
    let lines: Vec<Line> = found
        .items
        .into_iter()
        .map(|line| Line {
            goal: line.deleted.id,
            kind: line.deleted.kind,
            title: line.deleted.title,
            more: usize::try_from(line.deleted.together.saturating_sub(1)).unwrap_or(0),
            by: line.deleted.by.map_or_else(|| String::from("somebody who is gone"), |(_, name)| name),
            at: line.deleted.at,
            until: line.until.day_in(&ctx.zone),
            may_restore: line.may_restore,
        })
        .collect();
    let more = found.next.map(|next| asked.with(paths::TRASH, "cursor", &[next]));
    if signed.htmx && on {
        return Ok(Html(trash::rows(&ctx, &lines, more.as_deref()).into_string()).into_response());
    }
    shell::document(&state, &signed, &trash::page(&ctx, &lines, more.as_deref())).await
}

async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = fields
        .filled("version")
        .map(str::parse::<i64>)
        .transpose()
        .map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    let goal = state.app.goal(&signed.actor, id).await?;
    let done = state.app.delete_goal(&signed.actor, id, version, fields.ticked("children")).await?;
    let text = match done.goal_ids.len() {
        0 | 1 => format!("Deleted: {}", goal.title),
        many => format!("Deleted: {} and {} below it", goal.title, format::count(many.saturating_sub(1))),
    };
    let undo = Action {
        label: String::from("Undo"),
        href: paths::goal_part(id, "restoration"),
        csrf: signed.csrf.clone(),
    };
    if signed.htmx {
        return Ok(told(&feedback::toast_swap(Tone::Good, &text, Some(&undo))));
    }
    let main = html! {
        div.pad {
            (feedback::note(Tone::Good, &html! { (text) }))
            form method="post" action=(undo.href) {
                input type="hidden" name="csrf" value=(undo.csrf);
                button.btn type="submit" { "Restore it" }
                " " a.btn href=(paths::EXPLORER) { "Explorer" }
            }
        }
    };
    shell::document(&state, &signed, &Page::plain(String::from("Deleted"), main)).await
}

async fn restore(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let goal = state.app.restore_goal(&signed.actor, id).await?;
    if signed.htmx {
        let text = format!("Restored: {}", goal.title);
        return Ok(told(&feedback::toast_swap(Tone::Good, &text, None)));
    }
    Ok(go(&paths::goal(id), false))
}

/// Closes the dialog and tells; what moved comes by the live updates.
fn told(toast: &Markup) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert("hx-trigger", HeaderValue::from_static("dialog:close"));
    (headers, Html(toast.clone().into_string())).into_response()
}
