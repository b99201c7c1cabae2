//! What people, teams and periods are called, for pages that know them by identifier only.

use std::collections::HashMap;

use northing_core::values::Id;
use northing_store::{Rx, members, periods, team_tree};

use crate::{Actor, Northing, Result};

/// Names by identifier, as they are now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names(HashMap<Id, String>);

impl Names {
    /// What something is called; none where it is gone.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }
}

/// What those of these are called that are people, teams or periods of an organisation: three statements.
pub(crate) async fn look_up(rx: &mut Rx, org: Id, ids: &[Id]) -> Result<HashMap<Id, String>> {
    let mut names = members::names(rx, org, ids).await?;
    names.extend(team_tree::names(rx, org, ids).await?);
    names.extend(periods::names(rx, org, ids).await?);
    Ok(names)
}

impl Northing {
    /// What those of these are called that are people, teams or periods of the actor's organisation: three statements.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn names(&self, actor: &Actor, ids: &[Id]) -> Result<Names> {
        let mut rx = self.store.read_once().await?;
        Ok(Names(look_up(&mut rx, actor.org_id, ids).await?))
    }
}
