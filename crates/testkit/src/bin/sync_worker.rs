//! Syncs what is due in a store, as `northing serve` does, until it is killed. `sync_worker STORE MOMENT SEED`.

use std::sync::Arc;

use anyhow::Result;
use northing_app::sources::{Http, Outside, Vault};
use northing_testkit::front_door::{SECRETS_KEY, reaching_doubles};
use northing_testkit::worker;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<()> {
    let (app, seed) = worker::asked().await?;
    let vault = Vault::open(Arc::new(|| Ok(SECRETS_KEY.to_owned()))).map_err(anyhow::Error::msg)?;
    let app = app.with_outside(Outside::new(Http::new(&reaching_doubles())?, vault));
    app.sync_due(&format!("worker {seed}")).await?;
    Ok(())
}
