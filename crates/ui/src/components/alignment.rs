//! The ladder of alignment: every parent above, the goal, what is below. Dashed marks are additional parents; they
//! count in full like the first.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use super::status::{self, Shown};
use crate::icons::{self, icon, station};
use crate::{Ctx, paths};

/// A step of the ladder.
#[derive(Debug, Clone)]
pub struct Step {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its team.
    pub team: String,
    /// Its status.
    pub status: Shown,
    /// Whether the way here is an additional alignment.
    pub additional: bool,
}

/// A goal's place: above it, itself, below it.
#[derive(Debug, Clone)]
pub struct Ladder {
    /// The organisation's North Star, at the very top.
    pub north_star: Option<String>,
    /// Every goal above, the highest first.
    pub above: Vec<Step>,
    /// The goal itself.
    pub here: (GoalKind, String),
    /// Goals directly below.
    pub below: Vec<Step>,
}

/// The ladder, read upwards.
#[must_use]
pub fn ladder(ctx: &Ctx, ladder: &Ladder) -> Markup {
    let dashed = ladder.above.iter().chain(&ladder.below).any(|step| step.additional);
    html! {
        div.lineage {
            @if let Some(star) = &ladder.north_star { span.ln.top { span.tt { (star) } } }
            @for (at, each) in ladder.above.iter().enumerate() { (step(ctx, each, at == 0 && ladder.north_star.is_none())) }
            span.ln.here aria-current="true" { (icon(station(ladder.here.0))) span.tt { (ladder.here.1) } }
            @for each in &ladder.below { (step(ctx, each, false)) }
        }
        @if dashed { p.legend { span { "Dashed: an additional alignment. It counts in full, like the first." } } }
    }
}

fn step(ctx: &Ctx, step: &Step, top: bool) -> Markup {
    html! {
        a.ln.top[top].also[step.additional] href=(paths::goal(step.id)) {
            (icons::labelled("i", station(step.kind), &ctx.terms.label(step.kind), false))
            span.tt { (step.title) } @if step.additional { span.sr { ", additional alignment" } }
            span.t { (step.team) } (status::icon_only(step.status))
        }
    }
}
