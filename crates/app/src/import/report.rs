//! What became of every record of an import (integrations §4.2).

use std::collections::{BTreeMap, HashMap};

use northing_connectors::import_model::{FieldNote, Place};
use northing_core::values::Id;
use northing_store::imports::{Line as Stored, LineRow};
use northing_store::{Store, Tx, imports};
use serde::{Deserialize, Serialize};

use super::draft::FileSummary;
use super::summary::{TreeGoal, Warnings, effect_name};
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
    const ALL: [Self; 5] = [Self::Created, Self::Updated, Self::Unchanged, Self::Skipped, Self::Failed];

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

/// Where the lines of a report go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Keeping {
    /// They stay in memory.
    #[default]
    Memory,
    /// They are written with the import, in parts.
    Store(Id),
}

/// Lines are written at least so many at a time where they need not be written sooner.
const AT_ONCE: usize = 1024;

/// The whole import.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// Nothing was kept: it was only tried.
    pub dry_run: bool,
    /// The import in the list, where it stands there.
    #[serde(skip)]
    pub import: Option<Id>,
    /// By entity.
    pub counts: BTreeMap<&'static str, Count>,
    /// Every record; none where they are kept with the import ([`crate::Northing::import_report`]).
    pub lines: Vec<Line>,
    /// The goals as a tree needs them.
    #[serde(skip)]
    pub(super) goals: Vec<TreeGoal>,
    /// What goals, people and teams are called.
    #[serde(skip)]
    pub(super) names: HashMap<Id, String>,
    #[serde(skip)]
    pub(super) warnings: Warnings,
    #[serde(skip)]
    keeping: Keeping,
    /// How many lines there are.
    #[serde(skip)]
    pub(super) count: i64,
    /// Lines that are to be written, the last ones.
    #[serde(skip)]
    waiting: Vec<Stored>,
}

impl Line {
    /// As it is kept.
    fn stored(self) -> Stored {
        Stored {
            entity: self.entity,
            place: json(&self.place),
            title: self.title,
            outcome: self.outcome.name(),
            subject: self.subject,
            noted: !self.notes.is_empty(),
            fields: json(&self.notes),
            undo: self.undo,
        }
    }
}

impl Line {
    /// As it was kept.
    pub(super) fn read(row: LineRow, files: &[FileSummary]) -> Result<Self> {
        let broken = |error: serde_json::Error| Error::Internal(error.to_string());
        let place: Place = serde_json::from_str(&row.place).map_err(broken)?;
        let file = usize::try_from(place.file).ok().and_then(|at| files.get(at));
        let entity = ENTITIES.into_iter().find(|name| *name == row.entity);
        let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.name() == row.outcome);
        let unknown = || Error::Internal(format!("a line of {} {}", row.entity, row.outcome));
        Ok(Self {
            entity: entity.ok_or_else(unknown)?,
            file: file.map(|file| file.name.clone()).unwrap_or_default(),
            place,
            outcome: outcome.ok_or_else(unknown)?,
            subject: row.subject,
            notes: serde_json::from_str(&row.fields).map_err(broken)?,
            undo: None,
            title: row.title,
        })
    }
}

/// What records can be of.
const ENTITIES: [&str; 8] =
    ["organization", "person", "team", "period", "tag", "goal", "check_in", "comment"];

/// As JSON; of these types all can be written so.
fn json<T: Serialize>(it: &T) -> String {
    serde_json::to_string(it).unwrap_or_default()
}

impl ImportReport {
    pub(super) fn new(dry_run: bool, keeping: Keeping) -> Self {
        Self { dry_run, keeping, ..Self::default() }
    }

    /// Adds a line; its number, from 1.
    pub(super) fn add(&mut self, line: Line) -> i64 {
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
        self.warnings.add(line.entity, line.outcome, &line.title, &line.notes);
        self.count += 1;
        match self.keeping {
            Keeping::Memory => self.lines.push(line),
            Keeping::Store(_) => self.waiting.push(line.stored()),
        }
        self.count
    }

