//! Recomputing the goals above a change and saving all that moved: every use case that moves progress ends here.

use std::collections::{HashMap, HashSet};

use northing_core::cone::{Cone, Outcome, Rules, Seed, State};
use northing_core::settings::Settings;
use northing_core::values::{Day, Id, Moment};
use northing_store::cone::{self as stored, Above, LastCheckIn, Standing};
use northing_store::history::{self, Point, Source};
use northing_store::{Change, Event, Rx, Tx};

use crate::error::{Error, Result};

/// The organisation's time zone; what it is set to must exist.
///
/// # Errors
/// [`Error::Internal`] for a name that no time zone has.
pub fn zone(settings: &Settings) -> Result<jiff::tz::TimeZone> {
    jiff::tz::TimeZone::get(&settings.time_zone)
        .map_err(|_| Error::Internal(format!("there is no time zone {}", settings.time_zone)))
}

/// What is being recomputed, when and why.
#[derive(Debug, Clone, Copy)]
pub struct Recompute<'a> {
    /// The organisation.
    pub org_id: Id,
    /// Its settings.
    pub settings: &'a Settings,
    /// Today in its time zone.
    pub today: Day,
    /// The moment of the change.
    pub now: Moment,
    /// A new id that names this change in the history of every goal it moved.
    pub change: Id,
    /// What moved the goals where it began; those above were moved by roll-up.
    pub source: Source,
}

impl Recompute<'_> {
    /// By which rules.
    #[must_use]
    pub const fn rules(&self) -> Rules<'_> {
        Rules { day: self.today, settings: self.settings }
    }

    fn source_of(&self, goal: Id, seeds: &[Seed]) -> Source {
        let began = seeds.iter().any(|seed| seed.goal() == goal);
        let everywhere = matches!(self.source, Source::Daily | Source::Import);
        if began || everywhere { self.source } else { Source::Rollup }
    }
}

/// A goal whose value, progress, status or score moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moved {
    /// The goal.
    pub goal_id: Id,
    /// As it was.
    pub before: State,
    /// As it is.
    pub after: State,
    /// Only named people may see it.
    pub restricted: bool,
}

impl Moved {
    const fn shows(&self) -> bool {
        let (before, after) = (&self.before, &self.after);
        !(same(before.value, after.value)
            && same(before.progress_unclamped, after.progress_unclamped)
            && before.status as u8 == after.status as u8
            && same(before.score, after.score))
    }
}

pub(crate) const fn same(a: Option<f64>, b: Option<f64>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => a.to_bits() == b.to_bits(),
        _ => false,
    }
}

/// The check-in that a recomputation begins with.
#[derive(Debug, Clone, Copy)]
pub struct Own {
    /// Its goal.
    pub goal: Id,
    /// What becomes of the moment of the goal's latest check-in.
    pub last: LastCheckIn,
    /// The check-in and the moment its value holds for, which gets a point whether anything moved or not; none where
    /// a check-in was removed.
    pub check_in: Option<(Id, Moment)>,
    /// Whether those above moved at that moment too: a check-in that was given a past day.
    pub backdated: bool,
}

/// Recomputes what the seeds touch and all above, saves goals, shares and history points, and announces what moved.
/// Returns the goals that moved, children before parents. The structure must be held: by
/// [`northing_store::goal_facts::lock_progress`], or by the organisation's row `FOR UPDATE`. A deleted goal is no seed: its
/// parents are. Where a use case sets a goal's state itself (closing, reopening), see [`recompute_from`].
///
/// # Errors
/// Those of the store.
pub async fn recompute(tx: &mut Tx, job: &Recompute<'_>, seeds: &[Seed]) -> Result<Vec<Moved>> {
    recompute_from(tx, job, seeds, &[]).await
}

