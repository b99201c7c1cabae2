//! One import, from its first record to the recomputation of the organisation.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use northing_connectors::import_model::{
    Effect, FieldNote, ImportSet, LeftOut, PersonRef, Record, Reference,
};
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::text::fold;
use northing_core::values::{Day, Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::history::Source;
use northing_store::imports::Known;
use northing_store::periods::Period;
use northing_store::{Tx, goal_facts};
use serde::Serialize;

use super::report::{ImportReport, Line, Outcome};
use crate::cone::{Recompute, recompute_organization, zone};
use crate::{Actor, Error, Northing, Result, secret};

/// What is known so far.
pub(super) struct Run<'a> {
    pub(super) app: &'a Northing,
    pub(super) actor: &'a Actor,
    pub(super) source: &'a str,
    pub(super) files: &'a [String],
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
    pub(super) report: ImportReport,
}

/// Runs an import inside a transaction.
pub(super) async fn run(
    tx: &mut Tx,
    app: &Northing,
    actor: &Actor,
    source: &str,
    set: &ImportSet,
    dry_run: bool,
) -> Result<ImportReport> {
    let settings =
        goal_facts::lock_structure(tx, actor.org_id).await?.ok_or(Error::NotFound("organisation"))?;
    actor.require(Action::OrganizationImport, Thing::Organization, &settings)?;
    let now = app.now();
    let zone = zone(&settings)?;
    let mut run = Run {
        app,
        actor,
        source,
        files: &set.files,
        today: now.day_in(&zone),
        settings,
        zone,
        now,
        periods: Vec::new(),
        period_ids: HashMap::new(),
        people: Default::default(),
        teams: Default::default(),
        goals: Default::default(),
        report: ImportReport { dry_run, ..ImportReport::default() },
    };
    run.periods(tx, &set.periods).await?;
    run.people(tx, &set.people).await?;
    run.teams(tx, &set.teams, &set.people).await?;
    run.tags(tx, &set.tags).await?;
    let goals = run.goals(tx, set).await?;
    run.check_ins(tx, set, &goals).await?;
    run.comments(tx, &set.comments).await?;
    run.left_out(&set.left_out);
    run.finish(tx).await?;
    Ok(run.report)
}

impl Run<'_> {
    async fn finish(&self, tx: &mut Tx) -> Result<()> {
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
        recompute_organization(tx, &job).await?;
        let entry = Entry {
            id: self.app.new_id(),
            org_id: self.actor.org_id,
            actor_id: Some(self.actor.user_id),
            via: self.actor.via.name(),
            kind: northing_core::event::EventKind::ImportFinished,
            goal_id: None,
            subject_id: None,
            detail: serde_json::json!({ "files": self.files, "counts": self.report.counts }),
            at: self.now,
        };
        Ok(activity::record(tx, &entry).await?)
    }

    /// The external identifier of a record; one without an identifier is known by what it says.
    pub(super) fn external<T: Serialize>(&self, kind: &str, record: &Record<T>) -> Result<String> {
        let id = match &record.source_id {
            Some(id) => id.clone(),
            None => digest(&record.value)?,
        };
        Ok(format!("{}:{kind}:{id}", self.source))
    }

    /// What is kept of the source besides the fields: a digest of all it said, and what has no field here.
    pub(super) fn origin<T: Serialize>(record: &Record<T>) -> Result<String> {
        let digest = digest(&record.value)?;
        Ok(serde_json::json!({ "digest": digest, "extra": record.extra }).to_string())
    }

    /// What a record's outcome is, given what an earlier import left.
    pub(super) fn outcome(known: Option<&Known>, origin: &str) -> Outcome {
        match known {
            None => Outcome::Created,
            Some(known) if known.origin.as_deref() == Some(origin) => Outcome::Unchanged,
            Some(_) => Outcome::Updated,
        }
    }

    /// Reports a record.
    pub(super) fn say<T>(
        &mut self,
        entity: &'static str,
        record: &Record<T>,
        title: &str,
        outcome: Outcome,
        notes: Vec<FieldNote>,
    ) {
        let file = usize::try_from(record.place.file).ok().and_then(|at| self.files.get(at));
        let mut all = record.notes.clone();
        all.extend(notes);
        self.report.add(Line {
            entity,
            file: file.cloned().unwrap_or_default(),
            place: record.place,
            title: title.chars().take(200).collect(),
            outcome,
            notes: all,
        });
    }

    /// Reports the rows that say nothing of their own.
    fn left_out(&mut self, all: &[LeftOut]) {
        for it in all {
            let file = usize::try_from(it.place.file).ok().and_then(|at| self.files.get(at));
            self.report.add(Line {
                entity: "goal",
                file: file.cloned().unwrap_or_default(),
                place: it.place,
                title: it.title.chars().take(200).collect(),
                outcome: Outcome::Unchanged,
                notes: vec![dropped("Title", it.reason.clone())],
            });
        }
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

pub(super) fn digest<T: Serialize>(value: &T) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(secret::hash(&text))
}
