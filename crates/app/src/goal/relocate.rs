//! Moving a goal in a list (goals §6 "drag and drop"): to another place, under another parent, or both at once.

use std::collections::HashMap;

use northing_core::check_in::locked;
use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::goal::GoalKind;
use northing_core::named_values;
use northing_core::permission::Action;
use northing_core::settings::OkrModel;
use northing_core::values::Id;
use northing_store::goals::{self, GoalRow};
use northing_store::{Change, Rx, Tx, alignments, explorer, placements};
use serde_json::json;

use super::context::Context;
use super::former::{FormerPage, told};
use super::reorder::{Beside, OrderedPage, ReorderInput};
use crate::{Actor, Error, Northing, Result};

named_values! {
    /// Where a goal goes, seen from another.
    Place {
        /// Directly before it.
        Before = "before",
        /// Directly behind it.
        After = "after",
        /// Under it, behind its other children.
        Under = "under",
        /// Before all of its siblings; needs no other goal.
        First = "first",
        /// Behind all of its siblings; needs no other goal.
        Last = "last",
        /// One place up among its siblings; needs no other goal.
        Up = "up",
        /// One place down.
        Down = "down",
    }
}

/// A move, as the list shows it to the person who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MoveInput {
    /// Where to.
    pub place: Place,
    /// Seen from this goal.
    pub reference: Option<Id>,
    /// The parent under which it stood in the list; none at the top.
    pub from: Option<Id>,
    /// The parent under which it is to stand; none at the top.
    pub to: Option<Id>,
    /// Whose order the top of the list has.
    pub page: OrderedPage,
    /// The page's team or person.
    pub entity_id: Option<Id>,
}

/// What a move did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedGoal {
    /// The goal's title.
    pub title: String,
    /// The title of the parent that it left.
    pub left: Option<String>,
    /// The title of the parent that it got.
    pub joined: Option<String>,
    /// What it became, where its kind follows from its place (interchangeable model).
    pub became: Option<GoalKind>,
    /// The change, for [`Northing::undo_alignment`]; none where it stood there already.
    pub change: Option<Id>,
}

impl Northing {
    /// Moves a goal in a list.
    ///
    /// # Errors
    /// [`Error::Refused`] with the reason where the OKR model or a circle forbids it; [`Error::Conflict`] where the list
    /// is no longer as the person saw it; [`Error::Forbidden`] without the right to edit the goal or to align to the new
    /// parent.
    pub async fn move_goal(&self, actor: &Actor, goal: Id, input: MoveInput) -> Result<MovedGoal> {
        let state = (self.clone(), actor.clone());
        self.store
            .write(state, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalEdit).await?;
                    context.relocate(tx, row, input).await
                })
            })
            .await
    }
}

