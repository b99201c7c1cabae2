//! A check-in that is to be changed or removed, with the cone above its goal: looked up, worked out, and written down.

use northing_core::check_in::fall_back;
use northing_core::cone::{Node, Outcome, Rules, Seed, State};
use northing_core::event::EventKind;
use northing_core::permission::Action;
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_store::activity::{self, Entry};
use northing_store::check_ins::{self, CheckInRow};
use northing_store::cone::{self, Above};
use northing_store::history::Source;
use northing_store::{Change, Event, Rx, Tx};
use serde_json::{Value, json};

use super::{Changed, CheckedIn, allow, changed, hold_structure, settings};
use crate::cone::{Moved, Recompute, lock_and_load};
use crate::error::{Error, Result};
use crate::{Actor, Northing};

/// Which check-in, and what is to be done with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meant {
    pub(super) goal: Id,
    pub(super) check_in: Id,
    pub(super) action: Action,
    /// The version that the actor saw; none takes whatever there is.
    pub(super) version: Option<i64>,
}

/// What every change of a check-in begins with.
pub(super) struct Opened {
    pub(super) above: Above,
    pub(super) row: CheckInRow,
    pub(super) previous: Option<CheckInRow>,
    /// How the goal stands before the change.
    pub(super) stored: State,
}

/// A change worked out, before anything is saved.
#[derive(Default)]
pub(super) struct Worked {
    /// Whether the goal itself moves: the check-in is its latest. Else only history changes.
    pub(super) live: bool,
    /// What the check-in says from now on; none where that stays or the check-in goes.
    pub(super) said: Option<State>,
    pub(super) seeds: Vec<Seed>,
    pub(super) outcomes: Vec<Outcome>,
}

impl Opened {
    /// For a change: nothing above moves meanwhile.
    pub(super) async fn lock(tx: &mut Tx, actor: &Actor, meant: Meant) -> Result<(Settings, Self)> {
        let settings = hold_structure(tx, actor.org_id).await?;
        // A stranger to the goal must not learn whether the check-in exists.
        allow(tx, actor, meant.goal, Action::GoalView, false, &settings).await?;
        let above = lock_and_load(tx, actor.org_id, &[meant.goal]).await?;
        let open = Self::find(tx, actor, meant, above, &settings).await?;
        Ok((settings, open))
    }

    /// For a preview.
    pub(super) async fn read(rx: &mut Rx, actor: &Actor, meant: Meant) -> Result<(Settings, Self)> {
        let settings = settings(rx, actor.org_id).await?;
        allow(rx, actor, meant.goal, Action::GoalView, false, &settings).await?;
        let above = cone::load(rx, actor.org_id, &[meant.goal]).await?;
        let open = Self::find(rx, actor, meant, above, &settings).await?;
        Ok((settings, open))
    }

    async fn find(
        rx: &mut Rx,
        actor: &Actor,
        meant: Meant,
        above: Above,
        settings: &Settings,
    ) -> Result<Self> {
        let Meant { goal, check_in, action, version } = meant;
        let row = check_ins::find(rx, goal, check_in).await?.ok_or(Error::NotFound("check-in"))?;
        allow(rx, actor, goal, action, row.author_id == Some(actor.user_id), settings).await?;
        if version.is_some_and(|version| version != row.version) {
            return Err(Error::Conflict);
        }
        let previous = check_ins::latest_besides(rx, goal, check_in).await?;
        let stored = above.about(goal).ok_or(Error::NotFound("goal"))?.stored;
        Ok(Self { above, row, previous, stored })
    }

    pub(super) fn node(&self) -> Result<&Node> {
        self.above.cone.node(self.row.goal_id).ok_or(Error::NotFound("goal"))
    }

    /// Whether no other check-in is later.
    pub(super) fn is_latest(&self) -> bool {
        self.previous.as_ref().is_none_or(|other| (other.at, other.id) < (self.row.at, self.row.id))
    }

    /// How the goal would stand without this check-in.
    pub(super) fn without(&self, rules: &Rules<'_>) -> Result<State> {
        let previous = self.previous.as_ref().map(|row| (row.value, row.status));
        Ok(fall_back(self.node()?, previous, rules))
    }

    /// What a change did, or would do, for whoever asked.
    pub(super) async fn tell(
        &self,
        rx: &mut Rx,
        actor: &Actor,
        check_in: Option<CheckInRow>,
        (suggested, moved, titles): (Status, &[Moved], bool),
    ) -> Result<CheckedIn> {
        let goal = Changed::of(self.row.goal_id, &self.stored, &self.node()?.state);
        let changed = changed(rx, actor, goal.goal_id, moved, titles).await?;
        Ok(CheckedIn { check_in, goal, suggested, changed })
    }
}

impl Northing {
    /// What a recomputation that begins with a check-in's change is told.
    pub(super) fn job<'a>(
        &self,
        actor: &Actor,
        settings: &'a Settings,
        source: Source,
    ) -> Result<Recompute<'a>> {
        let (today, now) = self.today(settings)?;
        Ok(Recompute { org_id: actor.org_id, settings, today, now, change: self.new_id(), source })
    }

    /// Writes down what became of a check-in.
    pub(super) async fn log_check_in(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &Recompute<'_>,
        kind: EventKind,
        row: &CheckInRow,
        detail: Value,
    ) -> Result<()> {
        let entry = Entry {
            id: job.change,
            org_id: actor.org_id,
            actor_id: Some(actor.user_id),
            via: actor.via.name(),
            kind,
            goal_id: Some(row.goal_id),
            subject_id: Some(row.id),
            detail,
            at: job.now,
        };
        activity::record(tx, &entry).await?;
        tx.announce(Event::goals(actor.org_id, vec![row.goal_id], Change::Activity));
        Ok(())
    }
}

/// What a check-in says, for the log.
pub(super) fn said(row: &CheckInRow) -> Value {
    json!({ "value": row.value, "progress": row.progress, "status": row.status, "note": row.note })
}
