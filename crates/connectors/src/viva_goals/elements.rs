//! JSON arrays read element by element: a file of any length costs the memory of one record.

use std::io::{BufReader, Read};

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Value};

use super::failure::ReadError;

/// Gives each object of an array to `each` with its number, counted from 1; stops at the first error.
pub(super) fn of_array(
    file: &str,
    from: impl Read,
    each: &mut dyn FnMut(u64, Map<String, Value>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let mut walk = Walk { file, row: 0, failure: None, each };
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(from));
    let read = (&mut walk).deserialize(&mut json).and_then(|()| json.end());
    outcome(walk, read)
}

/// A file that is one object.
pub(super) fn object<T: DeserializeOwned>(file: &str, from: impl Read) -> Result<T, ReadError> {
    serde_json::from_reader(BufReader::new(from)).map_err(|e| broken(file, None, &e))
}

/// What stands first in a JSON file: the keys of its first object, or that it has none.
pub(super) enum First {
    /// An array whose first element is an object with these keys.
    Record(Map<String, Value>),
    /// An empty array.
    Nothing,
    /// An object, with whether it carries `schema_version`.
    Object(bool),
}

/// Looks at the beginning of a JSON file without reading the rest.
pub(super) fn first(file: &str, from: impl Read, is_object: bool) -> Result<First, ReadError> {
    if is_object {
        let mut versioned = false;
        let mut json = serde_json::Deserializer::from_reader(BufReader::new(from));
        let read = json.deserialize_map(Keys(&mut versioned));
        return match read {
            Ok(()) => Ok(First::Object(versioned)),
            Err(_) if versioned => Ok(First::Object(true)),
            Err(e) => Err(broken(file, None, &e)),
        };
    }
    let mut found = None;
    let stop = of_array(file, from, &mut |row, map| {
        found = Some(map);
        Err(ReadError::at(file, row, String::new()))
    });
    match (found, stop) {
        (Some(map), _) => Ok(First::Record(map)),
        (None, Ok(())) => Ok(First::Nothing),
        (None, Err(e)) => Err(e),
    }
}

fn broken(file: &str, row: Option<u64>, e: &serde_json::Error) -> ReadError {
    let reason = if e.is_io() {
        format!("it cannot be unpacked: {e}")
    } else if e.is_eof() {
        format!("the file ends too early, at line {}: it is cut off", e.line())
    } else {
        format!("not the JSON that an export holds: {e}")
    };
    ReadError { file: file.to_owned(), row, reason }
}

struct Walk<'a> {
    file: &'a str,
    row: u64,
    failure: Option<ReadError>,
    each: &'a mut dyn FnMut(u64, Map<String, Value>) -> Result<(), ReadError>,
}

fn outcome(walk: Walk<'_>, read: Result<(), serde_json::Error>) -> Result<(), ReadError> {
    match (walk.failure, read) {
        (Some(failure), _) => Err(failure),
        (None, Err(e)) => Err(broken(walk.file, Some(walk.row.saturating_add(1)), &e)),
        (None, Ok(())) => Ok(()),
    }
}

impl<'de> DeserializeSeed<'de> for &mut Walk<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for &mut Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an array of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut records: A) -> Result<(), A::Error> {
        while let Some(record) = records.next_element::<Map<String, Value>>()? {
            self.row = self.row.saturating_add(1);
            let done = match nul_in(&record) {
                Some(field) => Err(ReadError::at(
                    self.file,
                    self.row,
                    format!("{field} holds a NUL character: the file is damaged. Export it again"),
                )),
                None => (self.each)(self.row, record),
            };
            if let Err(failure) = done {
                self.failure = Some(failure);
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

/// The first field with a NUL character in it, which no database keeps.
pub(super) fn nul_in(record: &Map<String, Value>) -> Option<&str> {
    let holds = |(name, value): &(&String, &Value)| name.contains('\0') || has_nul(value);
    record.iter().find(holds).map(|(name, _)| name.as_str())
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(fields) => nul_in(fields).is_some(),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

struct Keys<'a>(&'a mut bool);

impl<'de> Visitor<'de> for Keys<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            if key == "schema_version" {
                *self.0 = true;
                return Err(A::Error::custom("found"));
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}
