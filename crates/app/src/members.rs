//! Members: added, changed, deactivated, brought back, removed (goals §1.1, §10.1).

use std::collections::HashMap;

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::people::{MemberStatus, Role};
use northing_core::permission::{Action, Thing};
use northing_core::preferences::Preferences;
use northing_core::settings::Settings;
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::directory::{self, Reader, Whom};
use northing_store::members::{self, In};
use northing_store::users::{self, User};
use northing_store::{Failure, Tx, links, sessions, tokens};
use serde_json::json;

pub use northing_store::members::{Filter as MemberFilter, Member, Traces};

use crate::Northing;
use crate::account::check_zone;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::organization::{expect_version, hold, key, part};
use crate::page::{Page, PageRequest};
use crate::sign_in::{check_email, email_key};

/// Somebody to be added.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Their mail address; who is known by it elsewhere in the installation is the same person.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Who they report to.
    pub manager_id: Option<Id>,
    /// IANA name of their time zone.
    pub time_zone: Option<String>,
    /// Known here, and not let in.
    pub deactivated: bool,
}

/// What changes in a member; absent is unchanged, an inner none empties.
#[derive(Debug, Clone, Default)]
pub struct MemberChange {
    /// Another mail address.
    pub email: Option<String>,
    /// Another name.
    pub name: Option<String>,
    /// Another role.
    pub role: Option<Role>,
    /// Another manager.
    pub manager_id: Option<Option<Id>>,
    /// Another time zone.
    pub time_zone: Option<Option<String>>,
    /// Deactivates them, at once, or brings them back.
    pub status: Option<MemberStatus>,
}

/// Members of a list as those manage them who may.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedMembers {
    /// The members.
    pub page: Page<Member>,
    /// The names of their managers, and of the one that the list is narrowed to.
    pub managers: HashMap<Id, String>,
    /// Their open links: what each is for and when it ends.
    pub links: HashMap<Id, (String, Moment)>,
}

/// A member as those manage them who may.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedMember {
    /// The member.
    pub member: Member,
    /// Their manager's name.
    pub manager: Option<String>,
    /// Their teams.
    pub teams: Vec<(Id, String)>,
    /// What hangs on them.
    pub traces: Traces,
    /// Their open link: what it is for and when it ends.
    pub link: Option<(String, Moment)>,
    /// Whether the actor may change them: only owners manage owners.
    pub may_manage: bool,
    /// Whether the actor may make them an owner.
    pub may_make_owner: bool,
}

/// Members that are changed together at most.
const MOST_TOGETHER: usize = 200;

fn shown(it: &Member) -> serde_json::Value {
    json!({"email": it.email, "name": it.name, "role": it.role, "manager_id": it.manager_id,
        "time_zone": it.time_zone, "status": it.status})
}

async fn held(tx: &mut Tx, actor: &Actor) -> Result<Settings> {
    let settings = hold(tx, actor).await?.settings;
    actor.require(Action::OrganizationMembers, Thing::Organization, &settings)?;
    Ok(settings)
}

/// Members come in by whoever may invite; admins and owners only by those who could make them so.
fn may_add(actor: &Actor, role: Role, settings: &Settings) -> Result<()> {
    let action = match role {
        Role::Owner => Action::OrganizationOwners,
        Role::Admin => Action::OrganizationMembers,
        Role::Member | Role::Observer => Action::MemberInvite,
    };
    actor.require(action, Thing::Organization, settings)
}

async fn find(tx: &mut Tx, actor: &Actor, user: Id) -> Result<Member> {
    members::by_id(tx, actor.org_id, user).await?.ok_or(Error::NotFound("member"))
}

/// A manager is another member; nobody manages themselves, be it through others.
async fn check_manager(tx: &mut Tx, org: Id, user: Id, manager: Id) -> Result<()> {
    let wrong = |code, message: &'static str| Err(FieldError::new("manager_id", code, message).into());
    let mut next = Some(manager);
    for _ in 0..1_000 {
        let Some(id) = next else { return Ok(()) };
        if id == user {
            return wrong("cycle", "is this person or reports to them");
        }
        match members::by_id(tx, org, id).await? {
            Some(member) => next = member.manager_id,
            None if id == manager => return wrong("unknown", "is no member of this organisation"),
            None => return Ok(()),
        }
    }
    wrong("cycle", "reports to itself")
}

