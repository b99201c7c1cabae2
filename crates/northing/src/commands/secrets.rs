//! `northing secrets rotate`: a new key for the secrets of connections.

use anyhow::{Result, bail};
use northing_app::sources::{Http, HttpOptions, Outside, Vault};

use crate::config::{File, StoreArgs};
use crate::keys::{self, Place};
use crate::system::SystemRng;

/// What to do about secrets.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Secrets {
    /// Make a new key and seal every secret with it; servers that run go on
    Rotate,
}

/// First the new key joins the old ones, then every secret is sealed anew, then the old keys go that nothing in the store is sealed with:
/// cut off anywhere, it can be run again. The key that was the newest until now stays until the next time: a server may have read it a
/// moment ago and be about to save what it sealed.
#[expect(clippy::print_stdout, reason = "says what was done")]
pub(crate) async fn run(command: Secrets, store: &StoreArgs, file: &File) -> Result<()> {
    let Secrets::Rotate = command;
    let Place::File(path) = keys::place(store, file) else {
        bail!(
            "the key comes from NORTHING_SECRETS_KEY: put the new key on a line before the old one there, restart every server, and run this without the variable"
        );
    };
    drop(keys::open(&Place::File(path.clone()))?);
    let _alone = keys::alone(&path)?;
    let newest = Vault::new_key(&SystemRng);
    let before = keys::read(&path)?;
    keys::replace(&path, &format!("{newest}\n{before}"))?;
    let vault = keys::open(&Place::File(path.clone()))?;
    let (app, kept) = super::open(store, file).await?;
    let app = app.with_outside(Outside::new(Http::new(&HttpOptions::default())?, vault));
    let done = app.reseal_secrets().await?;
    let used = app.keys_in_use().await?;
    kept.close().await;
    let mut old = before.split_whitespace().filter(|line| !line.starts_with('#'));
    let former = old.next();
    let old = old.filter(|line| line.split_once(':').is_some_and(|(name, _)| used.contains(name)));
    let left: Vec<&str> = std::iter::once(newest.as_str()).chain(former).chain(old).collect();
    keys::replace(&path, &format!("{}\n", left.join("\n")))?;
    println!("{done} secrets sealed with the new key in {}", path.display());
    Ok(())
}
