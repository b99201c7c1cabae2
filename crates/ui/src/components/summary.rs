//! How many goals stand how: the foot of a list, and the distribution of a team.

use maud::{Markup, html};
use northing_core::values::Day;

use super::status::{self, Shown};
use crate::{Ctx, format};

/// Counts by status, in the order of showing.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// All goals of the filter.
    pub total: usize,
    /// How many have each status; empty ones are left out.
    pub counts: Vec<(Shown, usize)>,
    /// What the calendar expects today of a goal over the whole period, in per cent.
    pub expected: Option<f64>,
    /// Whether the list has initiatives alone.
    pub initiatives: bool,
}

/// The line at the foot of the sheet; `swap` where a change moved it.
#[must_use]
pub fn foot(ctx: &Ctx, summary: &Summary, swap: bool) -> Markup {
    let (one, many) = if summary.initiatives { (" initiative", " initiatives") } else { (" goal", " goals") };
    html! {
        footer.foot #summary hx-swap-oob=[swap.then_some("true")] {
            span { (format::count(summary.total)) @if summary.total == 1 { (one) } @else { (many) } }
            @for (shown, number) in summary.counts.iter().filter(|(_, number)| *number > 0) { (status::count(*shown, *number)) }
            @if let Some(expected) = summary.expected { (expected_on(expected, ctx.today)) }
        }
    }
}

fn expected_on(expected: f64, today: Day) -> Markup {
    html! { span.push.desk.wide { "Expected " (format::percent(expected)) " on " (format::day(today, today)) } }
}

/// One band for each status, with the counts below.
#[must_use]
pub fn distribution(summary: &Summary) -> Markup {
    let counts: Vec<_> = summary.counts.iter().filter(|(_, number)| *number > 0).collect();
    let all: f64 = counts.iter().map(|(_, number)| as_number(*number)).sum();
    let mut from = 0.0;
    html! {
        p.k {
            svg.dist aria-hidden="true" {
                @for (shown, number) in &counts {
                    @let width = as_number(*number) / all.max(1.0) * 100.0;
                    @let x = from;
                    @let () = from += width;
                    rect data-st=(shown.role()) x=(format::length(x)) width=(format::length((width - 0.3).max(0.3))) {}
                }
            }
        }
        p.flow.xs {
            @for (shown, number) in &counts {
                span.st data-st=(shown.role()) { (crate::icons::icon(shown.icon())) (format::count(*number)) } span.sr { (shown.word()) }
            }
        }
    }
}

fn as_number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
