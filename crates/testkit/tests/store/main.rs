//! What the store keeps, on both engines.

mod copies;
mod engine;
mod jobs;
mod schema;
mod scratch;
mod searching;
