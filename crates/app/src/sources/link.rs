//! A goal's data source: linked, looked at, removed (integrations §2.3–2.5).

use std::collections::BTreeSet;

use northing_connectors::measure::{LinkMode, Measure, Measurement, REMAINING_WORK, listed, measure};
use northing_connectors::source::{Fetch, Harvest, Selector, Source, WorkItem};
use northing_connectors::trouble::Trouble;
use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::{Id, Moment};
use northing_store::connections::{self, ConnectionRow};
use northing_store::goal_links::{self, GoalLink, LastSync, LinkItem};
use northing_store::goals::{self, GoalRow};
use northing_store::{Change, Rx, Tx, link_fills, link_seen, notices, sync_log};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Failed;
use super::apply::Reading;
use super::changes::Seen;
use super::connections::{require_enabled, text, usable};
use super::integrations::writes_back;
use super::outside::told;
use super::results;
use super::round::next_sync;
use super::texts::check_asked;
use crate::actor::{Actor, Scope};
use crate::error::{Error, Result};
use crate::goal::MetricInput;
use crate::goal::context::Context;
use crate::{Northing, secret};

/// How a link counts, as it is entered and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Options {
    /// Percentage or number.
    pub mode: LinkMode,
    /// The numeric field that is summed; none to count items.
    pub field: Option<String>,
    /// Numbers: only of what is completed.
    pub count_only_completed: bool,
    /// Whether resolved is as good as completed.
    pub resolved_counts: bool,
    /// Whether removed items are left out of the total.
    pub leave_out_removed: bool,
}

impl Options {
    /// The usual: completed of all that match.
    #[must_use]
    pub const fn of(mode: LinkMode) -> Self {
        Self {
            mode,
            field: None,
            count_only_completed: true,
            resolved_counts: false,
            leave_out_removed: false,
        }
    }

    /// With the type that a selector counts.
    #[must_use]
    pub fn measure(&self, selector: &Selector) -> Measure {
        Measure {
            mode: self.mode,
            field: self.field.clone(),
            count_only_completed: self.count_only_completed,
            resolved_counts: self.resolved_counts,
            leave_out_removed: self.leave_out_removed,
            work_item_type: selector.work_item_type().map(ToOwned::to_owned),
        }
    }

    /// The unit of what results.
    #[must_use]
    pub const fn unit(&self) -> Option<&'static str> {
        match self.mode {
            LinkMode::Percent => Some("%"),
            LinkMode::Metric => None,
        }
    }
}

/// A link to be made, or to take the place of one.
#[derive(Debug, Clone)]
pub struct LinkInput {
    /// The connection.
    pub connection_id: Id,
    /// What it covers.
    pub selector: Selector,
    /// How it counts.
    pub options: Options,
    /// Whether the items are listed as tasks: initiatives only.
    pub with_tasks: bool,
    /// Another metric that the goal gets with it; none keeps the one that it has.
    pub metric: Option<MetricInput>,
}

/// A goal's link as people see it.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The goal.
    pub goal_id: Id,
    /// The connection with its name; none where it was removed.
    pub connection: Option<(Id, String)>,
    /// The kind of source.
    pub kind: String,
    /// What it covers.
    pub selector: Selector,
    /// What was picked, in the other system's words.
    pub label: String,
    /// How it counts.
    pub options: Options,
    /// Whether the items are listed as tasks.
    pub with_tasks: bool,
    /// Where it can be looked at.
    pub url: Option<String>,
    /// `pending`, `ok`, `warning`, `error` or `suspended`.
    pub state: String,
    /// The source's last value.
    pub value: Option<f64>,
    /// How many items matched, were completed, were removed.
    pub counts: Option<(i64, i64, i64)>,
    /// Reservations.
    pub warnings: Vec<String>,
    /// The trouble.
    pub error: Option<Failed>,
    /// When the last good sync was.
    pub last_synced_at: Option<Moment>,
    /// When the next one is due.
    pub next_sync_at: Option<Moment>,
    /// Its version.
    pub version: i64,
}

