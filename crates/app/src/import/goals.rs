//! Goals of an import: every one is found or gets an identifier first, then their fields are merged, then they are written
//! and aligned.

use std::collections::HashMap;

use northing_connectors::import_model::{FieldNote, Goal, Record};
use northing_core::text::fold;
use northing_core::values::Id;
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalRow};
use northing_store::imports::{self, Kind};
use northing_store::{Tx, placements};

use super::align;
use super::goal_fields::{GoalFields, Parent};
use super::merge;
use super::report::Outcome;
use super::run::{Before, Run, Said, dropped};
use super::summary::TreeGoal;
use crate::Result;

/// Goals with what is needed of them later.
pub(super) type Goals = HashMap<Id, GoalRow>;

/// Goals are loaded and inserted so many at a time.
const AT_ONCE: usize = 256;

/// A goal of the file.
pub(super) struct Plan<'a> {
    pub(super) record: &'a Record<Goal>,
    pub(super) id: Id,
    external: String,
    /// As the file has it.
    pub(super) row: GoalRow,
    pub(super) notes: Vec<FieldNote>,
    /// What it is aligned to, as the file has it.
    pub(super) parents: Vec<Parent>,
    /// Its place among the children of each of them.
    pub(super) places: Vec<f64>,
    outcome: Outcome,
    undo: Option<String>,
}

impl<'a> Run<'a> {
    /// Creates and updates goals, aligns them, and gives them their places.
    pub(super) async fn goals(&mut self, tx: &mut Tx) -> Result<Goals> {
        let org = self.actor.org_id;
        let before = Before::new(imports::known(tx, org, Kind::Goals).await?);
        let mut plans = self.plan_goals(&before)?;
        let mut olds = Goals::new();
        let known: Vec<Id> = plans.iter().map(|plan| plan.id).filter(|id| before.of(*id).is_some()).collect();
        for ids in known.chunks(AT_ONCE) {
            olds.extend(goals::load(tx, org, ids).await?.into_iter().map(|row| (row.id, row)));
        }
        let stored = imports::alignments(tx, org).await?;
        align::parents(self, &mut plans, &stored);
        let (mut rows, mut new, mut marks, mut wanted) = (Goals::new(), Vec::new(), Vec::new(), Vec::new());
        for plan in &mut plans {
            let mut theirs = GoalFields::of(&plan.row);
            theirs.parents.clone_from(&plan.parents);
            let mut said = merge::fields(&theirs)?;
            match olds.remove(&plan.id) {
                None => {
                    plan.row.external_id = Some(plan.external.clone());
                    plan.row.source_extra = Some(Self::origin(plan.record, &said)?);
                    let tags = self.tags_of(tx, &plan.row).await?;
                    new.push((plan.row.clone(), tags));
                    wanted.push((plan.id, plan.parents.clone()));
                    rows.insert(plan.id, plan.row.clone());
                }
                Some(mut row) => {
                    let here = GoalFields::of(&row);
                    GoalFields::silence(&mut said, &plan.record.value, Some(&row), self.set.sparse);
                    let settled =
                        self.settle(plan.record, &here, &said, before.of(plan.id), &mut plan.notes)?;
                    if let Some(origin) = settled.origin {
                        marks.push(before.mark(plan.id, plan.external.clone(), origin));
                    }
                    (plan.outcome, plan.undo) = (settled.outcome, settled.undo);
                    if settled.outcome == Outcome::Updated {
                        if settled.value.parents != here.parents {
                            wanted.push((plan.id, settled.value.parents.clone()));
                        }
                        settled.value.put(&mut row, &plan.row);
                        row.updated_at = self.now;
                        let tags = self.tags_of(tx, &row).await?;
                        goals::update(tx, &row).await?;
                        goals::save_lists(tx, &row, &tags).await?;
                    }
                    rows.insert(plan.id, row);
                }
            }
            if new.len() >= AT_ONCE {
                insert(tx, &new).await?;
                new.clear();
            }
        }
        insert(tx, &new).await?;
        imports::mark(tx, org, Kind::Goals, &marks).await?;
        self.write_alignments(tx, &mut plans, &stored, &wanted).await?;
        for plan in plans.iter().filter(|plan| plan.outcome == Outcome::Created) {
            if let Some(own) = &plan.record.value.own {
                self.own_tasks(tx, plan.id, own).await?;
                self.new_goals.insert(plan.id);
            }
        }
        let touched = plans.iter().filter(|plan| matches!(plan.outcome, Outcome::Created | Outcome::Updated));
        let touched: Vec<Id> = touched.map(|plan| plan.id).collect();
        placements::rebuild(tx, &touched).await?;
        self.touched.extend(touched);
        for Plan { record, id, notes, outcome, undo, row, parents, .. } in plans {
            let name = |id: Option<&Id>| id.and_then(|id| self.names.get(id)).cloned();
            let goal = TreeGoal {
                id,
                kind: row.kind,
                title: row.title.clone(),
                owner: name(row.owner_ids.first()),
                team: name(row.team_ids.first()),
                parent: parents.first().map(|it| it.goal),
                outcome,
            };
            self.report.goals.push(goal);
            let said = Said { outcome, subject: Some(id), notes, undo };
            self.say("goal", record, &record.value.title, said);
        }
        Ok(rows)
    }

