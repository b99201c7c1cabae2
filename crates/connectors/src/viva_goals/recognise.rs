//! What a set of files is, by what they hold and not by what they are called (integrations §4.2).

use std::borrow::Cow;
use std::io::{Cursor, Read};

use serde_json::{Map, Value};

use super::elements::{self, First};
use super::failure::ReadError;
use super::values::plain;
use super::{archive, explorer, together};
use crate::northing::is_template;
use crate::tables::text::{DELIMITERS, header};

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
    /// Points of the goals' graphs; only Northing writes them.
    Points,
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
        if has("goal") && has("progressunclamped") {
            return Some(Self::Points);
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
            "history" => Self::Points,
            _ => return None,
        })
    }
}

/// How a table is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// As text, with this delimiter.
    Text(u8),
    /// As a workbook (XLSX).
    Workbook,
}

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// One JSON file of format B.
    Json(Entity),
    /// What Northing's own export says of the organisation: a JSON object with `schema_version`.
    Northing,
    /// Format A: a view of Explorer.
    View(Table),
    /// Northing's own import template.
    Template(Table),
}

/// A file that was recognised, with what it holds.
#[derive(Debug)]
pub struct Recognised<'a> {
    /// Its name; for an entry of an archive `archive.zip/entry`.
    pub name: String,
    /// What it is.
    pub content: Content,
    pub(super) source: Source<'a>,
}

/// Where the bytes of a file are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    /// Loose.
    Bytes(&'a [u8]),
    /// In an archive, at this position.
    Entry(&'a [u8], usize),
}

impl Source<'_> {
    /// Refuses a file that is larger than its form allows.
    pub(super) fn at_most(self, name: &str, bytes: usize) -> Result<(), ReadError> {
        let (Self::Bytes(all) | Self::Entry(all, _)) = self;
        if all.len() > bytes {
            let reason = format!("larger than {} MB: divide it into several files", bytes / 1024 / 1024);
            return Err(ReadError::new(name, reason));
        }
        Ok(())
    }

    /// Gives the content to `take`, without a byte order mark, as it is read or unpacked.
    pub(super) fn read<T>(
        self,
        name: &str,
        take: impl FnOnce(&mut dyn Read) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let unmarked = |from: &mut dyn Read| {
            let mut start = Vec::with_capacity(3);
            let cut = |e| ReadError::new(name, format!("it cannot be unpacked: {e}"));
            from.take(3).read_to_end(&mut start).map_err(cut)?;
            if start == b"\xef\xbb\xbf" {
                start.clear();
            }
            take(&mut Cursor::new(start).chain(from))
        };
        match self {
            Self::Bytes(mut bytes) => unmarked(&mut bytes),
            Self::Entry(archive, position) => {
                archive::stream(&mut archive::open(name, archive)?, position, name, unmarked)
            }
        }
    }
}

/// Recognises every file of a set, looking into archives.
///
/// # Errors
/// A file that is none of the formats, an archive that is unsafe or damaged, or files that do not belong together.
pub fn recognise(files: &[InputFile]) -> Result<Vec<Recognised<'_>>, ReadError> {
    let mut found = Vec::new();
    for file in files {
        if !archive::is_zip(&file.bytes) {
            found.push(single(file.name.clone(), Source::Bytes(&file.bytes))?);
            continue;
        }
        let mut zip = archive::open(&file.name, &file.bytes)?;
        if zip.index_for_name("[Content_Types].xml").is_some() {
            archive::weigh(&mut zip, &file.name)?;
            let content = super::sheets::recognise(&file.name, &file.bytes, &zip)?;
            found.push(Recognised { name: file.name.clone(), content, source: Source::Bytes(&file.bytes) });
            continue;
        }
        let names: Vec<String> =
            zip.file_names().map(|n| n.map(Cow::into_owned).unwrap_or_default()).collect();
        for (position, entry) in names.into_iter().enumerate() {
            if entry.ends_with('/') || entry.starts_with("__MACOSX/") {
                continue;
            }
            let name = format!("{}/{entry}", file.name);
            found.push(single(name, Source::Entry(&file.bytes, position))?);
        }
    }
    together::check(&found)?;
    Ok(found)
}

/// Enough to see a header row of any view.
const BEGINNING: u64 = 256 * 1024;

fn single(name: String, source: Source<'_>) -> Result<Recognised<'_>, ReadError> {
    let beginning = source.read(&name, |from| {
        let mut beginning = Vec::new();
        let cut = |e| ReadError::new(&name, format!("it cannot be unpacked: {e}"));
        from.take(BEGINNING).read_to_end(&mut beginning).map_err(cut)?;
        Ok(beginning)
    })?;
    let content = match beginning.iter().find(|b| !b.is_ascii_whitespace()) {
        None => return Err(ReadError::new(name, "the file is empty")),
        Some(b'[' | b'{') => json(&name, source, &beginning)?,
        Some(_) => text(&name, &beginning)?,
    };
    Ok(Recognised { name, content, source })
}

fn json(name: &str, source: Source<'_>, beginning: &[u8]) -> Result<Content, ReadError> {
    let is_object = beginning.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    match source.read(name, |from| elements::first(name, from, is_object))? {
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

/// A table as text, by its headers; everything else is refused with what to do about it.
fn text(name: &str, beginning: &[u8]) -> Result<Content, ReadError> {
    let refused = |reason: &str| Err(ReadError::new(name, reason));
    if archive::is_zip(beginning) {
        return refused("an archive or workbook inside an archive is not read: unpack it first");
    }
    if beginning.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return refused(
            "a workbook protected by a password, or an old XLS: save it as XLSX without a password",
        );
    }
    if beginning.starts_with(b"\xff\xfe") || beginning.starts_with(b"\xfe\xff") {
        return refused("the text is UTF-16: save the file as \"CSV UTF-8\"");
    }
    for delimiter in DELIMITERS {
        if let Some(content) =
            header(beginning, delimiter).and_then(|it| by_headers(&it, Table::Text(delimiter)))
        {
            return Ok(content);
        }
    }
    if beginning.iter().take(64).any(|byte| *byte == 0) {
        return refused("no text, or one in another encoding such as UTF-16: save the file as \"CSV UTF-8\"");
    }
    refused(
        "not a known export: expected the JSON files of an organisation or a ZIP of them, or a view of Explorer as \
         CSV or XLSX with a header row (Title, Owner, Period, …)",
    )
}

/// What a table with these headers is.
pub(super) fn by_headers(headers: &[String], table: Table) -> Option<Content> {
    if is_template(headers) {
        return Some(Content::Template(table));
    }
    explorer::is_view(headers).then_some(Content::View(table))
}
