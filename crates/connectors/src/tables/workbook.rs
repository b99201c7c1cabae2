//! Workbooks (XLSX) read cell by cell: a cell in the last column of the last row costs no more than its row.

use std::io::Cursor;

use calamine::{Data, DataRef, ExcelDateTime, Reader, Xlsx};
use northing_core::values::{Day, Moment};

use super::{Cell, Row};
use crate::viva_goals::ReadError;

/// Cells of all rows together, the empty ones to the left of others included.
const MOST_CELLS: usize = 20_000_000;
/// Check-ins stand in cells of their own to the right of a row; no goal has thousands.
const MOST_COLUMNS: usize = 8_192;

/// A workbook whose sheets can be read.
pub(crate) struct Workbook<'a> {
    file: &'a str,
    inner: Xlsx<Cursor<&'a [u8]>>,
}

impl<'a> Workbook<'a> {
    /// Opens a workbook. The caller has bounded what its archive unpacks to.
    ///
    /// # Errors
    /// A workbook that is damaged.
    pub(crate) fn open(file: &'a str, bytes: &'a [u8]) -> Result<Self, ReadError> {
        let inner = Xlsx::new(Cursor::new(bytes)).map_err(|e| damaged(file, &e))?;
        Ok(Self { file, inner })
    }

    /// The names of its sheets.
    pub(crate) fn sheets(&self) -> Vec<String> {
        self.inner.sheet_names()
    }

    /// Gives every row that holds a cell to `each`, until it answers false.
    ///
    /// # Errors
    /// A sheet that is damaged or larger than any export, and what `each` returns.
    pub(crate) fn each_row(
        &mut self,
        sheet: &str,
        each: &mut dyn FnMut(Row) -> Result<bool, ReadError>,
    ) -> Result<(), ReadError> {
        let file = self.file;
        let mut reader = self.inner.worksheet_cells_reader(sheet).map_err(|e| damaged(file, &e))?;
        let (mut row, mut total) = (Row { number: 0, cells: Vec::new() }, 0_usize);
        while let Some(found) = reader.next_cell_with_formula().map_err(|e| damaged(file, &e))? {
            let (line, column) = found.pos;
            let number = u64::from(line).saturating_add(1);
            if number != row.number && !row.cells.is_empty() {
                let done = std::mem::replace(&mut row, Row { number, cells: Vec::new() });
                if !each(done)? {
                    return Ok(());
                }
            }
            row.number = number;
            let cell = cell(&found.value, found.formula.as_deref());
            if cell == Cell::Empty {
                continue;
            }
            if matches!(&cell, Cell::Text(text) if text.contains('\0')) {
                let reason = format!("the cell in column {} holds a NUL character", column.saturating_add(1));
                return Err(ReadError::at(file, number, reason));
            }
            let column = usize::try_from(column).unwrap_or(usize::MAX);
            let grown = column.saturating_add(1).saturating_sub(row.cells.len());
            total = total.saturating_add(grown);
            if column >= MOST_COLUMNS || total > MOST_CELLS {
                return Err(ReadError::at(file, number, "the sheet is wider or longer than any export"));
            }
            if row.cells.len() <= column {
                row.cells.resize(column.saturating_add(1), Cell::Empty);
            }
            if let Some(place) = row.cells.get_mut(column) {
                *place = cell;
            }
        }
        if row.cells.is_empty() { Ok(()) } else { each(row).map(|_| ()) }
    }
}

fn damaged(file: &str, e: &calamine::XlsxError) -> ReadError {
    ReadError::new(file, format!("the workbook is damaged or not what an export holds ({e})"))
}

