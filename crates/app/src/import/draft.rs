//! What somebody should look at before an import: what the files are, and which names match nothing here.

use std::collections::{BTreeMap, HashMap, HashSet};

use northing_connectors::import_model::{ImportSet, PersonRef};
use northing_core::goal::GoalKind;
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::{Day, Id};
use northing_store::imports::{self, Kind};
use northing_store::members::{self, Filter};
use northing_store::{Rx, periods};
use serde::{Deserialize, Serialize};

use super::mapping::{Mapping, PeriodChoice, PersonChoice, Word};
use super::prepare;
use crate::Result;
use crate::sign_in::email_key;

/// A file and what it turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileSummary {
    /// Its name.
    pub name: String,
    /// How many records of each entity stand in it.
    pub records: BTreeMap<String, u64>,
}

/// A person of the files who is nobody here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonQuestion {
    /// The key in a mapping: the mail address, else the name.
    pub key: String,
    /// Their name.
    pub name: String,
    /// Their mail address, where the files have one.
    pub email: Option<String>,
    /// Whether they could sign in at the source.
    pub active: bool,
    /// A member of the same name, who may be the same person.
    pub alike: Option<String>,
    /// What is done unless somebody decides otherwise.
    pub choice: PersonChoice,
}

/// A word of the organisation's own for a kind of goal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypeQuestion {
    /// The word.
    pub word: String,
    /// How many goals have it.
    pub goals: u64,
    /// What it seems to stand for.
    pub kind: GoalKind,
    /// Whether the word itself says so; else it is guessed from the shape of the goals.
    pub certain: bool,
}

/// A period that is not here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodQuestion {
    /// Its name in the files.
    pub name: String,
    /// Its first and last day, where the files or its goals tell them.
    pub days: Option<(Day, Day)>,
    /// How many goals are in it.
    pub goals: u64,
    /// A period here with the same days.
    pub alike: Option<String>,
    /// The files list it with its days; else they are those of its goals.
    pub listed: bool,
}

/// A word for a status that nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusQuestion {
    /// The word.
    pub word: String,
    /// How many goals and check-ins have it.
    pub count: u64,
    /// What is taken unless somebody decides otherwise.
    pub status: Status,
}

/// What was recognised, and what somebody should look at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The source's number of the organisation.
    pub organisation: Option<String>,
    /// The files.
    pub files: Vec<FileSummary>,
    /// People who are nobody here.
    pub people: Vec<PersonQuestion>,
    /// Words for kinds of goal.
    pub types: Vec<TypeQuestion>,
    /// Periods that are not here.
    pub periods: Vec<PeriodQuestion>,
    /// Unknown statuses.
    pub statuses: Vec<StatusQuestion>,
}

impl Draft {
    /// The mapping that does what is done without one: to be filled in.
    #[must_use]
    pub fn mapping(&self) -> Mapping {
        let period = |it: &PeriodQuestion| {
            let (start, end) = it.days?;
            Some((it.name.clone(), PeriodChoice::Create { start, end }))
        };
        Mapping {
            organisation: self.organisation.clone(),
            people: self.people.iter().map(|it| (it.key.clone(), it.choice.clone())).collect(),
            types: self.types.iter().map(|it| (it.word.clone(), it.kind)).collect(),
            periods: self.periods.iter().filter_map(period).collect(),
            statuses: self.statuses.iter().map(|it| (it.word.clone(), it.status)).collect(),
            ..Mapping::default()
        }
    }
}

