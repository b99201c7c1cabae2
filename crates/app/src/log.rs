//! The entry that every change leaves in the activity log.

use northing_core::values::Id;
use northing_store::activity::{Entry, record};
use northing_store::{Failure, Tx};
use serde_json::Value;

use crate::Northing;
use crate::actor::Actor;

impl Northing {
    /// Notes what an actor did to something that is no goal, in the transaction of the change.
    pub(crate) async fn note(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        kind: &'static str,
        subject: Option<Id>,
        detail: Value,
    ) -> Result<(), Failure> {
        let entry = Entry {
            id: self.new_id(),
            org_id: actor.org_id,
            actor_id: Some(actor.user_id),
            via: actor.via.name(),
            kind,
            goal_id: None,
            subject_id: subject,
            detail,
            at: self.now(),
        };
        record(tx, &entry).await
    }
}
