//! `northing import`: what another system exported, into an organisation.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use northing_app::import::{ImportReport, Line, Mapping, Outcome, csv_head};
use northing_app::{Actor, Northing};
use northing_connectors::viva_goals::InputFile;

use crate::config::{File, StoreArgs};

/// Lines of a report that are read at once.
const PAGE: u16 = 1_000;

/// Options of `import`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The organisation, by its short name in addresses
    #[arg(long, env = "NORTHING_ORG")]
    org: String,
    /// Who is who, which word means what, and which period is which: JSON, as --write-mapping writes it
    #[arg(long, env = "NORTHING_MAPPING")]
    mapping: Option<PathBuf>,
    /// Write what cannot be matched by itself to this file, to be filled in for --mapping; import nothing
    #[arg(long, env = "NORTHING_WRITE_MAPPING", conflicts_with = "mapping")]
    write_mapping: Option<PathBuf>,
    /// Say what would happen and keep nothing
    #[arg(long, env = "NORTHING_DRY_RUN")]
    dry_run: bool,
    /// Write what became of every record to this file: JSON where its name ends so, else CSV
    #[arg(long, env = "NORTHING_REPORT")]
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
    let mapping = match &args.mapping {
        Some(place) => {
            let text = std::fs::read_to_string(place)
                .with_context(|| format!("{} cannot be read", place.display()))?;
            Mapping::read(&text).with_context(|| format!("{} is no mapping", place.display()))?
        }
        None => Mapping::default(),
    };
    let (app, store) = super::open_existing(store, file).await?;
    let actor = super::owner_of(&app, &args.org).await?;
    if let Some(place) = &args.write_mapping {
        let draft = app.draft_import(&actor, files).await?;
        store.close().await;
        let text = serde_json::to_string_pretty(&draft.mapping())?;
        return std::fs::write(place, text + "\n")
            .with_context(|| format!("{} cannot be written", place.display()));
    }
    let report = app.import_files(&actor, files, mapping, args.dry_run).await?;
    if let Some(place) = &args.report {
        let written = write(place, &app, &actor, &report).await;
        written.with_context(|| format!("{} cannot be written", place.display()))?;
    }
    store.close().await;
    tell(&report);
    let failed = report.total(Outcome::Failed);
    if failed > 0 {
        let records = if failed == 1 { "1 record" } else { &format!("{failed} records") };
        match &args.report {
            Some(place) => bail!("{records} could not be taken over: {} says which and why", place.display()),
            None => {
                bail!("{records} could not be taken over: name a file with --report to see which and why")
            }
        }
    }
    Ok(())
}

/// Writes the report, line by line: those of a long import do not stand in memory.
async fn write(place: &Path, app: &Northing, actor: &Actor, report: &ImportReport) -> Result<()> {
    let json = place.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    let mut to = BufWriter::new(std::fs::File::create(place)?);
    if json {
        let counts = serde_json::to_string(&report.counts)?;
        write!(to, "{{\n  \"dry_run\": {},\n  \"counts\": {counts},\n  \"lines\": [", report.dry_run)?;
    } else {
        to.write_all(csv_head().as_bytes())?;
    }
    let (mut first, mut after) = (true, 0);
    loop {
        let stored;
        let lines: Vec<&Line> = match report.import {
            Some(id) => {
                stored = app.import_report(actor, id, after, PAGE).await?;
                after = stored.last().map_or(after, |(number, _)| *number);
                stored.iter().map(|(_, line)| line).collect()
            }
            None => report.lines.iter().collect(),
        };
        for line in &lines {
            if json {
                let comma = if first { "" } else { "," };
                write!(to, "{comma}\n    {}", serde_json::to_string(line)?)?;
            } else {
                let mut text = String::new();
                line.csv(&mut text);
                to.write_all(text.as_bytes())?;
            }
            first = false;
        }
        if report.import.is_none() || lines.is_empty() {
            break;
        }
    }
    if json {
        to.write_all(b"\n  ]\n}\n")?;
    }
    to.flush()?;
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
