//! Where a person may work: their organisations, those they may join, and those that they were taken out of.

use northing_core::event::EventKind;
use northing_core::people::{JoinPolicy, MemberStatus, Role};
use northing_core::values::Id;
use northing_store::members::{self, In, Member};
use northing_store::{organizations, users};
use serde_json::json;

use crate::Northing;
use crate::actor::{Scopes, Via};
use crate::caller::actor_of;
use crate::error::{Error, Result};

/// The organisations that matter to a person besides those in which they work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Those that anyone of the installation may join.
    pub open: Vec<(Id, String)>,
    /// Those in which they were deactivated, with the names of whom to ask.
    pub closed: Vec<(String, Vec<String>)>,
}

impl Northing {
    /// The organisations that a person may join, and those in which they were deactivated: three statements.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn places(&self, user: Id) -> Result<Places> {
        let mut rx = self.store.read().await?;
        let open = organizations::open_to(&mut rx, user).await?;
        let closed = members::deactivated_in(&mut rx, user).await?;
        let orgs: Vec<Id> = closed.iter().map(|(org, _)| *org).collect();
        let admins = members::admins(&mut rx, &orgs).await?;
        let of = |org: Id| admins.iter().filter(|(of, _)| *of == org).map(|(_, name)| name.clone()).collect();
        Ok(Places { open, closed: closed.into_iter().map(|(org, name)| (name, of(org))).collect() })
    }

    /// Joins an organisation that is open to everyone of the installation, as a member.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none, it is by invitation only, or the person is or was a member.
    pub async fn join_organization(&self, user: Id, org: Id) -> Result<()> {
        self.store
            .write(self.clone(), move |tx, app| {
                Box::pin(async move {
                    let found = organizations::share(tx, org).await?;
                    found
                        .filter(|it| it.join == JoinPolicy::Public)
                        .ok_or(Error::NotFound("organisation to join"))?;
                    if members::by_id(tx, org, user).await?.is_some() {
                        return Err(Error::NotFound("organisation to join"));
                    }
                    let person = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
                    let now = app.now();
                    let member = Member {
                        org_id: org,
                        user_id: user,
                        email: person.email,
                        name: person.name,
                        role: Role::Member,
                        status: MemberStatus::Active,
                        manager_id: None,
                        time_zone: person.time_zone,
                        version: 1,
                        created_at: now,
                        updated_at: now,
                    };
                    members::insert(tx, &member).await?;
                    let joined = members::memberships(tx, user, In::Org(org)).await?;
                    let joined = joined.first().ok_or(Error::NotFound("organisation to join"))?;
                    let actor = actor_of(joined, Via::Browser, Scopes::ALL);
                    let detail = json!({"after": {"name": member.name, "role": member.role}});
                    Ok(app.note(tx, &actor, EventKind::MemberJoined, Some(user), detail).await?)
                })
            })
            .await
    }
}
