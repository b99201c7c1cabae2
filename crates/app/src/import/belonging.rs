//! What hangs on the teams and on one another: the managers and memberships of an import's people, and what a newer file says of
//! those who were here already.

use northing_connectors::import_model::FieldNote;
use northing_core::people::Role;
use northing_core::values::Id;
use northing_store::imports::{self, Kind, Mark};
use northing_store::{Tx, members};

use super::links::Links;
use super::merge;
use super::people::{People, PersonFields, PersonPlan};
use super::prepare::is_mentioned;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, dropped};
use super::teams::Teams;
use super::who::find;
use crate::Result;

impl Run<'_> {
    /// Managers, memberships, and what a newer file says of people who were here already.
    pub(super) async fn finish_people(
        &mut self,
        tx: &mut Tx,
        people: People<'_>,
        teams: &mut Teams<'_>,
    ) -> Result<()> {
        let org = self.actor.org_id;
        let People { plans, before } = people;
        let (mut links, mut managers, mut marks) = (Links::default(), Vec::new(), Vec::<Mark>::new());
        for plan in plans {
            let PersonPlan { record, external, mut member, created, mut notes } = plan;
            let (it, id) = (&record.value, member.user_id);
            let mut manager = self.person_or_note("Manager", it.manager.as_ref(), &mut notes);
            if manager.is_some_and(|manager| !links.add(id, manager)) {
                notes.push(dropped("Manager", "managers ran in a circle here"));
                manager = None;
            }
            let mut wanted = Vec::new();
            for team in &it.teams {
                match find(&self.teams, team) {
                    Some(team) if teams.is_owner(team, id) || wanted.contains(&team) => {}
                    Some(team) => wanted.push(team),
                    None => {
                        let name = team.name.as_ref().or(team.id.as_ref()).map_or("?", String::as_str);
                        notes.push(dropped("Teams", format!("there is no team {name}")));
                    }
                }
            }
            wanted.sort_unstable();
            if created {
                teams.set_member(id, &wanted);
                if let Some(manager) = manager {
                    managers.push((id, manager));
                }
                member.manager_id = manager;
                let mut said = merge::fields(&PersonFields::of(&member, wanted))?;
                // What the file says, not what was chosen for everybody.
                said.insert(String::from("active"), it.active.into());
                marks.push(before.mark(id, external, Self::origin(record, &said)?));
                let outcome = Outcome::Created;
                self.say("person", record, &it.name, Said { outcome, subject: Some(id), notes, undo: None });
                continue;
            }
            let here = PersonFields::of(&member, teams.of_member(id));
            let theirs = PersonFields {
                name: it.name.trim().to_owned(),
                role: it.role.map_or(here.role, |role| self.role(role, &mut notes)),
                active: it.active,
                manager,
                teams: wanted,
            };
            let mut said = merge::fields(&theirs)?;
            if it.role.is_none() {
                said.remove("role");
            }
            if is_mentioned(record) {
                said.retain(|name, _| name == "name");
            }
            self.silence(&mut said);
            if self.set.sparse {
                said.remove("active");
            }
            self.guard(&here, id, &mut said, &mut notes);
            let settled = self.settle(record, &here, &said, before.of(id), &mut notes)?;
            if settled.outcome == Outcome::Updated {
                teams.set_member(id, &settled.value.teams);
                let old = PersonFields { teams: settled.value.teams.clone(), ..here };
                if settled.value != old {
                    settled.value.put(&mut member);
                    member.updated_at = self.now;
                    members::update(tx, &member).await?;
                }
            }
            if let Some(origin) = settled.origin {
                marks.push(before.mark(id, external, origin));
            }
            let said = Said { outcome: settled.outcome, subject: Some(id), notes, undo: settled.undo };
            self.say("person", record, &it.name, said);
        }
        imports::mark(tx, org, Kind::Members, &marks).await?;
        Ok(imports::set_managers(tx, org, &managers).await?)
    }

    /// Nobody loses their own role, and no owner theirs, by a file: that is done by hand.
    fn guard(&self, here: &PersonFields, id: Id, said: &mut merge::Fields, notes: &mut Vec<FieldNote>) {
        if id != self.actor.user_id && here.role != Role::Owner {
            return;
        }
        let role = said.remove("role").is_some_and(|role| role != here.role.name());
        let active = said.remove("active").is_some_and(|active| active != here.active);
        if role || active {
            notes.push(dropped("Role", "owners, and whoever imports, keep their role and their access"));
        }
    }
}
