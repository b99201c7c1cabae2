//! What can go wrong with another system: one taxonomy for all sources (integrations §1.3). An error never changes a goal; it marks
//! the link, keeps the last value with its date, and tells somebody what to do.

use std::time::Duration;

use northing_core::named_values;

named_values! {
    /// The kind of trouble: decides message, icon, retries and who is told.
    TroubleKind {
        /// The credentials are wrong, expired or revoked.
        AuthExpired = "auth_expired",
        /// The credentials are good, but may not do this.
        Forbidden = "forbidden",
        /// The account, project or repository is gone or renamed.
        ContainerMissing = "container_missing",
        /// The query or the items that were picked are gone.
        SelectorMissing = "selector_missing",
        /// What was picked cannot be run: a folder, a broken query, an unknown field.
        SelectorInvalid = "selector_invalid",
        /// More than the other system answers in one query.
        TooLarge = "too_large",
        /// The other system asks to wait.
        RateLimited = "rate_limited",
        /// No answer: network, name, certificate, overload.
        Unreachable = "unreachable",
        /// The address is in the server's own network and the operator has not allowed it.
        AddressRefused = "address_refused",
        /// An answer that is not what the other system promises.
        BadPayload = "bad_payload",
        /// A value that is no number.
        NotNumeric = "not_numeric",
        /// The integration is switched off for the organisation.
        IntegrationDisabled = "integration_disabled",
        /// The connection was removed.
        ConnectionRemoved = "connection_removed",
    }
}

impl TroubleKind {
    /// Whether it is about the connection as a whole rather than about one thing that is asked of it.
    #[must_use]
    pub const fn is_of_connection(self) -> bool {
        matches!(
            self,
            Self::AuthExpired
                | Self::Forbidden
                | Self::ContainerMissing
                | Self::AddressRefused
                | Self::Unreachable
                | Self::RateLimited
        )
    }

    /// Whether trying again by itself, with growing pauses, makes sense; otherwise somebody has to do something first and only
    /// one probe a day is made.
    #[must_use]
    pub const fn passes_by_itself(self) -> bool {
        matches!(self, Self::RateLimited | Self::Unreachable | Self::BadPayload | Self::TooLarge)
    }
}

/// What went wrong, what to do about it, and how long to wait where the other system said so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    /// The kind.
    pub kind: TroubleKind,
    /// What happened, a sentence for people.
    pub message: String,
    /// What to do about it, a sentence for people.
    pub remedy: String,
    /// The other system's own code for it, where it has one (`TF401243`).
    pub code: Option<String>,
    /// How long the other system asks to wait.
    pub retry_after: Option<Duration>,
}

impl Trouble {
    /// Trouble of a kind, with what happened and what to do.
    #[must_use]
    pub fn new(kind: TroubleKind, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { kind, message: message.into(), remedy: remedy.into(), code: None, retry_after: None }
    }

    /// The same with the other system's code.
    #[must_use]
    pub fn with_code(mut self, code: Option<String>) -> Self {
        self.code = code;
        self
    }
}
