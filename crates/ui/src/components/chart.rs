//! The history of a goal: what was reached, what was expected, today. The finding stands in words and as a table.

use std::fmt::Write as _;

use maud::{Markup, html};
use northing_core::values::Day;

use super::status::{self, Shown};
use crate::Ctx;
use crate::format::{self, coordinate};

const LEFT: f64 = 34.0;
const RIGHT: f64 = 404.0;
const TOP: f64 = 33.2;
const BOTTOM: f64 = 166.0;

/// A check-in on the graph.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// The day.
    pub day: Day,
    /// The value in the measure's unit, or per cent.
    pub value: f64,
    /// The status it set.
    pub status: Shown,
}

/// A goal's history.
#[derive(Debug, Clone)]
pub struct History {
    /// What is measured: "Installs a week", "Progress".
    pub name: String,
    /// Its unit.
    pub unit: Option<String>,
    /// The goal's first day.
    pub start: Day,
    /// Its last day.
    pub end: Day,
    /// Where it began.
    pub from: f64,
    /// Where it is to go; none for baselines.
    pub target: Option<f64>,
    /// The check-ins, the oldest first.
    pub points: Vec<Point>,
    /// The expected line: straight, or a step for each phase. Empty where nothing is expected.
    pub expected: Vec<(Day, f64)>,
    /// The value expected today.
    pub expected_now: Option<f64>,
}

struct Scale {
    start: Day,
    days: f64,
    low: f64,
    high: f64,
}

impl Scale {
    fn of(history: &History) -> Self {
        let first =
            history.points.iter().map(|p| p.day).min().map_or(history.start, |day| day.min(history.start));
        let last = history.points.iter().map(|p| p.day).max().map_or(history.end, |day| day.max(history.end));
        let values = history
            .points
            .iter()
            .map(|p| p.value)
            .chain(history.expected.iter().map(|(_, v)| *v))
            .chain([history.from])
            .chain(history.target);
        let (low, high) = values
            .filter(|v| v.is_finite())
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) =
            if low.is_finite() && high > low { (low, high) } else { (history.from, history.from + 1.0) };
        Self { start: first, days: f64::from(last.days_since(first).max(1)), low, high }
    }

    fn x(&self, day: Day) -> f64 {
        LEFT + f64::from(day.days_since(self.start)) / self.days * (RIGHT - LEFT)
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - (value - self.low) / (self.high - self.low) * (BOTTOM - TOP)
    }

    fn path(&self, points: impl Iterator<Item = (Day, f64)>) -> String {
        let mut path = String::new();
        for (at, (day, value)) in points.enumerate() {
            // Writing to a String cannot fail.
            let _ = write!(
                path,
                "{}{} {}",
                if at == 0 { 'M' } else { 'L' },
                coordinate(self.x(day)),
                coordinate(self.y(value))
            );
        }
        path
    }
}

/// The finding in words: what the graph shows.
#[must_use]
pub fn finding(ctx: &Ctx, history: &History) -> String {
    let unit = history.unit.as_deref();
    let Some(last) = history.points.last() else {
        return format!("{}: no check-in yet.", history.name);
    };
    let verb = if last.value > history.from {
        "rose"
    } else if last.value < history.from {
        "fell"
    } else {
        "stayed"
    };
    let mut text = format!(
        "{} {verb} from {} on {} to {} on {}.",
        history.name,
        format::value_with_unit(history.from, unit),
        format::day_long(history.start),
        format::value_with_unit(last.value, unit),
        format::day_long(last.day)
    );
    if let Some(expected) = history.expected_now {
        let _ = write!(
            text,
            " Expected today, {}: {}.",
            format::day_long(ctx.today),
            format::value_with_unit(expected, unit)
        );
    }
    text
}

