//! Three versions of a record: what the source said last time, what it says now, and what stands here. A field that the
//! source changed is taken over, unless a person changed it here since.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, Result, secret};

/// The fields of a record by their names, as JSON values.
pub(super) type Fields = Map<String, Value>;

/// What the source last said of each field: a stamp of its value.
pub(super) type Stamps = BTreeMap<String, String>;

/// What is kept with a record of where it came from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Origin {
    /// What the source last said of each field.
    #[serde(default, skip_serializing_if = "Stamps::is_empty")]
    pub(super) said: Stamps,
    /// What the source says beyond our fields, verbatim.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) extra: Fields,
}

impl Origin {
    /// As it was kept; one that cannot be read counts as none.
    pub(super) fn read(text: Option<&str>) -> Option<Self> {
        text.and_then(|text| serde_json::from_str(text).ok())
    }

    pub(super) fn text(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::Internal(error.to_string()))
    }
}

/// What it takes to undo what an import did to a record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Undo {
    /// The fields that were changed, as they were.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) before: Fields,
    /// Stamps of what was written in their place.
    #[serde(default, skip_serializing_if = "Stamps::is_empty")]
    pub(super) after: Stamps,
    /// The external identifier before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) external: Option<String>,
    /// What was kept of the source before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) origin: Option<String>,
}

/// The outcome of a merge.
#[derive(Debug)]
pub(super) struct Merged<T> {
    /// The record as it should be.
    pub(super) value: T,
    /// The fields that were taken over: name, before, after.
    pub(super) taken: Vec<(String, Value, Value)>,
    /// The fields that the source changed and that stay as people here made them.
    pub(super) kept: Vec<String>,
    /// What the source has now said of each field.
    pub(super) said: Stamps,
}

/// The fields of a record.
pub(super) fn fields<T: Serialize>(record: &T) -> Result<Fields> {
    match serde_json::to_value(record) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(Error::Internal(String::from("a record that is no object"))),
        Err(error) => Err(Error::Internal(error.to_string())),
    }
}

/// A record of its fields.
pub(super) fn record<T: DeserializeOwned>(fields: Fields) -> Result<T> {
    serde_json::from_value(Value::Object(fields)).map_err(|error| Error::Internal(error.to_string()))
}

/// A short stamp of a value: two that differ have different ones.
pub(super) fn stamp(value: &Value) -> String {
    secret::hash(&value.to_string()).chars().take(16).collect()
}

/// The stamps of all fields.
pub(super) fn stamps(fields: &Fields) -> Stamps {
    fields.iter().map(|(name, value)| (name.clone(), stamp(value))).collect()
}

/// Whether a field holds nothing.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Merges what a source says into what stands here. `before` is what it said at the last import; with none (the record was
/// here first) it only fills in what is empty.
pub(super) fn merge<T: Serialize + DeserializeOwned>(
    here: &T,
    said: &Fields,
    before: Option<&Stamps>,
) -> Result<Merged<T>> {
    let mut value = fields(here)?;
    let mut now = before.cloned().unwrap_or_default();
    let (mut taken, mut kept) = (Vec::new(), Vec::new());
    for (name, new) in said {
        let new_stamp = stamp(new);
        let last = now.insert(name.clone(), new_stamp.clone());
        let Some(old) = value.get_mut(name) else { continue };
        if old == new || last.as_ref() == Some(&new_stamp) {
            continue;
        }
        let untouched = match &last {
            Some(last) => *last == stamp(old),
            None => is_empty(old),
        };
        if untouched {
            taken.push((name.clone(), std::mem::replace(old, new.clone()), new.clone()));
        } else if !is_empty(new) || last.is_some() {
            kept.push(name.clone());
        }
    }
    Ok(Merged { value: record(value)?, taken, kept, said: now })
}

impl<T> Merged<T> {
    /// What it takes to undo this.
    pub(super) fn undo(&self, external: Option<String>, origin: Option<String>) -> Undo {
        let before = self.taken.iter().map(|(name, old, _)| (name.clone(), old.clone())).collect();
        let after = self.taken.iter().map(|(name, _, new)| (name.clone(), stamp(new))).collect();
        Undo { before, after, external, origin }
    }
}

/// A field's name as people read it.
pub(super) fn label(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct It {
        name: String,
        note: Option<String>,
    }

    fn it(name: &str, note: Option<&str>) -> It {
        It { name: name.to_owned(), note: note.map(str::to_owned) }
    }

    #[test]
    fn the_source_wins_where_nobody_else_changed_the_field() {
        let first = fields(&it("Grow", None)).unwrap();
        let base = stamps(&first);
        let newer = fields(&it("Grow faster", Some("why"))).unwrap();
        let merged = merge(&it("Grow", Some("mine")), &newer, Some(&base)).unwrap();
        assert_eq!(merged.value, it("Grow faster", Some("mine")));
        assert_eq!(merged.kept, ["note"]);
        assert_eq!(merged.taken, [(String::from("name"), json!("Grow"), json!("Grow faster"))]);
        // The same file again says nothing new, whatever stands here.
        let again = merge(&merged.value, &newer, Some(&merged.said)).unwrap();
        assert!(again.taken.is_empty() && again.kept.is_empty() && again.said == merged.said);
    }

    #[test]
    fn what_was_here_first_is_only_filled_in() {
        let said = fields(&it("Other", Some("text"))).unwrap();
        let merged = merge(&it("Mine", None), &said, None).unwrap();
        assert_eq!((merged.value, merged.kept), (it("Mine", Some("text")), vec![String::from("name")]));
    }

    #[test]
    fn undoing_is_the_same_the_other_way_round() {
        let base = stamps(&fields(&it("A", None)).unwrap());
        let said = fields(&it("B", Some("b"))).unwrap();
        let merged = merge(&it("A", None), &said, Some(&base)).unwrap();
        let undo = merged.undo(None, None);
        let since = it("B", Some("edited"));
        let back = merge(&since, &undo.before, Some(&undo.after)).unwrap();
        assert_eq!(back.value, it("A", Some("edited")));
    }
}
