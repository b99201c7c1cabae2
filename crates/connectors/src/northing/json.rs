//! The whole organisation as a ZIP of JSON files: names and keys are those of format B (integrations §4.2), each record with
//! one key more for what B cannot say.

use std::io::Write;

use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;
use serde::Serialize;
use serde_json::{Map, Value, json};
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::{EXTRA, OWN, Sink, WriteError, words};
use crate::import_model::{
    Audience, CheckIn, Comment, Goal, OwnOrganization, Period, Person, PersonRef, Point, Record, Reference,
    Tag, Team,
};

/// A goal below another one, for the key `Children`.
#[derive(Debug, Clone)]
pub struct Child {
    /// Its identifier.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The word for its kind.
    pub kind: northing_core::goal::GoalKind,
}

/// Writes the files of a set one after the other.
pub struct JsonSet {
    zip: ZipWriter<StreamWriter<Sink>>,
    /// What the names of the files end with.
    tail: String,
    records: u64,
}

impl JsonSet {
    /// Begins a set. `org`, `user` and `stamp` (14 digits of the time) stand in the names of its files.
    #[must_use]
    pub fn new(sink: Sink, org: &str, user: &str, stamp: &str) -> Self {
        let tail = format!("_export_file_{org}_{user}_Organization_{org}_{stamp}.json");
        Self { zip: ZipWriter::new_stream(sink), tail, records: 0 }
    }

    /// The file about the organisation, the only one that is an object.
    ///
    /// # Errors
    /// Where it cannot be written; so for all of these.
    pub fn organization(&mut self, it: &OwnOrganization) -> Result<(), WriteError> {
        self.start("Organization")?;
        self.put(it)
    }

    /// Begins a file of records: `TimePeriods`, `Users`, `Teams`, `Tags`, `objectives`, `checkins`, `comments` or `History`.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn begin(&mut self, entity: &str) -> Result<(), WriteError> {
        self.start(entity)?;
        self.records = 0;
        Ok(self.zip.write_all(b"[")?)
    }

    /// Ends it.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn end(&mut self) -> Result<(), WriteError> {
        Ok(self.zip.write_all(if self.records == 0 { b"]\n" } else { b"\n]\n" })?)
    }

    /// Ends the archive.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn finish(self) -> Result<(), WriteError> {
        self.zip.finish().map_err(std::io::Error::from)?;
        Ok(())
    }

    /// A period.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn period(&mut self, it: &Record<Period>) -> Result<(), WriteError> {
        let Period { name, start, end, own } = &it.value;
        self.record(it, own, json!({ "Time Period Name": name, "Start Date": start, "End Date": end }))
    }

    /// A person.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn person(&mut self, it: &Record<Person>) -> Result<(), WriteError> {
        let Person { name, email, manager, teams, role, active, own } = &it.value;
        let known = json!({
            "Name": name, "Email": email, "Manager": manager.as_ref().map(person), "Teams": named(teams, "Name"),
            "Last Active": null, "Role": role.map(words::role), "Source": null, "Member Type": null,
            "Status": if *active { "Active" } else { "Inactive" },
        });
        self.record(it, own, known)
    }

    /// A team.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn team(&mut self, it: &Record<Team>) -> Result<(), WriteError> {
        let Team { name, parent, owners, status, description, own } = &it.value;
        let archived = *status == northing_core::people::TeamStatus::Archived;
        let known = json!({
            "Team Name": name, "Parent Team": parent, "Team Owners": people(owners), "Team Type": null,
            "Status": if archived { "Archived" } else { "Active" }, "Description": description,
        });
        self.record(it, own, known)
    }

    /// A tag.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn tag(&mut self, it: &Record<Tag>) -> Result<(), WriteError> {
        self.record(it, &None::<()>, json!({ "Tag Name": it.value.name }))
    }

    /// A goal, with those below it.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn goal(&mut self, it: &Record<Goal>, children: &[Child]) -> Result<(), WriteError> {
        self.record(it, &it.value.own, goal(&it.value, children))
    }

    /// A check-in.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn check_in(&mut self, it: &Record<CheckIn>) -> Result<(), WriteError> {
        let CheckIn {
            goal,
            effective,
            recorded_at,
            author,
            note,
            note_html: _,
            metric_name,
            status,
            value,
            own,
        } = &it.value;
        let known = json!({
            "OKR ID": goal.id, "CheckIn Date": effective.map(|day| format!("{day} 00:00:00")),
            "Check In Owner": author.as_ref().map(person),
            "Check In Note": note.as_ref().map(|note| json!({ "Check In Note": note, "Check In Note HTML": null })),
            "Metric Name": metric_name, "Status": status.map(words::status),
            "Current Value": value.map(|amount| amount.value), "Activity Date": recorded_at.map(words::moment),
        });
        self.record(it, own, known)
    }

    /// A comment.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn comment(&mut self, it: &Record<Comment>) -> Result<(), WriteError> {
        let Comment { goal, text, author, created_at, own } = &it.value;
        let known = json!({
            "OKR ID": goal.id, "Comment": text, "Created By": author.as_ref().map(person),
            "Created At": created_at.map(words::moment),
        });
        self.record(it, own, known)
    }

    /// A point of a goal's graph.
    #[expect(clippy::missing_errors_doc, reason = "as for organization")]
    pub fn point(&mut self, it: &Point) -> Result<(), WriteError> {
        self.separate()?;
        self.put(it)
    }

    fn record<T, O: Serialize>(
        &mut self,
        it: &Record<T>,
        own: &Option<O>,
        known: Value,
    ) -> Result<(), WriteError> {
        let mut record = Map::new();
        record.insert("ID".to_owned(), json!(it.source_id));
        if let Value::Object(known) = known {
            record.extend(known);
        }
        let mut beside = match own.as_ref().map(serde_json::to_value).transpose() {
            Ok(Some(Value::Object(own))) => own,
            Ok(_) => Map::new(),
            Err(error) => return Err(std::io::Error::from(error).into()),
        };
        if !it.extra.is_empty() {
            beside.insert(EXTRA.to_owned(), Value::Object(it.extra.clone()));
        }
        if !beside.is_empty() {
            record.insert(OWN.to_owned(), Value::Object(beside));
        }
        self.separate()?;
        self.put(&record)
    }

    fn start(&mut self, entity: &str) -> Result<(), WriteError> {
        let options = SimpleFileOptions::default().large_file(true);
        let started = self.zip.start_file(format!("{entity}{}", self.tail), options);
        Ok(started.map_err(std::io::Error::from)?)
    }

    fn separate(&mut self) -> Result<(), WriteError> {
        let mark: &[u8] = if self.records == 0 { b"\n" } else { b",\n" };
        self.records = self.records.saturating_add(1);
        Ok(self.zip.write_all(mark)?)
    }

    fn put(&mut self, it: &impl Serialize) -> Result<(), WriteError> {
        serde_json::to_writer(&mut self.zip, it).map_err(std::io::Error::from)?;
        Ok(())
    }
}

