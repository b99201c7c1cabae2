//! Databases, browsers, fakes and builders for the tests; ships with nothing.

pub mod axe;
pub mod browser;
pub mod chromedriver;
pub mod clock;
mod cluster;
pub mod database;
pub mod embedding;
pub mod forms;
pub mod front_door;
pub mod rng;
pub mod tls;
pub mod tree;
pub mod visitor;
pub mod wait;
pub mod weight;
pub mod worker;

pub use northing_doubles::azure_devops;

#[cfg(test)]
mod workspace;
