//! Changing and removing a check-in.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use northing_app::Error;
use northing_app::check_in::{CheckInRow, EditCheckIn};
use northing_app::goal::view::GoalView;
use northing_core::errors::FieldError;
use northing_core::metric::MetricKind;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::components::status::Shown;
use northing_ui::pages::check_in::{self as pages, CheckInForm, Preview, Removal};
use northing_ui::{Ctx, format, paths};

use super::super::goal::check_ins;
use super::super::numbers::number;
use super::super::shell;
use super::form::{asks, plain};
use super::{closing, fragment, preview as moving, shown};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::state::AppState;

pub(super) async fn edit(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let row = state.app.check_in(&signed.actor, goal, id).await?;
    let goal = state.app.goal(&signed.actor, goal).await?;
    let mut form = form(&ctx, &goal, &row);
    // What it would be now shows whether the reader may change it at all.
    let outcome = state.app.preview_check_in_edit(&signed.actor, goal.id, id, &EditCheckIn::default()).await;
    form.preview = moving::told(&state, &signed, &ctx, &goal, outcome).await?;
    shown(&state, &signed, StatusCode::OK, &form).await
}

fn form(ctx: &Ctx, goal: &GoalView, row: &CheckInRow) -> CheckInForm {
    let locked = goal.status.is_locked();
    let value = if goal.metric.kind == MetricKind::Percent { row.progress } else { row.value };
    let day = format::day_long(row.at.day_in(&ctx.zone));
    let author = check_ins::named(row.author_name.as_deref());
    CheckInForm {
        goal: goal.id,
        kind: goal.kind,
        title: goal.title.clone(),
        changes: Some((row.id, row.version)),
        conflict: None,
        asks: asks(goal, value, row.progress),
        note_only: locked,
        was: if locked {
            format!(
                "{author}, {day}. The goal is closed or postponed: only the note can be changed. Reopen it to change the value."
            )
        } else {
            format!("{author}, {day}.")
        },
        statuses: offered(goal),
        status: if row.status_is_manual { row.status.name().to_owned() } else { String::new() },
        note: row.note.clone().unwrap_or_default(),
        as_of: String::new(),
        errors: Vec::new(),
        automatic: String::new(),
        stop: None,
        until: None,
        resume_from: None,
        guidance: goal.scoring_guidance.clone().unwrap_or_default(),
        history: None,
        last: Vec::new(),
        preview: Preview::default(),
        queue: None,
        from_home: false,
    }
}

/// A check-in does not end a goal after the fact.
fn offered(goal: &GoalView) -> Vec<Status> {
    super::form::statuses(goal).into_iter().filter(|status| !status.is_locked()).collect()
}

/// What is changed: a value or status that stands as it was is none.
fn read(goal: &GoalView, row: &CheckInRow, fields: &Fields) -> Result<EditCheckIn, FieldError> {
    let version = fields
        .filled("version")
        .map(str::parse)
        .transpose()
        .map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    let mut edit =
        EditCheckIn { note: Some(fields.get("note").to_owned()), version, ..EditCheckIn::default() };
    if goal.status.is_locked() {
        return Ok(edit);
    }
    let differs = |typed: f64, was: Option<f64>| was.is_none_or(|was| plain(typed) != plain(was));
    let percent = goal.metric.kind == MetricKind::Percent;
    if fields.get("as") == "progress" {
        edit.progress = number("progress", fields.get("progress"))?.filter(|it| differs(*it, row.progress));
    } else {
        let typed = number("value", fields.get("value"))?;
        if percent {
            edit.progress = typed.filter(|it| differs(*it, row.progress));
        } else {
            edit.value = typed.filter(|it| differs(*it, row.value));
        }
    }
    let status = fields.get("status");
    let left = status == fields.get("suggested") && !row.status_is_manual;
    let kept = row.status_is_manual && status == row.status.name();
    if !(status.is_empty() || left || kept) {
        let parsed = status.parse().map_err(|_| FieldError::new("status", "invalid", "is no status"))?;
        edit.status = Some(parsed);
    }
    Ok(edit)
}

