//! Trees of foreign origin: what would run in a circle is left out.

use std::collections::{HashMap, HashSet};

use northing_core::values::Id;

/// Who stands above whom.
#[derive(Debug, Default)]
pub(super) struct Links(HashMap<Id, Vec<Id>>);

impl Links {
    /// Adds a link unless it would close a circle; tells whether it was added.
    pub(super) fn add(&mut self, child: Id, parent: Id) -> bool {
        if child == parent || self.is_above(child, parent) {
            return false;
        }
        self.0.entry(child).or_default().push(parent);
        true
    }

    /// Whether `ancestor` stands somewhere above `of`.
    fn is_above(&self, ancestor: Id, of: Id) -> bool {
        let (mut open, mut seen) = (vec![of], HashSet::new());
        while let Some(next) = open.pop() {
            if next == ancestor {
                return true;
            }
            if seen.insert(next) {
                open.extend(self.0.get(&next).into_iter().flatten());
            }
        }
        false
    }
}
