//! A record of the files against what stands here: its external identifier, the merge, and the words for what it changed.

use northing_connectors::import_model::{Effect, FieldNote, Record};
use northing_core::values::Id;
use northing_store::imports::Known;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::merge::{self, Fields, Origin};
use super::report::Outcome;
use super::run::Run;
use super::saying::changed;
use crate::{Error, Result, secret};

/// A record of an earlier import, or one that was here first, with what the file says merged in.
pub(super) struct Settled<T> {
    /// As it should be.
    pub(super) value: T,
    /// Whether it is another than it was.
    pub(super) outcome: Outcome,
    /// What it takes to undo it.
    pub(super) undo: Option<String>,
    /// What is to be kept of the source, where that changed.
    pub(super) origin: Option<String>,
}

impl Run<'_> {
    /// In a table what is empty says nothing.
    pub(super) fn silence(&self, said: &mut Fields) {
        if self.set.sparse {
            said.retain(|_, value| !merge::is_empty(value));
        }
    }

    /// The external identifier of a record; one without an identifier is known by what distinguishes it.
    pub(super) fn external<T, K: Serialize>(
        &self,
        kind: &str,
        record: &Record<T>,
        key: impl FnOnce(&T) -> K,
    ) -> Result<String> {
        let id = match &record.source_id {
            Some(id) => id.clone(),
            None => digest(&key(&record.value))?,
        };
        Ok(format!("{}:{kind}:{id}", self.order.source))
    }

    /// What is kept of the source of a new record.
    pub(super) fn origin<T>(record: &Record<T>, said: &Fields) -> Result<String> {
        Origin { said: merge::stamps(said), extra: record.extra.clone() }.text()
    }

    /// Merges what the file says into what stands here, and says so.
    pub(super) fn settle<R, T: Serialize + DeserializeOwned>(
        &self,
        record: &Record<R>,
        here: &T,
        said: &Fields,
        known: Option<(&str, &Known)>,
        notes: &mut Vec<FieldNote>,
    ) -> Result<Settled<T>> {
        let before = known.and_then(|(_, known)| Origin::read(known.origin.as_deref()));
        let merged = merge::merge(here, said, before.as_ref().map(|origin| &origin.said))?;
        for (name, old, new) in &merged.taken {
            notes.push(changed(
                &merge::label(name),
                format!("{} became {}", self.shown(old), self.shown(new)),
            ));
        }
        let reason = if before.is_some() {
            "kept: changed here since the last import"
        } else {
            "kept: it stood here before the import"
        };
        for name in &merged.kept {
            notes.push(FieldNote {
                field: merge::label(name),
                effect: Effect::Kept,
                reason: reason.to_owned(),
            });
        }
        let extra = if self.set.sparse {
            before.map_or_else(|| record.extra.clone(), |origin| origin.extra)
        } else {
            record.extra.clone()
        };
        let origin = Origin { said: merged.said.clone(), extra }.text()?;
        let stored = known.and_then(|(_, known)| known.origin.clone());
        let external = known.map(|(external, _)| external.to_owned());
        let undo = merged.undo(external, stored.clone());
        let outcome = match (merged.taken.is_empty(), merged.kept.is_empty()) {
            (false, _) => Outcome::Updated,
            (true, false) if known.is_some() => Outcome::Skipped,
            _ => Outcome::Unchanged,
        };
        let undo = serde_json::to_string(&undo).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Settled {
            value: merged.value,
            outcome,
            undo: (outcome == Outcome::Updated).then_some(undo),
            origin: (stored.as_deref() != Some(origin.as_str())).then_some(origin),
        })
    }

    /// A value for the report: names in place of identifiers.
    fn shown(&self, value: &Value) -> String {
        match value {
            Value::Null => String::from("nothing"),
            Value::Bool(true) => String::from("yes"),
            Value::Bool(false) => String::from("no"),
            Value::Number(number) => number.to_string(),
            Value::String(text) => match text.parse::<Id>().ok().and_then(|id| self.names.get(&id)) {
                Some(name) => short(name),
                None => format!("“{}”", short(text)),
            },
            Value::Array(items) if items.is_empty() => String::from("nothing"),
            Value::Array(items) => {
                let mut shown: Vec<String> = items.iter().take(5).map(|item| self.shown(item)).collect();
                if items.len() > 5 {
                    shown.push(format!("{} more", items.len().saturating_sub(5)));
                }
                shown.join(", ")
            }
            Value::Object(fields) => {
                let parts = fields.iter().filter(|(_, value)| !value.is_null());
                let parts: Vec<String> = parts
                    .map(|(name, value)| format!("{} {}", name.replace('_', " "), self.shown(value)))
                    .collect();
                if parts.is_empty() { String::from("nothing") } else { parts.join(", ") }
            }
        }
    }
}

pub(super) fn digest<T: Serialize + ?Sized>(value: &T) -> Result<String> {
    let text = serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(secret::hash(&text).chars().take(24).collect())
}

fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}
