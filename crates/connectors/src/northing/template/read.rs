//! The filled-in template. Rows name their parents by references that mean something in the file alone, so they are settled
//! when all of them are read; a goal is the same in a later file by title, owner, type and time period.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};

use northing_core::goal::Level;
use northing_core::metric::MetricKind;
use northing_core::values::Day;
use serde_json::{Map, Value};

use super::columns::{self, Column, HEADINGS};
use super::{MOST_ROWS, TEMPLATE};
use crate::import_model::{
    Amount, Audience, Effect, FieldNote, Goal, ImportSet, LeftOut, Measure, ParentRef, PersonRef, Place,
    Record, Reference,
};
use crate::tables::{Cell, Row, workbook};
use crate::viva_goals::{ReadError, identity, plain, values};

/// Takes the rows of a template, the header first.
pub(crate) struct Template<'a> {
    file: &'a str,
    number: u32,
    /// What each place is: a column, or a header that nobody knows.
    places: Option<Vec<Result<Column, String>>>,
    rows: u32,
    goals: Vec<(Record<Goal>, Option<String>, Vec<String>)>,
    left_out: Vec<LeftOut>,
}

impl<'a> Template<'a> {
    pub(crate) const fn new(file: &'a str, number: u32) -> Self {
        Self { file, number, places: None, rows: 0, goals: Vec::new(), left_out: Vec::new() }
    }

    /// Takes the next row.
    ///
    /// # Errors
    /// A header without a required column; more rows than a template may have.
    pub(crate) fn row(&mut self, row: Row) -> Result<(), ReadError> {
        if row.is_blank() {
            return Ok(());
        }
        let Some(places) = &self.places else {
            self.places = Some(header(self.file, &row.texts())?);
            return Ok(());
        };
        self.rows = self.rows.saturating_add(1);
        if self.rows > MOST_ROWS {
            let reason = format!("a template may have {MOST_ROWS} rows: divide it into several files");
            return Err(ReadError::at(self.file, row.number, reason));
        }
        let place = Place { file: self.number, row: row.number };
        let mut cells = Cells::of(row, places);
        let missing: Vec<&str> = HEADINGS
            .iter()
            .filter(|it| {
                it.required && it.column != Column::Reference && !cells.known.contains_key(&it.column)
            })
            .map(|it| it.name)
            .collect();
        if !missing.is_empty() {
            let title = cells.text(Column::Title).unwrap_or_default();
            let reason = format!("{} must be filled in", missing.join(", "));
            self.left_out.push(LeftOut { place, title, reason });
            return Ok(());
        }
        let reference = cells.text(Column::Reference);
        let parents = cells.list(Column::Parent);
        let goal = goal(&mut cells);
        let level = goal.level.map_or("", Level::name);
        let id = identity(
            &goal,
            &format!("{level} {}", goal.teams.first().and_then(|it| it.name.as_deref()).unwrap_or_default()),
        );
        let record =
            Record { place, source_id: Some(id), value: goal, extra: cells.extra, notes: cells.notes };
        self.goals.push((record, reference, parents));
        Ok(())
    }

    /// Adds the goals to a set, with their parents.
    pub(crate) fn finish(self, set: &mut ImportSet) {
        set.organisation = Some(TEMPLATE.to_owned());
        set.left_out.extend(self.left_out);
        let mut ids: HashMap<String, String> = HashMap::new();
        let mut seen = HashSet::new();
        let mut goals = Vec::new();
        for (mut record, reference, parents) in self.goals {
            let id = record.source_id.clone().unwrap_or_default();
            if !seen.insert(id.clone()) {
                let reason =
                    "the goal stands twice in this file: title, owner, type and time period are the same"
                        .to_owned();
                set.left_out.push(LeftOut { place: record.place, title: record.value.title, reason });
                continue;
            }
            if let Some(reference) = reference {
                let reason =
                    format!("{reference} stands twice; rows that name it as their parent mean the first");
                match ids.entry(plain(&reference)) {
                    Entry::Vacant(place) => {
                        place.insert(id);
                    }
                    Entry::Occupied(_) => {
                        let field = columns::of(Column::Reference).to_owned();
                        record.notes.push(FieldNote { field, effect: Effect::Kept, reason });
                    }
                }
            }
            goals.push((record, parents));
        }
        for (mut record, parents) in goals {
            let weight = record.value.parents.pop().and_then(|it| it.weight);
            for (parent, at) in parents.into_iter().zip(0_usize..) {
                let id = ids.get(&plain(&parent)).cloned();
                let title = id.is_none().then_some(parent);
                record.value.parents.push(ParentRef { id, title, weight: weight.filter(|_| at == 0) });
            }
            set.goals.push(record);
        }
    }
}