/// As [`recompute`], after setting these goals' states; each of them also needs its [`Seed::Own`].
///
/// # Errors
/// Those of the store.
pub async fn recompute_from(
    tx: &mut Tx,
    job: &Recompute<'_>,
    seeds: &[Seed],
    states: &[(Id, State)],
) -> Result<Vec<Moved>> {
    let mut above = lock_and_load(tx, job.org_id, &goals_of(seeds)).await?;
    for (goal, state) in states {
        above.cone.set(*goal, *state).map_err(internal)?;
    }
    let outcomes = above.cone.recompute(seeds, &job.rules()).map_err(internal)?;
    settle(tx, job, &above, seeds, &outcomes, &[]).await
}

/// Recomputes a whole organisation, as after an import, in one pass. Announces that everything changed. Returns how many
/// goals moved. The organisation's row must be held `FOR UPDATE`.
///
/// # Errors
/// Those of the store.
pub async fn recompute_organization(tx: &mut Tx, job: &Recompute<'_>) -> Result<usize> {
    let mut cone = stored::load_organization(tx, job.org_id).await?;
    let outcomes = cone.recompute_all(&job.rules());
    let count = save_outcomes(tx, job, &cone, &outcomes).await?;
    tx.announce(Event::everything(job.org_id));
    Ok(count)
}

/// Saves what a recomputation gave, and announces nothing; how many goals moved. Their stored state must be the one it began with.
pub(crate) async fn save_outcomes(
    tx: &mut Tx,
    job: &Recompute<'_>,
    cone: &Cone,
    outcomes: &[Outcome],
) -> Result<usize> {
    let (mut standings, mut points) = (Vec::new(), Vec::new());
    let mut count = 0;
    // In the order in which goals were made, which is that of the store: the pages of one part lie side by side.
    let mut in_order: Vec<&Outcome> = outcomes.iter().collect();
    in_order.sort_unstable_by_key(|outcome| outcome.id);
    for outcome in in_order {
        let moved =
            Moved { goal_id: outcome.id, before: outcome.before, after: outcome.after, restricted: false };
        let stopped = cone.node(outcome.id).is_some_and(|node| node.automatic_stopped);
        let after = standing(&moved, stopped, LastCheckIn::Keep, job.source, job.now);
        standings.push((after, outcome.before.status));
        if moved.shows() {
            count += 1;
            points.push(Point::of(moved.goal_id, job.now, &moved.after, job.source, None));
        }
        // Written a thousand at a time, so that the rows never stand in memory all at once.
        if standings.len() >= 1024 {
            stored::save_many(tx, &standings).await?;
            history::add(tx, job.change, &points).await?;
            standings.clear();
            points.clear();
        }
    }
    stored::save_many(tx, &standings).await?;
    history::add(tx, job.change, &points).await?;
    Ok(count)
}

/// Locks these goals and all above them and loads them with all their children.
///
/// # Errors
/// Those of the store.
pub async fn lock_and_load(tx: &mut Tx, org: Id, goals: &[Id]) -> Result<Above> {
    stored::lock(tx, org, goals).await?;
    Ok(stored::load(tx, org, goals).await?)
}

/// Of some outcomes those that moved, as they were stored and as they are now.
#[must_use]
pub fn moved(above: &Above, outcomes: &[Outcome]) -> Vec<Moved> {
    let all = outcomes.iter().filter_map(|outcome| {
        let about = above.about(outcome.id)?;
        let Outcome { id: goal_id, after, .. } = *outcome;
        Some(Moved { goal_id, before: about.stored, after, restricted: about.restricted })
    });
    all.filter(Moved::shows).collect()
}

