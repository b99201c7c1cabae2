//! Importing what another system exported (integrations §4.2): written in parts, recomputed once, told in one report.

mod align;
mod before;
mod belonging;
mod check_ins;
mod comments;
mod draft;
mod finish;
mod goal_fields;
mod goal_row;
mod goals;
mod job;
mod links;
mod mapping;
mod merge;
mod own;
mod past;
mod pen;
mod people;
mod periods;
mod prepare;
mod progress;
mod report;
mod restore;
mod run;
mod saying;
mod settle;
mod shares;
mod summary;
mod tags;
mod teams;
mod undo;
mod upload;
mod view;
mod who;
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
use northing_store::jobs;

use pen::{How, Pen};
use report::Keeping;

use crate::{Actor, Error, Northing, Result, Scope};

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
    /// identifiers, for example `vivagoals:70731`. With `dry_run` nothing is kept. The list of imports does not show it, and who
    /// checks in meanwhile waits: for filling an organisation before people come.
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
        self.import_whole(actor, source, &Mapping::default(), set, dry_run).await
    }

    /// Imports files at once, as the command line does; the list of imports shows it, and it can be undone there. Its lines are
    /// kept with it ([`Self::import_report`]); those of a trial are in the report.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `files` where they cannot be read; [`Error::Forbidden`] for everyone but owners and admins;
    /// [`Error::Refused`] while another import of the organisation runs.
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
        if dry_run {
            return self.import_whole(actor, &source, &mapping, set, true).await;
        }
        let import = self.listed(actor, &source, &mapping, &draft::files(&set))?;
        let worker = format!("{}{}", jobs::COMMAND, import.id);
        let payload = work::Payload {
            import: import.id,
            org: actor.org_id,
            actor: Some(actor.user_id),
            via: actor.via,
        };
        // It is tried once: nobody else has the files.
        let begin = (import.clone(), payload.job(self, 1)?, worker.clone(), self.now());
        let job = self
            .store
            .write(begin, |tx, (import, job, worker, now)| {
                Box::pin(async move {
                    northing_store::goal_facts::lock_structure(tx, import.org_id)
                        .await?
                        .ok_or(Error::NotFound("organisation"))?;
                    work::none_runs(tx, import.org_id).await?;
                    northing_store::imports::insert(tx, import).await?;
                    let until = now.plus_millis(crate::jobs::LEASE_MILLIS);
                    Ok::<_, Error>(jobs::begin(tx, job, worker, *now, until).await?)
                })
            })
            .await?;
        let (progress, watched) = self.watched(import.id, &job, &worker);
        let set = prepare::prepare(set, &mapping);
        let done = self.do_import(actor, &import, (&job, &worker), &progress, &mapping, set).await;
        drop(watched);
        match done {
            Ok(mut report) => {
                report.import = Some(import.id);
                Ok(report)
            }
            Err(error) => {
                self.end_import(import, &error, (&job, &worker), &progress).await?;
                Err(error)
            }
        }
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

    async fn import_whole(
        &self,
        actor: &Actor,
        source: &str,
        mapping: &Mapping,
        set: ImportSet,
        dry_run: bool,
    ) -> Result<ImportReport> {
        actor.need(Scope::Admin)?;
        let set = prepare::prepare(set, mapping);
        let progress = Progress::default();
        let order = run::Order { source, mapping, dry_run, progress: &progress };
        if dry_run {
            let trial = self.store.trial().await?;
            let mut pen = Pen::begin(trial.store(), How::Whole).await?;
            let tried = run::run(&mut pen, self, actor, &order, set, Keeping::Memory).await;
            drop(pen);
            trial.close().await;
            return tried;
        }
        let mut pen = Pen::begin(&self.store, How::Whole).await?;
        let report = run::run(&mut pen, self, actor, &order, set, Keeping::Memory).await?;
        pen.commit().await?;
        Ok(report)
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
            half_made: false,
            version: 1,
            created_at: now,
            updated_at: now,
            finished_at: None,
        })
    }
}
