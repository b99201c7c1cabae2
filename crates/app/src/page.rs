//! Lists are read a page at a time, by key: never by offset, so that page a hundred costs what page one costs.

use crate::error::{Error, Result};
use northing_core::errors::FieldError;
use northing_core::values::Id;

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

impl PageRequest {
    /// The part of a list that is at hand as a whole. `id` tells its entries apart, for the cursor.
    ///
    /// # Errors
    /// At `cursor` where it names none of the entries.
    pub fn of<T>(&self, all: Vec<T>, id: impl Fn(&T) -> Id) -> Result<Page<T>> {
        self.by(all, |it| id(it).to_string())
    }

    /// The same for entries that are told apart by a text.
    ///
    /// # Errors
    /// As [`PageRequest::of`].
    pub fn by<T>(&self, all: Vec<T>, key: impl Fn(&T) -> String) -> Result<Page<T>> {
        let from = match &self.cursor {
            None => 0,
            Some(cursor) => {
                let at = all.iter().position(|it| key(it) == *cursor);
                at.ok_or_else(|| FieldError::new("cursor", "unknown", "is none that this list gave"))? + 1
            }
        };
        let more = all.len().saturating_sub(from) > usize::from(self.limit);
        let items: Vec<T> = all.into_iter().skip(from).take(usize::from(self.limit)).collect();
        let next = items.last().filter(|_| more).map(key);
        Ok(Page { items, next })
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
