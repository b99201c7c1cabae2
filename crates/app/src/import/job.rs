//! The job of an import: tries it or does it, and, where it ends early, takes back what it had made.

use std::sync::Arc;
use std::time::Duration;

use northing_connectors::import_model::ImportSet;
use northing_core::values::Id;
use northing_store::imports::{self, Import, State};
use northing_store::jobs::{self, Job};
use northing_store::members::{self, In};
use northing_store::{Failure, Tx};

use super::mapping::Mapping;
use super::pen::{How, Parts, Pen};
use super::prepare;
use super::progress::{Phase, Progress};
use super::report::{ImportReport, Keeping};
use super::run::{self, Order};
use super::summary::Summary;
use super::work::{ATTEMPTS, Payload, json};
use crate::{Actor, Error, Northing, Result, Scopes, actor_of};

/// Lines of an earlier attempt that are removed at once.
const LINES: i64 = 2_000;

/// Why an import ended whose last worker did not come back.
const STOPPED: &str = "Northing was stopped in the middle of it each time it was tried, so it was given up; what had been made is \
    taken back. Ask who runs Northing to look at the log and at the memory of the server, then try again, with fewer files at a time \
    if you can.";

impl Northing {
    pub(super) async fn settle_import(
        &self,
        mut import: Import,
        state: State,
        error: Option<String>,
    ) -> Result<()> {
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

    /// Ends imports that nobody works on any more, because their workers died one after the other: they count as failed, and what
    /// they had made is taken back by a job of its own. Returns whether there is such a job.
    pub(crate) async fn end_orphans(&self, tx: &mut Tx) -> Result<bool> {
        let mut enqueued = false;
        for mut import in imports::orphans(tx).await? {
            if matches!(import.state, State::Checking | State::Running) {
                import.state = State::Failed;
                import.error = Some(String::from(STOPPED));
                import.updated_at = self.now();
                import.finished_at = Some(import.updated_at);
                imports::update(tx, &import).await?;
                tracing::error!(import = %import.id, "an import was given up: its workers did not come back");
            }
            if import.half_made {
                let via = import.via.parse().map_err(|_| Error::Internal(import.via.clone()))?;
                let (id, org) = (import.id, import.org_id);
                let job = Payload { import: id, org, actor: import.created_by, via }.job(self, ATTEMPTS)?;
                enqueued |= jobs::enqueue(tx, &job, self.now()).await?;
            }
        }
        Ok(enqueued)
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
        let memberships = match payload.actor {
            Some(actor) => members::memberships(&mut rx, actor, In::Org(payload.org)).await?,
            None => Vec::new(),
        };
        drop(rx);
        let Some(import) = found else { return self.finish_job(job, worker).await };
        let (progress, watched) = self.watched(import.id, job, worker);
        // What an earlier attempt left that was cut off.
        let mut done = match import.half_made {
            true => self.take_back(import.org_id, import.id).await,
            false => Ok(()),
        };
        let open = matches!(import.state, State::Checking | State::Running);
        if done.is_ok() && open {
            done = match memberships.first() {
                Some(membership) => {
                    let actor = actor_of(membership, payload.via, Scopes::ALL);
                    self.read_and_do(&actor, &import, (job, worker), &progress).await
                }
                None => Err(Error::NotFound("organisation")),
            };
        }
        drop(watched);
        match done {
            Ok(()) if open => Ok(()),
            Ok(()) => self.finish_job(job, worker).await,
            Err(error) => match self.end_import(import, &error, (job, worker), &progress).await? {
                true => Ok(()),
                false => Err(error),
            },
        }
    }

    /// An attempt failed: the import ends, unless another may mend it. Returns whether it ended.
    pub(super) async fn end_import(
        &self,
        import: Import,
        error: &Error,
        (job, worker): (&Job, &str),
        progress: &Progress,
    ) -> Result<bool> {
        let (org, id) = (import.org_id, import.id);
        let (state, why) = match error {
            _ if progress.is_cancelled() => (State::Cancelled, None),
            // Somebody cancelled it on another node, or its lease has passed to one, which takes it back itself.
            Error::Conflict if !self.is_mine(job, worker).await? => return Ok(true),
            Error::Conflict => {
                self.take_back_if_half_made(org, id).await?;
                self.finish_job(job, worker).await?;
                return Ok(true);
            }
            Error::Store(_) | Error::Internal(_) if job.attempt < job.max_attempts => return Ok(false),
            Error::Store(_) | Error::Internal(_) => {
                tracing::error!(%error, import = %id, "an import failed");
                (
                    State::Failed,
                    Some(String::from("Something went wrong on our side. It was noted. Try again.")),
                )
            }
            error => (State::Failed, Some(error.to_string())),
        };
        // The state first: cut off from here on, another attempt takes it back and goes no further.
        if matches!(import.state, State::Checking | State::Running) {
            self.settle_import(import, state, why).await?;
        }
        self.take_back_if_half_made(org, id).await?;
        self.finish_job(job, worker).await?;
        Ok(true)
    }

    async fn take_back_if_half_made(&self, org: Id, id: Id) -> Result<()> {
        let found = imports::by_id(&mut self.store.read_once().await?, org, id).await?;
        match found.is_some_and(|import| import.half_made) {
            true => self.take_back(org, id).await,
            false => Ok(()),
        }
    }

    async fn is_mine(&self, job: &Job, worker: &str) -> Result<bool> {
        let until = self.now().plus_millis(crate::jobs::LEASE_MILLIS);
        let work = (job.clone(), worker.to_owned());
        let extended = self.store.write(work, move |tx, (job, worker)| {
            Box::pin(async move { Ok::<_, Error>(jobs::extend(tx, job, worker, until).await?) })
        });
        match extended.await {
            Ok(()) => Ok(true),
            Err(Error::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn read_and_do(
        &self,
        actor: &Actor,
        import: &Import,
        job: (&Job, &str),
        progress: &Progress,
    ) -> Result<()> {
        progress.enter(Phase::Reading)?;
        let mapping = Mapping::read(&import.mapping)?;
        let set = prepare::prepare(self.read_import(actor.org_id, import.id).await?, &mapping);
        self.do_import(actor, import, job, progress, &mapping, set).await.map(drop)
    }

    /// Tries an import or does it, as its row says, with its lines kept with it.
    pub(super) async fn do_import(
        &self,
        actor: &Actor,
        import: &Import,
        (job, worker): (&Job, &str),
        progress: &Progress,
        mapping: &Mapping,
        set: ImportSet,
    ) -> Result<ImportReport> {
        self.remove_lines(import.id).await?;
        let source = import.source.as_deref().unwrap_or("vivagoals:unknown");
        let order = Order { source, mapping, dry_run: import.dry_run, progress };
        let keeping = Keeping::Store(import.id);
        if import.dry_run {
            let trial = self.store.trial().await?;
            let mut pen = Pen::begin(trial.store(), How::Tried(&self.store)).await?;
            let tried = run::run(&mut pen, self, actor, &order, set, keeping).await;
            drop(pen);
            trial.close().await;
            let mut report = tried?;
            report.write_to(&self.store, true).await?;
            let work = (self.clone(), import.clone(), job.clone(), worker.to_owned(), report);
            return self
                .store
                .write(work, |tx, (app, import, job, worker, report)| {
                    Box::pin(async move {
                        app.keep(tx, import, report, State::Checked).await?;
                        jobs::complete(tx, job, worker, app.now()).await?;
                        Ok(report.clone())
                    })
                })
                .await;
        }
        let parts = Parts { app: self, org: actor.org_id, import: import.id, job, worker, progress };
        let mut pen = Pen::begin(&self.store, How::Parts(parts)).await?;
        let mut report = run::run(&mut pen, self, actor, &order, set, keeping).await?;
        pen.settle(&mut report).await?;
        let tx = pen.tx()?;
        self.keep(tx, import, &report, State::Finished).await?;
        imports::set_half_made(tx, import.id, false).await?;
        imports::wipe_files(tx, import.id).await?;
        jobs::complete(tx, job, worker, self.now()).await?;
        pen.commit().await?;
        Ok(report)
    }

    /// Removes the lines of an earlier attempt, in parts.
    pub(super) async fn remove_lines(&self, import: Id) -> Result<()> {
        let some = || {
            self.store.write((), move |tx, ()| {
                Box::pin(async move { Ok::<_, Error>(imports::remove_lines(tx, import, LINES).await?) })
            })
        };
        while some().await? > 0 {}
        Ok(())
    }

    /// Keeps what became of an import's records, in figures.
    async fn keep(&self, tx: &mut Tx, import: &Import, report: &ImportReport, state: State) -> Result<()> {
        let mut import = import.clone();
        import.state = state;
        import.summary = Some(json(&Summary::of(report))?);
        import.updated_at = self.now();
        if state == State::Finished {
            import.finished_at = Some(import.updated_at);
        }
        (import.done, import.total) = (report.count, report.count);
        Ok(imports::update(tx, &import).await?)
    }

    async fn finish_job(&self, job: &Job, worker: &str) -> Result<()> {
        let work = (job.clone(), worker.to_owned(), self.now());
        self.store
            .write(work, |tx, (job, worker, now)| {
                Box::pin(async move {
                    match jobs::complete(tx, job, worker, *now).await {
                        // Its lease passed to another node, which says how it ended.
                        Err(Failure::Conflict) => Ok(()),
                        done => Ok::<_, Error>(done?),
                    }
                })
            })
            .await
    }

    /// Keeps the job, and shows in this process and to other nodes how far it is, until what is returned is dropped.
    pub(super) fn watched(&self, import: Id, job: &Job, worker: &str) -> (Arc<Progress>, Watched) {
        let progress = self.imports.begin(import);
        let (app, job, worker, shown) = (self.clone(), job.clone(), worker.to_owned(), Arc::clone(&progress));
        let task = tokio::spawn(async move {
            let mut turn = tokio::time::interval(Duration::from_secs(2));
            loop {
                turn.tick().await;
                let (done, total) = shown.count();
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
        });
        (progress, Watched { app: self.clone(), import, task })
    }
}

/// An import that this process does.
pub(super) struct Watched {
    app: Northing,
    import: Id,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.task.abort();
        self.app.imports.end(self.import);
    }
}
