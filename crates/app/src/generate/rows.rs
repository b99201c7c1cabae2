//! Generated goals as the store keeps them, a part at a time.

use std::ops::Range;

use northing_core::goal::Visibility;
use northing_core::metric::clamp_progress;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use northing_store::alignments::{self, Alignment};
use northing_store::check_ins::{self, CheckInRow};
use northing_store::goals::{self, Access, GoalRow};
use northing_store::history::{self, Point, Source};
use northing_store::{Tx, placements};

use super::course::{Course, Mark};
use super::dice::{Dice, For};
use super::plan::Sketch;
use super::words;
use crate::error::Result;

/// The name under which a generated goal is found again.
pub(super) fn external(seed: u64, number: usize) -> String {
    format!("generated:{seed}:{number}")
}

/// Turns sketches into rows.
pub(super) struct Writer<'a> {
    pub(super) org_id: Id,
    pub(super) seed: u64,
    pub(super) now: Moment,
    pub(super) sketches: &'a [Sketch],
    pub(super) course: &'a Course,
}

/// Rows that are written together.
#[derive(Debug, Default)]
pub(super) struct Part {
    goals: Vec<(GoalRow, Vec<Id>)>,
    alignments: Vec<Alignment>,
    pub(super) check_ins: Vec<CheckInRow>,
    points: Vec<Point>,
}

impl Writer<'_> {
    /// The rows of these goals.
    pub(super) fn part(&self, places: Range<usize>, mut new_id: impl FnMut() -> Id) -> Part {
        let mut part = Part::default();
        for (place, sketch) in self.sketches.iter().enumerate().skip(places.start).take(places.len()) {
            let marks = self.course.marks(place);
            let mut dice = Dice::of(self.seed, For::Titles, place);
            part.goals.push((self.goal(place, sketch, marks, &mut dice), sketch.tag.into_iter().collect()));
            for (&(parent, fixed, position), order) in sketch.parents.iter().zip(0_i64..) {
                let Some(above) = self.sketches.get(parent) else { continue };
                part.alignments.push(Alignment {
                    parent_id: above.id,
                    child_id: sketch.id,
                    share: 0.0,
                    fixed,
                    position,
                    parent_position: order,
                });
            }
            for mark in marks {
                let check_in = (mark.source == Source::CheckIn).then(&mut new_id);
                if let Some(id) = check_in {
                    let note = dice.happens(35).then(|| words::note(&mut dice).to_owned());
                    part.check_ins.push(said(id, sketch, mark, note));
                }
                part.points.push(Point {
                    goal_id: sketch.id,
                    at: mark.at,
                    value: mark.value,
                    progress_unclamped: mark.progress_unclamped,
                    status: mark.status,
                    source: mark.source,
                    check_in_id: check_in,
                });
            }
        }
        part
    }

    fn goal(&self, place: usize, sketch: &Sketch, marks: &[Mark], dice: &mut Dice) -> GoalRow {
        let state = self.course.state(sketch);
        let mut metric = sketch.metric.clone();
        metric.current = state.value;
        let ended = marks.iter().rev().take_while(|mark| mark.status == state.status).last();
        let closed = state.status == Status::Closed;
        let owner = sketch.owners.first().copied();
        let named = |&user_id: &Id| Access { user_id, may_view: true, may_edit: false, may_align: false };
        let created_at = sketch.start.start_in(&jiff::tz::TimeZone::UTC).min(self.now);
        GoalRow {
            id: sketch.id,
            org_id: self.org_id,
            version: 1,
            kind: sketch.kind,
            title: words::title(dice, sketch.kind, &sketch.metric),
            description: None,
            level: sketch.level,
            check_in_owner_id: owner,
            delegate_id: None,
            period_id: sketch.period_id,
            start_date: sketch.start,
            due_date: sketch.due,
            metric,
            phases: sketch.phases.clone(),
            progress_mode: sketch.mode,
            automatic_stopped: false,
            new_children_contribute: true,
            progress: state.progress_unclamped.map(clamp_progress),
            progress_unclamped: state.progress_unclamped,
            status: state.status,
            automatic_status: state.automatic_status,
            status_is_manual: state.manual_status,
            score: state.score,
            closing_note: None,
            closed_at: ended.filter(|_| closed).map(|mark| mark.at),
            closed_by: owner.filter(|_| closed),
            committed: sketch.committed,
            scoring_guidance: None,
            visibility: if sketch.restricted { Visibility::Restricted } else { Visibility::Everyone },
            align_restricted: false,
            position: sketch.position,
            child_count: 0,
            parent_count: 0,
            last_check_in_at: marks
                .iter()
                .rev()
                .find(|mark| mark.source == Source::CheckIn)
                .map(|mark| mark.at),
            last_source: state
                .started
                .then(|| marks.last().map_or(Source::Rollup, |mark| mark.source).name().to_owned()),
            external_id: Some(external(self.seed, place)),
            source_extra: None,
            created_by: owner,
            created_at,
            // Behind its last point, which is how it stands.
            updated_at: marks.last().map_or(created_at, |mark| mark.at),
            deleted_at: None,
            deleted_by: None,
            owner_ids: sketch.owners.clone(),
            team_ids: sketch.teams.clone(),
            parents: Vec::new(),
            tags: Vec::new(),
            access: sketch.owners.iter().filter(|_| sketch.restricted).map(named).collect(),
        }
    }
}

impl Part {
    /// Writes them, with what follows from them: shares, counts and places.
    pub(super) async fn write(&self, tx: &mut Tx, change: Id) -> Result<()> {
        let goals: Vec<(&GoalRow, &[Id])> =
            self.goals.iter().map(|(goal, tags)| (goal, tags.as_slice())).collect();
        goals::insert_all(tx, &goals).await?;
        alignments::insert(tx, &self.alignments).await?;
        let ids: Vec<Id> = self.goals.iter().map(|(goal, _)| goal.id).collect();
        let mut parents: Vec<Id> = self.alignments.iter().map(|one| one.parent_id).collect();
        parents.sort_unstable();
        parents.dedup();
        alignments::settle(tx, &parents, &ids).await?;
        placements::rebuild(tx, &ids).await?;
        check_ins::insert_all(tx, &self.check_ins).await?;
        history::add(tx, change, &self.points).await?;
        Ok(())
    }
}

fn said(id: Id, sketch: &Sketch, mark: &Mark, note: Option<String>) -> CheckInRow {
    CheckInRow {
        id,
        goal_id: sketch.id,
        author_id: sketch.owners.first().copied(),
        author_name: None,
        source: String::from("person"),
        at: mark.at,
        recorded_at: mark.at,
        value: mark.value,
        progress: mark.progress_unclamped,
        status: mark.status,
        status_is_manual: mark.manual_status,
        progress_mode: sketch.mode,
        automatic_stopped: false,
        approximate: false,
        note,
        version: 1,
        edited_at: None,
        comment_count: 0,
    }
}
