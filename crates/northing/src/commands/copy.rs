//! `northing backup` and `northing restore`: a consistent copy of everything, independent of the engine.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncWriteExt, BufReader, BufWriter};

use crate::config::{File, StoreArgs};

/// Options of `backup`.
#[derive(Debug, clap::Args)]
pub(crate) struct BackupArgs {
    /// The file to write; it must not exist yet
    file: PathBuf,
}

/// Options of `restore`.
#[derive(Debug, clap::Args)]
pub(crate) struct RestoreArgs {
    /// A file that `northing backup` wrote
    file: PathBuf,
}

/// Writes the copy beside its place and moves it there when it is complete and on the disk.
#[expect(clippy::print_stdout, reason = "says what was written")]
pub(crate) async fn backup(args: BackupArgs, store: &StoreArgs, file: &File) -> Result<()> {
    let place = args.file;
    if place.exists() {
        bail!("{} exists already: name another file, or remove it first", place.display());
    }
    let (_, store) = super::open_existing(store, file).await?;
    let draft = place.with_extension("part");
    let name = || format!("{} cannot be written", draft.display());
    let mut to = BufWriter::new(tokio::fs::File::create(&draft).await.with_context(name)?);
    let rows = store.backup(&mut to).await.context("the copy failed")?;
    to.flush().await.with_context(name)?;
    to.into_inner().sync_all().await.with_context(name)?;
    tokio::fs::rename(&draft, &place)
        .await
        .with_context(|| format!("{} cannot be written", place.display()))?;
    println!("{rows} rows written to {}", place.display());
    store.close().await;
    Ok(())
}

/// Fills an empty store: all of it or nothing.
#[expect(clippy::print_stdout, reason = "says what was restored")]
pub(crate) async fn restore(args: RestoreArgs, store: &StoreArgs, file: &File) -> Result<()> {
    let source = tokio::fs::File::open(&args.file)
        .await
        .with_context(|| format!("{} cannot be read", args.file.display()))?;
    let (_, store) = super::open(store, file).await?;
    let rows = store.restore(BufReader::new(source)).await.context("nothing was restored")?;
    println!("{rows} rows restored from {}", args.file.display());
    store.close().await;
    Ok(())
}
