//! What a set of files is, by what they hold and not by what they are called (integrations §4.2).

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::archive;
use super::elements::{self, First};
use super::failure::ReadError;
use super::values::plain;

/// A file as somebody chose it.
#[derive(Debug, Clone)]
pub struct InputFile {
    /// Its name, for messages only.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// What one JSON file of format B lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// Time periods.
    Periods,
    /// People.
    People,
    /// Teams.
    Teams,
    /// Tags.
    Tags,
    /// Goals of all kinds.
    Goals,
    /// Check-ins.
    CheckIns,
    /// Comments.
    Comments,
}

impl Entity {
    /// By the keys of a record.
    fn of_record(record: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| record.keys().any(|k| plain(k) == key);
        if has("okrid") {
            return if has("comment") {
                Some(Self::Comments)
            } else {
                (has("checkindate") || has("currentvalue") || has("activitydate")).then_some(Self::CheckIns)
            };
        }
        if has("title")
            && (has("outcome")
                || has("timeperiod")
                || has("progressandstatusconfiguration")
                || has("alignment"))
        {
            return Some(Self::Goals);
        }
        if has("teamname") {
            return Some(Self::Teams);
        }
        if has("timeperiodname") {
            return Some(Self::Periods);
        }
        if has("tagname") {
            return Some(Self::Tags);
        }
        (has("email") && has("name")).then_some(Self::People)
    }

    /// By the name of a file or section, for lists with nothing in them.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let word = plain(name.split(['_', '.']).next().unwrap_or(name));
        Some(match word.as_str() {
            "users" => Self::People,
            "teams" => Self::Teams,
            "timeperiods" => Self::Periods,
            "tags" => Self::Tags,
            "objectives" => Self::Goals,
            "checkins" => Self::CheckIns,
            "comments" => Self::Comments,
            _ => return None,
        })
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// One JSON file of format B.
    Json(Entity),
    /// Northing's own export: one JSON object with `schema_version`.
    Northing,
    /// Format A as text, with its delimiter.
    Csv(u8),
    /// Format A as a workbook.
    Workbook,
}

/// A file that was recognised, with what it holds.
#[derive(Debug)]
pub struct Recognised<'a> {
    /// Its name; for an entry of an archive `archive.zip/entry`.
    pub name: String,
    /// What it is.
    pub content: Content,
    pub(super) bytes: Cow<'a, [u8]>,
}

/// Recognises every file of a set, unpacking archives.
///
/// # Errors
/// A file that is none of the formats, an archive that is unsafe or damaged, or files that do not belong together.
pub fn recognise(files: &[InputFile]) -> Result<Vec<Recognised<'_>>, ReadError> {
    let mut found = Vec::new();
    for file in files {
        if !archive::is_zip(&file.bytes) {
            found.push(single(file.name.clone(), Cow::Borrowed(&file.bytes))?);
            continue;
        }
        let mut zip = archive::open(&file.name, &file.bytes)?;
        if zip.index_for_name("[Content_Types].xml").is_some()
            && zip.index_for_name("xl/workbook.xml").is_some()
        {
            found.push(Recognised {
                name: file.name.clone(),
                content: Content::Workbook,
                bytes: Cow::Borrowed(&file.bytes),
            });
            continue;
        }
        let names: Vec<String> =
            zip.file_names().map(|n| n.map(Cow::into_owned).unwrap_or_default()).collect();
        for (position, entry) in names.into_iter().enumerate() {
            if entry.ends_with('/') || entry.starts_with("__MACOSX/") {
                continue;
            }
            let name = format!("{}/{entry}", file.name);
            let bytes = archive::read_entry(&mut zip, position, &name)?;
            if archive::is_zip(&bytes) {
                return Err(ReadError::new(
                    name,
                    "an archive or workbook inside an archive is not read: unpack it first",
                ));
            }
            found.push(single(name, Cow::Owned(bytes))?);
        }
    }
    together(&found)?;
    Ok(found)
}

fn single(name: String, bytes: Cow<'_, [u8]>) -> Result<Recognised<'_>, ReadError> {
    let text = elements::without_mark(&bytes);
    let content = match text.iter().find(|b| !b.is_ascii_whitespace()) {
        None => return Err(ReadError::new(name, "the file is empty")),
        Some(b'[' | b'{') => json(&name, text)?,
        _ => {
            return Err(ReadError::new(
                name,
                "not a known export: expected the JSON files of an organisation or a ZIP of them",
            ));
        }
    };
    Ok(Recognised { name, content, bytes })
}

fn json(name: &str, bytes: &[u8]) -> Result<Content, ReadError> {
    match elements::first(name, bytes)? {
        First::Object(true) => Ok(Content::Northing),
        First::Object(false) => Err(ReadError::new(
            name,
            "a JSON object without schema_version: neither Viva Goals nor Northing writes that",
        )),
        First::Record(record) => Entity::of_record(&record).map(Content::Json).ok_or_else(|| {
            let keys: Vec<&str> = record.keys().take(6).map(String::as_str).collect();
            ReadError::at(name, 1, format!("no entity of an export has these keys: {}", keys.join(", ")))
        }),
        First::Nothing => Entity::of_name(name)
            .map(Content::Json)
            .ok_or_else(|| ReadError::new(name, "an empty list whose name does not say of what")),
    }
}

/// Refuses sets of which part belongs to another export.
fn together(found: &[Recognised<'_>]) -> Result<(), ReadError> {
    let Some(first) = found.first() else { return Err(ReadError::new("", "no file to import")) };
    let mut seen: Vec<(Entity, &str)> = Vec::new();
    for file in found {
        let alike = matches!(
            (first.content, file.content),
            (Content::Json(_), Content::Json(_)) | (Content::Csv(_), Content::Csv(_))
        ) || (first.content == file.content && found.len() == 1)
            || first.content == file.content && file.content == Content::Workbook;
        if !alike {
            return Err(ReadError::new(
                &file.name,
                format!("of another format than {}: import one export at a time", first.name),
            ));
        }
        if let Content::Json(entity) = file.content {
            if let Some((_, other)) = seen.iter().find(|(e, _)| *e == entity) {
                return Err(ReadError::new(
                    &file.name,
                    format!("lists the same as {other}: these are parts of two exports"),
                ));
            }
            seen.push((entity, &file.name));
        }
    }
    Ok(())
}
