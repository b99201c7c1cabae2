//! What the dialog about alignment shows (goals §6): what a goal is aligned to now, and what another choice would move.

use std::collections::HashMap;

use northing_core::cone::{Edge, Seed};
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::choices::{self, GoalChoice};
use northing_store::cone;
use northing_store::history::Source;

use super::context::{Context, distinct};
use super::view::GoalView;
use crate::check_in::{Changed, changed};
use crate::cone::{internal, moved};
use crate::{Actor, Northing, Result};

/// What a goal is aligned to.
#[derive(Debug, Clone, PartialEq)]
pub struct Alignments {
    /// The goal.
    pub goal: GoalView,
    /// Its parents that the actor may see, the first first.
    pub parents: Vec<GoalChoice>,
    /// How many more it has that the actor may not see; they stay.
    pub hidden: usize,
    /// Whether it may have several.
    pub several: bool,
}

impl Northing {
    /// What a goal is aligned to, for those who may change it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; [`crate::Error::Forbidden`] without the right to edit the goal.
    pub async fn alignments(&self, actor: &Actor, goal: Id) -> Result<Alignments> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalEdit).await?;
        let ids: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        let mut found = choices::goals(&mut rx, actor.org_id, actor.user_id, &ids).await?;
        let parents: Vec<GoalChoice> = ids.iter().filter_map(|id| found.remove(id)).collect();
        Ok(Alignments {
            hidden: ids.len() - parents.len(),
            parents,
            several: context.settings.multiple_alignment,
            goal: context.view(&mut rx, row).await?,
        })
    }

    /// These goals as a picker shows them, as far as the actor may see them, in the order given.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn chosen_goals(&self, actor: &Actor, ids: &[Id]) -> Result<Vec<GoalChoice>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let mut found = choices::goals(&mut rx, actor.org_id, actor.user_id, ids).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Every goal that would move if a goal were aligned to these, as far as the actor may see it, children before
    /// parents; nothing is written.
    ///
    /// # Errors
    /// As [`Northing::set_parents`].
    pub async fn preview_parents(&self, actor: &Actor, goal: Id, wanted: &[Id]) -> Result<Vec<Changed>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalEdit).await?;
        let wanted = context.with_hidden(&mut rx, &row, wanted).await?;
        let plan = context.plan_parents(&mut rx, row.kind, Some(goal), &row.parents, &wanted).await?;
        let before: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        let after: HashMap<Id, Option<f64>> = plan.iter().map(|one| (one.parent_id, one.fixed)).collect();
        let touched: Vec<Id> = distinct(&[before.as_slice(), &wanted].concat())
            .into_iter()
            .filter(|id| before.contains(id) != after.contains_key(id))
            .collect();
        if touched.is_empty() {
            return Ok(Vec::new());
        }
        let held: Vec<Id> = touched.iter().copied().chain([goal]).collect();
        let mut above = cone::load(&mut rx, actor.org_id, &held).await?;
        above.cone = above
            .cone
            .rewired(|edges| {
                edges.retain(|edge| edge.child != goal || after.contains_key(&edge.parent));
                let new = after.iter().filter(|(id, _)| !before.contains(id));
                edges.extend(new.map(|(parent, fixed)| Edge {
                    parent: *parent,
                    child: goal,
                    fixed: *fixed,
                    position: i64::MAX,
                }));
            })
            .map_err(internal)?;
        let job = context.job(goal, Source::Edit);
        let seeds: Vec<Seed> = touched.into_iter().map(Seed::Lost).collect();
        let outcomes = above.cone.recompute(&seeds, &job.rules()).map_err(internal)?;
        changed(&mut rx, actor, goal, &moved(&above, &outcomes), true).await
    }
}
