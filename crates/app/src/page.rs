//! Lists are read a page at a time, by key: never by offset, so that page a hundred costs what page one costs.

use crate::error::{Error, Result};
use northing_core::errors::FieldError;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// At most so many entries, 1–200.
    pub limit: u16,
    /// Where the page before ended; opaque to the caller.
    pub cursor: Option<String>,
}

impl PageRequest {
    /// The default of the API: 50 entries from the beginning.
    #[must_use]
    pub const fn first() -> Self {
        Self { limit: 50, cursor: None }
    }

    /// Checks what a caller sent.
    ///
    /// # Errors
    /// A limit outside 1–200.
    pub fn new(limit: Option<u32>, cursor: Option<String>) -> Result<Self> {
        let limit = limit.unwrap_or(50);
        match u16::try_from(limit) {
            Ok(limit @ 1..=200) => Ok(Self { limit, cursor }),
            _ => Err(Error::from(FieldError::new("limit", "out_of_range", "must be between 1 and 200"))),
        }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries, in order.
    pub items: Vec<T>,
    /// Where the next page begins; none if this is the last.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// The same page with other entries.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next }
    }
}
