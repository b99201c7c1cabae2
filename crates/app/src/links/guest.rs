//! Coming in by a link: whom it lets in, why it lets nobody in, and what happens when it is used.

use northing_core::event::EventKind;
use northing_core::password;
use northing_core::people::MemberStatus;
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::members::{self, In};
use northing_store::{Rx, Tx, links, organizations, sessions, tokens, users};
use serde_json::json;

use super::LinkKind;
use crate::actor::{Scopes, Via};
use crate::caller::actor_of;
use crate::error::{Error, Result};
use crate::sign_in::email_key;
use crate::{Northing, secret};

/// Whom a link lets in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guest {
    /// The person.
    pub user_id: Id,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// The organisation.
    pub org_id: Id,
    /// Its name.
    pub organization: String,
    /// Who made the link; none where they are gone.
    pub invited_by: Option<String>,
}

/// Why a link lets nobody in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dead {
    /// There is no such link: cut off on its way, or replaced by a newer one.
    Unknown,
    /// It was used, or an admin ended it.
    Used,
    /// Its time is over.
    Expired,
    /// The person was deactivated since.
    Deactivated,
}

/// What is behind the address of a link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behind {
    /// Somebody to let in.
    Guest(Guest),
    /// Nobody: why, the organisation, and whom to ask for another one.
    Nobody(Dead, Option<String>, Vec<String>),
}

/// What somebody sends from the page behind a link.
#[derive(Clone)]
pub struct LinkUse {
    /// What the link is for.
    pub kind: LinkKind,
    /// The last part of its address.
    pub secret: String,
    /// Another name; counts for invitations.
    pub name: Option<String>,
    /// The new password.
    pub password: String,
    /// The address that the request comes from.
    pub address: String,
    /// What the browser calls itself.
    pub user_agent: Option<String>,
}

async fn behind(rx: &mut Rx, kind: LinkKind, hash: &str, now: Moment) -> Result<Behind> {
    let Some(link) = links::find(rx, hash).await?.filter(|link| link.kind == kind.name()) else {
        return Ok(Behind::Nobody(Dead::Unknown, None, Vec::new()));
    };
    let organization = organizations::by_id(rx, link.org_id).await?.map(|it| it.name);
    let maker = match link.created_by {
        Some(maker) => members::by_id(rx, link.org_id, maker).await?.map(|it| it.name),
        None => None,
    };
    let found = members::memberships(rx, link.user_id, In::Org(link.org_id)).await?.pop();
    let dead = if link.used_at.is_some() {
        Dead::Used
    } else if link.expires_at <= now {
        Dead::Expired
    } else if let Some(found) = found {
        let person = users::by_id(rx, found.user_id).await?.ok_or(Error::NotFound("person"))?;
        return Ok(Behind::Guest(Guest {
            user_id: person.id,
            name: found.name,
            email: person.email,
            org_id: found.org_id,
            organization: found.organization,
            invited_by: maker,
        }));
    } else {
        Dead::Deactivated
    };
    let ask = match maker {
        Some(maker) => vec![maker],
        None => members::admins(rx, &[link.org_id]).await?.into_iter().map(|(_, name)| name).collect(),
    };
    Ok(Behind::Nobody(dead, organization, ask))
}

fn guest(behind: Behind) -> Result<Guest> {
    match behind {
        Behind::Guest(guest) => Ok(guest),
        Behind::Nobody(..) => Err(Error::NotFound("link, or it was used or has expired")),
    }
}

impl Northing {
    /// What is behind the address of a link, asked from an address.
    ///
    /// # Errors
    /// [`Error::TooMany`] after too many links that led nowhere.
    pub async fn follow_link(&self, kind: LinkKind, secret: &str, address: &str) -> Result<Behind> {
        self.attempts.begin_link(address, self.now())?;
        let mut rx = self.store.read().await?;
        let found = behind(&mut rx, kind, &secret::hash(secret), self.now()).await?;
        if matches!(found, Behind::Guest(_)) {
            self.attempts.link_succeeded(address);
        }
        Ok(found)
    }

    /// Uses a link: sets the password (and by an invitation the name), ends every session and token of the person, and
    /// gives the secret of a new session with the organisation that it leads to.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the link is no longer good; [`Error::Invalid`] naming each wrong field;
    /// [`Error::TooMany`] after too many links that led nowhere.
    pub async fn use_link(&self, given: LinkUse) -> Result<(String, Id)> {
        let LinkUse { kind, secret, name, password, address, user_agent } = given;
        let known = guest(self.follow_link(kind, &secret, &address).await?)?;
        let name = name.filter(|_| kind == LinkKind::Invitation);
        let mut errors = Vec::new();
        errors.extend(name.as_deref().and_then(|name| text::title("name", name).err()));
        let about = [name.as_deref().unwrap_or(&known.name), &known.email, &known.organization];
        errors.extend(password::check("password", &password, &about).err());
        if !errors.is_empty() {
            return Err(errors.into());
        }
        let password = self.hash_password(password).await?;
        let input = (self.clone(), secret::hash(&secret), name, password);
        let (user, org) = self
            .store
            .write(input, move |tx, (app, hash, name, password)| {
                Box::pin(async move {
                    let now = app.now();
                    let found = guest(behind(tx, kind, hash, now).await?)?;
                    if !links::use_up(tx, hash, now).await? {
                        return Err(Error::NotFound("link, or it was used or has expired"));
                    }
                    let (user, org) = (found.user_id, found.org_id);
                    app.let_in(tx, kind, (user, org), name.as_deref(), password).await?;
                    Ok((user, org))
                })
            })
            .await?;
        Ok((self.begin_session(user, &address, user_agent).await?, org))
    }

    /// Gives a person their new password and name, and ends everything that the old one let in.
    async fn let_in(
        &self,
        tx: &mut Tx,
        kind: LinkKind,
        (user, org): (Id, Id),
        name: Option<&str>,
        password: &str,
    ) -> Result<()> {
        let now = self.now();
        let mut person = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
        let mut member = members::by_id(tx, org, user).await?.ok_or(Error::NotFound("member"))?;
        person.password_hash = Some(password.to_owned());
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
        let found = members::memberships(tx, user, In::Org(org)).await?;
        let found = found.first().ok_or(Error::NotFound("member"))?;
        let actor = actor_of(found, Via::Browser, Scopes::ALL);
        Ok(self.note(tx, &actor, EventKind::LinkUsed, Some(user), json!({"kind": kind.name()})).await?)
    }
}
