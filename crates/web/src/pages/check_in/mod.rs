//! Checking in by page: the dialog and its preview, the queue of what one owes, the quick row of My OKRs; changing and
//! removing a check-in; the full list.

mod change;
pub(in crate::pages) mod form;
mod list;
pub(crate) mod preview;
pub(in crate::pages) mod queue;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_app::Error;
use northing_app::check_in::{CheckedIn, NewCheckIn};
use northing_app::goal::view::GoalView;
use northing_core::check_in::CheckInInput;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Action, Tone};
use northing_ui::pages::check_in as pages;
use northing_ui::{Ctx, paths};

use super::explorer::Asked;
use super::numbers::number;
use super::{close, shell};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::CHECK_INS, queue::next)
        .get("/goals/{goal}/check-ins", list::page)
        .get("/goals/{goal}/check-ins/new", new)
        .post("/goals/{goal}/check-ins", create)
        .post("/goals/{goal}/check-ins/preview", preview)
        .get("/goals/{goal}/check-ins/{check_in}", list::one)
        .get("/goals/{goal}/check-ins/{check_in}/edit", change::edit)
        .post("/goals/{goal}/check-ins/{check_in}/edit", change::save)
        .post("/goals/{goal}/check-ins/{check_in}/preview", change::preview)
        .get("/goals/{goal}/check-ins/{check_in}/deletion", change::ask)
        .post("/goals/{goal}/check-ins/{check_in}/deletion", change::delete)
        .post("/goals/{goal}/resume", resume)
}

/// The form; `progress` in the address is the percentage to begin with, where a bar was dragged to.
async fn new(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let begun = number("progress", Asked::read(raw).one("progress").unwrap_or_default())?;
    let form = fresh(&state, &signed, &signed.ctx(&state), id, begun).await?;
    shown(&state, &signed, StatusCode::OK, &form).await
}

/// The form of a goal as it stands, or with this percentage, with what a check-in that says so would move.
async fn fresh(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    id: Id,
    progress: Option<f64>,
) -> Result<pages::CheckInForm, Failure> {
    let panel = state.app.check_in_panel(&signed.actor, id).await?;
    let mut form = form::of(ctx, &panel);
    // The note begins as the goal's first team has it (goals §5.5).
    if let Some((_, template)) = state.app.note_templates(&signed.actor, id).await?.into_iter().next() {
        form.note = template;
    }
    let entered = match progress.filter(|progress| form::begin_at(&mut form, &panel.goal, *progress)) {
        None => form::Entered { value: form::current(&panel.goal), ..form::Entered::default() },
        progress => form::Entered { progress, ..form::Entered::default() },
    };
    let same = form::input(&panel.goal, entered);
    form.preview = preview::of(state, signed, ctx, &panel.goal, &same).await?;
    Ok(form)
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &pages::CheckInForm,
) -> Result<Response, Failure> {
    shell::dialog(state, signed, status, pages::form(&signed.ctx(state), form)).await
}

async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let goal = state.app.goal(&signed.actor, id).await?;
    let found = match form::read(&goal, &fields) {
        // What ends the goal is no check-in: the value still shows what it would move.
        Ok((new, _)) => preview::of(&state, &signed, &ctx, &goal, &new).await?,
        Err(error) => preview::refused(error.message.to_string()),
    };
    let offered = form::statuses(&goal);
    Ok(fragment(&pages::moves_with_status(&ctx, &found, &offered, form::chosen(&fields))))
}

async fn create(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let goal = state.app.goal(&signed.actor, id).await?;
    let outcome = match form::read(&goal, &fields) {
        Ok((new, Some(end))) => return ends(&state, &signed, &goal, &fields, (&new, end)).await,
        Ok((new, None)) => state.app.create_check_in(&signed.actor, id, new).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(done) => saved(&state, &signed, &goal, &done, &fields).await,
        Err(Error::Invalid(errors)) => {
            let ctx = signed.ctx(&state);
            let panel = state.app.check_in_panel(&signed.actor, id).await?;
            let mut form = form::of(&ctx, &panel);
            form::keep(&mut form, &fields, &errors);
            let mut answer = shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &form).await?;
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

/// Closed or postponed was chosen: the rest of the closing form follows, with what was typed.
async fn ends(
    state: &AppState,
    signed: &Signed,
    goal: &GoalView,
    fields: &Fields,
    (new, end): (&NewCheckIn, Status),
) -> Result<Response, Failure> {
    let value = new.input.value.or_else(|| goal.metric.value_at_progress(new.input.progress?));
    let draft = close::Draft { value, end: Some(end), note: new.note.clone().unwrap_or_default() };
    let mut answer = close::open(state, signed, goal.id, draft, queue::asked(fields)).await?;
    if signed.htmx {
        let headers = answer.headers_mut();
        headers.insert("hx-retarget", HeaderValue::from_static("#dialog"));
        headers.insert("hx-reswap", HeaderValue::from_static("innerHTML"));
    }
    Ok(answer)
}

/// Back to where the check-in came from, or on to the next of the queue; under htmx a toast, while the rows that moved
/// come by the live updates.
async fn saved(
    state: &AppState,
    signed: &Signed,
    goal: &GoalView,
    done: &CheckedIn,
    fields: &Fields,
) -> Result<Response, Failure> {
    let text = match done.changed.len() {
        0 => format!("Checked in: {}", goal.title),
        1 => format!("Checked in: {}. One goal above moved.", goal.title),
        many => format!("Checked in: {}. {many} goals above moved.", goal.title),
    };
    let undo = done.check_in.as_ref().map(|row| Action {
        label: String::from("Undo"),
        href: paths::check_in(goal.id, row.id, "deletion"),
        csrf: signed.csrf.clone(),
    });
    let toast = feedback::toast_swap(Tone::Good, &text, undo.as_ref());
    if let Some(asked) = queue::asked(fields) {
        return queue::after(state, signed, &asked, goal.id, fields.get("then") == "stop", &toast).await;
    }
    let home = fields.get("from") == "home";
    if !signed.htmx {
        return Ok(go(&if home { paths::HOME.to_owned() } else { paths::goal(goal.id) }, false));
    }
    let row = if home { quick_row_done(state, signed, goal, &toast).await? } else { toast };
    Ok(closing(&row))
}

/// What stands where a quick row was, and the counts beside it.
async fn quick_row_done(
    state: &AppState,
    signed: &Signed,
    goal: &GoalView,
    toast: &Markup,
) -> Result<Markup, Failure> {
    let left = state.app.due_check_ins(&signed.actor).await?.all;
    Ok(html! {
        (northing_ui::pages::home::checked_in(&goal.title))
        (northing_ui::pages::home::due_count(left, true))
        (northing_ui::layout::due_count(left, true))
        (toast)
    })
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

fn fragment(content: &Markup) -> Response {
    Html(content.clone().into_string()).into_response()
}

/// An answer that ends the dialog; what moved comes by the live updates.
pub(crate) fn closing(content: &Markup) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert("hx-trigger", HeaderValue::from_static("dialog:close"));
    (headers, Html(content.clone().into_string())).into_response()
}
