//! Why a use case did not do what it was asked.

use northing_core::errors::{FieldError, Refusal};
use northing_store::Failure;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The few ways in which a use case ends without having done anything.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the session or token is no longer good (401).
    #[error("sign in first")]
    SignedOut,
    /// There is no such thing, or none that the actor may see (404).
    #[error("there is no such {0}, or you may not see it")]
    NotFound(&'static str),
    /// The actor sees it but may not do this (403).
    #[error("{0}")]
    Forbidden(Refusal),
    /// Fields of the input cannot be accepted (422).
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Invalid(Vec<FieldError>),
    /// The state or the rules do not allow it: a closed goal, a cycle, the OKR model (422 with one entry).
    #[error("{0}")]
    Refused(Refusal),
    /// Somebody else changed it first (409 on pages; 412 under `If-Match`).
    #[error("somebody else changed this first: load it again and repeat your change")]
    Conflict,
    /// Too many attempts (429).
    #[error("too many attempts: wait {seconds} s and try again")]
    TooMany {
        /// Seconds until the next attempt is allowed.
        seconds: u64,
    },
    /// The store failed (500 or 503): logged once, details never shown.
    #[error("the store failed")]
    Store(#[source] Failure),
    /// Something that should be impossible (500): logged once, details never shown.
    #[error("internal error: {0}")]
    Internal(String),
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Conflict => Self::Conflict,
            other => Self::Store(other),
        }
    }
}

impl From<FieldError> for Error {
    fn from(error: FieldError) -> Self {
        Self::Invalid(vec![error])
    }
}

impl From<Vec<FieldError>> for Error {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// What a failure of the store means to whoever asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A value that must be unique exists already: the field as the API names it.
    Taken(String),
    /// Something refers to a thing that is not there, or is still referred to.
    Dangling,
    /// Trying again in a moment helps.
    Busy,
    /// It does not: to be logged.
    Broken,
}

impl Error {
    /// What this means to whoever asked, if it came from the store; else [`Trouble::Broken`].
    #[must_use]
    pub fn trouble(&self) -> Trouble {
        match self {
            Self::Store(Failure::Unique { columns, .. }) => {
                let field = columns.last().map_or("", |column| column.trim_end_matches("_key"));
                Trouble::Taken(field.to_owned())
            }
            Self::Store(Failure::ForeignKey) => Trouble::Dangling,
            Self::Store(Failure::Busy(_) | Failure::Unavailable(_)) => Trouble::Busy,
            _ => Trouble::Broken,
        }
    }
}
