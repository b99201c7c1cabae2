//! Why a set of files cannot be read.

/// Where and why reading stopped; nothing was taken from the set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {reason}", .row.map(|row| format!(", row {row}")).unwrap_or_default())]
pub struct ReadError {
    /// The file, and for an archive `archive.zip/entry`.
    pub file: String,
    /// Row or record counted from 1, where one is to blame.
    pub row: Option<u64>,
    /// What is wrong, in words for the person who chose the file.
    pub reason: String,
}

impl ReadError {
    pub(crate) fn new(file: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { file: file.into(), row: None, reason: reason.into() }
    }

    pub(crate) fn at(file: impl Into<String>, row: u64, reason: impl Into<String>) -> Self {
        Self { file: file.into(), row: Some(row), reason: reason.into() }
    }
}
