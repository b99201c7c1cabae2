//! Text with delimiters (RFC 4180, with or without a byte order mark; comma, semicolon or tab), read row by row.

use std::cell::Cell as Shared;
use std::io::Read;
use std::rc::Rc;

use super::{Cell, Row};
use crate::viva_goals::ReadError;

/// The delimiters that exports and spreadsheets write.
pub(crate) const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// What a NUL within a text means.
pub(crate) const NO_TEXT: &str =
    "the file is damaged, or in another encoding. Export it again, or save it as \"CSV UTF-8\"";

const MARK: &str = "\u{feff}";

/// The cells of the first row under a delimiter; none where the beginning is no text at all.
pub(crate) fn header(beginning: &[u8], delimiter: u8) -> Option<Vec<String>> {
    let mut reader = builder(delimiter).from_reader(beginning);
    let mut record = csv::ByteRecord::new();
    if !reader.read_byte_record(&mut record).ok()? {
        return None;
    }
    record.iter().enumerate().map(|(at, cell)| header_text(at, cell)).collect()
}

fn header_text(at: usize, cell: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(cell).ok()?;
    Some(if at == 0 { text.trim_start_matches(MARK) } else { text }.trim().to_owned())
}

fn builder(delimiter: u8) -> csv::ReaderBuilder {
    let mut builder = csv::ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    builder
}

/// Gives every row to `each`; the header is row 1.
///
/// # Errors
/// Text in another encoding, a quotation that is not closed, and what `each` returns.
pub(crate) fn each_row(
    file: &str,
    from: impl Read,
    delimiter: u8,
    each: &mut dyn FnMut(Row) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let quotes = Rc::new(Shared::new(0_u64));
    let mut reader = builder(delimiter).from_reader(Counting { from, quotes: Rc::clone(&quotes) });
    let (mut record, mut number) = (csv::ByteRecord::new(), 0_u64);
    // The last row waits until it is known that the file ends well.
    let mut waiting: Option<Row> = None;
    while reader
        .read_byte_record(&mut record)
        .map_err(|e| ReadError::at(file, number.saturating_add(1), format!("cannot be read: {e}")))?
    {
        if let Some(row) = waiting.take() {
            each(row)?;
        }
        number = number.saturating_add(1);
        let mut cells = Vec::with_capacity(record.len());
        for (at, bytes) in record.iter().enumerate() {
            let text = std::str::from_utf8(bytes).map_err(|_| not_utf8(file, number, at))?;
            if text.contains('\0') {
                let reason = format!("column {} holds a NUL character: {NO_TEXT}", at.saturating_add(1));
                return Err(ReadError::at(file, number, reason));
            }
            let text = if number == 1 && at == 0 { text.trim_start_matches(MARK) } else { text };
            cells.push(if text.is_empty() { Cell::Empty } else { Cell::Text(text.to_owned()) });
        }
        waiting = Some(Row { number, cells });
    }
    if quotes.get() % 2 == 1 {
        return Err(ReadError::at(
            file,
            number,
            "quotation marks do not pair up: the file is cut off, or a cell holds one that is not doubled",
        ));
    }
    waiting.map_or(Ok(()), each)
}

fn not_utf8(file: &str, row: u64, at: usize) -> ReadError {
    let reason = format!("column {} is not UTF-8: save the file as \"CSV UTF-8\"", at.saturating_add(1));
    ReadError::at(file, row, reason)
}

/// Counts the quotation marks that pass.
struct Counting<R> {
    from: R,
    quotes: Rc<Shared<u64>>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        let read = self.from.read(to)?;
        let found = to.get(..read).unwrap_or_default().iter().filter(|byte| **byte == b'"').count();
        self.quotes.set(self.quotes.get().saturating_add(u64::try_from(found).unwrap_or(0)));
        Ok(read)
    }
}
