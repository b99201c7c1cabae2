//! Imports as background work: tried or done by a job, watched while they run, and cancelled before they are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use northing_core::errors::Refusal;
use northing_core::values::Id;
use northing_store::imports::{self, Import, State};
use northing_store::jobs::{self, NewJob};
use northing_store::{Tx, goal_facts};
use serde::{Deserialize, Serialize};

use super::mapping::Mapping;
use super::progress::Progress;
use crate::{Actor, Error, Northing, Result, Via};

/// What the job of an import is called.
pub(crate) const KIND: &str = "import";
/// How often an import is tried again when a node dies under it.
pub(super) const ATTEMPTS: u32 = 3;

/// The imports that run in this process.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashMap<Id, Arc<Progress>>>);

impl Running {
    /// How far an import is that runs in this process.
    #[must_use]
    pub fn get(&self, import: Id) -> Option<Arc<Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&import).cloned()
    }

    pub(super) fn begin(&self, import: Id) -> Arc<Progress> {
        let progress = Arc::new(Progress::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(import, Arc::clone(&progress));
        progress
    }

    pub(super) fn end(&self, import: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&import);
    }
}

/// What the job needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) import: Id,
    pub(super) org: Id,
    /// Who began it; they may be no member any more.
    pub(super) actor: Option<Id>,
    pub(super) via: Via,
}

impl Payload {
    /// The job of an import.
    pub(super) fn job(&self, app: &Northing, attempts: u32) -> Result<NewJob> {
        Ok(NewJob {
            id: app.new_id(),
            org_id: Some(self.org),
            kind: KIND,
            dedup_key: Some(self.import.to_string()),
            payload: json(self)?,
            run_at: app.now(),
            max_attempts: attempts,
        })
    }
}

impl Northing {
    /// Tries an import (`dry_run`) or does it, in the background. `mapping` replaces what was decided before.
    ///
    /// # Errors
    /// [`Error::Refused`] while another import of the organisation runs, or where this one is over; those of the mapping.
    pub async fn start_import(
        &self,
        actor: &Actor,
        id: Id,
        mapping: Option<Mapping>,
        dry_run: bool,
    ) -> Result<Import> {
        self.may_import(actor).await?;
        let work = (self.clone(), actor.clone(), mapping);
        let import = self
            .store
            .write(work, move |tx, (app, actor, mapping)| {
                Box::pin(async move { app.enqueue_import(tx, actor, id, mapping.as_ref(), dry_run).await })
            })
            .await?;
        self.wake.notify_one();
        Ok(import)
    }

    async fn enqueue_import(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        id: Id,
        mapping: Option<&Mapping>,
        dry_run: bool,
    ) -> Result<Import> {
        // Held, so that of two that begin at once the second sees the first.
        goal_facts::lock_structure(tx, actor.org_id).await?.ok_or(Error::NotFound("organisation"))?;
        let mut import = imports::lock(tx, actor.org_id, id).await?.ok_or(Error::NotFound("import"))?;
        none_runs(tx, actor.org_id).await?;
        if !matches!(import.state, State::Uploaded | State::Checked | State::Failed)
            || imports::files(tx, id).await?.is_empty()
        {
            return Err(Refusal::new("import_over", "This import is over: choose the files again.").into());
        }
        if let Some(mapping) = mapping {
            import.mapping = json(mapping)?;
            if let Some(organisation) = &mapping.organisation {
                import.source = Some(super::named_source(organisation));
            }
        }
        import.dry_run = dry_run;
        import.state = if dry_run { State::Checking } else { State::Running };
        (import.error, import.done, import.total) = (None, 0, 0);
        import.updated_at = self.now();
        imports::update(tx, &import).await?;
        import.version += 1;
        let payload = Payload { import: id, org: actor.org_id, actor: Some(actor.user_id), via: actor.via };
        let job = payload.job(self, ATTEMPTS)?;
        jobs::enqueue(tx, &job, self.now()).await?;
        Ok(import)
    }

    /// Gives an import up before it is kept: its files go, and whatever of it was under way. One that is done is undone instead
    /// ([`Self::undo_import`]).
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Refused`] where it is over.
    pub async fn cancel_import(&self, actor: &Actor, id: Id) -> Result<()> {
        self.may_import(actor).await?;
        let mut rx = self.store.read_once().await?;
        let import = imports::by_id(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("import"))?;
        drop(rx);
        if matches!(import.state, State::Finished | State::Undone | State::Cancelled) {
            return Err(Refusal::new("import_over", "This import is over already.").into());
        }
        if let Some(progress) = self.imports.get(id) {
            // It is asked, and says itself how it ended.
            progress.cancel();
            return Ok(());
        }
        // Whoever does it on another node finds it cancelled and takes back what there is.
        self.settle_import(import, State::Cancelled, None).await
    }
}

/// Of one organisation only one import runs at a time, one that is taken back included.
pub(super) async fn none_runs(tx: &mut Tx, org: Id) -> Result<()> {
    if imports::running(tx, org).await?.is_some() {
        let message = "An import is running: wait until it is done, or cancel it.";
        return Err(Refusal::new("import_running", message).into());
    }
    Ok(())
}

pub(super) fn json<T: Serialize>(it: &T) -> Result<String> {
    serde_json::to_string(it).map_err(|error| Error::Internal(error.to_string()))
}
