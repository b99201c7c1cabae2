//! Changing and removing a check-in (goals §5.2): of the latest one the goal's values follow, of an older one only history.

use northing_core::check_in::{CheckInInput, apply, fall_back, locked, suggestion};
use northing_core::cone::{Node, Rules, Seed, State};
use northing_core::event::EventKind;
use northing_core::goal::ProgressMode;
use northing_core::permission::Action;
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_store::activity::{self, Entry};
use northing_store::check_ins::{self, CheckInRow};
use northing_store::cone::{Above, LastCheckIn};
use northing_store::history::{self, Point, Source};
use northing_store::{Change, Event, Tx};
use serde_json::json;

use super::{Changed, CheckedIn, allow, changed, hold_structure, note};
use crate::cone::{Moved, Own, Recompute, internal, lock_and_load, settle, zone};
use crate::error::{Error, Result};
use crate::{Actor, Northing, Scope};

/// What is to be changed of a check-in; none stays.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EditCheckIn {
    /// The value in the metric's unit.
    pub value: Option<f64>,
    /// Or the progress, 0–100.
    pub progress: Option<f64>,
    /// The status.
    pub status: Option<Status>,
    /// The note; an empty one removes it.
    pub note: Option<String>,
    /// The version that is being changed; none takes whatever there is.
    pub version: Option<i64>,
}

impl EditCheckIn {
    const fn moves(&self) -> bool {
        self.value.is_some() || self.progress.is_some() || self.status.is_some()
    }
}

/// What every change of a check-in begins with.
struct Opened {
    settings: Settings,
    above: Above,
    row: CheckInRow,
    previous: Option<CheckInRow>,
}

impl Opened {
    fn node(&self) -> Result<&Node> {
        self.above.cone.node(self.row.goal_id).ok_or(Error::NotFound("goal"))
    }

    /// Whether no other check-in is later.
    fn is_latest(&self) -> bool {
        self.previous.as_ref().is_none_or(|other| (other.at, other.id) < (self.row.at, self.row.id))
    }

    /// How the goal would stand without this check-in.
    fn without(&self, rules: &Rules<'_>) -> Result<State> {
        let previous = self.previous.as_ref().map(|row| (row.value, row.status));
        Ok(fall_back(self.node()?, previous, rules))
    }

    fn stored(&self) -> Result<State> {
        Ok(self.above.about(self.row.goal_id).ok_or(Error::NotFound("goal"))?.stored)
    }
}

