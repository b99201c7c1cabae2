//! Changing a check-in (goals §5.2): of the latest one the goal's values follow, of an older one only history.

use northing_core::check_in::{CheckInInput, apply, locked, suggestion};
use northing_core::cone::{Node, Rules, Seed};
use northing_core::event::EventKind;
use northing_core::permission::Action;
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_store::Tx;
use northing_store::check_ins::{self, CheckInRow};
use northing_store::cone::LastCheckIn;
use northing_store::history::{self, Point, Source};
use serde_json::json;

use super::opened::{Meant, Opened, Worked, said};
use super::{CheckedIn, note};
use crate::cone::{Own, Recompute, internal, moved, settle, zone};
use crate::error::Result;
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

impl Northing {
    /// Changes a check-in. Where it is the latest, the goal and all above follow; else only history does.
    ///
    /// # Errors
    /// As [`Northing::create_check_in`]; [`crate::Error::Conflict`] where another version was meant.
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

    /// What a change of a check-in would move, with the titles of the goals; nothing is written.
    ///
    /// # Errors
    /// As [`Northing::edit_check_in`].
    pub async fn preview_check_in_edit(
        &self,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        edit: &EditCheckIn,
    ) -> Result<CheckedIn> {
        actor.need(Scope::CheckIn)?;
        note(edit.note.as_deref())?;
        let mut rx = self.store.read().await?;
        let (settings, mut open) = Opened::read(&mut rx, actor, meant(goal, check_in, edit)).await?;
        let job = self.job(actor, &settings, Source::CheckIn)?;
        let rules = rules(&open, &settings)?;
        let worked = work_out(&mut open, &job, &rules, edit)?;
        let value = worked.said.map_or(open.row.value, |said| said.value);
        let suggested = suggestion(open.node()?, value, open.above.cone.status_below(goal, &rules), &rules);
        let moved = moved(&open.above, &worked.outcomes);
        open.tell(&mut rx, actor, None, (suggested, &moved, true)).await
    }

    async fn edit_now(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        check_in: Id,
        edit: &EditCheckIn,
    ) -> Result<CheckedIn> {
        let (settings, mut open) = Opened::lock(tx, actor, meant(goal, check_in, edit)).await?;
        let job = self.job(actor, &settings, Source::CheckIn)?;
        let rules = rules(&open, &settings)?;
        let worked = work_out(&mut open, &job, &rules, edit)?;
        let before = open.row.clone();
        let mut moved = Vec::new();
        if let Some(said) = worked.said {
            history::forget_check_in(tx, check_in).await?;
            if worked.live {
                let own = Own {
                    goal,
                    last: LastCheckIn::Keep,
                    check_in: Some((check_in, open.row.at)),
                    backdated: false,
                };
                moved = settle(tx, &job, &open.above, &worked.seeds, &worked.outcomes, &[own]).await?;
            } else {
                let point = Point::of(goal, open.row.at, &said, Source::CheckIn, Some(check_in));
                history::add(tx, job.change, &[point]).await?;
            }
            open.row.value = said.value;
            open.row.progress = said.progress_unclamped;
            open.row.status = said.status;
            open.row.status_is_manual = said.manual_status;
        }
        if let Some(text) = &edit.note {
            open.row.note = note(Some(text))?;
        }
        check_ins::update(tx, &open.row, job.now).await?;
        open.row.version += 1;
        open.row.edited_at = Some(job.now);
        let detail = json!({ "before": said(&before), "after": said(&open.row) });
        self.log_check_in(tx, actor, &job, EventKind::CheckInEdited, &open.row, detail).await?;
        let suggested =
            suggestion(open.node()?, open.row.value, open.above.cone.status_below(goal, &rules), &rules);
        open.tell(tx, actor, Some(open.row.clone()), (suggested, &moved, false)).await
    }
}

const fn meant(goal: Id, check_in: Id, edit: &EditCheckIn) -> Meant {
    Meant { goal, check_in, action: Action::CheckInEdit, version: edit.version }
}

/// The rules of the day for which the check-in holds.
fn rules<'a>(open: &Opened, settings: &'a Settings) -> Result<Rules<'a>> {
    Ok(Rules { day: open.row.at.day_in(&zone(settings)?), settings })
}

fn work_out(open: &mut Opened, job: &Recompute<'_>, rules: &Rules<'_>, edit: &EditCheckIn) -> Result<Worked> {
    if !edit.moves() {
        return Ok(Worked::default());
    }
    let goal = open.row.goal_id;
    let live = open.is_latest() && stands(open.node()?, &open.row);
    let mut node = open.node()?.clone();
    locked(node.state.status)?;
    if live {
        node.state = open.without(rules)?;
    }
    let below = open.above.cone.status_below(goal, rules);
    let applied = apply(&node, &input(&open.row, edit), below, rules)?;
    let mut worked = Worked { live, said: Some(applied.state), ..Worked::default() };
    if live {
        worked.seeds = vec![Seed::Own(goal)];
        open.above.cone.set(goal, applied.state).map_err(internal)?;
        worked.outcomes = open.above.cone.recompute(&worked.seeds, &job.rules()).map_err(internal)?;
    }
    Ok(worked)
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
