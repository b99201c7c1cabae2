//! Closing, postponing and reopening by page; and closing what remains of a list, one goal after the other.

mod onward;

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_app::Error;
use northing_app::goal::{CloseInput, Closing, PostponeInput, Postponed, SuggestedScore};
use northing_core::errors::FieldError;
use northing_core::goal::ProgressMode;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::pages::close::{self as pages, CloseForm, Score};
use northing_ui::pages::entry::Typed;
use northing_ui::{Ctx, format, paths};

use super::check_in::form::{asks, current, plain};
use super::check_in::{closing, queue};
use super::explorer::Asked;
use super::numbers::number;
use super::{goal::check_ins, shell};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;
use onward::Onward;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/closing", onward::next)
        .get("/goals/{goal}/close", ask)
        .post("/goals/{goal}/close", end)
        .post("/goals/{goal}/close/score", score)
        .get("/goals/{goal}/reopen", ask_reopening)
        .post("/goals/{goal}/reopen", reopen)
}

/// What the form begins with besides what the goal says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Draft {
    pub(crate) value: Option<f64>,
    pub(crate) end: Option<Status>,
    pub(crate) note: String,
}

async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let end = Asked::read(raw).one("end").and_then(|end| end.parse().ok());
    open(&state, &signed, id, Draft { end, ..Draft::default() }, None).await
}

/// The form of a goal; `place` where its check-in belonged to the queue.
pub(crate) async fn open(
    state: &AppState,
    signed: &Signed,
    id: Id,
    draft: Draft,
    place: Option<queue::Place>,
) -> Result<Response, Failure> {
    let onward = place.map_or(Onward::Back, Onward::CheckIns);
    shell::dialog(state, signed, StatusCode::OK, begun(state, signed, id, draft, &onward).await?).await
}

async fn begun(
    state: &AppState,
    signed: &Signed,
    id: Id,
    draft: Draft,
    onward: &Onward,
) -> Result<northing_ui::components::dialog::Dialog, Failure> {
    let ctx = signed.ctx(state);
    let found = state.app.closing(&signed.actor, id).await?;
    let suggested = match draft.value {
        Some(value) => state.app.suggested_goal_score(&signed.actor, id, Some(value)).await?,
        None => found.suggested,
    };
    let score = shown_score(&ctx, &suggested);
    let values = [
        ("value", draft.value.or_else(|| current(&found.goal)).map(plain).unwrap_or_default()),
        ("end", draft.end.unwrap_or(found.first).name().to_owned()),
        ("score", score.suggested.clone()),
        ("note", draft.note),
        ("period", found.next.map(|id| id.to_string()).unwrap_or_default()),
        ("carry", String::from("reset")),
    ];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let typed = Typed { values, ..Typed::default() };
    Ok(pages::form(&ctx, &form(found, score, typed, onward, id)))
}

fn form(found: Closing, score: Score, typed: Typed, onward: &Onward, id: Id) -> CloseForm {
    let goal = &found.goal;
    let by_hand = goal.progress_mode == ProgressMode::Manual || goal.automatic_stopped;
    let value = current(goal);
    CloseForm {
        goal: goal.id,
        kind: goal.kind,
        title: goal.title.clone(),
        asks: by_hand.then(|| {
            let asks = asks(goal, value, None);
            (
                asks.label
                    .strip_suffix(" now")
                    .map_or(asks.label.clone(), |name| format!("{name} at the end")),
                asks.unit,
            )
        }),
        stands: value.map_or_else(
            || String::from("It has no value yet."),
            |value| format!("It stands at {}.", check_ins::shown(&goal.metric, value)),
        ),
        score,
        open: found.suggested.open,
        periods: found.periods.iter().map(|period| (period.id.to_string(), period.name.clone())).collect(),
        typed,
        onward: onward.shown(id),
    }
}

fn shown_score(ctx: &Ctx, suggested: &SuggestedScore) -> Score {
    let Some(score) = suggested.score else {
        return Score {
            suggested: String::new(),
            why: String::from("From 0 to 1. A baseline has no progress that would suggest one."),
        };
    };
    let words = format::score(score);
    let why = match suggested.key_results {
        0 => format!("From 0 to 1. Progress makes {words}. You may give another."),
        1 => format!(
            "From 0 to 1. {words} is the score of its {}. You may give another.",
            ctx.terms.key_result.one
        ),
        many => format!(
            "From 0 to 1. {words} is the average of its {many} scored {}. You may give another.",
            ctx.terms.key_result.many
        ),
    };
    Score { suggested: words, why }
}

/// The suggestion for another final value.
async fn score(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let value = number("value", fields.get("value")).ok().flatten();
    let found = state.app.suggested_goal_score(&signed.actor, id, value).await?;
    let score = shown_score(&ctx, &found);
    let left = fields.get("score") == fields.get("suggested");
    let typed = if left { score.suggested.clone() } else { fields.get("score").to_owned() };
    let typed = Typed { values: vec![(String::from("score"), typed)], ..Typed::default() };
    Ok(Html(pages::score(&score, &typed).into_string()).into_response())
}

