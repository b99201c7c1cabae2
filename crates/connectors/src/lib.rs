//! Readers of foreign files, writers of Northing's own, and clients of other systems.

pub mod azure_devops;
pub mod html;
pub mod http;
pub mod import_model;
pub mod measure;
pub mod northing;
pub mod source;
mod tables;
pub mod trouble;
pub mod viva_goals;
