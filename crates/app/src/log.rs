//! The entry that every change leaves in the activity log.

use northing_core::event::EventKind;
use northing_core::values::Id;
use northing_store::activity::{Entry, record};
use northing_store::{Failure, Tx};
use serde_json::Value;

use crate::Northing;
use crate::actor::{Actor, Via};

impl Northing {
    /// Notes what an actor did to something that is no goal, in the transaction of the change.
    pub(crate) async fn note(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        kind: EventKind,
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

    /// Notes what Northing did by itself.
    pub(crate) async fn note_by_itself(
        &self,
        tx: &mut Tx,
        org_id: Id,
        kind: EventKind,
        subject: Id,
        detail: Value,
    ) -> Result<(), Failure> {
        let entry = Entry {
            id: self.new_id(),
            org_id,
            actor_id: None,
            via: Via::System.name(),
            kind,
            goal_id: None,
            subject_id: Some(subject),
            detail,
            at: self.now(),
        };
        record(tx, &entry).await
    }
}
