//! One file for each command.

pub(crate) mod copy;
pub(crate) mod demo;
pub(crate) mod demo_azure_devops;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod secrets;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod token;

use std::sync::Arc;

use anyhow::{Context, Result};
use northing_app::Northing;
use northing_store::Store;

use crate::config::{File, StoreArgs, store_url};
use crate::system::{SystemClock, SystemRng};

/// Opens the store (migrating it) and puts the application together.
pub(crate) async fn open(args: &StoreArgs, file: &File) -> Result<(Northing, Store)> {
    let store = Store::open(&store_url(args, file)?).await.context("the store cannot be opened")?;
    let app = Northing::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRng));
    Ok((app, store))
}
