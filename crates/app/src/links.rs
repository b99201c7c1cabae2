//! One-time links that let a person choose their password: invitations and resets (goals §10.1). Who holds one comes in by
//! [`guest`].

mod guest;

pub use guest::{Behind, Dead, Guest, LinkUse};

use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::people::{MemberStatus, Role};
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::links::{self, Link};
use northing_store::members::{self, In};
use northing_store::{Rx, Tx, users};
use serde_json::json;

use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::organization::hold;
use crate::{Northing, secret};

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
}
