//! Creating and editing a goal by page. One form: for a new goal, and for a goal as it is.

mod answer;
mod conflict;
mod inline;
mod parts;
mod phases;
mod prefill;
mod read;
mod shown;
mod units;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::goal::form::FormAsk;
use northing_app::goal::{Edited, GoalInput};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::goal_form::{self, GoalForm};
use northing_ui::paths;

use self::prefill::Wanted;
use super::explorer::Asked;
use super::goal_link::{self, Draft};
use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) use answer::created;

pub(crate) fn routes() -> Pages {
    Pages::default()
        .get(paths::NEW_GOAL, new)
        .post("/goals", create)
        .get("/goals/{goal}/edit", edit)
        .post("/goals/{goal}/edit", save)
        .get("/goals/{goal}/fields/{field}", field)
        .merge(parts::routes())
        .merge(inline::routes())
}

async fn new(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let wanted = Wanted::read(&Asked::read(raw))?;
    let form = new_form(&state, &signed, &wanted).await?;
    document(&state, &signed, StatusCode::OK, &form).await
}

/// The form for a new goal with what the page around it says.
async fn new_form(state: &AppState, signed: &Signed, wanted: &Wanted) -> Result<GoalForm, Failure> {
    let mut people = wanted.owners.clone();
    people.push(signed.actor.user_id);
    let ask = FormAsk { goal: None, parents: wanted.parents.clone(), teams: wanted.teams.clone(), people };
    let view = state.app.goal_form(&signed.actor, &ask).await?;
    let values = prefill::new(wanted, &view, signed.actor.user_id);
    shown::form(state, signed, &view, Typed { values, ..Typed::default() }, None).await
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let pairs = fields.pairs();
    if let Some(search) = fields.filled("search") {
        return searched(&state, &signed, None, pairs, search).await;
    }
    match fields.get("then") {
        "connect" => return goal_link::begin_draft(&state, &signed, Draft::of_goal(pairs), None).await,
        "unlink" => {
            let goal = Draft { link: Vec::new(), ..Draft::of_goal(pairs) };
            return again(&state, &signed, &goal, None).await;
        }
        _ if fields.filled("link").is_some() => {
            return goal_link::create_draft(&state, &signed, Draft::of_goal(pairs)).await;
        }
        _ => {}
    }
    let view = state.app.goal_form(&signed.actor, &shown::ask(None, pairs)).await?;
    let made = match read::read(pairs, shown::days(&view, pairs)).input() {
        Ok(input) => state.app.create_goal(&signed.actor, input).await,
        Err(errors) => Err(errors.into()),
    };
    match made {
        Ok(goal) => answer::created(&state, &signed, &goal, pairs).await,
        Err(error) => {
            let (status, typed) = refused(error, pairs)?;
            let form = shown::form(&state, &signed, &view, typed, None).await?;
            document(&state, &signed, status, &form).await
        }
    }
}

/// The new goal that was entered, or what of it cannot be read.
pub(crate) async fn input(
    state: &AppState,
    signed: &Signed,
    pairs: &units::Pairs,
) -> Result<Result<GoalInput, Vec<FieldError>>, Failure> {
    let view = state.app.goal_form(&signed.actor, &shown::ask(None, pairs)).await?;
    Ok(read::read(pairs, shown::days(&view, pairs)).input())
}

/// The form of a new goal again, with what was chosen of its link, and with what is wrong.
pub(crate) async fn again(
    state: &AppState,
    signed: &Signed,
    draft: &Draft,
    wrong: Option<Error>,
) -> Result<Response, Failure> {
    let view = state.app.goal_form(&signed.actor, &shown::ask(None, &draft.goal)).await?;
    let (status, mut typed) = match wrong {
        Some(error) => refused(error, &draft.goal)?,
        None => (StatusCode::OK, Typed { values: draft.goal.clone(), ..Typed::default() }),
    };
    if !draft.link.is_empty() {
        typed.values.push((String::from("link"), draft.link_text()));
    }
    let form = shown::form(state, signed, &view, typed, None).await?;
    document(state, signed, status, &form).await
}

async fn edit(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
) -> Result<Response, Failure> {
    let form = opened(&state, &signed, id).await?;
    document(&state, &signed, StatusCode::OK, &form).await
}

/// The form with a goal as it is.
async fn opened(state: &AppState, signed: &Signed, id: Id) -> Result<GoalForm, Failure> {
    let view = state.app.goal_form(&signed.actor, &FormAsk { goal: Some(id), ..FormAsk::default() }).await?;
    let mut values = view.goal.as_ref().map(|goal| prefill::of(goal, &view.periods)).unwrap_or_default();
    let base = units::base(&values);
    values.push((String::from("base"), base));
    shown::form(state, signed, &view, Typed { values, ..Typed::default() }, None).await
}

