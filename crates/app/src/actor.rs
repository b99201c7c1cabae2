//! Who acts, and through which door.

use northing_core::named_values;
use northing_core::people::Role;
use northing_core::values::Id;

named_values! {
    /// The door that an act came through; stands in the activity log.
    Via {
        /// A page in the browser.
        Browser = "browser",
        /// The JSON API with a token.
        Api = "api",
        /// The page that another system frames.
        Embedded = "embedded",
        /// The command line, on the machine itself.
        CommandLine = "command_line",
        /// An import.
        Import = "import",
        /// Northing itself: a daily recomputation, a job.
        System = "system",
    }
}

named_values! {
    /// What an API token may be used for.
    Scope {
        /// Read everything its person may read.
        Read = "read",
        /// Change everything its person may change.
        Write = "write",
        /// Check in and comment.
        CheckIn = "checkin",
        /// Administer what its person may administer.
        Admin = "admin",
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u8);

impl Scopes {
    /// All of them: what a session has.
    pub const ALL: Self = Self(0b1111);

    /// The set of these.
    #[must_use]
    pub fn of(scopes: &[Scope]) -> Self {
        scopes.iter().fold(Self(0), |set, scope| Self(set.0 | Self::bit(*scope)))
    }

    /// Whether the scope is in the set. Write includes check-in and read; admin includes all; check-in includes read.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        let granted = |one| self.0 & Self::bit(one) != 0;
        match scope {
            Scope::Admin => granted(Scope::Admin),
            Scope::Write => granted(Scope::Write) || granted(Scope::Admin),
            Scope::CheckIn => granted(Scope::CheckIn) || self.has(Scope::Write),
            Scope::Read => self.0 != 0,
        }
    }

    /// The scopes that were granted by name.
    #[must_use]
    pub fn names(self) -> Vec<&'static str> {
        Scope::ALL.iter().filter(|s| self.0 & Self::bit(**s) != 0).map(|s| s.name()).collect()
    }

    const fn bit(scope: Scope) -> u8 {
        match scope {
            Scope::Read => 1,
            Scope::Write => 2,
            Scope::CheckIn => 4,
            Scope::Admin => 8,
        }
    }
}

/// A signed-in person in one organisation, whose membership was looked up for this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The organisation they act in.
    pub org_id: Id,
    /// The person.
    pub user_id: Id,
    /// Their name, for texts such as "Ruth changed this goal".
    pub name: String,
    /// Their role in the organisation.
    pub role: Role,
    /// Whether they own an active team.
    pub owns_a_team: bool,
    /// The door.
    pub via: Via,
    /// What the door lets through.
    pub scopes: Scopes,
}
