//! `northing generate`: invented goals, people and teams in an organisation, to try and measure Northing at size.

use std::io::{IsTerminal, Write};

use anyhow::Result;
use northing_app::generate::{Generate, Progress};

use crate::config::{File, StoreArgs};

/// Options of `generate`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The organisation, by its short name in addresses; what it holds stays
    #[arg(long, env = "NORTHING_ORG")]
    org: String,
    /// How many goals, with a team for every forty and a person for every five
    #[arg(long, env = "NORTHING_GOALS")]
    goals: usize,
    /// The same seed makes the same organisation
    #[arg(long, env = "NORTHING_SEED", default_value_t = 1)]
    seed: u64,
}

/// Makes them, says on standard error how far it is, and on standard output what was made.
#[expect(clippy::print_stdout, reason = "says what was made")]
pub(crate) async fn run(args: Args, store: &StoreArgs, file: &File) -> Result<()> {
    let (app, store) = super::open_existing(store, file).await?;
    let actor = super::owner_of(&app, &args.org).await?;
    let what = Generate { goals: args.goals, seed: args.seed };
    let made = app.generate(&actor, what, &tell).await?;
    println!(
        "{} goals with {} check-ins, {} teams, {} people",
        made.goals, made.check_ins, made.teams, made.people
    );
    store.close().await;
    Ok(())
}

/// One line that is written over on a terminal; else a line for every tenth.
#[expect(clippy::print_stderr, reason = "progress is not the result")]
fn tell(progress: Progress) {
    let Progress { what, done, all } = progress;
    if std::io::stderr().is_terminal() {
        eprint!("\r{what}: {done} of {all} ");
        if done == all {
            eprintln!();
        }
        // A terminal that is gone does not stop the work.
        let _gone = std::io::stderr().flush();
    } else if done == all || done % (all / 10).max(1) == 0 {
        eprintln!("{what}: {done} of {all}");
    }
}
