//! Before a goal is linked: what its link can be made of, and what it would say. Nothing is written.

use std::collections::BTreeSet;

use northing_connectors::measure::{Measurement, listed, measure};
use northing_connectors::source::{Fetch, Selector, Source, WorkItem};
use northing_core::check_in::{CheckInInput, apply, locked};
use northing_core::cone::{Node, Rules, State};
use northing_core::errors::Refusal;
use northing_core::expectation::expected;
use northing_core::goal::GoalKind;
use northing_core::metric::{Metric, MetricKind};
use northing_core::permission::{Action, Thing};
use northing_core::rollup::Tasks;
use northing_core::settings::{OkrModel, Settings};
use northing_core::status::Status;
use northing_core::values::{Day, Id};
use northing_store::connections::Standing;
use northing_store::goals::GoalRow;
use northing_store::{cone, connections, goal_links};

use super::browse::Through;
use super::connections::{linkable, refused_as, require_enabled};
use super::link::{Link, Options};
use super::outside::told;
use super::texts::check_asked;
use super::{AZURE_DEVOPS, Connection};
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::error::Result;
use crate::goal::context::Context;
use crate::goal::{GoalInput, MetricInput};

/// Which goal is to be linked.
#[derive(Debug, Clone, Copy)]
pub enum LinkFor<'a> {
    /// One that there is.
    Goal(Id),
    /// One that is created with its link.
    New(&'a GoalInput),
}

/// What the form of a link tells of the goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The goal; none for one that is created with its link.
    pub id: Option<Id>,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its metric as it is, or as it was entered.
    pub metric: Metric,
    /// Its first day.
    pub start_date: Day,
    /// Its progress.
    pub progress: Option<f64>,
}

/// What the form of a link begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkForm {
    /// The goal.
    pub goal: Followed,
    /// Its link, where it has one.
    pub link: Option<Link>,
    /// The connections to choose from: the actor's own first, then those that others share.
    pub connections: Vec<Connection>,
    /// Why the goal cannot be linked as things are.
    pub refused: Option<Refusal>,
    /// Whether the actor may make a connection.
    pub may_connect: bool,
}

/// What a link would say.
#[derive(Debug, Clone, PartialEq)]
pub struct Look {
    /// The measurement.
    pub measurement: Measurement,
    /// The first items that it counts.
    pub items: Vec<WorkItem>,
    /// The types of the items that it covers, whichever of them it counts.
    pub kinds: Vec<String>,
    /// The goal's progress with this value; none where its metric is not complete yet.
    pub progress: Option<f64>,
    /// Its status with this value.
    pub status: Option<Status>,
    /// What is expected of it today.
    pub expected: Option<f64>,
    /// The goal's progress as it is.
    pub before: Option<f64>,
}

/// What keeps a goal from being linked anew, whatever to.
pub(super) fn refusal(row: &GoalRow, linked: bool, settings: &Settings) -> Option<Refusal> {
    if let Err(refusal) = locked(row.status) {
        return Some(refusal);
    }
    let objective = row.kind == GoalKind::Objective && settings.okr_model == OkrModel::Classic;
    (objective && !linked).then(objectives_follow)
}

/// Why an objective is not linked in the classic model: it follows its key results.
#[must_use]
pub fn objectives_follow() -> Refusal {
    let message = "In this organisation objectives follow their key results. Link a key result, or ask an admin to let \
        objectives and key results be used interchangeably (Admin, OKR model).";
    Refusal::new("objective_link", message)
}

/// How a goal stands that nobody has checked in on.
fn untouched(row: &GoalRow) -> Node {
    Node {
        id: row.id,
        kind: row.kind,
        metric: row.metric.clone(),
        mode: row.progress_mode,
        automatic_stopped: false,
        start: row.start_date,
        due: row.due_date,
        phases: row.phases.clone(),
        tasks: Tasks::default(),
        state: State::initial(&row.metric),
    }
}

