//! Recomputing every goal above a change (goals §4.4–4.7), from a handful of goals to a whole organisation in one pass.

use std::collections::HashMap;

use crate::contribution::effective_shares_into;
use crate::expectation::expected;
use crate::goal::{GoalKind, ProgressMode};
use crate::metric::{Metric, MetricKind, clamp_progress};
use crate::phases::Phase;
use crate::rollup::{RollupChild, RollupParent, RollupResult, Tasks, roll_up_with};
use crate::score::{average_score, suggested_score};
use crate::settings::Settings;
use crate::status::{
    Status, StatusInput, StatusSet, StatusSource, automatic_status, status_from_key_results, terminal_status,
};
use crate::values::{Day, Id};

/// What of a goal moves: all that a recomputation may change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct State {
    /// The metric's latest value.
    pub value: Option<f64>,
    /// Progress in points, not held to 0–100; none for a baseline.
    pub progress_unclamped: Option<f64>,
    /// The status that is shown.
    pub status: Status,
    /// The status that follows from progress and calendar.
    pub automatic_status: Status,
    /// The status was chosen by a person and stands until the next check-in or automatic change.
    pub manual_status: bool,
    /// There was a check-in or an automatic change.
    pub started: bool,
    /// The score of a closed goal.
    pub score: Option<f64>,
}

impl State {
    /// A goal that nobody has touched yet.
    #[must_use]
    pub fn initial(metric: &Metric) -> Self {
        Self {
            value: metric.initial(),
            progress_unclamped: metric.progress_unclamped(metric.initial()),
            status: Status::NotStarted,
            automatic_status: Status::NotStarted,
            manual_status: false,
            started: false,
            score: None,
        }
    }

    /// Progress 0–100; none for a baseline.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        self.progress_unclamped.map(clamp_progress)
    }
}

/// A goal as the recomputation needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The goal.
    pub id: Id,
    /// Objective, key result or initiative.
    pub kind: GoalKind,
    /// Its metric; `current` is not looked at: the value is in `state`.
    pub metric: Metric,
    /// Where its progress comes from.
    pub mode: ProgressMode,
    /// Automatic updates are stopped until resumed.
    pub automatic_stopped: bool,
    /// First day.
    pub start: Day,
    /// Last day.
    pub due: Day,
    /// Phased targets in the order of their days.
    pub phases: Vec<Phase>,
    /// An initiative's tasks.
    pub tasks: Tasks,
    /// How it stands.
    pub state: State,
}

impl Node {
    /// Progress expected on a day; none for control and baseline metrics.
    #[must_use]
    pub fn expected(&self, day: Day) -> Option<f64> {
        expected(day, self.start, self.due, &self.metric, &self.phases)
    }

    /// The status that follows from how it stands.
    #[must_use]
    pub fn automatic_status(&self, rules: &Rules<'_>) -> Status {
        automatic_status(&self.status_input(rules.day), rules.settings)
    }

    /// What its status follows from on a day.
    #[must_use]
    pub fn status_input(&self, day: Day) -> StatusInput<'_> {
        StatusInput {
            metric: &self.metric,
            value: self.state.value,
            progress: self.state.progress(),
            expected: self.expected(day),
            started: self.state.started,
            before_start: day < self.start,
        }
    }

    const fn rolls_up(&self) -> bool {
        matches!(self.mode, ProgressMode::Rollup) && !self.automatic_stopped
    }

    const fn is_automatic(&self) -> bool {
        self.mode.is_automatic(self.automatic_stopped)
    }
}

/// A child under a parent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// The goal above.
    pub parent: Id,
    /// The goal below.
    pub child: Id,
    /// Its share set by hand; none shares the rest.
    pub fixed: Option<f64>,
    /// Its place among the parent's children.
    pub position: i64,
}

/// What happened, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seed {
    /// The goal's own state was set (a check-in, closing, reopening): it stands, those above follow.
    Own(Id),
    /// Its shares, tasks, metric, dates or mode changed, or a child was added: it is computed anew, then those above.
    /// Where nothing below counts it stands.
    Children(Id),
    /// As [`Seed::Children`], after a child was taken from it: without any left it is where it began.
    Lost(Id),
    /// Nothing happened but that time passed: as in [`Cone::recompute_all`], for this goal and those above.
    Anew(Id),
}