/// Compares a set with what is here.
pub(super) async fn draft(rx: &mut Rx, org: Id, source: &str, set: &ImportSet) -> Result<Draft> {
    let everyone = members::list(rx, org, &Filter::default(), None, i64::MAX).await?;
    let known = imports::known(rx, org, Kind::Members).await?;
    let here = periods::list(rx, org, None, i64::MAX).await?;
    let old = imports::known(rx, org, Kind::Periods).await?;
    let emails: HashSet<String> = everyone.iter().map(|(_, it)| email_key(&it.email)).collect();
    let names: HashMap<&str, &str> =
        everyone.iter().map(|(key, it)| (key.as_str(), it.email.as_str())).collect();
    let mut people = Vec::new();
    let mut asked = HashSet::new();
    for record in &set.people {
        let it = &record.value;
        let external = record.source_id.as_ref().map(|id| format!("{source}:person:{id}"));
        let is_here = external.is_some_and(|id| known.contains_key(&id))
            || it.email.as_deref().is_some_and(|email| emails.contains(&email_key(email)));
        let reference = PersonRef { id: None, name: Some(it.name.clone()), email: it.email.clone() };
        if !is_here && asked.insert(key(&reference)) {
            people.push(question(&reference, it.active, &names, PersonChoice::Word(Word::Create)));
        }
    }
    let listed: HashSet<String> = set.people.iter().map(|record| fold(&record.value.name)).collect();
    for (_, it) in prepare::mentions(set) {
        let Some(name) = it.name.as_deref().map(fold) else { continue };
        let is_known = listed.contains(&name)
            || names.contains_key(name.as_str())
            || it.email.as_deref().is_some_and(|email| emails.contains(&email_key(email)));
        if !is_known && asked.insert(key(it)) {
            let nameless = !set.people.is_empty() && it.id.is_none() && it.email.is_none();
            let word = if nameless { Word::Skip } else { Word::Create };
            people.push(question(it, false, &names, PersonChoice::Word(word)));
        }
    }
    let types = prepare::kinds(set).into_iter().map(|(word, guess)| TypeQuestion {
        word,
        goals: guess.count,
        kind: guess.kind,
        certain: guess.certain,
    });
    let mut periods = Vec::new();
    let mentioned = prepare::mentioned_periods(set, &Mapping::default());
    for (record, listed) in
        set.periods.iter().map(|it| (it, true)).chain(mentioned.iter().map(|it| (it, false)))
    {
        let (it, name) = (&record.value, fold(&record.value.name));
        let external = record.source_id.as_ref().map(|id| format!("{source}:period:{id}"));
        let is_here = external.is_some_and(|id| old.contains_key(&id))
            || here.iter().any(|period| fold(&period.name) == name);
        let of_period = |goal: &&northing_connectors::import_model::Record<_>| is_in(goal, record, &name);
        let goals = set.goals.iter().filter(of_period).count();
        let days = it.start.zip(it.end);
        let alike = here.iter().find(|period| Some((period.start, period.end)) == days);
        if !is_here {
            periods.push(PeriodQuestion {
                name: it.name.clone(),
                days,
                goals: u64::try_from(goals).unwrap_or(0),
                alike: alike.map(|period| period.name.clone()),
                listed,
            });
        }
    }
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    let words = set.goals.iter().map(|it| &it.extra).chain(set.check_ins.iter().map(|it| &it.extra));
    for word in words.filter_map(prepare::word_of) {
        *statuses.entry(word.to_owned()).or_default() += 1;
    }
    let statuses = statuses
        .into_iter()
        .map(|(word, count)| StatusQuestion { word, count, status: Status::NotStarted })
        .collect();
    let organisation = set.organisation.clone();
    Ok(Draft { organisation, files: files(set), people, types: types.collect(), periods, statuses })
}

fn is_in(
    goal: &northing_connectors::import_model::Record<northing_connectors::import_model::Goal>,
    period: &northing_connectors::import_model::Record<northing_connectors::import_model::Period>,
    name: &str,
) -> bool {
    goal.value.period.as_ref().is_some_and(|it| match (&it.id, &period.source_id) {
        (Some(id), Some(own)) => id == own,
        _ => it.name.as_deref().is_some_and(|it| fold(it) == name),
    })
}

fn key(it: &PersonRef) -> String {
    it.email.clone().or_else(|| it.name.clone()).unwrap_or_default()
}

fn question(
    it: &PersonRef,
    active: bool,
    names: &HashMap<&str, &str>,
    choice: PersonChoice,
) -> PersonQuestion {
    let name = it.name.clone().or_else(|| it.email.clone()).unwrap_or_default();
    let alike = names.get(fold(&name).as_str()).map(|email| (*email).to_owned());
    PersonQuestion { key: key(it), name, email: it.email.clone(), active, alike, choice }
}

pub(super) fn files(set: &ImportSet) -> Vec<FileSummary> {
    let mut files: Vec<FileSummary> =
        set.files.iter().map(|name| FileSummary { name: name.clone(), records: BTreeMap::new() }).collect();
    let mut count = |file: u32, entity: &str| {
        if let Some(file) = usize::try_from(file).ok().and_then(|at| files.get_mut(at)) {
            *file.records.entry(entity.to_owned()).or_default() += 1;
        }
    };
    set.periods.iter().for_each(|it| count(it.place.file, "period"));
    set.people.iter().for_each(|it| count(it.place.file, "person"));
    set.teams.iter().for_each(|it| count(it.place.file, "team"));
    set.tags.iter().for_each(|it| count(it.place.file, "tag"));
    set.goals.iter().for_each(|it| count(it.place.file, "goal"));
    set.check_ins.iter().for_each(|it| count(it.place.file, "check_in"));
    set.comments.iter().for_each(|it| count(it.place.file, "comment"));
    files
}
