//! Measures what Northing promises about speed, size and memory, and prints medians with their ratios beside the targets.
//! Never fails for being slow: the machine may be busy. `make bench`; what it prints is explained in docs/performance.md.
//!
//! ```sh
//! make bench ARGS="--only growth,pages --goals 2000 --postgres"
//! ```
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a driver for people at a terminal: prints, and measures real time"
)]

mod bare;
mod check_in;
mod growth;
mod options;
mod pages;
mod process;
mod rollup;
mod site;
mod sources;
mod table;
mod weight;

use anyhow::Result;
use options::{Options, Part};

fn main() -> Result<()> {
    if std::env::var_os(sources::DOUBLE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        return runtime.block_on(sources::double());
    }
    let Some(options) = Options::read(std::env::args().skip(1))? else { return Ok(()) };
    // Only where another one was chosen before does this fail.
    drop(rustls::crypto::ring::default_provider().install_default());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        for part in &options.parts {
            match part {
                Part::Growth => growth::run(&options).await?,
                Part::Pages => pages::run(&options).await?,
                Part::CheckIn => check_in::run(&options).await?,
                Part::Rollup => rollup::run(&options).await?,
                Part::Weight => weight::run(&options).await?,
                Part::Process => process::run(&options).await?,
                Part::Sources => sources::run(&options).await?,
            }
        }
        Ok(())
    })
}
