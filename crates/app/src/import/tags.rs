//! Tags of an import.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use northing_connectors::import_model::{Record, Tag};
use northing_core::text::{self, fold};
use northing_core::values::Id;
use northing_store::imports::{self, Kind};
use northing_store::{Tx, goal_tags, tags};
use serde::{Deserialize, Serialize};

use super::before::Before;
use super::merge;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, dropped};
use crate::{Error, Result};

/// What an import keeps of a tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TagFields {
    pub(super) name: String,
}

impl Run<'_> {
    /// Finds tags by identifier or name, renames those that have another name now, and makes the others.
    pub(super) async fn tags(&mut self, tx: &mut Tx, records: &[Record<Tag>]) -> Result<()> {
        let org = self.actor.org_id;
        let known = Before::new(imports::known(tx, org, Kind::Tags).await?);
        let all = imports::tags(tx, org).await?;
        let mut here: HashMap<Id, (String, i64)> =
            all.into_iter().map(|(id, name, version)| (id, (name, version))).collect();
        let mut names: HashMap<String, Id> = here.iter().map(|(id, (name, _))| (fold(name), *id)).collect();
        let mut marks = Vec::new();
        for record in records {
            self.order.progress.step()?;
            let mut notes = Vec::new();
            let Ok(name) = text::title("name", &record.value.name) else {
                notes.push(dropped("Tag Name", "a tag needs a name of at most 500 characters"));
                self.fail("tag", record, &record.value.name, notes);
                continue;
            };
            let external = self.external("tag", record, |it| fold(&it.name))?;
            let found = known.find(&external).map(|it| it.id).or_else(|| names.get(&fold(name)).copied());
            let theirs = TagFields { name: name.to_owned() };
            let mut said = merge::fields(&theirs)?;
            let (id, outcome, undo) = match found.and_then(|id| Some((id, here.get(&id)?.clone()))) {
                Some((id, (old, version))) => {
                    if names.get(&fold(name)).is_some_and(|other| *other != id) {
                        said.remove("name");
                        notes.push(dropped("Tag Name", "another tag has this name"));
                    }
                    let stands = TagFields { name: old };
                    let settled = self.settle(record, &stands, &said, known.of(id), &mut notes)?;
                    if settled.outcome == Outcome::Updated {
                        tags::rename(tx, id, version, &settled.value.name).await?;
                        names.insert(fold(&settled.value.name), id);
                        here.insert(id, (settled.value.name, version + 1));
                    }
                    if let Some(origin) = settled.origin {
                        marks.push(known.mark(id, external, origin));
                    }
                    (id, settled.outcome, settled.undo)
                }
                None => {
                    let id = self.app.new_id();
                    goal_tags::insert(tx, org, &[(id, theirs.name.clone())], self.now).await?;
                    names.insert(fold(name), id);
                    here.insert(id, (theirs.name.clone(), 1));
                    marks.push(known.mark(id, external, Self::origin(record, &said)?));
                    (id, Outcome::Created, None)
                }
            };
            self.say("tag", record, name, Said { outcome, subject: Some(id), notes, undo });
        }
        Ok(imports::mark(tx, org, Kind::Tags, &marks).await?)
    }

    /// Tags by their folded names; those that are missing are made.
    pub(super) async fn tag_ids(&self, tx: &mut Tx, names: &[String]) -> Result<HashMap<String, Id>> {
        if names.is_empty() {
            return Ok(HashMap::new());
        }
        let org = self.actor.org_id;
        let mut found = goal_tags::find(tx, org, names).await?;
        let mut new: Vec<(Id, String)> = Vec::new();
        for name in names {
            if let Entry::Vacant(place) = found.entry(fold(name)) {
                let id = *place.insert(self.app.new_id());
                new.push((id, name.trim().to_owned()));
            }
        }
        goal_tags::insert(tx, org, &new, self.now).await?;
        Ok::<_, Error>(found)
    }
}
