//! What changes, for those who may know of it.

use northing_core::values::Id;
use northing_store::cone;
pub use northing_store::{Change, Event};

use crate::error::Result;
use crate::{Actor, Northing};

impl Northing {
    /// Those of these goals that the actor may see, in one statement. Deleted ones too: whoever shows them has to learn
    /// that they are gone, and an id tells nothing else.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn visible_goals(&self, actor: &Actor, goals: &[Id]) -> Result<Vec<Id>> {
        let mut rx = self.store.read_once().await?;
        Ok(cone::visible_or_deleted(&mut rx, actor.org_id, actor.user_id, goals).await?)
    }
}
