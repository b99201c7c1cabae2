//! The time periods (goals §3.4): by planning year, made, changed, made current, removed.

use maud::{Markup, html};
use northing_core::period::PeriodKind;
use northing_core::values::{Day, Id};

use super::{Form, Tab, frame};
use crate::components::feedback::{self, Tone};
use crate::components::form::{self, Field};
use crate::icons::icon;
use crate::layout::{self, Page};
use crate::{Ctx, format, paths};

/// The labels of the form's fields, for telling what differs.
pub const LABELS: &[(&str, &str)] =
    &[("name", "Name"), ("kind", "Kind"), ("start", "First day"), ("end", "Last day")];

/// A period in the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// The period.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: PeriodKind,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Goals that belong to it.
    pub goals: usize,
    /// Deleted goals that belong to it.
    pub deleted: usize,
    /// Whether it is the current one.
    pub current: bool,
    /// The periods of no year that a custom one overlaps.
    pub overlaps: Vec<String>,
    /// The version that the reader sees.
    pub version: i64,
}

/// The periods of a planning year.
#[derive(Debug, Clone)]
pub struct Year {
    /// Its name: "2026".
    pub name: String,
    /// Its periods by first day.
    pub periods: Vec<Line>,
}

/// The word for a kind.
#[must_use]
pub const fn kind(kind: PeriodKind) -> &'static str {
    match kind {
        PeriodKind::Annual => "Year",
        PeriodKind::Quarterly => "Quarter",
        PeriodKind::Custom => "Custom",
    }
}

/// The page. `automatic`: whether the current period follows the calendar; `to_make` is a planning year that can be made now.
#[must_use]
pub fn page(ctx: &Ctx, years: &[Year], automatic: bool, to_make: Option<i16>) -> Page {
    let new = format!("{}/new", paths::PERIODS);
    let actions = html! {
        @if let Some(year) = to_make {
            form method="post" action=(format!("{}/years", paths::PERIODS)) {
                (layout::csrf(ctx)) input type="hidden" name="year" value=(year);
                button.btn type="submit" { "Make the periods of " (year) }
            }
        }
        a.btn.btn-p href=(new) hx-get=(new) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" { (icon("plus")) "New period" }
    };
    let main = html! {
        @if automatic {
            (feedback::note(Tone::Info, &html! { "The current period follows the calendar: on the first day of a quarter everyone's pages open with it. The periods of the next planning year are made on the first day of this one's last quarter, or by you before that." }))
        } @else {
            (feedback::note(Tone::Warning, &html! { "There are custom periods, so the current one no longer follows the calendar: make another one current here when it begins. Without custom periods it follows the calendar again." }))
        }
        p.mut.sm { "Periods may overlap, as a year and its quarters do. A goal belongs to exactly one of them." }
        @for year in years {
            section.frame aria-labelledby=(format!("h-{}", year.name)) {
                div.frame-h { h2 id=(format!("h-{}", year.name)) { (year.name) } }
                div.scroll-x tabindex="0" role="region" aria-label=(format!("Periods of {}", year.name)) { table.tbl {
                    thead { tr { th scope="col" { "Period" } th scope="col" { "Kind" } th scope="col" { "First day" } th scope="col" { "Last day" } th.r scope="col" { "Goals" } th scope="col" { span.sr { "Actions" } } } }
                    tbody { @for line in &year.periods { (row(ctx, line)) } }
                } }
            }
        }
    };
    frame(Tab::Periods, None, &actions, &main)
}

