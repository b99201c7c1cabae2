//! What is wrong with an input, and why something is refused: with a stable code for programs and a sentence for people.

use std::borrow::Cow;

use serde::Serialize;

/// One field of an input that cannot be accepted. A list of them is the `errors` of the API's 422 answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{field}: {message}")]
pub struct FieldError {
    /// The field's path in the input, for example `metric.target` or `phases[2].date`.
    pub field: Cow<'static, str>,
    /// A stable name of what is wrong, for example `required` or `too_long`.
    pub code: &'static str,
    /// The same as a sentence for a person.
    pub message: Cow<'static, str>,
}

impl FieldError {
    /// An error at a field.
    #[must_use]
    pub fn new(
        field: impl Into<Cow<'static, str>>,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field: field.into(), code, message: message.into() }
    }

    /// The same error at a field inside `parent`: `target` inside `metric` becomes `metric.target`.
    #[must_use]
    pub fn within(self, parent: &str) -> Self {
        Self { field: Cow::Owned(format!("{parent}.{}", self.field)), ..self }
    }
}

/// Why something is not allowed as things stand: not an error of one field, but of the state or the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// A stable name of the rule.
    pub code: &'static str,
    /// The reason as a sentence for a person, saying where possible what would help.
    pub message: Cow<'static, str>,
}

impl Refusal {
    /// A refusal by the rule `code` for this reason.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into() }
    }
}
