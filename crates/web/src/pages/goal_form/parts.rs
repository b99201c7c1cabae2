//! Parts of the form that follow other fields of it as one fills it in: kinds, days, phased targets. Nothing is saved.

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use maud::html;
use northing_core::errors::FieldError;
use northing_core::values::Id;
use northing_ui::pages::entry::Typed;
use northing_ui::pages::goal_form;

use super::shown;
use crate::extract::{Fields, Signed};
use crate::failure::Failure;
use crate::router::Pages;
use crate::state::AppState;

pub(crate) fn routes() -> Pages {
    Pages::default().post("/goals/form/{part}", part)
}

async fn part(
    State(state): State<AppState>,
    signed: Signed,
    Path(part): Path<String>,
    fields: Fields,
) -> Result<Response, Failure> {
    let goal: Option<Id> = fields
        .filled("goal")
        .map(str::parse)
        .transpose()
        .map_err(|_| FieldError::new("goal", "invalid", "is no goal"))?;
    let view = state.app.goal_form(&signed.actor, &shown::ask(goal, fields.pairs())).await?;
    let typed = Typed { values: fields.pairs().to_vec(), ..Typed::default() };
    let form = shown::form(&state, &signed, &view, typed, None).await?;
    let ctx = signed.ctx(&state);
    let fragment = match part.as_str() {
        "kinds" => goal_form::kinds(&ctx, &form),
        "days" => html! {
            (goal_form::days(&form))
            // Where the form shows the phases at all.
            @if fields.pairs().iter().any(|(name, _)| name == "phase_line") {
                div hx-swap-oob="innerHTML:#phase-rows" { (goal_form::phase_rows(&form)) }
            }
        },
        "phases" => goal_form::phase_rows(&form),
        "warning" => goal_form::warning(&form.phases),
        _ => return Err(Failure::NOT_FOUND),
    };
    Ok(Html(fragment.into_string()).into_response())
}