async fn end(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let onward = Onward::read(&fields);
    let outcome = match read(&fields) {
        Ok(Asks::Close(input)) => state.app.close_goal(&signed.actor, id, input).await,
        Ok(Asks::Postpone(input)) => state.app.postpone_goal(&signed.actor, id, input).await,
        Err(errors) => Err(Error::Invalid(errors)),
    };
    let done = match outcome {
        Ok(done) => done,
        Err(Error::Invalid(errors)) => {
            let found = state.app.closing(&signed.actor, id).await?;
            let ctx = signed.ctx(&state);
            let score = shown_score(&ctx, &found.suggested);
            let errors =
                errors.iter().map(|it| (field(&it.field).to_owned(), it.message.to_string())).collect();
            let typed = Typed { values: fields.pairs().to_vec(), errors, refusal: None };
            let dialog = pages::form(&ctx, &form(found, score, typed, &onward, id));
            return shell::dialog(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, dialog).await;
        }
        Err(other) => return Err(other.into()),
    };
    let toast = feedback::toast_swap(Tone::Good, &told(&done), None);
    onward.go_on(&state, &signed, &done.goal, fields.ticked("next"), &toast).await
}

enum Asks {
    Close(CloseInput),
    Postpone(PostponeInput),
}

/// The form's field for a field of the use case.
fn field(name: &str) -> &str {
    match name {
        "continue_in.period_id" | "period_id" => "period",
        "continue_in.note" => "note",
        other => other,
    }
}

fn read(fields: &Fields) -> Result<Asks, Vec<FieldError>> {
    let mut errors = Vec::new();
    let note = fields.filled("note").map(ToOwned::to_owned);
    let period_id = match fields.filled("period").map(str::parse).transpose() {
        Ok(period) => period,
        Err(_) => {
            errors.push(FieldError::new("period", "invalid", "is no period"));
            None
        }
    };
    let progress = fields.filled("carry").and_then(|carry| carry.parse().ok());
    let on = PostponeInput { period_id, progress, note: note.clone() };
    let asks = match fields.get("end") {
        "postponed" => Asks::Postpone(on),
        "closed" => {
            let mut take = |name: &'static str| {
                number(name, fields.get(name)).unwrap_or_else(|error| {
                    errors.push(error);
                    None
                })
            };
            // A score that was left as suggested follows from the final value.
            let left = fields.get("score") == fields.get("suggested");
            let score = take("score").filter(|_| !left);
            let value = take("value");
            let continue_in = fields.ticked("goes_on").then_some(PostponeInput { note: None, ..on });
            Asks::Close(CloseInput { value, score, note, continue_in })
        }
        _ => {
            errors.push(FieldError::new("end", "required", "choose whether it is closed or postponed"));
            Asks::Postpone(on)
        }
    };
    if errors.is_empty() { Ok(asks) } else { Err(errors) }
}

/// What happened, for the toast.
fn told(done: &Postponed) -> String {
    let goal = &done.goal;
    let mut text = match (goal.status, goal.score) {
        (Status::Postponed, _) => format!("Postponed: {}.", goal.title),
        (_, Some(score)) => format!("Closed with {}: {}.", format::score(score), goal.title),
        (_, None) => format!("Closed: {}.", goal.title),
    };
    for also in &done.also_closed {
        let score = also.score.map(|score| format!(" with {}", format::score(score))).unwrap_or_default();
        text.push_str(&format!(" “{}” closed{score}, since all below it is closed.", also.title));
    }
    if done.continued.is_some() {
        text.push_str(" It goes on in another period.");
    }
    text
}

async fn ask_reopening(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let goal = state.app.goal(&signed.actor, id).await?;
    let dialog = pages::reopen(&signed.ctx(&state), id, &goal.title, &Typed::default());
    shell::dialog(&state, &signed, StatusCode::OK, dialog).await
}

async fn reopen(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let note = fields.filled("note").map(ToOwned::to_owned);
    match state.app.reopen_goal(&signed.actor, id, note).await {
        Ok(goal) if signed.htmx => {
            let text = format!("Reopened: {}", goal.title);
            Ok(closing(&feedback::toast_swap(Tone::Good, &text, None)))
        }
        Ok(_) => Ok(go(&paths::goal(id), false)),
        Err(Error::Invalid(errors)) => {
            let goal = state.app.goal(&signed.actor, id).await?;
            let errors = errors.iter().map(|it| (it.field.to_string(), it.message.to_string())).collect();
            let typed = Typed { values: fields.pairs().to_vec(), errors, refusal: None };
            let dialog = pages::reopen(&signed.ctx(&state), id, &goal.title, &typed);
            shell::dialog(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, dialog).await
        }
        Err(other) => Err(other.into()),
    }
}

/// The fragment of a dialog with what is told beside it.
fn with_toast(dialog: &Markup, toast: &Markup) -> Response {
    Html(html! { (dialog) (toast) }.into_string()).into_response()
}
