//! Removing a check-in (goals §5.2): of the latest one the goal falls back to the one before.

use northing_core::check_in::locked;
use northing_core::cone::Seed;
use northing_core::event::EventKind;
use northing_core::goal::ProgressMode;
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::Tx;
use northing_store::check_ins;
use northing_store::cone::LastCheckIn;
use northing_store::history::{self, Source};
use serde_json::json;

use super::CheckedIn;
use super::opened::{Meant, Opened, Worked, said};
use crate::cone::{Own, Recompute, internal, moved, settle};
use crate::error::Result;
use crate::{Actor, Northing, Scope};

impl Northing {
    /// Removes a check-in with its comments. Where it was the latest, the goal falls back to the one before.
    ///
    /// # Errors
    /// As [`Northing::edit_check_in`].
    pub async fn delete_check_in(
        &self,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        version: Option<i64>,
    ) -> Result<CheckedIn> {
        actor.need(Scope::CheckIn)?;
        let meant = Meant { goal, check_in, action: Action::CheckInDelete, version };
        self.store
            .write((self.clone(), actor.clone(), meant), |tx, (app, actor, meant)| {
                Box::pin(async move { app.delete_now(tx, actor, *meant).await })
            })
            .await
    }

    /// What removing a check-in would move, with the titles of the goals; nothing is written.
    ///
    /// # Errors
    /// As [`Northing::delete_check_in`].
    pub async fn preview_check_in_deletion(
        &self,
        actor: &Actor,
        goal: Id,
        check_in: Id,
    ) -> Result<CheckedIn> {
        actor.need(Scope::CheckIn)?;
        let meant = Meant { goal, check_in, action: Action::CheckInDelete, version: None };
        let mut rx = self.store.read().await?;
        let (settings, mut open) = Opened::read(&mut rx, actor, meant).await?;
        let job = self.job(actor, &settings, Source::Edit)?;
        let worked = work_out(&mut open, &job)?;
        let suggested = open.node()?.state.automatic_status;
        let (row, moved) = (open.row.clone(), moved(&open.above, &worked.outcomes));
        open.tell(&mut rx, actor, Some(row), (suggested, &moved, true)).await
    }

    async fn delete_now(&self, tx: &mut Tx, actor: &Actor, meant: Meant) -> Result<CheckedIn> {
        let (settings, mut open) = Opened::lock(tx, actor, meant).await?;
        let job = self.job(actor, &settings, Source::Edit)?;
        let worked = work_out(&mut open, &job)?;
        check_ins::delete(tx, open.row.id, open.row.version).await?;
        history::forget_check_in(tx, open.row.id).await?;
        let mut moved = Vec::new();
        if worked.live {
            let last = LastCheckIn::Set(open.previous.as_ref().map(|row| row.at));
            let own = Own { goal: open.row.goal_id, last, check_in: None, backdated: false };
            moved = settle(tx, &job, &open.above, &worked.seeds, &worked.outcomes, &[own]).await?;
        }
        let detail = json!({ "before": said(&open.row), "after": null });
        self.log_check_in(tx, actor, &job, EventKind::CheckInDeleted, &open.row, detail).await?;
        let suggested = open.node()?.state.automatic_status;
        open.tell(tx, actor, None, (suggested, &moved, false)).await
    }
}

fn work_out(open: &mut Opened, job: &Recompute<'_>) -> Result<Worked> {
    locked(open.stored.status)?;
    let mut worked = Worked { live: open.is_latest(), ..Worked::default() };
    if !worked.live {
        return Ok(worked);
    }
    let goal = open.row.goal_id;
    let node = open.node()?;
    let mode = node.mode;
    let stopped = if node.automatic_stopped == open.row.automatic_stopped {
        open.previous.as_ref().is_some_and(|row| row.automatic_stopped)
    } else {
        node.automatic_stopped
    };
    let state = open.without(&job.rules())?;
    open.above.cone.stop_automatic(goal, stopped).map_err(internal)?;
    open.above.cone.set(goal, state).map_err(internal)?;
    // What rolls up falls back to what is below it.
    let rolls_up = mode == ProgressMode::Rollup && !stopped;
    worked.seeds = vec![if rolls_up { Seed::Children(goal) } else { Seed::Own(goal) }];
    worked.outcomes = open.above.cone.recompute(&worked.seeds, &job.rules()).map_err(internal)?;
    Ok(worked)
}
