//! Importing what another system exported (integrations §4.2): one transaction, one recomputation, one report.

mod align;
mod check_ins;
mod comments;
mod draft;
mod goal_fields;
mod goal_row;
mod goals;
mod links;
mod mapping;
mod merge;
mod own;
mod past;
mod people;
mod periods;
mod prepare;
mod progress;
mod report;
mod run;
mod shares;
mod summary;
mod tags;
mod teams;
mod undo;
mod upload;
mod view;
mod work;

pub use draft::{Draft, FileSummary, PeriodQuestion, PersonQuestion, StatusQuestion, TypeQuestion};
pub use mapping::{Mapping, NewPeople, PeriodChoice, PersonChoice, Word};
pub use progress::{Phase, Progress};
pub use report::{Count, ImportReport, Line, Outcome, csv_head, csv_rows};
pub use summary::{Summary, TreeLine, Warning, effect_name};
pub use undo::UndoPlan;
pub use upload::Upload;
pub use view::{DETAILS_DAYS, ImportView, LineView};
pub use work::Running;

pub use northing_store::imports::{Import, LineFilter, State};
pub(crate) use work::KIND;

use northing_connectors::import_model::ImportSet;
use northing_connectors::northing::TEMPLATE;
use northing_connectors::viva_goals::InputFile;
use northing_core::values::Id;
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
    named_source(set.organisation.as_deref().unwrap_or("unknown"))
}

/// What begins the external identifiers of an organisation: Viva Goals numbers them, Northing names them by identifiers.
fn named_source(organisation: &str) -> String {
    let system =
        if organisation == TEMPLATE || organisation.parse::<Id>().is_ok() { "northing" } else { "vivagoals" };
    format!("{system}:{organisation}")
}

impl Northing {
    /// Imports a set: all of it in one transaction, records that cannot be taken over apart, which the report names. What a
    /// newer set changed is taken over field by field, unless people changed it here since. `source` begins the external
    /// identifiers, for example `vivagoals:70731`. With `dry_run` nothing is kept. The list of imports does not show it.
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
        let asked = Asked { source: source.to_owned(), mapping: Mapping::default(), dry_run, listed: None };
        self.import_now(actor, asked, set).await
    }

    /// Imports files at once, as the command line does; the list of imports shows it, and it can be undone there.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files` where they cannot be read; [`Error::Forbidden`] for everyone but owners and admins.
    pub async fn import_files(
        &self,
        actor: &Actor,
        files: Vec<InputFile>,
        mapping: Mapping,
        dry_run: bool,
    ) -> Result<ImportReport> {
        self.may_import(actor).await?;
        let set = self.read_files(actor.org_id, files).await?;
        let source = mapping.organisation.as_deref().map_or_else(|| source_of(&set), named_source);
        let listed = (!dry_run).then(|| draft::files(&set));
        self.import_now(actor, Asked { source, mapping, dry_run, listed }, set).await
    }

    /// What somebody should look at before importing files; [`Draft::mapping`] is what they may fill in.
    ///
    /// # Errors
    /// As [`Self::import_files`].
    pub async fn draft_import(&self, actor: &Actor, files: Vec<InputFile>) -> Result<Draft> {
        self.may_import(actor).await?;
        let set = self.read_files(actor.org_id, files).await?;
        let mut rx = self.store.read().await?;
        draft::draft(&mut rx, actor.org_id, &source_of(&set), &set).await
    }

    async fn import_now(&self, actor: &Actor, asked: Asked, set: ImportSet) -> Result<ImportReport> {
        actor.need(Scope::Admin)?;
        let set = prepare::prepare(set, &asked.mapping);
        let work = (self.clone(), actor.clone(), asked, set);
        let done = self
            .store
            .write(work, move |tx, (app, actor, asked, set)| {
                Box::pin(async move {
                    let Asked { source, mapping, dry_run, listed } = asked;
                    let progress = Progress::default();
                    let order = run::Order { source, mapping, dry_run: *dry_run, progress: &progress };
                    let report = run::run(tx, app, actor, &order, set).await?;
                    if *dry_run {
                        return Err(Ended::Tried(Box::new(report)));
                    }
                    if let Some(files) = listed {
                        let import = app.listed(actor, source, mapping, files)?;
                        northing_store::imports::insert(tx, &import).await?;
                        app.keep(tx, &import, report.clone(), State::Finished).await?;
                    }
                    Ok(report)
                })
            })
            .await;
        match done {
            Ok(report) => Ok(report),
            Err(Ended::Tried(report)) => Ok(*report),
            Err(Ended::Failed(error)) => Err(error),
        }
    }

    /// An import that is done at once, for the list.
    fn listed(
        &self,
        actor: &Actor,
        source: &str,
        mapping: &Mapping,
        files: &[FileSummary],
    ) -> Result<Import> {
        let now = self.now();
        Ok(Import {
            id: self.new_id(),
            org_id: actor.org_id,
            created_by: Some(actor.user_id),
            created_by_name: None,
            via: actor.via.name().to_owned(),
            state: State::Running,
            dry_run: false,
            source: Some(source.to_owned()),
            files: work::json(&files)?,
            draft: None,
            mapping: work::json(mapping)?,
            total: 0,
            done: 0,
            summary: None,
            error: None,
            version: 1,
            created_at: now,
            updated_at: now,
            finished_at: None,
        })
    }
}

/// What is asked of an import that is done at once.
struct Asked {
    source: String,
    mapping: Mapping,
    dry_run: bool,
    /// Its files, where it is to be listed.
    listed: Option<Vec<FileSummary>>,
}
