//! The samples of exports, and exports as a whole.

use std::path::Path;

use anyhow::{Context, Result};
use northing_app::export::ExportFormat;
use northing_app::{Actor, Northing};
use northing_connectors::import_model::ImportSet;
use northing_connectors::viva_goals::{InputFile, read, recognise};

/// The set that a folder of the samples holds.
pub(crate) fn sample(folder: &str) -> Result<ImportSet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors/tests/samples").join(folder);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a name")?;
        files.push(InputFile { name, bytes: std::fs::read(entry.path())? });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(read(&recognise(&files)?)?)
}

/// Every part of an export, and how many there were.
pub(crate) async fn export_parts(
    northing: &Northing,
    actor: &Actor,
    format: ExportFormat,
) -> Result<(InputFile, usize)> {
    let mut export = northing.export_organization(actor, format).await?;
    let (name, mut bytes, mut parts) = (export.file_name().to_owned(), Vec::new(), 0);
    while let Some(part) = export.next().await? {
        bytes.extend(part);
        parts += 1;
    }
    Ok((InputFile { name, bytes }, parts))
}

/// An export as one file.
pub(crate) async fn whole_export(
    northing: &Northing,
    actor: &Actor,
    format: ExportFormat,
) -> Result<InputFile> {
    Ok(export_parts(northing, actor, format).await?.0)
}
