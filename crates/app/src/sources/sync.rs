//! The sync engine: hourly, on demand, on a hint from the other system (integrations §1.3, §2.6). One fetch for all links of a
//! connection that cover the same; all goals that moved in one pass. An error never moves a goal.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::{StreamExt, stream};
use northing_connectors::http::counted;
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_core::errors::Refusal;
use northing_core::permission::Action;
use northing_core::values::{Id, Moment};
use northing_store::connections::{self, ConnectionRow};
use northing_store::goal_links::{self, GoalLink};
use northing_store::jobs::{self, Job, NewJob};
use northing_store::sync_log;
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::connections::text;
use super::fetching::{Outcome, fetch_group};
use super::link::Link;
use super::sync_log::Ended;
use super::{Failed, backfill, learning, results, write_back};
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::error::{Error, Result};
use crate::goal::context::Context;

/// The kind of the engine's jobs.
pub(crate) const JOB: &str = "sync";
/// Everything that the engine's runner does.
const JOBS: [&str; 4] = [JOB, backfill::JOB, write_back::JOB, learning::JOB];
/// Selectors of one connection that are fetched side by side.
const ABREAST: usize = 4;
/// Connections that one worker syncs side by side.
const CONNECTIONS: usize = 4;
/// How long a worker has a connection to itself before another may take over; it asks for more while it works.
const LEASE: i64 = 15 * 60_000;
const RENEWAL: Duration = Duration::from_secs(5 * 60);
/// What is due within so many milliseconds comes along: a connection is asked once in a while, not all the time.
const ALONG: i64 = 10 * 60_000;
/// Milliseconds between two syncs of a goal that people ask for.
const APART: i64 = 10_000;
/// Links and items that are saved in one transaction: bounds what a round holds in memory.
const TOGETHER: usize = 2_000;
const ITEMS: usize = 10_000;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Links that were looked at.
    pub links: usize,
    /// Links whose source said something new.
    pub changed: usize,
    /// Goals that moved, those above among them.
    pub moved: usize,
    /// Links in trouble.
    pub failed: usize,
}

impl std::ops::AddAssign for Round {
    fn add_assign(&mut self, other: Self) {
        self.links += other.links;
        self.changed += other.changed;
        self.moved += other.moved;
        self.failed += other.failed;
    }
}

/// A round with the first trouble that it met.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) round: Round,
    pub(super) trouble: Option<Failed>,
}

impl std::ops::AddAssign for Done {
    fn add_assign(&mut self, other: Self) {
        self.round += other.round;
        self.trouble = self.trouble.take().or(other.trouble);
    }
}

#[derive(Serialize, Deserialize)]
struct Task {
    connection: Id,
}

impl Northing {
    /// Syncs what is due, as one worker among any number: so many connections at once, and as one ends the next begins. Cheap where nothing
    /// is due; call it every few seconds.
    ///
    /// # Errors
    /// Those of the store; trouble with other systems is no error of this.
    pub async fn sync_due(&self, worker: &str) -> Result<Round> {
        let mut all = Round::default();
        if self.outside.is_none() {
            return Ok(all);
        }
        // Tasks of their own: while the next jobs are taken up, none of these may stand still with a connection to the store
        // in its hand, for which the taking up may be waiting.
        let mut running = JoinSet::new();
        let mut failure = None;
        loop {
            let free = CONNECTIONS.saturating_sub(running.len());
            if free > 0 && failure.is_none() {
                match self.take_up(worker, free).await {
                    Ok(jobs) => {
                        for job in jobs {
                            let (app, worker) = (self.clone(), worker.to_owned());
                            running.spawn(async move { app.run_job(job, &worker).await });
                        }
                    }
                    Err(error) => failure = Some(error),
                }
            }
            match running.join_next().await {
                Some(Ok(Ok(round))) => all += round,
                // The others are seen to their end.
                Some(Ok(Err(error))) => failure = Some(error),
                Some(Err(broken)) => failure = Some(Error::Internal(broken.to_string())),
                None => break,
            }
        }
        failure.map_or(Ok(all), Err)
    }

    /// Makes jobs of what is due and takes some: organisations take turns.
    async fn take_up(&self, worker: &str, free: usize) -> Result<Vec<Job>> {
        let now = self.now();
        let due = {
            let mut rx = self.store.read_once().await?;
            let due = goal_links::due(&mut rx, now, 500).await?;
            if due.is_empty() && !jobs::any_due(&mut rx, &JOBS, now).await? {
                return Ok(Vec::new());
            }
            due
        };
        let work = (self.clone(), worker.to_owned(), due);
        self.store
            .write(work, move |tx, (app, worker, due)| {
                Box::pin(async move {
                    for (org, connection) in due {
                        jobs::enqueue(tx, &app.sync_job(*org, *connection, now)?, now).await?;
                    }
                    let limit = u32::try_from(free).unwrap_or(1);
                    Ok::<_, Error>(
                        jobs::claim_in_turn(tx, worker, &JOBS, now, now.plus_millis(LEASE), limit).await?,
                    )
                })
            })
            .await
    }

