//! Teams of an import, with the people who belong to them.

use std::collections::HashMap;

use northing_connectors::import_model::{Person, Record, Team as NewTeam};
use northing_core::text::{self, fold};
use northing_core::values::Id;
use northing_store::Tx;
use northing_store::imports::{self, Kind};
use northing_store::teams::{self, Team};

use super::links::Links;
use super::report::Outcome;
use super::run::{Run, dropped, find};
use crate::{Error, Result};

impl Run<'_> {
    /// Finds teams by identifier or name and makes the others; parents, owners and members follow.
    pub(super) async fn teams(
        &mut self,
        tx: &mut Tx,
        all: &[Record<NewTeam>],
        people: &[Record<Person>],
    ) -> Result<()> {
        let org = self.actor.org_id;
        let mut links = Links::default();
        for (id, name, parent) in imports::teams(tx, org).await? {
            let [_, names] = &mut self.teams;
            names.insert(name, id);
            if let Some(parent) = parent {
                links.add(id, parent);
            }
        }
        let known = imports::known(tx, org, Kind::Teams).await?;
        let mut plans = Vec::new();
        for record in all {
            let it = &record.value;
            let Ok(name) = text::title("name", &it.name) else {
                let notes = vec![dropped("Name", "a team needs a name of at most 500 characters")];
                self.say("team", record, &it.name, Outcome::Failed, notes);
                continue;
            };
            let (external, origin) = (self.external("team", record)?, Self::origin(record)?);
            let [ids, names] = &mut self.teams;
            let before = known.get(&external);
            let team = before.map(|it| it.id).or_else(|| names.get(&fold(name)).copied());
            let outcome = match team {
                Some(_) if before.is_none() => Outcome::Updated,
                _ => Self::outcome(before, &origin),
            };
            let id = match team {
                Some(id) => id,
                None => {
                    let team = Team {
                        id: self.app.new_id(),
                        org_id: org,
                        name: name.to_owned(),
                        parent_id: None,
                        team_type: None,
                        description: it.description.clone(),
                        status: it.status,
                        goal_creation: None,
                        creators: Vec::new(),
                        note_template: None,
                        owners: Vec::new(),
                        members: Vec::new(),
                        version: 1,
                        created_at: self.now,
                        updated_at: self.now,
                    };
                    teams::insert(tx, &team).await?;
                    team.id
                }
            };
            if let Some(source) = &record.source_id {
                ids.insert(source.clone(), id);
            }
            names.insert(fold(name), id);
            plans.push((record, id, outcome, external, origin));
        }
        let members = self.memberships(people);
        let mut marks = Vec::new();
        for (record, id, outcome, external, origin) in plans {
            let (it, mut notes) = (&record.value, Vec::new());
            if outcome != Outcome::Unchanged {
                let mut team = teams::by_id(tx, org, id).await?.ok_or(Error::NotFound("team"))?;
                if let Some(name) = &it.parent {
                    let [_, names] = &self.teams;
                    match names.get(&fold(name)).copied() {
                        None => notes.push(dropped("Parent Team", format!("there is no team {name}"))),
                        Some(parent) => {
                            links.clear(id);
                            if links.add(id, parent) {
                                team.parent_id = Some(parent);
                            } else {
                                notes.push(dropped("Parent Team", "teams ran in a circle here"));
                            }
                        }
                    }
                }
                for owner in self.persons("Owners", &it.owners, &mut notes) {
                    team.members.retain(|member| *member != owner);
                    if !team.owners.contains(&owner) {
                        team.owners.push(owner);
                    }
                }
                for &member in members.get(&id).into_iter().flatten() {
                    if !team.owners.contains(&member) && !team.members.contains(&member) {
                        team.members.push(member);
                    }
                }
                team.description = it.description.clone().or(team.description);
                team.status = it.status;
                team.updated_at = self.now;
                teams::update(tx, &team).await?;
                marks.push((id, external, origin));
            }
            self.say("team", record, &it.name, outcome, notes);
        }
        Ok(imports::mark(tx, org, Kind::Teams, &marks).await?)
    }

    fn memberships(&self, people: &[Record<Person>]) -> HashMap<Id, Vec<Id>> {
        let mut members: HashMap<Id, Vec<Id>> = HashMap::new();
        for record in people {
            let [_, _, names] = &self.people;
            let Some(&person) = record
                .source_id
                .as_ref()
                .and_then(|id| self.people.first().and_then(|ids| ids.get(id)))
                .or_else(|| names.get(&fold(&record.value.name)))
            else {
                continue;
            };
            for team in &record.value.teams {
                if let Some(team) = find(&self.teams, team) {
                    members.entry(team).or_default().push(person);
                }
            }
        }
        members
    }
}
