//! How generated goals go: six check-ins each between the first day and today, rolled up as they happen.

use std::collections::{HashMap, HashSet};

use northing_core::check_in::{CheckInInput, apply};
use northing_core::cone::{Cone, Edge, Node, Rules, Seed, State};
use northing_core::expectation::expected;
use northing_core::goal::ProgressMode;
use northing_core::metric::{Metric, MetricKind};
use northing_core::rollup::Tasks;
use northing_core::score::suggested_score;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use northing_store::history::Source;

use super::dice::{Dice, For};
use super::plan::{Ground, Sketch};
use crate::cone::{internal, zone};
use crate::error::Result;

/// Check-ins of a goal whose time has begun.
pub(super) const CHECK_INS: i32 = 6;

/// A point of a goal's graph.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) at: Moment,
    pub(super) value: Option<f64>,
    pub(super) progress_unclamped: Option<f64>,
    pub(super) status: Status,
    pub(super) manual_status: bool,
    pub(super) source: Source,
}

impl Mark {
    const fn of(at: Moment, state: &State, source: Source) -> Self {
        let State { value, progress_unclamped, status, manual_status, .. } = *state;
        Self { at, value, progress_unclamped, status, manual_status, source }
    }
}

/// How goals went.
pub(super) struct Course {
    cone: Cone,
    /// The points of each goal in their order.
    marks: Vec<Vec<Mark>>,
}

impl Course {
    /// The points of a goal.
    pub(super) fn marks(&self, goal: usize) -> &[Mark] {
        self.marks.get(goal).map_or(&[], Vec::as_slice)
    }

    /// How a goal stands at the end.
    pub(super) fn state(&self, goal: &Sketch) -> State {
        self.cone.node(goal.id).map_or_else(|| State::initial(&goal.metric), |node| node.state)
    }
}

/// Something that happens to the goals of a period.
struct Turn {
    at: Moment,
    period: usize,
    /// From 1; beyond the check-ins, what ends is closed.
    step: i32,
}

/// Lets the goals go their way up to `now`.
pub(super) fn run(ground: &Ground, sketches: &[Sketch], seed: u64, now: Moment) -> Result<Course> {
    let zone = zone(&ground.settings)?;
    let places: HashMap<Id, usize> =
        sketches.iter().enumerate().map(|(place, sketch)| (sketch.id, place)).collect();
    let mut by_period: Vec<Vec<usize>> = vec![Vec::new(); ground.periods.len()];
    for (place, sketch) in sketches.iter().enumerate() {
        if let Some(list) = by_period.get_mut(sketch.period) {
            list.push(place);
        }
    }
    let mut course =
        Course { cone: Cone::new(nodes(sketches), &edges(sketches)).map_err(internal)?, marks: Vec::new() };
    course.marks.resize(sketches.len(), Vec::new());
    for turn in turns(ground, &zone, now) {
        let rules = Rules { day: turn.at.day_in(&zone), settings: &ground.settings };
        let ended = ground.periods.get(turn.period).is_some_and(|period| period.end < ground.today);
        let list = by_period.get(turn.period).map_or(&[][..], Vec::as_slice);
        let by_hand =
            |place: &&usize| sketches.get(**place).is_some_and(|sketch| sketch.mode == ProgressMode::Manual);
        let mut own = Vec::new();
        for &place in list.iter().filter(by_hand) {
            let Some(sketch) = sketches.get(place) else { continue };
            let mut dice = Dice::of(seed, For::Courses, place);
            let Some(state) = course.next(sketch, turn.step, ended, &mut dice, &rules) else { continue };
            course.cone.set(sketch.id, state).map_err(internal)?;
            own.push(Seed::Own(sketch.id));
            let source = if turn.step > CHECK_INS { Source::Close } else { Source::CheckIn };
            course.mark(place, Mark::of(turn.at, &state, source));
        }
        course.follow(&own, &rules, &places, turn.at)?;
        if turn.step > CHECK_INS {
            continue;
        }
        // Whoever owns a goal that rolls up says a word as well; its numbers stand.
        let mut own = Vec::new();
        for &place in list.iter().filter(|place| !by_hand(place)) {
            let Some(node) = sketches.get(place).and_then(|sketch| course.cone.node(sketch.id)) else {
                continue;
            };
            let (id, before, Ok(done)) =
                (node.id, node.state, apply(node, &CheckInInput::default(), None, &rules))
            else {
                continue;
            };
            course.mark(place, Mark::of(turn.at, &done.state, Source::CheckIn));
            if done.state != before {
                course.cone.set(id, done.state).map_err(internal)?;
                own.push(Seed::Own(id));
            }
        }
        course.follow(&own, &rules, &places, turn.at)?;
    }
    let rules = Rules { day: ground.today, settings: &ground.settings };
    let moved = course.cone.recompute_all(&rules);
    for outcome in moved.iter().filter(|outcome| outcome.before.status != outcome.after.status) {
        if let Some(&place) = places.get(&outcome.id) {
            course.mark(place, Mark::of(now, &outcome.after, Source::Daily));
        }
    }
    Ok(course)
}