fn header(file: &str, headers: &[String]) -> Result<Vec<Result<Column, String>>, ReadError> {
    let mut places: Vec<Result<Column, String>> = Vec::with_capacity(headers.len());
    for header in headers {
        let known = columns::find(header).map(|it| it.column).filter(|column| !places.contains(&Ok(*column)));
        places.push(known.ok_or_else(|| header.trim().to_owned()));
    }
    let missing: Vec<&str> = HEADINGS
        .iter()
        .filter(|it| it.required && it.column != Column::Reference && !places.contains(&Ok(it.column)))
        .map(|it| it.name)
        .collect();
    if missing.is_empty() {
        return Ok(places);
    }
    Err(ReadError::at(file, 1, format!("the columns {} are missing", missing.join(", "))))
}

/// The cells of a row by their columns.
struct Cells {
    known: BTreeMap<Column, Cell>,
    extra: Map<String, Value>,
    notes: Vec<FieldNote>,
}

impl Cells {
    fn of(row: Row, places: &[Result<Column, String>]) -> Self {
        let mut it = Self { known: BTreeMap::new(), extra: Map::new(), notes: Vec::new() };
        for (cell, position) in row.cells.into_iter().zip(0_usize..) {
            if cell.is_blank() {
                continue;
            }
            match places.get(position) {
                Some(Ok(column)) => {
                    if let Cell::Broken(what) = &cell {
                        it.note(*column, Effect::Dropped, format!("no value stands here but {what}"));
                    } else {
                        it.known.insert(*column, cell);
                    }
                }
                Some(Err(header)) if !header.is_empty() => {
                    it.extra.insert(header.clone(), Value::String(cell.text().unwrap_or_default()));
                }
                _ => {
                    let column = format!("column {}", position.saturating_add(1));
                    it.extra.insert(column, Value::String(cell.text().unwrap_or_default()));
                }
            }
        }
        it
    }

    fn note(&mut self, column: Column, effect: Effect, reason: impl Into<String>) {
        let field = columns::of(column).to_owned();
        self.notes.push(FieldNote { field, effect, reason: reason.into() });
    }

    fn odd(&mut self, column: Column, text: &str, wanted: &str) {
        let shown: String = text.chars().take(60).collect();
        self.note(column, Effect::Dropped, format!("not understood: {shown}; {wanted}"));
        self.extra.insert(columns::of(column).to_owned(), Value::String(text.to_owned()));
    }

    fn text(&mut self, column: Column) -> Option<String> {
        self.known.remove(&column)?.text().map(|text| text.trim().to_owned())
    }

    fn list(&mut self, column: Column) -> Vec<String> {
        let text = self.text(column).unwrap_or_default();
        text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    }

    fn number(&mut self, column: Column) -> Option<Amount> {
        let cell = self.known.remove(&column)?;
        if let Cell::Number(number) = cell {
            return Some(Amount::exact(number)).filter(|it| it.value.is_finite());
        }
        let text = cell.text()?;
        let word = plain(&text);
        let amount = match word.as_str() {
            "yes" | "true" | "done" => Some(Amount::exact(1.0)),
            "no" | "false" => Some(Amount::exact(0.0)),
            _ => values::amount(&text),
        };
        if amount.is_none() {
            self.odd(column, &text, "write a number");
        }
        amount
    }

    fn day(&mut self, column: Column) -> Option<Day> {
        let cell = self.known.remove(&column)?;
        let day = match &cell {
            Cell::Date(day, _) => Some(*day),
            Cell::Number(serial) => workbook::day_of_serial(*serial),
            _ => values::day_and_moment(&cell.text()?).map(|(day, _)| day),
        };
        if day.is_none() {
            self.odd(column, &cell.text().unwrap_or_default(), "write days as 2026-01-31");
        }
        day
    }

    /// A word that must be one of some.
    fn choice<T>(&mut self, column: Column, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.text(column)?;
        let found = of(&plain(&text));
        if found.is_none() {
            let choices = HEADINGS.iter().find(|it| it.column == column).map_or(&[][..], |it| it.choices);
            self.odd(column, &text, &format!("write one of: {}", choices.join(", ")));
        }
        found
    }
}

fn person(text: String) -> PersonRef {
    if text.contains('@') {
        return PersonRef { email: Some(text), ..PersonRef::default() };
    }
    PersonRef { name: Some(text), ..PersonRef::default() }
}

