//! Does the imports that wait in a store, as `northing serve` does after a start, until it is killed; says when it begins and when
//! nothing waits any more. `import_worker STORE MOMENT SEED`.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use northing_app::Northing;
use northing_core::values::Moment;
use northing_store::{Store, StoreUrl};
use northing_testkit::clock::TestClock;
use northing_testkit::rng::SeededRng;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "its output says when to kill it")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let path = PathBuf::from(arguments.next().context("which store?")?);
    let mut number =
        || -> Result<i64> { Ok(arguments.next().context("a number is missing")?.to_string_lossy().parse()?) };
    let (now, seed) = (Moment::from_millis(number()?), u64::try_from(number()?)?);
    let store = Store::open(&StoreUrl::Sqlite(path)).await?;
    let app = Northing::new(store, Arc::new(TestClock::at(now)), Arc::new(SeededRng::new(seed)));
    app.resume_work().await?;
    println!("working");
    while app.work_once("worker").await? {}
    println!("done");
    Ok(())
}
