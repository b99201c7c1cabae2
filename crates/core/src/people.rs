//! People, teams and roles (goals §1.1, §10.1).

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
