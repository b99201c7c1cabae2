//! Goals as CSV: UTF-8 with a byte order mark, so that spreadsheets read it as such; CRLF; ragged where check-ins follow.

use std::io::Write;

use super::view::{HEADERS, Value, row};
use super::{Sink, WriteError, cells};
use crate::import_model::{CheckIn, Goal, Record};

/// Writes one row after the other.
pub struct CsvView {
    inner: csv::Writer<Sink>,
}

impl CsvView {
    /// Begins with the headers.
    ///
    /// # Errors
    /// Where they cannot be written; so for all of these.
    pub fn new(mut sink: Sink) -> Result<Self, WriteError> {
        sink.write_all("\u{feff}".as_bytes())?;
        let mut inner =
            csv::WriterBuilder::new().flexible(true).terminator(csv::Terminator::CRLF).from_writer(sink);
        inner.write_record(HEADERS).map_err(std::io::Error::from)?;
        Ok(Self { inner })
    }

    /// A goal with its check-ins, the oldest first.
    #[expect(clippy::missing_errors_doc, reason = "as for new")]
    pub fn goal(&mut self, it: &Record<Goal>, check_ins: &[Record<CheckIn>]) -> Result<(), WriteError> {
        let texts = row(it, check_ins).into_iter().map(|value| match value {
            Value::Text(text) => cells::guarded(&text),
            Value::Number(number) => number.to_string(),
            Value::Empty => String::new(),
        });
        self.inner.write_record(texts).map_err(std::io::Error::from)?;
        Ok(())
    }

    /// Hands over what is complete.
    #[expect(clippy::missing_errors_doc, reason = "as for new")]
    pub fn flush(&mut self) -> Result<(), WriteError> {
        Ok(self.inner.flush()?)
    }
}