impl Seed {
    /// The goal where it happened.
    #[must_use]
    pub const fn goal(self) -> Id {
        match self {
            Self::Own(id) | Self::Children(id) | Self::Lost(id) | Self::Anew(id) => id,
        }
    }
}

/// By which rules and on which day.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'a> {
    /// Today in the organisation's time zone.
    pub day: Day,
    /// The organisation's settings.
    pub settings: &'a Settings,
}

/// A goal that was looked at, before and after.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The goal.
    pub id: Id,
    /// As it was given.
    pub before: State,
    /// As it is now.
    pub after: State,
}

impl Outcome {
    /// Whether anything moved: if not, nothing needs to be saved.
    #[must_use]
    pub fn changed(&self) -> bool {
        self.before != self.after
    }

    /// Whether it was closed by this recomputation, because its key results are (goals §4.7).
    #[must_use]
    pub fn closed(&self) -> bool {
        self.before.status != Status::Closed && self.after.status == Status::Closed
    }
}

/// What cannot be recomputed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConeError {
    /// Goals that are, through others, their own parents; one of them is named.
    #[error("the alignment of goal {0} runs in a circle")]
    Cycle(Id),
    /// An alignment or a change names a goal that was not given.
    #[error("goal {0} is missing")]
    Missing(Id),
    /// A goal was given twice.
    #[error("goal {0} was given twice")]
    Twice(Id),
}

const CLEAN: u8 = 0;
/// Its own state was set.
const OWN: u8 = 1;
/// To be computed anew.
const ANEW: u8 = 2;
/// The same, because a key result below it changed.
const KEY_RESULT: u8 = 4;
/// The same, because it lost a child.
const LOST: u8 = 8;

/// Goals with the alignment between them: those that changed, all above, and all children of those.
#[derive(Debug, Clone)]
pub struct Cone {
    nodes: Vec<Node>,
    index: HashMap<Id, usize>,
    /// (child, fixed share), grouped by parent, each group in the order of positions.
    children: Vec<(usize, Option<f64>)>,
    children_from: Vec<usize>,
    parents: Vec<usize>,
    parents_from: Vec<usize>,
    /// Children before parents.
    order: Vec<usize>,
}

impl Cone {
    /// Takes goals and alignments; their order does not matter.
    ///
    /// # Errors
    /// Circles, goals given twice, alignments to goals that were not given.
    pub fn new(nodes: Vec<Node>, edges: &[Edge]) -> Result<Self, ConeError> {
        let mut index = HashMap::with_capacity(nodes.len());
        for (i, node) in nodes.iter().enumerate() {
            if index.insert(node.id, i).is_some() {
                return Err(ConeError::Twice(node.id));
            }
        }
        let find = |id: Id| index.get(&id).copied().ok_or(ConeError::Missing(id));
        let mut links = Vec::with_capacity(edges.len());
        for edge in edges {
            links.push((find(edge.parent)?, edge.position, edge.child, find(edge.child)?, edge.fixed));
        }
        links.sort_unstable_by_key(|&(parent, position, id, ..)| (parent, position, id));
        let children_from = offsets(nodes.len(), links.iter().map(|link| link.0));
        let children = links.iter().map(|link| (link.3, link.4)).collect();
        links.sort_unstable_by_key(|link| (link.3, link.0));
        let parents_from = offsets(nodes.len(), links.iter().map(|link| link.3));
        let parents = links.iter().map(|link| link.0).collect();
        let mut cone =
            Self { nodes, index, children, children_from, parents, parents_from, order: Vec::new() };
        cone.order = cone.children_first()?;
        Ok(cone)
    }

    /// A goal as it stands now.
    #[must_use]
    pub fn node(&self, id: Id) -> Option<&Node> {
        self.index.get(&id).and_then(|&i| self.nodes.get(i))
    }

    /// The goals that it holds.
    pub fn ids(&self) -> impl Iterator<Item = Id> {
        self.nodes.iter().map(|node| node.id)
    }

    /// Puts every goal where it began, before anything was checked in: for going through a past once more.
    pub fn begin_anew(&mut self) {
        for node in &mut self.nodes {
            node.state = State::initial(&node.metric);
        }
    }

