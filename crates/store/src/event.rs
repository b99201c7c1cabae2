//! What changed, told to everyone who watches: in this process after the commit, and on PostgreSQL to the other nodes.

use northing_core::named_values;
use northing_core::values::Id;
use serde::{Deserialize, Serialize};

named_values! {
    /// What happened to the goals of an event.
    Change {
        /// Progress, status or share moved: a check-in or a roll-up.
        Progress = "progress",
        /// They were made.
        Created = "created",
        /// Their fields were edited.
        Edited = "edited",
        /// They were aligned, ordered or assigned anew: lists show them elsewhere.
        Moved = "moved",
        /// They were deleted or brought back.
        Deleted = "deleted",
        /// A comment, like or other activity.
        Activity = "activity",
        /// More than can be listed (an import, or notifications were missed): whoever shows goals loads them again.
        Everything = "everything",
    }
}

impl Change {
    /// Whether lists of goals are no longer as they were: rows came, went or stand elsewhere.
    #[must_use]
    pub const fn is_structural(self) -> bool {
        matches!(self, Self::Created | Self::Moved | Self::Deleted | Self::Everything)
    }
}

/// Goals that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The organisation; `None` means any.
    pub org_id: Option<Id>,
    /// The goals; empty for [`Change::Everything`].
    pub goal_ids: Vec<Id>,
    /// What happened.
    pub change: Change,
}

impl Event {
    /// Some goals of an organisation changed.
    #[must_use]
    pub const fn goals(org_id: Id, goal_ids: Vec<Id>, change: Change) -> Self {
        Self { org_id: Some(org_id), goal_ids, change }
    }

    /// So much changed in an organisation that everything is to be loaded again.
    #[must_use]
    pub const fn everything(org_id: Id) -> Self {
        Self { org_id: Some(org_id), goal_ids: Vec::new(), change: Change::Everything }
    }
}

/// An event on its way to the other nodes, with the node it comes from.
#[derive(Serialize, Deserialize)]
pub(crate) struct Letter {
    pub(crate) node: String,
    pub(crate) event: Event,
}

/// A notification of PostgreSQL holds at most 8,000 bytes; 150 ids are under 6,000.
const IDS_PER_LETTER: usize = 150;
/// Beyond so many letters it is cheaper to say: everything.
const MAX_LETTERS: usize = 8;

/// The texts that carry these events to other nodes.
pub(crate) fn letters(node: &str, events: &[Event]) -> Vec<String> {
    let write = |event: Event| serde_json::to_string(&Letter { node: node.to_owned(), event }).ok();
    let mut letters = Vec::new();
    for event in events {
        if event.goal_ids.len() > IDS_PER_LETTER * MAX_LETTERS {
            letters.extend(write(Event {
                goal_ids: Vec::new(),
                change: Change::Everything,
                ..event.clone()
            }));
        } else if event.goal_ids.is_empty() {
            letters.extend(write(event.clone()));
        } else {
            let parts = event.goal_ids.chunks(IDS_PER_LETTER);
            letters.extend(parts.filter_map(|ids| write(Event { goal_ids: ids.to_vec(), ..event.clone() })));
        }
    }
    letters
}
