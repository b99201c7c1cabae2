//! The measure of a goal: value, progress against expected, graph, source.

use maud::{Markup, html};
use northing_core::metric::Metric;

use super::{Goal, nudge};
use crate::components::feedback::{self, Tone};
use crate::components::{alert, chart, progress};
use crate::icons::icon;
use crate::pages::goal_source;
use crate::{Ctx, format, layout, markdown, paths};

/// The measure: value, progress against expected, graph, source.
pub(super) fn measure(ctx: &Ctx, goal: &Goal) -> Markup {
    html! {
        section.sec #measure aria-labelledby="h-measure" {
            h3.sr #h-measure { "Measure" }
            div.stack {
                (alert::notes(&goal.alerts))
                (ended(goal))
                (figures(ctx, goal))
                @if let Some(history) = &goal.history { (chart::history(ctx, history)) }
                (source(ctx, goal))
                @if !goal.guidance.trim().is_empty() { div.note { (icon("info")) span { b { "Scoring guidance. " } (markdown::render(&goal.guidance)) } } }
            }
        }
    }
}

/// What ended the goal, and what to do to go on with it.
fn ended(goal: &Goal) -> Markup {
    let reopen = paths::goal_part(goal.id, "reopen");
    let note = goal.closing_note.trim();
    html! {
        @if goal.progress.status.status().is_locked() {
            div.note { (icon(goal.progress.status.icon())) div.stack {
                @if !note.is_empty() { div { (markdown::render(note)) } }
                p.mut { "It takes no check-in and no edit while it is " (goal.progress.status.word().to_lowercase()) "." }
                @if goal.may.close { p { a.btn href=(reopen) hx-get=(reopen) hx-target="#dialog" hx-swap="innerHTML" { (icon("sync")) "Reopen" } } }
            } }
        }
    }
}

fn figures(ctx: &Ctx, goal: &Goal) -> Markup {
    let unit = goal.metric.as_ref().and_then(|metric| metric.unit.as_deref());
    let shown = |amount: f64| {
        if goal.metric.is_some() { format::value(amount, unit) } else { format::percent(amount) }
    };
    let now = goal
        .metric
        .as_ref()
        .and_then(format::metric)
        .map_or_else(|| goal.progress.actual.map(format::percent), |(now, _)| Some(now));
    let (from, to) =
        goal.metric.as_ref().map_or((Some(0.0), Some(100.0)), |metric| (Some(metric.start), metric.target));
    html! {
        div.big {
            @if let Some(outside) = &goal.outside { (goal_source::mark(ctx, goal.id, outside)) }
            span.x { (now.unwrap_or_else(|| "No value yet".to_owned())) }
            span.u { @if let Some(metric) = &goal.metric { (metric.name.as_deref().or_else(|| format::word_unit(unit)).unwrap_or_default()) } @else { (goal.source) } }
            (nudge::pop_over(ctx, goal))
            @if let Some((change, since)) = goal.change {
                span.delta.st data-st=(if better(goal.metric.as_ref(), change) { "track" } else { "behind" }) { (format::change(change)) " since " (format::day(since, ctx.today)) }
            }
        }
        @if goal.progress.actual.is_some() {
            (progress::scale(&goal.progress,
                &from.map_or_else(String::new, |value| format!("{} on {}", shown(value), format::day(goal.start, ctx.today))),
                &to.map_or_else(String::new, |value| format!("{} by {}", shown(value), format::day(goal.end, ctx.today))), goal.may.check_in))
        }
    }
}

/// Whether a change leads towards the target.
fn better(metric: Option<&Metric>, change: f64) -> bool {
    let direction = metric.and_then(|metric| Some(metric.target? - metric.start)).unwrap_or(1.0);
    change * direction >= 0.0
}

fn source(ctx: &Ctx, goal: &Goal) -> Markup {
    let resume = paths::goal_part(goal.id, "resume");
    html! {
        @if goal.metric.is_some() && !goal.source.is_empty() { p.sm.mut { (goal.source) } }
        @if let Some(outside) = &goal.outside { (goal_source::note(ctx, goal.id, outside)) }
        @if let Some(from) = &goal.resume_from {
            (feedback::note(Tone::Info, &html! {
                "Automatic updates are stopped: the value stays as it was checked in."
                @if goal.may.check_in {
                    form method="post" action=(resume) hx-post=(resume) hx-swap="none" { (layout::csrf(ctx)) button.btn type="submit" { "Resume from " (from) } }
                }
            }))
        }
    }
}
