//! What a person decides where names of a file match nothing here: people, words for kinds of goal, periods, statuses.
//!
//! As a file for `northing import --mapping FILE` it is JSON; `--write-mapping FILE` writes one to fill in:
//!
//! ```json
//! {
//!   "new_people": "as_in_file",
//!   "people": { "ann@old.example": { "match": "ann@new.example" }, "Marsh, Eleanor": "skip" },
//!   "types": { "Big rock": "objective" },
//!   "periods": { "H1 FY25": { "start": "2025-01-01", "end": "2025-06-30" }, "Quarter 1": { "match": "Q1 2025" } },
//!   "statuses": { "Paused": "postponed" }
//! }
//! ```

use std::collections::BTreeMap;

use northing_connectors::import_model::PersonRef;
use northing_core::errors::FieldError;
use northing_core::goal::GoalKind;
use northing_core::named_values;
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::Day;
use serde::{Deserialize, Serialize};

use crate::{Error, Result};

named_values! {
    /// What people become who are new here.
    NewPeople {
        /// Invited where they are active in the file, else deactivated.
        AsInFile = "as_in_file",
        /// Invited, all of them.
        Invited = "invited",
        /// Deactivated, all of them: they keep what is theirs and cannot sign in.
        Deactivated = "deactivated",
    }
}

named_values! {
    /// A choice in one word.
    Word {
        /// Make it.
        Create = "create",
        /// Leave it out.
        Skip = "skip",
    }
}

/// What becomes of a person of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PersonChoice {
    /// A new member, or nobody.
    Word(Word),
    /// A member of this organisation.
    Match {
        /// Their mail address.
        #[serde(rename = "match")]
        email: String,
    },
}

/// What becomes of a period that goals name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PeriodChoice {
    /// A period of this organisation.
    Match {
        /// Its name.
        #[serde(rename = "match")]
        name: String,
    },
    /// A new period with these days.
    Create {
        /// First day.
        start: Day,
        /// Last day.
        end: Day,
    },
}

/// What a person decided. Keys are compared without regard to case and accents.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// The source's number of the organisation, where the names of the files do not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// What people become who are new here.
    pub new_people: NewPeople,
    /// By mail address, or by name where the file has none.
    pub people: BTreeMap<String, PersonChoice>,
    /// By the organisation's own word for a kind of goal.
    pub types: BTreeMap<String, GoalKind>,
    /// By the period's name in the file.
    pub periods: BTreeMap<String, PeriodChoice>,
    /// By the status's name in the file.
    pub statuses: BTreeMap<String, Status>,
}

#[expect(clippy::derivable_impls, reason = "the macro that declares the names cannot mark a default")]
impl Default for NewPeople {
    fn default() -> Self {
        Self::AsInFile
    }
}

impl Mapping {
    /// Reads a mapping strictly: a key that is none is named.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `mapping`.
    pub fn read(text: &str) -> Result<Self> {
        serde_json::from_str(text).map_err(|error| {
            Error::from(FieldError::new("mapping", "invalid", format!("cannot be read: {error}")))
        })
    }

    /// The choice for a person.
    pub(super) fn person(&self, it: &PersonRef) -> Option<&PersonChoice> {
        [&it.email, &it.name, &it.id].into_iter().flatten().find_map(|key| find(&self.people, key))
    }

    /// The kind that a word stands for.
    pub(super) fn kind(&self, word: &str) -> Option<GoalKind> {
        find(&self.types, word).copied()
    }

    /// The choice for a period.
    pub(super) fn period(&self, name: &str) -> Option<&PeriodChoice> {
        find(&self.periods, name)
    }

    /// The status that a word stands for.
    pub(super) fn status(&self, word: &str) -> Option<Status> {
        find(&self.statuses, word).copied()
    }
}

fn find<'a, T>(all: &'a BTreeMap<String, T>, key: &str) -> Option<&'a T> {
    let folded = fold(key);
    all.get(key).or_else(|| all.iter().find(|(name, _)| fold(name) == folded).map(|(_, value)| value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_reads_what_the_documentation_shows() {
        let text = r#"{ "people": { "ANN@old.example": { "match": "ann@new.example" }, "Marsh, Eleanor": "skip" },
            "types": { "Big rock": "objective" }, "statuses": { "Paused": "postponed" },
            "periods": { "H1": { "start": "2025-01-01", "end": "2025-06-30" }, "Q": { "match": "Q1 2025" } } }"#;
        let mapping = Mapping::read(text).unwrap();
        let ann = PersonRef { email: Some(String::from("ann@old.example")), ..PersonRef::default() };
        assert_eq!(
            mapping.person(&ann),
            Some(&PersonChoice::Match { email: String::from("ann@new.example") })
        );
        assert_eq!(mapping.kind("BIG ROCK"), Some(GoalKind::Objective));
        assert_eq!(mapping.status("paused"), Some(Status::Postponed));
        assert_eq!(Mapping::read(&serde_json::to_string(&mapping).unwrap()).unwrap(), mapping);
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Mapping::read(r#"{ "pepole": {} }"#).unwrap_err().to_string();
        assert!(error.contains("pepole"), "{error}");
    }
}
