//! People, teams and roles (goals §1.1, §10.1).

use crate::errors::Refusal;
use crate::named_values;

named_values! {
    /// A person's role in an organisation.
    Role {
        /// Everything, and alone may make or remove owners. The last owner must hand over first.
        Owner = "owner",
        /// Everything but the management of owners.
        Admin = "admin",
        /// Creates, edits and checks in according to the rights on each goal.
        Member = "member",
        /// Sees, follows, likes and comments; owns and changes nothing.
        Observer = "observer",
    }
}

named_values! {
    /// Whether a person can sign in.
    MemberStatus {
        /// Invited and not yet signed in for the first time.
        Invited = "invited",
        /// Can sign in.
        Active = "active",
        /// Cannot sign in; everything of theirs stays and stays theirs.
        Deactivated = "deactivated",
    }
}

named_values! {
    /// Whether a team is in use.
    TeamStatus {
        /// In use.
        Active = "active",
        /// Put away: no new goals, no members; its goals stay usable.
        Archived = "archived",
    }
}

named_values! {
    /// How people come into an organisation.
    JoinPolicy {
        /// Anyone of the installation joins by a click.
        Public = "public",
        /// By invitation or with an owner's approval.
        Restricted = "restricted",
    }
}

named_values! {
    /// What became of a request to join. One that was accepted is a membership and no longer a request.
    RequestState {
        /// Nobody has decided yet.
        Open = "open",
        /// Somebody declined it.
        Declined = "declined",
    }
}

/// Whether a team can be deleted: only while no goal, open or closed, belongs to it (goals §1.1). Else it is archived.
///
/// # Errors
/// A refusal while there are goals.
pub fn may_delete_team(goals: u64) -> Result<(), Refusal> {
    if goals == 0 {
        return Ok(());
    }
    Err(Refusal::new("team_has_goals", "Goals belong to this team: archive it, or move them first."))
}

/// Whether an owner's role may be taken from them: never from the last one (goals §10.1).
///
/// # Errors
/// A refusal for the last owner.
pub fn may_remove_owner(other_active_owners: u64) -> Result<(), Refusal> {
    if other_active_owners > 0 {
        return Ok(());
    }
    Err(Refusal::new("last_owner", "The last owner hands over first: make somebody else an owner."))
}
