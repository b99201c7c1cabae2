//! The queue: every check-in that one owes, one after the other.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_core::values::Id;
use northing_ui::pages::check_in::{self as pages, Done, Queue};
use northing_ui::paths;

use super::super::explorer::Asked;
use super::super::shell;
use super::{closing, fresh};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::state::AppState;

/// Where somebody stands in the queue, as their form or address says.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    /// How many were owed when it began; none at the beginning.
    of: Option<usize>,
    skipped: Vec<Id>,
    /// The one to begin with.
    first: Option<Id>,
}

impl Place {
    /// As the form shows it again.
    pub(super) fn at_least(self, at: usize) -> Queue {
        Queue { of: self.of.unwrap_or(at), at, skipped: self.skipped }
    }

    /// What a form carries along.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let of = ("of", self.of.unwrap_or(0).to_string());
        let skipped = self.skipped.iter().map(|id| ("skip", id.to_string()));
        std::iter::once(of).chain(skipped).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn address(&self) -> String {
        Queue { of: self.of.unwrap_or(0), at: 0, skipped: self.skipped.clone() }.address()
    }
}

/// The queue that a form belongs to.
pub(crate) fn asked(fields: &Fields) -> Option<Place> {
    let of = fields.filled("of")?.parse().ok()?;
    let skipped = fields.pairs().iter().filter(|(name, _)| name == "skip");
    Some(Place {
        of: Some(of),
        skipped: skipped.filter_map(|(_, id)| id.parse().ok()).collect(),
        first: None,
    })
}

/// The next check-in that is owed, or the end.
pub(super) async fn next(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let place = Place {
        of: asked.one("of").and_then(|of| of.parse().ok()),
        skipped: asked.ids("skip")?,
        first: asked.id("goal")?,
    };
    at(&state, &signed, &place, &html! {}).await
}

/// After a check-in of the queue: the next one, or back where this is to be the last.
pub(crate) async fn after(
    state: &AppState,
    signed: &Signed,
    place: &Place,
    done: Id,
    stop: bool,
    toast: &Markup,
) -> Result<Response, Failure> {
    match (signed.htmx, stop) {
        (true, true) => Ok(closing(toast)),
        (true, false) => {
            // A check-in for a past day leaves the goal due: it must not come again at once.
            let mut place = place.clone();
            if state.app.due_check_ins(&signed.actor).await?.iter().any(|line| line.id == done) {
                place.skipped.push(done);
            }
            at(state, signed, &place, toast).await
        }
        (false, true) => Ok(go(paths::HOME, false)),
        (false, false) => Ok(go(&place.address(), false)),
    }
}

async fn at(state: &AppState, signed: &Signed, place: &Place, toast: &Markup) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let due = state.app.due_check_ins(&signed.actor).await?;
    let left: Vec<Id> = due.iter().map(|line| line.id).filter(|id| !place.skipped.contains(id)).collect();
    let of = place.of.unwrap_or(due.len()).max(left.len());
    let first = place.first.filter(|id| left.contains(id)).or_else(|| left.first().copied());
    let dialog = match first {
        Some(goal) => {
            let mut form = fresh(state, signed, &ctx, goal, None).await?;
            let at = of - left.len() + 1;
            form.queue = Some(Queue { of, at, skipped: place.skipped.clone() });
            pages::form(&ctx, &form)
        }
        None => {
            let skipped = place.skipped.len().min(of);
            pages::done(Done { made: of - skipped, skipped })
        }
    };
    if signed.htmx {
        let badge = northing_ui::layout::due_count(due.len(), true);
        return Ok(Html(html! { (dialog.modal()) (badge) (toast) }.into_string()).into_response());
    }
    shell::dialog(state, signed, StatusCode::OK, dialog).await
}
