//! Importing what another system exported (integrations §4.2): one transaction, one recomputation, one report.

mod align;
mod check_ins;
mod comments;
mod goal_fields;
mod goal_row;
mod goals;
mod links;
mod mapping;
mod merge;
mod people;
mod periods;
mod prepare;
mod progress;
mod report;
mod run;
mod shares;
mod tags;
mod teams;

pub use mapping::{Mapping, NewPeople, PeriodChoice, PersonChoice, Word};
pub use progress::{Phase, Progress};
pub use report::{Count, ImportReport, Line, Outcome};

use northing_connectors::import_model::ImportSet;
use northing_store::Failure;

use crate::{Actor, Error, Northing, Result, Scope};

/// Why the transaction of an import ended without being kept.
enum Ended {
    Failed(Error),
    /// It was only tried.
    Tried(Box<ImportReport>),
}

impl From<Failure> for Ended {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What begins the external identifiers of a set: its system and the organisation's number there.
#[must_use]
pub fn source_of(set: &ImportSet) -> String {
    format!("vivagoals:{}", set.organisation.as_deref().unwrap_or("unknown"))
}

impl Northing {
    /// Imports a set: all of it in one transaction, records that cannot be taken over apart, which the report names. A
    /// record that says what it said at the last import is left as it is now. `source` begins the external identifiers,
    /// for example `vivagoals`. With `dry_run` nothing is kept.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; those of the store.
    pub async fn import_set(
        &self,
        actor: &Actor,
        source: &str,
        set: ImportSet,
        dry_run: bool,
    ) -> Result<ImportReport> {
        actor.need(Scope::Admin)?;
        let set = prepare::prepare(set, &Mapping::default());
        let work = (self.clone(), actor.clone(), source.to_owned(), set);
        let done = self
            .store
            .write(work, move |tx, (app, actor, source, set)| {
                Box::pin(async move {
                    let order = run::Order {
                        source,
                        mapping: &Mapping::default(),
                        dry_run,
                        progress: &Progress::default(),
                    };
                    let report = run::run(tx, app, actor, &order, set).await?;
                    if dry_run { Err(Ended::Tried(Box::new(report))) } else { Ok(report) }
                })
            })
            .await;
        match done {
            Ok(report) => Ok(report),
            Err(Ended::Tried(report)) => Ok(*report),
            Err(Ended::Failed(error)) => Err(error),
        }
    }
}
