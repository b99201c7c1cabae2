//! Opening ZIP archives of strangers: bounded in entries, size and ratio, never nested, names only as labels. Entries are
//! streamed: nothing is unpacked as a whole.

use std::collections::HashSet;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::failure::ReadError;

const MOST_ENTRIES: usize = 256;
const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// Text exports pack about 1:20; spreadsheets reach 1:60.
const MOST_RATIO: u64 = 200;
/// Below this size a high ratio harms nobody.
const RATIO_FREE: u64 = 4 * 1024 * 1024;

/// An archive in memory.
pub(super) type Archive<'a> = ZipArchive<Cursor<&'a [u8]>>;

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Opens an archive and refuses it if it is not what an export would be.
pub(super) fn open<'a>(file: &str, bytes: &'a [u8]) -> Result<Archive<'a>, ReadError> {
    let broken = |e: zip::result::ZipError| {
        ReadError::new(file, format!("the ZIP archive is damaged or cut off ({e})"))
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(broken)?;
    if archive.len() > MOST_ENTRIES {
        return Err(ReadError::new(
            file,
            format!("the archive holds {} entries; at most {MOST_ENTRIES} are read", archive.len()),
        ));
    }
    let (mut total, mut names) = (0_u64, HashSet::new());
    for position in 0..archive.len() {
        let entry = archive.by_index_raw(position).map_err(broken)?;
        let name = entry.name().map_err(broken)?.into_owned();
        if !harmless(&name) {
            return Err(ReadError::new(file, format!("the entry name {name:?} leads out of the archive")));
        }
        if entry.encrypted() {
            return Err(ReadError::new(file, format!("the entry {name} is protected by a password")));
        }
        total = total.saturating_add(entry.size());
        check_size(file, total, u64::try_from(bytes.len()).unwrap_or(u64::MAX))?;
        if !names.insert(name.to_lowercase()) {
            return Err(ReadError::new(file, format!("two entries are called {name}")));
        }
    }
    if listed(bytes) > archive.len() {
        return Err(ReadError::new(file, "two entries have the same name"));
    }
    Ok(archive)
}

/// How many entries the end of an archive says it has; the library keeps one of each name.
fn listed(bytes: &[u8]) -> usize {
    let Some(at) = bytes.windows(4).rposition(|window| window == b"PK\x05\x06") else { return 0 };
    let field = at.checked_add(10).and_then(|from| bytes.get(from..from.checked_add(2)?));
    match field {
        Some([low, high]) => usize::from(u16::from_le_bytes([*low, *high])),
        _ => 0,
    }
}

/// Gives an entry's content to `take` as it is unpacked, counting what really comes out rather than what the archive claims.
pub(super) fn stream<T>(
    archive: &mut Archive<'_>,
    position: usize,
    file: &str,
    take: impl FnOnce(&mut dyn Read) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let entry = archive
        .by_index(position)
        .map_err(|e| ReadError::new(file, format!("the entry is damaged or cut off ({e})")))?;
    let limit = MOST_BYTES.min(RATIO_FREE.max(entry.compressed_size().saturating_mul(MOST_RATIO)));
    take(&mut Bounded { from: entry, left: limit })
}

/// Unpacks every entry into nothing, so that a workbook whose archive lies about sizes is refused before it is opened, as well as
/// one whose table of texts is larger than memory should be, or says that it is.
pub(super) fn weigh(archive: &mut Archive<'_>, file: &str) -> Result<(), ReadError> {
    for position in 0..archive.len() {
        let damaged = |e: String| ReadError::new(file, format!("the entry is damaged or cut off ({e})"));
        let name = {
            let entry = archive.by_index_raw(position).map_err(|e| damaged(e.to_string()))?;
            entry.name().map_err(|e| damaged(e.to_string()))?.to_lowercase()
        };
        let is_texts = name.ends_with("sharedstrings.xml");
        let mut scales = Scales::default();
        stream(archive, position, file, |from| {
            std::io::copy(from, &mut scales).map_err(|e| damaged(e.to_string()))
        })?;
        if is_texts && scales.bytes > MOST_TEXTS {
            let most = MOST_TEXTS / 1024 / 1024;
            return Err(ReadError::new(
                file,
                format!("its cells hold more than {most} MiB of text: {DIVIDE}"),
            ));
        }
        // Whoever reads it makes room for as many texts as it says; the shortest takes five bytes.
        if is_texts && scales.said > scales.bytes / 5 {
            return Err(ReadError::new(
                file,
                format!("it says that it holds {} texts, more than its size has room for", scales.said),
            ));
        }
    }
    Ok(())
}

/// Texts of a workbook, which are read as a whole.
const MOST_TEXTS: u64 = 64 * 1024 * 1024;
const DIVIDE: &str = "export CSV or JSON instead, or fewer goals at a time";

/// Weighs what is written to it, and finds the largest number of texts that a table of texts says it has.
#[derive(Default)]
struct Scales {
    bytes: u64,
    said: u64,
    /// The end of what was written before, where a word may have been cut.
    tail: Vec<u8>,
}

impl std::io::Write for Scales {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        const WORD: &[u8] = b"uniqueCount";
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        self.tail.extend_from_slice(bytes);
        let mut rest = self.tail.as_slice();
        while let Some(at) = rest.windows(WORD.len()).position(|window| window == WORD) {
            rest = rest.get(at.saturating_add(WORD.len())..).unwrap_or_default();
            let digits = rest
                .iter()
                .skip_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\''));
            let said = digits.take_while(|byte| byte.is_ascii_digit()).fold(0_u64, |number, digit| {
                number.saturating_mul(10).saturating_add(u64::from(digit.saturating_sub(b'0')))
            });
            self.said = self.said.max(said);
        }
        let keep = self.tail.len().min(256);
        self.tail.drain(..self.tail.len().saturating_sub(keep));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Ends with an error instead of giving more than was agreed.
struct Bounded<R> {
    from: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(to)?;
        self.left = self
            .left
            .checked_sub(u64::try_from(read).unwrap_or(u64::MAX))
            .ok_or_else(|| std::io::Error::other("it unpacks to more than an export holds"))?;
        Ok(read)
    }
}

fn check_size(file: &str, expanded: u64, packed: u64) -> Result<(), ReadError> {
    if expanded > MOST_BYTES {
        return Err(ReadError::new(
            file,
            format!("unpacked it would be larger than {} MiB", MOST_BYTES / 1024 / 1024),
        ));
    }
    if expanded > RATIO_FREE && expanded / packed.max(1) > MOST_RATIO {
        return Err(ReadError::new(
            file,
            format!("it unpacks to more than {MOST_RATIO} times its size; no export does that"),
        ));
    }
    Ok(())
}

fn harmless(name: &str) -> bool {
    !name.starts_with(['/', '\\'])
        && !name.contains([':', '\0'])
        && name.split(['/', '\\']).all(|part| part != "..")
}
