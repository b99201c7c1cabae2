//! Reads what Viva Goals exported (integrations §4.2), recognised by content, into [`crate::import_model`].

mod archive;
mod elements;
mod entities;
mod failure;
mod fields;
mod goals;
mod recognise;
mod set;
mod values;

pub use failure::ReadError;
pub use recognise::{Content, Entity, InputFile, Recognised, recognise};
pub use set::read;
