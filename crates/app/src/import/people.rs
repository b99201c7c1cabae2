//! People of an import: found by identifier, mail address or mapping, brought up to date, or made members.

use std::collections::HashMap;

use northing_connectors::import_model::{FieldNote, Person, PersonRef, Record};
use northing_core::people::{MemberStatus, Role};
use northing_core::preferences::Preferences;
use northing_core::text::{self, fold};
use northing_core::values::Id;
use northing_store::Tx;
use northing_store::imports::{self, Kind, Known};
use northing_store::members::{self, Filter, Member};
use northing_store::users::{self, User};
use serde::{Deserialize, Serialize};

use super::before::Before;
use super::mapping::{NewPeople, PersonChoice, Word};
use super::prepare::is_mentioned;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, changed, dropped};
use super::settle::digest;
use crate::Result;
use crate::sign_in::email_key;

/// What an import keeps of a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct PersonFields {
    pub(super) name: String,
    pub(super) role: Role,
    /// Whether they could sign in at the source; here an invited person can as well.
    pub(super) active: bool,
    pub(super) manager: Option<Id>,
    /// The teams that they belong to without owning them.
    pub(super) teams: Vec<Id>,
}

impl PersonFields {
    pub(super) fn of(it: &Member, teams: Vec<Id>) -> Self {
        Self {
            name: it.name.clone(),
            role: it.role,
            active: it.status != MemberStatus::Deactivated,
            manager: it.manager_id,
            teams,
        }
    }

    /// Puts what stands with the membership; the teams stand with the teams.
    pub(super) fn put(&self, it: &mut Member) {
        it.name.clone_from(&self.name);
        it.role = self.role;
        it.manager_id = self.manager;
        it.status = match (self.active, it.status) {
            (false, _) => MemberStatus::Deactivated,
            (true, MemberStatus::Deactivated) => MemberStatus::Invited,
            (true, status) => status,
        };
    }
}

/// A person of the file with the member they are.
pub(super) struct PersonPlan<'a> {
    pub(super) record: &'a Record<Person>,
    pub(super) external: String,
    pub(super) member: Member,
    pub(super) created: bool,
    pub(super) notes: Vec<FieldNote>,
}

/// What the people of an import come to before the teams are there.
pub(super) struct People<'a> {
    pub(super) plans: Vec<PersonPlan<'a>>,
    pub(super) before: Before,
}

