//! What became of every record: filtered, and paged by key.

use maud::{Markup, html};
use northing_core::values::Id;

use super::{entity, number};
use crate::icons::icon;
use crate::paths;

/// A remark on a field.
#[derive(Debug, Clone)]
pub struct Remark {
    /// The field.
    pub field: String,
    /// `kept`, `changed` or `dropped`.
    pub effect: &'static str,
    /// Why.
    pub reason: String,
}

/// What became of a record.
#[derive(Debug, Clone)]
pub struct Line {
    /// Record or row within its file.
    pub row: u64,
    /// `goal`, `person`, ….
    pub entity: String,
    /// Its name or first words.
    pub title: String,
    /// Where it can be seen here.
    pub href: Option<String>,
    /// `created`, `updated`, `unchanged`, `skipped` or `failed`.
    pub outcome: String,
    /// What became of its fields.
    pub remarks: Vec<Remark>,
}

/// A page of records.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// The records.
    pub lines: Vec<Line>,
    /// The chosen entity; empty for all.
    pub entity: String,
    /// The chosen outcome; empty for all.
    pub outcome: String,
    /// Only those with remarks.
    pub noted: bool,
    /// Where the list goes on.
    pub next: Option<String>,
}

/// The filters and the table.
pub(super) fn lines(id: Id, it: &Lines) -> Markup {
    let entities = ["goal", "check_in", "comment", "person", "team", "period", "tag"];
    let outcomes = ["created", "updated", "unchanged", "skipped", "failed"];
    html! {
        form.flow.imp-filter method="get" action=(format!("{}#records", paths::import(id, ""))) {
            select.in.ms name="entity" aria-label="Which records" {
                option value="" { "All records" }
                @for name in entities { option value=(name) selected[it.entity == name] { (crate::terms::capitalised(entity(name).1)) } }
            }
            select.in.ms name="outcome" aria-label="What became of them" {
                option value="" { "Any outcome" }
                @for name in outcomes { option value=(name) selected[it.outcome == name] { (crate::terms::capitalised(word(name))) } }
            }
            label.opt-l { input type="checkbox" name="noted" value="true" checked[it.noted]; span { "With remarks" } }
            button.btn type="submit" { "Show" }
        }
        @if it.lines.is_empty() {
            p.mut { "No record is like that." }
        } @else {
            div.frame.scroll-x tabindex="0" role="region" aria-label="Every record, table" { table.tbl.imp-l {
                thead { tr { th.r scope="col" { "Row" } th scope="col" { "Outcome" } th scope="col" { "Record" } th scope="col" { "Fields that were not simply kept" } } }
                tbody { @for line in &it.lines { (row(line)) } }
            } }
        }
        @if let Some(next) = &it.next { p { a.btn href=(next) { "More records" } } }
    }
}

fn row(line: &Line) -> Markup {
    let failed = line.outcome == "failed";
    html! {
        tr data-st=[failed.then_some("risk")] {
            td.r.dim { (number(line.row)) }
            td { (outcome(&line.outcome)) }
            td {
                span.xs.dim { (entity(&line.entity).0) } " "
                @match &line.href { Some(href) => a href=(href) { (title(line)) }, None => (title(line)) }
            }
            td {
                @if line.remarks.is_empty() { span.dim { "No remarks" } }
                @else { ul { @for remark in &line.remarks { li { b { (remark.field) } " " (effect(remark.effect)) " " (remark.reason) } } } }
            }
        }
    }
}

fn title(line: &Line) -> &str {
    if line.title.is_empty() { "without a note" } else { &line.title }
}

const fn word(outcome: &str) -> &str {
    match outcome.as_bytes() {
        b"unchanged" => "unchanged",
        b"skipped" => "left out or kept",
        b"failed" => "not imported",
        _ => outcome,
    }
}

/// What became of a record, with its sign.
pub(super) fn outcome(name: &str) -> Markup {
    let (status, sign, text) = match name {
        "created" => ("track", "plus", "New"),
        "updated" => ("closed", "edit", "Changed"),
        "unchanged" => ("none", "minus", "Unchanged"),
        "failed" => ("risk", "warn", "Cannot import"),
        _ => ("none", "minus", "Left alone"),
    };
    html! { span.st data-st=(status) { (icon(sign)) (text) } }
}

/// What became of a field, with its sign.
pub(super) fn effect(name: &str) -> Markup {
    let (status, sign, text) = match name {
        "dropped" => ("behind", "warn", "not taken over"),
        "changed" => ("closed", "edit", "in another form"),
        _ => ("none", "info", "kept"),
    };
    html! { span.st data-st=(status) { (icon(sign)) (text) } }
}
