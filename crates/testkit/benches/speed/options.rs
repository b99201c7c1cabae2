//! What to measure, and how much of it.

use anyhow::{Context, Result, bail};
use northing_store::Engine;

const USAGE: &str = "\
make bench ARGS=\"…\"

  --only PARTS    growth, pages, check-in, rollup, weight, process, sources, comma between; all without it
  --goals N       the largest organisation of growth, pages and process [default: 20000]
  --rollup N      goals of the organisation that is rolled up [default: 200000]
  --links N       goals that follow Azure DevOps in sources, 20 to each query of 400 items [default: 10000]
  --rounds N      how often each page is asked for [default: 200]
  --postgres      growth, check-in, rollup and sources on PostgreSQL instead of SQLite
  --both          on both engines, one after the other";

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Growth,
    Pages,
    CheckIn,
    Rollup,
    Weight,
    Process,
    Sources,
}

const PARTS: [(&str, Part); 7] = [
    ("growth", Part::Growth),
    ("pages", Part::Pages),
    ("check-in", Part::CheckIn),
    ("rollup", Part::Rollup),
    ("weight", Part::Weight),
    ("process", Part::Process),
    ("sources", Part::Sources),
];

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    pub(crate) parts: Vec<Part>,
    pub(crate) goals: usize,
    pub(crate) rollup: usize,
    pub(crate) links: usize,
    pub(crate) rounds: usize,
    pub(crate) engines: Vec<Engine>,
}

impl Options {
    /// Reads the arguments; nothing where only help was wanted.
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> Result<Option<Self>> {
        let mut options = Self {
            parts: PARTS.iter().map(|(_, part)| *part).collect(),
            goals: 20_000,
            rollup: 200_000,
            links: 10_000,
            rounds: 200,
            engines: vec![Engine::Sqlite],
        };
        let mut arguments = arguments.filter(|argument| argument != "--bench");
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().with_context(|| format!("{argument} needs a value"));
            match argument.as_str() {
                "--help" | "-h" => {
                    println!("{USAGE}");
                    return Ok(None);
                }
                "--only" => options.parts = value()?.split(',').map(part).collect::<Result<_>>()?,
                "--goals" => options.goals = value()?.parse().context("--goals takes a number")?,
                "--rollup" => options.rollup = value()?.parse().context("--rollup takes a number")?,
                "--links" => options.links = value()?.parse().context("--links takes a number")?,
                "--rounds" => options.rounds = value()?.parse().context("--rounds takes a number")?,
                "--postgres" => options.engines = vec![Engine::Postgres],
                "--both" => options.engines = vec![Engine::Sqlite, Engine::Postgres],
                other => bail!("there is no option {other}\n\n{USAGE}"),
            }
        }
        Ok(Some(options))
    }
}

fn part(name: &str) -> Result<Part> {
    let found = PARTS.iter().find(|(known, _)| *known == name.trim());
    found.map(|(_, part)| *part).with_context(|| format!("there is no part {name}\n\n{USAGE}"))
}
