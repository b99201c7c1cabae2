//! The past of goals that follow those below them. An export holds check-ins, which stand on key results: the graphs of what
//! is above would begin on the day of the import. So the days on which something was checked in are gone through once more,
//! from the oldest on, by the rules that hold for a check-in (goals §4.4), as if today's alignment had always been.

use std::collections::{BTreeMap, HashMap, HashSet};

use northing_core::cone::{Cone, Rules, Seed, State};
use northing_core::values::{Day, Id, Moment};
use northing_store::Rx;
use northing_store::cone as stored;
use northing_store::history::{self, Point, Source};

use super::pen::Pen;
use super::run::Run;
use crate::Result;
use crate::cone::{internal, same};

/// Points that are written at once.
const BATCH: usize = 512;

/// What the past is made of.
struct Past {
    cone: Cone,
    /// What check-ins said, by day.
    days: BTreeMap<Day, Vec<Point>>,
    /// Goals on which nobody ever checked in.
    silent: HashSet<Id>,
    /// Until when the graph of such a goal stands already.
    known: HashMap<Id, Moment>,
}

impl Run<'_> {
    /// Adds a point for each day on which such a goal moved, at the moment of that day's last check-in. A graph that is there
    /// already is continued after its last point, by the days that this import brings, and stands as it was before it. Goals with
    /// check-ins of their own have those.
    pub(super) async fn fill_past(&mut self, pen: &mut Pen<'_>, change: Id) -> Result<()> {
        let (org, zone) = (self.actor.org_id, self.zone.clone());
        pen.pause(&mut self.report).await?;
        let past = pen
            .read(&mut self.report, move |rx| Box::pin(async move { Past::load(rx, org, &zone).await }))
            .await?;
        pen.pause(&mut self.report).await?;
        let points = self.replay(past)?;
        pen.resume().await?;
        for part in points.chunks(BATCH) {
            history::add(pen.tx()?, change, part).await?;
            pen.rest(&mut self.report).await?;
        }
        Ok(())
    }

    fn replay(&self, past: Past) -> Result<Vec<Point>> {
        let Past { mut cone, days, silent, known } = past;
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
            let is_new = self.days.contains(&day);
            for outcome in cone.recompute(&seeds, &rules).map_err(internal)? {
                let (was, is, id) = (&outcome.before, &outcome.after, outcome.id);
                let moved = !same(was.progress_unclamped, is.progress_unclamped)
                    || !same(was.value, is.value)
                    || was.status != is.status;
                // Of new goals with a graph in the file it is whole.
                let open = silent.contains(&id)
                    && !self.new_goals.contains(&id)
                    && known.get(&id).is_none_or(|until| *until < at || *until >= self.now);
                if moved && is_new && open {
                    points.push(Point::of(id, at, is, Source::Rollup, None));
                }
            }
        }
        Ok(points)
    }
}

impl Past {
    async fn load(rx: &mut Rx, org: Id, zone: &jiff::tz::TimeZone) -> Result<Self> {
        let mut days: BTreeMap<Day, Vec<Point>> = BTreeMap::new();
        let cone = stored::load_organization(rx, org).await?;
        let mut silent: HashSet<Id> = cone.ids().collect();
        let there = silent.clone();
        for point in history::of_check_ins(rx, org).await? {
            if there.contains(&point.goal_id) {
                silent.remove(&point.goal_id);
                days.entry(point.at.day_in(zone)).or_default().push(point);
            }
        }
        let asked: Vec<Id> = silent.iter().copied().collect();
        let known = history::latest_event(rx, &asked).await?;
        Ok(Self { cone, days, silent, known })
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