    /// Writes the lines that wait.
    pub(super) async fn write(&mut self, tx: &mut Tx) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if let (Keeping::Store(import), false) = (self.keeping, waiting.is_empty()) {
            let first = self.count - i64::try_from(waiting.len()).unwrap_or(0) + 1;
            imports::add_lines(tx, import, first, &waiting).await?;
        }
        Ok(())
    }

    /// As [`Self::write`], in changes of another store than the import is in; those that are few wait unless they are the last.
    pub(super) async fn write_to(&mut self, store: &Store, last: bool) -> Result<()> {
        let Keeping::Store(import) = self.keeping else { return Ok(()) };
        if self.waiting.is_empty() || (!last && self.waiting.len() < AT_ONCE) {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let first = self.count - i64::try_from(waiting.len()).unwrap_or(0) + 1;
        store
            .write(waiting, move |tx, waiting| {
                Box::pin(async move { Ok::<_, Error>(imports::add_lines(tx, import, first, waiting).await?) })
            })
            .await
    }

    /// Adds remarks to lines of goals that were added before, all of them written.
    pub(super) async fn amend(&mut self, tx: &mut Tx, remarks: &[Remark]) -> Result<()> {
        self.noted(remarks);
        match self.keeping {
            Keeping::Memory => Ok(()),
            Keeping::Store(import) => write_remarks(tx, import, remarks).await,
        }
    }

    /// As [`Self::amend`], in changes of another store than the import is in.
    pub(super) async fn amend_in(&mut self, store: &Store, remarks: Vec<Remark>) -> Result<()> {
        self.noted(&remarks);
        let Keeping::Store(import) = self.keeping else { return Ok(()) };
        store
            .write(remarks, move |tx, remarks| {
                Box::pin(async move { write_remarks(tx, import, remarks).await })
            })
            .await
    }

    fn noted(&mut self, remarks: &[Remark]) {
        for it in remarks {
            self.warnings.add("goal", it.outcome, &it.title, std::slice::from_ref(&it.note));
            let at = usize::try_from(it.line - 1).unwrap_or(usize::MAX);
            if let Some(line) = self.lines.get_mut(at) {
                line.notes.push(it.note.clone());
            }
        }
    }

    /// How many records of all entities met this outcome.
    #[must_use]
    pub fn total(&self, outcome: Outcome) -> usize {
        let of = |count: &Count| match outcome {
            Outcome::Created => count.created,
            Outcome::Updated => count.updated,
            Outcome::Unchanged => count.unchanged,
            Outcome::Skipped => count.skipped - count.unchanged,
            Outcome::Failed => count.failed,
        };
        usize::try_from(self.counts.values().map(of).sum::<u64>()).unwrap_or(usize::MAX)
    }

    /// The report as a table: one row for each record, and one more for each further note.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut text = String::from(csv_head());
        self.lines.iter().for_each(|line| line.csv(&mut text));
        text
    }
}

impl Line {
    /// Its rows of the table: one, and one more for each further note.
    pub fn csv(&self, text: &mut String) {
        let begin = [self.entity, &self.file, &self.place.row.to_string(), &self.title, self.outcome.name()];
        write_rows(text, begin, &self.notes);
    }
}

/// A remark on a goal's line that was made after it was written.
#[derive(Debug, Clone)]
pub(super) struct Remark {
    pub(super) line: i64,
    pub(super) outcome: Outcome,
    pub(super) title: String,
    pub(super) note: FieldNote,
}

async fn write_remarks(tx: &mut Tx, import: Id, remarks: &[Remark]) -> Result<()> {
    let numbers: Vec<i64> = remarks.iter().map(|it| it.line).collect();
    let mut of: HashMap<i64, Vec<&FieldNote>> = HashMap::new();
    for it in remarks {
        of.entry(it.line).or_default().push(&it.note);
    }
    let mut fields = imports::fields(tx, import, &numbers).await?;
    for (number, text) in &mut fields {
        let mut all: Vec<FieldNote> =
            serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()))?;
        all.extend(of.get(number).into_iter().flatten().copied().cloned());
        *text = json(&all);
    }
    Ok(imports::set_fields(tx, import, &fields).await?)
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
