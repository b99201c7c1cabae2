//! One-time links that let a person choose their password: invitations and resets (goals §10.1).

use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::people::{MemberStatus, Role};
use northing_core::permission::{Action, Thing};
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::links::{self, Link};
use northing_store::members::{self, In};
use northing_store::{Rx, Tx, sessions, tokens, users};
use serde_json::json;

use crate::actor::{Actor, Scopes, Via};
use crate::caller::actor_of;
use crate::error::{Error, Result};
use crate::organization::hold;
use crate::sign_in::email_key;
use crate::{Northing, passwords, secret};

const DAY_MILLIS: i64 = 86_400_000;

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// Coming in for the first time; good for seven days.
    Invitation,
    /// Choosing another password; good for a day.
    Reset,
}

impl LinkKind {
    /// Its fixed name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    const fn days(self) -> i64 {
        match self {
            Self::Invitation => 7,
            Self::Reset => 1,
        }
    }
}

/// A new link: its secret is told here once and never again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLink {
    /// What it is for: an invitation where the person has no password yet.
    pub kind: LinkKind,
    /// The last part of its address.
    pub secret: String,
    /// When it ends.
    pub expires_at: Moment,
}

/// Whom a link lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// The organisation's name.
    pub organization: String,
}

async fn follow(rx: &mut Rx, kind: LinkKind, hash: &str, now: Moment) -> Result<members::Membership> {
    let found = links::find(rx, hash, kind.name(), now).await?;
    let (user, org) = found.ok_or(Error::NotFound("link, or it was used or has expired"))?;
    let found = members::memberships(rx, user, In::Org(org)).await?.pop();
    found.ok_or(Error::NotFound("link, or it was used or has expired"))
}

/// Whether a person can act in any other organisation.
pub(crate) async fn elsewhere(rx: &mut Rx, org: Id, user: Id) -> Result<bool> {
    let everywhere = members::memberships(rx, user, In::Any).await?;
    Ok(everywhere.iter().any(|it| it.org_id != org))
}

