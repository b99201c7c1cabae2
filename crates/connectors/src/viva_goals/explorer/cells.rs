//! The cells of one row by their columns, taken out one by one; what is left is unknown and kept verbatim.

use std::collections::BTreeMap;

use northing_core::values::{Day, Moment};
use serde_json::{Map, Value};

use super::super::values;
use super::columns::{Column, Columns, Place};
use crate::import_model::{Amount, Effect, FieldNote};
use crate::tables::{Cell, Row, workbook};

/// A row, with the remarks made on it so far.
pub(super) struct Cells {
    known: BTreeMap<Column, Cell>,
    /// Tags, each cell whole.
    pub(super) tags: Vec<String>,
    /// Cells of check-ins, with the position of each.
    pub(super) check_in_cells: Vec<(usize, String)>,
    pub(super) extra: Map<String, Value>,
    pub(super) notes: Vec<FieldNote>,
}

impl Cells {
    pub(super) fn of(row: Row, columns: &Columns) -> Self {
        let mut it = Self {
            known: BTreeMap::new(),
            tags: Vec::new(),
            check_in_cells: Vec::new(),
            extra: Map::new(),
            notes: Vec::new(),
        };
        for (position, cell) in row.cells.into_iter().enumerate() {
            if cell.is_blank() {
                continue;
            }
            match columns.at(position) {
                Place::Known(Column::Tag) => it.tags.extend(cell.text()),
                Place::Known(Column::CheckIns) | Place::Unnamed => {
                    it.check_in_cells.extend(cell.text().map(|text| (position, text)));
                }
                Place::Known(column) => {
                    if let Cell::Broken(what) = &cell {
                        it.note(name(*column), Effect::Dropped, format!("no value stands here but {what}"));
                        it.extra.insert(name(*column).to_owned(), Value::String(what.clone()));
                    } else {
                        it.known.insert(*column, cell);
                    }
                }
                Place::Unknown(header) => {
                    let text = cell.text().unwrap_or_default();
                    it.extra.insert(header.clone(), Value::String(text));
                }
            }
        }
        it
    }

    pub(super) fn note(&mut self, field: &str, effect: Effect, reason: impl Into<String>) {
        self.notes.push(FieldNote { field: field.to_owned(), effect, reason: reason.into() });
    }

    /// Notes that a cell was not understood, and keeps it among the unknown.
    pub(super) fn odd(&mut self, field: &str, text: String) {
        let shown: String = text.chars().take(60).collect();
        self.note(field, Effect::Dropped, format!("not understood: {shown}"));
        self.extra.insert(field.to_owned(), Value::String(text));
    }

    pub(super) fn text(&mut self, column: Column) -> Option<String> {
        self.known.remove(&column)?.text().map(|text| text.trim().to_owned())
    }

    pub(super) fn number(&mut self, column: Column) -> Option<Amount> {
        let cell = self.known.remove(&column)?;
        if let Cell::Number(number) = cell {
            return Some(Amount::exact(number)).filter(|it| it.value.is_finite());
        }
        let text = cell.text()?;
        let Some(amount) = values::amount(&text) else {
            self.odd(name(column), text);
            return None;
        };
        if amount.approximate {
            self.note(name(column), Effect::Kept, format!("rounded for display in the file: {text}"));
        }
        Some(amount)
    }

    pub(super) fn day(&mut self, column: Column) -> Option<Day> {
        self.dated(column).map(|(day, _)| day)
    }

    pub(super) fn moment(&mut self, column: Column) -> Option<Moment> {
        let (day, moment) = self.dated(column)?;
        Some(moment.unwrap_or_else(|| day.start_in(&jiff::tz::TimeZone::UTC)))
    }

    fn dated(&mut self, column: Column) -> Option<(Day, Option<Moment>)> {
        let cell = self.known.remove(&column)?;
        let found = match &cell {
            Cell::Date(day, moment) => Some((*day, *moment)),
            Cell::Number(serial) => workbook::day_of_serial(*serial).map(|day| (day, None)),
            _ => values::day_and_moment(&cell.text()?),
        };
        if found.is_none() {
            let text = cell.text().unwrap_or_default();
            self.note(name(column), Effect::Dropped, "write days as 2025-12-31");
            self.odd(name(column), text);
        }
        found
    }
}

/// A column as Viva Goals heads it, for the report.
pub(super) const fn name(column: Column) -> &'static str {
    match column {
        Column::Id => "Id",
        Column::Title => "Title",
        Column::Team => "Team",
        Column::Tag => "Tag",
        Column::Level => "OKR type",
        Column::LevelName => "Type name",
        Column::Creator => "Creator",
        Column::CreatorEmail => "Creator Email",
        Column::Owner => "Owner",
        Column::OwnerEmail => "Owner Email",
        Column::CheckInOwnerEmail => "Check-in Owner Email",
        Column::DelegateEmail => "Delegated To Email",
        Column::Period => "Period",
        Column::StartDate => "Start Date",
        Column::EndDate => "End Date",
        Column::Description => "Description",
        Column::AlignedTo => "Aligned To (weight, Objective ID)",
        Column::MetricName => "Metric Name",
        Column::MetricType => "Metric Type",
        Column::Unit => "Unit",
        Column::Start => "Start",
        Column::Target => "Target",
        Column::ObjectType => "Object Type",
        Column::GoalType => "Goal Type",
        Column::CreatedAt => "Created At",
        Column::LastCheckIn => "Last Check-in",
        Column::LastNote => "Last Check-in Note",
        Column::Progress => "Progress %",
        Column::Actual => "Actual Progress",
        Column::ProgressFrom => "Progress From",
        Column::Status => "Status",
        Column::Score => "Score",
        Column::Visibility => "Visibility",
        Column::CheckIns => "Checkins",
    }
}
