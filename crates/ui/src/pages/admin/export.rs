//! Downloading the whole organisation: three forms, with what each holds.

use maud::{Markup, html};

use super::{Tab, frame};
use crate::icons::icon;
use crate::layout::Page;
use crate::{Ctx, layout, paths};

/// A form of export: its value, its name, what it is for, what it holds.
const FORMS: [(&str, &str, &str, &[&str]); 3] = [
    (
        "json",
        "Everything (JSON, ZIP)",
        "For another Northing, for programs, and to keep.",
        &[
            "Periods, people, teams, tags and goals with every field, alignment and share",
            "Every check-in, comment and point of the history",
            "Can be imported again, here or elsewhere, without loss",
        ],
    ),
    (
        "csv",
        "Goals as a table (CSV)",
        "For other programs that read tables.",
        &[
            "A line for each goal with its measure, progress, status, owners and teams",
            "Its check-ins with their notes",
        ],
    ),
    (
        "xlsx",
        "Goals as a workbook (XLSX)",
        "For a spreadsheet.",
        &[
            "The same as the table, with numbers and dates as such",
            "Text that looks like a formula stays text",
        ],
    ),
];

/// The page.
#[must_use]
pub fn page(ctx: &Ctx) -> Page {
    let main = html! {
        p.measure { "Every export is noted in the audit log. Goals that only named people see are in it as far as you see them yourself." }
        @for (value, name, purpose, holds) in FORMS { (form(ctx, value, name, purpose, holds)) }
        p.measure.mut.sm { "A backup of the installation with passwords, tokens and the audit log is made on the command line: " code { "northing backup" } "." }
    };
    frame(Tab::Export, None, &html! {}, &main)
}

fn form(ctx: &Ctx, value: &str, name: &str, purpose: &str, holds: &[&str]) -> Markup {
    let heading = format!("h-export-{value}");
    html! {
        section.frame aria-labelledby=(heading) {
            div.frame-h { h2 id=(heading) { (name) } }
            div.frame-b.stack {
                p.mut.sm { (purpose) }
                ul.dots { @for each in holds { li { (each) } } }
                form method="post" action=(paths::EXPORT) {
                    (layout::csrf(ctx))
                    button.btn type="submit" name="format" value=(value) { (icon("download")) "Download " (value.to_uppercase()) }
                }
            }
        }
    }
}
