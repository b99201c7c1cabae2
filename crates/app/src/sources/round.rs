//! What a round of syncs leaves behind, in one transaction: check-ins, everything above them, how each link stands, who is told.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use northing_connectors::azure_devops::AzureDevOps;
use northing_connectors::measure::{Measurement, NOTHING_MATCHES, listed};
use northing_connectors::source::{Harvest, Source};
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_core::event::EventKind;
use northing_core::values::{Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::connections::{self, ConnectionRow};
use northing_store::goal_links::{self, GoalLink, LinkItem};
use northing_store::{Change, Event, Tx, link_seen, sync_log};
use serde_json::json;

use super::apply::Reading;
use super::changes::{Seen, note};
use super::connections::text;
use super::fetching::Outcome;
use super::integrations::writes_back;
use super::link::{Link, counts, items, state_of};
use super::notices::News;
use super::outside::Config;
use super::sync::{Done, Round};
use super::{Failed, failed, results};
use crate::Northing;
use crate::actor::Via;
use crate::check_in::hold_structure;
use crate::error::{Error, Result};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
/// Links are due an hour after their last sync, give or take so many milliseconds: not all connections at once.
const JITTER: i64 = 5 * MINUTE;
/// Longest pause after errors that pass by themselves; and the one after errors that somebody has to mend.
const DAY: i64 = 24 * HOUR;

/// What a round saves.
#[derive(Default)]
struct Saved {
    links: Vec<GoalLink>,
    readings: Vec<Reading>,
    listed: Vec<Id>,
    items: Vec<LinkItem>,
    entries: Vec<Entry>,
    news: Vec<News>,
    failed: usize,
    measured: usize,
    /// The first trouble.
    trouble: Option<Failed>,
    /// Trouble of the connection as a whole.
    worst: Option<Failed>,
    /// Whether the connection as a whole is in trouble: its people are told of it, not of each link.
    down: bool,
    /// How long the other system asks not to be called.
    wait: Option<Duration>,
}

impl Northing {
    /// Saves what a round found in one transaction: check-ins, everything above, how each link stands.
    pub(super) async fn save_outcomes(
        &self,
        connection: &ConnectionRow,
        source: Option<&Arc<AzureDevOps>>,
        mut outcomes: Vec<(GoalLink, Outcome)>,
    ) -> Result<Done> {
        outcomes.sort_by_key(|(link, _)| link.goal_id);
        let work = (self.clone(), connection.id, connection.org_id, source.cloned(), outcomes);
        self.store
            .write(work, |tx, (app, connection, org, source, outcomes)| {
                Box::pin(
                    async move { app.save_round(tx, *org, *connection, source.as_deref(), outcomes).await },
                )
            })
            .await
    }

    async fn save_round(
        &self,
        tx: &mut Tx,
        org: Id,
        connection: Id,
        source: Option<&AzureDevOps>,
        outcomes: &[(GoalLink, Outcome)],
    ) -> Result<Done> {
        let settings = hold_structure(tx, org).await?;
        // Switched off or removed while the other system was asked: nothing of it is kept.
        let Some(connection) = connections::find(tx, org, connection).await? else {
            return Ok(Done::default());
        };
        let integrations = connections::integrations(tx, org).await?;
        let Some(integration) = integrations.into_iter().find(|it| it.kind == connection.kind && it.enabled)
        else {
            return Ok(Done::default());
        };
        let ids: Vec<Id> = outcomes.iter().map(|(link, _)| link.goal_id).collect();
        let mut present = goal_links::of_goals(tx, &ids).await?;
        // Changed or removed meanwhile: what was fetched answers a question that nobody asks any more.
        present.retain(|goal, link| {
            let at = ids.binary_search(goal).ok().and_then(|at| outcomes.get(at));
            at.is_some_and(|(read, _)| read.version == link.version)
        });
        let now = self.now();
        let mut saved = Saved::default();
        let before = self.seen_before(tx, outcomes, &present).await?;
        let (mut seen, mut covered) = (Vec::new(), Vec::new());
        let write_back = writes_back(&integration.settings);
        for (read, outcome) in outcomes {
            let Some(mut link) = present.remove(&read.goal_id) else { continue };
            match outcome {
                Outcome::Measured(measured, harvest) => {
                    let how = Link::of(&link)?;
                    let how = how.options.measure(&how.selector);
                    let moves = self.measured(&mut saved, &mut link, measured, harvest, now)?;
                    if moves {
                        let after = Seen::of(harvest, &how);
                        if let Some(reading) = saved.readings.last_mut() {
                            let address = |id| source.and_then(|source| source.item_address(id));
                            let before = before.get(&read.goal_id);
                            reading.note = before.and_then(|before| note(before, &after, harvest, address));
                        }
                        seen.push((link.goal_id, after.text()));
                    }
                    if write_back && measured.matching > 0 {
                        covered.push((link.goal_id, Seen::of(harvest, &how)));
                    }
                }
                Outcome::Failed(trouble) => self.troubled(&mut saved, &mut link, trouble, now)?,
            }
            saved.links.push(link);
        }
        goal_links::save(tx, &saved.links).await?;
        link_seen::put(tx, &seen).await?;
        self.keep_results(tx, &saved.links, now).await?;
        if !saved.listed.is_empty() {
            goal_links::put_items(tx, &saved.listed, &saved.items).await?;
        }
        if !covered.is_empty() {
            self.plan_write_back(tx, &connection, &covered).await?;
        }
        let moved = self.check_in_readings(tx, org, &settings, &connection.kind, &saved.readings).await?;
        activity::record_all(tx, &saved.entries).await?;
        self.judge_connection(tx, &connection, &mut saved, now).await?;
        saved.wait = saved.wait.max(source.and_then(AzureDevOps::resting));
        if let Some(wait) = saved.wait.filter(|wait| *wait >= Duration::from_secs(1)) {
            let wait = i64::try_from(wait.as_millis()).unwrap_or(DAY).min(DAY);
            connections::note_wait(tx, connection.id, now.plus_millis(wait)).await?;
        }
        self.tell(tx, &connection, &saved.news, saved.down).await?;
        let still: Vec<Id> = saved.links.iter().map(|link| link.goal_id).collect();
        tx.announce(Event::goals(org, still, Change::Activity));
        let round = Round {
            links: saved.links.len(),
            changed: saved.readings.len(),
            moved: moved.len(),
            failed: saved.failed,
        };
        Ok(Done { round, trouble: saved.trouble })
    }

    /// Adds how it went to what each link said lately.
    async fn keep_results(&self, tx: &mut Tx, links: &[GoalLink], now: Moment) -> Result<()> {
        let goals: Vec<Id> = links.iter().map(|link| link.goal_id).collect();
        let before = sync_log::results(tx, &goals).await?;
        let mut all = Vec::with_capacity(links.len());
        for link in links {
            let before = before.get(&link.goal_id).map(String::as_str);
            all.push((link.goal_id, results::with(before, &link.last, now)?));
        }
        Ok(sync_log::put_results(tx, &all).await?)
    }

    /// What the links whose value moves counted at their last check-in.
    async fn seen_before(
        &self,
        tx: &mut Tx,
        outcomes: &[(GoalLink, Outcome)],
        present: &HashMap<Id, GoalLink>,
    ) -> Result<HashMap<Id, Seen>> {
        let moving =
            outcomes.iter().filter_map(|(read, outcome)| match (outcome, present.get(&read.goal_id)) {
                (Outcome::Measured(measured, _), Some(link)) if differs(link, measured) => Some(read.goal_id),
                _ => None,
            });
        let moving: Vec<Id> = moving.collect();
        let kept = link_seen::of_goals(tx, &moving).await?;
        Ok(kept.into_iter().map(|(goal, text)| (goal, Seen::read(&text))).collect())
    }

    /// Takes up a measurement; whether it gives a new reading, which then is the last one.
    fn measured(
        &self,
        saved: &mut Saved,
        link: &mut GoalLink,
        measured: &Measurement,
        harvest: &Harvest,
        now: Moment,
    ) -> Result<bool> {
        let mut warnings = measured.warnings.clone();
        let emptied = measured.matching == 0 && link.last.counts.is_some_and(|(matching, _, _)| matching > 0);
        let mut moves = false;
        if emptied {
            warnings.retain(|warning| warning != NOTHING_MATCHES);
            warnings.push(String::from(
                "Items matched before and none do now: the last value stays. Check the query.",
            ));
        } else {
            // Only a value that differs from the source's last one: a check-in by hand stands until then.
            if differs(link, measured) {
                saved.readings.push(Reading { goal: link.goal_id, value: measured.value, note: None });
                moves = true;
            }
            link.last.value = Some(measured.value);
            link.last.counts = Some(counts(measured));
        }
        if link.with_tasks && !emptied {
            let read = Link::of(link)?;
            let how = read.options.measure(&read.selector);
            saved.listed.push(link.goal_id);
            saved.items.extend(items(link.goal_id, &listed(harvest, &how, read.selector.picked())));
        }
        if link.last.told.is_some() {
            saved.news.push(News {
                kind: "link_recovered",
                goal: Some(link.goal_id),
                maker: link.created_by,
                trouble: None,
                detail: json!({}),
            });
            saved.entries.push(self.entry(link, EventKind::GoalSyncRecovered, json!({}), now));
        }
        link.last.state = if emptied { String::from("warning") } else { state_of(measured) };
        link.last.warnings = text(&warnings)?;
        link.last.error = None;
        link.last.told = None;
        link.last.failures = 0;
        link.last.synced_at = Some(now);
        link.last.next_at = Some(next_sync(link.connection_id.unwrap_or(link.goal_id), now));
        link.url = harvest.url.clone().or(link.url.take());
        saved.measured += 1;
        Ok(moves)
    }

    fn troubled(&self, saved: &mut Saved, link: &mut GoalLink, trouble: &Trouble, now: Moment) -> Result<()> {
        let told: Failed = failed(trouble, now);
        link.last.state = String::from("error");
        link.last.error = Some(text(&told)?);
        link.last.failures += 1;
        link.last.next_at = Some(again(trouble, link.last.failures, now));
        saved.failed += 1;
        saved.trouble.get_or_insert_with(|| told.clone());
        // A wait passes by itself: whatever else there is, is worse.
        if trouble.kind.is_of_connection() && saved.worst.as_ref().is_none_or(waits) {
            saved.worst = Some(told.clone());
        }
        if trouble.kind == TroubleKind::RateLimited {
            saved.wait = saved.wait.max(trouble.retry_after);
        }
        // Its people are told once for each kind of trouble, and not of a wait.
        if trouble.kind != TroubleKind::RateLimited && link.last.told.as_deref() != Some(trouble.kind.name())
        {
            link.last.told = Some(trouble.kind.name().to_owned());
            let detail = json!({ "kind": told.kind, "message": told.message, "remedy": told.remedy });
            let (goal, maker) = (Some(link.goal_id), link.created_by);
            let kind = Some(trouble.kind);
            saved.news.push(News { kind: "link_failed", goal, maker, trouble: kind, detail: detail.clone() });
            saved.entries.push(self.entry(link, EventKind::GoalSyncFailed, detail, now));
        }
        Ok(())
    }

    fn entry(&self, link: &GoalLink, kind: EventKind, detail: serde_json::Value, at: Moment) -> Entry {
        Entry {
            id: self.new_id(),
            org_id: link.org_id,
            actor_id: None,
            via: Via::System.name(),
            kind,
            goal_id: Some(link.goal_id),
            subject_id: link.connection_id,
            detail,
            at,
        }
    }

    /// Notes how the connection as a whole stands. A link that is to blame itself says nothing about it, and one that was measured
    /// shows that it works.
    async fn judge_connection(
        &self,
        tx: &mut Tx,
        connection: &ConnectionRow,
        saved: &mut Saved,
        now: Moment,
    ) -> Result<()> {
        let before: Option<Failed> =
            connection.error.as_deref().and_then(|text| serde_json::from_str(text).ok());
        let worst = saved.worst.take().filter(|_| saved.measured == 0);
        saved.down = worst.is_some();
        // Nobody is told of a wait, and it says nothing about trouble that people were told of.
        let mut news = |kind, detail| {
            saved.news.push(News { kind, goal: None, maker: None, trouble: None, detail });
        };
        match (&before, &worst) {
            (Some(before), Some(worst)) if waits(worst) && !waits(before) => return Ok(()),
            (_, Some(worst)) if waits(worst) => {}
            (before, Some(worst)) if before.as_ref().map(|it| it.kind) != Some(worst.kind) => {
                let detail = json!({ "kind": worst.kind, "message": worst.message, "remedy": worst.remedy });
                news("connection_failed", detail);
            }
            (Some(before), None) if saved.measured > 0 && !waits(before) => {
                news("connection_recovered", json!({}));
            }
            _ => {}
        }
        if worst.is_some() || saved.measured > 0 {
            let worst = worst.as_ref().map(text).transpose()?;
            connections::note_result(tx, connection.id, worst.as_deref(), now).await?;
        }
        Ok(())
    }

    /// Learns the container's lasting identifier and what it is called today. A token that may not read it loses nothing by that.
    pub(super) async fn refresh_container(&self, connection: &ConnectionRow) -> Result<()> {
        let Ok(source) = self.outside()?.source(connection, self.now()) else { return Ok(()) };
        let project = match source.project().await {
            Ok(project) => project,
            Err(trouble) => {
                tracing::debug!(%trouble, connection = %connection.id, "the project's name could not be read");
                return Ok(());
            }
        };
        let mut config: Config = serde_json::from_str(&connection.config)
            .map_err(|_| Error::Internal(String::from("a connection's settings are not in our form")))?;
        let by_id = config.project.trim().eq_ignore_ascii_case(&project.id);
        let known = connection.container_id.as_deref() == Some(project.id.as_str());
        if known && (by_id || config.project.trim() == project.name) {
            return Ok(());
        }
        if !by_id {
            config.project = project.name;
        }
        let after =
            ConnectionRow { container_id: Some(project.id), config: text(&config)?, ..connection.clone() };
        let now = self.now();
        let kept = self
            .store
            .write(after, move |tx, after| {
                Box::pin(async move { Ok::<_, Error>(connections::update(tx, after, now).await?) })
            })
            .await;
        match kept {
            // Somebody changed the connection just now: theirs stands.
            Err(Error::Conflict) => Ok(()),
            other => other,
        }
    }
}

/// An hour from now, give or take: the links of a connection keep their place within the hour, and stay together.
pub(super) fn next_sync(connection: Id, now: Moment) -> Moment {
    let bytes = connection.to_string().into_bytes();
    let spread = bytes.iter().fold(0_i64, |sum, byte| (sum * 31 + i64::from(*byte)) % (2 * JITTER));
    now.plus_millis(HOUR - JITTER + spread)
}

/// Whether it is no more than a wait.
fn waits(it: &Failed) -> bool {
    it.kind == TroubleKind::RateLimited
}

/// Whether the source says something else than it last did.
fn differs(link: &GoalLink, measured: &Measurement) -> bool {
    let emptied = measured.matching == 0 && link.last.counts.is_some_and(|(matching, _, _)| matching > 0);
    !emptied && link.last.value.is_none_or(|last| last.to_bits() != measured.value.to_bits())
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
