//! What a check-in would move, before it is saved: the goal, every goal above it, and the status that the rules suggest.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::status::Status;

use super::CheckInForm;
use crate::components::form::{self, Field, Segment};
use crate::components::progress::{self, Progress};
use crate::components::status::{self, Shown};
use crate::icons::{icon, station};
use crate::{Ctx, format};

/// What a check-in would move.
#[derive(Debug, Clone, Default)]
pub struct Preview {
    /// The status that the rules suggest.
    pub suggested: Option<Status>,
    /// Why: "56% is at or above the 55% expected today."
    pub reason: String,
    /// Where the goal would be in per cent, and by how many points it would move.
    pub reached: Option<(f64, f64)>,
    /// Goals that move, the highest first, the goal itself last.
    pub moves: Vec<Move>,
    /// Why nothing can be shown.
    pub error: Option<String>,
}

/// A goal that would move.
#[derive(Debug, Clone)]
pub struct Move {
    /// Its kind.
    pub kind: Option<GoalKind>,
    /// Its title.
    pub title: String,
    /// Where it is and should be.
    pub now: Progress,
    /// Progress before, in per cent.
    pub before: Option<f64>,
    /// Progress after, in per cent.
    pub after: Option<f64>,
    /// The status before.
    pub was: Shown,
    /// The status after.
    pub status: Shown,
    /// The share of the check-in's goal in it, where it is directly below.
    pub share: Option<f64>,
    /// Whether it is the goal of the check-in.
    pub own: bool,
}

/// Where the goal would be, beside the value; `swap` inside an answer.
pub(super) fn reached(preview: &Preview, swap: bool) -> Markup {
    html! {
        div.field #reached hx-swap-oob=[swap.then_some("true")] {
            @if let Some((progress, change)) = preview.reached {
                span.lbl { "Progress" }
                p.big {
                    span.x { (format::percent(progress)) }
                    @if format::points(change) != "0 points" {
                        span.delta.st data-st=(if change > 0.0 { "track" } else { "behind" }) { (icon(if change > 0.0 { "north" } else { "down" })) (format::points(change.abs())) }
                    }
                }
            }
        }
    }
}

/// The statuses to choose from; the suggested one is chosen until the person chooses.
pub(super) fn statuses(form: &CheckInForm) -> Markup {
    choices(&form.statuses, &form.status, form.error(&["status"]), &form.preview, false)
}

fn choices(offered: &[Status], chosen: &str, error: Option<&str>, preview: &Preview, swap: bool) -> Markup {
    let suggested = preview.suggested.map_or("", Status::name);
    let segments: Vec<Segment> = offered
        .iter()
        .map(|status| {
            let word = match status {
                Status::Closed => "Close",
                Status::Postponed => "Postpone",
                other => Shown::from(*other).word(),
            };
            Segment { suggested: Some(*status) == preview.suggested, ..Segment::of_status(*status, word) }
        })
        .collect();
    let field = Field {
        name: "status",
        label: "Status",
        value: if chosen.is_empty() { suggested } else { chosen },
        hint: (!preview.reason.is_empty()).then_some(preview.reason.as_str()),
        error,
        ..Field::default()
    };
    html! {
        div #statuses hx-swap-oob=[swap.then_some("outerMorph")] {
            input type="hidden" name="suggested" value=(suggested);
            (form::segments(&field, &segments))
        }
    }
}

/// What would move; the fragment of the preview without the status beside it.
#[must_use]
pub fn moves(ctx: &Ctx, preview: &Preview) -> Markup {
    html! {
        div.pv #preview role="status" {
            div.pencil-t { (crate::icons::small("edit")) "Preview, not saved yet" }
            @if let Some(error) = &preview.error { p.hint { (error) } }
            @if !preview.moves.is_empty() {
                h3 { "How this moves north" }
                div.mvs { @for each in &preview.moves { (one_move(ctx, each)) } }
                @let turns: Vec<&Move> = preview.moves.iter().filter(|each| !each.own && each.was != each.status).collect();
                @for each in turns { p.hint { b { (each.title) } " moves from " (each.was.word()) " to " (each.status.word()) "." } }
            }
        }
    }
}

/// The same with the statuses and the progress beside the value: what the preview answers to a changed form. `chosen` is
/// the status that the person chose; empty where they left it as suggested.
#[must_use]
pub fn moves_with_status(ctx: &Ctx, preview: &Preview, offered: &[Status], chosen: &str) -> Markup {
    html! {
        (moves(ctx, preview))
        @if preview.error.is_none() { (choices(offered, chosen, None, preview, true)) (reached(preview, true)) }
    }
}

fn one_move(ctx: &Ctx, it: &Move) -> Markup {
    html! {
        div.mv {
            div.mv-t { @if let Some(kind) = it.kind { (crate::icons::labelled("i", station(kind), &ctx.terms.label(kind), false)) } span.tt title=(it.title) { (it.title) } }
            (progress::bar_preview(&it.now, it.after.unwrap_or(0.0)))
            div.mv-n {
                @if let (Some(before), Some(after)) = (it.before, it.after) {
                    span.mut { (format::percent_exact(before)) } " " (icon("arrow")) span.sr { " to " } b { (format::percent_exact(after)) }
                }
                @if it.own { span.dim { "this check-in" } } @else if let Some(share) = it.share { span.dim { (format::share(share)) " of it" } }
                (status::word(it.status))
            }
        }
    }
}
