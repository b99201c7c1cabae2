//! What earlier imports left here.

use std::collections::HashMap;

use northing_core::values::Id;
use northing_store::imports::{Known, Mark};

/// What earlier imports left, by external identifier and by record.
pub(super) struct Before {
    by_external: HashMap<String, Known>,
    by_id: HashMap<Id, String>,
}

impl Before {
    pub(super) fn new(by_external: HashMap<String, Known>) -> Self {
        let by_id = by_external.iter().map(|(external, known)| (known.id, external.clone())).collect();
        Self { by_external, by_id }
    }

    /// The record of an external identifier.
    pub(super) fn find(&self, external: &str) -> Option<&Known> {
        self.by_external.get(external)
    }

    /// All that are not deleted: external identifier and record.
    pub(super) fn there(&self) -> impl Iterator<Item = (&str, Id)> {
        let there = self.by_external.iter().filter(|(_, known)| !known.deleted);
        there.map(|(external, known)| (external.as_str(), known.id))
    }

    /// What an earlier import left of a record, with its external identifier.
    pub(super) fn of(&self, id: Id) -> Option<(&str, &Known)> {
        let external = self.by_id.get(&id)?;
        Some((external, self.by_external.get(external)?))
    }

    /// Where a record came from, to be written down: it keeps the external identifier it has.
    pub(super) fn mark(&self, id: Id, external: String, origin: String) -> Mark {
        let external = self.by_id.get(&id).cloned().unwrap_or(external);
        Mark { id, external: Some(external), origin: Some(origin) }
    }
}
