//! Teams of an import, with the people who belong to them.

use std::collections::{HashMap, HashSet};

use northing_connectors::import_model::{FieldNote, OwnTeam, Record, Team as NewTeam};
use northing_core::people::TeamStatus;
use northing_core::text::{self, fold};
use northing_core::values::Id;
use northing_store::Tx;
use northing_store::imports::{self, Kind, Mark};
use northing_store::teams::{self, Team};
use serde::{Deserialize, Serialize};

use super::before::Before;
use super::links::Links;
use super::merge;
use super::prepare::is_mentioned;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, dropped};
use crate::{Error, Result};

/// What an import keeps of a team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TeamFields {
    pub(super) name: String,
    pub(super) parent: Option<Id>,
    pub(super) owners: Vec<Id>,
    pub(super) status: TeamStatus,
    pub(super) description: Option<String>,
}

impl TeamFields {
    pub(super) fn of(it: &Team) -> Self {
        Self {
            name: it.name.clone(),
            parent: it.parent_id,
            owners: it.owners.clone(),
            status: it.status,
            description: it.description.clone(),
        }
    }

    pub(super) fn put(self, it: &mut Team) {
        it.name = self.name;
        it.parent_id = self.parent;
        it.members.retain(|member| !self.owners.contains(member));
        it.owners = self.owners;
        it.status = self.status;
        it.description = self.description;
    }
}

struct TeamPlan<'a> {
    record: &'a Record<NewTeam>,
    id: Id,
    external: String,
    notes: Vec<FieldNote>,
}

/// Every team of the organisation while an import runs; what changed is written at the end.
pub(super) struct Teams<'a> {
    all: HashMap<Id, Team>,
    new: Vec<Id>,
    dirty: HashSet<Id>,
    /// What Northing's own export says of new teams.
    own: HashMap<Id, Option<&'a OwnTeam>>,
    plans: Vec<TeamPlan<'a>>,
    before: Before,
}

impl Teams<'_> {
    pub(super) fn is_owner(&self, team: Id, person: Id) -> bool {
        self.all.get(&team).is_some_and(|team| team.owners.contains(&person))
    }

    /// The teams that a person belongs to without owning them.
    pub(super) fn of_member(&self, person: Id) -> Vec<Id> {
        let mine = self.all.values().filter(|team| team.members.contains(&person));
        let mut ids: Vec<Id> = mine.map(|team| team.id).collect();
        ids.sort_unstable();
        ids
    }

    /// Lets a person belong to these teams and no others.
    pub(super) fn set_member(&mut self, person: Id, wanted: &[Id]) {
        for team in self.all.values_mut() {
            let belongs = team.members.contains(&person);
            let should = wanted.contains(&team.id) && !team.owners.contains(&person);
            match (belongs, should) {
                (false, true) => team.members.push(person),
                (true, false) => team.members.retain(|member| *member != person),
                _ => continue,
            }
            self.dirty.insert(team.id);
        }
    }
}

