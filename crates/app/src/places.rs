//! Where a person may work: their organisations, those they may join, and those that they were taken out of.

use northing_core::values::Id;
use northing_store::join_requests::{self, Opening};
use northing_store::members::{self, In};

use crate::Northing;
use crate::error::Result;

/// The organisations that matter to a person besides those in which they work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Those that they may join or ask to join.
    pub open: Vec<Opening>,
    /// Those in which they were deactivated, with the names of whom to ask.
    pub closed: Vec<(String, Vec<String>)>,
}

impl Northing {
    /// The organisations that a person may join or ask to join, and those in which they were deactivated: four statements.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn places(&self, user: Id) -> Result<Places> {
        let mut rx = self.store.read().await?;
        let inside = !members::memberships(&mut rx, user, In::Any).await?.is_empty();
        let open = join_requests::openings(&mut rx, user, inside).await?;
        let closed = members::deactivated_in(&mut rx, user).await?;
        let orgs: Vec<Id> = closed.iter().map(|(org, _)| *org).collect();
        let admins = members::admins(&mut rx, &orgs).await?;
        let of = |org: Id| admins.iter().filter(|(of, _)| *of == org).map(|(_, name)| name.clone()).collect();
        Ok(Places { open, closed: closed.into_iter().map(|(org, name)| (name, of(org))).collect() })
    }
}
