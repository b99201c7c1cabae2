//! What comes after a goal was ended: the page, the queue of check-ins, or the next goal of a list that is being closed.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use northing_app::due::PageGoals;
use northing_app::explorer::ListPage;
use northing_app::goal::view::GoalView;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_ui::pages::close as pages;
use northing_ui::paths;

use super::super::check_in::{closing, queue};
use super::super::explorer::Asked;
use super::super::{page_goals, shell};
use super::{Draft, begun, with_toast};
use crate::extract::{Fields, Signed};
use crate::failure::{Failure, go};
use crate::state::AppState;

/// A list that is being closed, and how far it is.
#[derive(Debug, Clone)]
pub(super) struct Rest {
    goals: PageGoals,
    skipped: Vec<Id>,
    /// How many were closed and postponed.
    so_far: (usize, usize),
    /// How many remain after the one that is shown.
    remaining: usize,
}

/// What comes after.
#[derive(Debug, Clone)]
pub(super) enum Onward {
    /// Back to the goal.
    Back,
    /// On with the check-ins that are owed.
    CheckIns(queue::Place),
    /// On with the list.
    Rest(Rest),
}

impl Rest {
    /// The list that an address or a form means: `list` is the page, with `:` and the entity behind it.
    fn read<'a>(one: impl Fn(&str) -> Option<&'a str>, skipped: Vec<Id>) -> Option<Self> {
        let number = |name: &str| one(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        Some(Self {
            goals: page_goals::read(one("list")?, one("of_period"))?,
            skipped,
            so_far: (number("closed"), number("postponed")),
            remaining: number("remaining"),
        })
    }

    fn fields(&self) -> Vec<(String, String)> {
        let mut fields = vec![
            ("list", page_goals::name(self.goals)),
            ("closed", self.so_far.0.to_string()),
            ("postponed", self.so_far.1.to_string()),
        ];
        fields.extend(self.goals.period.map(|period| ("of_period", period.to_string())));
        fields.extend(self.skipped.iter().map(|id| ("skip", id.to_string())));
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The page of the list; what one owns is closed from My OKRs.
    fn back(&self) -> String {
        match self.goals.page {
            ListPage::Person => paths::HOME.to_owned(),
            _ => page_goals::back(self.goals),
        }
    }

    fn address(&self) -> String {
        format!("/closing?{}", serde_urlencoded::to_string(self.fields()).unwrap_or_default())
    }
}

impl Onward {
    pub(super) fn read(fields: &Fields) -> Self {
        let skipped = fields.pairs().iter().filter(|(name, _)| name == "skip");
        let skipped = skipped.filter_map(|(_, id)| id.parse().ok()).collect();
        if let Some(rest) = Rest::read(|name| fields.filled(name), skipped) {
            return Self::Rest(rest);
        }
        queue::asked(fields).map_or(Self::Back, Self::CheckIns)
    }

    /// What the form of a goal carries along.
    pub(super) fn shown(&self, goal: Id) -> pages::Onward {
        match self {
            Self::Back => pages::Onward::default(),
            Self::CheckIns(place) => pages::Onward { fields: place.fields(), ..pages::Onward::default() },
            Self::Rest(rest) => {
                let mut without = rest.clone();
                without.skipped.push(goal);
                let mut fields = rest.fields();
                fields.push((String::from("remaining"), rest.remaining.to_string()));
                pages::Onward {
                    fields,
                    remaining: Some(rest.remaining),
                    so_far: rest.so_far,
                    skip: (rest.remaining > 0).then(|| without.address()),
                }
            }
        }
    }

    /// After the goal was ended; `next`: whether to go on with the list.
    pub(super) async fn go_on(
        self,
        state: &AppState,
        signed: &Signed,
        goal: &GoalView,
        next: bool,
        toast: &Markup,
    ) -> Result<Response, Failure> {
        match self {
            Self::CheckIns(place) => queue::after(state, signed, &place, goal.id, false, toast).await,
            Self::Rest(mut rest) if next => {
                if goal.status == Status::Postponed {
                    rest.so_far.1 += 1;
                } else {
                    rest.so_far.0 += 1;
                }
                if signed.htmx {
                    rest.shown(state, signed, toast).await
                } else {
                    Ok(go(&rest.address(), false))
                }
            }
            Self::Rest(_) | Self::Back if signed.htmx => Ok(closing(toast)),
            Self::Rest(rest) => Ok(go(&rest.back(), false)),
            Self::Back => Ok(go(&paths::goal(goal.id), false)),
        }
    }
}

impl Rest {
    /// The next open goal of the list, or its end.
    async fn shown(mut self, state: &AppState, signed: &Signed, toast: &Markup) -> Result<Response, Failure> {
        let open = state.app.to_close(&signed.actor, self.goals).await?;
        let left: Vec<Id> = open.into_iter().filter(|id| !self.skipped.contains(id)).collect();
        let dialog = match left.first() {
            Some(goal) => {
                self.remaining = left.len() - 1;
                begun(state, signed, *goal, Draft::default(), &Onward::Rest(self)).await?
            }
            None => pages::done(self.so_far, &self.back()),
        };
        if signed.htmx {
            return Ok(with_toast(&dialog.modal(), toast));
        }
        shell::dialog(state, signed, StatusCode::OK, dialog).await
    }
}

/// Closes what remains of a list.
pub(super) async fn next(
    State(state): State<AppState>,
    signed: Signed,
    RawQuery(raw): RawQuery,
) -> Result<Response, Failure> {
    let asked = Asked::read(raw);
    let rest = Rest::read(|name| asked.one(name), asked.ids("skip")?).ok_or(Failure::NOT_FOUND)?;
    rest.shown(&state, &signed, &html! {}).await
}