fn cell(value: &DataRef<'_>, formula: Option<&str>) -> Cell {
    let found = match Data::from(value.clone()) {
        Data::Empty => Cell::Empty,
        Data::String(text) => Cell::Text(text),
        Data::Float(number) => Cell::Number(number),
        #[expect(clippy::cast_precision_loss, reason = "numbers of a workbook are doubles; a whole one fits")]
        Data::Int(number) => Cell::Number(number as f64),
        Data::Bool(truth) => Cell::Truth(truth),
        Data::DateTime(date) => of_date(&date),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Cell::Text(text),
        Data::Error(error) => Cell::Broken(format!("the error value {error}")),
    };
    match (formula, &found) {
        (Some(formula), Cell::Empty) => {
            linked_text(formula).map_or_else(|| Cell::Broken(format!("the formula ={formula}")), Cell::Text)
        }
        (Some(formula), Cell::Text(text)) if text.is_empty() => {
            linked_text(formula).map_or(Cell::Empty, Cell::Text)
        }
        _ => found,
    }
}

fn of_date(date: &ExcelDateTime) -> Cell {
    if date.is_duration() {
        return Cell::Number(date.as_f64());
    }
    let (year, month, day, hour, minute, second, milli) = date.to_ymd_hms_milli();
    let parts = || {
        let day = Day::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?)?;
        let within =
            ((i64::from(hour) * 60 + i64::from(minute)) * 60 + i64::from(second)) * 1000 + i64::from(milli);
        let moment: Moment = day.start_in(&jiff::tz::TimeZone::UTC).plus_millis(within);
        Some(Cell::Date(day, (within != 0).then_some(moment)))
    };
    parts().unwrap_or_else(|| Cell::Broken(format!("the date serial {}", date.as_f64())))
}

/// The day of a serial number of the 1900 calendar, for date columns whose cells were formatted as numbers.
pub(crate) fn day_of_serial(serial: f64) -> Option<Day> {
    if !(20_000.0..80_000.0).contains(&serial) {
        return None;
    }
    match of_date(&ExcelDateTime::new(serial.floor(), calamine::ExcelDateTimeType::DateTime, false)) {
        Cell::Date(day, _) => Some(day),
        _ => None,
    }
}

/// What `HYPERLINK("address","text")` shows: its text, or the last part of its address.
pub(crate) fn linked_text(formula: &str) -> Option<String> {
    let formula = formula.trim().trim_start_matches('=').trim();
    let inside =
        formula.get(..10).filter(|name| name.eq_ignore_ascii_case("HYPERLINK(")).and(formula.get(10..))?;
    let mut texts = Vec::new();
    let mut rest = inside;
    while let Some(start) = rest.find('"') {
        let mut text = String::new();
        let mut tail = rest.get(start.saturating_add(1)..)?;
        loop {
            let end = tail.find('"')?;
            text.push_str(tail.get(..end)?);
            tail = tail.get(end.saturating_add(1)..)?;
            match tail.strip_prefix('"') {
                Some(after) => {
                    text.push('"');
                    tail = after;
                }
                None => break,
            }
        }
        texts.push(text);
        rest = tail;
    }
    let address = texts.first()?;
    let shown = texts.get(1).filter(|text| !text.trim().is_empty());
    shown.cloned().or_else(|| {
        let last = address.split(['?', '#']).next()?.trim_end_matches('/').rsplit('/').next()?;
        Some(last.to_owned()).filter(|last| !last.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_shows_its_text_or_the_end_of_its_address() {
        assert_eq!(linked_text(r#"HYPERLINK("https://x/objective/7","7")"#).as_deref(), Some("7"));
        assert_eq!(linked_text(r#"=hyperlink("https://x/objective/7?tab=1")"#).as_deref(), Some("7"));
        assert_eq!(linked_text(r#"HYPERLINK("https://x/9"; "say ""hi""")"#).as_deref(), Some("say \"hi\""));
        assert_eq!(linked_text("SUM(A1:A3)"), None);
        assert_eq!(linked_text("HYPERLINK(\"cut"), None);
    }

    #[test]
    fn serials_are_days() {
        assert_eq!(day_of_serial(45_658.0), Day::new(2025, 1, 1));
        assert_eq!(day_of_serial(7.0), None);
    }
}
