//! What a new connection leads to, by its lasting identifier: found out as soon as it is made (integrations §2.2).

use northing_core::values::{Id, Moment};
use northing_store::connections::{self, ConnectionRow};
use northing_store::jobs::{Job, NewJob};
use serde::{Deserialize, Serialize};

use super::connections::text;
use crate::Northing;
use crate::error::{Error, Result};

/// The kind of these jobs.
pub(super) const JOB: &str = "connection";

#[derive(Serialize, Deserialize)]
struct Task {
    connection: Id,
}

impl Northing {
    /// The job that looks where a new connection leads.
    pub(super) fn learning(&self, row: &ConnectionRow, now: Moment) -> Result<NewJob> {
        Ok(NewJob {
            id: self.new_id(),
            org_id: Some(row.org_id),
            kind: JOB,
            dedup_key: Some(row.id.to_string()),
            payload: text(&Task { connection: row.id })?,
            run_at: now,
            max_attempts: 3,
        })
    }

    /// Looks where a connection leads, unless that is known. What cannot be read is told by the first test or sync.
    pub(super) async fn run_learning(&self, job: &Job) -> Result<()> {
        let task: Task =
            serde_json::from_str(&job.payload).map_err(|error| Error::Internal(error.to_string()))?;
        let Some(org) = job.org_id else { return Ok(()) };
        let row = {
            let mut rx = self.store.read().await?;
            let row = connections::find(&mut rx, org, task.connection).await?;
            let Some(row) = row.filter(|row| row.container_id.is_none()) else { return Ok(()) };
            if !connections::is_enabled(&mut rx, org, &row.kind).await? {
                return Ok(());
            }
            row
        };
        let source = match self.outside()?.source(&row, self.now()) {
            Ok(source) => source,
            Err(error) => {
                tracing::error!(%error, connection = %row.id, "a connection cannot be opened");
                return Ok(());
            }
        };
        let Some(container) = source.learn_container().await else { return Ok(()) };
        let work = (row.id, row.version, container.to_owned());
        self.store
            .write(work, |tx, (id, version, container)| {
                Box::pin(async move {
                    Ok::<_, Error>(connections::learn_container(tx, *id, *version, container).await?)
                })
            })
            .await
    }
}