    fn sync_job(&self, org: Id, connection: Id, now: Moment) -> Result<NewJob> {
        Ok(NewJob {
            id: self.new_id(),
            org_id: Some(org),
            kind: JOB,
            dedup_key: Some(connection.to_string()),
            payload: text(&Task { connection })?,
            run_at: now,
            max_attempts: 5,
        })
    }

    async fn run_job(&self, job: Job, worker: &str) -> Result<Round> {
        let done = tokio::select! {
            done = self.do_job(&job) => done,
            lost = self.keep_lease(&job, worker) => Err(lost),
        };
        let work = (job, worker.to_owned(), done.as_ref().err().map(ToString::to_string), self.now());
        self.store
            .write(work, |tx, (job, worker, error, now)| {
                Box::pin(async move {
                    match error {
                        None => jobs::complete(tx, job, worker, *now).await?,
                        Some(error) => {
                            tracing::error!(%error, "a sync could not be saved; it is tried again");
                            jobs::fail(tx, job, worker, error, *now).await?;
                        }
                    }
                    Ok::<_, Error>(())
                })
            })
            .await?;
        done
    }

    async fn do_job(&self, job: &Job) -> Result<Round> {
        match job.kind.as_str() {
            backfill::JOB => self.run_backfill(job).await.map(|()| Round::default()),
            learning::JOB => self.run_learning(job).await.map(|()| Round::default()),
            write_back::JOB => self.run_write_back(job).await.map(|()| Round::default()),
            _ => {
                let task: Task =
                    serde_json::from_str(&job.payload).map_err(|error| Error::Internal(error.to_string()))?;
                match job.org_id {
                    Some(org) => self.sync_connection(org, task.connection, self.now()).await,
                    None => Ok(Round::default()),
                }
            }
        }
    }

    /// Keeps a long job for this worker; ends where it is another's by now.
    async fn keep_lease(&self, job: &Job, worker: &str) -> Error {
        loop {
            tokio::time::sleep(RENEWAL).await;
            let work = (job.clone(), worker.to_owned(), self.now().plus_millis(LEASE));
            let kept = self
                .store
                .write(work, |tx, (job, worker, until)| {
                    Box::pin(async move { Ok::<_, Error>(jobs::extend(tx, job, worker, *until).await?) })
                })
                .await;
            if let Err(error) = kept {
                return error;
            }
        }
    }

    /// Syncs the links of a connection that are due by a moment. What follows the same comes along, and what is due soon.
    async fn sync_connection(&self, org: Id, id: Id, due: Moment) -> Result<Round> {
        let (connection, links) = {
            let mut rx = self.store.read().await?;
            let Some(connection) = connections::find(&mut rx, org, id).await? else {
                return Ok(Round::default());
            };
            if !connections::is_enabled(&mut rx, org, &connection.kind).await? {
                return Ok(Round::default());
            }
            (connection, goal_links::due_of(&mut rx, id, due, due.plus_millis(ALONG)).await?)
        };
        if !links.iter().any(|link| link.last.next_at.is_some_and(|next| next <= due)) {
            return Ok(Round::default());
        }
        if let Some(until) = connection.quiet_until.filter(|until| *until > due) {
            // Some node was asked to wait: none of them calls before, and nothing is wrong with the links.
            return self.postpone(id, until).await;
        }
        self.run(&connection, links, None).await
    }

    /// Leaves a connection alone until a moment.
    async fn postpone(&self, connection: Id, until: Moment) -> Result<Round> {
        self.store
            .write((), move |tx, ()| {
                Box::pin(async move {
                    goal_links::postpone(tx, connection, until).await?;
                    Ok::<_, Error>(Round::default())
                })
            })
            .await
    }

    /// Syncs links of a connection and notes what that did.
    async fn run(
        &self,
        connection: &ConnectionRow,
        links: Vec<GoalLink>,
        asked_by: Option<Id>,
    ) -> Result<Round> {
        let started_at = self.now();
        let (done, requests) = counted(async {
            if asked_by.is_none() {
                self.refresh_container(connection).await?;
            }
            self.sync_links(connection, links).await
        })
        .await;
        let done = done?;
        let round = done.round;
        // Switched off or removed meanwhile: nothing came of it.
        if round.links > 0 {
            self.note_run(connection, Ended { asked_by, started_at, requests, done }).await?;
        }
        Ok(round)
    }

