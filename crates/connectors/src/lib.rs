//! Readers of foreign files, and clients of other systems.

pub mod azure_devops;
pub mod html;
pub mod http;
pub mod import_model;
pub mod measure;
pub mod source;
mod tables;
pub mod trouble;
pub mod viva_goals;