async fn save(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let pairs = fields.pairs();
    if let Some(search) = fields.filled("search") {
        return searched(&state, &signed, Some(id), pairs, search).await;
    }
    let view = state.app.goal_form(&signed.actor, &shown::ask(Some(id), pairs)).await?;
    let now = view.goal.as_ref().ok_or(Error::NotFound("goal"))?;
    let current = prefill::of(now, &view.periods);
    let seen = version(&fields)?;
    if seen != now.version && conflict::is_one(pairs, &current) {
        return conflict::answer(&state, &signed, &view, pairs, &current).await;
    }
    let base = fields.get("base");
    let unit = |name: &str| units::UNITS.iter().find(|unit| unit.name == name);
    let touched = |name: &str| {
        unit(name).is_some_and(|unit| unit.is_touched(pairs, base))
            && fields.get(&format!("keep_{name}")) != "theirs"
    };
    let saved = match read::read(pairs, shown::days(&view, pairs)).patch(touched) {
        Ok(patch) => state.app.edit_goal(&signed.actor, id, Some(now.version), patch).await,
        Err(errors) => Err(errors.into()),
    };
    match saved {
        Ok(Edited::Saved(goal)) => answer::saved(&state, &signed, &goal, pairs).await,
        Ok(Edited::Stale(goal)) => {
            // Somebody was quicker by a moment.
            let view = state.app.goal_form(&signed.actor, &shown::ask(Some(id), pairs)).await?;
            conflict::answer(&state, &signed, &view, pairs, &prefill::of(&goal, &view.periods)).await
        }
        Err(error) => {
            let (status, typed) = refused(error, &units::completed(pairs, &current))?;
            let form = shown::form(&state, &signed, &view, typed, None).await?;
            document(&state, &signed, status, &form).await
        }
    }
}

/// One field of a goal, to change it where it is shown; `in=row` for the title in its row.
async fn field(
    State(state): State<AppState>,
    signed: Signed,
    Path((id, field)): Path<(Id, String)>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    if !["title", "owners", "place", "period"].contains(&field.as_str()) {
        return Err(Failure::NOT_FOUND);
    }
    let form = opened(&state, &signed, id).await?;
    let ctx = signed.ctx(&state);
    if !signed.htmx {
        return shell::document(&state, &signed, &goal_form::field_page(&ctx, &form, &field)).await;
    }
    let in_row = field == "title" && form.locked.is_none() && Asked::read(raw).one("in") == Some("row");
    let fragment = if in_row {
        goal_form::title_line(&ctx, &form)
    } else {
        goal_form::field_dialog(&ctx, &form, &field)
    };
    let mut answer = Html(fragment.into_string()).into_response();
    if !in_row {
        // Whatever asked for it: a dialog goes where dialogs go.
        answer.headers_mut().insert("hx-retarget", HeaderValue::from_static("#dialog"));
        answer.headers_mut().insert("hx-reswap", HeaderValue::from_static("innerHTML"));
    }
    Ok(answer)
}

fn version(fields: &Fields) -> Result<i64, FieldError> {
    let read = fields.get("version").trim().parse();
    read.map_err(|_| FieldError::new("version", "wrong_type", "must be a whole number"))
}

/// The form again with what a search without scripts found, or with the phases spread anew. Nothing is saved.
async fn searched(
    state: &AppState,
    signed: &Signed,
    goal: Option<Id>,
    pairs: &units::Pairs,
    search: &str,
) -> Result<Response, Failure> {
    let view = state.app.goal_form(&signed.actor, &shown::ask(goal, pairs)).await?;
    let mut typed = Typed { values: pairs.to_vec(), ..Typed::default() };
    if search == "phases" {
        typed.values.retain(|(name, _)| name != "phase_date" && name != "phase_target");
    }
    let form = shown::form(state, signed, &view, typed, Some(search)).await?;
    document(state, signed, StatusCode::OK, &form).await
}

/// A refusal as the form shows it, with everything that was typed.
fn refused(error: Error, pairs: &units::Pairs) -> Result<(StatusCode, Typed), Failure> {
    let mut typed = Typed { values: pairs.to_vec(), ..Typed::default() };
    let status = match error {
        Error::Invalid(errors) => {
            typed.errors = errors.iter().map(at_field).collect();
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::Refused(refusal) => {
            typed.refusal = Some(refusal.message.to_string());
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Error::Forbidden(refusal) => {
            typed.refusal = Some(refusal.message.to_string());
            StatusCode::FORBIDDEN
        }
        other => return Err(other.into()),
    };
    Ok((status, typed))
}

/// An error of the use case at the form's field, as a sentence.
fn at_field(error: &FieldError) -> (String, String) {
    let name = error.field.as_ref();
    let bare = name.split('[').next().unwrap_or(name);
    let field = match bare {
        "metric" => "metric_kind",
        "metric.name" => "metric_name",
        "metric.unit" => "metric_unit",
        "metric.start" => "metric_start",
        "metric.target" => "metric_target",
        "metric.risk_threshold" => "risk_threshold",
        "phases" => name,
        bare => bare,
    };
    (field.to_owned(), crate::failure::sentence_case(&error.message))
}

/// The form as a dialog under htmx, as a page else.
async fn document(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    form: &GoalForm,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    if signed.htmx {
        return Ok((status, Html(goal_form::dialog(&ctx, form).into_string())).into_response());
    }
    let mut answer = shell::document(state, signed, &goal_form::page(&ctx, form)).await?;
    *answer.status_mut() = status;
    Ok(answer)
}
