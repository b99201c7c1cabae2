//! The arithmetic of a rolled-up goal: each child's share, progress and what it adds.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use crate::icons::{self, station};
use crate::{Ctx, format, paths};

/// A child with its contribution.
#[derive(Debug, Clone)]
pub struct Child {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its share in per cent; 0 does not count; none where shares do not apply.
    pub share: Option<f64>,
    /// Whether somebody fixed the share.
    pub fixed: bool,
    /// Its progress in per cent, clamped as the roll-up takes it.
    pub progress: Option<f64>,
}

/// The table: the sum of what the children add is the goal's progress.
#[must_use]
pub fn table(ctx: &Ctx, children: &[Child], total: Option<f64>) -> Markup {
    html! {
        table.tbl.tbl-s.krs {
            thead { tr { th scope="col" { "Goal" } th.r scope="col" { "Weight" } th.r scope="col" { "Progress" } th.r scope="col" { "Adds" } } }
            tbody {
                @for child in children {
                    tr {
                        th scope="row" { span.ind1 {
                            (icons::labelled("i", station(child.kind), &ctx.terms.label(child.kind), false)) a.pl href=(paths::goal(child.id)) { (child.title) }
                        } }
                        td.r { @if let Some(share) = child.share { @if child.fixed { span.fix { (icons::labelled("i i-s", "lock", "Fixed weight", true)) (format::share(share)) } } @else { (format::share(share)) } } }
                        td.r { @if let Some(progress) = child.progress { (format::percent(progress)) } }
                        td.r { (adds(child)) }
                    }
                }
            }
            @if let Some(total) = total { tfoot { tr { th scope="row" { "Progress" } td.r { "100%" } td {} td.r { b { (format::number(total)) } } } } }
        }
    }
}

fn adds(child: &Child) -> Markup {
    html! {
        @match (child.share, child.progress) {
            (Some(share), Some(progress)) if share > 0.0 => (format::change(share * progress / 100.0)),
            _ => span.dim { "not counted" },
        }
    }
}
