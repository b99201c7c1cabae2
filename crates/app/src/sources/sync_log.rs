//! What syncs did, for people who ask why a value is what it is: the newest runs of connections, the latest results of a link.

use northing_connectors::measure::LinkMode;
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::connections::ConnectionRow;
use northing_store::goal_links;
use northing_store::sync_log::{self, SyncRun as Row};

use super::Failed;
use super::connections::{manageable, text};
use super::integrations::known;
use super::link::Link;
use super::results::{self, SyncResult};
use super::sync::Done;
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::error::{Error, Result};
use crate::goal::context::Context;

/// A sync of links of one connection.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncRun {
    /// Its identifier.
    pub id: Id,
    /// The connection with its name.
    pub connection: (Id, String),
    /// Who asked for it, with their name; none where it ran by itself.
    pub asked_by: Option<(Id, String)>,
    /// When it began.
    pub started_at: Moment,
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// Requests to the other system.
    pub requests: i64,
    /// Goals that were looked at.
    pub goals: i64,
    /// Goals whose source said something new.
    pub changed: i64,
    /// Goals that could not be synced.
    pub failed: i64,
    /// The first trouble.
    pub error: Option<Failed>,
}

/// What a goal's data source said lately.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncsOfGoal {
    /// The goal's title.
    pub title: String,
    /// What the values are: per cent or numbers.
    pub mode: LinkMode,
    /// The newest first; equal ones in a row as one.
    pub results: Vec<SyncResult>,
}

impl SyncRun {
    fn of(row: Row) -> Self {
        Self {
            id: row.id,
            connection: (row.connection_id, row.connection_name),
            asked_by: row.asked_by.zip(row.asked_by_name),
            started_at: row.started_at,
            millis: row.millis,
            requests: row.requests,
            goals: row.links,
            changed: row.changed,
            failed: row.failed,
            error: row.error.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        }
    }
}

/// A run that has just ended.
pub(super) struct Ended {
    pub(super) asked_by: Option<Id>,
    pub(super) started_at: Moment,
    pub(super) requests: u64,
    pub(super) done: Done,
}

impl Northing {
    /// The newest syncs of all connections of an integration, at most 100.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but owners and admins, [`Error::NotFound`] for a kind that there is not.
    pub async fn syncs_of_integration(&self, actor: &Actor, kind: &str) -> Result<Vec<SyncRun>> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
        let kind = known(kind).map_err(|_| Error::NotFound("integration"))?;
        let runs = sync_log::of_kind(&mut rx, actor.org_id, kind).await?;
        Ok(runs.into_iter().map(SyncRun::of).collect())
    }

    /// The newest syncs of a connection, at most 100, with its name.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] for all but its owner and admins.
    pub async fn syncs_of_connection(&self, actor: &Actor, id: Id) -> Result<(String, Vec<SyncRun>)> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        let row = manageable(&mut rx, actor, id, &settings).await?;
        let runs = sync_log::of_connection(&mut rx, id).await?;
        Ok((row.name, runs.into_iter().map(SyncRun::of).collect()))
    }

    /// What a goal's data source said lately.
    ///
    /// # Errors
    /// [`Error::NotFound`] for goals that the actor may not see and those that follow nothing.
    pub async fn syncs_of_goal(&self, actor: &Actor, goal: Id) -> Result<SyncsOfGoal> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        let link = goal_links::find(&mut rx, goal).await?.ok_or(Error::NotFound("link"))?;
        let kept = sync_log::results(&mut rx, &[goal]).await?;
        let mut results = kept.get(&goal).map(|text| results::read(text)).unwrap_or_default();
        results.reverse();
        Ok(SyncsOfGoal { title: row.title, mode: Link::of(&link)?.options.mode, results })
    }

    /// Notes a run that ended.
    pub(super) async fn note_run(&self, connection: &ConnectionRow, ended: Ended) -> Result<()> {
        let Done { round, trouble } = ended.done;
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let row = Row {
            id: self.new_id(),
            org_id: connection.org_id,
            connection_id: connection.id,
            connection_name: connection.name.clone(),
            asked_by: ended.asked_by,
            asked_by_name: None,
            started_at: ended.started_at,
            millis: (self.now().millis() - ended.started_at.millis()).max(0),
            requests: i64::try_from(ended.requests).unwrap_or(i64::MAX),
            links: count(round.links),
            changed: count(round.changed),
            failed: count(round.failed),
            error: trouble.as_ref().map(text).transpose()?,
        };
        self.store
            .write(row, |tx, row| Box::pin(async move { Ok::<_, Error>(sync_log::note(tx, row).await?) }))
            .await
    }
}
