//! A set made ready: what other records only mention (people, teams, periods) becomes a record of its own, and words become
//! kinds and statuses as a mapping or the shape of the goals says.

use std::collections::{BTreeMap, HashMap, HashSet};

use northing_connectors::import_model::{
    Effect, FieldNote, Goal, ImportSet, Period, Person, PersonRef, Place, Record, Team,
};
use northing_core::goal::GoalKind;
use northing_core::people::TeamStatus;
use northing_core::period::days_of_name;
use northing_core::text::fold;
use northing_core::values::Day;
use serde_json::Value;

use super::mapping::{Mapping, PeriodChoice};
use crate::sign_in::email_key;

/// Makes a set ready for a run.
pub(super) fn prepare(mut set: ImportSet, mapping: &Mapping) -> ImportSet {
    let kinds = kinds(&set);
    for record in &mut set.goals {
        let word = record.value.type_name.clone();
        let chosen = word.as_deref().and_then(|word| mapping.kind(word));
        let guessed = || word.as_deref().and_then(|word| kinds.get(word)).map(|it| it.kind);
        record.value.kind = chosen.or(record.value.kind).or_else(guessed);
        let status = word_of(&record.extra).and_then(|word| mapping.status(word));
        take_status(&mut record.value.status, status, &mut record.notes);
    }
    for record in &mut set.check_ins {
        let status = word_of(&record.extra).and_then(|word| mapping.status(word));
        take_status(&mut record.value.status, status, &mut record.notes);
    }
    let people = mentioned_people(&set, mapping);
    set.people.extend(people);
    let teams = mentioned_teams(&set);
    set.teams.extend(teams);
    let periods = mentioned_periods(&set, mapping);
    set.periods.extend(periods);
    set
}

fn take_status(
    at: &mut Option<northing_core::status::Status>,
    chosen: Option<northing_core::status::Status>,
    notes: &mut [FieldNote],
) {
    let Some(status) = chosen.filter(|_| at.is_none()) else { return };
    *at = Some(status);
    if let Some(note) = notes.iter_mut().find(|note| note.field == "Status" && note.effect == Effect::Dropped)
    {
        note.effect = Effect::Changed;
        note.reason = format!("mapped to {status}");
    }
}

/// The word for a status that no reader knew; kept verbatim among the unknown.
pub(super) fn word_of(extra: &serde_json::Map<String, Value>) -> Option<&str> {
    extra.get("Status").and_then(Value::as_str)
}

/// What a word for a kind of goal seems to stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guess {
    /// How many goals have the word.
    pub(super) count: u64,
    /// The kind.
    pub(super) kind: GoalKind,
    /// Whether the word itself says so; else it is the shape of the goals.
    pub(super) certain: bool,
}

/// The words for kinds of goal and what they seem to stand for: the word itself; else what most of its goals look like, a
/// metric and nothing below being a key result, something below an objective.
pub(super) fn kinds(set: &ImportSet) -> BTreeMap<String, Guess> {
    let parents: HashSet<&str> = set
        .goals
        .iter()
        .flat_map(|record| &record.value.parents)
        .filter_map(|parent| parent.id.as_deref())
        .collect();
    let mut found: BTreeMap<String, (u64, u64, u64, Option<GoalKind>)> = BTreeMap::new();
    for record in &set.goals {
        let Some(word) = &record.value.type_name else { continue };
        let (count, above, measured, said) = found.entry(word.clone()).or_default();
        *count += 1;
        *above += u64::from(record.source_id.as_deref().is_some_and(|id| parents.contains(id)));
        *measured += u64::from(record.value.kind == Some(GoalKind::KeyResult));
        let noted = record.notes.iter().any(|note| note.field == "Type");
        if !noted {
            *said = said.or(record.value.kind);
        }
    }
    let guess = |(count, above, measured, said): (u64, u64, u64, Option<GoalKind>)| Guess {
        count,
        kind: said.unwrap_or(if measured * 2 > count {
            GoalKind::KeyResult
        } else if above > 0 {
            GoalKind::Objective
        } else {
            GoalKind::Initiative
        }),
        certain: said.is_some(),
    };
    found.into_iter().map(|(word, counts)| (word, guess(counts))).collect()
}

/// Everyone whom a record mentions.
pub(super) fn mentions(set: &ImportSet) -> impl Iterator<Item = (Place, &PersonRef)> {
    let goals = set.goals.iter().flat_map(|record| {
        let Goal { owners, check_in_owners, creator, delegate, .. } = &record.value;
        let all = owners.iter().chain(check_in_owners).chain(creator).chain(delegate);
        all.map(|it| (record.place, it))
    });
    let teams = set.teams.iter().flat_map(|record| record.value.owners.iter().map(|it| (record.place, it)));
    let people =
        set.people.iter().flat_map(|record| record.value.manager.iter().map(|it| (record.place, it)));
    let check_ins =
        set.check_ins.iter().flat_map(|record| record.value.author.iter().map(|it| (record.place, it)));
    let comments =
        set.comments.iter().flat_map(|record| record.value.author.iter().map(|it| (record.place, it)));
    goals.chain(teams).chain(people).chain(check_ins).chain(comments)
}

