//! Creating a goal by page.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_app::goal::{GoalInput, ParentInput};
use northing_core::errors::FieldError;
use northing_core::goal::GoalKind;
use northing_core::values::Id;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::goal_form;
use northing_ui::paths;

use super::shell;
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().get("/goals/new", new).post("/goals", create)
}

async fn new(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(query): RawQuery,
) -> Result<Response, Failure> {
    let values = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    shown(&state, &signed, StatusCode::OK, &Typed { values, ..Typed::default() }).await
}

async fn create(State(state): State<AppState>, signed: Signed, fields: Fields) -> Result<Response, Failure> {
    let made = match read(&fields) {
        Ok(input) => state.app.create_goal(&signed.actor, input).await,
        Err(error) => Err(error.into()),
    };
    match made {
        Ok(goal) => Ok(go(&paths::goal(goal.id), signed.htmx)),
        Err(Error::Invalid(errors)) => {
            let errors = errors.iter().map(|it| (it.field.to_string(), it.message.to_string())).collect();
            let typed = Typed { values: fields.pairs().to_vec(), errors, refusal: None };
            shown(&state, &signed, StatusCode::UNPROCESSABLE_ENTITY, &typed).await
        }
        Err(other) => Err(other.into()),
    }
}

fn read(fields: &Fields) -> Result<GoalInput, FieldError> {
    let id = |name: &'static str| -> Result<Option<Id>, FieldError> {
        let parsed = fields.filled(name).map(str::parse).transpose();
        parsed.map_err(|_| FieldError::new(name, "invalid", "is no identifier"))
    };
    let kind =
        fields.get("kind").parse().map_err(|_| FieldError::new("kind", "invalid", "is no kind of goal"))?;
    let mut input = GoalInput::new(kind, fields.get("title"));
    input.description = fields.filled("description").map(str::to_owned);
    input.parents = id("parent")?.map(|id| ParentInput { id }).into_iter().collect();
    input.team_ids = id("team")?.map(|id| vec![id]);
    input.period_id = id("period")?;
    Ok(input)
}

async fn shown(
    state: &AppState,
    signed: &Signed,
    status: StatusCode,
    typed: &Typed,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let kinds: Vec<(String, String)> = GoalKind::ALL
        .iter()
        .map(|kind| (kind.name().to_owned(), ctx.terms.label(*kind).to_string()))
        .collect();
    if signed.htmx {
        return Ok((status, Html(goal_form::dialog(&ctx, typed, &kinds).into_string())).into_response());
    }
    let mut answer = shell::document(state, signed, &goal_form::page(&ctx, typed, &kinds)).await?;
    *answer.status_mut() = status;
    Ok(answer)
}
