//! The pages, one per file: each takes what it shows and returns the parts of a [`crate::layout::Page`].
