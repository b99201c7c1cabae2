//! Databases, browsers, fakes and builders for the tests; ships with nothing.

pub mod axe;
pub mod browser;
pub mod chromedriver;
pub mod clock;
mod cluster;
pub mod database;
pub mod front_door;
pub mod rng;
pub mod tree;
pub mod wait;

#[cfg(test)]
mod workspace;
