//! Who calls: a session of a browser or an API token, before the organisation is known.

use northing_core::preferences::Preferences;
use northing_core::values::Id;
use northing_store::members::{self, In};
use northing_store::{sessions, tokens};

pub use northing_store::members::Membership;

use crate::actor::{Actor, Scope, Scopes, Via};
use crate::error::{Error, Result};
use crate::{Northing, secret};

/// How long a session lives after it was last seen.
pub(crate) const SESSION_MILLIS: i64 = 14 * 24 * 3_600_000;
/// A session's life is prolonged when it was last seen this long ago.
const SEEN_EVERY_MILLIS: i64 = 3_600_000;
/// The use of a token is noted when the last note is this old.
const USED_EVERY_MILLIS: i64 = 10 * 60_000;

/// A person behind an API token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user_id: Id,
    /// The token.
    pub token_id: Id,
    /// The one organisation in which the token works; none for all of its person's.
    pub org_id: Option<Id>,
    /// What the token may be used for.
    pub scopes: Scopes,
}

/// A person behind a session, with all organisations in which they may act.
#[derive(Debug, Clone, PartialEq)]
pub struct SignedIn {
    /// The session.
    pub session_id: Id,
    /// The person.
    pub user_id: Id,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// What they chose for themselves.
    pub preferences: Preferences,
    /// Their organisations, the oldest first.
    pub memberships: Vec<Membership>,
}

/// Which organisation a request is about.
#[derive(Debug, Clone, Copy)]
pub enum OrgRef<'a> {
    /// By identifier or slug.
    Named(&'a str),
    /// That of a goal.
    OfGoal(Id),
    /// That of a connection.
    OfConnection(Id),
}

/// The actor that a membership makes, through a door.
#[must_use]
pub fn actor_of(it: &Membership, via: Via, scopes: Scopes) -> Actor {
    Actor {
        org_id: it.org_id,
        user_id: it.user_id,
        name: it.name.clone(),
        role: it.role,
        owns_a_team: it.owns_a_team,
        via,
        scopes,
    }
}

impl Northing {
    /// The person behind a session's secret. Prolongs the session's life about once an hour.
    ///
    /// # Errors
    /// [`Error::SignedOut`] where there is no such session or it has expired.
    pub async fn session(&self, secret: &str) -> Result<SignedIn> {
        let now = self.now();
        let mut rx = self.store.read_once().await?;
        let found = sessions::find(&mut rx, &secret::hash(secret), now).await?.ok_or(Error::SignedOut)?;
        drop(rx);
        if now.millis().saturating_sub(found.seen_at.millis()) >= SEEN_EVERY_MILLIS {
            let id = found.id;
            self.store
                .write((), move |tx, ()| {
                    Box::pin(async move {
                        sessions::seen(tx, id, now, now.plus_millis(SESSION_MILLIS)).await?;
                        Ok::<_, Error>(())
                    })
                })
                .await?;
        }
        Ok(SignedIn {
            session_id: found.id,
            user_id: found.user_id,
            name: found.name,
            email: found.email,
            preferences: found.preferences,
            memberships: found.memberships,
        })
    }

    /// The person behind an API token (`nth_…`), used from an address.
    ///
    /// # Errors
    /// [`Error::SignedOut`] where there is no such token, it has expired or was revoked.
    pub async fn caller(&self, token: &str, from: &str) -> Result<Caller> {
        let now = self.now();
        let mut rx = self.store.read_once().await?;
        let found = tokens::find(&mut rx, &secret::hash(token), now).await?.ok_or(Error::SignedOut)?;
        drop(rx);
        if found
            .last_used_at
            .is_none_or(|used| now.millis().saturating_sub(used.millis()) >= USED_EVERY_MILLIS)
        {
            let id = found.id;
            let from = Some(from.to_owned()).filter(|from| !from.is_empty());
            self.store
                .write(from, move |tx, from| {
                    Box::pin(async move { Ok::<_, Error>(tokens::used(tx, id, from.as_deref(), now).await?) })
                })
                .await?;
        }
        let scopes: Vec<Scope> = found.scopes.split(',').filter_map(|name| name.parse().ok()).collect();
        Ok(Caller {
            user_id: found.user_id,
            token_id: found.id,
            org_id: found.org_id,
            scopes: Scopes::of(&scopes),
        })
    }

    /// The caller as an actor in an organisation.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such organisation or goal, or the caller is no member or the token is for another.
    pub async fn actor_in(&self, caller: &Caller, org: OrgRef<'_>) -> Result<Actor> {
        let mut rx = self.store.read_once().await?;
        let (what, within) = match org {
            OrgRef::Named(text) => ("organisation", text.parse().map_or(In::Slug(text), In::Org)),
            OrgRef::OfGoal(goal) => ("goal", In::Goal(goal)),
            OrgRef::OfConnection(id) => {
                let org = northing_store::connections::org_of(&mut rx, id).await?;
                ("connection", In::Org(org.ok_or(Error::NotFound("connection"))?))
            }
        };
        let found = members::memberships(&mut rx, caller.user_id, within).await?;
        let allowed = found.first().filter(|it| caller.org_id.is_none_or(|only| only == it.org_id));
        allowed.map(|it| actor_of(it, Via::Api, caller.scopes)).ok_or(Error::NotFound(what))
    }

    /// Every organisation in which the caller may act.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn memberships(&self, caller: &Caller) -> Result<Vec<Membership>> {
        let mut rx = self.store.read_once().await?;
        let mut found = members::memberships(&mut rx, caller.user_id, In::Any).await?;
        found.retain(|it| caller.org_id.is_none_or(|only| only == it.org_id));
        Ok(found)
    }
}
