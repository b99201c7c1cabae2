//! Moving a goal in a list: by dragging, by keys, by menu. One address for all of them.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use maud::Markup;
use northing_app::explorer::ListPage;
use northing_app::goal::{MoveInput, MovedGoal, OrderedPage, Place};
use northing_core::errors::FieldError;
use northing_core::goal::GoalKind;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Action, Tone};
use northing_ui::{Ctx, paths};

use super::around::{Around, named_list};
use super::explorer::Asked;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().post("/goals/{goal}/move", relocate).post("/goals/{goal}/moves/{change}/undo", undo)
}

async fn relocate(
    State(state): State<AppState>,
    signed: Signed,
    around: Around,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
    fields: Fields,
) -> Result<Response, Failure> {
    // A menu's entry says it in its address, a form in its fields.
    let asked = Asked::read(raw);
    let value = |name: &str| fields.filled(name).or_else(|| asked.one(name));
    let goal = |name: &'static str| -> Result<Option<Id>, FieldError> {
        value(name).map(str::parse).transpose().map_err(|_| FieldError::new(name, "invalid", "is no goal"))
    };
    let place: Place = value("place").and_then(|place| place.parse().ok()).ok_or_else(|| {
        FieldError::new("place", "invalid", "must be before, after, under, first, last, up or down")
    })?;
    let (page, entity_id) = match value("list") {
        Some(name) => named_list(name).ok_or_else(|| FieldError::new("list", "invalid", "is no list"))?,
        None => around.list(&signed),
    };
    let input = MoveInput {
        place,
        reference: goal("reference")?,
        from: goal("from")?,
        to: goal("to")?,
        page: ordered(page),
        entity_id,
    };
    let done = state.app.move_goal(&signed.actor, id, input).await?;
    if !signed.htmx {
        return Ok(go(&paths::goal(id), false));
    }
    let text = sentence(&signed.ctx(&state), &done, place);
    Ok(again(&feedback::toast_swap(
        Tone::Good,
        &text,
        done.change.map(|change| undo_of(&signed, id, change)).as_ref(),
    )))
}

/// What a toast offers to take back a change of alignment or place.
pub(crate) fn undo_of(signed: &Signed, goal: Id, change: Id) -> Action {
    Action {
        label: String::from("Undo"),
        href: paths::goal_part(goal, &format!("moves/{change}/undo")),
        csrf: signed.csrf.clone(),
    }
}

async fn undo(
    State(state): State<AppState>,
    signed: Signed,
    Path((id, change)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let goal = state.app.undo_alignment(&signed.actor, id, change).await?;
    if !signed.htmx {
        return Ok(go(&paths::goal(id), false));
    }
    let text = format!("“{}” is back where it was", goal.title);
    Ok(again(&feedback::toast_swap(Tone::Good, &text, None)))
}

/// An answer after which trees are read again: what belongs to what has changed.
pub(crate) fn again(answer: &Markup) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert("hx-trigger", HeaderValue::from_static("tree:changed"));
    (headers, Html(answer.clone().into_string())).into_response()
}

/// What happened, in words.
pub(crate) fn sentence(ctx: &Ctx, done: &MovedGoal, place: Place) -> String {
    let title = &done.title;
    let mut text = match (&done.joined, &done.left) {
        (Some(joined), Some(left)) => format!("“{title}” moved from “{left}” to “{joined}”"),
        (Some(joined), None) => format!("“{title}” is now under “{joined}”"),
        (None, Some(left)) => format!("“{title}” is no longer aligned to “{left}”"),
        (None, None) if done.change.is_none() => format!("“{title}” stands there already"),
        (None, None) => match place {
            Place::Up => format!("“{title}” moved up"),
            Place::Down => format!("“{title}” moved down"),
            Place::First | Place::Last | Place::Before | Place::After | Place::Under => {
                format!("“{title}” moved")
            }
        },
    };
    if done.became == Some(GoalKind::Objective) {
        text.push_str(&format!(" and counts as {} now", ctx.terms.label(GoalKind::Objective).to_lowercase()));
    }
    text
}

/// The order of a list's top.
pub(crate) const fn ordered(page: ListPage) -> OrderedPage {
    match page {
        ListPage::All => OrderedPage::All,
        ListPage::Organization => OrderedPage::Organization,
        ListPage::Team => OrderedPage::Team,
        ListPage::Person => OrderedPage::Person,
    }
}