impl Northing {
    /// Changes a check-in. Where it is the latest, the goal and all above follow; else only history does.
    ///
    /// # Errors
    /// As [`Northing::create_check_in`]; [`Error::Conflict`] where another version was meant.
    pub async fn edit_check_in(
        &self,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        edit: EditCheckIn,
    ) -> Result<CheckedIn> {
        actor.need(Scope::CheckIn)?;
        note(edit.note.as_deref())?;
        let work = (self.clone(), actor.clone(), goal, check_in, edit);
        self.store
            .write(work, |tx, (app, actor, goal, check_in, edit)| {
                Box::pin(async move { app.edit_now(tx, actor, *goal, *check_in, edit).await })
            })
            .await
    }

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
        let work = (self.clone(), actor.clone(), goal, check_in, version);
        self.store
            .write(work, |tx, (app, actor, goal, check_in, version)| {
                Box::pin(async move { app.delete_now(tx, actor, *goal, *check_in, *version).await })
            })
            .await
    }

    async fn open(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        action: Action,
        version: Option<i64>,
    ) -> Result<Opened> {
        let settings = hold_structure(tx, actor.org_id).await?;
        // A stranger to the goal must not learn whether the check-in exists.
        allow(tx, actor, goal, Action::GoalView, false, &settings).await?;
        let above = lock_and_load(tx, actor.org_id, &[goal]).await?;
        let row = check_ins::find(tx, goal, check_in).await?.ok_or(Error::NotFound("check-in"))?;
        allow(tx, actor, goal, action, row.author_id == Some(actor.user_id), &settings).await?;
        if version.is_some_and(|version| version != row.version) {
            return Err(Error::Conflict);
        }
        let previous = check_ins::latest_besides(tx, goal, check_in).await?;
        Ok(Opened { settings, above, row, previous })
    }

    async fn edit_now(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        edit: &EditCheckIn,
    ) -> Result<CheckedIn> {
        let mut open = self.open(tx, actor, goal, check_in, Action::CheckInEdit, edit.version).await?;
        let settings = open.settings.clone();
        let (today, now) = self.today(&settings)?;
        let org_id = actor.org_id;
        let job = Recompute {
            org_id,
            settings: &settings,
            today,
            now,
            change: self.new_id(),
            source: Source::CheckIn,
        };
        let before = open.row.clone();
        let stored = open.stored()?;
        let mut moved = Vec::new();
        let mut state = stored;
        let rules = Rules { day: open.row.at.day_in(&zone(&settings)?), settings: &settings };
        if edit.moves() {
            let live = open.is_latest() && stands(open.node()?, &open.row);
            let mut node = open.node()?.clone();
            locked(node.state.status)?;
            if live {
                node.state = open.without(&rules)?;
            }
            let applied = apply(&node, &input(&open.row, edit), &rules)?;
            history::forget_check_in(tx, check_in).await?;
            if live {
                let seeds = [Seed::Own(goal)];
                open.above.cone.set(goal, applied.state).map_err(internal)?;
                let outcomes = open.above.cone.recompute(&seeds, &job.rules()).map_err(internal)?;
                let own = Own {
                    goal,
                    last: LastCheckIn::Keep,
                    check_in: Some((check_in, open.row.at)),
                    backdated: false,
                };
                moved = settle(tx, &job, &open.above, &seeds, &outcomes, Some(&own)).await?;
                state = open.node()?.state;
            } else {
                let point = Point::of(goal, open.row.at, &applied.state, Source::CheckIn, Some(check_in));
                history::add(tx, job.change, &[point]).await?;
            }
            let said = applied.state;
            open.row.value = said.value;
            open.row.progress = said.progress_unclamped;
            open.row.status = said.status;
            open.row.status_is_manual = said.manual_status;
        }
        if let Some(text) = &edit.note {
            open.row.note = note(Some(text))?;
        }
        check_ins::update(tx, &open.row, now).await?;
        open.row.version += 1;
        open.row.edited_at = Some(now);
        let suggested = suggestion(open.node()?, open.row.value, &rules);
        let detail = json!({ "before": said(&before), "after": said(&open.row) });
        self.log(tx, actor, &job, EventKind::CheckInEdited, &open.row, detail).await?;
        let goal = Changed::of(goal, &stored, &state);
        finish(tx, actor, goal, Some(open.row), suggested, &moved).await
    }

    async fn delete_now(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        version: Option<i64>,
    ) -> Result<CheckedIn> {
        let mut open = self.open(tx, actor, goal, check_in, Action::CheckInDelete, version).await?;
        let settings = open.settings.clone();
        let (today, now) = self.today(&settings)?;
        let org_id = actor.org_id;
        let job = Recompute {
            org_id,
            settings: &settings,
            today,
            now,
            change: self.new_id(),
            source: Source::Edit,
        };
        let stored = open.stored()?;
        locked(stored.status)?;
        check_ins::delete(tx, check_in, open.row.version).await?;
        history::forget_check_in(tx, check_in).await?;
        let mut moved = Vec::new();
        if open.is_latest() {
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
            let seeds = [if rolls_up { Seed::Children(goal) } else { Seed::Own(goal) }];
            let outcomes = open.above.cone.recompute(&seeds, &job.rules()).map_err(internal)?;
            let last = LastCheckIn::Set(open.previous.as_ref().map(|row| row.at));
            let own = Own { goal, last, check_in: None, backdated: false };
            moved = settle(tx, &job, &open.above, &seeds, &outcomes, Some(&own)).await?;
        }
        let node = open.node()?;
        let (goal, suggested) = (Changed::of(goal, &stored, &node.state), node.state.automatic_status);
        let detail = json!({ "before": said(&open.row), "after": null });
        self.log(tx, actor, &job, EventKind::CheckInDeleted, &open.row, detail).await?;
        finish(tx, actor, goal, None, suggested, &moved).await
    }

    async fn log(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        job: &Recompute<'_>,
        kind: EventKind,
        row: &CheckInRow,
        detail: serde_json::Value,
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

async fn finish(
    tx: &mut Tx,
    actor: &Actor,
    goal: Changed,
    check_in: Option<CheckInRow>,
    suggested: Status,
    moved: &[Moved],
) -> Result<CheckedIn> {
    let changed = changed(tx, actor, goal.goal_id, moved, false).await?;
    Ok(CheckedIn { check_in, goal, suggested, changed })
}

/// Whether the goal still stands as its check-in said: one with automatic updates may have moved on.
fn stands(node: &Node, row: &CheckInRow) -> bool {
    !node.mode.is_automatic(node.automatic_stopped) || node.state.value == row.value
}

/// What was entered together with what is changed of it.
fn input(row: &CheckInRow, edit: &EditCheckIn) -> CheckInInput {
    let kept = edit.value.is_none() && edit.progress.is_none();
    let chosen = row.status_is_manual && !row.status.is_locked() && row.status != Status::Reopened;
    CheckInInput {
        value: if kept { row.value } else { edit.value },
        progress: edit.progress,
        status: edit.status.or_else(|| chosen.then_some(row.status)),
        stop_automatic: false,
        resume_automatic: false,
    }
}

fn said(row: &CheckInRow) -> serde_json::Value {
    json!({ "value": row.value, "progress": row.progress, "status": row.status, "note": row.note })
}