    /// Who every goal of the file is here, and how it would be stored.
    fn plan_goals(&mut self, before: &Before) -> Result<Vec<Plan<'a>>> {
        let set = self.set;
        let (mut plans, mut position) = (Vec::new(), 1.0);
        // Parents may stand in an earlier import alone: a view does not list every goal.
        let prefix = format!("{}:goal:", self.order.source);
        let [ids, _] = &mut self.goals;
        ids.extend(
            before
                .there()
                .filter_map(|(external, id)| Some((external.strip_prefix(&prefix)?.to_owned(), id))),
        );
        for record in &set.goals {
            self.order.progress.step()?;
            position += 1.0;
            let external = self.external("goal", record, |it| {
                let owner = it.owners.first().and_then(|owner| owner.name.as_deref()).map(fold);
                let period = it.period.as_ref().and_then(|period| period.name.as_deref()).map(fold);
                (fold(&it.title), owner, period)
            })?;
            let (known, mut notes) = (before.find(&external), Vec::new());
            if known.is_some_and(|it| it.deleted) {
                notes.push(dropped("ID", "the goal was deleted here: restore it from the trash first"));
                self.fail("goal", record, &record.value.title, notes);
                continue;
            }
            let id = known.map_or_else(|| self.app.new_id(), |it| it.id);
            let Some(row) = self.row(id, &record.value, position, &mut notes) else {
                self.fail("goal", record, &record.value.title, notes);
                continue;
            };
            let [ids, titles] = &mut self.goals;
            if let Some(source) = &record.source_id {
                ids.insert(source.clone(), id);
            }
            titles.entry(fold(&row.title)).or_insert(id);
            self.names.insert(id, row.title.clone());
            plans.push(Plan {
                record,
                id,
                external,
                row,
                notes,
                parents: Vec::new(),
                places: Vec::new(),
                outcome: Outcome::Created,
                undo: None,
            });
        }
        Ok(plans)
    }

    async fn tags_of(&self, tx: &mut Tx, row: &GoalRow) -> Result<Vec<Id>> {
        let mut ids: Vec<Id> = self.tag_ids(tx, &row.tags).await?.into_values().collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// Writes the alignments of goals that are new or have other parents now; what would run in a circle is left out.
    async fn write_alignments(
        &self,
        tx: &mut Tx,
        plans: &mut [Plan<'a>],
        stored: &[(Id, Id)],
        wanted: &[(Id, Vec<Parent>)],
    ) -> Result<()> {
        let mut links = super::links::Links::default();
        let changing: std::collections::HashSet<Id> = wanted.iter().map(|(id, _)| *id).collect();
        let mut affected: Vec<Id> = Vec::new();
        for (child, parent) in stored {
            if changing.contains(child) {
                affected.push(*parent);
            } else {
                links.add(*child, *parent);
            }
        }
        let at: HashMap<Id, usize> = plans.iter().enumerate().map(|(at, plan)| (plan.id, at)).collect();
        let mut new = Vec::new();
        for (child, parents) in wanted {
            let Some(plan) = at.get(child).and_then(|at| plans.get_mut(*at)) else { continue };
            if plan.outcome == Outcome::Updated {
                alignments::remove_above(tx, *child).await?;
            }
            for (parent, order) in parents.iter().zip(0_i64..) {
                if !links.add(*child, parent.goal) {
                    plan.notes.push(dropped("Alignment", "goals ran in a circle here"));
                    continue;
                }
                affected.push(parent.goal);
                let place = plan.parents.iter().position(|it| it.goal == parent.goal);
                new.push(Alignment {
                    parent_id: parent.goal,
                    child_id: *child,
                    share: 0.0,
                    fixed: parent.share,
                    position: place.and_then(|at| plan.places.get(at)).copied().unwrap_or(1.0),
                    parent_position: order,
                });
            }
        }
        alignments::insert(tx, &new).await?;
        affected.sort_unstable();
        affected.dedup();
        let children: Vec<Id> = wanted.iter().map(|(id, _)| *id).collect();
        Ok(alignments::settle(tx, &affected, &children).await?)
    }
}

async fn insert(tx: &mut Tx, goals: &[(GoalRow, Vec<Id>)]) -> Result<()> {
    let all: Vec<(&GoalRow, &[Id])> = goals.iter().map(|(row, tags)| (row, tags.as_slice())).collect();
    Ok(goals::insert_all(tx, &all).await?)
}
