//! Asking for a check-in from the pop-over of the progress.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use northing_app::Error;
use northing_core::values::Id;
use northing_ui::layout::Section;
use northing_ui::pages::goal::nudge;
use northing_ui::paths;

use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::pages::shell;
use crate::state::AppState;

pub(super) async fn ask(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    fields: Fields,
) -> Result<Response, Failure> {
    let comment = fields.get("comment");
    match state.app.nudge(&signed.actor, goal, Some(comment)).await {
        Ok(asked) if signed.htmx => Ok(Html(nudge::asked(&asked.name).into_string()).into_response()),
        Ok(_) => Ok(go(&paths::goal(goal), false)),
        Err(refused @ (Error::Invalid(_) | Error::Refused(_))) => {
            let why = match &refused {
                Error::Invalid(errors) => {
                    errors.iter().map(|it| it.message.to_string()).collect::<Vec<_>>().join("; ")
                }
                other => other.to_string(),
            };
            let found = state.app.goal_page(&signed.actor, goal).await?;
            let name = found.check_in_owner.map_or_else(|| String::from("the owner"), |(_, name)| name);
            let form = nudge::ask(&signed.ctx(&state), goal, &name, comment, Some(&why));
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            shell::framed(&state, &signed, status, Section::Elsewhere, &found.goal.title, &form).await
        }
        Err(error) => Err(error.into()),
    }
}
