//! Goals as a workbook. Rows go to a temporary file as they come, so that the workbook is never in memory as a whole.

use std::fs::File;
use std::io::{Read, Seek};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::view::{HEADERS, Value, row};
use super::{WriteError, cells};
use crate::import_model::{CheckIn, Goal, Record};

/// What a cell of a workbook may hold, in characters.
const LONGEST: usize = 32_767;
/// What a sheet may hold.
const MOST_COLUMNS: usize = 16_384;

/// Writes one row after the other.
pub struct XlsxView {
    inner: Workbook,
    line: u32,
}

impl From<XlsxError> for WriteError {
    fn from(error: XlsxError) -> Self {
        match error {
            XlsxError::IoError(error) => Self::Files(error),
            other => Self::Workbook(other.to_string()),
        }
    }
}

impl XlsxView {
    /// Begins with the headers.
    ///
    /// # Errors
    /// Where there is no room for temporary files, or the sheet is full; so for all of these.
    pub fn new() -> Result<Self, WriteError> {
        let mut inner = Workbook::new();
        let bold = Format::new().set_bold();
        let sheet = inner.add_worksheet_with_constant_memory()?;
        sheet.set_name("Goals")?;
        sheet.set_freeze_panes(1, 2)?;
        for (header, column) in HEADERS.iter().zip(0_u16..) {
            sheet.write_string_with_format(0, column, *header, &bold)?;
        }
        Ok(Self { inner, line: 0 })
    }

    /// A goal with its check-ins, the oldest first.
    #[expect(clippy::missing_errors_doc, reason = "as for new")]
    pub fn goal(&mut self, it: &Record<Goal>, check_ins: &[Record<CheckIn>]) -> Result<(), WriteError> {
        self.line = self.line.saturating_add(1);
        let line = self.line;
        let sheet = self.inner.worksheet_from_index(0)?;
        let values = row(it, check_ins);
        let left = values.len().saturating_sub(MOST_COLUMNS);
        for (value, column) in values.into_iter().take(MOST_COLUMNS).zip(0_u16..) {
            put(sheet, line, column, value)?;
        }
        if left > 0 {
            let last = u16::try_from(MOST_COLUMNS.saturating_sub(1)).unwrap_or(u16::MAX);
            sheet.write_string(line, last, format!("{left} more: a sheet has no further column"))?;
        }
        Ok(())
    }

    /// The workbook, to be read from its beginning.
    #[expect(clippy::missing_errors_doc, reason = "as for new")]
    pub fn finish(mut self) -> Result<impl Read + Send + Sync + use<>, WriteError> {
        let mut file: File = tempfile::tempfile()?;
        self.inner.save_to_writer(&mut file)?;
        file.rewind()?;
        Ok(file)
    }
}

fn put(sheet: &mut Worksheet, line: u32, column: u16, value: Value) -> Result<(), XlsxError> {
    match value {
        Value::Empty => {}
        Value::Number(number) => {
            sheet.write_number(line, column, number)?;
        }
        Value::Text(text) => {
            sheet.write_string(line, column, fitting(cells::guarded(&text)))?;
        }
    }
    Ok(())
}

/// A text that fits in a cell; one that is cut says so at its end.
fn fitting(text: String) -> String {
    if text.len() <= LONGEST || text.chars().count() <= LONGEST {
        return text;
    }
    let end = " […] cut: a cell holds no more";
    let room = LONGEST.saturating_sub(end.chars().count());
    text.chars().take(room).chain(end.chars()).collect()
}
