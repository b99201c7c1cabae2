//! Periods, people and tags of an import.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use northing_connectors::import_model::{Period as NewPeriod, Person, Record, Tag};
use northing_core::people::{MemberStatus, Role};
use northing_core::period::PeriodKind;
use northing_core::text::{self, fold};
use northing_core::values::Id;
use northing_store::imports::{self, Kind};
use northing_store::members::{self, Member};
use northing_store::periods::{self, Period};
use northing_store::users::{self, User};
use northing_store::{Tx, goal_tags};

use super::links::Links;
use super::report::Outcome;
use super::run::{Run, changed, digest, dropped};
use crate::sign_in::email_key;
use crate::{Error, Result};

impl Run<'_> {
    /// Finds periods by their names and makes the others.
    pub(super) async fn periods(&mut self, tx: &mut Tx, all: &[Record<NewPeriod>]) -> Result<()> {
        self.periods = periods::list(tx, self.actor.org_id, None, i64::MAX).await?;
        for record in all {
            let it = &record.value;
            let known = self.periods.iter().find(|known| fold(&known.name) == fold(&it.name)).map(|it| it.id);
            let (id, outcome) = match (known, it.start, it.end) {
                (Some(id), ..) => (id, Outcome::Unchanged),
                (None, Some(start), Some(end)) if start <= end && text::title("name", &it.name).is_ok() => {
                    let kind = match end.days_since(start) {
                        85..=95 => PeriodKind::Quarterly,
                        360..=370 => PeriodKind::Annual,
                        _ => PeriodKind::Custom,
                    };
                    let period = Period {
                        id: self.app.new_id(),
                        org_id: self.actor.org_id,
                        name: it.name.trim().to_owned(),
                        kind,
                        start,
                        end,
                        is_current: false,
                        version: 1,
                        created_at: self.now,
                        updated_at: self.now,
                    };
                    periods::insert(tx, &period).await?;
                    let id = period.id;
                    self.periods.push(period);
                    (id, Outcome::Created)
                }
                _ => {
                    let notes = vec![dropped("Start Date", "a period needs a name, a first and a last day")];
                    self.say("period", record, &it.name, Outcome::Failed, notes);
                    continue;
                }
            };
            if let Some(source) = &record.source_id {
                self.period_ids.insert(source.clone(), id);
            }
            self.say("period", record, &it.name, outcome, Vec::new());
        }
        Ok(())
    }

    /// Finds people by mail address and makes the others members; managers come last.
    pub(super) async fn people(&mut self, tx: &mut Tx, all: &[Record<Person>]) -> Result<()> {
        let org = self.actor.org_id;
        for (id, name, email) in imports::people(tx, org).await? {
            let [_, emails, names] = &mut self.people;
            emails.insert(email, id);
            names.insert(name, id);
        }
        let known = imports::known(tx, org, Kind::Members).await?;
        let (mut marks, mut plans) = (Vec::new(), Vec::new());
        for record in all {
            let it = &record.value;
            let Ok(name) = text::title("name", &it.name) else {
                let notes = vec![dropped("Name", "a person needs a name of at most 500 characters")];
                self.say("person", record, &it.name, Outcome::Failed, notes);
                continue;
            };
            let external = self.external("person", record)?;
            let origin = Self::origin(record)?;
            let mut notes = Vec::new();
            let email = match it.email.as_deref().map(str::trim).filter(|email| email.contains('@')) {
                Some(email) => email.to_owned(),
                None => {
                    notes.push(changed("Email", "a placeholder address stands in: there was none"));
                    let tail: String = digest(&(org, &external))?
                        .chars()
                        .filter(char::is_ascii_alphanumeric)
                        .take(24)
                        .collect();
                    format!("person-{}@import.invalid", tail.to_lowercase())
                }
            };
            let key = email_key(&email);
            let before = known.get(&external);
            let member = before.map(|it| it.id).or_else(|| {
                let [_, emails, _] = &self.people;
                emails.get(&key).copied()
            });
            let outcome = match member {
                Some(_) if before.is_none() => Outcome::Updated,
                _ => Self::outcome(before, &origin),
            };
            let id = match member {
                Some(id) => id,
                None => self.enter(tx, it, name, &email, &key, &mut notes).await?,
            };
            let [ids, emails, names] = &mut self.people;
            if let Some(source) = &record.source_id {
                ids.insert(source.clone(), id);
            }
            emails.insert(key, id);
            names.insert(fold(name), id);
            if outcome != Outcome::Unchanged {
                marks.push((id, external, origin));
            }
            plans.push((record, id, outcome, notes));
        }
        let (mut links, mut managers) = (Links::default(), Vec::new());
        for (record, id, outcome, mut notes) in plans {
            if outcome != Outcome::Unchanged
                && let Some(manager) =
                    self.person_or_note("Manager", record.value.manager.as_ref(), &mut notes)
            {
                if links.add(id, manager) {
                    managers.push((id, manager));
                } else {
                    notes.push(dropped("Manager", "managers ran in a circle here"));
                }
            }
            self.say("person", record, &record.value.name, outcome, notes);
        }
        imports::mark(tx, org, Kind::Members, &marks).await?;
        Ok(imports::set_managers(tx, org, &managers).await?)
    }

    /// Makes somebody a member, and a person of the installation where they are none yet.
    async fn enter(
        &self,
        tx: &mut Tx,
        it: &Person,
        name: &str,
        email: &str,
        key: &str,
        notes: &mut Vec<northing_connectors::import_model::FieldNote>,
    ) -> Result<Id> {
        let user_id = match users::by_email_key(tx, key).await? {
            Some(user) => user.id,
            None => {
                let user = User {
                    id: self.app.new_id(),
                    email: email.to_owned(),
                    name: name.to_owned(),
                    password_hash: None,
                    time_zone: None,
                    preferences: String::from("{}"),
                    version: 1,
                    created_at: self.now,
                };
                users::insert(tx, &user, key).await?;
                user.id
            }
        };
        let role = match it.role {
            Some(Role::Owner) if self.actor.role != Role::Owner => {
                notes.push(changed("Role", "only owners make owners: an admin instead"));
                Role::Admin
            }
            role => role.unwrap_or(Role::Member),
        };
        let member = Member {
            org_id: self.actor.org_id,
            user_id,
            email: email.to_owned(),
            name: name.to_owned(),
            role,
            status: if it.active { MemberStatus::Invited } else { MemberStatus::Deactivated },
            manager_id: None,
            time_zone: None,
            version: 1,
            created_at: self.now,
            updated_at: self.now,
        };
        members::insert(tx, &member).await?;
        Ok(user_id)
    }

    /// Makes the tags that are not there.
    pub(super) async fn tags(&mut self, tx: &mut Tx, all: &[Record<Tag>]) -> Result<()> {
        let names: Vec<String> = all.iter().map(|record| record.value.name.trim().to_owned()).collect();
        let mut found = self.tag_ids(tx, &[]).await?;
        found.extend(goal_tags::find(tx, self.actor.org_id, &names).await?);
        for record in all {
            let name = &record.value.name;
            let outcome = if text::title("name", name).is_err() {
                Outcome::Failed
            } else if found.contains_key(&fold(name)) {
                Outcome::Unchanged
            } else {
                found.extend(self.tag_ids(tx, std::slice::from_ref(name)).await?);
                Outcome::Created
            };
            let notes = if outcome == Outcome::Failed {
                vec![dropped("Tag Name", "a tag needs a name of at most 500 characters")]
            } else {
                Vec::new()
            };
            self.say("tag", record, name, outcome, notes);
        }
        Ok(())
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
