//! `northing export`: a whole organisation as a file.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use northing_app::export::{Export, ExportFormat};
use tokio::io::{AsyncWrite, AsyncWriteExt, BufWriter};

use crate::config::{File, StoreArgs};

/// Options of `export`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The organisation, by its short name in addresses
    #[arg(long, env = "NORTHING_ORG")]
    org: String,
    /// json (a ZIP of everything, can be imported again), csv or xlsx (goals with their check-ins)
    #[arg(long, env = "NORTHING_FORMAT", value_name = "json|csv|xlsx")]
    format: ExportFormat,
    /// The file to write, which must not exist yet; without it the standard output
    #[arg(long, env = "NORTHING_OUTPUT")]
    output: Option<PathBuf>,
}

/// Writes the export; to a file it is moved into place when it is complete.
pub(crate) async fn run(args: Args, store: &StoreArgs, file: &File) -> Result<()> {
    if let Some(place) = &args.output
        && place.exists()
    {
        bail!("{} exists already: name another file, or remove it first", place.display());
    }
    if args.output.is_none() && args.format != ExportFormat::Csv && std::io::stdout().is_terminal() {
        bail!("a file of this form is not for a terminal: name one with --output, or redirect the output");
    }
    let (app, store) = super::open_existing(store, file).await?;
    let actor = super::owner_of(&app, &args.org).await?;
    let mut export = app.export_organization(&actor, args.format).await?;
    match &args.output {
        Some(place) => to_file(&mut export, place).await?,
        None => write(&mut export, &mut tokio::io::stdout()).await.context("the output cannot be written")?,
    }
    drop(export);
    store.close().await;
    Ok(())
}

async fn to_file(export: &mut Export, place: &Path) -> Result<()> {
    let draft = place.with_extension("part");
    let name = || format!("{} cannot be written", draft.display());
    let mut to = BufWriter::new(tokio::fs::File::create(&draft).await.with_context(name)?);
    if let Err(error) = write(export, &mut to).await {
        // What is there is of no use; that it cannot be removed is no further trouble.
        let _left = tokio::fs::remove_file(&draft).await;
        return Err(error).with_context(name);
    }
    to.into_inner().sync_all().await.with_context(name)?;
    tokio::fs::rename(&draft, place).await.with_context(|| format!("{} cannot be written", place.display()))
}

async fn write(export: &mut Export, to: &mut (impl AsyncWrite + Unpin)) -> Result<()> {
    while let Some(part) = export.next().await? {
        to.write_all(&part).await?;
    }
    Ok(to.flush().await?)
}