pub(super) async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let row = state.app.check_in(&signed.actor, goal, id).await?;
    let goal = state.app.goal(&signed.actor, goal).await?;
    let found = match read(&goal, &row, &fields) {
        Ok(edit) => {
            let outcome = state.app.preview_check_in_edit(&signed.actor, goal.id, id, &edit).await;
            moving::told(&state, &signed, &ctx, &goal, outcome).await?
        }
        Err(error) => moving::refused(error.message.to_string()),
    };
    let chosen = fields.get("status");
    let chosen = if chosen == fields.get("suggested") { "" } else { chosen };
    Ok(fragment(&pages::moves_with_status(&ctx, &found, &offered(&goal), chosen)))
}

pub(super) async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let row = state.app.check_in(&signed.actor, goal, id).await?;
    let goal = state.app.goal(&signed.actor, goal).await?;
    let outcome = match read(&goal, &row, &fields) {
        Ok(edit) => state.app.edit_check_in(&signed.actor, goal.id, id, edit).await,
        Err(error) => Err(error.into()),
    };
    match outcome {
        Ok(_) => Ok(finished(&signed, goal.id, &format!("Changed a check-in: {}", goal.title))),
        Err(Error::Invalid(errors)) => {
            let mut form = form(&signed.ctx(&state), &goal, &row);
            super::form::keep(&mut form, &fields, &errors);
            shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &form).await
        }
        Err(Error::Conflict) => {
            let ctx = signed.ctx(&state);
            let mut form = form(&ctx, &goal, &row);
            super::form::keep(&mut form, &fields, &[]);
            let theirs = check_ins::plain(&goal.metric, &row);
            form.conflict = Some(format!(
                "This check-in was changed in the meantime. It now says {}, {}{}. Below is what you wrote: saving replaces theirs.",
                theirs.value,
                theirs.status.word(),
                if theirs.note.is_empty() { String::new() } else { format!(": “{}”", theirs.note) }
            ));
            shown(&state, &signed, StatusCode::CONFLICT, &form).await
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let row = state.app.check_in(&signed.actor, goal, id).await?;
    let goal = state.app.goal(&signed.actor, goal).await?;
    let outcome = state.app.preview_check_in_deletion(&signed.actor, goal.id, id).await;
    let preview = moving::told(&state, &signed, &ctx, &goal, outcome).await?;
    let dialog = pages::removal(&ctx, &removal(&ctx, &goal, &row, preview));
    shell::dialog(&state, &signed, StatusCode::OK, dialog).await
}

fn removal(ctx: &Ctx, goal: &GoalView, row: &CheckInRow, preview: Preview) -> Removal {
    let it = check_ins::plain(&goal.metric, row);
    let latest = goal.last_check_in_at == Some(row.at);
    let values = if latest {
        "The goal falls back to the check-in before, or to its start."
    } else {
        "There are later check-ins: only the history changes."
    };
    let comments = match row.comment_count {
        0 => "",
        1 => " Its comment goes with it.",
        _ => " Its comments go with it.",
    };
    Removal {
        goal: goal.id,
        check_in: row.id,
        version: row.version,
        title: goal.title.clone(),
        what: format!(
            "{}, {}: {}, {}.",
            it.author,
            format::day_long(row.at.day_in(&ctx.zone)),
            it.value,
            Shown::from(row.status).word()
        ),
        loss: format!("{values}{comments} This cannot be undone."),
        preview: if latest { preview } else { Preview::default() },
    }
}

pub(super) async fn delete(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = fields
        .filled("version")
        .map(str::parse)
        .transpose()
        .map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    state.app.delete_check_in(&signed.actor, goal, id, version).await?;
    let goal = state.app.goal(&signed.actor, goal).await?;
    Ok(finished(&signed, goal.id, &format!("Deleted a check-in: {}", goal.title)))
}

fn finished(signed: &Signed, goal: Id, text: &str) -> Response {
    if signed.htmx {
        return closing(&feedback::toast_swap(Tone::Good, text, None));
    }
    go(&paths::goal(goal), false)
}