impl Link {
    pub(crate) fn of(row: &GoalLink) -> Result<Self> {
        let broken = |_| Error::Internal(String::from("a link is not in our form"));
        Ok(Self {
            goal_id: row.goal_id,
            connection: row.connection_id.zip(row.connection_name.clone()),
            kind: row.kind.clone(),
            selector: serde_json::from_str(&row.selector).map_err(broken)?,
            label: row.label.clone(),
            options: serde_json::from_str(&row.measure).map_err(broken)?,
            with_tasks: row.with_tasks,
            url: row.url.clone(),
            state: row.last.state.clone(),
            value: row.last.value,
            counts: row.last.counts,
            warnings: serde_json::from_str(&row.last.warnings).map_err(broken)?,
            error: row.last.error.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            last_synced_at: row.last.synced_at,
            next_sync_at: row.last.next_at,
            version: row.version,
        })
    }
}

impl Link {
    /// The link as the API shows it.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let (matching, completed, removed) = match self.counts {
            Some((matching, completed, removed)) => (Some(matching), Some(completed), Some(removed)),
            None => (None, None, None),
        };
        json!({
            "goal_id": self.goal_id,
            "connection_id": self.connection.as_ref().map(|(id, _)| id),
            "connection_name": self.connection.as_ref().map(|(_, name)| name),
            "kind": self.kind,
            "mode": self.options.mode,
            "selector": self.selector,
            "label": self.label,
            "measure": self.options.field.as_deref().unwrap_or("count"),
            "count_only_completed": self.options.count_only_completed,
            "resolved_counts": self.options.resolved_counts,
            "leave_out_removed": self.options.leave_out_removed,
            "with_tasks": self.with_tasks,
            "url": self.url,
            "state": self.state,
            "value": self.value,
            "matching": matching,
            "completed": completed,
            "removed": removed,
            "warnings": self.warnings,
            "last_error": self.error,
            "last_synced_at": self.last_synced_at,
            "next_sync_at": self.next_sync_at,
            "version": self.version,
        })
    }
}

/// What was fetched before a link is saved.
struct Fetched {
    label: String,
    harvest: Harvest,
    measurement: Measurement,
}

