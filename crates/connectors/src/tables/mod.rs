//! Tables of strangers as rows of cells, whatever file held them: text with delimiters, or a workbook.

pub(crate) mod text;
pub(crate) mod workbook;

use northing_core::values::{Day, Moment};

/// What one cell holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    /// Nothing.
    Empty,
    /// Text as it stands.
    Text(String),
    /// A number of a workbook.
    Number(f64),
    /// True or false of a workbook.
    Truth(bool),
    /// A date of a workbook, with its moment (UTC) where it has a time of day.
    Date(Day, Option<Moment>),
    /// An error value, or a formula whose result was not stored: in words.
    Broken(String),
}

impl Cell {
    /// The cell as text; nothing where it is blank. Numbers are written as short as they can be.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Empty => None,
            Self::Text(text) => Some(unguarded(text).to_owned()).filter(|text| !text.trim().is_empty()),
            Self::Number(number) => Some(number.to_string()),
            Self::Truth(truth) => Some(truth.to_string()),
            Self::Date(day, None) => Some(day.to_string()),
            Self::Date(_, Some(moment)) => Some(moment.to_string()),
            Self::Broken(text) => Some(text.clone()),
        }
    }

    /// Whether nothing stands in it.
    pub(crate) fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            _ => false,
        }
    }
}

/// A text without the apostrophe that careful writers put before what a spreadsheet would take for a formula.
fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}

/// A row with its number, counted from 1.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) number: u64,
    pub(crate) cells: Vec<Cell>,
}

impl Row {
    /// The cells as texts, for looking at headers.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.cells.iter().map(|cell| cell.text().unwrap_or_default()).collect()
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.cells.iter().all(Cell::is_blank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_guard_against_formulas_is_taken_off() {
        let text = |t: &str| Cell::Text(t.to_owned()).text();
        assert_eq!(text("'=1+1").as_deref(), Some("=1+1"));
        assert_eq!(text("'quoted'").as_deref(), Some("'quoted'"));
        assert_eq!(text("  "), None);
        assert_eq!(Cell::Number(2_990_540.0).text().as_deref(), Some("2990540"));
    }
}
