//! Checking in by page: the dialog, its preview, the quick row of My OKRs, and comments.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_app::Error;
use northing_app::check_in::{Changed, CheckedIn, NewCheckIn};
use northing_app::goal::view::GoalView;
use northing_core::check_in::CheckInInput;
use northing_core::errors::FieldError;
use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::components::progress::Progress;
use northing_ui::components::status::Shown;
use northing_ui::pages::check_in::{self, CheckInForm, Move, Preview};
use northing_ui::{Ctx, format, paths};

use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/check-ins/new", new)
        .post("/goals/{goal}/check-ins", create)
        .post("/goals/{goal}/check-ins/preview", preview)
        .post("/goals/{goal}/resume", resume)
        .post("/goals/{goal}/comments", comment)
}

async fn new(State(state): State<AppState>, signed: Signed, Path(id): Path<Id>) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let goal = state.app.goal(&signed.actor, id).await?;
    let current = current(&goal);
    let mut form = form(&ctx, &goal);
    form.value = current.map(plain).unwrap_or_default();
    form.preview = previewed(&state, &signed, &goal, input_of(&goal, current, None, false, false)).await?;
    shown(&state, &signed, &ctx, StatusCode::OK, &form).await
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    status: StatusCode,
    form: &CheckInForm,
) -> Result<Response, Failure> {
    if signed.htmx {
        return Ok((status, Html(check_in::dialog(ctx, form).into_string())).into_response());
    }
    let mut answer = shell::document(state, signed, &check_in::page(ctx, form)).await?;
    *answer.status_mut() = status;
    Ok(answer)
}

async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let goal = state.app.goal(&signed.actor, id).await?;
    let found = match read(&goal, &fields) {
        Ok(new) => previewed(&state, &signed, &goal, new).await?,
        Err(error) => Preview { error: Some(error.message.to_string()), ..Preview::default() },
    };
    Ok(Html(check_in::moves(&found).into_string()).into_response())
}

async fn create(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let goal = state.app.goal(&signed.actor, id).await?;
    let outcome = match read(&goal, &fields) {
        Ok(new) => state.app.create_check_in(&signed.actor, id, new).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(done) => Ok(saved(&signed, &goal, &done, &fields)),
        Err(Error::Invalid(errors)) => {
            let mut form = form(&ctx, &goal);
            form.value = fields.get("value").to_owned();
            form.status = fields.get("status").to_owned();
            form.note = fields.get("note").to_owned();
            form.stop = fields.ticked("stop_automatic");
            form.errors = errors.iter().map(|it| (it.field.to_string(), it.message.to_string())).collect();
            let mut answer = shown(&state, &signed, &ctx, StatusCode::UNPROCESSABLE_ENTITY, &form).await?;
            if fields.get("from") == "home" && signed.htmx {
                // The quick row has no place for all of this: the refusal opens the dialog.
                let headers = answer.headers_mut();
                headers.insert("hx-retarget", HeaderValue::from_static("#dialog"));
                headers.insert("hx-reswap", HeaderValue::from_static("innerHTML"));
            }
            Ok(answer)
        }
        Err(other) => Err(other.into()),
    }
}

/// Back to where the check-in came from; under htmx a toast, while the rows that moved come by the live updates.
fn saved(signed: &Signed, goal: &GoalView, done: &CheckedIn, fields: &Fields) -> Response {
    if !signed.htmx {
        let back = if fields.get("from") == "home" { paths::HOME.to_owned() } else { paths::goal(goal.id) };
        return go(&back, false);
    }
    let text = match done.changed.len() {
        0 => format!("Checked in: {}", goal.title),
        1 => format!("Checked in: {}. One goal above moved.", goal.title),
        many => format!("Checked in: {}. {many} goals above moved.", goal.title),
    };
    let mut headers = HeaderMap::new();
    headers.insert("hx-trigger", HeaderValue::from_static("dialog:close"));
    let fragment = html! {
        @if fields.get("from") == "home" { li.mut.sm { (text) } }
        (feedback::toast_swap(Tone::Good, &text, None))
    };
    (headers, Html(fragment.into_string())).into_response()
}

async fn resume(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let new = NewCheckIn {
        input: CheckInInput { resume_automatic: true, ..CheckInInput::default() },
        ..NewCheckIn::default()
    };
    state.app.create_check_in(&signed.actor, id, new).await?;
    Ok(go(&paths::goal(id), signed.htmx))
}

async fn comment(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let check_in =
        fields.filled("check_in").map(str::parse).transpose().map_err(|_| Error::NotFound("check-in"))?;
    let text = fields.filled("body").or_else(|| fields.filled("text")).unwrap_or_default().to_owned();
    state.app.create_comment(&signed.actor, id, check_in, &text).await?;
    Ok(go(&paths::goal(id), signed.htmx))
}

