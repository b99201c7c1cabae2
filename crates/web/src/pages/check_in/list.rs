//! Every check-in of a goal, a page at a time.

use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use northing_app::PageRequest;
use northing_core::values::Id;
use northing_ui::pages::check_in as pages;
use northing_ui::paths;

use super::super::explorer::Asked;
use super::super::goal::check_ins;
use super::super::shell;
use crate::extract::Signed;
use crate::failure::{Failure, go};
use crate::state::AppState;

/// Check-ins before the list goes on by scrolling.
const ROWS: u16 = 25;

pub(super) async fn page(
    State(state): State<AppState>,
    signed: Signed,
    Path(goal): Path<Id>,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let ctx = signed.ctx(&state);
    let asked = Asked::read(raw);
    let cursor = asked.one("cursor").map(ToOwned::to_owned);
    let later = cursor.is_some();
    let found = state.app.check_in_list(&signed.actor, goal, &PageRequest { limit: ROWS, cursor }).await?;
    let path = paths::goal_part(goal, "check-ins");
    let content = pages::CheckInList {
        goal,
        title: found.goal.title.clone(),
        check_ins: check_ins::told(&signed, &found.goal, &found.check_ins, found.older.as_ref(), &found.talk),
        later,
        more: found.next.map(|next| asked.with(&path, "cursor", &[next])),
        may_check_in: found.may_check_in,
    };
    if signed.htmx && later {
        return Ok(Html(pages::more(&ctx, &content).into_string()).into_response());
    }
    shell::document(&state, &signed, &pages::list(&ctx, &content)).await
}

/// Leads to the list from this check-in on.
pub(super) async fn one(
    State(state): State<AppState>,
    signed: Signed,
    Path((goal, id)): Path<(Id, Id)>,
) -> Result<Response, Failure> {
    let cursor = state.app.check_ins_from(&signed.actor, goal, id).await?;
    Ok(go(&format!("{}?cursor={cursor}#check-in-{id}", paths::goal_part(goal, "check-ins")), signed.htmx))
}