/// The graph, its legend and the table behind it.
#[must_use]
pub fn history(ctx: &Ctx, history: &History) -> Markup {
    html! {
        (graph(ctx, history))
        p.legend {
            span { svg aria-hidden="true" { path stroke-width="2" d="M0 4H20" {} } "Actual" }
            @if !history.expected.is_empty() { span { svg aria-hidden="true" { path stroke-dasharray="5 3" d="M0 4H20" {} } "Expected" } }
        }
        (table(ctx, history))
    }
}

/// The graph alone; its finding stands in words for those who do not see it.
#[must_use]
pub fn graph(ctx: &Ctx, history: &History) -> Markup {
    let scale = Scale::of(history);
    let last = history.points.len().saturating_sub(1);
    let now = scale.x(ctx.today);
    html! {
        svg.chart viewBox="0 0 456 196" role="img" aria-label=(finding(ctx, history)) {
            (grid(&scale, history.unit.as_deref()))
            @if let Some(target) = history.target { path.tgt d=(format!("M34 {0}H404", coordinate(scale.y(target)))) {} }
            @if !history.expected.is_empty() { path.exp d=(scale.path(history.expected.iter().copied())) {} }
            @if (LEFT..=RIGHT).contains(&now) { path.nowl d=(format!("M{} 10V166", coordinate(now))) {} }
            path.act d=(scale.path(history.points.iter().map(|p| (p.day, p.value)))) {}
            @for (at, point) in history.points.iter().enumerate() {
                circle.pt.on[at == last] data-st=(point.status.role()) cx=(coordinate(scale.x(point.day))) cy=(coordinate(scale.y(point.value)))
                    r=(if at == last { "4" } else { "3" }) {}
            }
            (axis(ctx, &scale, now))
        }
    }
}

fn grid(scale: &Scale, unit: Option<&str>) -> Markup {
    html! {
        @for step in 0..4 {
            @let value = scale.low + (scale.high - scale.low) * f64::from(step) / 3.0;
            @let y = scale.y(value);
            path.grid d=(format!("M34 {}H404", coordinate(y))) {}
            text x="28" y=(coordinate(y + 4.0)) text-anchor="end" { (format::value(value, unit)) }
        }
    }
}

fn axis(ctx: &Ctx, scale: &Scale, now: f64) -> Markup {
    let days: Vec<Day> = (0..4000)
        .map(|at| scale.start.plus_days(at))
        .take_while(|day| f64::from(day.days_since(scale.start)) <= scale.days)
        .collect();
    let months: Vec<Day> = days.iter().copied().filter(|day| day.date().day() == 1).collect();
    let step = (months.len() / 6).max(1);
    let mut ticks = String::new();
    for day in &days {
        let first = day.date().day() == 1 || *day == scale.start;
        if first || (days.len() <= 130 && day.date().weekday() == jiff::civil::Weekday::Monday) {
            let _ = write!(ticks, "M{} 166v{}", coordinate(scale.x(*day)), if first { 7 } else { 4 });
        }
    }
    let inside = (LEFT..=RIGHT).contains(&now);
    html! {
        path.axis d="M34 166H404" {}
        path.tick d=(ticks) {}
        @for day in months.iter().step_by(step).filter(|day| !inside || (scale.x(**day) - now).abs() > 34.0) {
            text x=(coordinate(scale.x(*day))) y="190" { (format::month_short(*day)) }
        }
        @if inside { text.nowt x=(coordinate(now)) y="190" text-anchor="middle" { (format::day(ctx.today, ctx.today)) } }
    }
}

fn table(ctx: &Ctx, history: &History) -> Markup {
    html! {
        @if !history.points.is_empty() {
            details.sm {
                summary { "Show as a table" }
                table.tbl.tbl-s {
                    thead { tr { th scope="col" { "Day" } th.r scope="col" { (history.name) } th scope="col" { "Status" } } }
                    tbody { @for point in history.points.iter().rev() {
                        tr { th scope="row" { (format::day(point.day, ctx.today)) } td.r { (format::value(point.value, history.unit.as_deref())) } td { (status::word(point.status)) } }
                    } }
                }
            }
        }
    }
}
