//! The domain of Northing as pure functions and types: no async, no database, no clock.
//!
//! Every rule comes from the functional specification of goals; the section is named beside it
//! (for example "goals §4.2"). Time and randomness are parameters everywhere.

pub mod goal;
pub mod metric;
pub mod people;
pub mod period;
pub mod phases;
pub mod settings;
pub mod status;
pub mod values;
