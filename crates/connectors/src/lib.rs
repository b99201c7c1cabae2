//! Readers of foreign files and, later, clients of other systems.

pub mod import_model;
mod tables;
pub mod viva_goals;
