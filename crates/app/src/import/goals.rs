//! Goals of an import: every one is found or gets an identifier first, then their fields are merged, then they are written
//! and aligned.

use std::collections::{HashMap, HashSet};

use northing_connectors::import_model::{Goal, Record};
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::metric::Metric;
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::{Day, Id};
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalRow};
use northing_store::imports::{self, Kind, Mark};
use northing_store::{Tx, placements};

use super::align;
use super::before::Before;
use super::goal_fields::{GoalFields, Parent};
use super::merge;
use super::pen::Pen;
use super::report::{Outcome, Remark};
use super::run::Run;
use super::saying::{Said, dropped};
use super::summary::TreeGoal;
use crate::Result;

/// Goals with what is needed of them later.
pub(super) type Goals = HashMap<Id, Stands>;

/// Goals are loaded and inserted so many at a time.
const AT_ONCE: usize = 128;
/// Goals that are aligned at once.
const ALIGNED: usize = 2_000;
/// Goals whose places in lists are made at once.
const PLACED: usize = 512;

/// How a goal stands when the file has been merged in, as far as its check-ins need it.
#[derive(Debug)]
pub(super) struct Stands {
    pub(super) kind: GoalKind,
    pub(super) metric: Metric,
    pub(super) mode: ProgressMode,
    pub(super) start: Day,
    pub(super) due: Day,
    pub(super) phases: Vec<Phase>,
    pub(super) progress_unclamped: Option<f64>,
    pub(super) status: Status,
    pub(super) automatic_status: Status,
    pub(super) score: Option<f64>,
    /// Something moved it before.
    pub(super) moved: bool,
    /// The number of its line.
    pub(super) line: i64,
    pub(super) outcome: Outcome,
}

impl Stands {
    fn of(row: GoalRow, line: i64, outcome: Outcome) -> Self {
        Self {
            kind: row.kind,
            metric: row.metric,
            mode: row.progress_mode,
            start: row.start_date,
            due: row.due_date,
            phases: row.phases,
            progress_unclamped: row.progress_unclamped,
            status: row.status,
            automatic_status: row.automatic_status,
            score: row.score,
            moved: row.last_source.is_some(),
            line,
            outcome,
        }
    }
}

/// A goal of the file.
pub(super) struct Plan {
    pub(super) record: Record<Goal>,
    pub(super) id: Id,
    external: String,
    pub(super) position: f64,
    /// What it is aligned to, as the file has it.
    pub(super) parents: Vec<Parent>,
    /// Its place among the children of each of them.
    pub(super) places: Vec<f64>,
}

/// What a goal is to be aligned to.
struct Wanted {
    child: Id,
    parents: Vec<Parent>,
    /// The places that the file gives among the children of these.
    places: Vec<(Id, f64)>,
}

