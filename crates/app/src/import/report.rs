//! What became of every record of an import (integrations §4.2).

use std::collections::BTreeMap;

use northing_connectors::import_model::{FieldNote, Place};
use northing_core::values::Id;
use northing_store::imports::Line as Stored;
use serde::{Deserialize, Serialize};

use super::summary::{TreeGoal, effect_name};
use super::view::LineView;
use crate::{Error, Result};

/// What became of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is new here.
    Created,
    /// It was here and says something else now.
    Updated,
    /// It says what it said before.
    Unchanged,
    /// It was left out, or stays as people here made it; its notes say why.
    Skipped,
    /// It could not be taken over; its notes say why.
    Failed,
}

impl Outcome {
    /// Its name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }
}

/// One record of the files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line {
    /// `person`, `team`, `period`, `tag`, `goal`, `check_in` or `comment`.
    pub entity: &'static str,
    /// The file it stood in.
    pub file: String,
    /// Where in it.
    pub place: Place,
    /// Its name, title or first words.
    pub title: String,
    /// What became of it.
    pub outcome: Outcome,
    /// The record here that it became.
    #[serde(rename = "id")]
    pub subject: Option<Id>,
    /// What became of its fields, where they were not simply kept.
    pub notes: Vec<FieldNote>,
    /// What it takes to undo it, as JSON.
    #[serde(skip)]
    pub(super) undo: Option<String>,
}

/// How many records of an entity met which outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// New here.
    pub created: u64,
    /// Here, and changed.
    pub updated: u64,
    /// Neither: they say what they said before, were left out, or stay as people here made them.
    pub skipped: u64,
    /// Of the skipped, those that say what they said before.
    pub unchanged: u64,
    /// Could not be taken over.
    pub failed: u64,
}

/// The whole import.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// Nothing was kept: it was only tried.
    pub dry_run: bool,
    /// By entity.
    pub counts: BTreeMap<&'static str, Count>,
    /// Every record.
    pub lines: Vec<Line>,
    /// The goals as a tree needs them.
    #[serde(skip)]
    pub(super) goals: Vec<TreeGoal>,
}

impl Line {
    /// As it is kept.
    pub(super) fn stored(self) -> Result<Stored> {
        let json =
            |it: Result<String, serde_json::Error>| it.map_err(|error| Error::Internal(error.to_string()));
        Ok(Stored {
            entity: self.entity,
            place: json(serde_json::to_string(&self.place))?,
            title: self.title,
            outcome: self.outcome.name(),
            subject: self.subject,
            noted: !self.notes.is_empty(),
            fields: json(serde_json::to_string(&self.notes))?,
            undo: self.undo,
        })
    }
}

impl ImportReport {
    pub(super) fn add(&mut self, line: Line) {
        let count = self.counts.entry(line.entity).or_default();
        match line.outcome {
            Outcome::Created => count.created += 1,
            Outcome::Updated => count.updated += 1,
            Outcome::Unchanged => {
                count.unchanged += 1;
                count.skipped += 1;
            }
            Outcome::Skipped => count.skipped += 1,
            Outcome::Failed => count.failed += 1,
        }
        self.lines.push(line);
    }

    /// How many records of all entities met this outcome.
    #[must_use]
    pub fn total(&self, outcome: Outcome) -> usize {
        self.lines.iter().filter(|line| line.outcome == outcome).count()
    }

    /// The report as a table: one row for each record, and one more for each further note.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = String::from(csv_head());
        for line in &self.lines {
            let begin =
                [line.entity, &line.file, &line.place.row.to_string(), &line.title, line.outcome.name()];
            write_rows(&mut text, begin, &line.notes);
        }
        text
    }
}

/// The first line of a report as a table.
#[must_use]
pub const fn csv_head() -> &'static str {
    "entity,file,row,title,outcome,field,effect,reason\r\n"
}

/// The rows of a record: one, and one more for each further note.
pub fn csv_rows(text: &mut String, line: &LineView) {
    let begin = [&*line.entity, &line.file, &line.row.to_string(), &line.title, &line.outcome];
    write_rows(text, begin, &line.notes);
}

fn write_rows(text: &mut String, begin: [&str; 5], notes: &[FieldNote]) {
    if notes.is_empty() {
        write_row(text, begin.into_iter().chain(["", "", ""]));
    }
    for note in notes {
        let rest = [note.field.as_str(), effect_name(note.effect), note.reason.as_str()];
        write_row(text, begin.into_iter().chain(rest));
    }
}

fn write_row<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&escaped(cell));
    }
    text.push_str("\r\n");
}

/// Quoted where needed; what a spreadsheet would take for a formula is kept from being one.
fn escaped(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        assert_eq!(escaped("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(escaped("=1+1"), "'=1+1");
        assert_eq!(escaped("plain"), "plain");
    }
}