impl Northing {
    /// What the form of a goal's link begins with.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`]; for a goal that is still to be created as [`Northing::create_goal`].
    pub async fn link_form(&self, actor: &Actor, goal: LinkFor<'_>) -> Result<LinkForm> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, link) = match goal {
            LinkFor::Goal(id) => {
                let (row, _) = context.goal(&mut rx, id, Action::GoalConnect).await?;
                (row, goal_links::find(&mut rx, id).await?.as_ref().map(Link::of).transpose()?)
            }
            LinkFor::New(input) => (context.would_create(&mut rx, input).await?.0, None),
        };
        let standing = connections::standing(&mut rx, actor.org_id, AZURE_DEVOPS).await?;
        let on = standing == Standing::On;
        let refused = refusal(&row, link.is_some(), &context.settings).or_else(|| refused_as(standing));
        let current = link.as_ref().and_then(|link| link.connection.as_ref()).map(|(id, _)| *id);
        let rows = connections::list(&mut rx, actor.org_id, actor.user_id, true).await?;
        // Private connections of others are for mending, not for linking.
        let offered = rows
            .iter()
            .filter(|row| row.shared || row.owner_id == Some(actor.user_id) || Some(row.id) == current);
        let connections =
            offered.map(|row| Connection::of(row, actor, &context.settings)).collect::<Result<Vec<_>>>()?;
        let may_connect = on && context.may(Action::ConnectionCreate, Thing::Organization);
        let goal = Followed {
            id: matches!(goal, LinkFor::Goal(_)).then_some(row.id),
            kind: row.kind,
            title: row.title,
            metric: row.metric,
            start_date: row.start_date,
            progress: row.progress,
        };
        Ok(LinkForm { goal, link, connections, refused, may_connect })
    }

    /// What a link of this goal would say. What the actor looked at within the last seconds is not asked for again.
    ///
    /// # Errors
    /// As [`Northing::link_form`]; [`crate::Error::Invalid`] with what the other system said.
    pub async fn look_at_link(
        &self,
        actor: &Actor,
        goal: LinkFor<'_>,
        connection: Id,
        (selector, options): (&Selector, &Options),
        metric: Option<&MetricInput>,
    ) -> Result<Look> {
        actor.need(Scope::Write)?;
        check_asked(selector, options)?;
        let (row, node, connection, settings, today) = {
            let mut rx = self.store.read().await?;
            let context = Context::read(&mut rx, self, actor).await?;
            let (row, node) = match goal {
                LinkFor::Goal(id) => {
                    let (row, _) = context.goal(&mut rx, id, Action::GoalConnect).await?;
                    (row, cone::load(&mut rx, actor.org_id, &[id]).await?.cone.node(id).cloned())
                }
                LinkFor::New(input) => {
                    let (row, _) = context.would_create(&mut rx, input).await?;
                    let node = untouched(&row);
                    (row, Some(node))
                }
            };
            let known = match goal {
                LinkFor::Goal(id) => Some(id),
                LinkFor::New(_) => None,
            };
            let connection = linkable(&mut rx, actor, connection, known, &context.settings).await?;
            require_enabled(&mut rx, actor.org_id, &connection.kind).await?;
            (row, node, connection, context.settings, context.today)
        };
        let outside = self.outside()?;
        let source = outside.source(&connection, self.now())?;
        let who = (actor.org_id, actor.user_id);
        let seen = outside.looks.at(who, &connection, &source, selector, options.field.as_ref()).await;
        let harvest = seen.map_err(|trouble| told(&trouble))?;
        let kinds: BTreeSet<String> = harvest.items.iter().map(|item| item.kind.clone()).collect();
        let how = options.measure(selector);
        let measurement = measure(&harvest, &how);
        let items = listed(&harvest, &how, selector.picked()).into_iter().cloned().collect();
        let metric = metric.map_or_else(|| row.metric.clone(), MetricInput::metric);
        let expected = expected(today, row.start_date, row.due_date, &metric, &row.phases);
        let after = node.filter(|_| metric.validate().is_ok()).and_then(|mut node| {
            node.metric = metric.clone();
            let percent = metric.kind == MetricKind::Percent;
            let value = if percent { measurement.value.clamp(0.0, 100.0) } else { measurement.value };
            let input = CheckInInput { value: Some(value), ..CheckInInput::default() };
            let rules = Rules { day: today, settings: &settings };
            apply(&node, &input, None, &rules).ok().map(|applied| applied.state)
        });
        Ok(Look {
            items,
            measurement,
            kinds: kinds.into_iter().collect(),
            progress: after.and_then(|state| state.progress_unclamped),
            status: after.map(|state| state.status),
            expected,
            before: row.progress_unclamped,
        })
    }

    /// Work items to pick: by words of their title or by number, of one type or of all.
    ///
    /// # Errors
    /// As [`Northing::browse_connection`].
    pub async fn find_work_items(
        &self,
        actor: &Actor,
        through: impl Into<Through>,
        words: &str,
        kind: Option<&str>,
    ) -> Result<Vec<WorkItem>> {
        let row = self.usable_connection(actor, through.into()).await?;
        self.outside()?
            .source(&row, self.now())?
            .find_items(words, kind)
            .await
            .map_err(|trouble| told(&trouble))
    }

    /// The work items of these numbers, as far as they can be read.
    ///
    /// # Errors
    /// As [`Northing::browse_connection`].
    pub async fn work_items(
        &self,
        actor: &Actor,
        through: impl Into<Through>,
        ids: &[u64],
    ) -> Result<Vec<WorkItem>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let row = self.usable_connection(actor, through.into()).await?;
        let selector = northing_connectors::source::ItemsSelector {
            work_item_ids: ids.to_vec(),
            include_children: false,
            work_item_type: None,
        };
        let asked = Fetch { selector: Selector::Items(selector), fields: BTreeSet::new(), as_of: None };
        let found = self
            .outside()?
            .source(&row, self.now())?
            .fetch(&asked)
            .await
            .map_err(|trouble| told(&trouble))?;
        Ok(found.items)
    }

    /// The types of work item that the project of a connection has.
    ///
    /// # Errors
    /// As [`Northing::browse_connection`].
    pub async fn work_item_types(&self, actor: &Actor, through: impl Into<Through>) -> Result<Vec<String>> {
        let row = self.usable_connection(actor, through.into()).await?;
        self.outside()?.source(&row, self.now())?.item_types().await.map_err(|trouble| told(&trouble))
    }
}
