//! What the store keeps, on both engines.
