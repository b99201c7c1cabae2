//! Where a goal stood before it was aligned or moved, written down with the change, so that it can be taken back exactly:
//! shares that were set by hand and places among others included.

use std::collections::HashMap;

use northing_core::alignment::no_cycle;
use northing_core::check_in::locked;
use northing_core::cone::Seed;
use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::goal::GoalKind;
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalRow};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx, activity, placements};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::context::{Context, distinct};
use super::reorder::{Beside, OrderedPage, ReorderInput, placed};
use super::view::GoalView;
use crate::{Actor, Error, Northing, Result};

/// A goal's place in the structure.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Former {
    /// What it was.
    kind: GoalKind,
    /// What it was aligned to.
    parents: Vec<FormerParent>,
    /// What it is aligned to since; something else by now means that somebody changed it again.
    since: Vec<Id>,
    /// Its place on the page where it was moved.
    page: Option<FormerPage>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct FormerParent {
    id: Id,
    fixed: Option<f64>,
    beside: Beside,
}

/// A page's order, and where in it a goal stood.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct FormerPage {
    pub(super) page: OrderedPage,
    pub(super) entity_id: Id,
    pub(super) beside: Beside,
}

impl Northing {
    /// Takes back that a goal was aligned or moved, as long as its alignment is what that change made of it. `change` is
    /// the change's entry in the activity log; only who made it takes it back.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a change that is none of the actor's; [`Error::Conflict`] where the goal was aligned anew
    /// since; [`Error::Refused`] where the former alignment would now close a circle, or the goal is closed.
    pub async fn undo_alignment(&self, actor: &Actor, goal: Id, change: Id) -> Result<GoalView> {
        let input = (self.clone(), actor.clone());
        self.store
            .write(input, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalEdit).await?;
                    let former = context.former(tx, goal, change).await?;
                    context.take_back(tx, row, &former, change).await?;
                    context.view_of(tx, goal).await
                })
            })
            .await
    }
}

impl Context<'_> {
    /// How a goal stands now, to be completed by [`Former::since`].
    pub(super) async fn stands(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        page: Option<FormerPage>,
    ) -> Result<Former> {
        let ids: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        let all = alignments::below(rx, &ids).await?;
        let parents = row.parents.iter().map(|link| {
            let order: Vec<(Id, f64)> = children_of(&all, link.id);
            FormerParent { id: link.id, fixed: link.fixed, beside: Beside::of(&order, row.id) }
        });
        Ok(Former { kind: row.kind, parents: parents.collect(), since: ids.clone(), page })
    }

    async fn former(&self, rx: &mut Rx, goal: Id, change: Id) -> Result<Former> {
        let found = activity::find(rx, goal, change).await?;
        let mine = found.filter(|(actor, _)| *actor == Some(self.actor.user_id));
        let former = mine.and_then(|(_, detail)| serde_json::from_value(detail.get("former")?.clone()).ok());
        former.ok_or(Error::NotFound("change"))
    }

    async fn take_back(&self, tx: &mut Tx, row: GoalRow, former: &Former, change: Id) -> Result<()> {
        let goal = row.id;
        let now: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        if now != former.since {
            return Err(Error::Conflict);
        }
        let wanted: Vec<Id> = former.parents.iter().map(|one| one.id).collect();
        let there = goals::load(tx, self.actor.org_id, &wanted).await?;
        let parents: Vec<&FormerParent> =
            former.parents.iter().filter(|one| there.iter().any(|row| row.id == one.id)).collect();
        if now != wanted || row.kind != former.kind {
            locked(row.status)?;
            let above = alignments::ancestry(tx, &wanted).await?;
            for one in &parents {
                no_cycle(goal, one.id, |id| above.get(&id).cloned().unwrap_or_default())?;
            }
            let kind = former.kind;
            goals::update(tx, &GoalRow { kind, updated_at: self.now, ..row.clone() }).await?;
        }
        let kept: HashMap<Id, f64> = row.parents.iter().map(|link| (link.id, link.position)).collect();
        let mut plan = Vec::new();
        for one in &parents {
            let position = match kept.get(&one.id) {
                Some(position) => *position,
                None => alignments::next_position(tx, one.id).await?,
            };
            plan.push(Alignment {
                parent_id: one.id,
                child_id: goal,
                share: 0.0,
                fixed: one.fixed,
                position,
                parent_position: i64::try_from(plan.len()).unwrap_or(i64::MAX),
            });
        }
        alignments::remove_above(tx, goal).await?;
        alignments::insert(tx, &plan).await?;
        let touched = distinct(&[now.as_slice(), wanted.as_slice()].concat());
        alignments::settle(tx, &touched, &[goal]).await?;
        placements::rebuild(tx, &[goal]).await?;
        for one in &parents {
            self.put_back(tx, goal, Some(one.id), one.beside, None).await?;
        }
        if let Some(page) = former.page {
            self.put_back(tx, goal, None, page.beside, Some(page)).await?;
        }
        let kind = if now == wanted { EventKind::GoalMoved } else { EventKind::GoalAligned };
        let detail = json!({
            "undone": change, "changes": { "parents": { "before": now, "after": wanted } },
        });
        self.record(tx, kind, goal, None, detail).await?;
        self.announce(tx, touched.iter().copied().chain([goal]).collect(), Change::Moved);
        let seeds: Vec<Seed> = touched.into_iter().map(Seed::Lost).collect();
        self.recompute(tx, Source::Edit, &seeds, &[]).await?;
        Ok(())
    }

    /// Beside the neighbours it had, as far as they are still there.
    async fn put_back(
        &self,
        tx: &mut Tx,
        goal: Id,
        parent_id: Option<Id>,
        beside: Beside,
        page: Option<FormerPage>,
    ) -> Result<()> {
        let order = match (parent_id, page) {
            (Some(parent), _) => children_of(&alignments::below(tx, &[parent]).await?, parent),
            (None, Some(page)) => {
                let row = goals::find(tx, self.actor.org_id, goal).await?.ok_or(Error::NotFound("goal"))?;
                placements::order(tx, page.page.name(), page.entity_id, row.period_id, false).await?
            }
            (None, None) => return Ok(()),
        };
        let there = |id: &Id| order.iter().any(|(known, _)| known == id);
        let before_id = beside.next.filter(there);
        let after_id = beside.previous.filter(there).filter(|_| before_id.is_none());
        if (before_id.is_none() && after_id.is_none()) || placed(&order, goal, before_id, after_id) {
            return Ok(());
        }
        let input = ReorderInput {
            parent_id,
            page: page.map(|page| page.page),
            entity_id: page.map(|page| page.entity_id),
            before_id,
            after_id,
        };
        match parent_id {
            Some(parent) => self.reorder_children(tx, goal, parent, &input).await?,
            None => self.reorder_page(tx, goal, &input).await?,
        };
        Ok(())
    }
}

impl Former {
    /// What the goal is aligned to since.
    pub(super) fn since(self, since: Vec<Id>) -> Self {
        Self { since, ..self }
    }
}

fn children_of(all: &[Alignment], parent: Id) -> Vec<(Id, f64)> {
    all.iter().filter(|one| one.parent_id == parent).map(|one| (one.child_id, one.position)).collect()
}

/// A refusal as it is told where one drags: the first of the errors, without the field that a form would have.
pub(super) fn told(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => match errors.into_iter().next() {
            Some(first) => Error::Refused(Refusal::new(first.code, first.message)),
            None => Error::Invalid(Vec::new()),
        },
        other => other,
    }
}
