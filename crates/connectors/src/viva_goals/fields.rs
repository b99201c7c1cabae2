//! One JSON object of an export, its keys taken out one by one: what is left at the end is unknown and kept verbatim.

use northing_core::status::Status;
use northing_core::values::{Day, Moment};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::import_model::{Effect, FieldNote, PersonRef, Reference};

use super::values;
use crate::northing::{EXTRA, OWN};

/// The keys of a record still to be read, and the remarks made so far.
pub(super) struct Fields {
    left: Map<String, Value>,
    notes: Vec<FieldNote>,
    /// Northing's own export says exactly what it means: no remark is needed, and what the source did not know is apart.
    own_extra: Option<Map<String, Value>>,
}

impl Fields {
    pub(super) const fn new(left: Map<String, Value>) -> Self {
        Self { left, notes: Vec::new(), own_extra: None }
    }

    /// What no reader asked for, and the remarks.
    pub(super) fn finish(self) -> (Map<String, Value>, Vec<FieldNote>) {
        match self.own_extra {
            Some(extra) => (extra, Vec::new()),
            None => (self.left, self.notes),
        }
    }

    /// The part of a record that only Northing's own export has.
    ///
    /// # Errors
    /// A part of another shape than this version writes.
    pub(super) fn own<T: DeserializeOwned>(&mut self) -> Result<Option<T>, String> {
        let Some(value) = self.take(OWN) else { return Ok(None) };
        let Value::Object(mut map) = value else {
            return Err(format!("{OWN} is no object: {}", short(&value)));
        };
        let extra = match map.remove(EXTRA) {
            Some(Value::Object(extra)) => extra,
            _ => Map::new(),
        };
        let own = serde_json::from_value(Value::Object(map))
            .map_err(|e| format!("{OWN} is not what this version of Northing writes: {e}"))?;
        self.own_extra = Some(extra);
        Ok(Some(own))
    }

