//! A check-in that moves eight levels against one durable insert, alone and by eight writers at once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use northing_app::check_in::NewCheckIn;
use northing_core::check_in::CheckInInput;
use northing_core::values::Id;
use northing_store::{Engine, Failure, Store, sql};
use northing_testkit::database::Database;
use northing_testkit::tree::Tree;

use crate::options::Options;
use crate::table::{Table, median, ratio, time};

const LEVELS: usize = 8;
const WRITERS: usize = 8;
/// Changes of each writer.
const EACH: u32 = 100;

pub(crate) async fn run(options: &Options) -> Result<()> {
    for &engine in &options.engines {
        measure(engine, options.rounds).await?;
    }
    Ok(())
}

async fn measure(engine: Engine, rounds: usize) -> Result<()> {
    let db = Database::new(engine).await?;
    let tree = Tree::new(db.store()).await?;
    let mut plants = vec![tree.objective(&[])];
    for level in 1..LEVELS {
        let above = plants.get(level - 1).context("a level is missing")?.id;
        plants.push(tree.objective(&[above]));
    }
    let levels: Vec<Id> = plants.iter().map(|plant| plant.id).collect();
    let mut leaves = Vec::new();
    for level in &levels {
        for place in 0..5 {
            plants.push(tree.key_result(&[*level]));
            if place == 0 {
                leaves.extend(plants.last().map(|plant| plant.id));
            }
        }
    }
    let leaf = plants.last().context("no leaf")?.id;
    tree.plant(&plants).await?;
    let (mut inserts, mut check_ins) = (Vec::new(), Vec::new());
    for n in 0..rounds.max(1) {
        let start = Instant::now();
        insert(&db, tree.app.new_id(), tree.org).await?;
        inserts.push(start.elapsed());
        let start = Instant::now();
        check_in(&tree, leaf, u32::try_from(n)?).await?;
        check_ins.push(start.elapsed());
    }
    let table =
        Table::new(&format!("Check-ins, {engine:?}, durable"), &["what", "median", "ratio", "target"]);
    let (one, other) = (median(&mut inserts), median(&mut check_ins));
    table.row(["one insert".into(), time(one), String::new(), String::new()]);
    table.row([
        format!("check-in with roll-up through {LEVELS} levels"),
        time(other),
        format!("{:.1}×", ratio(other, one)),
        "≤ 8×".into(),
    ]);
    let (store, org, app) = (db.store(), tree.org, tree.app.clone());
    let bare = together(|_| {
        let (store, app) = (store.clone(), app.clone());
        tokio::spawn(async move {
            for _ in 0..EACH {
                insert(&store, app.new_id(), org).await?;
            }
            anyhow::Ok(())
        })
    })
    .await?;
    let owner = tree.owner.clone();
    let checked = together(|writer| {
        let (app, owner) = (app.clone(), owner.clone());
        let leaf = leaves.get(writer).copied().unwrap_or(leaf);
        tokio::spawn(async move {
            for n in 0..EACH {
                let input = CheckInInput { value: Some(f64::from(n % 100)), ..CheckInInput::default() };
                app.create_check_in(&owner, leaf, NewCheckIn { input, ..NewCheckIn::default() }).await?;
            }
            anyhow::Ok(())
        })
    })
    .await?;
    let rate = |time: Duration| f64::from(EACH) * 8.0 / time.as_secs_f64();
    let lost = tree.wrong().await?;
    ensure!(lost.is_empty(), "check-ins were lost: {lost:?}");
    table.row([
        format!("{WRITERS} writers, one insert each, sharing commits"),
        format!("{:.0}/s", rate(bare)),
        String::new(),
        String::new(),
    ]);
    table.row([
        format!("{WRITERS} writers under one root, none lost"),
        format!("{:.0}/s", rate(checked)),
        format!("{:.2}×", rate(checked) / rate(bare)),
        String::new(),
    ]);
    // What a plain program does, which commits each insert before the next: the rate of the first line.
    table.row([
        "the same against one insert after another".into(),
        format!("{:.0}/s", 1.0 / one.as_secs_f64()),
        format!("{:.2}×", rate(checked) * one.as_secs_f64()),
        "≥ 0.5×".into(),
    ]);
    db.finish().await
}

async fn together(writer: impl Fn(usize) -> tokio::task::JoinHandle<Result<()>>) -> Result<Duration> {
    let start = Instant::now();
    let writers: Vec<_> = (0..WRITERS).map(writer).collect();
    for writer in writers {
        writer.await??;
    }
    Ok(start.elapsed())
}

async fn insert(store: &Store, id: Id, org: Id) -> Result<(), Failure> {
    let row = "INSERT INTO tags (id, org_id, name, name_key, created_at) VALUES ($1, $2, 'x', $1, 0)";
    store
        .write((id, org), move |tx, (id, org)| {
            Box::pin(async move { sql(row).bind(*id).bind(*org).execute(tx).await.map(|_| ()) })
        })
        .await
}

async fn check_in(tree: &Tree, leaf: Id, n: u32) -> Result<()> {
    let input = CheckInInput { value: Some(f64::from(n % 101)), ..CheckInInput::default() };
    tree.app.create_check_in(&tree.owner, leaf, NewCheckIn { input, ..NewCheckIn::default() }).await?;
    Ok(())
}
