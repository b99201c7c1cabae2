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
use northing_app::{Actor, Error, Northing};
use northing_store::Store;

use crate::config::{File, StoreArgs, store_url};
use crate::system::{SystemClock, SystemRng};

/// Opens the store (migrating it, and making it where there is none) and puts the application together.
pub(crate) async fn open(args: &StoreArgs, file: &File) -> Result<(Northing, Store)> {
    open_at(args, file, false).await
}

/// The same for commands that work on what is there already.
pub(crate) async fn open_existing(args: &StoreArgs, file: &File) -> Result<(Northing, Store)> {
    open_at(args, file, true).await
}

/// The owner of an organisation for the machine's operator, by its short name or identifier.
pub(crate) async fn owner_of(app: &Northing, org: &str) -> Result<Actor> {
    app.operator_of(org).await.map_err(|error| match error {
        Error::NotFound(_) => anyhow::anyhow!(
            "there is no such organisation: {org} must be the short name or the identifier of one in this store"
        ),
        other => other.into(),
    })
}

async fn open_at(args: &StoreArgs, file: &File, there: bool) -> Result<(Northing, Store)> {
    let store = Store::open(&store_url(args, file, there)?).await.context("the store cannot be opened")?;
    let app = Northing::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRng));
    Ok((app, store))
}
