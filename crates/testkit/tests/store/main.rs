//! What the store keeps, on both engines.
//!
//! Every module stands under `cfg(test)`: there the lints let helper functions panic as tests may.

#[cfg(test)]
mod copies;
#[cfg(test)]
mod engine;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod scratch;
#[cfg(test)]
mod searching;