    /// How many goals it holds.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The goals below a goal in their order, with their effective shares in percent.
    #[must_use]
    pub fn shares(&self, parent: Id) -> Vec<(Id, f64)> {
        let Some(&i) = self.index.get(&parent) else { return Vec::new() };
        let mut shares = Vec::new();
        effective_shares_into(self.below(i).map(|(_, fixed)| fixed), &mut shares);
        self.below(i).map(|(child, _)| child.id).zip(shares).collect()
    }

    /// The same goals under other alignments, for a look at what would move; `change` is given those of now.
    ///
    /// # Errors
    /// As [`Cone::new`].
    pub fn rewired(&self, change: impl FnOnce(&mut Vec<Edge>)) -> Result<Self, ConeError> {
        let mut edges = Vec::with_capacity(self.children.len());
        for (i, parent) in self.nodes.iter().enumerate() {
            for (position, (child, fixed)) in (0..).zip(self.below(i)) {
                edges.push(Edge { parent: parent.id, child: child.id, fixed, position });
            }
        }
        change(&mut edges);
        Self::new(self.nodes.clone(), &edges)
    }

    /// Starts or stops a goal's automatic updates.
    ///
    /// # Errors
    /// [`ConeError::Missing`].
    pub fn stop_automatic(&mut self, id: Id, stopped: bool) -> Result<(), ConeError> {
        let node = self.index.get(&id).and_then(|&i| self.nodes.get_mut(i)).ok_or(ConeError::Missing(id))?;
        node.automatic_stopped = stopped;
        Ok(())
    }

    /// Sets a goal's state, to be followed by a recomputation with [`Seed::Own`].
    ///
    /// # Errors
    /// [`ConeError::Missing`].
    pub fn set(&mut self, id: Id, state: State) -> Result<(), ConeError> {
        let node = self.index.get(&id).and_then(|&i| self.nodes.get_mut(i)).ok_or(ConeError::Missing(id))?;
        node.state = state;
        Ok(())
    }

    /// What roll-up would give a goal now, whether it takes it or not: what the panel offers while automatic updates are
    /// stopped (goals §4.4). None if there is nothing to roll up.
    #[must_use]
    pub fn offered(&self, id: Id) -> Option<RollupResult> {
        let &i = self.index.get(&id)?;
        self.rolled_up(i, self.nodes.get(i)?, &mut Vec::new())
    }

    /// The status that a goal's key results give it where the organisation takes it from them (goals §4.6): what a
    /// check-in means that names none. None where it follows from the goal's own progress.
    #[must_use]
    pub fn status_below(&self, id: Id, rules: &Rules<'_>) -> Option<Status> {
        let &i = self.index.get(&id)?;
        by_key_results(self.nodes.get(i)?, self.statuses_below(i), rules).filter(|status| !status.is_locked())
    }

    /// Recomputes what the seeds touch and everything above that moves; returns the goals looked at, children before
    /// parents. Goals closed or postponed are locked and stay as they are.
    ///
    /// # Errors
    /// [`ConeError::Missing`] for a seed that is not among the goals.
    pub fn recompute(&mut self, seeds: &[Seed], rules: &Rules<'_>) -> Result<Vec<Outcome>, ConeError> {
        let mut marks = vec![CLEAN; self.nodes.len()];
        for seed in seeds {
            let (id, mark) = match *seed {
                Seed::Own(id) => (id, OWN),
                Seed::Children(id) | Seed::Anew(id) => (id, ANEW),
                Seed::Lost(id) => (id, ANEW | LOST),
            };
            let i = self.index.get(&id).ok_or(ConeError::Missing(id))?;
            if let Some(entry) = marks.get_mut(*i) {
                *entry |= mark;
            }
        }
        Ok(self.pass(marks, rules, |_| true))
    }

    /// Recomputes everything: after an import, and daily, because what is expected moves. Chosen statuses stand where
    /// no number moves. Returns only the goals that changed, children before parents.
    pub fn recompute_all(&mut self, rules: &Rules<'_>) -> Vec<Outcome> {
        self.pass(vec![ANEW; self.nodes.len()], rules, Outcome::changed)
    }

