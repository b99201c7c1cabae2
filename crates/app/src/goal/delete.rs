//! Deleting goals and bringing them back (goals §3.5).

use std::collections::{HashMap, HashSet};

use northing_core::alignment::no_cycle;
use northing_core::check_in::locked;
use northing_core::cone::Seed;
use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::people::Role;
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalFilter, GoalRow, GoalSort};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx, activity, goal_facts, placements};
use serde::{Deserialize, Serialize};

use super::context::{Context, distinct};
use super::view::GoalView;
use crate::{Actor, Error, Northing, Page, PageRequest, Result};

/// How long deleted goals can be brought back for certain: 30 days.
pub(super) const KEPT_MILLIS: i64 = 30 * 86_400_000;
/// The most goals that are deleted together.
const MOST: i64 = 10_000;

/// What was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deleted {
    /// The goals, the one that was named first.
    pub goal_ids: Vec<Id>,
}

/// A goal that can be brought back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeletedGoal {
    /// The goal.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// When it was deleted.
    pub deleted_at: Moment,
    /// By whom.
    pub deleted_by: Option<Id>,
}

/// What the activity log keeps of a deletion, to undo it.
#[derive(Serialize, Deserialize)]
struct Former {
    goals: Vec<Id>,
    edges: Vec<Edge>,
}

#[derive(Serialize, Deserialize)]
struct Edge {
    parent: Id,
    child: Id,
    fixed: Option<f64>,
    position: f64,
    parent_position: i64,
}

impl Northing {
    /// Deletes a goal. Its children lose it as a parent; with `children` they are deleted too, with all below them, except
    /// goals that are also aligned to something that stays.
    ///
    /// # Errors
    /// [`Error::Refused`] where one of them is closed or postponed; [`Error::Forbidden`] without the right on each of
    /// them; [`Error::Conflict`].
    pub async fn delete_goal(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        children: bool,
    ) -> Result<Deleted> {
        let input = (self.clone(), actor.clone());
        self.store
            .write(input, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalDelete).await?;
                    if version.is_some_and(|version| version != row.version) {
                        return Err(Error::Conflict);
                    }
                    locked(row.status)?;
                    let mut ids = vec![goal];
                    if children {
                        ids.extend(context.deletable_below(tx, goal).await?);
                    }
                    context.delete(tx, &ids).await?;
                    Ok(Deleted { goal_ids: ids })
                })
            })
            .await
    }

    /// Brings a deleted goal back, with all that was deleted together with it, and aligns them as they were, as far as the
    /// goals above and below still exist.
    ///
    /// # Errors
    /// [`Error::NotFound`] where it is not deleted; [`Error::Forbidden`] without the right to delete it.
    pub async fn restore_goal(&self, actor: &Actor, goal: Id) -> Result<GoalView> {
        let input = (self.clone(), actor.clone());
        self.store
            .write(input, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let facts = context.facts(tx, goal).await?;
                    let deleted = goals::load_deleted(tx, actor.org_id, &[goal]).await?;
                    // Whoever deleted it takes that back, even where the right came from a parent that it no longer has.
                    let own = deleted.iter().any(|row| row.deleted_by == Some(actor.user_id));
                    if !own || actor.role == Role::Observer {
                        context.require(Action::GoalDelete, Thing::Goal(&facts))?;
                    }
                    context.restore(tx, goal).await?;
                    context.view_of(tx, goal).await
                })
            })
            .await
    }

    /// The goals that were deleted in the last 30 days and that the actor may see, the newest deletion last.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn deleted_goals(&self, actor: &Actor, page: &PageRequest) -> Result<Page<DeletedGoal>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let since = context.now.plus_millis(-KEPT_MILLIS);
        let filter = GoalFilter { deleted_since: Some(since), ..GoalFilter::default() };
        let found = context.ids(&mut rx, &filter, (GoalSort::Updated, false), page).await?;
        let rows = goals::load_deleted(&mut rx, actor.org_id, &found.items).await?;
        let items = rows.into_iter().filter_map(|row| {
            let deleted_at = row.deleted_at?;
            Some(DeletedGoal { id: row.id, title: row.title, deleted_at, deleted_by: row.deleted_by })
        });
        Ok(Page { items: items.collect(), next: found.next })
    }
}

