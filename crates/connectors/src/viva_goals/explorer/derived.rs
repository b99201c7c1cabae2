//! Teams and periods that a view names only beside its goals.

use std::collections::{BTreeMap, HashSet};

use northing_core::people::TeamStatus;
use northing_core::period::planning_year;
use northing_core::text::fold;
use northing_core::values::Day;

use crate::import_model::{Effect, FieldNote, Goal, ImportSet, Period, Place, Record, Team};

/// Adds a record for every team and period that goals name and the set does not list.
pub(super) fn add(set: &mut ImportSet) {
    let mut teams: HashSet<String> = set.teams.iter().map(|team| fold(&team.value.name)).collect();
    let mut periods: HashSet<String> = set.periods.iter().map(|period| fold(&period.value.name)).collect();
    let (mut new_teams, mut spans) = (Vec::new(), BTreeMap::<String, Spans>::new());
    for record in &set.goals {
        for team in &record.value.teams {
            if let (None, Some(name)) = (&team.id, &team.name)
                && teams.insert(fold(name))
            {
                let team = Team {
                    name: name.clone(),
                    parent: None,
                    owners: Vec::new(),
                    status: TeamStatus::Active,
                    description: None,
                };
                new_teams.push(named("Team", record.place, team));
            }
        }
        if let Some(period) = &record.value.period
            && let (None, Some(name)) = (&period.id, &period.name)
            && !periods.contains(&fold(name))
        {
            let spans = spans.entry(fold(name)).or_insert_with(|| Spans::new(name, record.place));
            spans.take(&record.value);
        }
    }
    for (folded, spans) in spans {
        if let Some(period) = spans.period() {
            periods.insert(folded);
            set.periods.push(named("Period", spans.place, period));
        }
    }
    set.periods.sort_by_key(|record| record.place.file);
    set.teams.extend(new_teams);
}

fn named<T>(field: &str, place: Place, value: T) -> Record<T> {
    let reason = "known only by the goals that name it".to_owned();
    let notes = vec![FieldNote { field: field.to_owned(), effect: Effect::Kept, reason }];
    Record { place, source_id: None, value, extra: serde_json::Map::new(), notes }
}

/// The days of the goals of one period.
struct Spans {
    name: String,
    place: Place,
    counts: BTreeMap<(Day, Day), u32>,
}

impl Spans {
    fn new(name: &str, place: Place) -> Self {
        Self { name: name.to_owned(), place, counts: BTreeMap::new() }
    }

    fn take(&mut self, goal: &Goal) {
        if let (Some(start), Some(end)) = (goal.start, goal.end) {
            let count = self.counts.entry((start, end)).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// The days that most of its goals have; else those its name means in a calendar year.
    fn period(&self) -> Option<Period> {
        let most = self.counts.iter().max_by_key(|((start, end), count)| (**count, end.days_since(*start)));
        let (start, end) = match most {
            Some((span, _)) => *span,
            None => self.by_name()?,
        };
        Some(Period { name: self.name.clone(), start: Some(start), end: Some(end) })
    }

    fn by_name(&self) -> Option<(Day, Day)> {
        let name = self.name.to_lowercase();
        let mut words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let (one, two) = (words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        let (word, year) = if one.parse::<i16>().is_ok() { (two, one) } else { (one, two) };
        let year = year.parse::<i16>().ok().filter(|year| (1990..2200).contains(year))?;
        let at = match word {
            "annual" => 0,
            "q1" => 1,
            "q2" => 2,
            "q3" => 3,
            "q4" => 4,
            _ => return None,
        };
        planning_year(year, 1)?.into_iter().nth(at).map(|period| (period.start, period.end))
    }
}