    fn pass(
        &mut self,
        mut marks: Vec<u8>,
        rules: &Rules<'_>,
        keep: impl Fn(&Outcome) -> bool,
    ) -> Vec<Outcome> {
        let order = std::mem::take(&mut self.order);
        let mut outcomes = Vec::new();
        let mut shares = Vec::new();
        for &i in &order {
            let mark = marks.get(i).copied().unwrap_or(CLEAN);
            let Some(node) = self.nodes.get(i).filter(|_| mark != CLEAN) else { continue };
            let after = self.computed(i, node, mark, rules, &mut shares);
            let (id, before, kind) = (node.id, node.state, node.kind);
            outcomes.extend(Some(Outcome { id, before, after }).filter(&keep));
            if mark & OWN != 0 || moved(&before, &after) {
                let mark = if kind == GoalKind::KeyResult { ANEW | KEY_RESULT } else { ANEW };
                for &parent in slice(&self.parents, &self.parents_from, i) {
                    if let Some(entry) = marks.get_mut(parent) {
                        *entry |= mark;
                    }
                }
            }
            if let Some(node) = self.nodes.get_mut(i) {
                node.state = after;
            }
        }
        self.order = order;
        outcomes
    }

    /// A goal's state, computed anew.
    fn computed(&self, i: usize, node: &Node, mark: u8, rules: &Rules<'_>, shares: &mut Vec<f64>) -> State {
        let mut state = node.state;
        if state.status.is_locked() {
            return state;
        }
        let anew = mark & ANEW != 0 && mark & OWN == 0;
        let mut numbers_moved = false;
        if anew && node.rolls_up() {
            let childless =
                node.kind != GoalKind::Initiative && slice(&self.children, &self.children_from, i).is_empty();
            let result = match self.rolled_up(i, node, shares) {
                None if childless && mark & LOST != 0 => {
                    let start = State::initial(&node.metric);
                    Some(RollupResult { progress_unclamped: start.progress_unclamped, value: start.value })
                }
                result => result,
            };
            if let Some(RollupResult { progress_unclamped, value }) = result {
                numbers_moved = state.value != value || state.progress_unclamped != progress_unclamped;
                state.value = value;
                state.progress_unclamped = progress_unclamped;
                state.started |= numbers_moved || self.begun_below(i, node);
            }
        }
        let mut input = node.status_input(rules.day);
        input.value = state.value;
        input.progress = state.progress();
        input.started = state.started;
        state.automatic_status = automatic_status(&input, rules.settings);
        if anew {
            self.take_status(i, node, mark, numbers_moved, rules, &mut state);
        }
        state
    }

    /// The status after a recomputation: the terminal rule first, then what was chosen, then the automatic one.
    fn take_status(
        &self,
        i: usize,
        node: &Node,
        mark: u8,
        numbers_moved: bool,
        rules: &Rules<'_>,
        state: &mut State,
    ) {
        let key_results = self.statuses_below(i);
        // Somebody reopened it although its key results are closed: only news from them closes it again.
        let reopened = state.status == Status::Reopened;
        if let Some(end) = terminal_status(key_results)
            && (!reopened || mark & KEY_RESULT != 0)
        {
            self.end(i, end, state);
            return;
        }
        let stands = (state.manual_status || reopened) && !numbers_moved;
        // A control metric's status moves with its value, not with the calendar or an edited threshold.
        let unmoved = node.metric.kind.is_control() && !numbers_moved && state.status != Status::NotStarted;
        // Checked in on before its first day, which has come: what was not started for the calendar's sake is now.
        let begins = state.started
            && state.status == Status::NotStarted
            && !state.manual_status
            && rules.day >= node.start;
        if !(node.is_automatic() || begins) || stands || unmoved {
            return;
        }
        match by_key_results(node, key_results, rules) {
            Some(end) if end.is_locked() => {
                if !reopened || mark & KEY_RESULT != 0 {
                    self.end(i, end, state);
                }
            }
            status => {
                state.status = status.unwrap_or(state.automatic_status);
                state.manual_status = false;
            }
        }
    }

    /// Closes or postpones a parent because its key results are (goals §4.6, §4.7).
    fn end(&self, i: usize, end: Status, state: &mut State) {
        state.status = end;
        state.manual_status = false;
        if end == Status::Closed {
            let scores = self.key_results(i).filter_map(|child| child.state.score);
            state.score = average_score(scores).or_else(|| suggested_score(state.progress()));
        }
    }