impl Course {
    /// Adds a point; of two at one moment the later one holds.
    fn mark(&mut self, place: usize, mark: Mark) {
        let Some(marks) = self.marks.get_mut(place) else { return };
        match marks.last_mut().filter(|last| last.at == mark.at) {
            Some(last) => *last = mark,
            None => marks.push(mark),
        }
    }

    /// Moves everything above the goals that changed.
    fn follow(
        &mut self,
        seeds: &[Seed],
        rules: &Rules<'_>,
        places: &HashMap<Id, usize>,
        at: Moment,
    ) -> Result<()> {
        let own: HashSet<Id> = seeds.iter().map(|seed| seed.goal()).collect();
        for outcome in self.cone.recompute(seeds, rules).map_err(internal)? {
            if outcome.changed()
                && !own.contains(&outcome.id)
                && let Some(&place) = places.get(&outcome.id)
            {
                self.mark(place, Mark::of(at, &outcome.after, Source::Rollup));
            }
        }
        Ok(())
    }

    /// How a goal that people check in on stands after a step; none where nothing happens to it.
    fn next(
        &self,
        sketch: &Sketch,
        step: i32,
        ended: bool,
        dice: &mut Dice,
        rules: &Rules<'_>,
    ) -> Option<State> {
        let node = self.cone.node(sketch.id)?;
        // What becomes of it, thrown before anything else, so that every step knows it.
        let (reach, bend) = (dice.between(0.4, 1.4), dice.between(0.7, 1.5));
        let (closes, postponed) = (dice.happens(if ended { 92 } else { 6 }), dice.happens(3));
        if step > CHECK_INS {
            let status = if postponed { Status::Postponed } else { Status::Closed };
            let score = if postponed { None } else { suggested_score(node.state.progress()) };
            return closes.then_some(State { status, score, manual_status: false, ..node.state });
        }
        let along = f64::from(step) / f64::from(CHECK_INS);
        let wobble = (0..step).fold(0.0, |_, _| dice.between(-2.0, 2.0));
        let due = expected(rules.day, sketch.start, sketch.due, &Metric::percent(), &[]);
        let points = (reach * due.unwrap_or(100.0) * along.powf(bend - 1.0) + wobble).clamp(0.0, 100.0);
        let value = match (sketch.metric.kind, sketch.metric.target) {
            (MetricKind::StayAbove | MetricKind::StayBelow, Some(target)) => target * (0.9 + points / 400.0),
            (MetricKind::Baseline, _) => 20.0 + points,
            _ => sketch.metric.value_at_progress(points)?,
        };
        let value = if value.abs() < 100.0 { (value * 10.0).round() / 10.0 } else { value.round() };
        let chosen =
            (sketch.metric.kind != MetricKind::Baseline && dice.happens(4)).then_some(Status::Behind);
        let input = CheckInInput { value: Some(value), status: chosen, ..CheckInInput::default() };
        apply(node, &input, None, rules).ok().map(|done| done.state)
    }
}

/// The turns of all periods that have begun, in the order of time, no two at one moment.
fn turns(ground: &Ground, zone: &jiff::tz::TimeZone, now: Moment) -> Vec<Turn> {
    let mut turns = Vec::new();
    for (place, period) in ground.periods.iter().enumerate() {
        let from = period.start.start_in(zone).millis();
        let to =
            period.end.plus_days(1).start_in(zone).plus_millis(-1).min(now.plus_millis(-60_000)).millis();
        for step in (1..=CHECK_INS + 1).filter(|_| from < to) {
            let at = from + (to - from) / i64::from(CHECK_INS + 1) * i64::from(step);
            turns.push(Turn { at: Moment::from_millis(at), period: place, step });
        }
    }
    turns.sort_by_key(|turn| (turn.at, turn.period));
    let mut last = Moment::from_millis(i64::MIN);
    for turn in &mut turns {
        turn.at = turn.at.max(last.plus_millis(1));
        last = turn.at;
    }
    turns
}

fn nodes(sketches: &[Sketch]) -> Vec<Node> {
    let node = |sketch: &Sketch| Node {
        id: sketch.id,
        kind: sketch.kind,
        metric: sketch.metric.clone(),
        mode: sketch.mode,
        automatic_stopped: false,
        start: sketch.start,
        due: sketch.due,
        phases: sketch.phases.clone(),
        tasks: Tasks::default(),
        state: State::initial(&sketch.metric),
    };
    sketches.iter().map(node).collect()
}

fn edges(sketches: &[Sketch]) -> Vec<Edge> {
    let mut edges = Vec::with_capacity(sketches.len());
    for sketch in sketches {
        for &(parent, fixed, _) in &sketch.parents {
            let Some(above) = sketches.get(parent) else { continue };
            let position = i64::try_from(edges.len()).unwrap_or(i64::MAX);
            edges.push(Edge { parent: above.id, child: sketch.id, fixed, position });
        }
    }
    edges
}