impl Northing {
    /// Makes a link for a member: an invitation where they have no password yet, else a reset. Earlier links of theirs end.
    ///
    /// # Errors
    /// [`Error::Forbidden`] (only owners make links for owners), [`Error::NotFound`]; [`Error::Refused`] for people who
    /// are deactivated or belong to other organisations as well.
    pub async fn create_link(&self, actor: &Actor, user: Id) -> Result<NewLink> {
        let secret = secret::new(&*self.rng);
        let input = (self.clone(), actor.clone(), secret::hash(&secret));
        let (kind, expires_at) = self
            .store
            .write(input, move |tx, (app, actor, hash)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    actor.require(Action::OrganizationMembers, Thing::Organization, &settings)?;
                    let member = members::by_id(tx, actor.org_id, user).await?.ok_or(Error::NotFound("member"))?;
                    if member.role == Role::Owner {
                        actor.require(Action::OrganizationOwners, Thing::Organization, &settings)?;
                    }
                    if member.status == MemberStatus::Deactivated {
                        let message = "This person is deactivated. Bring them back first.";
                        return Err(Refusal::new("deactivated", message).into());
                    }
                    // Whoever holds the link becomes this person everywhere: never across organisations.
                    if elsewhere(tx, actor.org_id, user).await? {
                        let message = "This person belongs to several organisations and changes the password themselves.";
                        return Err(Refusal::new("several_organizations", message).into());
                    }
                    let person = users::by_id(tx, user).await?.ok_or(Error::NotFound("member"))?;
                    let kind = if person.password_hash.is_some() { LinkKind::Reset } else { LinkKind::Invitation };
                    let expires_at = app.make_link(tx, actor, user, kind, hash).await?;
                    Ok::<_, Error>((kind, expires_at))
                })
            })
            .await?;
        Ok(NewLink { kind, secret, expires_at })
    }

    /// Keeps a link for a person, in the transaction of whoever makes it; when it ends.
    pub(crate) async fn make_link(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        user: Id,
        kind: LinkKind,
        hash: &str,
    ) -> Result<Moment> {
        let now = self.now();
        let link = Link {
            id: self.new_id(),
            kind: kind.name().to_owned(),
            org_id: actor.org_id,
            user_id: user,
            created_by: actor.user_id,
            created_at: now,
            expires_at: now.plus_millis(kind.days() * DAY_MILLIS),
        };
        links::insert(tx, &link, hash).await?;
        let detail = json!({"after": {"kind": link.kind, "expires_at": link.expires_at}});
        self.note(tx, actor, EventKind::LinkCreated, Some(user), detail).await?;
        Ok(link.expires_at)
    }

    /// Ends the open link of a member, so that it no longer lets anybody in.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::NotFound`] where there is no member or no open link.
    pub async fn cancel_link(&self, actor: &Actor, user: Id) -> Result<()> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    actor.require(Action::OrganizationMembers, Thing::Organization, &settings)?;
                    if links::end(tx, actor.org_id, user, app.now()).await? == 0 {
                        return Err(Error::NotFound("link"));
                    }
                    Ok(app.note(tx, actor, EventKind::LinkEnded, Some(user), json!({})).await?)
                })
            })
            .await
    }

    /// Whom a link lets in.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such link, or it was used or has expired.
    pub async fn guest(&self, kind: LinkKind, secret: &str) -> Result<Guest> {
        let mut rx = self.store.read_once().await?;
        let found = follow(&mut rx, kind, &secret::hash(secret), self.now()).await?;
        let person = users::by_id(&mut rx, found.user_id).await?.ok_or(Error::NotFound("person"))?;
        Ok(Guest { name: found.name, email: person.email, organization: found.organization })
    }

    /// Uses a link: sets the password (and by an invitation the name), ends every session and token of the person, and
    /// gives the secret of a new session.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is no longer good; [`Error::Invalid`] naming each wrong field.
    pub async fn use_link(
        &self,
        kind: LinkKind,
        secret: &str,
        name: Option<String>,
        password: String,
        user_agent: Option<String>,
    ) -> Result<String> {
        let hash = secret::hash(secret);
        follow(&mut self.store.read_once().await?, kind, &hash, self.now()).await?;
        let name = name.filter(|_| kind == LinkKind::Invitation);
        let mut errors = Vec::new();
        errors.extend(name.as_deref().and_then(|name| text::title("name", name).err()));
        errors.extend(passwords::check("password", &password).err());
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let password = self.hash_password(password).await?;
        let input = (self.clone(), hash, name, password);
        let user = self
            .store
            .write(input, move |tx, (app, hash, name, password)| {
                Box::pin(async move {
                    let now = app.now();
                    let found = follow(tx, kind, hash, now).await?;
                    if !links::use_up(tx, hash, now).await? {
                        return Err(Error::NotFound("link, or it was used or has expired"));
                    }
                    let (user, org) = (found.user_id, found.org_id);
                    let mut person = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
                    let mut member = members::by_id(tx, org, user).await?.ok_or(Error::NotFound("member"))?;
                    person.password_hash = Some(password.clone());
                    if let Some(name) = name {
                        name.trim().clone_into(&mut person.name);
                        name.trim().clone_into(&mut member.name);
                    }
                    users::update(tx, &person, &email_key(&person.email), now).await?;
                    member.status = MemberStatus::Active;
                    member.updated_at = now;
                    members::update(tx, &member).await?;
                    sessions::end_all(tx, user, None).await?;
                    tokens::revoke_all(tx, user, org, true, now).await?;
                    let actor = actor_of(&found, Via::Browser, Scopes::ALL);
                    app.note(tx, &actor, EventKind::LinkUsed, Some(user), json!({"kind": kind.name()}))
                        .await?;
                    Ok(user)
                })
            })
            .await?;
        self.begin_session(user, user_agent).await
    }
}