fn person(it: &PersonRef) -> Value {
    json!({ "ID": it.id, "Name": it.name, "Email": it.email })
}

fn people(all: &[PersonRef]) -> Value {
    all.iter().map(person).collect()
}

fn named(all: &[Reference], key: &str) -> Value {
    all.iter().map(|it| json!({ "ID": it.id, key: it.name })).collect()
}

fn audience(it: &Audience) -> Value {
    match it {
        Audience::Everyone => json!("Everybody"),
        Audience::People(them) => people(them),
    }
}

fn goal(it: &Goal, children: &[Child]) -> Value {
    let metric = it.measure.kind != MetricKind::Percent;
    let from = if it.progress_mode == Some(ProgressMode::Rollup) {
        "Update from Children"
    } else {
        "Update Manually"
    };
    let phases = if it.phases.is_empty() {
        json!("Disabled")
    } else {
        let steps: Vec<Value> = it
            .phases
            .iter()
            .map(|phase| json!({ "Target Value": phase.target, "Target Date": phase.date }))
            .collect();
        json!({ "Interval": "custom", "Phased Targets": steps })
    };
    let alignment: Vec<Value> = it
        .parents
        .iter()
        .map(|parent| json!({ "ID": parent.id, "Title": parent.title, "Weight": parent.weight.map(words::weight) }))
        .collect();
    let children: Vec<Value> = children
        .iter()
        .map(|child| json!({ "ID": child.id, "Title": child.title, "Type": words::kind(child.kind) }))
        .collect();
    let unit = it.measure.unit.as_deref().unwrap_or("Number");
    json!({
        "Title": it.title, "Type": it.type_name, "Created By": it.creator.as_ref().map(person),
        "Owner": people(&it.owners), "Teams": named(&it.teams, "Name"),
        "Time Period": it.period.as_ref().map(|period| json!({ "ID": period.id, "Name": period.name })),
        "Start Date": it.start, "End Date": it.end, "Alignment": alignment,
        "Delegated To": it.delegate.as_ref().map(person),
        "Permissions": { "View": audience(&it.view), "Edit": {}, "Align": audience(&it.align) },
        "Description": it.description, "Tags": named(&it.tags, "Tag Name"),
        "Progress and Status Configuration": {
            "Progress": from, "Status": "Update based on Progress", "Data Source": it.linked_to,
        },
        "Progress": it.current.map(|amount| amount.value), "Status": it.status.map(words::status),
        "Outcome": {
            "Outcome Type": if metric { "Metric" } else { "Percentage" }, "Metric Name": it.measure.name,
            "Metric Unit": if metric { unit } else { "%" }, "Start": it.measure.start, "Target": it.measure.target,
            "Target Type": words::target(it.measure.kind),
        },
        "Phased Targets": phases, "Check-in Owners": people(&it.check_in_owners),
        "Parent IDs": it.parents.iter().map(|parent| parent.id.clone()).collect::<Vec<_>>(),
        "Children": children, "Score": it.score, "Goal Type": it.committed.map(words::commitment),
        "Created At": it.created_at.map(words::moment), "Last Check-in": it.last_check_in,
    })
}