/// Saves and announces what a recomputation gave. Of several check-ins at once none may be backdated.
///
/// # Errors
/// Those of the store.
pub async fn settle(
    tx: &mut Tx,
    job: &Recompute<'_>,
    above: &Above,
    seeds: &[Seed],
    outcomes: &[Outcome],
    owns: &[Own],
) -> Result<Vec<Moved>> {
    let moved = moved(above, outcomes);
    let own_of: HashMap<Id, &Own> = owns.iter().map(|own| (own.goal, own)).collect();
    let past = owns.iter().any(|own| own.check_in.is_some_and(|(_, at)| at < job.now));
    let latest = if past { latest(tx, owns, &moved).await? } else { HashMap::new() };
    let (mut standings, mut points) = (Vec::new(), Vec::new());
    for outcome in outcomes {
        let Some(about) = above.about(outcome.id) else { continue };
        let change = Moved {
            goal_id: outcome.id,
            before: about.stored,
            after: outcome.after,
            restricted: about.restricted,
        };
        let own = own_of.get(&outcome.id).copied();
        let stopped = above.cone.node(outcome.id).map_or(about.stopped, |node| node.automatic_stopped);
        // Never twice the same moment, and never back: the last point of a goal is how it stands.
        let now = after(job.now, about.updated_at);
        let source = job.source_of(outcome.id, seeds);
        if change.before != change.after || stopped != about.stopped || own.is_some() {
            let last = own.map_or(LastCheckIn::Keep, |own| own.last);
            standings.push(standing(&change, stopped, last, source, now));
        }
        points.extend(points_of(&change, source, now, own, latest.get(&outcome.id).copied()));
    }
    if let [own] = owns
        && own.backdated
        && let Some((_, at)) = own.check_in
    {
        for point in points.iter_mut().filter(|point| point.goal_id != own.goal) {
            if latest.get(&point.goal_id).is_none_or(|last| *last < at) {
                point.at = at;
            }
        }
    }
    stored::save(tx, &standings).await?;
    history::add(tx, job.change, &points).await?;
    stored::save_shares(tx, &above.moved_shares(seeds)).await?;
    let mut ids: Vec<Id> = moved.iter().map(|moved| moved.goal_id).collect();
    let there: HashSet<Id> = ids.iter().copied().collect();
    ids.extend(owns.iter().map(|own| own.goal).filter(|goal| !there.contains(goal)));
    if !ids.is_empty() {
        tx.announce(Event::goals(job.org_id, ids, Change::Progress));
    }
    Ok(moved)
}

/// The points that a goal's change leaves.
fn points_of(
    change: &Moved,
    source: Source,
    now: Moment,
    own: Option<&Own>,
    latest: Option<Moment>,
) -> Vec<Point> {
    let at = |at, check_in| Point::of(change.goal_id, at, &change.after, source, check_in);
    match own.and_then(|own| own.check_in) {
        Some((id, moment)) => {
            let mut points = vec![at(moment, Some(id))];
            // Something was noted after the day it holds for: the graph still has to end where the goal stands.
            if latest.is_some_and(|latest| latest > moment) {
                points.push(at(now, None));
            }
            points
        }
        None if change.shows() => vec![at(now, None)],
        None => Vec::new(),
    }
}

async fn latest(rx: &mut Rx, owns: &[Own], moved: &[Moved]) -> Result<HashMap<Id, Moment>> {
    let goals: Vec<Id> =
        moved.iter().map(|moved| moved.goal_id).chain(owns.iter().map(|own| own.goal)).collect();
    Ok(history::latest(rx, &goals).await?)
}

const fn standing(
    change: &Moved,
    stopped: bool,
    check_in: LastCheckIn,
    source: Source,
    at: Moment,
) -> Standing {
    Standing { id: change.goal_id, state: change.after, stopped, check_in, source, at }
}

/// `now`, but later than `before`.
#[must_use]
pub const fn after(now: Moment, before: Moment) -> Moment {
    if now.millis() > before.millis() { now } else { before.plus_millis(1) }
}

/// Where they began.
#[must_use]
pub fn goals_of(seeds: &[Seed]) -> Vec<Id> {
    seeds.iter().map(|seed| seed.goal()).collect()
}

/// A goal that was just loaded is missing: impossible while the structure is held.
#[must_use]
pub fn internal(error: northing_core::cone::ConeError) -> Error {
    Error::Internal(error.to_string())
}
