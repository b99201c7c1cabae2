//! An organisation's worth of invented goals, people and teams, from a seed: for measuring, and for trying things out at size.

mod course;
mod dice;
mod ground;
mod plan;
mod rows;
mod words;

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_store::Event;
use serde_json::json;

use crate::{Actor, Error, Northing, Result, Scope};

/// The most goals that are made at once.
pub const MOST_GOALS: usize = 1_000_000;
/// Goals written in one transaction, so that the store never holds a change of gigabytes.
const TOGETHER: usize = 1_000;

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generate {
    /// How many goals, 1 to [`MOST_GOALS`].
    pub goals: usize,
    /// The same seed makes the same people, teams, goals and check-ins; only identifiers and the day differ.
    pub seed: u64,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being made: `people`, `goals`.
    pub what: &'static str,
    /// How many of them are there.
    pub done: usize,
    /// How many there will be.
    pub all: usize,
}

/// What was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Generated {
    /// Teams.
    pub teams: usize,
    /// People.
    pub people: usize,
    /// Goals.
    pub goals: usize,
    /// Their check-ins.
    pub check_ins: usize,
}

impl Northing {
    /// Fills an organisation with invented people, teams and goals. Goals are written in several transactions, parents
    /// before children: one that is interrupted leaves what was written until then, all of it consistent.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins, [`Error::Invalid`] for a wrong number,
    /// [`Error::Refused`] where the organisation holds the goals of this seed already.
    pub async fn generate(
        &self,
        actor: &Actor,
        what: Generate,
        tell: &(dyn Fn(Progress) + Send + Sync),
    ) -> Result<Generated> {
        actor.need(Scope::Admin)?;
        if !(1..=MOST_GOALS).contains(&what.goals) {
            let message = format!("must be from 1 to {MOST_GOALS}");
            return Err(FieldError::new("goals", "out_of_range", message).into());
        }
        let now = self.now();
        let people = plan::people(what.goals);
        tell(Progress { what: "people", done: 0, all: people });
        let work = (self.clone(), actor.clone());
        let ground = self
            .store
            .write(work, move |tx, (app, actor)| {
                Box::pin(async move { ground::lay(tx, app, actor, what, now).await })
            })
            .await?;
        tell(Progress { what: "people", done: people, all: people });
        let sketches = plan::plan(&ground, what.goals, what.seed, || self.new_id());
        let course = course::run(&ground, &sketches, what.seed, now)?;
        let writer =
            rows::Writer { org_id: actor.org_id, seed: what.seed, now, sketches: &sketches, course: &course };
        let mut made =
            Generated { teams: ground.teams.len(), people, goals: what.goals, ..Generated::default() };
        tell(Progress { what: "goals", done: 0, all: what.goals });
        for from in (0..sketches.len()).step_by(TOGETHER) {
            let to = (from + TOGETHER).min(sketches.len());
            let part = writer.part(from..to, || self.new_id());
            made.check_ins += part.check_ins.len();
            let change = self.new_id();
            self.store
                .write(part, move |tx, part| Box::pin(async move { part.write(tx, change).await }))
                .await?;
            tell(Progress { what: "goals", done: to, all: what.goals });
        }
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let detail = json!({
                        "files": [format!("northing generate --goals {} --seed {}", what.goals, what.seed)],
                        "counts": { "team": made.teams, "person": made.people, "goal": made.goals, "check_in": made.check_ins },
                    });
                    app.note(tx, actor, EventKind::ImportFinished, None, detail).await?;
                    tx.announce(Event::everything(actor.org_id));
                    Ok::<_, Error>(())
                })
            })
            .await?;
        Ok(made)
    }
}

/// The organisation holds the goals of this seed.
fn taken(seed: u64) -> Error {
    let message =
        format!("The organisation already holds what seed {seed} makes: choose another seed with --seed.");
    Refusal::new("seed_taken", message).into()
}