    fn rolled_up(&self, i: usize, node: &Node, shares: &mut Vec<f64>) -> Option<RollupResult> {
        let parent = RollupParent { kind: node.kind, metric: &node.metric, tasks: node.tasks };
        let children = self.below(i).map(|(child, fixed)| RollupChild {
            metric: &child.metric,
            fixed,
            value: child.state.value,
            progress: child.state.progress_unclamped,
        });
        roll_up_with(&parent, children, shares)
    }

    fn begun_below(&self, i: usize, node: &Node) -> bool {
        node.tasks.done > 0.0 || self.below(i).any(|(child, fixed)| fixed != Some(0.0) && child.state.started)
    }

    fn below(&self, i: usize) -> impl Iterator<Item = (&Node, Option<f64>)> + Clone {
        slice(&self.children, &self.children_from, i)
            .iter()
            .filter_map(|&(child, fixed)| self.nodes.get(child).map(|node| (node, fixed)))
    }

    fn key_results(&self, i: usize) -> impl Iterator<Item = &Node> {
        self.below(i).map(|(child, _)| child).filter(|child| child.kind == GoalKind::KeyResult)
    }

    /// Which statuses its key results have.
    fn statuses_below(&self, i: usize) -> StatusSet {
        self.key_results(i).fold(StatusSet::default(), |set, child| set.with(child.state.status))
    }

    /// Every goal after all of its children; the same goals give the same order.
    fn children_first(&self) -> Result<Vec<usize>, ConeError> {
        let mut waiting: Vec<usize> =
            (0..self.nodes.len()).map(|i| slice(&self.children, &self.children_from, i).len()).collect();
        let mut order: Vec<usize> = (0..self.nodes.len()).filter(|i| waiting.get(*i) == Some(&0)).collect();
        let mut next = 0;
        while let Some(&i) = order.get(next) {
            next += 1;
            for &parent in slice(&self.parents, &self.parents_from, i) {
                if let Some(count) = waiting.get_mut(parent) {
                    *count = count.saturating_sub(1);
                    if *count == 0 {
                        order.push(parent);
                    }
                }
            }
        }
        let stuck = waiting.iter().position(|&count| count > 0).and_then(|i| self.on_circle(i, &waiting));
        stuck.map_or(Ok(order), |id| Err(ConeError::Cycle(id)))
    }

    /// Follows goals that wait for a child down to one that waits for itself.
    fn on_circle(&self, from: usize, waiting: &[usize]) -> Option<Id> {
        let mut i = from;
        for _ in 0..waiting.len() {
            let blocked = |child: &usize| waiting.get(*child).is_some_and(|&count| count > 0);
            i = slice(&self.children, &self.children_from, i).iter().map(|link| link.0).find(blocked)?;
        }
        self.nodes.get(i).map(|node| node.id)
    }
}

/// What a goal's key results say of its status, where they are asked. A baseline knows no status of theirs but the end.
fn by_key_results(node: &Node, key_results: StatusSet, rules: &Rules<'_>) -> Option<Status> {
    match rules.settings.status_source {
        StatusSource::KeyResults if node.metric.kind != MetricKind::Baseline => {
            status_from_key_results(key_results)
        }
        StatusSource::KeyResults | StatusSource::Progress => None,
    }
}

/// Whether those above have to follow.
fn moved(before: &State, after: &State) -> bool {
    before.value != after.value
        || before.progress_unclamped != after.progress_unclamped
        || before.status != after.status
        || before.started != after.started
        || before.score != after.score
}

/// Where each group begins in a list sorted by group; one entry more than groups.
fn offsets(groups: usize, sorted: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut from = vec![0; groups + 1];
    for group in sorted {
        if let Some(count) = from.get_mut(group + 1) {
            *count += 1;
        }
    }
    let mut sum = 0;
    for entry in &mut from {
        sum += *entry;
        *entry = sum;
    }
    from
}

fn slice<'a, T>(all: &'a [T], from: &[usize], group: usize) -> &'a [T] {
    match (from.get(group), from.get(group + 1)) {
        (Some(&start), Some(&end)) => all.get(start..end).unwrap_or_default(),
        _ => &[],
    }
}
