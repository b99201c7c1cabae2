//! A goal's data source: what it is made of, and how it is read (integrations §2.3–2.5).

use northing_connectors::measure::{LinkMode, Measure, Measurement, REMAINING_WORK};
use northing_connectors::source::{Selector, WorkItem};
use northing_core::values::{Id, Moment};
use northing_store::goal_links::{self, GoalLink, LinkItem};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::Failed;
use super::connections::text;
use crate::actor::Actor;
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

impl LinkInput {
    /// The same with what follows by itself: remaining work is of what is not completed, so all of it counts (integrations §2.5).
    pub(super) fn settled(mut self) -> Self {
        self.options.count_only_completed &= self.options.field.as_deref() != Some(REMAINING_WORK);
        self
    }
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
