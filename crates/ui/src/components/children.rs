//! The arithmetic of a rolled-up goal: what each goal below brings to it, and what they sum to.

use maud::{Markup, html};
use northing_core::goal::GoalKind;
use northing_core::values::Id;

use crate::icons::{self, icon, station};
use crate::{Ctx, format, paths};

/// What a rolled-up number is made of.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    /// The goals that are listed and count.
    pub rows: Vec<Child>,
    /// Those that count and are not listed, with the address that lists them.
    pub elsewhere: Option<(Rest, String)>,
    /// Those that count and that only named people see.
    pub hidden: Option<Rest>,
    /// The unit, where values are added up; none where progress is averaged by weights.
    pub summed: Option<Option<String>>,
    /// What they sum to: progress in per cent, or the value.
    pub total: f64,
    /// What the goal shows instead, since somebody checked in by hand after the last automatic update.
    pub shown: Option<f64>,
}

/// A goal below with what it brings.
#[derive(Debug, Clone)]
pub struct Child {
    /// The goal.
    pub id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its weight in per cent of what counts; none where values are added up.
    pub share: Option<f64>,
    /// Whether somebody fixed the share.
    pub fixed: bool,
    /// Its progress in per cent, clamped as the roll-up takes it.
    pub progress: Option<f64>,
    /// What it adds: points of progress, or its value.
    pub adds: f64,
}

/// Several goals taken together.
#[derive(Debug, Clone)]
pub struct Rest {
    /// How many.
    pub goals: usize,
    /// Their weight; none where values are added up.
    pub share: Option<f64>,
    /// What they add.
    pub adds: f64,
}

impl Parts {
    /// Whether nothing counts.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty() && self.elsewhere.is_none() && self.hidden.is_none()
    }

    fn figure(&self, adds: f64) -> String {
        match &self.summed {
            Some(unit) => format::value_with_unit(adds, unit.as_deref()),
            None => format::change(adds),
        }
    }

    fn whole(&self, total: f64) -> String {
        match &self.summed {
            Some(unit) => format::value_with_unit(total, unit.as_deref()),
            None => format::share(total),
        }
    }
}

/// The table: what the goals add sums to the last line of it.
#[must_use]
pub fn table(ctx: &Ctx, parts: &Parts) -> Markup {
    let weighed = parts.summed.is_none();
    html! {
        table.tbl.tbl-s.krs {
            thead { tr { th scope="col" { "Goal" } @if weighed { th.r scope="col" { "Weight" } } th.r scope="col" { "Progress" } th.r scope="col" { "Adds" } } }
            tbody {
                @for child in &parts.rows {
                    tr {
                        th scope="row" { span.ind1 {
                            (icons::labelled("i", station(child.kind), &ctx.terms.label(child.kind), false)) a.pl href=(paths::goal(child.id)) { (child.title) }
                        } }
                        @if weighed { td.r { @if let Some(share) = child.share { @if child.fixed { span.fix { (icons::labelled("i i-s", "lock", "Fixed weight", true)) (format::share(share)) } } @else { (format::share(share)) } } } }
                        td.r { @if let Some(progress) = child.progress { (format::percent(progress)) } }
                        td.r { (parts.figure(child.adds)) }
                    }
                }
                @if let Some((rest, href)) = &parts.elsewhere {
                    (together(parts, rest, &html! { a.pl href=(href) { (more(rest.goals)) } }))
                }
                @if let Some(rest) = &parts.hidden {
                    (together(parts, rest, &html! { span.ind1.dim { (icon("lock")) "What only named people see" } }))
                }
            }
            tfoot { tr {
                th scope="row" { @if weighed { "Progress" } @else { "Sum" } }
                @if weighed { td.r { "100%" } }
                td {}
                td.r { b { (parts.whole(parts.total)) } }
            } }
        }
        @if let Some(shown) = parts.shown {
            p.xs.dim { "This goal shows " (parts.whole(shown)) ", as it was checked in by hand, until something below it moves." }
        }
    }
}

fn together(parts: &Parts, rest: &Rest, name: &Markup) -> Markup {
    html! {
        tr {
            th scope="row" { (name) }
            @if parts.summed.is_none() { td.r { @if let Some(share) = rest.share { (format::share(share)) } } }
            td {}
            td.r { (parts.figure(rest.adds)) }
        }
    }
}

fn more(goals: usize) -> String {
    if goals == 1 { "1 more goal".to_owned() } else { format!("{} more goals", format::count(goals)) }
}
