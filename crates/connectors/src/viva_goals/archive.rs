//! Opening ZIP archives of strangers: bounded in entries, size and ratio, never nested, names only as labels.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::failure::ReadError;

const MOST_ENTRIES: usize = 256;
const MOST_BYTES: u64 = 512 * 1024 * 1024;
/// Text exports pack about 1:20; spreadsheets reach 1:60.
const MOST_RATIO: u64 = 200;
/// Below this size a high ratio harms nobody.
const RATIO_FREE: u64 = 4 * 1024 * 1024;

pub(super) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Opens an archive and refuses it if it is not what an export would be.
pub(super) fn open<'a>(file: &str, bytes: &'a [u8]) -> Result<ZipArchive<Cursor<&'a [u8]>>, ReadError> {
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
    let mut total = 0_u64;
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
    }
    Ok(archive)
}

/// Reads one entry whole, counting what really comes out rather than what the archive claims.
pub(super) fn read_entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    position: usize,
    file: &str,
) -> Result<Vec<u8>, ReadError> {
    let broken = |e: String| ReadError::new(file, format!("the entry is damaged or cut off ({e})"));
    let entry = archive.by_index(position).map_err(|e| broken(e.to_string()))?;
    let packed = entry.compressed_size();
    let limit = MOST_BYTES.min(RATIO_FREE.max(packed.saturating_mul(MOST_RATIO)));
    let mut bytes = Vec::new();
    entry.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(|e| broken(e.to_string()))?;
    check_size(file, u64::try_from(bytes.len()).unwrap_or(u64::MAX), packed)?;
    Ok(bytes)
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
