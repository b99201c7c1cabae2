//! An import in a few figures: counts, the goals as a tree, and its remarks in groups. Kept with the import.

use std::collections::{BTreeMap, HashMap, HashSet};

use northing_connectors::import_model::{Effect, FieldNote};
use northing_core::goal::GoalKind;
use northing_core::values::Id;
use serde::{Deserialize, Serialize};

use super::report::{Count, ImportReport, Outcome};

/// Lines of the tree that are kept.
const TREE: usize = 60;

/// A goal of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeLine {
    /// How deep it stands, from 0.
    pub depth: u8,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its first owner.
    pub owner: Option<String>,
    /// Its first team.
    pub team: Option<String>,
    /// `created`, `updated`, `unchanged` or `skipped`.
    pub outcome: String,
}

/// Remarks of one sort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// Of what.
    pub entity: String,
    /// The field.
    pub field: String,
    /// `kept`, `changed` or `dropped`.
    pub effect: Effect,
    /// How many records have it.
    pub count: u64,
    /// The reason of the first.
    pub example: String,
    /// The title of the first.
    pub title: String,
}

/// An import in a few figures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// By entity.
    pub counts: BTreeMap<String, Count>,
    /// How many goals of each kind are new.
    pub kinds: BTreeMap<GoalKind, u64>,
    /// The beginning of the goals as a tree.
    pub tree: Vec<TreeLine>,
    /// Goals that the tree does not show.
    pub more: u64,
    /// Remarks, those of the most records first.
    pub warnings: Vec<Warning>,
}

impl Summary {
    /// How many goals are made or changed.
    #[must_use]
    pub fn goals(&self) -> u64 {
        self.counts.get("goal").map_or(0, |count| count.created + count.updated)
    }

    /// How many records of all entities met an outcome.
    #[must_use]
    pub fn total(&self, of: impl Fn(&Count) -> u64) -> u64 {
        self.counts.values().map(of).sum()
    }

    pub(super) fn of(report: &ImportReport) -> Self {
        let counts = report.counts.iter().map(|(entity, count)| ((*entity).to_owned(), *count)).collect();
        let mut kinds: BTreeMap<GoalKind, u64> = BTreeMap::new();
        for goal in report.goals.iter().filter(|goal| goal.outcome == Outcome::Created) {
            *kinds.entry(goal.kind).or_default() += 1;
        }
        let tree = tree(&report.goals, &report.names);
        let more = u64::try_from(report.goals.len().saturating_sub(tree.len())).unwrap_or(0);
        Self { counts, kinds, tree, more, warnings: report.warnings.sorted() }
    }
}

/// A goal as the tree needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TreeGoal {
    pub(super) id: Id,
    pub(super) kind: GoalKind,
    pub(super) owner: Option<Id>,
    pub(super) team: Option<Id>,
    pub(super) parent: Option<Id>,
    pub(super) outcome: Outcome,
}

/// From the top down, each goal under its first parent.
fn tree(goals: &[TreeGoal], names: &HashMap<Id, String>) -> Vec<TreeLine> {
    let name = |id: Option<Id>| id.and_then(|id| names.get(&id)).cloned();
    let there: HashSet<Id> = goals.iter().map(|goal| goal.id).collect();
    let mut below: HashMap<Option<Id>, Vec<&TreeGoal>> = HashMap::new();
    for goal in goals {
        below.entry(goal.parent.filter(|parent| there.contains(parent))).or_default().push(goal);
    }
    let mut open: Vec<(u8, &TreeGoal)> =
        below.get(&None).into_iter().flatten().rev().map(|goal| (0, *goal)).collect();
    let mut lines = Vec::new();
    while let Some((depth, goal)) = open.pop() {
        if lines.len() >= TREE {
            break;
        }
        lines.push(TreeLine {
            depth,
            kind: goal.kind,
            title: name(Some(goal.id)).unwrap_or_default(),
            owner: name(goal.owner),
            team: name(goal.team),
            outcome: goal.outcome.name().to_owned(),
        });
        open.extend(
            below
                .get(&Some(goal.id))
                .into_iter()
                .flatten()
                .rev()
                .map(|goal| (depth.saturating_add(1), *goal)),
        );
    }
    lines
}

/// Remarks in groups, as they come.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Warnings(BTreeMap<(&'static str, String, &'static str), Warning>);

impl Warnings {
    /// The remarks on a record.
    pub(super) fn add(&mut self, entity: &'static str, outcome: Outcome, title: &str, notes: &[FieldNote]) {
        for (at, note) in notes.iter().enumerate() {
            // What a newer file changes is no warning.
            let news = outcome == Outcome::Updated && note.effect == Effect::Changed;
            let same = |other: &FieldNote| other.field == note.field && other.effect == note.effect;
            if news || notes.iter().take(at).any(same) {
                continue;
            }
            let key = (entity, note.field.clone(), effect_name(note.effect));
            let warning = self.0.entry(key).or_insert_with(|| Warning {
                entity: entity.to_owned(),
                field: note.field.clone(),
                effect: note.effect,
                count: 0,
                example: note.reason.chars().take(300).collect(),
                title: title.chars().take(100).collect(),
            });
            warning.count += 1;
        }
    }

    /// Those of the most records first.
    fn sorted(&self) -> Vec<Warning> {
        let mut warnings: Vec<Warning> = self.0.values().cloned().collect();
        warnings.sort_by_key(|warning| std::cmp::Reverse(warning.count));
        warnings
    }
}

/// The name of an effect in reports.
#[must_use]
pub const fn effect_name(effect: Effect) -> &'static str {
    match effect {
        Effect::Kept => "kept",
        Effect::Changed => "changed",
        Effect::Dropped => "dropped",
    }
}
