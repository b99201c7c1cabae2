//! Which goals there are, whose they are and what they are aligned to: the shape of a generated organisation.

use std::collections::HashMap;

use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::Metric;
use northing_core::period::PeriodKind;
use northing_core::phases::{Line, Phase, PhaseInterval, spread};
use northing_core::settings::{InitiativeContribution, Settings};
use northing_core::values::{Day, Id};
use northing_store::periods::Period;

use super::dice::{Dice, For};
use super::words;

/// Goals for each team, over all periods.
const GOALS_FOR_A_TEAM: usize = 40;
/// Goals for each person.
const GOALS_FOR_A_PERSON: usize = 5;

/// How many teams so many goals have.
pub(super) fn teams(goals: usize) -> usize {
    (goals / GOALS_FOR_A_TEAM).max(3)
}

/// How many people so many goals have: at least one for each team, who owns it.
pub(super) fn people(goals: usize) -> usize {
    (goals / GOALS_FOR_A_PERSON).max(teams(goals))
}

/// The team above a team: a handful of large ones, each with up to six below it, and so on.
pub(super) fn team_above(team: usize, teams: usize) -> Option<usize> {
    let large = (teams / 3).clamp(1, 8);
    team.checked_sub(large).map(|rest| rest / 6)
}

/// What the goals stand on.
pub(super) struct Ground {
    pub(super) settings: Settings,
    pub(super) today: Day,
    pub(super) periods: Vec<Period>,
    pub(super) teams: Vec<Id>,
    pub(super) people: Vec<Id>,
    pub(super) tags: Vec<Id>,
    /// The place behind the last goal of each period.
    pub(super) places: Vec<f64>,
}

/// A goal as it is planned.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    pub(super) id: Id,
    pub(super) kind: GoalKind,
    pub(super) level: Level,
    pub(super) mode: ProgressMode,
    /// The place of its period in the ground.
    pub(super) period: usize,
    pub(super) period_id: Id,
    pub(super) start: Day,
    pub(super) due: Day,
    pub(super) teams: Vec<Id>,
    pub(super) owners: Vec<Id>,
    /// The goals above it, by their places in the plan, with its fixed share and its place under each.
    pub(super) parents: Vec<(usize, Option<f64>, f64)>,
    pub(super) metric: Metric,
    pub(super) phases: Vec<Phase>,
    pub(super) position: f64,
    pub(super) tag: Option<Id>,
    pub(super) committed: bool,
    pub(super) restricted: bool,
}

/// Plans so many goals; each stands behind those above it.
pub(super) fn plan(ground: &Ground, goals: usize, seed: u64, mut new_id: impl FnMut() -> Id) -> Vec<Sketch> {
    let mut planner = Planner {
        ground,
        weights: weights(&ground.periods, ground.today),
        sketches: Vec::with_capacity(goals),
        objectives: HashMap::new(),
        children: Vec::with_capacity(goals),
        places: ground.places.clone(),
    };
    let mut family = 0;
    while planner.sketches.len() < goals {
        planner.family(&mut Dice::of(seed, For::Goals, family), goals, &mut new_id);
        family += 1;
    }
    planner.sketches
}

/// How often each period is used: seven in ten times the current one, else last quarter's, the year's, or another near it.
fn weights(periods: &[Period], today: Day) -> Vec<usize> {
    let near = |period: &Period| {
        let age = today.days_since(period.end);
        match period.kind {
            PeriodKind::Annual if period.start <= today && today <= period.end => 10,
            PeriodKind::Quarterly if (1..=95).contains(&age) => 12,
            _ if (-95..=400).contains(&age) => 2,
            _ => 0,
        }
    };
    periods.iter().map(|period| if period.is_current { 70 } else { near(period) }).collect()
}

struct Planner<'a> {
    ground: &'a Ground,
    weights: Vec<usize>,
    sketches: Vec<Sketch>,
    /// Objectives by period and team; the organisation's own under no team.
    objectives: HashMap<(usize, Option<usize>), Vec<usize>>,
    /// How many children each goal has.
    children: Vec<u32>,
    places: Vec<f64>,
}