impl Context<'_> {
    async fn relocate(&self, tx: &mut Tx, row: GoalRow, input: MoveInput) -> Result<MovedGoal> {
        let goal = row.id;
        let (page, entity) = self.ordered_page(input.page, input.entity_id)?;
        let linked = |id: &Id| row.parents.iter().any(|link| link.id == *id);
        // What the list showed is no longer so.
        if input.from.is_some_and(|from| !linked(&from)) {
            return Err(Error::Conflict);
        }
        for id in [input.from, input.to].into_iter().flatten() {
            self.facts(tx, id).await?;
        }
        let Some(beside) = self.beside(tx, &row, &input, (page, entity)).await? else {
            return Ok(MovedGoal::nowhere(row.title));
        };
        let order = placements::order(tx, page.name(), entity, row.period_id, false).await?;
        let listed = order.iter().any(|(id, _)| *id == goal);
        let here = listed.then(|| FormerPage { page, entity_id: entity, beside: Beside::of(&order, goal) });
        let former = self.stands(tx, &row, here).await?;
        let moves_up = input.from != input.to;
        let (mut became, mut since) = (None, row.parents.iter().map(|link| link.id).collect::<Vec<_>>());
        if moves_up {
            locked(row.status)?;
            since = rewired(&since, input.from, input.to);
            became = self.kind_there(&row, &since, input.to.is_some());
            let kind = became.unwrap_or(row.kind);
            self.replace_parents(tx, GoalRow { kind, ..row.clone() }, &since).await.map_err(told)?;
        }
        let reorder = ReorderInput {
            parent_id: input.to,
            page: Some(page),
            entity_id: Some(entity),
            before_id: beside.next,
            after_id: beside.previous,
        };
        if beside != Beside::default() {
            match input.to {
                Some(parent) => self.reorder_children(tx, goal, parent, &reorder).await.map_err(stale)?,
                // Pulled out to the top of a page that does not list it: it has no place there.
                None if !listed => json!(null),
                None => self.reorder_page(tx, goal, &reorder).await.map_err(stale)?,
            };
        }
        let parents =
            json!({ "before": row.parents.iter().map(|link| link.id).collect::<Vec<_>>(), "after": since });
        let detail = json!({
            "changes": { "parents": parents, "kind": became.map(|kind| json!({ "before": row.kind, "after": kind })) },
            "page": page, "entity_id": entity, "parent_id": input.to,
            "before_id": beside.next, "after_id": beside.previous,
            "former": former.since(since),
        });
        let kind = if moves_up { EventKind::GoalAligned } else { EventKind::GoalMoved };
        let change = self.record(tx, kind, goal, None, detail).await?;
        self.announce(tx, vec![goal], Change::Moved);
        let mut titles = Vec::new();
        for id in [input.from, input.to] {
            let found = match id.filter(|_| moves_up) {
                Some(id) => goals::find(tx, self.actor.org_id, id).await?,
                None => None,
            };
            titles.push(found.map(|row| row.title));
        }
        let (joined, left) = (titles.pop().flatten(), titles.pop().flatten());
        Ok(MovedGoal { title: row.title, left, joined, became, change: Some(change) })
    }

    /// Between which goals it is to stand; none for nothing to do.
    async fn beside(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        input: &MoveInput,
        page: (OrderedPage, Id),
    ) -> Result<Option<Beside>> {
        let missing =
            || Error::from(FieldError::new("reference", "required", "name the goal beside which it goes"));
        match (input.place, input.reference) {
            (Place::Up | Place::Down, _) => {
                if input.from != input.to {
                    return Err(
                        FieldError::new("to", "not_allowed", "up and down stay under the parent").into()
                    );
                }
                let shown = self.siblings(rx, row, input.to, page).await?;
                let at = shown.iter().position(|(id, _)| *id == row.id).ok_or(Error::Conflict)?;
                let beside = match input.place {
                    Place::Up => {
                        at.checked_sub(1).and_then(|at| shown.get(at)).map(|(id, _)| Beside::before(*id))
                    }
                    _ => shown.get(at + 1).map(|(id, _)| Beside::after(*id)),
                };
                Ok(beside)
            }
            (Place::First | Place::Last, _) => {
                let shown = self.siblings(rx, row, input.to, page).await?;
                let mut others = shown.iter().filter(|(id, _)| *id != row.id).map(|(id, _)| *id);
                let beside = match input.place {
                    Place::First => others.next().map(Beside::before),
                    _ => others.next_back().map(Beside::after),
                };
                // The only one there: it goes there all the same where it did not stand there.
                Ok(if input.from == input.to { beside } else { Some(beside.unwrap_or_default()) })
            }
            (_, None) => Err(missing()),
            (Place::Before, Some(id)) => Ok(Some(Beside::before(id))),
            (Place::After, Some(id)) => Ok(Some(Beside::after(id))),
            (Place::Under, Some(id)) => {
                if input.to != Some(id) {
                    return Err(
                        FieldError::new("to", "not_allowed", "is not the goal that it goes under").into()
                    );
                }
                // Under the parent it has: to the end.
                Ok(if input.from == input.to { None } else { Some(Beside::default()) })
            }
        }
    }

    /// The goals among which it stands in the list with their titles, as far as the actor sees them and the list shows them
    /// together.
    pub(super) async fn siblings(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        parent: Option<Id>,
        (page, entity): (OrderedPage, Id),
    ) -> Result<Vec<(Id, String)>> {
        let ids: Vec<Id> = match parent {
            Some(parent) => alignments::below(rx, &[parent]).await?.iter().map(|one| one.child_id).collect(),
            None => {
                let order = placements::order(rx, page.name(), entity, row.period_id, true).await?;
                order.into_iter().map(|(id, _)| id).collect()
            }
        };
        let lines = explorer::lines(rx, self.actor.org_id, &ids, self.actor.user_id).await?;
        // Lists show initiatives behind the others under a parent, and none at the top.
        let mut titles: HashMap<Id, String> = lines
            .into_iter()
            .filter(|line| (line.kind == GoalKind::Initiative) == (row.kind == GoalKind::Initiative))
            .map(|line| (line.id, line.title))
            .collect();
        Ok(ids.into_iter().filter_map(|id| Some((id, titles.remove(&id)?))).collect())
    }

    /// In the interchangeable model a key result is an objective with a parent (goals §2.1): pulled out it becomes an
    /// objective.
    fn kind_there(&self, row: &GoalRow, parents: &[Id], joins: bool) -> Option<GoalKind> {
        let interchangeable = self.settings.okr_model == OkrModel::Interchangeable;
        (interchangeable && row.kind == GoalKind::KeyResult && parents.is_empty() && !joins)
            .then_some(GoalKind::Objective)
    }
}

impl MovedGoal {
    const fn nowhere(title: String) -> Self {
        Self { title, left: None, joined: None, became: None, change: None }
    }
}

/// The parents with one replaced by another where it stood, one added, or one taken away.
fn rewired(parents: &[Id], from: Option<Id>, to: Option<Id>) -> Vec<Id> {
    let mut next: Vec<Id> = Vec::new();
    let replaced = parents.iter().map(|id| if Some(*id) == from { to } else { Some(*id) });
    for id in replaced.chain([to]).flatten() {
        if !next.contains(&id) {
            next.push(id);
        }
    }
    next
}

/// The goal beside which it was dropped is no longer there.
fn stale(error: Error) -> Error {
    match error {
        Error::Invalid(errors)
            if errors.iter().any(|error| matches!(error.code, "unknown" | "not_there")) =>
        {
            Error::Conflict
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use northing_core::values::Moment;

    #[test]
    fn one_parent_is_replaced_where_it_stood_and_none_stands_there_twice() {
        let id = |n| Id::new(Moment::from_millis(n), [0; 10]);
        let (a, b, c) = (id(1), id(2), id(3));
        assert_eq!(rewired(&[a, b], Some(a), Some(c)), [c, b]);
        assert_eq!(rewired(&[a, b], Some(a), Some(b)), [b]);
        assert_eq!(rewired(&[a, b], Some(b), None), [a]);
        assert_eq!(rewired(&[a], None, Some(c)), [a, c]);
        assert_eq!(rewired(&[], None, Some(c)), [c]);
    }
}
