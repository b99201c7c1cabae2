//! What a goal can be moved to: under which goal it stands in a list, and beside which goals it may go there.

use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::choices::{self, GoalChoice};

use super::context::Context;
use super::reorder::OrderedPage;
use crate::{Actor, Error, Northing, Result};

/// Goals beside which a goal can be put; further ones are reached by the first and the last place.
const MOST: usize = 200;

/// Where a goal stands and what stands where it is to go.
#[derive(Debug, Clone, PartialEq)]
pub struct Placing {
    /// The goal.
    pub goal: GoalChoice,
    /// Its period.
    pub period_id: Id,
    /// The parent under which it stands; none at the top.
    pub from: Option<Id>,
    /// The goal under which it is to go; none for the top.
    pub to: Option<GoalChoice>,
    /// Its parents besides `from`, as far as the actor sees them: they stay.
    pub others: Vec<Id>,
    /// The goals that stand there already, in order, without the goal itself.
    pub beside: Vec<(Id, String)>,
    /// Where it stands there already, directly behind this one; none where it stands first or does not stand there.
    pub behind: Option<Id>,
    /// Whether it stands there already.
    pub here: bool,
}

/// Where a move begins and where it is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlacingAsk {
    /// Whether the list says under which parent it stands; otherwise its first parent counts.
    pub listed: bool,
    /// The parent under which it stands in the list; none at the top.
    pub from: Option<Id>,
    /// Under which goal it is to go: none keeps it where it stands, `Some(None)` is the top.
    pub to: Option<Option<Id>>,
}

impl Northing {
    /// What a goal can be moved to. `page` and `entity_id` name the list whose top is meant.
    ///
    /// # Errors
    /// [`Error::NotFound`] for goals that the actor may not see; [`Error::Forbidden`] without the right to edit the goal.
    pub async fn placing(
        &self,
        actor: &Actor,
        goal: Id,
        ask: PlacingAsk,
        page: OrderedPage,
        entity_id: Option<Id>,
    ) -> Result<Placing> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalEdit).await?;
        let parents: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        let seen = if parents.is_empty() { parents } else { context.visible(&mut rx, &parents).await? };
        let from = if ask.listed { ask.from } else { seen.first().copied() };
        if from.is_some_and(|from| !seen.contains(&from)) {
            return Err(Error::Conflict);
        }
        let to = ask.to.unwrap_or(from);
        let ids: Vec<Id> = to.into_iter().chain([goal]).collect();
        let mut named = choices::goals(&mut rx, actor.org_id, actor.user_id, &ids).await?;
        let list = context.ordered_page(page, entity_id)?;
        let all = context.siblings(&mut rx, &row, to, list).await?;
        let at = all.iter().position(|(id, _)| *id == goal);
        let behind = at.and_then(|at| at.checked_sub(1)).and_then(|at| all.get(at)).map(|(id, _)| *id);
        let to = match to {
            Some(to) => Some(named.remove(&to).ok_or(Error::NotFound("goal"))?),
            None => None,
        };
        Ok(Placing {
            goal: named.remove(&goal).ok_or(Error::NotFound("goal"))?,
            period_id: row.period_id,
            from,
            to,
            others: seen.into_iter().filter(|id| Some(*id) != from).collect(),
            beside: all.into_iter().filter(|(id, _)| *id != goal).take(MOST).collect(),
            behind,
            here: at.is_some(),
        })
    }
}
