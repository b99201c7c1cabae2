//! A short list of goals with bars: children in a panel, goals one follows.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::progress::{self, Progress, Size};
use super::status;
use crate::icons::{self, station};
use crate::{Ctx, format, paths};

/// A goal in a short list.
#[derive(Debug, Clone)]
pub struct Brief {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its team, where the list spans teams.
    pub team: String,
    /// Where it is and should be.
    pub progress: Progress,
}

/// The list; `wide` where there is room for long titles.
#[must_use]
pub fn list(ctx: &Ctx, goals: &[Brief], wide: bool) -> Markup {
    html! {
        div.gl {
            @for goal in goals {
                div.gr.gr-w[wide] {
                    (icons::labelled("i", station(goal.kind), &ctx.terms.label(goal.kind), false))
                    a.tt href=(paths::goal(goal.id)) { (goal.title) }
                    (progress::bar(&goal.progress, Size::Small))
                    span.v { @if let Some(actual) = goal.progress.actual { (format::percent(actual)) } span.sr { " " (progress::sentence(&goal.progress)) } }
                    (status::word(goal.progress.status))
                }
            }
        }
    }
}
