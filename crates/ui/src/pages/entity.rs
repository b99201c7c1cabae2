//! What the pages of the organisation, of teams and of people have in common: their tabs of initiatives and of check-ins.

use maud::{Markup, html};

use super::explorer;
use crate::components::check_in::{self, CheckIn};
use crate::components::empty::{self, Art};
use crate::components::filter::{self, FilterBar};
use crate::components::tree::Grid;
use crate::{Ctx, paths};

/// What stands under the open tab of the organisation's page and of a person's.
#[derive(Debug, Clone)]
pub enum Part {
    /// The goals.
    Goals,
    /// All initiatives, aligned or not.
    Initiatives {
        /// Where a new one is made, for those who may.
        new: Option<String>,
    },
    /// The check-ins on its goals, the newest first, each with the goal's title.
    CheckIns {
        /// The check-ins.
        list: Vec<(String, CheckIn)>,
        /// Where the older ones are.
        more: Option<String>,
    },
}

impl Part {
    /// The filters of the list under it; check-ins have none.
    #[must_use]
    pub fn filters(&self, bar: &FilterBar) -> Markup {
        match self {
            Self::Goals | Self::Initiatives { .. } => filter::bar(bar),
            Self::CheckIns { .. } => html! {},
        }
    }

    /// What its rows are called in the facts above it.
    #[must_use]
    pub fn noun(&self, ctx: &Ctx) -> String {
        match self {
            Self::Initiatives { .. } => ctx.terms.initiative.many.clone(),
            Self::Goals | Self::CheckIns { .. } => String::from("goals"),
        }
    }
}

/// The list of initiatives.
#[must_use]
pub fn initiatives(ctx: &Ctx, grid: &Grid, filters: &FilterBar, new: Option<&str>) -> Markup {
    let term = &ctx.terms.initiative;
    let action = html! {
        @if let Some(new) = new {
            a.btn href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (crate::icons::icon("plus")) "New " (term.one) }
        }
    };
    let none = empty::empty(
        Art::Summit,
        &format!("No {} here yet", term.many),
        &format!(
            "Work towards goals. {} that serve no goal yet stand here, and only here.",
            crate::capitalised(&term.many)
        ),
        &action,
    );
    html! {
        @if new.is_some() && !grid.rows.is_empty() { div.pad { (action) } }
        (explorer::tree_or(ctx, grid, filters, &none))
    }
}

/// The check-ins on the goals of a page.
#[must_use]
pub fn check_ins(ctx: &Ctx, list: &[(String, CheckIn)], more: Option<&str>) -> Markup {
    html! {
        div.pad {
            @if list.is_empty() {
                (empty::empty(Art::Summit, "No check-ins yet", "What people and data sources say of these goals stands here, the newest first.", &html! {}))
            }
            div.stack {
                @for (title, each) in list {
                    div { p { a.pl href=(paths::goal(each.goal)) { b { (title) } } } ol.log { (check_in::entry(ctx, each)) } }
                }
                @if let Some(more) = more { p { a.btn href=(more) rel="next" { "Older check-ins" } } }
            }
        }
    }
}
