//! The runner of background work: claims what is due, does it, and notes how it ended. Any number of nodes may run it. Syncs of data
//! sources have a runner of their own ([`crate::sources`]), so that neither waits for the other.

use northing_store::{Engine, jobs};

use crate::{Error, Northing, Result, import};

/// How long a job is a worker's own; one whose worker does not come back by then is done by another.
pub(crate) const LEASE_MILLIS: i64 = 2 * 60_000;

impl Northing {
    /// Does one job that is due. Returns whether there was one. `worker` names this process and task.
    ///
    /// # Errors
    /// Those of the store; what went wrong with the job itself is noted with it, and it is tried again.
    pub async fn work_once(&self, worker: &str) -> Result<bool> {
        let (now, name) = (self.now(), worker.to_owned());
        let (claimed, more) = self
            .store
            .write((self.clone(), name), move |tx, (app, worker)| {
                Box::pin(async move {
                    let until = now.plus_millis(LEASE_MILLIS);
                    let claimed = jobs::claim(tx, worker, &[import::KIND], now, until, 1).await?;
                    Ok::<_, Error>((claimed, app.end_orphans(tx).await?))
                })
            })
            .await?;
        let Some(job) = claimed.into_iter().next() else { return Ok(more) };
        let done = match job.kind.as_str() {
            import::KIND => self.import_job(&job, worker).await,
            other => Err(Error::Internal(format!("nobody does jobs of the kind {other}"))),
        };
        if let Err(error) = done {
            tracing::error!(%error, kind = job.kind, job = %job.id, attempt = job.attempt, "a job failed");
            let work = (job, worker.to_owned(), error.to_string(), self.now());
            self.store
                .write(work, |tx, (job, worker, error, now)| {
                    Box::pin(async move {
                        Ok::<_, Error>(jobs::fail(tx, job, worker, error, *now).await.map(drop)?)
                    })
                })
                .await?;
        }
        Ok(true)
    }

    /// Waits until there may be work: somebody of this process said so.
    pub async fn work_waits(&self) {
        self.wake.notified().await;
    }

    /// Takes up what an earlier process left: on SQLite, whose one process has just started, everything that was begun.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn resume_work(&self) -> Result<()> {
        if self.store.engine() == Engine::Postgres {
            return Ok(());
        }
        self.store.remove_trials().await?;
        let now = self.now();
        self.store
            .write((), move |tx, ()| {
                Box::pin(async move { Ok::<_, Error>(jobs::release_all(tx, now).await.map(drop)?) })
            })
            .await
    }
}
