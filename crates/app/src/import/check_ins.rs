//! Check-ins of an import, with the points of the graph that they stand for.

use std::collections::{HashMap, HashSet};

use northing_connectors::html;
use northing_connectors::import_model::{CheckIn, Effect, FieldNote, Record};
use northing_core::check_in::suggestion;
use northing_core::cone::{Node, Rules, State};
use northing_core::rollup::Tasks;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use northing_store::check_ins::CheckInRow;
use northing_store::history::{self, Point, Source};
use northing_store::imports::{self, Foreign, Kind};

use super::goals::{Goals, Stands};
use super::pen::Pen;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, changed, dropped};
use super::settle::digest;
use super::who::find;
use crate::Result;

/// Check-ins are inserted so many at a time.
const AT_ONCE: usize = 256;

/// What is to be written of some check-ins.
#[derive(Default)]
struct Batch {
    new: Vec<Foreign<CheckInRow>>,
    points: Vec<Point>,
}

impl Run<'_> {
    /// Inserts check-ins and corrects those that say something else now, unless a person edited them here.
    pub(super) async fn check_ins(
        &mut self,
        pen: &mut Pen<'_>,
        goals: &Goals,
        mut records: Vec<Record<CheckIn>>,
    ) -> Result<()> {
        let org = self.actor.org_id;
        let known = pen.known(&mut self.report, org, Kind::CheckIns).await?;
        // Tables give check-ins no identifier: goal and moment of entry tell whether one is here already.
        let nameless = records.iter().any(|record| record.source_id.is_none());
        let here = match nameless {
            true => {
                pen.read(&mut self.report, move |rx| {
                    Box::pin(async move { Ok(imports::check_in_moments(rx, org).await?) })
                })
                .await?
            }
            false => HashMap::new(),
        };
        records.sort_by_cached_key(|record| self.moment(&record.value));
        let change = self.app.new_id();
        let (mut batch, mut touched, mut last) = (Batch::default(), HashSet::new(), HashMap::new());
        let mut values: HashMap<Id, f64> = HashMap::new();
        for record in records {
            self.order.progress.step()?;
            let at = self.moment(&record.value);
            let mut notes = Vec::new();
            let title = record.value.note.clone().unwrap_or_default();
            let found = find(&self.goals, &record.value.goal).and_then(|id| Some((id, goals.get(&id)?)));
            let Some((goal_id, goal)) = found else {
                notes.push(dropped("OKR ID", "its goal is not in the files"));
                self.fail("check_in", &record, &title, notes);
                continue;
            };
            let entered = record.value.recorded_at.unwrap_or(at).min(self.now);
            let external = self.external("check_in", &record, |_| (goal_id, at, entered))?;
            let origin = digest_of(&record)?;
            let before = known.find(&external);
            if let Some(value) =
                record.value.value.map(|amount| amount.value).filter(|value| value.is_finite())
            {
                values.insert(goal_id, value);
            }
            let same = record.source_id.is_none().then(|| here.get(&(goal_id, entered))).flatten();
            if let (None, Some(same)) = (before, same) {
                let said = Said { outcome: Outcome::Unchanged, subject: Some(*same), notes, undo: None };
                self.say("check_in", &record, &title, said);
                continue;
            }
            let mut outcome = match before {
                None => Outcome::Created,
                Some(before) if before.origin.as_deref() == Some(&origin) => Outcome::Unchanged,
                Some(before) if before.edited => Outcome::Skipped,
                Some(_) => Outcome::Updated,
            };
            let id = before.map_or_else(|| self.app.new_id(), |it| it.id);
            // Somebody may have edited or removed it since the import began.
            let old = match outcome {
                Outcome::Updated => northing_store::check_ins::find(pen.tx()?, goal_id, id).await?,
                _ => None,
            };
            if outcome == Outcome::Updated && old.as_ref().is_none_or(|old| old.edited_at.is_some()) {
                outcome = Outcome::Skipped;
            }
            if outcome == Outcome::Skipped {
                notes.push(kept("Check-in"));
            }
            if let Some(source) = &record.source_id {
                self.check_ins.insert(source.clone(), id);
            }
            let mut undo = None;
            if matches!(outcome, Outcome::Created | Outcome::Updated) {
                let value = values.get(&goal_id).copied();
                let (row, point) = self.check_in((id, goal_id), goal, &record, at, value, &mut notes);
                let foreign = Foreign { row, external_id: external, origin };
                touched.insert(goal_id);
                self.days.insert(foreign.row.at.day_in(&self.zone));
                if !self.new_goals.contains(&goal_id) {
                    last.insert(goal_id, point);
                    batch.points.push(point);
                }
                if let Some(old) = &old {
                    undo = Some(undo_check_in(old, before.and_then(|it| it.origin.as_deref())));
                    notes.push(changed("Check-in", "the file says something else now"));
                    imports::update_check_in(pen.tx()?, &foreign, self.now).await?;
                } else {
                    batch.new.push(foreign);
                }
            }
            self.say("check_in", &record, &title, Said { outcome, subject: Some(id), notes, undo });
            if batch.points.len().max(batch.new.len()) >= AT_ONCE {
                batch.write(pen, change).await?;
                pen.rest(&mut self.report).await?;
            }
        }
        batch.write(pen, change).await?;
        pen.rest(&mut self.report).await?;
        drop((known, here, values));
        // How goals stand at the end, where no check-in says just that.
        for (id, goal) in goals
            .iter()
            .filter(|(id, goal)| goal.moved && self.touched.contains(id) && !self.new_goals.contains(id))
        {
            let state = state(goal);
            let said = last.get(id).is_some_and(|point| {
                point.value == state.value
                    && point.status == state.status
                    && point.progress_unclamped == state.progress_unclamped
            });
            if !said {
                batch.points.push(Point::of(*id, self.now, &state, Source::Import, None));
            }
            if batch.points.len() >= AT_ONCE {
                batch.write(pen, change).await?;
                pen.rest(&mut self.report).await?;
            }
        }
        batch.write(pen, change).await?;
        self.own_points(pen).await?;
        touched.extend(self.touched.iter().copied());
        let mut touched: Vec<Id> = touched.into_iter().collect();
        touched.sort_unstable();
        for part in touched.chunks(4 * AT_ONCE) {
            imports::settle_last_check_ins(pen.tx()?, part).await?;
            pen.rest(&mut self.report).await?;
        }
        Ok(())
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
        (id, goal_id): (Id, Id),
        goal: &Stands,
        record: &Record<CheckIn>,
        at: Moment,
        value: Option<f64>,
        notes: &mut Vec<FieldNote>,
    ) -> (CheckInRow, Point) {
        let it = &record.value;
        let progress = value.and_then(|value| goal.metric.progress_unclamped(Some(value)));
        let node = Node {
            id: goal_id,
            kind: goal.kind,
            metric: goal.metric.clone(),
            mode: goal.mode,
            automatic_stopped: false,
            start: goal.start,
            due: goal.due,
            phases: goal.phases.clone(),
            tasks: Tasks::default(),
            state: State { value, progress_unclamped: progress, ..State::initial(&goal.metric) },
        };
        let rules = Rules { day: at.day_in(&self.zone), settings: &self.settings };
        let status = it.status.unwrap_or_else(|| suggestion(&node, value, None, &rules));
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
            goal_id,
            author_id: self.person_or_note("Author", it.author.as_ref(), notes),
            author_name: None,
            source: String::from("import"),
            at,
            recorded_at: it.recorded_at.unwrap_or(at).min(self.now),
            value,
            progress,
            status,
            status_is_manual: it.status.is_some(),
            progress_mode: goal.mode,
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
        (row, Point::of(goal_id, at, &state, Source::Import, Some(id)))
    }
}

impl Batch {
    /// Writes what there is, and is empty then.
    async fn write(&mut self, pen: &mut Pen<'_>, change: Id) -> Result<()> {
        let Self { new, points } = std::mem::take(self);
        imports::insert_check_ins(pen.tx()?, &new).await?;
        Ok(history::add(pen.tx()?, change, &points).await?)
    }
}

/// How a goal was imported.
fn state(goal: &Stands) -> State {
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