impl Run<'_> {
    /// Finds people and makes the others members; what hangs on the teams comes with [`Self::finish_people`].
    pub(super) async fn people<'s>(
        &mut self,
        tx: &mut Tx,
        records: &'s [Record<Person>],
    ) -> Result<People<'s>> {
        let org = self.actor.org_id;
        let mut members: HashMap<Id, Member> = HashMap::new();
        for (name, member) in members::list(tx, org, &Filter::default(), None, i64::MAX).await? {
            let [_, emails, names] = &mut self.people;
            emails.insert(email_key(&member.email), member.user_id);
            names.entry(name).or_insert(member.user_id);
            self.names.insert(member.user_id, member.name.clone());
            members.insert(member.user_id, member);
        }
        let before = Before::new(imports::known(tx, org, Kind::Members).await?);
        let mut plans = Vec::new();
        for record in records {
            self.order.progress.step()?;
            let (it, mut notes) = (&record.value, Vec::new());
            let reference = PersonRef {
                id: record.source_id.clone(),
                name: Some(it.name.clone()),
                email: it.email.clone(),
            };
            let choice = self.order.mapping.person(&reference);
            if choice == Some(&PersonChoice::Word(Word::Skip)) {
                notes.push(dropped("Name", "left out, as the mapping says"));
                let said = Said { outcome: Outcome::Skipped, subject: None, notes, undo: None };
                self.say("person", record, &it.name, said);
                continue;
            }
            let Ok(name) = text::title("name", &it.name) else {
                notes.push(dropped("Name", "a person needs a name of at most 500 characters"));
                self.fail("person", record, &it.name, notes);
                continue;
            };
            let external =
                self.external("person", record, |it| fold(it.email.as_deref().unwrap_or(&it.name)))?;
            let email = self.address(it, &external, &mut notes)?;
            let found = match choice {
                Some(PersonChoice::Match { email }) => {
                    let [_, emails, _] = &self.people;
                    let found = emails.get(&email_key(email)).copied();
                    if found.is_none() {
                        notes.push(dropped("Email", format!("the mapping names {email}, who is no member")));
                    }
                    found
                }
                _ => self.found(record, &external, &email, &members, before.find(&external)),
            };
            let known = found.and_then(|id| members.get(&id).cloned());
            let created = known.is_none();
            let member = match known {
                Some(member) => member,
                None => self.enter(tx, record, name, &email, &mut notes).await?,
            };
            let [ids, emails, names] = &mut self.people;
            if let Some(source) = &record.source_id {
                ids.insert(source.clone(), member.user_id);
            }
            emails.insert(email_key(&email), member.user_id);
            names.entry(fold(name)).or_insert(member.user_id);
            self.names.insert(member.user_id, name.to_owned());
            members.insert(member.user_id, member.clone());
            plans.push(PersonPlan { record, external, member, created, notes });
        }
        Ok(People { plans, before })
    }

    /// Who a person of the file is: by identifier, by mail address; by name where nothing else is known of them, or where a
    /// placeholder of that name stands in since an earlier import.
    fn found(
        &self,
        record: &Record<Person>,
        external: &str,
        email: &str,
        members: &HashMap<Id, Member>,
        known: Option<&Known>,
    ) -> Option<Id> {
        let [_, emails, names] = &self.people;
        if let Some(id) = known.map(|known| known.id).or_else(|| emails.get(&email_key(email)).copied()) {
            return Some(id);
        }
        let named = *names.get(&fold(&record.value.name))?;
        let placeholder =
            members.get(&named).is_some_and(|member| member.email.ends_with(PLACEHOLDER_DOMAIN));
        let nameless = is_mentioned(record) && record.value.email.is_none();
        (nameless || placeholder).then_some(named).filter(|_| !external.is_empty())
    }

    fn address(&self, it: &Person, external: &str, notes: &mut Vec<FieldNote>) -> Result<String> {
        if let Some(email) = it.email.as_deref().map(str::trim).filter(|email| email.contains('@')) {
            return Ok(email.to_owned());
        }
        notes.push(changed("Email", "a placeholder address stands in: there was none"));
        Ok(format!("person-{}{PLACEHOLDER_DOMAIN}", digest(&(self.actor.org_id, external))?))
    }

    /// Makes somebody a member, and a person of the installation where they are none yet.
    async fn enter(
        &self,
        tx: &mut Tx,
        record: &Record<Person>,
        name: &str,
        email: &str,
        notes: &mut Vec<FieldNote>,
    ) -> Result<Member> {
        let (it, key) = (&record.value, email_key(email));
        let user_id = match users::by_email_key(tx, &key).await? {
            Some(user) => user.id,
            None => {
                let own = it.own.as_ref();
                let line =
                    |text: Option<&String>| text.filter(|text| text::title("title", text).is_ok()).cloned();
                let zone = |name: Option<&String>| {
                    name.filter(|name| jiff::tz::TimeZone::get(name).is_ok()).cloned()
                };
                let user = User {
                    id: self.app.new_id(),
                    email: email.to_owned(),
                    name: name.to_owned(),
                    password_hash: None,
                    title: own.and_then(|own| line(own.title.as_ref())),
                    department: own.and_then(|own| line(own.department.as_ref())),
                    time_zone: own.and_then(|own| zone(own.time_zone.as_ref())),
                    preferences: Preferences::default(),
                    version: 1,
                    created_at: self.now,
                };
                users::insert(tx, &user, &key).await?;
                user.id
            }
        };
        let status = match self.order.mapping.new_people {
            NewPeople::Invited => MemberStatus::Invited,
            NewPeople::AsInFile if it.active => MemberStatus::Invited,
            NewPeople::AsInFile | NewPeople::Deactivated => MemberStatus::Deactivated,
        };
        let status = self.own_status(it.own.as_ref(), status);
        let role = it.role.map_or(Role::Member, |role| self.role(role, notes));
        let member = Member {
            org_id: self.actor.org_id,
            user_id,
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            status,
            manager_id: None,
            time_zone: None,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
        };
        members::insert(tx, &member).await?;
        Ok(member)
    }

    pub(super) fn role(&self, role: Role, notes: &mut Vec<FieldNote>) -> Role {
        if role == Role::Owner && self.actor.role != Role::Owner {
            notes.push(changed("Role", "only owners make owners: an admin instead"));
            return Role::Admin;
        }
        role
    }
}

/// The domain of addresses that stand in where a file has none; reserved, so that no mail goes there.
const PLACEHOLDER_DOMAIN: &str = "@import.invalid";