    /// Takes a key out, whatever its case, spaces and punctuation; `null` counts as absent.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let found = match self.left.contains_key(key) {
            true => key.to_owned(),
            false => {
                let wanted = values::plain(key);
                self.left.keys().find(|k| values::plain(k) == wanted)?.clone()
            }
        };
        self.left.remove(&found).filter(|value| !value.is_null())
    }

    pub(super) fn note(&mut self, field: &str, effect: Effect, reason: impl Into<String>) {
        self.notes.push(FieldNote { field: field.to_owned(), effect, reason: reason.into() });
    }

    /// Notes that a value was of a shape this field never has, and keeps it among the unknown.
    fn odd(&mut self, key: &str, value: Value) {
        self.note(key, Effect::Dropped, format!("not understood: {}", short(&value)));
        self.left.insert(key.to_owned(), value);
    }

    /// Text; numbers are written out.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.take(key)?;
        match scalar(&value) {
            Some(text) => Some(text).filter(|text| !text.trim().is_empty()),
            None => {
                self.odd(key, value);
                None
            }
        }
    }

    /// A number, also one written as text with separators of thousands or a per cent sign.
    pub(super) fn number(&mut self, key: &str) -> Option<f64> {
        let value = self.take(key)?;
        let (number, rounded) = match &value {
            Value::Number(number) => (number.as_f64(), false),
            Value::String(text) if text.trim().is_empty() => return None,
            Value::String(text) => {
                values::amount(text).map_or((None, false), |a| (Some(a.value), a.approximate))
            }
            _ => (None, false),
        };
        if value.is_string() && number.is_some() {
            let (effect, reason) = match rounded {
                true => (Effect::Changed, format!("rounded for display in the file: {}", short(&value))),
                false => (Effect::Changed, format!("number from the text {}", short(&value))),
            };
            self.note(key, effect, reason);
        }
        match number.filter(|n| n.is_finite()) {
            Some(number) => Some(number),
            None => {
                self.odd(key, value);
                None
            }
        }
    }

    /// A status; a word that is none stays among the unknown, where a mapping finds it.
    pub(super) fn status(&mut self) -> Option<Status> {
        let word = self.text("Status")?;
        let status = values::status(&word);
        if status.is_none() {
            self.note("Status", Effect::Dropped, format!("unknown status {word}"));
            self.left.insert(String::from("Status"), Value::String(word));
        }
        status
    }

    /// A calendar day; the time of a date that has one is left off.
    pub(super) fn day(&mut self, key: &str) -> Option<Day> {
        self.dated(key).map(|(day, _)| day)
    }

    /// A moment in UTC; a bare date is its midnight.
    pub(super) fn moment(&mut self, key: &str) -> Option<Moment> {
        let (day, moment) = self.dated(key)?;
        Some(moment.unwrap_or_else(|| day.start_in(&jiff::tz::TimeZone::UTC)))
    }

    /// A day and the moment within it, if the text has one.
    pub(super) fn dated(&mut self, key: &str) -> Option<(Day, Option<Moment>)> {
        let value = self.take(key)?;
        match value.as_str().map(str::trim) {
            Some("") => None,
            Some(text) => match values::day_and_moment(text) {
                Some(found) => Some(found),
                None => {
                    self.odd(key, value);
                    None
                }
            },
            None => {
                self.odd(key, value);
                None
            }
        }
    }

    /// A person; `{}` is nobody.
    pub(super) fn person(&mut self, key: &str) -> Option<PersonRef> {
        self.people(key).into_iter().next()
    }

    /// People; a single object counts as a list of one.
    pub(super) fn people(&mut self, key: &str) -> Vec<PersonRef> {
        let Some(value) = self.take(key) else { return Vec::new() };
        match people(&value) {
            Some(people) => people,
            None => {
                self.odd(key, value);
                Vec::new()
            }
        }
    }

    /// Things named by identifier and one of these name keys; bare texts are names, bare numbers identifiers.
    pub(super) fn references(&mut self, key: &str, name: &str) -> Vec<Reference> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let items = match value {
            Value::Array(items) => items,
            Value::Object(ref map) if map.is_empty() => return Vec::new(),
            other => vec![other],
        };
        let mut found = Vec::with_capacity(items.len());
        for item in items {
            let reference = match &item {
                Value::Object(map) => {
                    let mut fields = Fields::new(map.clone());
                    Some(Reference {
                        id: fields.text("ID"),
                        name: fields.text(name).or_else(|| fields.text("Name")),
                    })
                }
                Value::String(text) => Some(Reference { id: None, name: Some(text.clone()) }),
                Value::Number(number) => Some(Reference { id: Some(number.to_string()), name: None }),
                _ => None,
            };
            match reference.filter(|r| r.id.is_some() || r.name.is_some()) {
                Some(reference) => found.push(reference),
                None => self.note(key, Effect::Dropped, format!("names nothing: {}", short(&item))),
            }
        }
        found
    }
}

/// The people of a value, or nothing if it is of another shape.
pub(super) fn people(value: &Value) -> Option<Vec<PersonRef>> {
    let one = |map: &Map<String, Value>| {
        let mut fields = Fields::new(map.clone());
        let person =
            PersonRef { id: fields.text("ID"), name: fields.text("Name"), email: fields.text("Email") };
        (person != PersonRef::default()).then_some(person)
    };
    match value {
        Value::Object(map) => Some(one(map).into_iter().collect()),
        Value::Array(items) => items
            .iter()
            .map(|item| item.as_object().map(one))
            .collect::<Option<Vec<_>>>()
            .map(|v| v.into_iter().flatten().collect()),
        Value::String(name) if !name.trim().is_empty() => {
            Some(vec![PersonRef { name: Some(name.clone()), ..PersonRef::default() }])
        }
        _ => None,
    }
}

/// A text or number as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

/// A value as the report shows it.
pub(super) fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}
