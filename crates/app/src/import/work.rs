//! Imports as background work: tried or done by a job, watched while they run, and cancelled before they are kept.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use northing_core::errors::Refusal;
use northing_core::values::Id;
use northing_store::imports::{self, Import, State};
use northing_store::jobs::{self, Job, NewJob};
use northing_store::members::{self, In};
use northing_store::{Engine, Tx, goal_facts};
use serde::{Deserialize, Serialize};

use super::mapping::Mapping;
use super::progress::{Phase, Progress};
use super::report::ImportReport;
use super::run::{self, Order};
use super::summary::Summary;
use super::{Ended, prepare};
use crate::{Actor, Error, Northing, Result, Scopes, Via, actor_of};

/// What the job of an import is called.
pub(crate) const KIND: &str = "import";
/// How often an import is tried again when a node dies under it.
const ATTEMPTS: u32 = 3;

/// The imports that run in this process.
#[derive(Debug, Default)]
pub struct Running(Mutex<HashMap<Id, Arc<Progress>>>);

impl Running {
    /// How far an import is that runs in this process.
    #[must_use]
    pub fn get(&self, import: Id) -> Option<Arc<Progress>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&import).cloned()
    }

    fn begin(&self, import: Id) -> Arc<Progress> {
        let progress = Arc::new(Progress::default());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(import, Arc::clone(&progress));
        progress
    }

    fn end(&self, import: Id) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&import);
    }
}

