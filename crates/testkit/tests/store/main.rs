//! What the store keeps, on both engines.

mod engine;
