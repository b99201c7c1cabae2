//! `northing import`: what another system exported, into an organisation.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use northing_app::import::{ImportReport, Outcome};
use northing_connectors::viva_goals::{InputFile, read, recognise};

use crate::config::{File, StoreArgs};

/// Options of `import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The organisation, by its short name in addresses
    #[arg(long)]
    org: String,
    /// Say what would happen and keep nothing
    #[arg(long)]
    dry_run: bool,
    /// Write what became of every record to this file: JSON where its name ends so, else CSV
    #[arg(long)]
    report: Option<PathBuf>,
    /// The files of one export, loose or as the ZIP
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// Reads the files, imports them and says how it went.
pub(crate) async fn run(args: Args, store: &StoreArgs, file: &File) -> Result<()> {
    let mut files = Vec::new();
    for place in &args.files {
        let name = place
            .file_name()
            .map_or_else(|| place.display().to_string(), |name| name.to_string_lossy().into_owned());
        let bytes = std::fs::read(place).with_context(|| format!("{} cannot be read", place.display()))?;
        files.push(InputFile { name, bytes });
    }
    let set = read(&recognise(&files)?)?;
    drop(files);
    let (app, store) = super::open(store, file).await?;
    let actor = app.operator_of(&args.org).await?;
    let report = app.import_set(&actor, &northing_app::import::source_of(&set), set, args.dry_run).await?;
    store.close().await;
    if let Some(place) = &args.report {
        let json = place.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        let text = if json { serde_json::to_string_pretty(&report)? } else { report.csv() };
        std::fs::write(place, text).with_context(|| format!("{} cannot be written", place.display()))?;
    }
    tell(&report);
    if report.total(Outcome::Failed) > 0 && args.report.is_none() {
        bail!("some records could not be taken over: name a file with --report to see which and why");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "says what was imported")]
fn tell(report: &ImportReport) {
    if report.dry_run {
        println!("Tried only; nothing was kept.");
    }
    println!("{:<10} {:>8} {:>8} {:>8} {:>7}", "", "created", "updated", "skipped", "failed");
    for (entity, count) in &report.counts {
        println!(
            "{entity:<10} {:>8} {:>8} {:>8} {:>7}",
            count.created, count.updated, count.skipped, count.failed
        );
    }
}