fn goal(c: &mut Cells) -> Goal {
    let type_name = c.text(Column::ObjectType);
    let kind = type_name.as_deref().and_then(values::kind);
    if let (Some(word), None) = (&type_name, kind) {
        let word = word.clone();
        c.odd(Column::ObjectType, &word, "write Objective, Key result or Initiative");
    }
    let level = c.choice(Column::Type, |word| match word {
        "organization" | "organisation" | "company" => Some(Level::Organization),
        "team" => Some(Level::Team),
        "individual" | "person" | "personal" => Some(Level::Individual),
        _ => None,
    });
    let named = |names: Vec<String>| -> Vec<Reference> {
        names.into_iter().map(|name| Reference { id: None, name: Some(name) }).collect()
    };
    let teams = named(c.list(Column::Team));
    if level == Some(Level::Team) && teams.is_empty() {
        c.note(
            Column::Team,
            Effect::Changed,
            "the goal is a team's, and no team is named: it becomes the organisation's",
        );
    }
    let measure = measure(c);
    let current = c.number(Column::Current);
    let progress = c.number(Column::Progress);
    let (current, progress) =
        if measure.kind == MetricKind::Percent { (current.or(progress), None) } else { (current, progress) };
    let weight = c.number(Column::Weight).map(|it| it.value).filter(|it| (0.0..=100.0).contains(it));
    let (mut start, mut end) = (c.day(Column::StartDate), c.day(Column::EndDate));
    if end.is_some() && start > end {
        std::mem::swap(&mut start, &mut end);
        c.note(Column::EndDate, Effect::Changed, "the goal ended before it began; the dates were exchanged");
    }
    let restricted = c.choice(Column::Visibility, |word| match word {
        "everyone" | "everybody" | "public" => Some(false),
        "restricted" | "private" => Some(true),
        _ => None,
    });
    Goal {
        title: c.text(Column::Title).unwrap_or_default(),
        type_name,
        kind,
        level: level.filter(|level| *level != Level::Team || !teams.is_empty()),
        creator: None,
        owners: c.list(Column::Owner).into_iter().map(person).collect(),
        check_in_owners: c.list(Column::CheckInOwner).into_iter().map(person).collect(),
        delegate: None,
        teams,
        period: c.text(Column::Period).map(|name| Reference { id: None, name: Some(name) }),
        start,
        end,
        // The weight waits here for the parents, which are known when all rows are read.
        parents: vec![ParentRef { weight, ..ParentRef::default() }],
        view: if restricted == Some(true) { Audience::People(Vec::new()) } else { Audience::Everyone },
        align: Audience::Everyone,
        description: c.text(Column::Description),
        tags: named(c.list(Column::Tags)),
        progress_mode: None,
        linked_to: None,
        measure,
        current,
        progress,
        status: c.choice(Column::Status, values::status),
        phases: Vec::new(),
        score: None,
        committed: c.choice(Column::GoalType, |word| match word {
            _ if word.starts_with("committed") => Some(true),
            _ if word.starts_with("aspirational") => Some(false),
            _ => None,
        }),
        created_at: None,
        last_check_in: None,
        own: None,
    }
}

/// What a row measures: a percentage unless it says otherwise.
fn measure(c: &mut Cells) -> Measure {
    let name = c.text(Column::MetricName);
    let unit = c.text(Column::Unit);
    let word = c.choice(Column::MetricType, |word| {
        ["number", "percent", "percentage", "currency", "boolean"].contains(&word).then(|| word.to_owned())
    });
    let asked = c.choice(Column::TargetType, values::target);
    let (start, target) = (c.number(Column::Start), c.number(Column::Target));
    let (start, target) = (start.map(|it| it.value), target.map(|it| it.value));
    let boolean = word.as_deref() == Some("boolean");
    let in_percent = word.as_deref().is_none_or(|word| word.starts_with("percent"));
    let plain = in_percent
        && asked.is_none_or(|kind| kind == MetricKind::Reach)
        && start.is_none_or(|start| start == 0.0)
        && target.is_none_or(|target| target == 100.0)
        && (word.is_some() || unit.as_deref().is_none_or(|unit| unit == "%"));
    if boolean {
        c.note(Column::MetricType, Effect::Changed, "done or not: reached at 1");
        return Measure { kind: MetricKind::Reach, name, unit: None, start: Some(0.0), target: Some(1.0) };
    }
    if plain {
        return Measure {
            kind: MetricKind::Percent,
            name,
            unit: None,
            start: Some(0.0),
            target: Some(100.0),
        };
    }
    let kind = asked.unwrap_or_else(|| values::by_numbers(start, target));
    let unit = unit.or_else(|| in_percent.then(|| "%".to_owned()).filter(|_| word.is_some()));
    Measure { kind, name, unit, start, target }
}
