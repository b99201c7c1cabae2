//! Northing's own export (integrations §4.3): the whole organisation as a set like format B with everything beside that B
//! cannot say, or its goals as a table with the headers of format A. All of it is written record by record into a
//! [`Sink`], so that an export of any length costs the memory of one page.

mod cells;
mod csv;
mod json;
mod sink;
mod template;
mod view;
mod words;
mod xlsx;

pub use csv::CsvView;
pub use json::{Child, JsonSet};
pub use sink::Sink;
pub(crate) use template::{MOST_BYTES, Template, is_template};
pub use template::{TEMPLATE, template};
pub use xlsx::XlsxView;

/// The key under which a record of the export keeps what format B has no key for.
pub const OWN: &str = "Northing";
/// Within it: what the system that the record came from said beyond what Northing knows.
pub const EXTRA: &str = "extra";

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The archive, table or temporary file could not be written.
    #[error("the export cannot be written: {0}")]
    Files(#[from] std::io::Error),
    /// A workbook cannot hold it.
    #[error("a workbook cannot hold this: {0}; export CSV or JSON instead")]
    Workbook(String),
}
