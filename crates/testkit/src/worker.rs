//! What the programs of this crate are told that work on the store of a test until they are killed.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use northing_app::Northing;
use northing_core::values::Moment;
use northing_store::{Store, StoreUrl};

use crate::clock::TestClock;
use crate::rng::SeededRng;

/// The use cases over the store that the arguments name, and the seed: `STORE MOMENT SEED`, the moment in milliseconds.
///
/// # Errors
/// An argument that is missing or no number; a store that does not open.
pub async fn asked() -> Result<(Northing, u64)> {
    let mut arguments = std::env::args_os().skip(1);
    let path = PathBuf::from(arguments.next().context("which store?")?);
    let mut number =
        || -> Result<i64> { Ok(arguments.next().context("a number is missing")?.to_string_lossy().parse()?) };
    let (now, seed) = (Moment::from_millis(number()?), u64::try_from(number()?)?);
    let store = Store::open(&StoreUrl::Sqlite(path)).await?;
    Ok((Northing::new(store, Arc::new(TestClock::at(now)), Arc::new(SeededRng::new(seed))), seed))
}