impl Northing {
    /// The link of a goal that the actor may see.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn goal_link(&self, actor: &Actor, goal: Id) -> Result<Option<Link>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.facts(&mut rx, goal).await?;
        goal_links::find(&mut rx, goal).await?.as_ref().map(Link::of).transpose()
    }

    /// The items that an initiative lists, at most 200.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn link_items(&self, actor: &Actor, goal: Id) -> Result<Vec<LinkItem>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.facts(&mut rx, goal).await?;
        Ok(goal_links::items(&mut rx, &[goal]).await?)
    }

    /// Lets a goal follow a data source. The first value is there at once: where the other system gives none, nothing is saved.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Refused`] for closed goals and by the OKR model, [`Error::Invalid`] with what
    /// is wrong or what the other system said.
    pub async fn put_link(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        input: LinkInput,
    ) -> Result<Link> {
        actor.need(Scope::Write)?;
        let connection = {
            let mut rx = self.store.read().await?;
            let context = Context::read(&mut rx, self, actor).await?;
            let (mut row, facts) = context.goal(&mut rx, goal, Action::GoalConnect).await?;
            check_asked(&input.selector, &input.options)?;
            if let Some(metric) = &input.metric {
                context.require(Action::GoalEdit, Thing::Goal(&facts))?;
                row = context.would_measure(&mut rx, &row, metric).await?;
            }
            check(&row, &input, &context.settings, &mut rx, version).await?;
            let connection = usable(&mut rx, actor, input.connection_id, &context.settings).await?;
            require_enabled(&mut rx, actor.org_id, &connection.kind).await?;
            connection
        };
        let fetched = self.fetch_for(&connection, &input).await.map_err(|trouble| match trouble {
            Ok(trouble) => told(&trouble),
            Err(error) => error,
        })?;
        let work = (self.clone(), actor.clone(), input, fetched);
        self.store
            .write(work, move |tx, (app, actor, input, fetched)| {
                Box::pin(async move { app.save_link(tx, actor, goal, version, input, fetched).await })
            })
            .await
    }

    async fn fetch_for(
        &self,
        connection: &ConnectionRow,
        input: &LinkInput,
    ) -> std::result::Result<Fetched, std::result::Result<Trouble, Error>> {
        let outside = self.outside().map_err(Err)?;
        let source = outside.source(connection).map_err(Err)?;
        let label = source.describe(&input.selector).await.map_err(Ok)?;
        let fields: BTreeSet<String> = input.options.field.iter().cloned().collect();
        let asked = Fetch { selector: input.selector.clone(), fields, as_of: None };
        let harvest = source.fetch(&asked).await.map_err(Ok)?;
        let measurement = measure(&harvest, &input.options.measure(&input.selector));
        Ok(Fetched { label, harvest, measurement })
    }

    async fn save_link(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        input: &LinkInput,
        fetched: &Fetched,
    ) -> Result<Link> {
        let context = Context::write(tx, self, actor).await?;
        let (mut row, facts) = context.goal(tx, goal, Action::GoalConnect).await?;
        if let Some(metric) = &input.metric {
            context.require(Action::GoalEdit, Thing::Goal(&facts))?;
            row = context.remeasure(tx, &row, metric).await?;
        }
        check(&row, input, &context.settings, tx, version).await?;
        let connection = usable(tx, actor, input.connection_id, &context.settings).await?;
        require_enabled(tx, actor.org_id, &connection.kind).await?;
        let before = goal_links::find(tx, goal).await?;
        if row.progress_mode != ProgressMode::DataSource || row.automatic_stopped {
            let after = GoalRow {
                progress_mode: ProgressMode::DataSource,
                automatic_stopped: false,
                updated_at: context.now,
                ..row.clone()
            };
            goals::update(tx, &after).await?;
        }
        let measured = &fetched.measurement;
        let link = GoalLink {
            goal_id: goal,
            org_id: actor.org_id,
            connection_id: Some(connection.id),
            connection_name: Some(connection.name.clone()),
            kind: connection.kind.clone(),
            mode: input.options.mode.name().to_owned(),
            selector: text(&input.selector)?,
            selector_key: selector_key(&input.selector)?,
            label: fetched.label.clone(),
            measure: text(&input.options)?,
            with_tasks: input.with_tasks,
            url: fetched.harvest.url.clone(),
            last: LastSync {
                value: Some(measured.value),
                counts: Some(counts(measured)),
                state: state_of(measured),
                error: None,
                warnings: text(&measured.warnings)?,
                told: None,
                failures: 0,
                synced_at: Some(context.now),
                next_at: Some(next_sync(connection.id, context.now)),
            },
            created_by: Some(actor.user_id),
            version: before.as_ref().map_or(1, |before| before.version + 1),
            created_at: before.as_ref().map_or(context.now, |before| before.created_at),
            updated_at: context.now,
        };
        goal_links::put(tx, &link).await?;
        let how = input.options.measure(&input.selector);
        if input.with_tasks {
            let listed = listed(&fetched.harvest, &how, input.selector.picked());
            goal_links::put_items(tx, &[goal], &items(goal, &listed)).await?;
        }
        // What was wrong with the link that was there is over.
        notices::close(tx, actor.org_id, &format!("link:{goal}")).await?;
        let seen = Seen::of(&fetched.harvest, &how);
        link_seen::put(tx, &[(goal, seen.text())]).await?;
        sync_log::put_results(tx, &[(goal, results::with(None, &link.last, context.now)?)]).await?;
        self.leave_items(tx, actor.org_id, goal, Some(connection.id)).await?;
        let integrations = connections::integrations(tx, actor.org_id).await?;
        if integrations.iter().any(|it| it.kind == connection.kind && writes_back(&it.settings)) {
            self.plan_write_back(tx, &connection, &[(goal, seen)]).await?;
        }
        let reading = Reading { goal, value: measured.value, note: None };
        self.check_in_readings(tx, actor.org_id, &context.settings, &connection.kind, &[reading]).await?;
        let detail = json!({ "before": before.as_ref().map(shown), "after": shown(&link) });
        context.record(tx, EventKind::GoalConnected, goal, Some(connection.id), detail).await?;
        context.announce(tx, vec![goal], Change::Edited);
        Link::of(&link)
    }

    /// Ends a goal's link. The goal keeps its value and is checked in by hand from now on.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn delete_link(&self, actor: &Actor, goal: Id, version: Option<i64>) -> Result<()> {
        actor.need(Scope::Write)?;
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalConnect).await?;
                    let before = goal_links::find(tx, goal).await?.ok_or(Error::NotFound("link"))?;
                    crate::organization::expect_version(version, before.version)?;
                    goal_links::delete(tx, goal).await?;
                    link_fills::delete(tx, goal).await?;
                    app.leave_items(tx, actor.org_id, goal, None).await?;
                    notices::close(tx, actor.org_id, &format!("link:{goal}")).await?;
                    if row.progress_mode == ProgressMode::DataSource {
                        let after = GoalRow {
                            progress_mode: ProgressMode::Manual,
                            automatic_stopped: false,
                            updated_at: context.now,
                            ..row
                        };
                        goals::update(tx, &after).await?;
                    }
                    let detail = json!({ "before": shown(&before) });
                    context
                        .record(tx, EventKind::GoalDisconnected, goal, before.connection_id, detail)
                        .await?;
                    context.announce(tx, vec![goal], Change::Edited);
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}

