//! The queue: every check-in that one owes, one after the other.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use maud::{Markup, html};
use northing_app::due::PageGoals;
use northing_core::values::Id;
use northing_ui::pages::check_in::{self as pages, Done, DueList, Queue};
use northing_ui::paths;

use super::super::explorer::Asked;
use super::super::{page_goals, shell};
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
    /// The list whose due goals are gone through; none for what one owes.
    list: Option<PageGoals>,
}

impl Place {
    /// As the form shows it again.
    pub(super) fn at_least(self, at: usize) -> Queue {
        self.queue(self.of.unwrap_or(at), at)
    }

    /// What a form carries along.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![("of", self.of.unwrap_or(0).to_string())];
        if let Some(list) = self.list {
            fields.push(("due", page_goals::name(list)));
            fields.extend(list.period.map(|period| ("of_period", period.to_string())));
        }
        fields.extend(self.skipped.iter().map(|id| ("skip", id.to_string())));
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn queue(&self, of: usize, at: usize) -> Queue {
        Queue { of, at, skipped: self.skipped.clone(), list: self.list.map(shown) }
    }
}

fn shown(list: PageGoals) -> DueList {
    DueList { name: page_goals::name(list), period: list.period, back: page_goals::back(list) }
}

/// The queue that a form belongs to.
pub(crate) fn asked(fields: &Fields) -> Option<Place> {
    let of = fields.filled("of")?.parse().ok()?;
    let skipped = fields.pairs().iter().filter(|(name, _)| name == "skip");
    Some(Place {
        of: Some(of),
        skipped: skipped.filter_map(|(_, id)| id.parse().ok()).collect(),
        first: None,
        list: fields.filled("due").and_then(|list| page_goals::read(list, fields.filled("of_period"))),
    })
}

/// The next check-in that is owed, or the end.
pub(super) async fn next(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let list = match asked.one("due") {
        Some(list) => Some(page_goals::read(list, asked.one("of_period")).ok_or(Failure::NOT_FOUND)?),
        None => None,
    };
    let place = Place {
        list,
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
    let back = place.list.map_or_else(|| paths::HOME.to_owned(), page_goals::back);
    match (signed.htmx, stop) {
        (true, true) => return Ok(closing(toast)),
        (false, true) => return Ok(go(&back, false)),
        (_, false) => {}
    }
    // A check-in for a past day leaves the goal due: it must not come again at once.
    let mut place = place.clone();
    if state.app.check_in_queue(&signed.actor, place.list).await?.contains(&done) {
        place.skipped.push(done);
    }
    if signed.htmx {
        at(state, signed, &place, toast).await
    } else {
        Ok(go(&place.queue(place.of.unwrap_or(0), 0).address(), false))
    }
}

async fn at(state: &AppState, signed: &Signed, place: &Place, toast: &Markup) -> Result<Response, Failure> {
    let ctx = signed.ctx(state);
    let due = state.app.check_in_queue(&signed.actor, place.list).await?;
    let left: Vec<Id> = due.iter().copied().filter(|id| !place.skipped.contains(id)).collect();
    let of = place.of.unwrap_or(due.len()).max(left.len());
    let first = place.first.filter(|id| left.contains(id)).or_else(|| left.first().copied());
    let dialog = match first {
        Some(goal) => {
            let mut form = fresh(state, signed, &ctx, goal, None).await?;
            form.queue = Some(place.queue(of, of - left.len() + 1));
            pages::form(&ctx, &form)
        }
        None => {
            let skipped = place.skipped.len().min(of);
            pages::done(Done { made: of - skipped, skipped, list: place.list.map(shown) })
        }
    };
    if signed.htmx {
        // The badge counts what one owes, whatever list is gone through.
        let owed = match place.list {
            None => due.len(),
            Some(_) => state.app.check_in_queue(&signed.actor, None).await?.len(),
        };
        let badge = northing_ui::layout::due_count(owed, true);
        return Ok(Html(html! { (dialog.modal()) (badge) (toast) }.into_string()).into_response());
    }
    shell::dialog(state, signed, StatusCode::OK, dialog).await
}
