//! The dialog about alignment by page, with its preview.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::goal::Alignments;
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::components::feedback::{self, Tone};
use northing_ui::components::picker::{Choice, Of};
use northing_ui::pages::alignments::{self as ui, AlignmentForm};
use northing_ui::pages::check_in::{Preview, moves};
use northing_ui::{Ctx, paths};

use super::goal_move::{again, undo_of};
use super::pickers::{About, found, goal_choice};
use super::preview::{above, nothing};
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get("/goals/{goal}/alignments", show)
        .post("/goals/{goal}/alignments", save)
        .post("/goals/{goal}/alignments/preview", preview)
}

async fn show(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let now = state.app.alignments(&signed.actor, id).await?;
    shown(&state, &signed, &ctx, StatusCode::OK, &form(&now)).await
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    status: StatusCode,
    form: &AlignmentForm,
) -> Result<Response, Failure> {
    shell::dialog(state, signed, status, ui::form(ctx, form)).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let version = fields.filled("version").map(str::parse::<i64>).transpose();
    let version = version.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))?;
    if fields.filled("search").is_some() {
        return search(&state, &signed, id, &fields).await;
    }
    let saved = match wanted(&fields) {
        Ok(wanted) => state.app.set_parents(&signed.actor, id, version, wanted).await,
        Err(error) => Err(error.into()),
    };
    let wrong = match saved {
        Ok(done) if signed.htmx => {
            let parents: Vec<Id> = done.goal.parents.iter().map(|parent| parent.id).collect();
            let parents = state.app.chosen_goals(&signed.actor, &parents).await?;
            let text = sentence(&done.goal.title, parents.iter().map(|it| it.title.as_str()));
            let undo = done.change.map(|change| undo_of(&signed, id, change));
            return Ok(again(&feedback::toast_swap(Tone::Good, &text, undo.as_ref())));
        }
        Ok(_) => return Ok(go(&paths::goal(id), false)),
        Err(wrong @ (Error::Invalid(_) | Error::Refused(_) | Error::Conflict)) => wrong,
        Err(other) => return Err(other.into()),
    };
    let now = state.app.alignments(&signed.actor, id).await?;
    let mut form = form(&now);
    let theirs = listed(now.parents.iter().map(|it| it.title.as_str()));
    form.parents = typed(&state, &signed, &fields).await?;
    let status = if matches!(wrong, Error::Conflict) {
        form.theirs = Some(match theirs {
            Some(theirs) => format!("It is aligned to {theirs} now."),
            None => String::from("It is aligned to nothing now."),
        });
        StatusCode::CONFLICT
    } else {
        form.error = Some(reasons(&form.parents, &fields, &wrong));
        StatusCode::UNPROCESSABLE_ENTITY
    };
    shown(&state, &signed, &signed.ctx(&state), status, &form).await
}

/// The form again with what its search found: for readers without scripts.
async fn search(state: &AppState, signed: &Signed, id: Id, fields: &Fields) -> Result<Response, Failure> {
    let now = state.app.alignments(&signed.actor, id).await?;
    let mut form = form(&now);
    form.parents = typed(state, signed, fields).await?;
    fields.get("parent_query").trim().clone_into(&mut form.query);
    let about = About { period: Some(now.goal.period_id), child: Some(id), ..About::default() };
    let mut options = found(state, signed, Of::Goals, &form.query, about).await?;
    options.retain(|option| !form.parents.iter().any(|it| it.value == option.value));
    form.found = Some(options);
    shown(state, signed, &signed.ctx(state), StatusCode::OK, &form).await
}

async fn preview(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let done = match wanted(&fields) {
        Ok(wanted) => state.app.preview_parents(&signed.actor, id, &wanted).await,
        Err(error) => Err(error.into()),
    };
    let preview: Preview = match done {
        Ok(changed) if changed.is_empty() => nothing("No progress moves by this."),
        Ok(changed) => Preview { moves: above(&state, &signed, &changed).await?, ..Preview::default() },
        Err(wrong @ (Error::Invalid(_) | Error::Refused(_))) => {
            nothing(reasons(&typed(&state, &signed, &fields).await?, &fields, &wrong))
        }
        Err(other) => return Err(other.into()),
    };
    Ok(Html(moves(&signed.ctx(&state), &preview).into_string()).into_response())
}

/// What is chosen, each once.
fn wanted(fields: &Fields) -> Result<Vec<Id>, FieldError> {
    let mut wanted = Vec::new();
    for (_, value) in fields.pairs().iter().filter(|(name, _)| name == "parent") {
        let id = value.parse().map_err(|_| FieldError::new("parent", "invalid", "is no goal"))?;
        if !wanted.contains(&id) {
            wanted.push(id);
        }
    }
    Ok(wanted)
}

/// The chosen goals as the picker shows them.
async fn typed(state: &AppState, signed: &Signed, fields: &Fields) -> Result<Vec<Choice>, Failure> {
    let wanted = wanted(fields).unwrap_or_default();
    Ok(state.app.chosen_goals(&signed.actor, &wanted).await?.iter().map(goal_choice).collect())
}

fn form(now: &Alignments) -> AlignmentForm {
    AlignmentForm {
        goal: now.goal.id,
        kind: now.goal.kind,
        title: now.goal.title.clone(),
        version: now.goal.version,
        with: format!("&child={}&period={}", now.goal.id, now.goal.period_id),
        parents: now.parents.iter().map(goal_choice).collect(),
        hidden: now.hidden,
        several: now.several || now.parents.len() > 1,
        restricted: now.goal.align_restricted,
        query: String::new(),
        found: None,
        error: None,
        theirs: None,
        preview: nothing("Choose or take away a goal to see what moves."),
    }
}

/// Why it was refused, naming the goal that it is about.
fn reasons(chosen: &[Choice], fields: &Fields, wrong: &Error) -> String {
    let wanted = wanted(fields).unwrap_or_default();
    let errors = match wrong {
        Error::Invalid(errors) => errors.clone(),
        Error::Refused(refusal) => return refusal.message.to_string(),
        _ => Vec::new(),
    };
    let named = |error: &FieldError| {
        let place = error
            .field
            .strip_prefix("parents[")
            .and_then(|rest| rest.split(']').next()?.parse::<usize>().ok());
        let id = place.and_then(|at| wanted.get(at)).map(Id::to_string);
        let title =
            chosen.iter().find(|it| Some(&it.value) == id.as_ref()).map(|it| format!("“{}”: ", it.text));
        format!("{}{}", title.unwrap_or_default(), error.message)
    };
    errors.iter().map(named).collect::<Vec<_>>().join(" ")
}

fn sentence<'a>(title: &str, parents: impl Iterator<Item = &'a str>) -> String {
    match listed(parents) {
        Some(parents) => format!("“{title}” is aligned to {parents}"),
        None => format!("“{title}” is aligned to nothing now"),
    }
}

/// `“A”, “B” and “C”`.
fn listed<'a>(titles: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut all: Vec<String> = titles.map(|title| format!("“{title}”")).collect();
    let last = all.pop()?;
    Some(if all.is_empty() { last } else { format!("{} and {last}", all.join(", ")) })
}
