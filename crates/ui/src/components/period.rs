//! The period strip along the sheet's top edge: one tick a day, taller on Mondays, tallest at months.

use std::fmt::Write as _;

use maud::{Markup, html};
use northing_core::values::{Day, Id};

use crate::Ctx;
use crate::format::{self, coordinate, length};
use crate::icons::icon;

/// Longer periods get ticks for weeks and months only.
const DAILY_TICKS_UP_TO: i32 = 130;

/// The period that a page shows, and those one can change to.
#[derive(Debug, Clone)]
pub struct Strip {
    /// Its name: "Q4 2026".
    pub name: String,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Where the period selector leads; none fixes the period.
    pub choices: Vec<Choice>,
}

/// A period in the selector.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The period.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// This page in that period.
    pub href: String,
    /// Whether it is shown.
    pub chosen: bool,
    /// This page with that period too, or without it where it is one of several.
    pub also: Option<String>,
    /// When it is.
    pub time: Time,
    /// "Current" or nothing.
    pub note: Option<String>,
}

/// When a period is, seen from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Today is in it.
    Active,
    /// It is still to come.
    Upcoming,
    /// It has ended.
    Previous,
}

impl Time {
    const ALL: [Self; 3] = [Self::Active, Self::Upcoming, Self::Previous];

    const fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Upcoming => "Upcoming",
            Self::Previous => "Previous",
        }
    }
}

/// The strip with the period selector, the ruler and the day count.
#[must_use]
pub fn strip(ctx: &Ctx, strip: &Strip) -> Markup {
    let days = strip.end.days_since(strip.start).max(0) + 1;
    let gone = ctx.today.days_since(strip.start) + 1;
    html! {
        section.strip aria-label="Period" {
            @if strip.choices.is_empty() {
                span.btn { (icon("calendar")) (strip.name) }
            } @else {
                button.btn type="button" popovertarget="period-menu" aria-haspopup="menu" { (icon("calendar")) (strip.name) (icon("down")) }
                div.menu #period-menu popover role="menu" aria-label="Period" {
                    @for time in Time::ALL {
                        @if strip.choices.iter().any(|choice| choice.time == time) {
                            div role="group" aria-label=(time.word()) {
                                p.menu-h aria-hidden="true" { (time.word()) }
                                @for choice in strip.choices.iter().filter(|choice| choice.time == time) { (one(choice)) }
                            }
                        }
                    }
                }
            }
            (ruler(ctx.today, strip, days))
            p.strip-n {
                @if gone < 1 { "Starts " b { (format::day(strip.start, ctx.today)) } }
                @else if gone > days { "Ended " b { (format::day(strip.end, ctx.today)) } }
                @else {
                    "Day " b { (gone) } " of " (days) " "
                    span.desk { "· " b { (format::percent(elapsed(ctx.today, strip))) } " elapsed" }
                }
            }
        }
    }
}

fn one(choice: &Choice) -> Markup {
    let label =
        if choice.chosen { format!("Without {}", choice.name) } else { format!("Show {} too", choice.name) };
    html! {
        div.menu-two role="none" {
            a role="menuitemradio" aria-checked=(choice.chosen.to_string()) href=(choice.href) {
                @if choice.chosen { (icon("check")) } @else { (icon("calendar")) }
                (choice.name) @if let Some(note) = &choice.note { span.dim.push { (note) } }
            }
            @if let Some(also) = &choice.also {
                a.menu-x role="menuitem" href=(also) aria-label=(label) title=(label) { (icon(if choice.chosen { "close" } else { "plus" })) }
            }
        }
    }
}

/// How much of the period has gone, in per cent.
#[must_use]
pub fn elapsed(today: Day, strip: &Strip) -> f64 {
    let days = f64::from(strip.end.days_since(strip.start).max(1));
    (f64::from(today.days_since(strip.start)) / days * 100.0).clamp(0.0, 100.0)
}

/// The ruler of a period of so many days, with today's mark.
#[must_use]
pub fn ruler(today: Day, strip: &Strip, days: i32) -> Markup {
    let (mut gone, mut ahead) = (String::new(), String::new());
    let mut months = Vec::new();
    for at in 0..days.min(4000) {
        let day = strip.start.plus_days(at);
        let monday = day.date().weekday() == jiff::civil::Weekday::Monday;
        let first = day.date().day() == 1;
        if first || at == 0 {
            months.push((day, f64::from(at) / f64::from(days) * 100.0));
        }
        let top = if first || at == 0 {
            0
        } else if monday {
            3
        } else if days <= DAILY_TICKS_UP_TO {
            6
        } else {
            continue;
        };
        let path = if today.days_since(day) >= 0 { &mut gone } else { &mut ahead };
        // Writing to a String cannot fail.
        let _ = write!(path, "M{at} {top}V10");
    }
    let _ = write!(ahead, "M{days} 0V10");
    let step = if months.len() > 8 { 3 } else { 1 };
    let inside = today.days_since(strip.start) >= 0 && strip.end.days_since(today) >= 0;
    let now = elapsed(today, strip);
    html! {
        svg.ruler aria-hidden="true" {
            svg y="1" height="10" width="100%" viewBox=(format!("0 0 {days} 10")) preserveAspectRatio="none" {
                path.d.gone d=(gone) {} path.d d=(ahead) {}
            }
            line x1="0" x2="100%" y1="11.5" y2="11.5" {}
            // A month's name gives way to the pointer's date and to the end's.
            @for (day, x) in months.iter().step_by(step).filter(|(_, x)| *x < 88.0 && (!inside || (x - now).abs() > 6.0)) {
                text x=(length(*x)) y="25" { (format::month_short(*day)) }
            }
            @if !inside || now < 88.0 { text x="100%" y="25" text-anchor="end" { (format::day(strip.end, today)) } }
            @if inside {
                svg.now x=(format!("{}%", coordinate(now))) overflow="visible" {
                    path d="M0 12-4.5 3h9Z" {}
                    text.now y="25" text-anchor=(if now < 5.0 { "start" } else if now > 95.0 { "end" } else { "middle" }) { (format::day(today, today)) }
                }
            }
        }
    }
}