/// What was typed as a check-in.
fn read(goal: &GoalView, fields: &Fields) -> Result<NewCheckIn, FieldError> {
    let typed = fields.get("value").trim().trim_end_matches('%').replace([' ', '\u{a0}', '\u{202f}'], "");
    let typed = if typed.contains('.') { typed.replace(',', "") } else { typed.replacen(',', ".", 1) };
    let value = if typed.is_empty() {
        None
    } else {
        let number: f64 =
            typed.parse().ok().filter(|number: &f64| number.is_finite()).ok_or_else(|| {
                FieldError::new("value", "wrong_type", "must be a number, for example 42.5")
            })?;
        Some(number)
    };
    let status = match fields.get("status") {
        "" => None,
        text => Some(text.parse().map_err(|_| FieldError::new("status", "invalid", "is no status"))?),
    };
    let mut new =
        input_of(goal, value, status, fields.ticked("stop_automatic"), fields.ticked("resume_automatic"));
    new.note = fields.filled("note").map(ToOwned::to_owned);
    Ok(new)
}

fn input_of(
    goal: &GoalView,
    value: Option<f64>,
    status: Option<northing_core::status::Status>,
    stop: bool,
    resume: bool,
) -> NewCheckIn {
    let percent = goal.metric.kind == MetricKind::Percent;
    let value = value.filter(|_| !resume);
    NewCheckIn {
        input: CheckInInput {
            value: value.filter(|_| !percent),
            progress: value.filter(|_| percent),
            status,
            stop_automatic: stop,
            resume_automatic: resume,
        },
        note: None,
        as_of: None,
    }
}

/// What the use case says would move; a refusal becomes words.
async fn previewed(
    state: &AppState,
    signed: &Signed,
    goal: &GoalView,
    new: NewCheckIn,
) -> Result<Preview, Failure> {
    match state.app.preview_check_in(&signed.actor, goal.id, &new).await {
        Ok(done) => {
            let mut moves: Vec<Move> =
                done.changed.iter().rev().map(|changed| moved(goal, changed, false)).collect();
            moves.push(moved(goal, &done.goal, true));
            Ok(Preview { suggested: Some(done.suggested), moves, error: None })
        }
        Err(Error::Invalid(errors)) => {
            let words: Vec<_> = errors.iter().map(|it| it.message.to_string()).collect();
            Ok(Preview { error: Some(words.join(" ")), ..Preview::default() })
        }
        Err(Error::Refused(refusal)) => {
            Ok(Preview { error: Some(refusal.message.to_string()), ..Preview::default() })
        }
        Err(other) => Err(other.into()),
    }
}

fn moved(goal: &GoalView, changed: &Changed, own: bool) -> Move {
    Move {
        kind: own.then_some(goal.kind),
        title: if own { goal.title.clone() } else { changed.title.clone().unwrap_or_default() },
        now: Progress {
            actual: changed.progress_before,
            expected: goal.expected_progress.filter(|_| own),
            status: Shown::from(changed.status_after),
        },
        before: changed.progress_before,
        after: changed.progress_after,
        status: Shown::from(changed.status_after),
        own,
    }
}

/// The empty form of a goal.
fn form(ctx: &Ctx, goal: &GoalView) -> CheckInForm {
    let percent = goal.metric.kind == MetricKind::Percent;
    let unit = goal.metric.unit.as_deref();
    let span = goal.metric.span().filter(|_| !percent);
    let automatic = goal.progress_mode != ProgressMode::Manual;
    CheckInForm {
        goal: goal.id,
        kind: goal.kind,
        title: goal.title.clone(),
        label: goal.metric.name.clone().map_or_else(
            || String::from(if percent { "Progress now" } else { "Value now" }),
            |name| format!("{name} now"),
        ),
        value: String::new(),
        unit: match span {
            Some((start, target)) => {
                format!("of {} → {}", format::value(start, unit), format::value_with_unit(target, unit))
            }
            None => String::from(if percent { "%" } else { unit.unwrap_or_default() }),
        },
        was: match (current(goal), goal.last_check_in_at) {
            (Some(value), Some(at)) => format!(
                "Was {} on {}.",
                if percent { format::percent(value) } else { format::value_with_unit(value, unit) },
                format::day_long(at.day_in(&ctx.zone))
            ),
            _ => String::new(),
        },
        status: String::new(),
        note: String::new(),
        errors: Vec::new(),
        automatic: automatic && !goal.automatic_stopped,
        stop: false,
        resume_from: (automatic && goal.automatic_stopped).then(|| match goal.progress_mode {
            ProgressMode::DataSource => String::from("the data source"),
            _ => String::from("the goals below"),
        }),
        guidance: goal.scoring_guidance.clone().unwrap_or_default(),
        preview: Preview::default(),
    }
}

/// Where the goal stands, in what the field asks for.
fn current(goal: &GoalView) -> Option<f64> {
    if goal.metric.kind == MetricKind::Percent { goal.progress_unclamped } else { goal.metric.current }
}

/// A number as one types it.
fn plain(value: f64) -> String {
    let rounded = (value * 10_000.0).round() / 10_000.0;
    rounded.to_string()
}
