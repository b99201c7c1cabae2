//! Periods of an import.

use northing_connectors::import_model::{Period as NewPeriod, Record};
use northing_core::period::PeriodKind;
use northing_core::text::{self, fold};
use northing_core::values::{Day, Id};
use northing_store::Tx;
use northing_store::imports::{self, Kind};
use northing_store::periods::{self, Period};
use serde::{Deserialize, Serialize};

use super::before::Before;
use super::mapping::PeriodChoice;
use super::merge;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, dropped};
use crate::Result;

/// What an import keeps of a period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PeriodFields {
    pub(super) name: String,
    pub(super) start_date: Day,
    pub(super) end_date: Day,
}

impl PeriodFields {
    pub(super) fn of(it: &Period) -> Self {
        Self { name: it.name.clone(), start_date: it.start, end_date: it.end }
    }

    pub(super) fn put(self, it: &mut Period) {
        (it.name, it.start, it.end) = (self.name, self.start_date, self.end_date);
    }
}

impl Run<'_> {
    /// Finds periods by identifier, mapping or name, brings them up to date, and makes the others.
    pub(super) async fn periods(&mut self, tx: &mut Tx, records: &[Record<NewPeriod>]) -> Result<()> {
        let org = self.actor.org_id;
        self.periods = periods::list(tx, org, None, i64::MAX).await?;
        for period in &self.periods {
            self.names.insert(period.id, period.name.clone());
        }
        let known = Before::new(imports::known(tx, org, Kind::Periods).await?);
        let mut marks = Vec::new();
        for record in records {
            self.order.progress.step()?;
            let (it, mut notes) = (&record.value, Vec::new());
            let external = self.external("period", record, |it| fold(&it.name))?;
            let mapped = match self.order.mapping.period(&it.name) {
                Some(PeriodChoice::Match { name }) => self.period_named(name),
                _ => None,
            };
            let found = known
                .find(&external)
                .map(|known| known.id)
                .or(mapped)
                .or_else(|| self.period_named(&it.name));
            let days = it.start.zip(it.end).filter(|(start, end)| start <= end);
            let here = found.and_then(|id| self.periods.iter().position(|period| period.id == id));
            let name = text::title("name", &it.name).map(str::to_owned);
            let (id, outcome, undo) = match (here, days, name) {
                (Some(at), days, name) => {
                    let Some(mut period) = self.periods.get(at).cloned() else { continue };
                    let fields = PeriodFields::of(&period);
                    let mut said = merge::Fields::new();
                    // A period that was chosen for another name keeps its own.
                    let chosen = mapped == Some(period.id);
                    if let (Some((start, end)), Ok(name), false) = (days, name, chosen) {
                        let theirs = PeriodFields { name, start_date: start, end_date: end };
                        said = merge::fields(&theirs)?;
                        let taken = self.period_named(&theirs.name).is_some_and(|other| other != period.id);
                        if taken {
                            said.remove("name");
                            notes.push(dropped("Name", "another period has this name"));
                        }
                    }
                    let settled = self.settle(record, &fields, &said, known.of(period.id), &mut notes)?;
                    if settled.outcome == Outcome::Updated {
                        settled.value.put(&mut period);
                        period.updated_at = self.now;
                        periods::update(tx, &period).await?;
                        period.version += 1;
                    }
                    if let Some(origin) = settled.origin {
                        marks.push(known.mark(period.id, external, origin));
                    }
                    let id = period.id;
                    if let Some(place) = self.periods.get_mut(at) {
                        *place = period;
                    }
                    (id, settled.outcome, settled.undo)
                }
                (None, Some((start, end)), Ok(name)) => {
                    let period = Period {
                        id: self.app.new_id(),
                        org_id: org,
                        name,
                        kind: it.own.map_or_else(|| kind_of(start, end), |own| own.kind),
                        start,
                        end,
                        is_current: it.own.is_some_and(|own| own.is_current)
                            && !self.periods.iter().any(|known| known.is_current),
                        version: 1,
                        created_at: self.now,
                        updated_at: self.now,
                    };
                    periods::insert(tx, &period).await?;
                    let origin = Self::origin(record, &merge::fields(&PeriodFields::of(&period))?)?;
                    marks.push(known.mark(period.id, external, origin));
                    let id = period.id;
                    self.periods.push(period);
                    (id, Outcome::Created, None)
                }
                _ => {
                    notes.push(dropped("Start Date", "a period needs a name, a first and a last day"));
                    self.fail("period", record, &it.name, notes);
                    continue;
                }
            };
            if let Some(source) = &record.source_id {
                self.period_ids.insert(source.clone(), id);
            }
            self.names.insert(id, it.name.clone());
            self.say("period", record, &it.name, Said { outcome, subject: Some(id), notes, undo });
        }
        Ok(imports::mark(tx, org, Kind::Periods, &marks).await?)
    }

    /// The period of a name, as this organisation has it.
    pub(super) fn period_named(&self, name: &str) -> Option<Id> {
        let name = fold(name);
        self.periods.iter().find(|period| fold(&period.name) == name).map(|period| period.id)
    }
}

/// By the number of its days.
fn kind_of(start: Day, end: Day) -> PeriodKind {
    match end.days_since(start) {
        85..=95 => PeriodKind::Quarterly,
        360..=370 => PeriodKind::Annual,
        _ => PeriodKind::Custom,
    }
}
