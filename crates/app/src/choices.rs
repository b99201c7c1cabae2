//! What the pickers of forms offer: people, teams and goals by what somebody types, ten at most, as far as the actor may see
//! and use them.

use std::collections::HashMap;

use northing_core::alignment::no_cycle;
use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::text::fold;
use northing_core::values::Id;
use northing_store::{alignments, choices, goal_facts};

pub use northing_store::choices::{GoalChoice, Named};

use crate::goal::context::Context;
use crate::{Actor, Northing, Result};

/// What a picker offers at once.
const OFFERED: usize = 10;
/// What is looked at: what the actor may not see or use falls out.
const LOOK: u32 = 60;

/// Letters of a query that count.
fn typed(text: &str) -> String {
    text.trim().chars().take(200).collect()
}

impl Northing {
    /// People who may own goals, the actor first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_people(&self, actor: &Actor, text: &str) -> Result<Vec<Named>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let limit = i64::try_from(OFFERED).unwrap_or(i64::MAX);
        Ok(choices::people(&mut rx, actor.org_id, actor.user_id, &fold(&typed(text)), limit).await?)
    }

    /// Teams in use, the actor's own first; with `creating` only those for which the actor may create goals, else with those
    /// that were put away behind them (goals §1.1): their goals are still found.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_teams(&self, actor: &Actor, text: &str, creating: bool) -> Result<Vec<Named>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (org, user) = (actor.org_id, actor.user_id);
        let text = fold(&typed(text));
        let mut found = choices::teams(&mut rx, org, user, &text, !creating, i64::from(LOOK)).await?;
        if creating {
            let ids: Vec<Id> = found.iter().map(|team| team.id).collect();
            let facts = goal_facts::teams(&mut rx, org, user, &ids).await?;
            found.retain(|team| {
                let facts = facts.get(&team.id);
                facts.is_some_and(|facts| context.may(Action::GoalCreateTeam, Thing::Team(facts)))
            });
        }
        found.truncate(OFFERED);
        Ok(found)
    }

    /// Goals that something can be aligned to, by title, team, owner or period; without a text those at the top of the
    /// period (the current one where none is given). `child` is the goal to be aligned: neither it nor what is below it is
    /// offered.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_parents(
        &self,
        actor: &Actor,
        text: &str,
        period: Option<Id>,
        child: Option<Id>,
    ) -> Result<Vec<GoalChoice>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (org, user) = (actor.org_id, actor.user_id);
        let text = typed(text);
        let ids = if text.is_empty() {
            let period = match period {
                Some(period) => Some(period),
                None => goal_facts::current_period(&mut rx, org).await?.map(|(id, ..)| id),
            };
            match period {
                Some(period) => choices::top_goals(&mut rx, org, period, i64::from(LOOK)).await?,
                None => Vec::new(),
            }
        } else {
            choices::goals_like(&mut rx, org, &text, LOOK).await?
        };
        let mut goals = choices::goals(&mut rx, org, user, &ids).await?;
        let facts = goal_facts::goals(&mut rx, org, user, &ids).await?;
        let above = match child {
            Some(_) => alignments::ancestry(&mut rx, &ids).await?,
            None => HashMap::new(),
        };
        let parents_of = |id: Id| above.get(&id).cloned().unwrap_or_default();
        let fits = |goal: &GoalChoice| {
            goal.kind != GoalKind::Initiative
                && !goal.status.is_locked()
                && child.is_none_or(|child| no_cycle(child, goal.id, parents_of).is_ok())
                && facts.get(&goal.id).is_some_and(|it| context.may(Action::GoalAlignTo, Thing::Goal(it)))
        };
        let fitting = ids.iter().filter_map(|id| goals.remove(id)).filter(fits);
        Ok(fitting.take(OFFERED).collect())
    }
}
