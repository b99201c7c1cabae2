//! What happened to a goal: the latest of it on its page, all of it on a page of its own.

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::PageRequest;
use northing_app::goal::GoalActivity;
use northing_app::goal::view::GoalView;
use northing_core::metric::MetricKind;
use northing_core::values::Id;
use northing_ui::components::activity::{self, Activity};
use northing_ui::components::person::Person;
use northing_ui::sentence::{Book, Happening, sentence};
use northing_ui::{Ctx, paths};

use super::super::explorer::Asked;
use super::super::shell;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// Entries before the list goes on by scrolling.
const ROWS: u16 = 50;

/// What happened, as sentences.
pub(super) fn told(ctx: &Ctx, goal: &GoalView, found: &GoalActivity) -> Vec<Activity> {
    let metric = (goal.metric.kind != MetricKind::Percent).then_some(&goal.metric);
    let book = Book { names: Some(&found.names), goals: Some(&found.goals), metric };
    found
        .lines
        .iter()
        .map(|line| {
            let happening = Happening {
                actor: line.actor.clone().map(|(id, name)| Person { id, name }),
                kind: line.kind,
                goal: Some(goal.id),
                subject: line.subject_id,
                detail: &line.detail,
            };
            Activity { at: line.at, parts: sentence(ctx, &book, &happening) }
        })
        .collect()
}

/// All of it, a page at a time.
pub(super) async fn page(
    State(state): State<AppState>,
    signed: Signed,
    Path(id): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let asked = Asked::read(raw);
    let cursor = asked.one("cursor").map(ToOwned::to_owned);
    let on = cursor.is_some();
    let (goal, found) =
        state.app.goal_activity(&signed.actor, id, &PageRequest { limit: ROWS, cursor }).await?;
    let lines = told(&ctx, &goal, &found);
    let more = found.next.map(|next| asked.with(&paths::goal_part(id, "activity"), "cursor", &[next]));
    if signed.htmx && on {
        return Ok(Html(activity::items(&ctx, &lines, more.as_deref()).into_string()).into_response());
    }
    shell::document(&state, &signed, &activity::page(&ctx, id, &goal.title, &lines, more.as_deref())).await
}
