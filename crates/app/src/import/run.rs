//! One import, from its first record to the recomputation of the organisation.

use std::collections::{HashMap, HashSet};

use jiff::tz::TimeZone;
use northing_connectors::import_model::{Effect, FieldNote, ImportSet, PersonRef, Record, Reference};
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::text::fold;
use northing_core::values::{Day, Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::history::Source;
use northing_store::imports::{self, Known, Mark};
use northing_store::periods::Period;
use northing_store::{Tx, goal_facts};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::mapping::Mapping;
use super::merge::{self, Fields, Origin};
use super::progress::{Phase, Progress};
use super::report::{ImportReport, Line, Outcome};
use crate::cone::{Recompute, recompute_organization, zone};
use crate::{Actor, Error, Northing, Result, secret};

/// What an import is asked to do.
pub(super) struct Order<'a> {
    /// What begins the external identifiers: `vivagoals:70731`.
    pub(super) source: &'a str,
    /// What somebody decided.
    pub(super) mapping: &'a Mapping,
    /// Nothing is to be kept.
    pub(super) dry_run: bool,
    /// Who watches.
    pub(super) progress: &'a Progress,
}

/// What is known so far.
pub(super) struct Run<'a> {
    pub(super) app: &'a Northing,
    pub(super) actor: &'a Actor,
    pub(super) order: &'a Order<'a>,
    pub(super) set: &'a ImportSet,
    pub(super) settings: Settings,
    pub(super) zone: TimeZone,
    pub(super) now: Moment,
    pub(super) today: Day,
    pub(super) periods: Vec<Period>,
    pub(super) period_ids: HashMap<String, Id>,
    /// By source identifier, key of the mail address, folded name.
    pub(super) people: [HashMap<String, Id>; 3],
    /// By source identifier, folded name.
    pub(super) teams: [HashMap<String, Id>; 2],
    /// By source identifier, folded title.
    pub(super) goals: [HashMap<String, Id>; 2],
    /// Goals that are new here and whose graphs Northing's own export holds.
    pub(super) new_goals: HashSet<Id>,
    /// Check-ins by source identifier.
    pub(super) check_ins: HashMap<String, Id>,
    /// What things here are called, for the report.
    pub(super) names: HashMap<Id, String>,
    /// The goals that this import made or changed.
    pub(super) touched: HashSet<Id>,
    pub(super) report: ImportReport,
}

/// A record of an earlier import, or one that was here first, with what the file says merged in.
pub(super) struct Settled<T> {
    /// As it should be.
    pub(super) value: T,
    /// Whether it is another than it was.
    pub(super) outcome: Outcome,
    /// What it takes to undo it.
    pub(super) undo: Option<String>,
    /// What is to be kept of the source, where that changed.
    pub(super) origin: Option<String>,
}

/// Runs an import inside a transaction.
pub(super) async fn run(
    tx: &mut Tx,
    app: &Northing,
    actor: &Actor,
    order: &Order<'_>,
    set: &ImportSet,
) -> Result<ImportReport> {
    let settings =
        goal_facts::lock_structure(tx, actor.org_id).await?.ok_or(Error::NotFound("organisation"))?;
    actor.require(Action::OrganizationImport, Thing::Organization, &settings)?;
    let now = app.now();
    let zone = zone(&settings)?;
    let mut run = Run {
        app,
        actor,
        order,
        set,
        today: now.day_in(&zone),
        settings,
        zone,
        now,
        periods: Vec::new(),
        period_ids: HashMap::new(),
        people: Default::default(),
        teams: Default::default(),
        goals: Default::default(),
        new_goals: HashSet::new(),
        check_ins: HashMap::new(),
        names: HashMap::new(),
        touched: HashSet::new(),
        report: ImportReport { dry_run: order.dry_run, ..ImportReport::default() },
    };
    let progress = order.progress;
    progress.begin(
        set.periods.len()
            + set.people.len()
            + set.teams.len()
            + set.tags.len()
            + set.goals.len()
            + set.check_ins.len()
            + set.comments.len(),
    );
    progress.enter(Phase::People)?;
    let fresh = run.own_settings(tx).await?;
    run.periods(tx).await?;
    let people = run.people(tx).await?;
    let mut teams = run.teams(tx).await?;
    let marks = run.merge_teams(&mut teams)?;
    run.finish_people(tx, people, &mut teams).await?;
    run.finish_teams(tx, teams, &marks).await?;
    if fresh {
        run.own_organization(tx).await?;
    }
    run.tags(tx).await?;
    progress.enter(Phase::Goals)?;
    let goals = run.goals(tx).await?;
    progress.enter(Phase::CheckIns)?;
    run.check_ins(tx, &goals).await?;
    run.comments(tx).await?;
    run.left_out();
    progress.enter(Phase::Computing)?;
    run.finish(tx, &goals).await?;
    Ok(run.report)
}

