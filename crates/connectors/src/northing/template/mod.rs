//! Northing's own import template (integrations §4.1): a workbook or CSV that people fill in.

mod columns;
mod read;
mod write;

pub(crate) use columns::is_template;
pub(crate) use read::Template;
pub use write::template;

/// Rows that one file may have.
pub(crate) const MOST_ROWS: u32 = 10_000;
/// Bytes that one file may have.
pub(crate) const MOST_BYTES: usize = 20 * 1024 * 1024;
/// The sheet to fill in.
const SHEET: &str = "Goals";
/// What stands for the organisation's number in the identities of the template's rows.
pub const TEMPLATE: &str = "template";
