//! A link to the goal on each item that it follows: for organisations that turned this on (integrations §2.7). What is to stand where is
//! decided in the transaction of the sync; the writing itself is a job, so that a slow or strict server holds up no sync.

use std::collections::{BTreeSet, HashMap};

use northing_connectors::trouble::TroubleKind;
use northing_core::values::{Id, Moment};
use northing_store::Tx;
use northing_store::connections::{self, ConnectionRow};
use northing_store::jobs::{self, Job, NewJob};
use northing_store::written_links::{self, Written};
use serde::{Deserialize, Serialize};

use super::changes::Seen;
use super::connections::text;
use super::failed;
use super::integrations::writes_back;
use crate::Northing;
use crate::error::{Error, Result};

/// The kind of these jobs.
pub(super) const JOB: &str = "write_back";
/// Items that are written in one go.
const TOGETHER: u32 = 200;
/// Milliseconds between two goes: the account's allowance is for its people first.
const PAUSE: i64 = 60_000;

#[derive(Serialize, Deserialize)]
struct Task {
    connection: Id,
}

/// What one go did.
#[derive(Default)]
struct Done {
    written: Vec<Written>,
    gone: Vec<Written>,
    error: Option<String>,
    /// When to go on, where the other system said so or there is more.
    again: Option<Moment>,
}

impl Northing {
    /// Notes what is to stand on items of the other system after a sync of these goals. The connection's integration writes back.
    pub(super) async fn plan_write_back(
        &self,
        tx: &mut Tx,
        connection: &ConnectionRow,
        seen: &[(Id, Seen)],
    ) -> Result<()> {
        if self.outside()?.address().is_none() {
            return Ok(());
        }
        let goals: Vec<Id> = seen.iter().map(|(goal, _)| *goal).collect();
        let stands = written_links::of_goals(tx, connection.id, &goals).await?;
        let (mut wanted, mut still, mut leaving, mut given_up) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut covered: HashMap<Id, BTreeSet<i64>> = HashMap::new();
        for (goal, seen) in seen {
            let ids: BTreeSet<i64> = seen.ids().filter_map(|id| i64::try_from(id).ok()).collect();
            for item_id in &ids {
                let link = Written { goal_id: *goal, item_id: *item_id };
                match stands.get(&link).map(String::as_str) {
                    None => wanted.push(link),
                    Some("leaving") => still.push(link),
                    Some(_) => {}
                }
            }
            covered.insert(*goal, ids);
        }
        for (link, state) in &stands {
            if covered.get(&link.goal_id).is_some_and(|ids| !ids.contains(&link.item_id)) {
                match state.as_str() {
                    "written" => leaving.push(*link),
                    "wanted" => given_up.push(*link),
                    _ => {}
                }
            }
        }
        written_links::put(tx, connection.id, &wanted, "wanted").await?;
        written_links::put(tx, connection.id, &still, "written").await?;
        written_links::put(tx, connection.id, &leaving, "leaving").await?;
        written_links::remove(tx, connection.id, &given_up).await?;
        if !written_links::open(tx, connection.id, 1).await?.is_empty() {
            self.enqueue_write_back(tx, connection.org_id, connection.id, self.now()).await?;
        }
        Ok(())
    }

    /// A goal no longer follows anything, or something else: the links to it go from the items of all other connections.
    pub(super) async fn leave_items(&self, tx: &mut Tx, org: Id, goal: Id, but: Option<Id>) -> Result<()> {
        for connection in written_links::leave(tx, goal, but).await? {
            self.enqueue_write_back(tx, org, connection, self.now()).await?;
        }
        Ok(())
    }

    async fn enqueue_write_back(&self, tx: &mut Tx, org: Id, connection: Id, at: Moment) -> Result<()> {
        let job = NewJob {
            id: self.new_id(),
            org_id: Some(org),
            kind: JOB,
            dedup_key: Some(connection.to_string()),
            payload: text(&Task { connection })?,
            run_at: at,
            max_attempts: 5,
        };
        jobs::enqueue(tx, &job, self.now()).await?;
        Ok(())
    }

    /// Writes what is to be written at a connection, some of it; cut off anywhere it begins again, and what stands already stays once.
    pub(super) async fn run_write_back(&self, job: &Job) -> Result<()> {
        let task: Task =
            serde_json::from_str(&job.payload).map_err(|error| Error::Internal(error.to_string()))?;
        let Some(org) = job.org_id else { return Ok(()) };
        let (connection, open) = {
            let mut rx = self.store.read().await?;
            let Some(connection) = connections::find(&mut rx, org, task.connection).await? else {
                return Ok(());
            };
            let all = connections::integrations(&mut rx, org).await?;
            let on =
                all.iter().any(|it| it.kind == connection.kind && it.enabled && writes_back(&it.settings));
            if !on {
                return Ok(());
            }
            let open = written_links::open(&mut rx, connection.id, TOGETHER).await?;
            (connection, open)
        };
        if open.is_empty() {
            return Ok(());
        }
        let done = self.write_items(&connection, open).await?;
        self.store
            .write((self.clone(), connection, done), move |tx, (app, connection, done)| {
                Box::pin(async move {
                    written_links::put(tx, connection.id, &done.written, "written").await?;
                    written_links::remove(tx, connection.id, &done.gone).await?;
                    written_links::note_error(tx, connection.id, done.error.as_deref()).await?;
                    if let Some(at) = done.again {
                        app.enqueue_write_back(tx, org, connection.id, at).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    async fn write_items(&self, connection: &ConnectionRow, open: Vec<(Written, bool)>) -> Result<Done> {
        let outside = self.outside()?;
        let Some(address) = outside.address() else { return Ok(Done::default()) };
        let source = outside.source(connection, self.now())?;
        let mut done = Done::default();
        let more = u32::try_from(open.len()).is_ok_and(|count| count >= TOGETHER);
        for (link, comes) in open {
            let Ok(item) = u64::try_from(link.item_id) else { continue };
            let to = format!("{}/goals/{}", address.trim_end_matches('/'), link.goal_id);
            let outcome = if comes {
                source.put_hyperlink(item, &to, "Northing").await
            } else {
                source.remove_hyperlink(item, &to).await
            };
            match outcome {
                Ok(()) if comes => done.written.push(link),
                Ok(()) => done.gone.push(link),
                // The item is gone, and the link with it.
                Err(trouble) if trouble.code.as_deref() == Some("TF401232") => done.gone.push(link),
                Err(trouble) => {
                    let now = self.now();
                    if trouble.kind == TroubleKind::RateLimited {
                        let wait = trouble.retry_after.and_then(|wait| i64::try_from(wait.as_millis()).ok());
                        done.again = Some(now.plus_millis(wait.unwrap_or(PAUSE).max(PAUSE)));
                    } else {
                        // The next sync tries again.
                        done.error = Some(text(&failed(&trouble, now))?);
                    }
                    return Ok(done);
                }
            }
        }
        if more {
            done.again = Some(self.now().plus_millis(PAUSE));
        }
        Ok(done)
    }
}