/// What the job needs to know.
#[derive(Debug, Serialize, Deserialize)]
struct Payload {
    import: Id,
    org: Id,
    actor: Id,
    via: Via,
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
        if imports::running(tx, actor.org_id).await?.is_some() {
            let message = "An import is running: wait until it is done, or cancel it.";
            return Err(Refusal::new("import_running", message).into());
        }
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
        let payload = Payload { import: id, org: actor.org_id, actor: actor.user_id, via: actor.via };
        let job = NewJob {
            id: self.new_id(),
            org_id: Some(actor.org_id),
            kind: KIND,
            dedup_key: Some(id.to_string()),
            payload: json(&payload)?,
            run_at: self.now(),
            max_attempts: ATTEMPTS,
        };
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
        if let Some(progress) = self.imports.get(id) {
            // On SQLite its transaction holds the one writer: it is asked, and says itself how it ended.
            progress.cancel();
            return Ok(());
        }
        if matches!(import.state, State::Finished | State::Undone | State::Cancelled) {
            return Err(Refusal::new("import_over", "This import is over already.").into());
        }
        self.settle_import(import, State::Cancelled, None).await
    }

    async fn settle_import(&self, mut import: Import, state: State, error: Option<String>) -> Result<()> {
        let now = self.now();
        import.state = state;
        import.error = error;
        import.updated_at = now;
        import.finished_at = Some(now);
        self.store
            .write(import, |tx, import| {
                Box::pin(async move {
                    imports::update(tx, import).await?;
                    if import.state == State::Cancelled {
                        imports::wipe_files(tx, import.id).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// Does the job of an import.
    ///
    /// # Errors
    /// What another attempt may mend; everything else ends with the import as failed.
    pub(crate) async fn import_job(&self, job: &Job, worker: &str) -> Result<()> {
        let payload: Payload =
            serde_json::from_str(&job.payload).map_err(|error| Error::Internal(error.to_string()))?;
        let mut rx = self.store.read_once().await?;
        let found = imports::by_id(&mut rx, payload.org, payload.import).await?;
        let membership = members::memberships(&mut rx, payload.actor, In::Org(payload.org)).await?;
        drop(rx);
        let Some(import) = found.filter(|it| matches!(it.state, State::Checking | State::Running)) else {
            return self.finish_job(job, worker).await;
        };
        let progress = self.imports.begin(import.id);
        let watch = self.tell_other_nodes(import.id, job, worker, &progress);
        let done = match membership.first() {
            Some(membership) => {
                let actor = actor_of(membership, payload.via, Scopes::ALL);
                self.do_import(&actor, &import, job, worker, &progress).await
            }
            None => Err(Error::NotFound("organisation")),
        };
        watch.abort();
        self.imports.end(import.id);
        let Err(error) = done else { return Ok(()) };
        let (state, why) = match error {
            _ if progress.is_cancelled() => (State::Cancelled, None),
            // Somebody cancelled it on another node, or its lease has passed to one.
            Error::Conflict => return self.finish_job(job, worker).await,
            error @ (Error::Store(_) | Error::Internal(_)) if job.attempt < job.max_attempts => {
                return Err(error);
            }
            Error::Store(_) | Error::Internal(_) => {
                tracing::error!(%error, import = %import.id, "an import failed");
                (
                    State::Failed,
                    Some(String::from("Something went wrong on our side. It was noted. Try again.")),
                )
            }
            error => (State::Failed, Some(error.to_string())),
        };
        self.settle_import(import, state, why).await?;
        self.finish_job(job, worker).await
    }

    async fn do_import(
        &self,
        actor: &Actor,
        import: &Import,
        job: &Job,
        worker: &str,
        progress: &Arc<Progress>,
    ) -> Result<()> {
        progress.enter(Phase::Reading)?;
        let mapping = Mapping::read(&import.mapping)?;
        let set = prepare::prepare(self.read_import(actor.org_id, import.id).await?, &mapping);
        let work = (self.clone(), actor.clone(), import.clone(), job.clone(), worker.to_owned());
        let work = (work, mapping, set, Arc::clone(progress));
        let done = self
            .store
            .write(work, |tx, ((app, actor, import, job, worker), mapping, set, progress)| {
                Box::pin(async move {
                    let source = import.source.as_deref().unwrap_or("vivagoals:unknown");
                    let order = Order { source, mapping, dry_run: import.dry_run, progress };
                    let report = run::run(tx, app, actor, &order, set).await?;
                    if import.dry_run {
                        return Err(Ended::Tried(Box::new(report)));
                    }
                    app.keep(tx, import, report, State::Finished).await?;
                    Ok(jobs::complete(tx, job, worker, app.now()).await?)
                })
            })
            .await;
        let report = match done {
            Ok(()) => return Ok(()),
            Err(Ended::Failed(error)) => return Err(error),
            Err(Ended::Tried(report)) => report,
        };
        let work = (self.clone(), import.clone(), job.clone(), worker.to_owned(), report);
        self.store
            .write(work, |tx, (app, import, job, worker, report)| {
                Box::pin(async move {
                    app.keep(tx, import, (**report).clone(), State::Checked).await?;
                    Ok(jobs::complete(tx, job, worker, app.now()).await?)
                })
            })
            .await
    }

    /// Keeps what became of an import's records, in its own transaction where something was done.
    pub(super) async fn keep(
        &self,
        tx: &mut Tx,
        import: &Import,
        report: ImportReport,
        state: State,
    ) -> Result<()> {
        let mut import = import.clone();
        import.state = state;
        import.summary = Some(json(&Summary::of(&report))?);
        import.updated_at = self.now();
        if state == State::Finished {
            import.finished_at = Some(import.updated_at);
        }
        let steps = i64::try_from(report.lines.len()).unwrap_or(i64::MAX);
        (import.done, import.total) = (steps, steps);
        imports::update(tx, &import).await?;
        let lines = report.lines.into_iter().map(super::report::Line::stored).collect::<Result<Vec<_>>>()?;
        imports::replace_lines(tx, import.id, lines).await?;
        if state == State::Finished {
            imports::wipe_files(tx, import.id).await?;
        }
        Ok(())
    }

    async fn finish_job(&self, job: &Job, worker: &str) -> Result<()> {
        let work = (job.clone(), worker.to_owned(), self.now());
        self.store
            .write(work, |tx, (job, worker, now)| {
                Box::pin(async move {
                    match jobs::complete(tx, job, worker, *now).await {
                        // Its lease passed to another node, which says how it ended.
                        Err(northing_store::Failure::Conflict) => Ok(()),
                        done => Ok::<_, Error>(done?),
                    }
                })
            })
            .await
    }

    /// On PostgreSQL other nodes show how far an import is, and it keeps its lease; on SQLite there is one process, and its
    /// writer is busy with the import.
    fn tell_other_nodes(
        &self,
        import: Id,
        job: &Job,
        worker: &str,
        progress: &Arc<Progress>,
    ) -> tokio::task::JoinHandle<()> {
        let (app, job, worker, progress) =
            (self.clone(), job.clone(), worker.to_owned(), Arc::clone(progress));
        tokio::spawn(async move {
            if app.store.engine() == Engine::Sqlite {
                return;
            }
            let mut turn = tokio::time::interval(Duration::from_secs(2));
            loop {
                turn.tick().await;
                let (done, total) = progress.count();
                let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
                let until = app.now().plus_millis(crate::jobs::LEASE_MILLIS);
                let work = (job.clone(), worker.clone(), count(done), count(total));
                let told = app
                    .store
                    .write(work, move |tx, (job, worker, done, total)| {
                        Box::pin(async move {
                            jobs::extend(tx, job, worker, until).await?;
                            Ok::<_, Error>(imports::progress(tx, import, *done, *total).await?)
                        })
                    })
                    .await;
                if told.is_err() {
                    return;
                }
            }
        })
    }
}

pub(super) fn json<T: Serialize>(it: &T) -> Result<String> {
    serde_json::to_string(it).map_err(|error| Error::Internal(error.to_string()))
}
