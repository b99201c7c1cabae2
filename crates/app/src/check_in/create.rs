//! Making a check-in, and showing beforehand what it would move.

use northing_core::check_in::{CheckInInput, apply, suggestion};
use northing_core::cone::{Node, Outcome, Rules, Seed, State};
use northing_core::event::EventKind;
use northing_core::goal::ProgressMode;
use northing_core::period::validate_day;
use northing_core::permission::Action;
use northing_core::settings::Settings;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::check_ins::{self, CheckInRow};
use northing_store::cone::{self, Above, LastCheckIn};
use northing_store::history::{self, Point, Source};
use northing_store::{Change, Event, Rx, Tx, goal_links};
use serde_json::json;

use super::{AsOf, Changed, CheckedIn, NewCheckIn, allow, changed, hold_structure, note, settings, wrong};
use crate::cone::{Own, Recompute, after, internal, lock_and_load, moved, settle, zone};
use crate::error::{Error, Result};
use crate::{Actor, Northing, Scope};

impl Northing {
    /// Checks in: the goal and everything above it move in one transaction.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::Forbidden`] by the rights on the goal, [`Error::Refused`] for one that is closed or
    /// postponed, [`Error::Invalid`] for wrong fields.
    pub async fn create_check_in(&self, actor: &Actor, goal: Id, new: NewCheckIn) -> Result<CheckedIn> {
        actor.need(Scope::CheckIn)?;
        let new = NewCheckIn { note: note(new.note.as_deref())?, ..new };
        let work = (self.clone(), actor.clone(), goal, new);
        self.store
            .write(work, |tx, (app, actor, goal, new)| {
                Box::pin(async move { app.check_in_now(tx, actor, *goal, new).await })
            })
            .await
    }

    /// What a check-in would move, with the titles of the goals; nothing is written.
    ///
    /// # Errors
    /// As [`Northing::create_check_in`].
    pub async fn preview_check_in(&self, actor: &Actor, goal: Id, new: &NewCheckIn) -> Result<CheckedIn> {
        actor.need(Scope::CheckIn)?;
        note(new.note.as_deref())?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalCheckIn, false, &settings).await?;
        let mut above = cone::load(&mut rx, actor.org_id, &[goal]).await?;
        let (today, now) = self.today(&settings)?;
        let job = Recompute {
            org_id: actor.org_id,
            settings: &settings,
            today,
            now,
            change: goal,
            source: Source::CheckIn,
        };
        let source = source_value(&mut rx, goal, new).await?;
        let draft = Draft::of(&mut above, &job, goal, new, source)?;
        let changed = changed(&mut rx, actor, goal, &moved(&above, &draft.outcomes), true).await?;
        Ok(CheckedIn { check_in: None, goal: draft.goal, suggested: draft.suggested, changed })
    }

    /// Today in the organisation's time zone, and now.
    pub(crate) fn today(&self, settings: &Settings) -> Result<(Day, Moment)> {
        let now = self.now();
        Ok((now.day_in(&zone(settings)?), now))
    }

    async fn check_in_now(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        new: &NewCheckIn,
    ) -> Result<CheckedIn> {
        let org_id = actor.org_id;
        let settings = hold_structure(tx, org_id).await?;
        allow(tx, actor, goal, Action::GoalCheckIn, false, &settings).await?;
        let mut above = lock_and_load(tx, org_id, &[goal]).await?;
        // Only now, behind the locks: of two check-ins the later one has the later moment.
        let (today, now) = self.today(&settings)?;
        let job = Recompute {
            org_id,
            settings: &settings,
            today,
            now,
            change: self.new_id(),
            source: Source::CheckIn,
        };
        let source = source_value(tx, goal, new).await?;
        let draft = Draft::of(&mut above, &job, goal, new, source)?;
        let row = draft.row(self.new_id(), actor, &job, new);
        let moved = if draft.latest {
            let last = LastCheckIn::Set(Some(draft.at));
            let own = Own { goal, last, check_in: Some((row.id, draft.at)), backdated: new.as_of.is_some() };
            settle(tx, &job, &above, &draft.seeds, &draft.outcomes, &[own]).await?
        } else {
            let point = Point::of(goal, draft.at, &draft.state, Source::CheckIn, Some(row.id));
            history::add(tx, job.change, &[point]).await?;
            tx.announce(Event::goals(org_id, vec![goal], Change::Activity));
            Vec::new()
        };
        check_ins::insert(tx, &row).await?;
        let entry = Entry {
            id: job.change,
            org_id,
            actor_id: Some(actor.user_id),
            via: actor.via.name(),
            kind: EventKind::CheckInAdded,
            goal_id: Some(goal),
            subject_id: Some(row.id),
            detail: draft.detail(),
            at: now,
        };
        activity::record(tx, &entry).await?;
        let changed = changed(tx, actor, goal, &moved, false).await?;
        Ok(CheckedIn { check_in: Some(row), goal: draft.goal, suggested: draft.suggested, changed })
    }
}

