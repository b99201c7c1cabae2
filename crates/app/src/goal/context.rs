//! What every use case about goals begins with and ends with.

use northing_core::cone::{Seed, State};
use northing_core::permission::{Action, GoalFacts, Thing};
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::goals::{self, GoalRow};
use northing_store::history::Source;
use northing_store::{Change, Event, Rx, Tx, goal_facts};
use serde_json::json;

use crate::cone::{Moved, Recompute, recompute_from, zone};
use crate::{Actor, Error, Northing, Result, Scope};

/// The actor, the rules of their organisation and the moment.
pub(crate) struct Context<'a> {
    pub(crate) app: &'a Northing,
    pub(crate) actor: &'a Actor,
    pub(crate) settings: Settings,
    pub(crate) now: Moment,
    pub(crate) today: Day,
}

impl<'a> Context<'a> {
    fn new(app: &'a Northing, actor: &'a Actor, settings: Option<Settings>) -> Result<Self> {
        let settings = settings.ok_or(Error::NotFound("organisation"))?;
        let now = app.now();
        let today = now.day_in(&zone(&settings)?);
        Ok(Self { app, actor, settings, now, today })
    }

    /// For reading.
    pub(crate) async fn read(rx: &mut Rx, app: &'a Northing, actor: &'a Actor) -> Result<Self> {
        actor.need(Scope::Read)?;
        Self::new(app, actor, goal_facts::settings(rx, actor.org_id).await?)
    }

    /// For changes: nobody else changes the organisation's structure or progress meanwhile.
    pub(crate) async fn write(tx: &mut Tx, app: &'a Northing, actor: &'a Actor) -> Result<Self> {
        actor.need(Scope::Write)?;
        Self::new(app, actor, goal_facts::lock_structure(tx, actor.org_id).await?)
    }

    /// Lets only those pass who may do this to this.
    pub(crate) fn require(&self, action: Action, thing: Thing<'_>) -> Result<()> {
        self.actor.require(action, thing, &self.settings)
    }

    pub(crate) fn may(&self, action: Action, thing: Thing<'_>) -> bool {
        self.actor.may(action, thing, &self.settings)
    }

    /// How the actor stands to a goal that they may see.
    pub(crate) async fn facts(&self, rx: &mut Rx, id: Id) -> Result<GoalFacts> {
        let found = goal_facts::goals(rx, self.actor.org_id, self.actor.user_id, &[id]).await?;
        let facts = found.get(&id).copied().ok_or(Error::NotFound("goal"))?;
        self.require(Action::GoalView, Thing::Goal(&facts))?;
        Ok(facts)
    }

    /// A goal to which the actor may do this.
    pub(crate) async fn goal(&self, rx: &mut Rx, id: Id, action: Action) -> Result<(GoalRow, GoalFacts)> {
        let facts = self.facts(rx, id).await?;
        let row = goals::find(rx, self.actor.org_id, id).await?.ok_or(Error::NotFound("goal"))?;
        self.require(action, Thing::Goal(&facts))?;
        Ok((row, facts))
    }

    /// Those of these goals that exist and that the actor may see, in the order given.
    pub(crate) async fn visible(&self, rx: &mut Rx, ids: &[Id]) -> Result<Vec<Id>> {
        let seen = northing_store::cone::visible(rx, self.actor.org_id, self.actor.user_id, ids).await?;
        Ok(ids.iter().copied().filter(|id| seen.contains_key(id)).collect())
    }

    /// Writes down what was done. Returns the entry's id.
    pub(crate) async fn record(
        &self,
        tx: &mut Tx,
        kind: northing_core::event::EventKind,
        goal_id: Id,
        subject_id: Option<Id>,
        detail: serde_json::Value,
    ) -> Result<Id> {
        let id = self.app.new_id();
        let entry = Entry {
            id,
            org_id: self.actor.org_id,
            actor_id: Some(self.actor.user_id),
            via: self.actor.via.name(),
            kind,
            goal_id: Some(goal_id),
            subject_id,
            detail,
            at: self.now,
        };
        activity::record(tx, &entry).await?;
        Ok(id)
    }

    pub(crate) fn announce(&self, tx: &mut Tx, goals: Vec<Id>, change: Change) {
        tx.announce(Event::goals(self.actor.org_id, goals, change));
    }

    /// By which rules, when and why goals are computed anew.
    pub(super) fn job(&self, change: Id, source: Source) -> Recompute<'_> {
        Recompute {
            org_id: self.actor.org_id,
            settings: &self.settings,
            today: self.today,
            now: self.now,
            change,
            source,
        }
    }

    /// Recomputes the seeds and all above them; goals that closed because their key results did get their entry.
    pub(crate) async fn recompute(
        &self,
        tx: &mut Tx,
        source: Source,
        seeds: &[Seed],
        states: &[(Id, State)],
    ) -> Result<Vec<Moved>> {
        if seeds.is_empty() {
            return Ok(Vec::new());
        }
        let job = self.job(self.app.new_id(), source);
        let moved = recompute_from(tx, &job, seeds, states).await?;
        for goal in &moved {
            let set = states.iter().any(|(id, _)| *id == goal.goal_id);
            if !set && goal.after.status == Status::Closed && goal.before.status != Status::Closed {
                let detail = json!({ "automatic": true, "score": goal.after.score });
                self.record(tx, northing_core::event::EventKind::GoalClosed, goal.goal_id, None, detail)
                    .await?;
            }
        }
        Ok(moved)
    }
}

/// How a stored goal stands.
pub(crate) fn state(row: &GoalRow) -> State {
    State {
        value: row.metric.current,
        progress_unclamped: row.progress_unclamped,
        status: row.status,
        automatic_status: row.automatic_status,
        manual_status: row.status_is_manual,
        started: row.last_source.is_some()
            || row.last_check_in_at.is_some()
            || row.status != Status::NotStarted,
        score: row.score,
    }
}

/// Every id once, in the order given.
pub(crate) fn distinct(ids: &[Id]) -> Vec<Id> {
    let mut seen = std::collections::HashSet::new();
    ids.iter().copied().filter(|id| seen.insert(*id)).collect()
}