impl Context<'_> {
    /// Everything below a goal that is aligned to nothing else that stays; the actor must have the right on each.
    pub(super) async fn deletable_below(&self, rx: &mut Rx, goal: Id) -> Result<Vec<Id>> {
        let below = alignments::descendants(rx, &[goal], MOST + 1).await?;
        if i64::try_from(below.len()).unwrap_or(i64::MAX) > MOST {
            let message = "More than 10,000 goals are below it: delete parts of the tree first.";
            return Err(Refusal::new("too_many", message).into());
        }
        let mut going: HashSet<Id> = below.iter().copied().chain([goal]).collect();
        let above = alignments::above(rx, &below).await?;
        // What has a parent that stays, stays, and so does what is below it and nothing else.
        loop {
            let stays: Vec<Id> = above
                .iter()
                .filter(|one| going.contains(&one.child_id) && !going.contains(&one.parent_id))
                .map(|one| one.child_id)
                .collect();
            if stays.is_empty() {
                break;
            }
            for id in stays {
                going.remove(&id);
            }
        }
        let ids: Vec<Id> = below.into_iter().filter(|id| going.contains(id)).collect();
        let facts = goal_facts::goals(rx, self.actor.org_id, self.actor.user_id, &ids).await?;
        for row in goals::load(rx, self.actor.org_id, &ids).await? {
            if let Some(facts) = facts.get(&row.id) {
                self.require(Action::GoalDelete, Thing::Goal(facts)).map_err(|error| match error {
                    Error::NotFound(_) => Error::Refused(Refusal::new(
                        "not_allowed",
                        "Something below it is not yours to delete: delete the goal without those below it.",
                    )),
                    other => other,
                })?;
            }
            locked(row.status).map_err(|refusal| {
                Refusal::new(refusal.code, format!("“{}”: {}", row.title, refusal.message))
            })?;
        }
        Ok(ids)
    }

    pub(crate) async fn delete(&self, tx: &mut Tx, ids: &[Id]) -> Result<()> {
        let removed = alignments::remove_all(tx, ids).await?;
        goals::mark_deleted(tx, ids, self.now, self.actor.user_id).await?;
        let gone: HashSet<Id> = ids.iter().copied().collect();
        let parents = outside(removed.iter().map(|one| one.parent_id), &gone);
        let children = outside(removed.iter().map(|one| one.child_id), &gone);
        alignments::settle(tx, &parents, &[ids, children.as_slice()].concat()).await?;
        placements::rebuild(tx, &[ids, children.as_slice()].concat()).await?;
        let edges = removed.iter().map(|one| Edge {
            parent: one.parent_id,
            child: one.child_id,
            fixed: one.fixed,
            position: one.position,
            parent_position: one.parent_position,
        });
        let former = Former { goals: ids.to_vec(), edges: edges.collect() };
        let detail = serde_json::to_value(&former).map_err(|error| Error::Internal(error.to_string()))?;
        if let Some(first) = ids.first() {
            self.record(tx, EventKind::GoalDeleted, *first, None, detail).await?;
        }
        self.announce(tx, ids.to_vec(), Change::Deleted);
        let touched = [parents.as_slice(), children.as_slice()].concat();
        if !touched.is_empty() {
            self.announce(tx, touched, Change::Edited);
        }
        let seeds: Vec<Seed> = parents.into_iter().map(Seed::Lost).collect();
        self.recompute(tx, Source::Edit, &seeds, &[]).await?;
        Ok(())
    }

    async fn restore(&self, tx: &mut Tx, goal: Id) -> Result<()> {
        let rows = goals::load_deleted(tx, self.actor.org_id, &[goal]).await?;
        let root = rows.first().ok_or(Error::NotFound("deleted goal"))?;
        let detail = activity::newest_detail(tx, goal, EventKind::GoalDeleted.name()).await?;
        let former = detail
            .map(serde_json::from_value::<Former>)
            .transpose()
            .map_err(|error| Error::Internal(format!("the record of a deletion: {error}")))?
            .unwrap_or_else(|| Former { goals: vec![goal], edges: Vec::new() });
        // Only what was deleted together with it and not brought back or deleted again since.
        let together = goals::load_deleted(tx, self.actor.org_id, &former.goals).await?;
        let ids: Vec<Id> =
            together.iter().filter(|row| row.deleted_at == root.deleted_at).map(|row| row.id).collect();
        goals::mark_restored(tx, &ids, self.now).await?;
        let plan = self.former_alignments(tx, former.edges).await?;
        alignments::insert(tx, &plan).await?;
        let parents = distinct(&plan.iter().map(|one| one.parent_id).collect::<Vec<_>>());
        let children: Vec<Id> = plan.iter().map(|one| one.child_id).collect();
        let touched = distinct(&[ids.as_slice(), children.as_slice()].concat());
        alignments::settle(tx, &parents, &touched).await?;
        placements::rebuild(tx, &touched).await?;
        self.record(tx, EventKind::GoalRestored, goal, None, serde_json::json!({ "goals": ids })).await?;
        self.announce(tx, [touched.as_slice(), parents.as_slice()].concat(), Change::Deleted);
        let seeds: Vec<Seed> = parents.into_iter().map(Seed::Children).collect();
        self.recompute(tx, Source::Edit, &seeds, &[]).await?;
        Ok(())
    }

    /// Of former alignments those that are possible again: both goals exist, nothing of it is there, no circle comes up,
    /// and no second parent where only one is allowed.
    async fn former_alignments(&self, rx: &mut Rx, edges: Vec<Edge>) -> Result<Vec<Alignment>> {
        let ends: Vec<Id> = edges.iter().flat_map(|edge| [edge.parent, edge.child]).collect();
        let rows: HashMap<Id, GoalRow> = goals::load(rx, self.actor.org_id, &distinct(&ends))
            .await?
            .into_iter()
            .map(|row| (row.id, row))
            .collect();
        let mut above = alignments::ancestry(rx, &ends).await?;
        let mut plan = Vec::new();
        for edge in edges {
            if !rows.contains_key(&edge.parent) || !rows.contains_key(&edge.child) {
                continue;
            }
            let parents = above.get(&edge.child).map_or(0, Vec::len);
            let twice = above.get(&edge.child).is_some_and(|parents| parents.contains(&edge.parent));
            let lookup = |id: Id| above.get(&id).cloned().unwrap_or_default();
            if twice
                || (parents > 0 && !self.settings.multiple_alignment)
                || no_cycle(edge.child, edge.parent, lookup).is_err()
            {
                continue;
            }
            above.entry(edge.child).or_default().push(edge.parent);
            plan.push(Alignment {
                parent_id: edge.parent,
                child_id: edge.child,
                share: 0.0,
                fixed: edge.fixed,
                position: edge.position,
                parent_position: edge.parent_position,
            });
        }
        Ok(plan)
    }
}

fn outside(ids: impl Iterator<Item = Id>, inside: &HashSet<Id>) -> Vec<Id> {
    distinct(&ids.filter(|id| !inside.contains(id)).collect::<Vec<_>>())
}