/// A check-in worked out, before anything is saved.
struct Draft {
    /// The moment it holds for.
    at: Moment,
    /// Whether it is the goal's latest, which moves it; else only history changes.
    latest: bool,
    /// How the goal stands by it.
    state: State,
    suggested: Status,
    stopped: bool,
    seeds: Vec<Seed>,
    outcomes: Vec<Outcome>,
    goal: Changed,
    mode: ProgressMode,
}

impl Draft {
    fn of(
        above: &mut Above,
        job: &Recompute<'_>,
        goal: Id,
        new: &NewCheckIn,
        source: Option<f64>,
    ) -> Result<Self> {
        let node = above.cone.node(goal).ok_or(Error::NotFound("goal"))?.clone();
        let about = *above.about(goal).ok_or(Error::NotFound("goal"))?;
        let last = about.last_check_in_at;
        let (at, day) = match new.as_of {
            None => {
                let newest = last.map_or(about.updated_at, |last| last.max(about.updated_at));
                (after(job.now, newest), job.today)
            }
            Some(as_of) => past(as_of, job)?,
        };
        let latest = last.is_none_or(|last| at >= last);
        if !latest && (new.input.stop_automatic || new.input.resume_automatic) {
            let message = "stops or resumes nothing: there are later check-ins";
            return Err(wrong("as_of", "not_allowed", message));
        }
        let rules = Rules { day, settings: job.settings };
        let below = above.cone.status_below(goal, &rules);
        let mut applied = apply(&node, &new.input, below, &rules)?;
        if let Some(value) = source.filter(|_| applied.resumed && node.mode == ProgressMode::DataSource) {
            // What the data source says counts again at once; the next sync would find nothing new.
            let said = CheckInInput { value: Some(value), ..CheckInInput::default() };
            applied.state = apply(&node, &said, below, &rules)?.state;
            applied.resumed = false;
        }
        let suggested = suggestion(&node, applied.state.value, below, &rules);
        let mut draft = Self {
            at,
            latest,
            state: applied.state,
            suggested,
            stopped: applied.automatic_stopped,
            seeds: Vec::new(),
            outcomes: Vec::new(),
            goal: Changed::of(goal, &about.stored, &about.stored),
            mode: node.mode,
        };
        if latest {
            draft.recompute(above, job, &node, applied.resumed)?;
            draft.goal = Changed::of(goal, &about.stored, &draft.state);
        }
        Ok(draft)
    }

    fn recompute(
        &mut self,
        above: &mut Above,
        job: &Recompute<'_>,
        node: &Node,
        resumed: bool,
    ) -> Result<()> {
        let goal = node.id;
        above.cone.stop_automatic(goal, self.stopped).map_err(internal)?;
        above.cone.set(goal, self.state).map_err(internal)?;
        self.seeds = vec![if resumed { Seed::Children(goal) } else { Seed::Own(goal) }];
        self.outcomes = above.cone.recompute(&self.seeds, &job.rules()).map_err(internal)?;
        self.state = above.cone.node(goal).map_or(self.state, |node| node.state);
        if resumed {
            let below = above.cone.status_below(goal, &job.rules());
            self.suggested = below.unwrap_or(self.state.automatic_status);
        }
        Ok(())
    }

    fn row(&self, id: Id, actor: &Actor, job: &Recompute<'_>, new: &NewCheckIn) -> CheckInRow {
        CheckInRow {
            id,
            goal_id: self.goal.goal_id,
            author_id: Some(actor.user_id),
            author_name: Some(actor.name.clone()),
            source: String::from("person"),
            at: self.at,
            recorded_at: job.now,
            value: self.state.value,
            progress: self.state.progress_unclamped,
            status: self.state.status,
            status_is_manual: self.state.manual_status,
            progress_mode: self.mode,
            automatic_stopped: self.stopped,
            approximate: false,
            note: new.note.clone(),
            version: 1,
            edited_at: None,
            comment_count: 0,
        }
    }

    fn detail(&self) -> serde_json::Value {
        let Changed { value_before, progress_before, status_before, .. } = &self.goal;
        json!({
            "at": self.at,
            "before": { "value": value_before, "progress": progress_before, "status": status_before },
            "after": { "value": self.state.value, "progress": self.state.progress(), "status": self.state.status },
        })
    }
}

/// What a goal's data source last said, where automatic updates are to be resumed.
async fn source_value(rx: &mut Rx, goal: Id, new: &NewCheckIn) -> Result<Option<f64>> {
    if !new.input.resume_automatic {
        return Ok(None);
    }
    Ok(goal_links::find(rx, goal).await?.and_then(|link| link.last.value))
}

/// The moment and the day of a check-in for the past.
fn past(as_of: AsOf, job: &Recompute<'_>) -> Result<(Moment, Day)> {
    let zone = zone(job.settings)?;
    let at = match as_of {
        AsOf::Moment(at) => at,
        AsOf::Day(day) if day == job.today => job.now,
        AsOf::Day(day) => day.plus_days(1).start_in(&zone).plus_millis(-1),
    };
    if at > job.now {
        return Err(wrong("as_of", "out_of_range", "must not lie in the future"));
    }
    let day = at.day_in(&zone);
    validate_day("as_of", day)?;
    Ok((at, day))
}
