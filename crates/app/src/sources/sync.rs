//! The sync engine: hourly, on demand, on a hint from the other system (integrations §1.3, §2.6). One fetch for all links of a
//! connection that cover the same; all goals that moved in one pass. An error never moves a goal.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::{StreamExt, stream};
use northing_connectors::azure_devops::AzureDevOps;
use northing_connectors::measure::{Measurement, measure};
use northing_connectors::source::{Fetch, Harvest, Source};
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_core::event::EventKind;
use northing_core::permission::Action;
use northing_core::values::{Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::connections::{self, ConnectionRow};
use northing_store::goal_links::{self, GoalLink, LinkItem};
use northing_store::jobs::{self, Job, NewJob};
use northing_store::{Change, Event, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::apply::Reading;
use super::connections::text;
use super::link::{Link, counts, items, state_of};
use super::{Failed, backfill, failed};
use crate::Northing;
use crate::actor::{Actor, Scope, Via};
use crate::check_in::hold_structure;
use crate::error::{Error, Result};
use crate::goal::context::Context;

/// The kind of the engine's jobs.
pub(crate) const JOB: &str = "sync";
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Links are due an hour after their last sync, give or take so many milliseconds: not all at once.
const JITTER: i64 = 5 * MINUTE;
/// Longest pause after errors that pass by themselves; and the one after errors that somebody has to mend.
const DAY: i64 = 24 * HOUR;
/// Selectors of one connection that are fetched side by side.
const ABREAST: usize = 4;
/// Connections that one worker syncs side by side.
const CONNECTIONS: u32 = 4;
/// How long a worker has a connection to itself before another may take over.
const LEASE: i64 = 15 * MINUTE;
/// Links saved in one transaction.
const TOGETHER: usize = 1_000;

/// What a round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Round {
    /// Links that were looked at.
    pub links: usize,
    /// Goals that moved, those above among them.
    pub moved: usize,
    /// Links in trouble.
    pub failed: usize,
}

#[derive(Serialize, Deserialize)]
struct Task {
    connection: Id,
}

/// What became of a link in a round.
enum Outcome {
    Measured(Measurement, Option<String>),
    Failed(Trouble),
}

impl Northing {
    /// Syncs what is due, as one worker among any number. Cheap where nothing is; call it every few seconds.
    ///
    /// # Errors
    /// Those of the store; trouble with other systems is no error of this.
    pub async fn sync_due(&self, worker: &str) -> Result<Round> {
        if self.outside.is_none() {
            return Ok(Round::default());
        }
        let work = (self.clone(), worker.to_owned());
        let due = goal_links::due(&mut self.store.read_once().await?, self.now(), 500).await?;
        let jobs = self
            .store
            .write((work, due), |tx, ((app, worker), due)| {
                Box::pin(async move {
                    let now = app.now();
                    for (org, connection) in fairly(due) {
                        jobs::enqueue(tx, &app.sync_job(org, connection, now)?, now).await?;
                    }
                    let until = now.plus_millis(LEASE);
                    Ok::<_, Error>(
                        jobs::claim(tx, worker, &[JOB, backfill::JOB], now, until, CONNECTIONS).await?,
                    )
                })
            })
            .await?;
        let rounds: Vec<Result<Round>> =
            stream::iter(jobs).map(|job| self.run_sync(job, worker)).buffer_unordered(4).collect().await;
        let mut all = Round::default();
        for round in rounds {
            let round = round?;
            all.links += round.links;
            all.moved += round.moved;
            all.failed += round.failed;
        }
        Ok(all)
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

    async fn run_sync(&self, job: Job, worker: &str) -> Result<Round> {
        let done = if job.kind == backfill::JOB {
            self.run_backfill(&job).await.map(|()| Round::default())
        } else {
            let task: Task =
                serde_json::from_str(&job.payload).map_err(|error| Error::Internal(error.to_string()))?;
            match job.org_id {
                Some(org) => self.sync_connection(org, task.connection, Some(self.now())).await,
                None => Ok(Round::default()),
            }
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

    /// Syncs the links of a connection: those that are due by a moment, or all.
    pub(super) async fn sync_connection(&self, org: Id, id: Id, due: Option<Moment>) -> Result<Round> {
        let (connection, links) = {
            let mut rx = self.store.read().await?;
            let Some(connection) = connections::find(&mut rx, org, id).await? else {
                return Ok(Round::default());
            };
            if !connections::is_enabled(&mut rx, org, &connection.kind).await? {
                return Ok(Round::default());
            }
            (connection, goal_links::of_connection(&mut rx, id, due).await?)
        };
        self.sync_links(&connection, links).await
    }

    /// Syncs a goal now, and whatever else follows the same.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] for those who may not check in, [`Error::TooMany`] within ten seconds of the last one.
    /// Trouble with the other system stands in the link.
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
            let mut all = goal_links::of_connection(&mut rx, id, None).await?;
            all.retain(|other| other.selector_key == link.selector_key);
            (connection, all)
        };
        self.sync_links(&connection, links).await?;
        let mut rx = self.store.read().await?;
        let link = goal_links::find(&mut rx, goal).await?.ok_or(Error::NotFound("link"))?;
        Link::of(&link)
    }

    async fn sync_links(&self, connection: &ConnectionRow, links: Vec<GoalLink>) -> Result<Round> {
        if links.is_empty() {
            return Ok(Round::default());
        }
        let source = match self.outside()?.source(connection) {
            Ok(source) => source,
            Err(error) => {
                tracing::error!(%error, connection = %connection.id, "a connection cannot be opened");
                let trouble = Trouble::new(
                    TroubleKind::AuthExpired,
                    "The connection's secret cannot be read any more",
                    "Enter the token again under Admin, Integrations, Manage.",
                );
                let outcomes =
                    links.into_iter().map(|link| (link, Outcome::Failed(trouble.clone()))).collect();
                return self.save_outcomes(connection, outcomes).await;
            }
        };
        let mut groups: BTreeMap<String, Vec<GoalLink>> = BTreeMap::new();
        for link in links {
            groups.entry(link.selector_key.clone()).or_default().push(link);
        }
        let fetched: Vec<Vec<(GoalLink, Outcome)>> = stream::iter(groups.into_values())
            .map(|group| fetch_group(source.clone(), group))
            .buffer_unordered(ABREAST)
            .collect()
            .await;
        let mut outcomes: Vec<(GoalLink, Outcome)> = fetched.into_iter().flatten().collect();
        outcomes.sort_by_key(|(link, _)| link.goal_id);
        let mut all = Round::default();
        let mut rest = outcomes;
        while !rest.is_empty() {
            let some: Vec<_> = rest.drain(..rest.len().min(TOGETHER)).collect();
            let round = self.save_outcomes(connection, some).await?;
            all.links += round.links;
            all.moved += round.moved;
            all.failed += round.failed;
        }
        Ok(all)
    }

    /// Saves what a round found in one transaction: check-ins, everything above, how each link stands.
    async fn save_outcomes(
        &self,
        connection: &ConnectionRow,
        outcomes: Vec<(GoalLink, Outcome)>,
    ) -> Result<Round> {
        let work = (self.clone(), connection.clone(), outcomes);
        self.store
            .write(work, |tx, (app, connection, outcomes)| {
                Box::pin(async move { app.save_round(tx, connection, outcomes).await })
            })
            .await
    }

    async fn save_round(
        &self,
        tx: &mut Tx,
        connection: &ConnectionRow,
        outcomes: &[(GoalLink, Outcome)],
    ) -> Result<Round> {
        let org = connection.org_id;
        let settings = hold_structure(tx, org).await?;
        // Switched off while the other system was asked: nothing of it is kept.
        if !connections::is_enabled(tx, org, &connection.kind).await? {
            return Ok(Round::default());
        }
        let ids: Vec<Id> = outcomes.iter().map(|(link, _)| link.goal_id).collect();
        let mut present = goal_links::of_goals(tx, &ids).await?;
        let now = self.now();
        let mut saved = Saved::default();
        for (read, outcome) in outcomes {
            // Changed or removed meanwhile: what was fetched answers a question that nobody asks any more.
            let Some(mut link) = present.remove(&read.goal_id).filter(|link| link.version == read.version)
            else {
                continue;
            };
            match outcome {
                Outcome::Measured(measured, url) => {
                    self.measured(&mut saved, &mut link, measured, url.as_ref(), now)?
                }
                Outcome::Failed(trouble) => self.troubled(&mut saved, &mut link, trouble, now)?,
            }
            saved.links.push(link);
        }
        goal_links::save(tx, &saved.links).await?;
        if !saved.listed.is_empty() {
            goal_links::put_items(tx, &saved.listed, &saved.items).await?;
        }
        let moved = self.check_in_readings(tx, org, &settings, &connection.kind, &saved.readings).await?;
        activity::record_all(tx, &saved.entries).await?;
        let worst = saved.links.iter().find_map(|link| link.last.error.clone());
        connections::note_result(tx, connection.id, worst.as_deref(), now).await?;
        let still: Vec<Id> = saved.links.iter().map(|link| link.goal_id).collect();
        tx.announce(Event::goals(org, still, Change::Activity));
        Ok(Round { links: saved.links.len(), moved: moved.len(), failed: saved.failed })
    }

    fn measured(
        &self,
        saved: &mut Saved,
        link: &mut GoalLink,
        measured: &Measurement,
        url: Option<&String>,
        now: Moment,
    ) -> Result<()> {
        let mut warnings = measured.warnings.clone();
        let emptied = measured.matching == 0 && link.last.counts.is_some_and(|(matching, _, _)| matching > 0);
        if emptied {
            warnings.push(String::from(
                "Items matched before and none do now: the last value stays. Check the query.",
            ));
        } else {
            // Only a value that differs from the source's last one: a check-in by hand stands until then.
            if link.last.value.is_none_or(|last| last.to_bits() != measured.value.to_bits()) {
                saved.readings.push(Reading { goal: link.goal_id, value: measured.value, note: None });
            }
            link.last.value = Some(measured.value);
            link.last.counts = Some(counts(measured));
        }
        if link.with_tasks && !emptied {
            saved.listed.push(link.goal_id);
            saved.items.extend(items(link.goal_id, measured));
        }
        link.last.state = if emptied { String::from("warning") } else { state_of(measured) };
        link.last.warnings = text(&warnings)?;
        link.last.error = None;
        link.last.told = None;
        link.last.failures = 0;
        link.last.synced_at = Some(now);
        link.last.next_at = Some(self.next_sync(link.goal_id, now));
        link.url = url.cloned().or(link.url.take());
        Ok(())
    }

    fn troubled(&self, saved: &mut Saved, link: &mut GoalLink, trouble: &Trouble, now: Moment) -> Result<()> {
        let told: Failed = failed(trouble, now);
        link.last.state = String::from("error");
        link.last.error = Some(text(&told)?);
        link.last.failures += 1;
        link.last.next_at = Some(again(trouble, link.last.failures, now));
        saved.failed += 1;
        // Its people are told once for each kind of trouble, and not of a wait.
        if trouble.kind != TroubleKind::RateLimited && link.last.told.as_deref() != Some(trouble.kind.name())
        {
            link.last.told = Some(trouble.kind.name().to_owned());
            saved.entries.push(Entry {
                id: self.new_id(),
                org_id: link.org_id,
                actor_id: None,
                via: Via::System.name(),
                kind: EventKind::GoalSyncFailed,
                goal_id: Some(link.goal_id),
                subject_id: link.connection_id,
                detail: json!({ "kind": told.kind, "message": told.message, "remedy": told.remedy }),
                at: now,
            });
        }
        Ok(())
    }

    /// An hour from now, give or take: a goal keeps its place within the hour.
    pub(super) fn next_sync(&self, goal: Id, now: Moment) -> Moment {
        let spread =
            goal.to_string().bytes().fold(0_i64, |sum, byte| (sum * 31 + i64::from(byte)) % (2 * JITTER));
        now.plus_millis(HOUR - JITTER + spread)
    }
}

/// What a round saves.
#[derive(Default)]
struct Saved {
    links: Vec<GoalLink>,
    readings: Vec<Reading>,
    listed: Vec<Id>,
    items: Vec<LinkItem>,
    entries: Vec<Entry>,
    failed: usize,
}

/// Fetches once for links that cover the same and measures for each.
async fn fetch_group(source: Arc<AzureDevOps>, group: Vec<GoalLink>) -> Vec<(GoalLink, Outcome)> {
    let read: Result<Vec<(GoalLink, Link)>> =
        group.iter().map(|row| Ok((row.clone(), Link::of(row)?))).collect();
    let read = match read {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(%error, "a link cannot be read");
            let trouble =
                Trouble::new(TroubleKind::SelectorInvalid, "The link cannot be read", "Make it again.");
            return group.into_iter().map(|link| (link, Outcome::Failed(trouble.clone()))).collect();
        }
    };
    let fields: BTreeSet<String> = read.iter().filter_map(|(_, link)| link.options.field.clone()).collect();
    let Some(selector) = read.first().map(|(_, link)| link.selector.clone().of_every_type()) else {
        return Vec::new();
    };
    let whole =
        source.fetch(&Fetch { selector: selector.clone(), fields: fields.clone(), as_of: None }).await;
    let mut outcomes = Vec::with_capacity(read.len());
    for (row, link) in read {
        let own: Result<Harvest, Trouble> = match (&whole, &link.options.field) {
            (Ok(harvest), _) => Ok(harvest.clone()),
            // A field that is gone spoils the links that sum it, not those beside them.
            (Err(trouble), field)
                if trouble.kind == TroubleKind::SelectorInvalid
                    && fields.len() > usize::from(field.is_some()) =>
            {
                let fields = field.iter().cloned().collect();
                source.fetch(&Fetch { selector: selector.clone(), fields, as_of: None }).await
            }
            (Err(trouble), _) => Err(trouble.clone()),
        };
        let outcome = match own {
            Ok(harvest) => {
                Outcome::Measured(measure(&harvest, &link.options.measure(&link.selector)), harvest.url)
            }
            Err(trouble) => Outcome::Failed(trouble),
        };
        outcomes.push((row, outcome));
    }
    outcomes
}

/// When to try again.
fn again(trouble: &Trouble, failures: i64, now: Moment) -> Moment {
    if let Some(wait) = trouble.retry_after {
        return now.plus_millis(i64::try_from(wait.as_millis()).unwrap_or(DAY).clamp(1_000, DAY));
    }
    if !trouble.kind.passes_by_itself() {
        return now.plus_millis(DAY);
    }
    let doublings = u32::try_from(failures - 1).unwrap_or(0).min(10);
    now.plus_millis(HOUR.saturating_mul(1 << doublings).min(DAY))
}

/// Organisations take turns.
fn fairly(due: &[(Id, Id)]) -> Vec<(Id, Id)> {
    let mut turns: Vec<(usize, (Id, Id))> = Vec::with_capacity(due.len());
    let mut seen: BTreeMap<Id, usize> = BTreeMap::new();
    for (org, connection) in due {
        let turn = seen.entry(*org).or_default();
        turns.push((*turn, (*org, *connection)));
        *turn += 1;
    }
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, pair)| pair).collect()
}

fn removed(link: &GoalLink) -> Error {
    let message = link.last.error.as_deref().and_then(|text| serde_json::from_str::<Failed>(text).ok());
    let message = message.map_or_else(
        || String::from("The connection was removed."),
        |it| format!("{}. {}", it.message, it.remedy),
    );
    northing_core::errors::Refusal::new("connection_removed", message).into()
}
