//! Progress against the expected mark: bars whose geometry stands in SVG attributes.

use maud::{Markup, html};

use super::status::Shown;
use crate::format::{length, percent};

/// Where a goal is and where it should be, in per cent; neither is clamped.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// The goal's progress; none for baselines.
    pub actual: Option<f64>,
    /// What the calendar expects; none without an end date, for control and baseline measures.
    pub expected: Option<f64>,
    /// Colours the bar.
    pub status: Shown,
}

/// The sentence for screen readers: `54%, expected 55%`.
#[must_use]
pub fn sentence(progress: &Progress) -> String {
    let actual = progress.actual.map_or_else(|| "No progress".to_owned(), percent);
    progress.expected.map_or(actual.clone(), |expected| format!("{actual}, expected {}", percent(expected)))
}

/// The number and the bar of a tree row; in a list of one period the marks line up.
#[must_use]
pub fn cell(progress: &Progress) -> Markup {
    html! {
        @if let Some(actual) = progress.actual {
            div.prog {
                span.v title=(crate::format::percent_exact(actual)) {
                    (percent(actual))
                    @if let Some(expected) = progress.expected { span.sr { ", expected " (percent(expected)) } }
                }
                svg.bar data-st=(progress.status.role()) aria-hidden="true" {
                    rect.t {} rect.f width=(length(actual)) {}
                    @if let Some(expected) = progress.expected { rect.h x=(length(expected)) {} rect.e x=(length(expected)) {} }
                }
            }
        }
    }
}

/// A bar alone; a number stands beside it.
#[must_use]
pub fn bar(progress: &Progress, size: Size) -> Markup {
    drawn(progress, size, false)
}

fn drawn(progress: &Progress, size: Size, slides: bool) -> Markup {
    let class = match size {
        Size::Small => "bar bar-s",
        Size::Wide => "bar bar-s wd",
        Size::Medium => "bar",
        Size::Large => "bar bar-l",
    };
    html! {
        svg class=(class) data-st=(progress.status.role()) data-slide[slides] aria-hidden="true" {
            rect.t {}
            @if let Some(actual) = progress.actual { rect.f width=(length(actual)) {} }
            @if let Some(expected) = progress.expected { rect.e x=(length(expected)) {} }
        }
    }
}

/// A bar with the value that is not saved yet behind the one that is.
#[must_use]
pub fn bar_preview(now: &Progress, after: f64) -> Markup {
    html! {
        svg.bar data-st=(now.status.role()) aria-hidden="true" {
            rect.t {} rect.g width=(length(after)) {}
            @if let Some(actual) = now.actual { rect.f width=(length(actual)) {} }
            @if let Some(expected) = now.expected { rect.e x=(length(expected)) {} }
        }
    }
}

/// How big a bar is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    /// In lists of goals.
    Small,
    /// In tables.
    Wide,
    /// Beside text.
    Medium,
    /// At the head of a goal.
    Large,
}

/// The large bar with what stands below it: start, progress against expected, target. Where the person may check in, dragging
/// the bar begins a check-in with that percentage.
#[must_use]
pub fn scale(progress: &Progress, left: &str, right: &str, may_check_in: bool) -> Markup {
    html! {
        div {
            (drawn(progress, Size::Large, may_check_in))
            div.scale {
                span { (left) }
                span {
                    @if let Some(actual) = progress.actual { b { (percent(actual)) } }
                    @if let Some(expected) = progress.expected { ", expected " (percent(expected)) }
                }
                span { (right) }
            }
        }
    }
}
