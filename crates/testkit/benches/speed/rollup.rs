//! The roll-up of a whole organisation, as after an import that changed every key result.

use std::time::Instant;

use anyhow::Result;
use northing_store::{Engine, cone, sql};

use crate::options::Options;
use crate::site::Site;
use crate::table::{Table, time};

pub(crate) async fn run(options: &Options) -> Result<()> {
    for &engine in &options.engines {
        measure(engine, options.rollup).await?;
    }
    Ok(())
}

async fn measure(engine: Engine, goals: usize) -> Result<()> {
    let start = Instant::now();
    let site = Site::new(engine, goals).await?;
    let generated = start.elapsed();
    let title = format!("Roll-up of a whole organisation of {goals} goals, {engine:?}");
    let table = Table::new(&title, &["what", "time", "goals", "target", "memory"]);
    table.row([
        "northing generate, for comparison".into(),
        time(generated),
        goals.to_string(),
        String::new(),
        memory()?,
    ]);
    let start = Instant::now();
    let cone = cone::load_organization(&mut site.db.read().await?, site.app.org).await?;
    table.row([
        "of it loading".into(),
        time(start.elapsed()),
        cone.len().to_string(),
        String::new(),
        memory()?,
    ]);
    drop(cone);
    // As an import leaves it: what people check in on stands as the files say, all above is still as it was.
    site.db
        .write(site.app.org, |tx, org| {
            Box::pin(async move {
                sql("UPDATE goals SET metric_current = metric_start + 0.4 * (metric_target - metric_start), progress = 40, \
                     progress_unclamped = 40, last_source = 'import' WHERE org_id = $1 AND kind = 'key_result' \
                     AND status NOT IN ('closed', 'postponed') AND metric_kind IN ('percent', 'increase', 'decrease', 'reach')")
                    .bind(*org)
                    .execute(tx)
                    .await
            })
        })
        .await?;
    for what in ["after an import", "again, where nothing moved"] {
        let start = Instant::now();
        let moved = site.app.northing.recompute_all(site.app.org).await?;
        table.row([
            format!("{what}, in one transaction"),
            time(start.elapsed()),
            moved.to_string(),
            "≤ 5 s".into(),
            memory()?,
        ]);
    }
    site.db.finish().await
}

/// What this process holds now, and held at most.
fn memory() -> Result<String> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let mib = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kib =
            line.and_then(|line| line.split_whitespace().next()).and_then(|kib| kib.parse::<u64>().ok());
        kib.unwrap_or(0) / 1024
    };
    Ok(format!("{} MiB ({} peak)", mib("VmRSS:"), mib("VmHWM:")))
}
