//! The domain of Northing as pure functions and types: no async, no database, no clock.
//!
//! Every rule comes from the functional specification of goals; the section is named beside it
//! (for example "goals §4.2"). Time and randomness are parameters everywhere.

pub mod alert;
pub mod alignment;
pub mod check_in;
pub mod cone;
pub mod contribution;
pub mod conversion;
pub mod errors;
pub mod event;
pub mod expectation;
pub mod goal;
pub mod invitee;
pub mod mention;
pub mod metric;
pub mod parts;
pub mod password;
pub mod people;
pub mod period;
pub mod permission;
pub mod phases;
pub mod preferences;
pub mod rollup;
pub mod score;
pub mod settings;
pub mod standing;
pub mod status;
pub mod text;
pub mod values;
