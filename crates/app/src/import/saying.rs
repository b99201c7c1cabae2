//! Telling what became of a record.

use northing_connectors::import_model::{Effect, FieldNote, LeftOut, Record};
use northing_core::values::Id;

use super::report::{Line, Outcome};
use super::run::Run;

impl Run<'_> {
    /// Reports a record; the number of its line.
    pub(super) fn say<T>(
        &mut self,
        entity: &'static str,
        record: &Record<T>,
        title: &str,
        said: Said,
    ) -> i64 {
        let file = usize::try_from(record.place.file).ok().and_then(|at| self.set.files.get(at));
        let mut notes = record.notes.clone();
        notes.extend(said.notes);
        self.report.add(Line {
            entity,
            file: file.cloned().unwrap_or_default(),
            place: record.place,
            title: title.chars().take(200).collect(),
            outcome: said.outcome,
            subject: said.subject,
            notes,
            undo: said.undo,
        })
    }

    /// Reports the rows that say nothing of their own.
    pub(super) fn left_out(&mut self, all: Vec<LeftOut>) {
        for it in all {
            let file = usize::try_from(it.place.file).ok().and_then(|at| self.set.files.get(at));
            self.report.add(Line {
                entity: "goal",
                file: file.cloned().unwrap_or_default(),
                place: it.place,
                title: it.title.chars().take(200).collect(),
                outcome: Outcome::Skipped,
                subject: None,
                notes: vec![dropped("Title", it.reason)],
                undo: None,
            });
        }
    }

    /// Reports a record that could not be taken over.
    pub(super) fn fail<T>(
        &mut self,
        entity: &'static str,
        record: &Record<T>,
        title: &str,
        notes: Vec<FieldNote>,
    ) {
        self.say(entity, record, title, Said { outcome: Outcome::Failed, subject: None, notes, undo: None });
    }
}

/// What became of a record.
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) subject: Option<Id>,
    pub(super) notes: Vec<FieldNote>,
    pub(super) undo: Option<String>,
}

/// A field that was not taken over.
pub(super) fn dropped(field: &str, reason: impl Into<String>) -> FieldNote {
    FieldNote { field: field.to_owned(), effect: Effect::Dropped, reason: reason.into() }
}

/// A field that was taken over in another form.
pub(super) fn changed(field: &str, reason: impl Into<String>) -> FieldNote {
    FieldNote { field: field.to_owned(), effect: Effect::Changed, reason: reason.into() }
}
