//! Databases, browsers, fakes and builders for the tests; ships with nothing.

pub mod axe;
#[expect(clippy::indexing_slicing, reason = "a double for tests: a panic ends the answer and fails the test")]
pub mod azure_devops;
pub mod browser;
pub mod chromedriver;
pub mod clock;
mod cluster;
pub mod database;
pub mod forms;
pub mod front_door;
pub mod rng;
pub mod tree;
pub mod visitor;
pub mod wait;
pub mod weight;

#[cfg(test)]
mod workspace;