/// Those whom no record is about. Where the files list people, a mere name that is not among them ("Deleted user") is nobody,
/// unless the mapping says who it is.
fn mentioned_people(set: &ImportSet, mapping: &Mapping) -> Vec<Record<Person>> {
    let listed = !set.people.is_empty();
    let mut known: HashSet<String> = HashSet::new();
    let keys = |id: Option<&str>, email: Option<&str>, name: Option<&str>| {
        let id = id.map(|id| format!("id {id}"));
        let email = email.map(|email| format!("mail {}", email_key(email)));
        let name = name.map(|name| format!("name {}", fold(name)));
        [id, email, name]
    };
    for record in &set.people {
        let it = &record.value;
        known.extend(
            keys(record.source_id.as_deref(), it.email.as_deref(), Some(&it.name)).into_iter().flatten(),
        );
    }
    let mut found = Vec::new();
    for (place, it) in mentions(set) {
        let mine = keys(it.id.as_deref(), it.email.as_deref(), it.name.as_deref());
        let is_known = mine.iter().flatten().any(|key| known.contains(key));
        let Some(name) = it.name.clone().or_else(|| it.email.clone()) else { continue };
        let is_name = listed && it.id.is_none() && it.email.is_none();
        if is_known || (is_name && mapping.person(it).is_none()) {
            continue;
        }
        known.extend(mine.into_iter().flatten());
        let value = Person { name, email: it.email.clone(), ..Person::default() };
        found.push(mentioned(place, it.id.clone(), value));
    }
    found
}

fn mentioned_teams(set: &ImportSet) -> Vec<Record<Team>> {
    let mut known: HashSet<String> = set.teams.iter().map(|record| fold(&record.value.name)).collect();
    let ids: HashSet<&str> = set.teams.iter().filter_map(|record| record.source_id.as_deref()).collect();
    let of_goals = set.goals.iter().flat_map(|record| record.value.teams.iter().map(|it| (record.place, it)));
    let of_people =
        set.people.iter().flat_map(|record| record.value.teams.iter().map(|it| (record.place, it)));
    let mut found = Vec::new();
    for (place, it) in of_goals.chain(of_people) {
        let Some(name) = it.name.clone() else { continue };
        if it.id.as_deref().is_some_and(|id| ids.contains(id)) || !known.insert(fold(&name)) {
            continue;
        }
        let value = Team {
            name,
            parent: None,
            owners: Vec::new(),
            status: TeamStatus::Active,
            description: None,
            own: None,
        };
        found.push(mentioned(place, it.id.clone(), value));
    }
    found
}

/// The periods that goals name and the files do not list, with the days of their goals unless the mapping has others.
pub(super) fn mentioned_periods(set: &ImportSet, mapping: &Mapping) -> Vec<Record<Period>> {
    let known: HashSet<String> = set.periods.iter().map(|record| fold(&record.value.name)).collect();
    let ids: HashSet<&str> = set.periods.iter().filter_map(|record| record.source_id.as_deref()).collect();
    let mut order: Vec<String> = Vec::new();
    let mut found: HashMap<String, Record<Period>> = HashMap::new();
    for record in &set.goals {
        let Some(it) = &record.value.period else { continue };
        let Some(name) = it.name.clone() else { continue };
        let key = fold(&name);
        if known.contains(&key) || it.id.as_deref().is_some_and(|id| ids.contains(id)) {
            continue;
        }
        let period = found.entry(key.clone()).or_insert_with(|| {
            order.push(key);
            mentioned(record.place, it.id.clone(), Period { name, start: None, end: None, own: None })
        });
        let widest = |a: Option<Day>, b: Option<Day>, pick: fn(Day, Day) -> Day| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        period.value.start = widest(period.value.start, record.value.start, std::cmp::min);
        period.value.end = widest(period.value.end, record.value.end, std::cmp::max);
    }
    let mut periods: Vec<Record<Period>> = order.iter().filter_map(|key| found.remove(key)).collect();
    for period in &mut periods {
        if let (false, Some((start, end))) =
            (period.value.start.is_some() && period.value.end.is_some(), days_of_name(&period.value.name, 1))
        {
            (period.value.start, period.value.end) = (Some(start), Some(end));
        }
        if let Some(PeriodChoice::Create { start, end }) = mapping.period(&period.value.name) {
            (period.value.start, period.value.end) = (Some(*start), Some(*end));
        }
    }
    periods
}

/// Marks a record that only others mention.
pub(super) const MENTIONED: &str = "mentioned only";

fn mentioned<T>(place: Place, source_id: Option<String>, value: T) -> Record<T> {
    let note = FieldNote {
        field: String::from("Name"),
        effect: Effect::Kept,
        reason: format!("{MENTIONED}: the files have no record of its own"),
    };
    Record { place, source_id, value, extra: serde_json::Map::new(), notes: vec![note] }
}

/// Whether only others mention it.
pub(super) fn is_mentioned<T>(record: &Record<T>) -> bool {
    record.notes.iter().any(|note| note.effect == Effect::Kept && note.reason.starts_with(MENTIONED))
}
