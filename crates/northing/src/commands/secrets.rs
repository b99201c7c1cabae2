//! `northing secrets rotate`: a new key for the secrets of connections.

use anyhow::{Result, bail};
use northing_app::sources::{Http, HttpOptions, Outside, Vault};

use crate::config::{File, StoreArgs};
use crate::keys::{self, Place};
use crate::system::SystemRng;

/// What to do about secrets.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Secrets {
    /// Make a new key and seal every secret with it; a server that runs goes on
    Rotate,
}

/// First the new key joins the old ones, then every secret is sealed anew, then the old keys go: cut off anywhere, it can be run again.
#[expect(clippy::print_stdout, reason = "says what was done")]
pub(crate) async fn run(command: Secrets, store: &StoreArgs, file: &File) -> Result<()> {
    let Secrets::Rotate = command;
    let Place::File(path) = keys::place(store, file) else {
        bail!(
            "the key comes from NORTHING_SECRETS_KEY: put the new key on a line before the old one there, restart every server, and run this without the variable"
        );
    };
    drop(keys::open(&Place::File(path.clone()))?);
    let newest = Vault::new_key(&SystemRng);
    keys::replace(&path, &format!("{newest}\n{}", keys::read(&path)?))?;
    let vault = keys::open(&Place::File(path.clone()))?;
    let (app, kept) = super::open(store, file).await?;
    let app = app.with_outside(Outside::new(Http::new(&HttpOptions::default())?, vault));
    let done = app.reseal_secrets().await?;
    kept.close().await;
    keys::replace(&path, &format!("{newest}\n"))?;
    println!("{done} secrets sealed with the new key in {}", path.display());
    Ok(())
}