/// What keeps a goal from following this; nothing is asked of the other system for what the rules refuse.
async fn check(
    row: &GoalRow,
    input: &LinkInput,
    settings: &Settings,
    rx: &mut Rx,
    version: Option<i64>,
) -> Result<()> {
    let before = goal_links::find(rx, row.id).await?;
    if let Some(asked) = version
        && before.as_ref().map_or(0, |before| before.version) != asked
    {
        return Err(Error::Conflict);
    }
    if let Some(refusal) = super::look::refusal(row, before.is_some(), settings) {
        return Err(refusal.into());
    }
    let mut errors = Vec::new();
    let mut wrong = |field, code, message| errors.push(FieldError::new(field, code, message));
    let percent = row.metric.kind == MetricKind::Percent;
    match input.options.mode {
        LinkMode::Percent if !percent => {
            wrong(
                "mode",
                "not_allowed",
                "the goal has a metric of its own: link a number, or make it measure per cent complete",
            );
        }
        LinkMode::Metric if percent => {
            wrong(
                "mode",
                "not_allowed",
                "the goal measures per cent complete: give it a metric with start and target first",
            );
        }
        _ => {}
    }
    if input.options.mode == LinkMode::Percent && input.options.field.as_deref() == Some(REMAINING_WORK) {
        wrong("measure", "not_allowed", "remaining work has no completed share: link it as a number");
    }
    if input.with_tasks && row.kind != GoalKind::Initiative {
        wrong("with_tasks", "not_allowed", "only initiatives list work items as tasks");
    }
    match &input.selector {
        Selector::Items(items) if items.work_item_ids.is_empty() => {
            wrong("selector", "required", "pick at least one work item")
        }
        Selector::Items(items) if items.work_item_ids.len() > 500 => {
            wrong("selector", "too_many", "pick 500 work items at most")
        }
        Selector::Query(query) if query.query_id.trim().is_empty() => {
            wrong("selector", "required", "pick a query")
        }
        Selector::Words(words) if words.wiql.trim().is_empty() => {
            wrong("selector", "required", "write a query")
        }
        Selector::Words(words) if words.wiql.chars().count() > 32_000 => {
            wrong("selector", "too_long", "must have 32,000 characters at most")
        }
        _ => {}
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// What one fetch answers has one key.
pub(super) fn selector_key(selector: &Selector) -> Result<String> {
    Ok(secret::hash(&text(&selector.clone().of_every_type())?))
}

pub(super) fn counts(measured: &Measurement) -> (i64, i64, i64) {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    (count(measured.matching), count(measured.completed), count(measured.removed))
}

pub(super) fn state_of(measured: &Measurement) -> String {
    String::from(if measured.warnings.is_empty() { "ok" } else { "warning" })
}

pub(super) fn items(goal: Id, listed: &[&WorkItem]) -> Vec<LinkItem> {
    let of = |item: &&WorkItem| LinkItem {
        goal_id: goal,
        item_id: i64::try_from(item.id).unwrap_or(i64::MAX),
        kind: item.kind.clone(),
        title: item.title.clone(),
        state: item.state.clone(),
        category: item.category.name().to_owned(),
        assignee: item.assignee.clone(),
        url: item.url.clone(),
    };
    listed.iter().map(of).collect()
}

fn shown(link: &GoalLink) -> serde_json::Value {
    json!({ "kind": link.kind, "connection": link.connection_name, "label": link.label, "mode": link.mode,
        "measure": link.measure, "with_tasks": link.with_tasks })
}
