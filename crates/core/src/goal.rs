//! What a goal is: its kind, its level and how its progress comes about (goals §1.2).

use crate::named_values;
use crate::values::Id;

named_values! {
    /// The three kinds of goal.
    GoalKind {
        /// What is to be reached; 0–100 %, from its children or by hand.
        Objective = "objective",
        /// What shows that an objective is reached; carries the metric.
        KeyResult = "key_result",
        /// Work that is meant to move a key result or an objective.
        Initiative = "initiative",
    }
}

named_values! {
    /// Whose goal it is (goals §1.2 "level / type").
    Level {
        /// The whole organisation's.
        Organization = "organization",
        /// One team's, or several teams' where sharing is on.
        Team = "team",
        /// A person's; belongs to no team.
        Individual = "individual",
    }
}

named_values! {
    /// Where a goal's progress comes from (goals §3.1).
    ProgressMode {
        /// Somebody checks in.
        Manual = "manual",
        /// From its contributing children (for an initiative: from its tasks).
        Rollup = "rollup",
        /// From a linked data source.
        DataSource = "data_source",
    }
}

named_values! {
    /// Who may see a goal and align to it (goals §10.3).
    Visibility {
        /// Every member of the organisation.
        Everyone = "everyone",
        /// Only the people on its lists.
        Restricted = "restricted",
    }
}

impl ProgressMode {
    /// Whether progress moves without a person's check-in, given whether automatic updates are stopped. Where it does
    /// not, somebody is reminded to check in (goals §5.4).
    #[must_use]
    pub const fn is_automatic(self, automatic_stopped: bool) -> bool {
        !matches!(self, Self::Manual) && !automatic_stopped
    }
}

/// Who is to check in, is reminded and nudged: whoever is named for it, else the first owner (goals §5.3).
#[must_use]
pub fn check_in_owner(named: Option<Id>, owners: &[Id]) -> Option<Id> {
    named.or_else(|| owners.first().copied())
}
