//! Check-ins of an import, with the points of the graph that they stand for.

use std::collections::HashMap;

use northing_connectors::html;
use northing_connectors::import_model::{CheckIn, Effect, FieldNote, Record};
use northing_core::check_in::suggestion;
use northing_core::cone::{Node, Rules, State};
use northing_core::rollup::Tasks;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use northing_store::Tx;
use northing_store::check_ins::CheckInRow;
use northing_store::goals::GoalRow;
use northing_store::history::{self, Point, Source};
use northing_store::imports::{self, Foreign, Kind};

use super::goals::Goals;
use super::report::Outcome;
use super::run::{Before, Run, Said, changed, digest, dropped, find};
use crate::Result;

impl Run<'_> {
    /// Inserts check-ins and corrects those that say something else now, unless a person edited them here.
    pub(super) async fn check_ins(&mut self, tx: &mut Tx, goals: &Goals) -> Result<()> {
        let (org, set) = (self.actor.org_id, self.set);
        let known = Before::new(imports::known(tx, org, Kind::CheckIns).await?);
        // Tables give check-ins no identifier: goal and moment of entry tell whether one is here already.
        let nameless = set.check_ins.iter().any(|record| record.source_id.is_none());
        let here = if nameless { imports::check_in_moments(tx, org).await? } else { HashMap::new() };
        let (mut new, mut points, mut touched) = (Vec::new(), Vec::new(), Vec::new());
        let mut order: Vec<(Moment, &Record<CheckIn>)> =
            set.check_ins.iter().map(|record| (self.moment(&record.value), record)).collect();
        order.sort_by_key(|(at, _)| *at);
        let mut values: HashMap<Id, f64> = HashMap::new();
        for (at, record) in order {
            self.order.progress.step()?;
            let mut notes = Vec::new();
            let title = record.value.note.clone().unwrap_or_default();
            let goal = find(&self.goals, &record.value.goal).and_then(|id| goals.get(&id));
            let Some(goal) = goal else {
                notes.push(dropped("OKR ID", "its goal is not in the files"));
                self.fail("check_in", record, &title, notes);
                continue;
            };
            let entered = record.value.recorded_at.unwrap_or(at).min(self.now);
            let external = self.external("check_in", record, |_| (goal.id, at, entered))?;
            let origin = digest_of(record)?;
            let before = known.find(&external);
            if let Some(value) =
                record.value.value.map(|amount| amount.value).filter(|value| value.is_finite())
            {
                values.insert(goal.id, value);
            }
            let same = record.source_id.is_none().then(|| here.get(&(goal.id, entered))).flatten();
            if let (None, Some(same)) = (before, same) {
                let said = Said { outcome: Outcome::Unchanged, subject: Some(*same), notes, undo: None };
                self.say("check_in", record, &title, said);
                continue;
            }
            let outcome = match before {
                None => Outcome::Created,
                Some(before) if before.origin.as_deref() == Some(&origin) => Outcome::Unchanged,
                Some(before) if before.edited => {
                    notes.push(kept("Check-in"));
                    Outcome::Skipped
                }
                Some(_) => Outcome::Updated,
            };
            let id = before.map_or_else(|| self.app.new_id(), |it| it.id);
            if let Some(source) = &record.source_id {
                self.check_ins.insert(source.clone(), id);
            }
            let mut undo = None;
            if matches!(outcome, Outcome::Created | Outcome::Updated) {
                let value = values.get(&goal.id).copied();
                let (row, point) = self.check_in(id, goal, record, at, value, &mut notes);
                let foreign = Foreign { row, external_id: external, origin };
                touched.push(goal.id);
                if !self.new_goals.contains(&goal.id) {
                    points.push(point);
                }
                if outcome == Outcome::Updated {
                    undo = northing_store::check_ins::find(tx, goal.id, id)
                        .await?
                        .map(|old| undo_check_in(&old, before.and_then(|it| it.origin.as_deref())));
                    notes.push(changed("Check-in", "the file says something else now"));
                    imports::update_check_in(tx, &foreign, self.now).await?;
                } else {
                    new.push(foreign);
                }
            }
            self.say("check_in", record, &title, Said { outcome, subject: Some(id), notes, undo });
        }
        imports::insert_check_ins(tx, &new).await?;
        // How goals stand at the end, where no check-in says just that.
        let mut last: HashMap<Id, Point> = HashMap::new();
        for point in &points {
            last.insert(point.goal_id, *point);
        }
        for goal in goals.values().filter(|goal| {
            goal.last_source.is_some()
                && self.touched.contains(&goal.id)
                && !self.new_goals.contains(&goal.id)
        }) {
            let state = state(goal);
            let said = last.get(&goal.id).is_some_and(|point| {
                point.value == state.value
                    && point.status == state.status
                    && point.progress_unclamped == state.progress_unclamped
            });
            if !said {
                points.push(Point::of(goal.id, self.now, &state, Source::Import, None));
            }
        }
        let change = self.app.new_id();
        history::add(tx, change, &points).await?;
        self.own_points(tx).await?;
        touched.extend(self.touched.iter().copied());
        touched.sort_unstable();
        touched.dedup();
        Ok(imports::settle_last_check_ins(tx, &touched).await?)
    }

    /// The moment a check-in holds for: that of its entry where it was entered on that day, else the end of the day.
    fn moment(&self, it: &CheckIn) -> Moment {
        if let Some(own) = &it.own {
            return own.at.min(self.now);
        }
        let at = match (it.effective, it.recorded_at) {
            (Some(day), Some(at)) if at.day_in(&self.zone) == day => at,
            (Some(day), _) => day.plus_days(1).start_in(&self.zone).plus_millis(-1),
            (None, Some(at)) => at,
            (None, None) => self.now,
        };
        at.min(self.now.plus_millis(-1))
    }

    fn check_in(
        &self,
        id: Id,
        goal: &GoalRow,
        record: &Record<CheckIn>,
        at: Moment,
        value: Option<f64>,
        notes: &mut Vec<FieldNote>,
    ) -> (CheckInRow, Point) {
        let it = &record.value;
        let progress = value.and_then(|value| goal.metric.progress_unclamped(Some(value)));
        let node = Node {
            id: goal.id,
            kind: goal.kind,
            metric: goal.metric.clone(),
            mode: goal.progress_mode,
            automatic_stopped: false,
            start: goal.start_date,
            due: goal.due_date,
            phases: goal.phases.clone(),
            tasks: Tasks::default(),
            state: State { value, progress_unclamped: progress, ..State::initial(&goal.metric) },
        };
        let rules = Rules { day: at.day_in(&self.zone), settings: &self.settings };
        let status = it.status.unwrap_or_else(|| suggestion(&node, value, &rules));
        let formatted = match (&it.note, &it.note_html) {
            (None, Some(text)) => html::to_markdown(text),
            (Some(text), _) if it.own.is_none() && html::is_html(text) => html::to_markdown(text),
            _ => None,
        };
        if formatted.is_some() {
            notes.push(changed("Note", "from HTML to Markdown"));
        }
        let mut row = CheckInRow {
            id,
            goal_id: goal.id,
            author_id: self.person_or_note("Author", it.author.as_ref(), notes),
            author_name: None,
            source: String::from("import"),
            at,
            recorded_at: it.recorded_at.unwrap_or(at).min(self.now),
            value,
            progress,
            status,
            status_is_manual: it.status.is_some(),
            progress_mode: goal.progress_mode,
            automatic_stopped: false,
            approximate: it.value.is_some_and(|amount| amount.approximate),
            note: self.prose("Note", formatted.as_deref().or(it.note.as_deref()), notes),
            version: 1,
            edited_at: None,
            comment_count: 0,
        };
        if let Some(own) = &it.own {
            self.own_check_in(own, it.note.as_deref(), it.value.map(|amount| amount.value), &mut row);
        }
        let state = State { status, started: true, ..node.state };
        (row, Point::of(goal.id, at, &state, Source::Import, Some(id)))
    }
}

/// How a goal was imported.
fn state(goal: &GoalRow) -> State {
    State {
        value: goal.metric.current,
        progress_unclamped: goal.progress_unclamped,
        status: goal.status,
        automatic_status: goal.automatic_status,
        manual_status: false,
        started: goal.status != Status::NotStarted,
        score: goal.score,
    }
}

/// What the source said, as a digest: enough to tell whether it says something new.
fn digest_of(record: &Record<CheckIn>) -> Result<String> {
    Ok(serde_json::json!({ "digest": digest(&record.value)?, "extra": record.extra }).to_string())
}

pub(super) fn kept(field: &str) -> FieldNote {
    let reason = String::from("kept: edited here since the last import");
    FieldNote { field: field.to_owned(), effect: Effect::Kept, reason }
}

fn undo_check_in(old: &CheckInRow, origin: Option<&str>) -> String {
    serde_json::json!({
        "author": old.author_id, "at": old.at, "recorded_at": old.recorded_at, "value": old.value, "progress": old.progress,
        "status": old.status, "approximate": old.approximate, "note": old.note, "origin": origin,
    })
    .to_string()
}