async fn keeps_an_owner(tx: &mut Tx, org: Id, user: Id) -> Result<()> {
    if members::owners(tx, org).await?.iter().any(|owner| *owner != user) {
        return Ok(());
    }
    let message = "This is the last owner. Make somebody else an owner first.";
    Err(Refusal::new("last_owner", message).into())
}

fn email_taken(failure: Failure) -> Error {
    match failure {
        Failure::Unique { .. } => FieldError::new("email", "taken", "belongs to somebody else here").into(),
        other => other.into(),
    }
}

impl Northing {
    /// The organisation's members by name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_members(
        &self,
        actor: &Actor,
        filter: &MemberFilter,
        page: &PageRequest,
    ) -> Result<Page<Member>> {
        let after: Option<(String, String)> = key(page)?;
        let after = after.as_ref().map(|(name, id)| (name.as_str(), id.as_str()));
        let filter = MemberFilter { text: filter.text.as_deref().map(text::fold), ..filter.clone() };
        let mut rx = self.store.read_once().await?;
        let found = members::list(&mut rx, actor.org_id, &filter, after, i64::from(page.limit) + 1).await?;
        Ok(part(found, page, |(name, it)| (name.clone(), it.user_id)).map(|(_, it)| it))
    }

    /// One member.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn member(&self, actor: &Actor, user: Id) -> Result<Member> {
        let mut rx = self.store.read_once().await?;
        members::by_id(&mut rx, actor.org_id, user).await?.ok_or(Error::NotFound("member"))
    }

    /// Adds somebody. Who has no password yet is invited, and comes in by an invitation link.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn create_member(&self, actor: &Actor, new: NewMember) -> Result<Member> {
        let mut errors = Vec::new();
        errors.extend(check_email("email", &new.email).err());
        errors.extend(text::title("name", &new.name).err());
        errors.extend(check_zone(new.time_zone.as_deref()).err());
        if !errors.is_empty() {
            return Err(errors.into());
        }
        self.store
            .write((self.clone(), actor.clone(), new), |tx, (app, actor, new)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    app.add_member(tx, actor, &settings, new).await.map(|(member, _)| member)
                })
            })
            .await
    }

    /// Adds somebody, in the transaction of whoever asks for it. Whether they had a password already.
    pub(crate) async fn add_member(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        settings: &Settings,
        new: &NewMember,
    ) -> Result<(Member, bool)> {
        may_add(actor, new.role, settings)?;
        let (now, key) = (self.now(), email_key(&new.email));
        let user = match users::by_email_key(tx, &key).await? {
            Some(user) => user,
            None => {
                let user = User {
                    id: self.new_id(),
                    email: new.email.trim().to_owned(),
                    name: new.name.trim().to_owned(),
                    password_hash: None,
                    title: None,
                    department: None,
                    time_zone: new.time_zone.clone(),
                    preferences: Preferences::default(),
                    version: 1,
                    created_at: now,
                };
                users::insert(tx, &user, &key).await?;
                user
            }
        };
        if members::by_id(tx, actor.org_id, user.id).await?.is_some() {
            return Err(FieldError::new("email", "taken", "is a member already").into());
        }
        if let Some(manager) = new.manager_id {
            check_manager(tx, actor.org_id, user.id, manager).await?;
        }
        let known = user.password_hash.is_some();
        let member = Member {
            org_id: actor.org_id,
            user_id: user.id,
            email: user.email,
            name: new.name.trim().to_owned(),
            role: new.role,
            status: match (new.deactivated, known) {
                (true, _) => MemberStatus::Deactivated,
                (false, true) => MemberStatus::Active,
                (false, false) => MemberStatus::Invited,
            },
            manager_id: new.manager_id,
            time_zone: user.time_zone,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        members::insert(tx, &member).await?;
        self.request_is_over(tx, actor.org_id, member.user_id).await?;
        let detail = json!({"after": shown(&member)});
        self.note(tx, actor, EventKind::MemberAdded, Some(member.user_id), detail).await?;
        Ok((member, known))
    }

    /// Members as those manage them who may: with the names of their managers and their open links. Three statements.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; a cursor that is none of ours.
    pub async fn manage_members(
        &self,
        actor: &Actor,
        filter: &MemberFilter,
        page: &PageRequest,
    ) -> Result<ManagedMembers> {
        actor.require(Action::OrganizationMembers, Thing::Organization, &Settings::default())?;
        let page = self.list_members(actor, filter, page).await?;
        let mut rx = self.store.read_once().await?;
        let managers: Vec<Id> =
            page.items.iter().filter_map(|it| it.manager_id).chain(filter.manager).collect();
        let people: Vec<Id> = page.items.iter().map(|it| it.user_id).collect();
        Ok(ManagedMembers {
            managers: members::names(&mut rx, actor.org_id, &managers).await?,
            links: links::open(&mut rx, actor.org_id, &people, self.now()).await?,
            page,
        })
    }

    /// A member as those manage them who may: with everything that hangs on them.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`].
    pub async fn manage_member(&self, actor: &Actor, user: Id) -> Result<ManagedMember> {
        actor.require(Action::OrganizationMembers, Thing::Organization, &Settings::default())?;
        let may_manage = |role| {
            role != Role::Owner
                || actor.may(Action::OrganizationOwners, Thing::Organization, &Settings::default())
        };
        let mut rx = self.store.read().await?;
        let member = members::by_id(&mut rx, actor.org_id, user).await?.ok_or(Error::NotFound("member"))?;
        let manager: Vec<Id> = member.manager_id.into_iter().collect();
        let reader = Reader { org: actor.org_id, user: actor.user_id, period: None };
        let whom = Whom::Named(vec![user]);
        let line = directory::people(&mut rx, reader, &whom, "", None, 1).await?.0.pop();
        Ok(ManagedMember {
            manager: members::names(&mut rx, actor.org_id, &manager).await?.into_values().next(),
            teams: line.map(|line| line.teams).unwrap_or_default(),
            traces: members::traces(&mut rx, actor.org_id, user).await?,
            link: links::open(&mut rx, actor.org_id, &[user], self.now()).await?.remove(&user),
            may_manage: may_manage(member.role),
            may_make_owner: may_manage(Role::Owner),
            member,
        })
    }

    /// Makes the same change to several members, each by itself: what became of each, by name.
    ///
    /// # Errors
    /// [`Error::Forbidden`], where none of it may be done; those of the store.
    pub async fn edit_members(
        &self,
        actor: &Actor,
        users: &[Id],
        change: &MemberChange,
    ) -> Result<Vec<(String, Result<()>)>> {
        actor.require(Action::OrganizationMembers, Thing::Organization, &Settings::default())?;
        let names = members::names(&mut self.store.read_once().await?, actor.org_id, users).await?;
        let mut done = Vec::new();
        for user in users.iter().take(MOST_TOGETHER) {
            let name = names.get(user).cloned().unwrap_or_else(|| String::from("Somebody who is gone"));
            match self.edit_member(actor, *user, change.clone(), None).await {
                Ok(_) => done.push((name, Ok(()))),
                Err(error @ (Error::Store(_) | Error::Internal(_))) => return Err(error),
                Err(refused) => done.push((name, Err(refused))),
            }
        }
        Ok(done)
    }

    /// Changes a member. Deactivating ends their sessions and tokens here at once. `version` is the one that the actor saw.
    ///
    /// # Errors
    /// [`Error::Forbidden`] (only owners manage owners), [`Error::Refused`] for the last owner, [`Error::NotFound`],
    /// [`Error::Conflict`], [`Error::Invalid`].
    pub async fn edit_member(
        &self,
        actor: &Actor,
        user: Id,
        change: MemberChange,
        version: Option<i64>,
    ) -> Result<Member> {
        self.store
            .write((self.clone(), actor.clone(), change), move |tx, (app, actor, change)| {
                Box::pin(async move {
                    let settings = held(tx, actor).await?;
                    let mut it = find(tx, actor, user).await?;
                    if it.role == Role::Owner || change.role == Some(Role::Owner) {
                        actor.require(Action::OrganizationOwners, Thing::Organization, &settings)?;
                    }
                    expect_version(version, it.version)?;
                    let before = shown(&it);
                    let was_owner = it.role == Role::Owner;
                    let was_deactivated = it.status == MemberStatus::Deactivated;
                    app.apply_member(tx, &mut it, change).await?;
                    let acts = it.role == Role::Owner && it.status == MemberStatus::Active;
                    if !acts && was_owner {
                        keeps_an_owner(tx, actor.org_id, user).await?;
                    }
                    it.updated_at = app.now();
                    members::update(tx, &it).await?;
                    it.version += 1;
                    let ended = it.status == MemberStatus::Deactivated && !was_deactivated;
                    if ended {
                        app.lock_out(tx, actor.org_id, user).await?;
                    }
                    let back = was_deactivated && it.status != MemberStatus::Deactivated;
                    let kind = match (ended, back) {
                        (true, _) => EventKind::MemberDeactivated,
                        (_, true) => EventKind::MemberReactivated,
                        _ => EventKind::MemberEdited,
                    };
                    let detail = json!({"before": before, "after": shown(&it)});
                    app.note(tx, actor, kind, Some(user), detail).await?;
                    Ok(it)
                })
            })
            .await
    }

    async fn apply_member(&self, tx: &mut Tx, it: &mut Member, change: &MemberChange) -> Result<()> {
        let of_user = change.email.is_some() || change.time_zone.is_some();
        let mut person = users::by_id(tx, it.user_id).await?.ok_or(Error::NotFound("member"))?;
        if let Some(name) = &change.name {
            text::title("name", name)?.clone_into(&mut it.name);
        }
        if let Some(email) = &change.email
            && email_key(email) != email_key(&it.email)
        {
            let email = check_email("email", email)?;
            // Who may change the address may take over the account: never across organisations.
            let everywhere = members::memberships(tx, it.user_id, In::Any).await?;
            if everywhere.iter().any(|elsewhere| elsewhere.org_id != it.org_id) {
                let message = "belongs to a person of several organisations, who changes it themselves";
                return Err(FieldError::new("email", "not_allowed", message).into());
            }
            email.clone_into(&mut it.email);
        }
        if let Some(zone) = &change.time_zone {
            it.time_zone = check_zone(zone.as_deref())?;
        }
        if of_user {
            person.email.clone_from(&it.email);
            person.time_zone.clone_from(&it.time_zone);
            users::update(tx, &person, &email_key(&it.email), self.now()).await.map_err(email_taken)?;
        }
        it.role = change.role.unwrap_or(it.role);
        if let Some(manager) = change.manager_id {
            if let Some(manager) = manager {
                check_manager(tx, it.org_id, it.user_id, manager).await?;
            }
            it.manager_id = manager;
        }
        match change.status {
            Some(MemberStatus::Deactivated) => it.status = MemberStatus::Deactivated,
            Some(_) if it.status == MemberStatus::Deactivated => {
                let known = person.password_hash.is_some();
                it.status = if known { MemberStatus::Active } else { MemberStatus::Invited };
            }
            _ => {}
        }
        Ok(())
    }

    /// Ends what lets a person act in an organisation: tokens for it, and where it was their only one all tokens and sessions.
    async fn lock_out(&self, tx: &mut Tx, org: Id, user: Id) -> Result<()> {
        let elsewhere = members::memberships(tx, user, In::Any).await?.iter().any(|it| it.org_id != org);
        tokens::revoke_all(tx, user, org, !elsewhere, self.now()).await?;
        if !elsewhere {
            sessions::end_all(tx, user, None).await?;
        }
        Ok(())
    }

    /// Removes a member. Their goals and check-ins stay; who was a member nowhere else is then "Deleted user".
    ///
    /// # Errors
    /// As for [`Self::edit_member`].
    pub async fn delete_member(&self, actor: &Actor, user: Id, version: Option<i64>) -> Result<()> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let settings = held(tx, actor).await?;
                    let it = find(tx, actor, user).await?;
                    if it.role == Role::Owner {
                        actor.require(Action::OrganizationOwners, Thing::Organization, &settings)?;
                        keeps_an_owner(tx, actor.org_id, user).await?;
                    }
                    expect_version(version, it.version)?;
                    app.lock_out(tx, actor.org_id, user).await?;
                    if !members::remove(tx, actor.org_id, user).await?
                        && let Some(mut person) = users::by_id(tx, user).await?
                    {
                        person.email = format!("deleted-{user}");
                        person.name = String::from("Deleted user");
                        person.password_hash = None;
                        let key = person.email.clone();
                        users::update(tx, &person, &key, app.now()).await?;
                        app.requests_are_over(tx, user).await?;
                    }
                    Ok(app
                        .note(tx, actor, EventKind::MemberRemoved, Some(user), json!({"before": shown(&it)}))
                        .await?)
                })
            })
            .await
    }
}
