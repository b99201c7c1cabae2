//! Readers of foreign files and, later, clients of other systems.

pub mod import_model;
pub mod viva_goals;
