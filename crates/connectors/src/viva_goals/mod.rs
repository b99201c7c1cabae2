//! Reads what Viva Goals exported (integrations §4.2), recognised by content, into [`crate::import_model`].

mod archive;
mod elements;
mod entities;
mod explorer;
mod failure;
mod fields;
mod goals;
mod recognise;
mod set;
mod sheets;
mod together;
mod values;

pub use failure::ReadError;
pub use recognise::{Content, Entity, InputFile, Recognised, Table, recognise};
pub use set::{read, read_knowing};
