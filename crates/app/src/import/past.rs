//! The past of goals that follow those below them. An export holds check-ins, which stand on key results: the graphs of what
//! is above would begin on the day of the import. So the days on which something was checked in are gone through once more,
//! from the oldest on, by the rules that hold for a check-in (goals §4.4), as if today's alignment had always been.

use std::collections::{BTreeMap, HashSet};

use northing_core::cone::{Rules, Seed, State};
use northing_core::values::{Day, Id};
use northing_store::Tx;
use northing_store::cone as stored;
use northing_store::history::{self, Point, Source};

use super::run::Run;
use crate::Result;
use crate::cone::{internal, same};

/// Points that are written at once.
const BATCH: usize = 1024;

impl Run<'_> {
    /// Adds a point for each day on which such a goal moved, at the moment of that day's last check-in. Goals that have any
    /// past already, from their own check-ins or from before this import, keep it as it is.
    pub(super) async fn fill_past(&self, tx: &mut Tx, change: Id) -> Result<()> {
        let mut days: BTreeMap<Day, Vec<Point>> = BTreeMap::new();
        let mut cone = stored::load_organization(tx, self.actor.org_id).await?;
        let there: HashSet<Id> = cone.ids().collect();
        for point in history::of_check_ins(tx, self.actor.org_id).await? {
            if !there.contains(&point.goal_id) {
                continue;
            }
            days.entry(point.at.day_in(&self.zone)).or_default().push(point);
        }
        let told: HashSet<Id> = days.values().flatten().map(|point| point.goal_id).collect();
        let silent: Vec<Id> = there.difference(&told).copied().collect();
        let before = history::latest(tx, &silent).await?;
        let past = |id: &Id| before.get(id).is_some_and(|at| *at < self.now);
        // Of these the file holds the whole graph.
        let whole = |id: &Id| self.new_goals.contains(id);
        let open: HashSet<Id> = silent.into_iter().filter(|id| !past(id) && !whole(id)).collect();
        cone.begin_anew();
        let mut points = Vec::new();
        for (day, said) in days {
            let mut seeds = Vec::with_capacity(said.len());
            let mut last = None;
            for point in &said {
                cone.set(point.goal_id, state(point)).map_err(internal)?;
                seeds.push(Seed::Own(point.goal_id));
                last = last.max(Some(point.at));
            }
            let Some(at) = last else { continue };
            let rules = Rules { day, settings: &self.settings };
            for outcome in cone.recompute(&seeds, &rules).map_err(internal)? {
                let (was, is) = (&outcome.before, &outcome.after);
                let moved = !same(was.progress_unclamped, is.progress_unclamped)
                    || !same(was.value, is.value)
                    || was.status != is.status;
                if moved && open.contains(&outcome.id) {
                    points.push(Point::of(outcome.id, at, is, Source::Rollup, None));
                }
            }
            if points.len() >= BATCH {
                history::add(tx, change, &points).await?;
                points.clear();
            }
        }
        Ok(history::add(tx, change, &points).await?)
    }
}

/// How a check-in left its goal.
const fn state(point: &Point) -> State {
    State {
        value: point.value,
        progress_unclamped: point.progress_unclamped,
        status: point.status,
        automatic_status: point.status,
        manual_status: true,
        started: true,
        score: None,
    }
}
