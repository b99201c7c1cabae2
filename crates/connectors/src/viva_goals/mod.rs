//! Reads what Viva Goals exported (integrations §4.2), recognised by content, into [`crate::import_model`].

mod archive;
mod elements;
mod entities;
mod explorer;
mod failure;
mod fields;
mod goals;
mod identity;
mod recognise;
mod set;
mod sheets;
mod together;
pub(crate) mod values;

pub use failure::ReadError;
pub(crate) use identity::identity;
pub use recognise::{Content, Entity, InputFile, Recognised, Table, recognise};
pub use set::{read, read_knowing};
pub(crate) use values::plain;
