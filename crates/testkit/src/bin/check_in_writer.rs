//! Plants a tree in a store of its own and checks in on its leaves with four writers until it is killed, with a line on
//! standard output for every check-in that was acknowledged. `check_in_writer STORE ROUND`.

use std::path::PathBuf;

use anyhow::{Context, Result};
use northing_app::check_in::NewCheckIn;
use northing_core::check_in::CheckInInput;
use northing_store::{Store, StoreUrl};
use northing_testkit::tree::Tree;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stdout, reason = "its output is the acknowledgement")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let path = PathBuf::from(arguments.next().context("which store?")?);
    let round: u64 = arguments.next().context("which round?")?.to_string_lossy().parse()?;
    let store = Store::open(&StoreUrl::Sqlite(path)).await?;
    // A tree of its own in each round: the same ids never come twice.
    let tree = Tree::seeded(store, round + 100).await?;
    let mut plants = vec![tree.objective(&[])];
    for _ in 0..6 {
        let above = plants.last().context("a root")?.id;
        plants.push(tree.objective(&[above]));
    }
    let bottom = plants.last().context("a root")?.id;
    let leaves: Vec<_> = (0..4).map(|_| tree.key_result(&[bottom])).collect();
    plants.extend(leaves.iter().cloned());
    tree.plant(&plants).await?;
    println!("org {}", tree.org);
    let mut writers = tokio::task::JoinSet::new();
    for leaf in leaves {
        let (app, owner) = (tree.app.clone(), tree.owner.clone());
        writers.spawn(async move {
            for n in 0..1_000_000_u32 {
                let input = CheckInInput { value: Some(f64::from(n % 101)), ..CheckInInput::default() };
                let new = NewCheckIn { input, ..NewCheckIn::default() };
                let done = app.create_check_in(&owner, leaf.id, new).await?;
                println!("done {} {}", leaf.id, done.check_in.context("no check-in")?.id);
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended??;
    }
    Ok(())
}
