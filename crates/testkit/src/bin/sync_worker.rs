//! Syncs what is due in a store, as `northing serve` does, until it is killed. `sync_worker STORE MOMENT SEED`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use northing_app::Northing;
use northing_app::sources::{Http, Outside, Vault};
use northing_core::values::Moment;
use northing_store::{Store, StoreUrl};
use northing_testkit::clock::TestClock;
use northing_testkit::front_door::{SECRETS_KEY, reaching_doubles};
use northing_testkit::rng::SeededRng;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let path = PathBuf::from(arguments.next().context("which store?")?);
    let mut number =
        || -> Result<i64> { Ok(arguments.next().context("a number is missing")?.to_string_lossy().parse()?) };
    let (now, seed) = (Moment::from_millis(number()?), u64::try_from(number()?)?);
    let store = Store::open(&StoreUrl::Sqlite(path)).await?;
    let vault = Vault::open(Arc::new(|| Ok(SECRETS_KEY.to_owned()))).map_err(anyhow::Error::msg)?;
    let app = Northing::new(store, Arc::new(TestClock::at(now)), Arc::new(SeededRng::new(seed)))
        .with_outside(Outside::new(Http::new(&reaching_doubles())?, vault));
    app.sync_due(&format!("worker {seed}")).await?;
    Ok(())
}