    /// Syncs a goal now, and whatever else follows the same.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] for those who may not check in, [`Error::TooMany`] within ten seconds of the last one,
    /// [`Error::Refused`] while the other system asks to wait. Trouble with the other system stands in the link.
    pub async fn sync_goal(&self, actor: &Actor, goal: Id) -> Result<Link> {
        actor.need(Scope::CheckIn)?;
        let (connection, links) = {
            let mut rx = self.store.read().await?;
            let context = Context::read(&mut rx, self, actor).await?;
            context.goal(&mut rx, goal, Action::GoalCheckIn).await?;
            let link = goal_links::find(&mut rx, goal).await?.ok_or(Error::NotFound("link"))?;
            let id = link.connection_id.ok_or_else(|| removed(&link))?;
            super::connections::require_enabled(&mut rx, actor.org_id, &link.kind).await?;
            let connection =
                connections::find(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("connection"))?;
            let kept = sync_log::results(&mut rx, &[goal]).await?;
            let last = kept.get(&goal).and_then(|kept| results::read(kept).last().map(|it| it.last_at));
            self.not_just_now(&link, &connection, last)?;
            let mut all = goal_links::of_connection(&mut rx, id).await?;
            all.retain(|other| other.selector_key == link.selector_key);
            (connection, all)
        };
        self.run(&connection, links, Some(actor.user_id)).await?;
        let mut rx = self.store.read().await?;
        let link = goal_links::find(&mut rx, goal).await?.ok_or(Error::NotFound("link"))?;
        Link::of(&link)
    }

    /// Refuses a sync right after the last one, unless somebody changed the link or its connection since, and where it has to be waited.
    fn not_just_now(&self, link: &GoalLink, connection: &ConnectionRow, last: Option<Moment>) -> Result<()> {
        let now = self.now();
        let changed = link.updated_at.max(connection.updated_at);
        if let Some(last) = last.filter(|last| *last > changed) {
            let left = last.plus_millis(APART).millis() - now.millis();
            if left > 0 {
                return Err(Error::TooMany { seconds: u64::try_from(left).unwrap_or(0).div_ceil(1_000) });
            }
        }
        let wait = connection.quiet_until.map_or(0, |until| until.millis() - now.millis());
        if wait > 0 {
            let minutes = u64::try_from(wait).unwrap_or(0).div_ceil(60_000);
            let plural = if minutes == 1 { "" } else { "s" };
            let message = format!(
                "Azure DevOps asked not to be called for {minutes} more minute{plural}. It goes on by itself then; the last value stays."
            );
            return Err(Refusal::new("rate_limited", message).into());
        }
        Ok(())
    }

    async fn sync_links(&self, connection: &ConnectionRow, links: Vec<GoalLink>) -> Result<Done> {
        let source = match self.outside()?.source(connection, self.now()) {
            Ok(source) => source,
            Err(error) => {
                tracing::error!(%error, connection = %connection.id, "a connection cannot be opened");
                let trouble = unopened();
                let outcomes =
                    links.into_iter().map(|link| (link, Outcome::Failed(trouble.clone()))).collect();
                return self.save_outcomes(connection, None, outcomes).await;
            }
        };
        let mut groups: BTreeMap<String, Vec<GoalLink>> = BTreeMap::new();
        for link in links {
            groups.entry(link.selector_key.clone()).or_default().push(link);
        }
        let mut fetched = stream::iter(groups.into_values())
            .map(|group| fetch_group(source.clone(), group))
            .buffer_unordered(ABREAST);
        let mut all = Done::default();
        let (mut outcomes, mut items) = (Vec::new(), 0);
        while let Some((group, weight)) = fetched.next().await {
            outcomes.extend(group);
            items += weight;
            if outcomes.len() >= TOGETHER || items >= ITEMS {
                all += self.save_outcomes(connection, Some(&source), std::mem::take(&mut outcomes)).await?;
                items = 0;
            }
        }
        if !outcomes.is_empty() {
            all += self.save_outcomes(connection, Some(&source), outcomes).await?;
        }
        Ok(all)
    }
}

/// A connection whose secret does not open.
pub(super) fn unopened() -> Trouble {
    Trouble::new(
        TroubleKind::AuthExpired,
        "The connection's secret cannot be read any more",
        "Enter the token again under Admin, Integrations, Manage.",
    )
}

fn removed(link: &GoalLink) -> Error {
    let message = link.last.error.as_deref().and_then(|text| serde_json::from_str::<Failed>(text).ok());
    let message = message.map_or_else(
        || String::from("The connection was removed."),
        |it| format!("{}. {}", it.message, it.remedy),
    );
    Refusal::new("connection_removed", message).into()
}