fn row(ctx: &Ctx, line: &Line) -> Markup {
    let dialog = |part: &str, text: &str| {
        let href = paths::period(line.id, part);
        html! { a.btn.btn-q href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" aria-label=(format!("{text} {}", line.name)) { (text) } }
    };
    html! {
        tr {
            th scope="row" {
                (line.name) @if line.current { " " span.tag { "Current" } }
                @if !line.overlaps.is_empty() { br; span.dim.xs { "Overlaps " (line.overlaps.join(", ")) } }
            }
            td { (kind(line.kind)) }
            td.nowrap { (format::day_long(line.start)) }
            td.nowrap { (format::day_long(line.end)) }
            td.r { (format::count(line.goals)) }
            td { div.btns.adm-r {
                @if !line.current {
                    form method="post" action=(paths::period(line.id, "current")) {
                        (layout::csrf(ctx)) input type="hidden" name="version" value=(line.version);
                        button.btn.btn-q type="submit" aria-label=(format!("Make current: {}", line.name)) { "Make current" }
                    }
                }
                (dialog("", "Edit"))
                (dialog("deletion", "Delete"))
            } }
        }
    }
}

/// The form for a new period, or for one that is there. `automatic`: whether the current period follows the calendar now.
#[must_use]
pub fn edit(ctx: &Ctx, it: &Form, period: Option<Id>, automatic: bool) -> Markup {
    let (title, action, verb) = match period {
        None => ("New period", paths::PERIODS.to_owned(), "Create period"),
        Some(id) => ("Edit period", paths::period(id, ""), "Save period"),
    };
    let kinds: Vec<_> =
        PeriodKind::ALL.iter().map(|each| (each.name().to_owned(), kind(*each).to_owned())).collect();
    html! {
        dialog.dlg data-modal open aria-labelledby="period-title" {
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (it.hidden(ctx))
                header.dlg-h { div { h2 #period-title { (title) } } a.btn.btn-q.btn-x href=(paths::PERIODS) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    (it.notes("this period"))
                    (form::input(&Field { required: true, hint: Some("For example H1 2027, or Launch."), ..it.field("name", "Name") }, "text"))
                    div.form-2 {
                        (form::input(&Field { required: true, ..it.field("start", "First day") }, "date"))
                        (form::input(&Field { required: true, ..it.field("end", "Last day") }, "date"))
                    }
                    @if period.is_some() { p.hint { "Goals in it keep their own days." } }
                    (form::select(&it.field("kind", "Kind"), &kinds))
                    @if automatic {
                        n-reveal for="kind" when="custom" {
                            (feedback::note(Tone::Warning, &html! { "With a custom period the current one no longer switches by itself: from then on you make it current here." }))
                        }
                    }
                    @if period.is_none() { (form::checkbox("is_current", "Make it the current one", Some("Everyone's pages open with it."), it.ticked("is_current"))) }
                }
                footer.dlg-f { span.push {} a.btn href=(paths::PERIODS) data-close { "Cancel" } button.btn.btn-p type="submit" { (verb) } }
            }
        }
    }
}

/// The question before a period is removed. `others` are the periods that its goals can move to.
#[must_use]
pub fn deletion(ctx: &Ctx, line: &Line, others: &[(String, String)], form: &Form) -> Markup {
    let action = paths::period(line.id, "deletion");
    let all = line.goals + line.deleted;
    html! {
        dialog.dlg data-modal open aria-labelledby="confirm-title" {
            form method="post" action=(action) hx-post=(action) hx-target="#dialog" hx-swap="innerHTML" {
                (layout::csrf(ctx))
                input type="hidden" name="version" value=(line.version);
                header.dlg-h { div { h2 #confirm-title { "Delete " (line.name) "?" } } a.btn.btn-q.btn-x href=(paths::PERIODS) data-close aria-label="Close" { (icon("close")) } }
                div.dlg-b.form {
                    @if let Some(refusal) = &form.typed.refusal { (feedback::note(Tone::Failure, &html! { (refusal) })) }
                    @if line.current { p { "This is the current period. Make another one current first." } }
                    @else if all == 0 { p { "No goal belongs to it. This cannot be undone." } }
                    @else {
                        p { @if all == 1 { "1 goal belongs" } @else { (format::count(all)) " goals belong" } " to it" @if line.deleted > 0 { ", " (format::count(line.deleted)) " of them deleted" } ". They move to another period first and keep their own days, progress and alignment. This cannot be undone." }
                        (form::select(&form.field("move_to", "Move them to"), others))
                    }
                }
                footer.dlg-f {
                    span.push {}
                    a.btn href=(paths::PERIODS) data-close { "Keep" }
                    @if !line.current { button.btn.btn-d type="submit" { (icon("trash")) @if all == 0 { "Delete period" } @else { "Move goals and delete" } } }
                }
            }
        }
    }
}