impl Planner<'_> {
    /// An objective with its key results and initiatives, as far as there is room for them.
    fn family(&mut self, dice: &mut Dice, goals: usize, new_id: &mut impl FnMut() -> Id) {
        let period = self.period(dice);
        let teams = self.ground.teams.len();
        let first = self.objectives.get(&(period, None)).is_none_or(Vec::is_empty);
        let (level, team) = match dice.below(100) {
            _ if first => (Level::Organization, None),
            0..=3 => (Level::Organization, None),
            4..=6 => (Level::Individual, None),
            // Team after team, those above first: rows of one team lie side by side, and the store writes far fewer pages.
            _ => (Level::Team, Some(self.sketches.len() * teams / goals.max(1))),
        };
        let objective = self.sketches.len();
        let mut sketch = self.sketch(dice, GoalKind::Objective, level, period, team, new_id());
        if level == Level::Team && self.ground.settings.shared_goals && dice.happens(4) {
            sketch
                .teams
                .extend(self.ground.teams.get(dice.below(teams)).filter(|id| !sketch.teams.contains(id)));
        }
        let share = self.ground.settings.block_objective_contribution.then_some(0.0);
        let above = if level == Level::Organization { None } else { self.above(dice, period, team) };
        for parent in above.into_iter().flatten().flatten() {
            self.align(&mut sketch, parent, share);
        }
        self.add(sketch);
        if level != Level::Individual {
            self.objectives.entry((period, team)).or_default().push(objective);
        }
        for _ in 0..=dice.below(4).max(1) {
            self.below(dice, GoalKind::KeyResult, objective, team, goals, new_id);
        }
        if self.ground.settings.initiatives && dice.happens(45) {
            self.below(dice, GoalKind::Initiative, objective, team, goals, new_id);
        }
    }

    fn period(&self, dice: &mut Dice) -> usize {
        let mut rest = dice.below(self.weights.iter().sum());
        for (period, weight) in self.weights.iter().enumerate() {
            if rest < *weight {
                return period;
            }
            rest -= weight;
        }
        0
    }

    /// One or two objectives above a team's: of the team above it, else of the organisation; every third stands alone.
    fn above(&self, dice: &mut Dice, period: usize, team: Option<usize>) -> Option<[Option<usize>; 2]> {
        if dice.happens(33) {
            return None;
        }
        let upper = team.and_then(|team| team_above(team, self.ground.teams.len()));
        let near = self.objectives.get(&(period, upper)).or_else(|| self.objectives.get(&(period, None)))?;
        let first = near.get(dice.below(near.len())).copied();
        let far = self.objectives.get(&(period, None));
        let second = (self.ground.settings.multiple_alignment && dice.happens(15))
            .then(|| far.and_then(|far| far.get(dice.below(far.len()))).copied())
            .flatten();
        Some([first, second.filter(|second| Some(*second) != first)])
    }

    /// A key result or an initiative under an objective, some under a second one.
    fn below(
        &mut self,
        dice: &mut Dice,
        kind: GoalKind,
        objective: usize,
        team: Option<usize>,
        goals: usize,
        new_id: &mut impl FnMut() -> Id,
    ) {
        let Some(above) = self.sketches.get(objective).filter(|_| self.sketches.len() < goals) else {
            return;
        };
        let (level, period) = (above.level, above.period);
        let mut sketch = self.sketch(dice, kind, level, period, team, new_id());
        let mut parents = vec![objective];
        if self.ground.settings.multiple_alignment && dice.happens(6) {
            let others = self.objectives.get(&(period, team)).map_or(&[][..], Vec::as_slice);
            parents.extend(others.get(dice.below(others.len())).filter(|other| **other != objective));
        }
        let initiative = kind == GoalKind::Initiative
            && self.ground.settings.initiative_contribution != InitiativeContribution::Contribute;
        let share = if initiative {
            Some(0.0)
        } else {
            (kind == GoalKind::KeyResult && dice.happens(8)).then(|| 5.0 * dice.between(2.0, 5.0).round())
        };
        for parent in parents {
            self.align(&mut sketch, parent, share);
        }
        self.add(sketch);
    }

    fn align(&mut self, sketch: &mut Sketch, parent: usize, share: Option<f64>) {
        if let Some(count) = self.children.get_mut(parent) {
            // A tenth of the children have a share of their own, of at most a quarter: they never add up to more than all.
            let share = share.filter(|share| *share == 0.0 || *count < 3);
            *count += 1;
            sketch.parents.push((parent, share, f64::from(*count)));
        }
    }

    fn add(&mut self, sketch: Sketch) {
        self.sketches.push(sketch);
        self.children.push(0);
    }

    fn sketch(
        &mut self,
        dice: &mut Dice,
        kind: GoalKind,
        level: Level,
        period: usize,
        team: Option<usize>,
        id: Id,
    ) -> Sketch {
        let ground = self.ground;
        let (period_id, start, due) = ground
            .periods
            .get(period)
            .map_or((id, ground.today, ground.today), |period| (period.id, period.start, period.end));
        let people = ground.people.len();
        // People are spread over the teams by turns: those of a team are as far apart as there are teams.
        let someone = |dice: &mut Dice| match team {
            Some(team) => {
                team + ground.teams.len() * dice.below((people - team).div_ceil(ground.teams.len()))
            }
            None => dice.below(people),
        };
        let mut owners: Vec<Id> = ground.people.get(someone(dice)).copied().into_iter().collect();
        if ground.settings.shared_goals && dice.happens(7) {
            owners.extend(ground.people.get(someone(dice)).filter(|other| !owners.contains(other)));
        }
        let metric = if kind == GoalKind::KeyResult { words::metric(dice) } else { Metric::percent() };
        let phases = match Line::of(&metric, start, due) {
            Some(line) if dice.happens(5) => spread(&line, PhaseInterval::Monthly),
            _ => Vec::new(),
        };
        let place = self.places.get_mut(period);
        let position = place.map_or(1.0, |place| {
            *place += 1.0;
            *place
        });
        Sketch {
            id,
            kind,
            level,
            mode: if kind == GoalKind::Objective { ProgressMode::Rollup } else { ProgressMode::Manual },
            period,
            period_id,
            start,
            due,
            teams: team.and_then(|team| ground.teams.get(team)).copied().into_iter().collect(),
            owners,
            parents: Vec::new(),
            metric,
            phases,
            position,
            tag: dice.happens(18).then(|| ground.tags.get(dice.below(ground.tags.len())).copied()).flatten(),
            committed: kind == GoalKind::Objective && dice.happens(12),
            restricted: ground.settings.private_goals && dice.happens(2),
        }
    }
}