impl Run<'_> {
    async fn finish(&mut self, tx: &mut Tx, goals: &super::goals::Goals) -> Result<()> {
        if self.report.total(Outcome::Created) + self.report.total(Outcome::Updated) == 0 {
            return Ok(());
        }
        let job = Recompute {
            org_id: self.actor.org_id,
            settings: &self.settings,
            today: self.today,
            now: self.now,
            change: self.app.new_id(),
            source: Source::Import,
        };
        self.fill_past(tx, job.change).await?;
        recompute_organization(tx, &job).await?;
        self.explain_statuses(tx, goals).await?;
        let entry = Entry {
            id: self.app.new_id(),
            org_id: self.actor.org_id,
            actor_id: Some(self.actor.user_id),
            via: self.actor.via.name(),
            kind: northing_core::event::EventKind::ImportFinished,
            goal_id: None,
            subject_id: None,
            detail: serde_json::json!({ "files": self.set.files, "counts": self.report.counts }),
            at: self.now,
        };
        Ok(activity::record(tx, &entry).await?)
    }

    /// A goal that computes itself takes its status from progress and calendar, whatever the file said (goals §4.5, §4.6):
    /// where that differs the report says so.
    async fn explain_statuses(&mut self, tx: &mut Tx, goals: &super::goals::Goals) -> Result<()> {
        let now = imports::statuses(tx, self.actor.org_id).await?;
        for line in self.report.lines.iter_mut().filter(|line| line.entity == "goal") {
            let Some(id) = line.subject else { continue };
            let (Some(goal), Some(status)) = (goals.get(&id), now.get(&id)) else { continue };
            if self.touched.contains(&id) && goal.status != *status {
                let words = |name: &str| name.replace('_', " ");
                let reason = format!(
                    "the file says {}; progress and calendar say {}, and this goal computes itself",
                    words(goal.status.name()),
                    words(status.name())
                );
                line.notes.push(changed("Status", reason));
            }
        }
        Ok(())
    }

    /// In a table what is empty says nothing.
    pub(super) fn silence(&self, said: &mut Fields) {
        if self.set.sparse {
            said.retain(|_, value| !merge::is_empty(value));
        }
    }

    /// The external identifier of a record; one without an identifier is known by what distinguishes it.
    pub(super) fn external<T, K: Serialize>(
        &self,
        kind: &str,
        record: &Record<T>,
        key: impl FnOnce(&T) -> K,
    ) -> Result<String> {
        let id = match &record.source_id {
            Some(id) => id.clone(),
            None => digest(&key(&record.value))?,
        };
        Ok(format!("{}:{kind}:{id}", self.order.source))
    }

    /// What is kept of the source of a new record.
    pub(super) fn origin<T>(record: &Record<T>, said: &Fields) -> Result<String> {
        Origin { said: merge::stamps(said), extra: record.extra.clone() }.text()
    }

    /// Merges what the file says into what stands here, and says so.
    pub(super) fn settle<R, T: Serialize + DeserializeOwned>(
        &self,
        record: &Record<R>,
        here: &T,
        said: &Fields,
        known: Option<(&str, &Known)>,
        notes: &mut Vec<FieldNote>,
    ) -> Result<Settled<T>> {
        let before = known.and_then(|(_, known)| Origin::read(known.origin.as_deref()));
        let merged = merge::merge(here, said, before.as_ref().map(|origin| &origin.said))?;
        for (name, old, new) in &merged.taken {
            notes.push(changed(
                &merge::label(name),
                format!("{} became {}", self.shown(old), self.shown(new)),
            ));
        }
        let reason = if before.is_some() {
            "kept: changed here since the last import"
        } else {
            "kept: it stood here before the import"
        };
        for name in &merged.kept {
            notes.push(FieldNote {
                field: merge::label(name),
                effect: Effect::Kept,
                reason: reason.to_owned(),
            });
        }
        let extra = if self.set.sparse {
            before.map_or_else(|| record.extra.clone(), |origin| origin.extra)
        } else {
            record.extra.clone()
        };
        let origin = Origin { said: merged.said.clone(), extra }.text()?;
        let stored = known.and_then(|(_, known)| known.origin.clone());
        let external = known.map(|(external, _)| external.to_owned());
        let undo = merged.undo(external, stored.clone());
        let outcome = match (merged.taken.is_empty(), merged.kept.is_empty()) {
            (false, _) => Outcome::Updated,
            (true, false) if known.is_some() => Outcome::Skipped,
            _ => Outcome::Unchanged,
        };
        let undo = serde_json::to_string(&undo).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Settled {
            value: merged.value,
            outcome,
            undo: (outcome == Outcome::Updated).then_some(undo),
            origin: (stored.as_deref() != Some(origin.as_str())).then_some(origin),
        })
    }

    /// A value for the report: names in place of identifiers.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Null => String::from("nothing"),
            Value::Bool(true) => String::from("yes"),
            Value::Bool(false) => String::from("no"),
            Value::Number(number) => number.to_string(),
            Value::String(text) => match text.parse::<Id>().ok().and_then(|id| self.names.get(&id)) {
                Some(name) => short(name),
                None => format!("“{}”", short(text)),
            },
            Value::Array(items) if items.is_empty() => String::from("nothing"),
            Value::Array(items) => {
                let mut shown: Vec<String> = items.iter().take(5).map(|item| self.shown(item)).collect();
                if items.len() > 5 {
                    shown.push(format!("{} more", items.len().saturating_sub(5)));
                }
                shown.join(", ")
            }
            Value::Object(fields) => {
                let parts = fields.iter().filter(|(_, value)| !value.is_null());
                let parts: Vec<String> = parts
                    .map(|(name, value)| format!("{} {}", name.replace('_', " "), self.shown(value)))
                    .collect();
                if parts.is_empty() { String::from("nothing") } else { parts.join(", ") }
            }
        }
    }

    /// Reports a record.
    pub(super) fn say<T>(&mut self, entity: &'static str, record: &Record<T>, title: &str, said: Said) {
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
        });
    }

    /// Reports the rows that say nothing of their own.
    fn left_out(&mut self) {
        for it in &self.set.left_out {
            let file = usize::try_from(it.place.file).ok().and_then(|at| self.set.files.get(at));
            self.report.add(Line {
                entity: "goal",
                file: file.cloned().unwrap_or_default(),
                place: it.place,
                title: it.title.chars().take(200).collect(),
                outcome: Outcome::Skipped,
                subject: None,
                notes: vec![dropped("Title", it.reason.clone())],
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

    /// A person of the organisation.
    pub(super) fn person(&self, it: &PersonRef) -> Option<Id> {
        let [ids, emails, names] = &self.people;
        it.id
            .as_ref()
            .and_then(|id| ids.get(id))
            .or_else(|| it.email.as_deref().and_then(|email| emails.get(&crate::sign_in::email_key(email))))
            .or_else(|| it.name.as_deref().and_then(|name| names.get(&fold(name))))
            .copied()
    }

    /// A person, or a note that nobody is.
    pub(super) fn person_or_note(
        &self,
        field: &str,
        it: Option<&PersonRef>,
        notes: &mut Vec<FieldNote>,
    ) -> Option<Id> {
        let it = it?;
        let found = self.person(it);
        if found.is_none() {
            let who = it.name.as_ref().or(it.email.as_ref()).or(it.id.as_ref());
            let who = who.map_or("somebody", String::as_str);
            notes.push(dropped(field, format!("{who} is nobody here")));
        }
        found
    }

    /// Several people, each once.
    pub(super) fn persons(&self, field: &str, all: &[PersonRef], notes: &mut Vec<FieldNote>) -> Vec<Id> {
        let mut found = Vec::new();
        for one in all {
            if let Some(id) = self.person_or_note(field, Some(one), notes)
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
        found
    }
}

/// What became of a record.
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) subject: Option<Id>,
    pub(super) notes: Vec<FieldNote>,
    pub(super) undo: Option<String>,
}

/// What earlier imports left, by external identifier and by record.
pub(super) struct Before {
    by_external: HashMap<String, Known>,
    by_id: HashMap<Id, String>,
}

impl Before {
    pub(super) fn new(by_external: HashMap<String, Known>) -> Self {
        let by_id = by_external.iter().map(|(external, known)| (known.id, external.clone())).collect();
        Self { by_external, by_id }
    }

    /// The record of an external identifier.
    pub(super) fn find(&self, external: &str) -> Option<&Known> {
        self.by_external.get(external)
    }

    /// All that are not deleted: external identifier and record.
    pub(super) fn there(&self) -> impl Iterator<Item = (&str, Id)> {
        let there = self.by_external.iter().filter(|(_, known)| !known.deleted);
        there.map(|(external, known)| (external.as_str(), known.id))
    }

    /// What an earlier import left of a record, with its external identifier.
    pub(super) fn of(&self, id: Id) -> Option<(&str, &Known)> {
        let external = self.by_id.get(&id)?;
        Some((external, self.by_external.get(external)?))
    }

    /// Where a record came from, to be written down: it keeps the external identifier it has.
    pub(super) fn mark(&self, id: Id, external: String, origin: String) -> Mark {
        let external = self.by_id.get(&id).cloned().unwrap_or(external);
        Mark { id, external: Some(external), origin: Some(origin) }
    }
}

/// By identifier, else by folded name.
pub(super) fn find(maps: &[HashMap<String, Id>; 2], it: &Reference) -> Option<Id> {
    let [ids, names] = maps;
    let by_id = it.id.as_ref().and_then(|id| ids.get(id));
    by_id.or_else(|| it.name.as_deref().and_then(|name| names.get(&fold(name)))).copied()
}

/// A field that was not taken over.
pub(super) fn dropped(field: &str, reason: impl Into<String>) -> FieldNote {
    FieldNote { field: field.to_owned(), effect: Effect::Dropped, reason: reason.into() }
}

/// A field that was taken over in another form.
pub(super) fn changed(field: &str, reason: impl Into<String>) -> FieldNote {
    FieldNote { field: field.to_owned(), effect: Effect::Changed, reason: reason.into() }
}

pub(super) fn digest<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(secret::hash(&text).chars().take(24).collect())
}

fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
