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

/// Goals that are generated; the rest are copies of them, which differ in their identifiers alone.
const GENERATED: usize = 20_000;

async fn measure(engine: Engine, goals: usize) -> Result<()> {
    let start = Instant::now();
    let first = goals.min(GENERATED);
    let site = Site::new(engine, first).await?;
    let generated = start.elapsed();
    for number in 1..goals.div_ceil(first.max(1)) {
        copy(&site, format!("a{number:07x}")).await?;
    }
    site.settle().await?;
    let title = format!("Roll-up of a whole organisation of {goals} goals, {engine:?}");
    let table = Table::new(&title, &["what", "time", "goals", "target", "memory"]);
    table.row([
        "northing generate of a part, for comparison".into(),
        time(generated),
        first.to_string(),
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

/// The generated goals and their alignments once more, with identifiers that begin otherwise.
async fn copy(site: &Site, prefix: String) -> Result<()> {
    site.db
        .write(prefix, |tx, prefix| {
            Box::pin(async move {
                sql("INSERT INTO goals (id, org_id, kind, title, search_text, description, level, check_in_owner_id, delegate_id, \
                     period_id, start_date, due_date, metric_kind, metric_name, metric_unit, metric_start, metric_target, \
                     risk_threshold, metric_current, phases, progress_mode, automatic_stopped, new_children_contribute, progress, \
                     progress_unclamped, status, automatic_status, status_is_manual, score, closed_at, closed_by, committed, \
                     visibility, align_restricted, position, child_count, parent_count, last_check_in_at, last_source, external_id, \
                     created_by, version, created_at, updated_at) \
                     SELECT $1 || substr(id, 9), org_id, kind, title, search_text, description, level, check_in_owner_id, delegate_id, \
                     period_id, start_date, due_date, metric_kind, metric_name, metric_unit, metric_start, metric_target, \
                     risk_threshold, metric_current, phases, progress_mode, automatic_stopped, new_children_contribute, progress, \
                     progress_unclamped, status, automatic_status, status_is_manual, score, closed_at, closed_by, committed, \
                     visibility, align_restricted, position, child_count, parent_count, last_check_in_at, last_source, \
                     $1 || external_id, created_by, version, created_at, updated_at FROM goals WHERE substr(id, 1, 1) = '0'")
                    .bind(prefix)
                    .execute(tx)
                    .await?;
                sql("INSERT INTO alignments (parent_id, child_id, share, fixed, position, parent_position) \
                     SELECT $1 || substr(parent_id, 9), $1 || substr(child_id, 9), share, fixed, position, parent_position \
                     FROM alignments WHERE substr(parent_id, 1, 1) = '0'")
                    .bind(prefix)
                    .execute(tx)
                    .await
            })
        })
        .await?;
    Ok(())
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