impl Run<'_> {
    /// Finds teams by identifier or name, makes the others, and merges what the file says. Written by [`Self::finish_teams`].
    pub(super) async fn teams<'s>(
        &mut self,
        tx: &mut Tx,
        records: &'s [Record<NewTeam>],
    ) -> Result<Teams<'s>> {
        let org = self.actor.org_id;
        let mut all: HashMap<Id, Team> = HashMap::new();
        for team in teams::list(tx, org, None, None, i64::MAX).await? {
            let [_, names] = &mut self.teams;
            names.insert(fold(&team.name), team.id);
            self.names.insert(team.id, team.name.clone());
            all.insert(team.id, team);
        }
        let before = Before::new(imports::known(tx, org, Kind::Teams).await?);
        let (mut plans, mut new) = (Vec::new(), Vec::new());
        for record in records {
            self.order.progress.step()?;
            let (it, mut notes) = (&record.value, Vec::new());
            let Ok(name) = text::title("name", &it.name) else {
                notes.push(dropped("Team Name", "a team needs a name of at most 500 characters"));
                self.fail("team", record, &it.name, notes);
                continue;
            };
            let external = self.external("team", record, |it| fold(&it.name))?;
            let [ids, names] = &mut self.teams;
            let found = before.find(&external).map(|it| it.id).or_else(|| names.get(&fold(name)).copied());
            let id = found.filter(|id| all.contains_key(id)).unwrap_or_else(|| {
                let id = self.app.new_id();
                new.push(id);
                let team = Team {
                    id,
                    org_id: org,
                    name: name.to_owned(),
                    parent_id: None,
                    team_type: None,
                    description: None,
                    status: it.status,
                    goal_creation: None,
                    note_template: None,
                    creators: Vec::new(),
                    owners: Vec::new(),
                    members: Vec::new(),
                    version: 1,
                    created_at: self.now,
                    updated_at: self.now,
                };
                all.insert(id, team);
                id
            });
            if let Some(source) = &record.source_id {
                ids.insert(source.clone(), id);
            }
            names.entry(fold(name)).or_insert(id);
            self.names.insert(id, name.to_owned());
            plans.push(TeamPlan { record, id, external, notes });
        }
        Ok(Teams { all, new, dirty: HashSet::new(), own: HashMap::new(), plans, before })
    }

    /// What the file says of a team, with the teams and people it names as they are here.
    fn team_fields(&self, plan: &mut TeamPlan<'_>, links: &mut Links) -> Result<merge::Fields> {
        let it = &plan.record.value;
        let mut parent = None;
        if let Some(name) = &it.parent {
            let [_, names] = &self.teams;
            match names.get(&fold(name)).copied() {
                None => plan.notes.push(dropped("Parent Team", format!("there is no team {name}"))),
                Some(above) if links.add(plan.id, above) => parent = Some(above),
                Some(_) => plan.notes.push(dropped("Parent Team", "teams ran in a circle here")),
            }
        }
        let owners = self.persons("Team Owners", &it.owners, &mut plan.notes);
        let name = it.name.trim().to_owned();
        let description = self.prose("Description", it.description.as_deref(), &mut plan.notes);
        let mut said = merge::fields(&TeamFields { name, parent, owners, status: it.status, description })?;
        if is_mentioned(plan.record) {
            said.retain(|name, _| name == "name");
        }
        self.silence(&mut said);
        if self.set.sparse {
            said.remove("status");
        }
        Ok(said)
    }

    /// Merges what the file says of teams and reports it; memberships come from the people afterwards.
    pub(super) fn merge_teams(&mut self, teams: &mut Teams<'_>) -> Result<Vec<Mark>> {
        let plans = std::mem::take(&mut teams.plans);
        let (mut links, mut marks) = (Links::default(), Vec::new());
        let listed: HashSet<Id> = plans.iter().map(|plan| plan.id).collect();
        for team in teams.all.values().filter(|team| !listed.contains(&team.id)) {
            if let Some(parent) = team.parent_id {
                links.add(team.id, parent);
            }
        }
        for mut plan in plans {
            let mut said = self.team_fields(&mut plan, &mut links)?;
            let TeamPlan { record, id, external, mut notes } = plan;
            let Some(team) = teams.all.get_mut(&id) else { continue };
            let here = TeamFields::of(team);
            let (outcome, undo) = if teams.new.contains(&id) {
                let mut fields = merge::fields(&here)?;
                fields.extend(said);
                marks.push(teams.before.mark(id, external, Self::origin(record, &fields)?));
                merge::record::<TeamFields>(fields)?.put(team);
                self.own_team(record.value.own.as_ref(), team);
                teams.own.insert(id, record.value.own.as_ref());
                (Outcome::Created, None)
            } else {
                let [_, names] = &self.teams;
                let name = fold(record.value.name.trim());
                if names.get(&name).is_some_and(|other| *other != id) {
                    said.remove("name");
                    notes.push(dropped("Team Name", "another team has this name"));
                }
                let settled = self.settle(record, &here, &said, teams.before.of(id), &mut notes)?;
                if settled.outcome == Outcome::Updated {
                    settled.value.put(team);
                    teams.dirty.insert(id);
                }
                if let Some(origin) = settled.origin {
                    marks.push(teams.before.mark(id, external, origin));
                }
                (settled.outcome, settled.undo)
            };
            self.say("team", record, &record.value.name, Said { outcome, subject: Some(id), notes, undo });
        }
        Ok(marks)
    }

    /// Writes the teams: new ones from the top down, then those that changed.
    pub(super) async fn finish_teams(&mut self, tx: &mut Tx, teams: Teams<'_>, marks: &[Mark]) -> Result<()> {
        let Teams { mut all, new, mut dirty, own, .. } = teams;
        for (id, own) in own {
            if let Some(team) = all.get_mut(&id) {
                self.own_order(own, team);
            }
        }
        independent(&mut all, &mut dirty);
        let mut waiting: Vec<Id> = new.clone();
        let mut there: HashSet<Id> = all.keys().copied().filter(|id| !new.contains(id)).collect();
        while !waiting.is_empty() {
            let (now, later): (Vec<Id>, Vec<Id>) = waiting.iter().partition(|id| {
                let parent = all.get(id).and_then(|team| team.parent_id);
                parent.is_none_or(|parent| there.contains(&parent))
            });
            if now.is_empty() {
                return Err(Error::Internal(String::from("teams above one another in a circle")));
            }
            for id in now {
                let Some(team) = all.get(&id) else { continue };
                teams::insert(tx, team).await?;
                there.insert(id);
            }
            waiting = later;
        }
        let mut dirty: Vec<Id> = dirty.into_iter().filter(|id| !new.contains(id)).collect();
        dirty.sort_unstable();
        for id in dirty {
            let Some(team) = all.get_mut(&id) else { continue };
            team.updated_at = self.now;
            teams::update(tx, team).await?;
        }
        Ok(imports::mark(tx, self.actor.org_id, Kind::Teams, marks).await?)
    }
}

/// Takes the parent from teams that would stand above themselves: what the file moved and what people moved here since may
/// together make a circle.
fn independent(all: &mut HashMap<Id, Team>, dirty: &mut HashSet<Id>) {
    let mut ids: Vec<Id> = all.keys().copied().collect();
    ids.sort_unstable();
    let mut links = Links::default();
    for id in ids {
        let Some(team) = all.get_mut(&id) else { continue };
        if team.parent_id.is_some_and(|parent| !links.add(id, parent)) {
            team.parent_id = None;
            dirty.insert(id);
        }
    }
}