impl Run<'_> {
    /// Creates and updates goals, aligns them, and gives them their places.
    pub(super) async fn goals(&mut self, pen: &mut Pen<'_>, records: Vec<Record<Goal>>) -> Result<Goals> {
        let org = self.actor.org_id;
        let before = pen.known(&mut self.report, org, Kind::Goals).await?;
        let stored = pen
            .read(&mut self.report, move |rx| {
                Box::pin(async move { Ok(imports::alignments(rx, org).await?) })
            })
            .await?;
        pen.pause(&mut self.report).await?;
        let mut plans = self.plan_goals(&before, records)?;
        align::parents(self, &mut plans, &stored);
        drop(stored);
        pen.resume().await?;
        let (mut stand, mut wanted) = (Goals::with_capacity(plans.len()), Vec::new());
        let mut plans = plans.into_iter();
        loop {
            let part: Vec<Plan> = plans.by_ref().take(AT_ONCE).collect();
            if part.is_empty() {
                break;
            }
            self.write_goals(pen.tx()?, &before, part, &mut stand, &mut wanted).await?;
            pen.rest(&mut self.report).await?;
        }
        drop((plans, before));
        // What is aligned anew may trade places: that is one part. What is new has stood nowhere yet.
        let is_new = |it: &Wanted| stand.get(&it.child).is_some_and(|it| it.outcome == Outcome::Created);
        let (new, moved): (Vec<Wanted>, Vec<Wanted>) = wanted.into_iter().partition(is_new);
        for part in std::iter::once(moved.as_slice()).chain(new.chunks(ALIGNED)) {
            let remarks = self.write_alignments(pen.tx()?, &stand, part).await?;
            pen.turn(&mut self.report).await?;
            if !remarks.is_empty() {
                pen.amend(&mut self.report, remarks).await?;
            }
        }
        drop((new, moved));
        let touched = stand
            .iter()
            .filter(|(_, it)| matches!(it.outcome, Outcome::Created | Outcome::Updated))
            .map(|(id, _)| *id);
        let mut touched: Vec<Id> = touched.collect();
        touched.sort_unstable();
        for part in touched.chunks(PLACED) {
            placements::rebuild(pen.tx()?, part).await?;
            pen.rest(&mut self.report).await?;
        }
        self.touched.extend(touched);
        Ok(stand)
    }

    /// Writes some goals, new ones and those that a newer file changes, with their lines.
    async fn write_goals(
        &mut self,
        tx: &mut Tx,
        before: &Before,
        plans: Vec<Plan>,
        stand: &mut Goals,
        wanted: &mut Vec<Wanted>,
    ) -> Result<()> {
        let known: Vec<Id> = plans.iter().map(|plan| plan.id).filter(|id| before.of(*id).is_some()).collect();
        let olds = goals::load(tx, self.actor.org_id, &known).await?;
        let mut olds: HashMap<Id, GoalRow> = olds.into_iter().map(|row| (row.id, row)).collect();
        let (mut new, mut marks, mut done) = (Vec::new(), Vec::<Mark>::new(), Vec::new());
        for mut plan in plans {
            let mut notes = std::mem::take(&mut plan.record.notes);
            let Some(mut theirs) = self.row(plan.id, &plan.record.value, plan.position, &mut notes) else {
                self.fail("goal", &plan.record, &plan.record.value.title, notes);
                continue;
            };
            let mut fields = GoalFields::of(&theirs);
            fields.parents.clone_from(&plan.parents);
            let mut said = merge::fields(&fields)?;
            let (mut outcome, mut undo) = (Outcome::Created, None);
            let row = match olds.remove(&plan.id) {
                None => {
                    theirs.external_id = Some(plan.external.clone());
                    theirs.source_extra = Some(Self::origin(&plan.record, &said)?);
                    let tags = self.tags_of(tx, &theirs).await?;
                    wanted.push(Wanted::of(&plan, plan.parents.clone()));
                    if let Some(own) = &plan.record.value.own {
                        self.new_goals.insert(plan.id);
                        done.push((plan.id, own.tasks.clone()));
                    }
                    new.push((theirs.clone(), tags));
                    theirs
                }
                Some(mut row) => {
                    let here = GoalFields::of(&row);
                    GoalFields::silence(&mut said, &plan.record.value, Some(&row), self.set.sparse);
                    let settled = self.settle(&plan.record, &here, &said, before.of(plan.id), &mut notes)?;
                    if let Some(origin) = settled.origin {
                        marks.push(before.mark(plan.id, plan.external.clone(), origin));
                    }
                    (outcome, undo) = (settled.outcome, settled.undo);
                    if settled.outcome == Outcome::Updated {
                        if settled.value.parents != here.parents {
                            wanted.push(Wanted::of(&plan, settled.value.parents.clone()));
                        }
                        settled.value.put(&mut row, &theirs);
                        row.updated_at = self.now;
                        let tags = self.tags_of(tx, &row).await?;
                        goals::update(tx, &row).await?;
                        goals::save_lists(tx, &row, &tags).await?;
                    }
                    row
                }
            };
            let tree = TreeGoal {
                id: plan.id,
                kind: row.kind,
                owner: row.owner_ids.first().copied(),
                team: row.team_ids.first().copied(),
                parent: plan.parents.first().map(|it| it.goal),
                outcome,
            };
            self.report.goals.push(tree);
            let said = Said { outcome, subject: Some(plan.id), notes, undo };
            let line = self.say("goal", &plan.record, &plan.record.value.title, said);
            stand.insert(plan.id, Stands::of(row, line, outcome));
        }
        insert(tx, &new).await?;
        for (id, tasks) in done {
            self.own_tasks(tx, id, &tasks).await?;
        }
        Ok(imports::mark(tx, self.actor.org_id, Kind::Goals, &marks).await?)
    }

    /// Who every goal of the file is here.
    fn plan_goals(&mut self, before: &Before, records: Vec<Record<Goal>>) -> Result<Vec<Plan>> {
        let (mut plans, mut position) = (Vec::with_capacity(records.len()), 1.0);
        // Parents may stand in an earlier import alone: a view does not list every goal.
        let prefix = format!("{}:goal:", self.order.source);
        let [ids, _] = &mut self.goals;
        ids.extend(
            before
                .there()
                .filter_map(|(external, id)| Some((external.strip_prefix(&prefix)?.to_owned(), id))),
        );
        for record in records {
            self.order.progress.step()?;
            position += 1.0;
            let external = self.external("goal", &record, |it| {
                let owner = it.owners.first().and_then(|owner| owner.name.as_deref()).map(fold);
                let period = it.period.as_ref().and_then(|period| period.name.as_deref()).map(fold);
                (fold(&it.title), owner, period)
            })?;
            let (known, mut notes) = (before.find(&external), Vec::new());
            if known.is_some_and(|it| it.deleted) {
                notes.push(dropped("ID", "the goal was deleted here: restore it from the trash first"));
                self.fail("goal", &record, &record.value.title, notes);
                continue;
            }
            let id = known.map_or_else(|| self.app.new_id(), |it| it.id);
            if !self.can_be(&record.value, &mut notes) {
                self.fail("goal", &record, &record.value.title, notes);
                continue;
            }
            let title = record.value.title.trim().to_owned();
            let [ids, titles] = &mut self.goals;
            if let Some(source) = &record.source_id {
                ids.insert(source.clone(), id);
            }
            titles.entry(fold(&title)).or_insert(id);
            self.names.insert(id, title);
            plans.push(Plan { record, id, external, position, parents: Vec::new(), places: Vec::new() });
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
    async fn write_alignments(&self, tx: &mut Tx, stand: &Goals, wanted: &[Wanted]) -> Result<Vec<Remark>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut links = super::links::Links::default();
        let changing: HashSet<Id> = wanted.iter().map(|it| it.child).collect();
        let (mut affected, mut remarks, mut new) = (Vec::new(), Vec::new(), Vec::new());
        // As they are now: people may have aligned goals since the part before.
        for (child, parent) in imports::alignments(tx, self.actor.org_id).await? {
            if changing.contains(&child) {
                affected.push(parent);
            } else {
                links.add(child, parent);
            }
        }
        for Wanted { child, parents, places } in wanted {
            let Some(it) = stand.get(child) else { continue };
            if it.outcome == Outcome::Updated {
                alignments::remove_above(tx, *child).await?;
            }
            for (parent, order) in parents.iter().zip(0_i64..) {
                if !links.add(*child, parent.goal) {
                    remarks.push(Remark {
                        line: it.line,
                        outcome: it.outcome,
                        title: self.names.get(child).cloned().unwrap_or_default(),
                        note: dropped("Alignment", "goals ran in a circle here"),
                    });
                    continue;
                }
                affected.push(parent.goal);
                let place = places.iter().find(|(of, _)| *of == parent.goal);
                new.push(Alignment {
                    parent_id: parent.goal,
                    child_id: *child,
                    share: 0.0,
                    fixed: parent.share,
                    position: place.map_or(1.0, |(_, place)| *place),
                    parent_position: order,
                });
            }
        }
        alignments::insert(tx, &new).await?;
        affected.sort_unstable();
        affected.dedup();
        let children: Vec<Id> = wanted.iter().map(|it| it.child).collect();
        alignments::settle(tx, &affected, &children).await?;
        Ok(remarks)
    }
}

impl Wanted {
    fn of(plan: &Plan, parents: Vec<Parent>) -> Self {
        let places = plan.parents.iter().map(|it| it.goal).zip(plan.places.iter().copied()).collect();
        Self { child: plan.id, parents, places }
    }
}

async fn insert(tx: &mut Tx, goals: &[(GoalRow, Vec<Id>)]) -> Result<()> {
    let all: Vec<(&GoalRow, &[Id])> = goals.iter().map(|(row, tags)| (row, tags.as_slice())).collect();
    Ok(goals::insert_all(tx, &all).await?)
}
