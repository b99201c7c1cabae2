//! One row of format A as a goal, with what can only be settled when all rows are read.

use northing_core::goal::ProgressMode;
use northing_core::status::Status;

use super::super::values;
use super::aligned_to;
use super::cells::Cells;
use super::check_in_cell::{self, CheckInCell};
use super::columns::{Column, Columns};
use super::measure::measured;
use crate::import_model::{Audience, Effect, Goal, PersonRef, Place, Record, Reference};
use crate::tables::Row;
use crate::tables::workbook::linked_text;

/// A goal as its row has it.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) record: Record<Goal>,
    /// The cell `Owner`, whose names cannot be told apart yet.
    pub(super) owners: Option<String>,
    pub(super) owner_emails: Vec<String>,
    pub(super) check_ins: Vec<CheckInCell>,
    /// The note of the last check-in, where the file has no column of check-ins.
    pub(super) last_note: Option<String>,
    pub(super) has_check_in_column: bool,
}

/// Reads a row; none where it has no title.
pub(super) fn read(place: Place, row: Row, columns: &Columns) -> Option<Draft> {
    let tags_apart = columns.has_tag_columns();
    let mut c = Cells::of(row, columns);
    let title = c.text(Column::Title)?;
    let source_id = id(&mut c);
    let status = status(&mut c);
    let check_ins = check_ins(&mut c);
    let (measure, current, progress) = measured(&mut c, columns, status, &check_ins);
    let type_name = c.text(Column::ObjectType);
    let kind = type_name.as_deref().and_then(values::kind);
    let parents = parents(&mut c);
    let (mut start, mut end) = (c.day(Column::StartDate), c.day(Column::EndDate));
    if end.is_some() && start > end {
        std::mem::swap(&mut start, &mut end);
        c.note("End Date", Effect::Changed, "the goal ended before it began; the dates were exchanged");
    }
    let score = score(&mut c);
    let tags = tags(&c, tags_apart);
    let goal = Goal {
        title,
        type_name,
        kind,
        level: None,
        creator: person(c.text(Column::Creator), c.text(Column::CreatorEmail)),
        owners: Vec::new(),
        check_in_owners: emails(&mut c, Column::CheckInOwnerEmail).into_iter().map(by_email).collect(),
        delegate: c.text(Column::DelegateEmail).map(by_email),
        teams: teams(&mut c),
        period: c.text(Column::Period).map(|name| Reference { id: None, name: Some(name) }),
        start,
        end,
        parents,
        view: visibility(&mut c),
        align: Audience::Everyone,
        description: c.text(Column::Description),
        tags,
        progress_mode: progress_mode(&mut c),
        linked_to: None,
        measure,
        current,
        progress,
        status,
        phases: Vec::new(),
        score,
        committed: c.text(Column::GoalType).map(|word| values::plain(&word).starts_with("committed")),
        created_at: c.moment(Column::CreatedAt),
        last_check_in: c.day(Column::LastCheckIn),
        own: None,
    };
    let owners = c.text(Column::Owner);
    let owner_emails = emails(&mut c, Column::OwnerEmail);
    let last_note = c.text(Column::LastNote);
    let record = Record { place, source_id, value: goal, extra: c.extra, notes: c.notes };
    let has_check_in_column = columns.has(Column::CheckIns);
    Some(Draft { record, owners, owner_emails, check_ins, last_note, has_check_in_column })
}

fn id(c: &mut Cells) -> Option<String> {
    let text = c.text(Column::Id)?;
    let text = linked_text(&text).unwrap_or(text);
    let id = text.trim().trim_start_matches('#').to_owned();
    if id.len() <= 64 && !id.contains(char::is_whitespace) {
        return Some(id);
    }
    c.odd("Id", text);
    None
}

fn status(c: &mut Cells) -> Option<Status> {
    let word = c.text(Column::Status)?;
    let status = values::status(&word);
    if status.is_none() {
        c.note("Status", Effect::Dropped, format!("unknown status {word}"));
    }
    status
}

fn score(c: &mut Cells) -> Option<f64> {
    let score = c.number(Column::Score)?.value;
    if (0.0..=1.0).contains(&score) {
        return Some(score);
    }
    c.note("Score", Effect::Dropped, format!("{score} is no score between 0 and 1"));
    None
}

/// Check-ins of a row; other cells beside the headers are kept as they stand.
fn check_ins(c: &mut Cells) -> Vec<CheckInCell> {
    let mut found = Vec::new();
    for (position, text) in std::mem::take(&mut c.check_in_cells) {
        match check_in_cell::parse(&text) {
            Some(check_in) => found.push(check_in),
            None => c.odd(&format!("Checkins, column {}", position.saturating_add(1)), text),
        }
    }
    found
}

fn parents(c: &mut Cells) -> Vec<crate::import_model::ParentRef> {
    let Some(cell) = c.text(Column::AlignedTo) else { return Vec::new() };
    let (mut parents, left) = aligned_to::parse(&cell);
    if let Some(title) = left {
        c.note("Aligned To", Effect::Changed, "names a parent without weight and Id; found by its title");
        parents.push(crate::import_model::ParentRef { id: None, title: Some(title), weight: None });
    }
    parents
}

fn tags(c: &Cells, apart: bool) -> Vec<Reference> {
    let names = c.tags.iter().flat_map(|cell| {
        let parts: Vec<&str> = if apart { vec![cell.as_str()] } else { cell.split(',').collect() };
        parts
    });
    let mut tags: Vec<Reference> = Vec::new();
    for name in names.map(str::trim).filter(|name| !name.is_empty()) {
        let tag = Reference { id: None, name: Some(name.to_owned()) };
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

/// `Team`; in older files the name beside the level.
fn teams(c: &mut Cells) -> Vec<Reference> {
    let level = c.text(Column::Level).map(|word| values::plain(&word));
    let of_level =
        c.text(Column::LevelName).filter(|_| level.as_deref().is_some_and(|it| it.starts_with("team")));
    let Some(cell) = c.text(Column::Team).or(of_level) else { return Vec::new() };
    let names = cell.split(';').map(str::trim).filter(|name| !name.is_empty());
    names.map(|name| Reference { id: None, name: Some(name.to_owned()) }).collect()
}

fn visibility(c: &mut Cells) -> Audience {
    match c.text(Column::Visibility) {
        Some(word) if !["everyone", "everybody", "public"].contains(&values::plain(&word).as_str()) => {
            c.note(
                "Visibility",
                Effect::Changed,
                format!("{word}: only owners see the goal until someone opens it"),
            );
            Audience::People(Vec::new())
        }
        _ => Audience::Everyone,
    }
}

fn progress_mode(c: &mut Cells) -> Option<ProgressMode> {
    let word = c.text(Column::ProgressFrom)?;
    let mode = word.parse().ok();
    if mode.is_none() {
        c.odd("Progress From", word);
    }
    mode
}

fn emails(c: &mut Cells, column: Column) -> Vec<String> {
    let cell = c.text(column).unwrap_or_default();
    cell.split([';', ',']).map(str::trim).filter(|email| !email.is_empty()).map(str::to_owned).collect()
}

fn by_email(email: String) -> PersonRef {
    PersonRef { email: Some(email), ..PersonRef::default() }
}

fn person(name: Option<String>, email: Option<String>) -> Option<PersonRef> {
    (name.is_some() || email.is_some()).then_some(PersonRef { id: None, name, email })
}
