//! A goal's data source: linked, changed, removed (integrations §2.3–2.5).

use std::collections::BTreeSet;

use northing_connectors::measure::{LinkMode, Measurement, listed, measure};
use northing_connectors::source::{Fetch, Harvest, Selector, Source};
use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::Id;
use northing_store::connections::{self, ConnectionRow};
use northing_store::goal_links::{self, GoalLink, LastSync};
use northing_store::goals::{self, GoalRow};
use northing_store::{Change, Rx, Tx, link_fills, link_seen, notices, sync_log};
use serde_json::json;

use super::apply::Reading;
use super::changes::Seen;
use super::connections::{linkable, require_enabled, text};
use super::integrations::writes_back;
use super::link::{Link, LinkInput, counts, items, selector_key, state_of};
use super::outside::told;
use super::results;
use super::round::next_sync;
use super::texts::check_asked;
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::error::{Error, Result};
use crate::goal::GoalInput;
use crate::goal::context::Context;
use crate::goal::view::GoalView;

/// What was fetched before a link is saved.
struct Fetched {
    label: String,
    /// The connection's version, and the identifier of its project where it was found out.
    container: (i64, Option<String>),
    harvest: Harvest,
    measurement: Measurement,
}

impl Northing {
    /// Lets a goal follow a data source. The first value is there at once: where the other system gives none, nothing is saved.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] also for a private connection of somebody else, [`Error::Refused`] for closed goals and by the OKR model, [`Error::Invalid`] with what
    /// is wrong or what the other system said.
    pub async fn put_link(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        input: LinkInput,
    ) -> Result<Link> {
        actor.need(Scope::Write)?;
        let input = input.settled();
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
            let asked = input.connection_id;
            let connection = linkable(&mut rx, actor, asked, Some(goal), &context.settings).await?;
            require_enabled(&mut rx, actor.org_id, &connection.kind).await?;
            connection
        };
        let fetched = self.fetch_for(&connection, &input).await?;
        let work = (self.clone(), actor.clone(), input, fetched);
        self.store
            .write(work, move |tx, (app, actor, input, fetched)| {
                Box::pin(async move { app.save_link(tx, actor, goal, version, input, fetched).await })
            })
            .await
    }

    /// Creates a goal that follows a data source: goal, link and first value in one transaction. The source is asked first; where it gives no
    /// value, nothing is created. A metric of the link takes the place of the goal's.
    ///
    /// # Errors
    /// As [`Northing::create_goal`] and [`Northing::put_link`].
    pub async fn create_linked_goal(
        &self,
        actor: &Actor,
        mut goal: GoalInput,
        input: LinkInput,
    ) -> Result<(GoalView, Link)> {
        actor.need(Scope::Write)?;
        let mut input = input.settled();
        if let Some(metric) = input.metric.take() {
            goal.metric = Some(metric);
        }
        let connection = {
            let mut rx = self.store.read().await?;
            let context = Context::read(&mut rx, self, actor).await?;
            let (row, _) = context.would_create(&mut rx, &goal).await?;
            check_asked(&input.selector, &input.options)?;
            check(&row, &input, &context.settings, &mut rx, None).await?;
            let connection = linkable(&mut rx, actor, input.connection_id, None, &context.settings).await?;
            require_enabled(&mut rx, actor.org_id, &connection.kind).await?;
            connection
        };
        let fetched = self.fetch_for(&connection, &input).await?;
        let work = (self.clone(), actor.clone(), goal, input, fetched);
        self.store
            .write(work, move |tx, (app, actor, goal, input, fetched)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let id = context.create(tx, goal).await?;
                    let link = app.save_link(tx, actor, id, None, input, fetched).await?;
                    Ok((context.view_of(tx, id).await?, link))
                })
            })
            .await
    }

    /// What the source says now; its trouble as what is to be corrected.
    async fn fetch_for(&self, connection: &ConnectionRow, input: &LinkInput) -> Result<Fetched> {
        let source = self.outside()?.source(connection, self.now())?;
        let label = source.describe(&input.selector).await.map_err(|trouble| told(&trouble))?;
        let fields: BTreeSet<String> = input.options.field.iter().cloned().collect();
        let asked = Fetch { selector: input.selector.clone(), fields, as_of: None };
        let harvest = source.fetch(&asked).await.map_err(|trouble| told(&trouble))?;
        let measurement = measure(&harvest, &input.options.measure(&input.selector));
        let container = (connection.version, source.container().map(str::to_owned));
        Ok(Fetched { label, container, harvest, measurement })
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
        let connection = linkable(tx, actor, input.connection_id, Some(goal), &context.settings).await?;
        require_enabled(tx, actor.org_id, &connection.kind).await?;
        if let ((version, Some(container)), None) = (&fetched.container, &connection.container_id) {
            connections::learn_container(tx, connection.id, *version, container).await?;
        }
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

fn shown(link: &GoalLink) -> serde_json::Value {
    json!({ "kind": link.kind, "connection": link.connection_name, "label": link.label, "mode": link.mode,
        "measure": link.measure, "with_tasks": link.with_tasks })
}
