//! The people, teams, periods and tags of an organisation: read once, named by every goal.

use std::collections::{HashMap, HashSet};

use northing_connectors::import_model::{
    OwnPeriod, OwnPerson, OwnTeam, Period as OutPeriod, Person, PersonRef, Record, Reference, Tag,
    Team as OutTeam,
};
use northing_connectors::northing::JsonSet;
use northing_core::people::MemberStatus;
use northing_core::values::Id;
use northing_store::Rx;
use northing_store::export::{self, PersonRow, WithOrigin};
use northing_store::members::Member;
use northing_store::periods::{self, Period};
use northing_store::teams::{self, Team};

use super::records::record;
use crate::Result;

pub(super) struct Directory {
    members: Vec<WithOrigin<PersonRow>>,
    teams: Vec<Team>,
    periods: Vec<Period>,
    tags: Vec<(Id, String)>,
    people: HashMap<Id, PersonRef>,
}

impl Directory {
    pub(super) async fn load(rx: &mut Rx, org: Id) -> Result<Self> {
        let members = export::people(rx, org).await?;
        let named = |it: &Member| reference(it.user_id, &it.name, &it.email);
        let people = members.iter().map(|it| (it.row.member.user_id, named(&it.row.member))).collect();
        Ok(Self {
            teams: teams::list(rx, org, None, None, i64::MAX).await?,
            periods: periods::list(rx, org, None, i64::MAX).await?,
            tags: export::tags(rx, org).await?,
            members,
            people,
        })
    }

    /// Learns the names of people who are named somewhere and are members no more.
    pub(super) async fn meet(&mut self, rx: &mut Rx, ids: impl IntoIterator<Item = Id>) -> Result<()> {
        let unknown: HashSet<Id> = ids.into_iter().filter(|id| !self.people.contains_key(id)).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let unknown: Vec<Id> = unknown.into_iter().collect();
        for (id, name, email) in export::strangers(rx, &unknown).await? {
            self.people.insert(id, reference(id, &name, &email));
        }
        Ok(())
    }

    pub(super) fn person(&self, id: Id) -> PersonRef {
        let unknown = || PersonRef { id: Some(id.to_string()), ..PersonRef::default() };
        self.people.get(&id).cloned().unwrap_or_else(unknown)
    }

    pub(super) fn people(&self, ids: &[Id]) -> Vec<PersonRef> {
        ids.iter().map(|id| self.person(*id)).collect()
    }

    pub(super) fn team(&self, id: Id) -> Reference {
        let name = self.teams.iter().find(|team| team.id == id).map(|team| team.name.clone());
        Reference { id: Some(id.to_string()), name }
    }

    pub(super) fn period(&self, id: Id) -> Reference {
        let name = self.periods.iter().find(|period| period.id == id).map(|period| period.name.clone());
        Reference { id: Some(id.to_string()), name }
    }

    pub(super) fn tag(&self, name: &str) -> Reference {
        let id = self.tags.iter().find(|(_, tag)| tag == name).map(|(id, _)| id.to_string());
        Reference { id, name: Some(name.to_owned()) }
    }

    /// Writes their files.
    pub(super) fn write(&self, json: &mut JsonSet) -> Result<()> {
        json.begin("TimePeriods")?;
        for it in &self.periods {
            let own = OwnPeriod { kind: it.kind, is_current: it.is_current };
            let period =
                OutPeriod { name: it.name.clone(), start: Some(it.start), end: Some(it.end), own: Some(own) };
            json.period(&record(it.id, None, period))?;
        }
        json.end()?;
        json.begin("Users")?;
        for it in &self.members {
            json.person(&self.person_record(it))?;
        }
        json.end()?;
        json.begin("Teams")?;
        for it in &self.teams {
            json.team(&self.team_record(it))?;
        }
        json.end()?;
        json.begin("Tags")?;
        for (id, name) in &self.tags {
            json.tag(&record(*id, None, Tag { name: name.clone() }))?;
        }
        Ok(json.end()?)
    }

    fn person_record(&self, it: &WithOrigin<PersonRow>) -> Record<Person> {
        let WithOrigin { row: PersonRow { member: row, title, department }, origin } = it;
        let within = |team: &&Team| team.owners.contains(&row.user_id) || team.members.contains(&row.user_id);
        let person = Person {
            name: row.name.clone(),
            email: Some(row.email.clone()),
            manager: row.manager_id.map(|id| self.person(id)),
            teams: self.teams.iter().filter(within).map(|team| self.team(team.id)).collect(),
            role: Some(row.role),
            active: row.status != MemberStatus::Deactivated,
            own: Some(OwnPerson {
                role: row.role,
                status: row.status,
                title: title.clone(),
                department: department.clone(),
                time_zone: row.time_zone.clone(),
            }),
        };
        record(row.user_id, origin.as_deref(), person)
    }

    fn team_record(&self, it: &Team) -> Record<OutTeam> {
        let texts = |ids: &[Id]| ids.iter().map(ToString::to_string).collect();
        let team = OutTeam {
            name: it.name.clone(),
            parent: it.parent_id.and_then(|id| self.team(id).name),
            owners: self.people(&it.owners),
            status: it.status,
            description: it.description.clone(),
            own: Some(OwnTeam {
                team_type: it.team_type.clone(),
                goal_creation: it.goal_creation,
                creators: texts(&it.creators),
                note_template: it.note_template.clone(),
                owners: texts(&it.owners),
                members: texts(&it.members),
            }),
        };
        record(it.id, None, team)
    }
}

fn reference(id: Id, name: &str, email: &str) -> PersonRef {
    PersonRef { id: Some(id.to_string()), name: Some(name.to_owned()), email: Some(email.to_owned()) }
}
