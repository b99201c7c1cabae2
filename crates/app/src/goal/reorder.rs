//! The order of goals (goals §6 "drag and drop"): on a page, or among the children of a goal.

use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::named_values;
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::{Change, Tx, alignments, goals, placements};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::context::Context;
use super::fields::unknown;
use crate::{Actor, Error, Northing, Result};

named_values! {
    /// A page with an order of its own.
    OrderedPage {
        /// Explorer.
        All = "all",
        /// The organisation's page.
        Organization = "organization",
        /// A team's page.
        Team = "team",
        /// A person's page.
        Person = "person",
    }
}

/// Where a goal goes: directly before or directly behind another, or to the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReorderInput {
    /// Among the children of this goal; none: on a page.
    pub parent_id: Option<Id>,
    /// The page; Explorer if not given.
    pub page: Option<OrderedPage>,
    /// The page's team or person.
    pub entity_id: Option<Id>,
    /// Directly before this goal.
    pub before_id: Option<Id>,
    /// Directly behind this goal.
    pub after_id: Option<Id>,
}

/// The goals that stand directly around a goal in an order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Beside {
    /// The one before it.
    pub(super) previous: Option<Id>,
    /// The one behind it.
    pub(super) next: Option<Id>,
}

impl Beside {
    /// Where a goal stands in an order.
    pub(super) fn of(order: &[(Id, f64)], goal: Id) -> Self {
        let Some(at) = order.iter().position(|(id, _)| *id == goal) else { return Self::default() };
        let id = |at: usize| order.get(at).map(|(id, _)| *id);
        Self { previous: at.checked_sub(1).and_then(id), next: id(at + 1) }
    }

    /// Directly before a goal.
    pub(super) const fn before(goal: Id) -> Self {
        Self { previous: None, next: Some(goal) }
    }

    /// Directly behind a goal.
    pub(super) const fn after(goal: Id) -> Self {
        Self { previous: Some(goal), next: None }
    }
}

/// Whether a goal stands directly before or directly behind another already.
pub(super) fn placed(order: &[(Id, f64)], goal: Id, before: Option<Id>, after: Option<Id>) -> bool {
    let stands = Beside::of(order, goal);
    (before.is_some() && stands.next == before) || (after.is_some() && stands.previous == after)
}

/// Closer than this two places are told apart no longer; then all are spread anew.
const CLOSEST: f64 = 1e-6;

impl Northing {
    /// Moves a goal to another place in an order.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a goal that is named is not in that order; [`Error::Forbidden`] without the right to edit.
    pub async fn reorder_goal(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        input: ReorderInput,
    ) -> Result<()> {
        let state = (self.clone(), actor.clone());
        self.store
            .write(state, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalEdit).await?;
                    if version.is_some_and(|version| version != row.version) {
                        return Err(Error::Conflict);
                    }
                    context.reorder(tx, goal, &input).await
                })
            })
            .await
    }
}

impl Context<'_> {
    async fn reorder(&self, tx: &mut Tx, goal: Id, input: &ReorderInput) -> Result<()> {
        if input.before_id.is_some() && input.after_id.is_some() {
            let message = "give the goal before which or the goal behind which it goes, not both";
            return Err(FieldError::new("after_id", "not_allowed", message).into());
        }
        let detail = match input.parent_id {
            Some(parent) => self.reorder_children(tx, goal, parent, input).await?,
            None => self.reorder_page(tx, goal, input).await?,
        };
        self.record(tx, EventKind::GoalMoved, goal, None, detail).await?;
        self.announce(tx, vec![goal], Change::Moved);
        Ok(())
    }

    pub(super) async fn reorder_children(
        &self,
        tx: &mut Tx,
        goal: Id,
        parent: Id,
        input: &ReorderInput,
    ) -> Result<serde_json::Value> {
        self.facts(tx, parent).await.map_err(|_| Error::from(unknown("parent_id", "goal")))?;
        let mut children = alignments::below(tx, &[parent]).await?;
        let order: Vec<(Id, f64)> = children.iter().map(|one| (one.child_id, one.position)).collect();
        let places = moved(&order, goal, input, "parent_id")?;
        for one in &mut children {
            if let Some((_, place)) = places.iter().find(|(id, _)| *id == one.child_id) {
                one.position = *place;
            }
        }
        alignments::save(tx, &children).await?;
        Ok(json!({ "parent_id": parent, "before_id": input.before_id, "after_id": input.after_id }))
    }

    pub(super) async fn reorder_page(
        &self,
        tx: &mut Tx,
        goal: Id,
        input: &ReorderInput,
    ) -> Result<serde_json::Value> {
        let page = input.page.unwrap_or(OrderedPage::All);
        let (page, entity) = self.ordered_page(page, input.entity_id)?;
        let row = goals::find(tx, self.actor.org_id, goal).await?.ok_or(Error::NotFound("goal"))?;
        let order = placements::order(tx, page.name(), entity, row.period_id, false).await?;
        let places = moved(&order, goal, input, "entity_id")?;
        placements::save_positions(tx, page.name(), entity, &places).await?;
        if page == OrderedPage::All {
            for (id, place) in &places {
                goals::save_position(tx, *id, *place).await?;
            }
        }
        Ok(
            json!({ "page": page, "entity_id": entity, "before_id": input.before_id, "after_id": input.after_id }),
        )
    }
}

impl Context<'_> {
    /// A page with whose it is.
    pub(super) fn ordered_page(&self, page: OrderedPage, entity: Option<Id>) -> Result<(OrderedPage, Id)> {
        match (page, entity) {
            (OrderedPage::All | OrderedPage::Organization, None) => Ok((page, self.actor.org_id)),
            (OrderedPage::All | OrderedPage::Organization, Some(id)) if id == self.actor.org_id => {
                Ok((page, id))
            }
            (OrderedPage::Team | OrderedPage::Person, Some(id)) => Ok((page, id)),
            (_, Some(_)) => Err(FieldError::new("entity_id", "not_allowed", "this page has none").into()),
            (_, None) => Err(FieldError::new("entity_id", "required", "name the team or person").into()),
        }
    }
}

/// The new places: of the moved goal alone, or of all where there is no room between its neighbours.
fn moved(
    order: &[(Id, f64)],
    goal: Id,
    input: &ReorderInput,
    field: &'static str,
) -> Result<Vec<(Id, f64)>, FieldError> {
    if !order.iter().any(|(id, _)| *id == goal) {
        return Err(FieldError::new(field, "not_there", "the goal is not in this order"));
    }
    let others: Vec<(Id, f64)> = order.iter().copied().filter(|(id, _)| *id != goal).collect();
    let find = |field: &'static str, wanted: Id| {
        let found = others.iter().position(|(id, _)| *id == wanted);
        found.ok_or_else(|| unknown(field, "goal in this order"))
    };
    let place = match (input.before_id, input.after_id) {
        (Some(before), _) => find("before_id", before)?,
        (None, Some(after)) => find("after_id", after)? + 1,
        (None, None) => others.len(),
    };
    let at = |place: usize| others.get(place).map(|(_, position)| *position);
    let previous = place.checked_sub(1).and_then(at);
    let position = match (previous, at(place)) {
        (None, None) => 1.0,
        (Some(previous), None) => previous + 1.0,
        (None, Some(next)) => next - 1.0,
        (Some(previous), Some(next)) if next - previous > CLOSEST => previous + (next - previous) / 2.0,
        (Some(_), Some(_)) => {
            let mut all: Vec<Id> = others.iter().map(|(id, _)| *id).collect();
            all.insert(place, goal);
            let places = std::iter::successors(Some(1.0), |place| Some(place + 1.0));
            return Ok(all.into_iter().zip(places).collect());
        }
    };
    Ok(vec![(goal, position)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use northing_core::values::Moment;

    fn id(n: i64) -> Id {
        Id::new(Moment::from_millis(n), [0; 10])
    }

    #[test]
    fn a_goal_goes_between_its_new_neighbours_and_all_spread_when_room_runs_out() {
        let before = |wanted| ReorderInput { before_id: Some(wanted), ..ReorderInput::default() };
        let mut order = vec![(id(1), 1.0), (id(2), 2.0), (id(3), 3.0)];
        assert_eq!(moved(&order, id(3), &before(id(2)), "x").unwrap(), [(id(3), 1.5)]);
        assert_eq!(moved(&order, id(3), &before(id(1)), "x").unwrap(), [(id(3), 0.0)]);
        assert_eq!(moved(&order, id(1), &ReorderInput::default(), "x").unwrap(), [(id(1), 4.0)]);
        let behind = ReorderInput { after_id: Some(id(2)), ..ReorderInput::default() };
        assert_eq!(moved(&order, id(1), &behind, "x").unwrap(), [(id(1), 2.5)]);
        assert_eq!(moved(&order, id(9), &behind, "x").unwrap_err().code, "not_there");
        assert_eq!(moved(&order, id(1), &before(id(9)), "x").unwrap_err().code, "unknown");
        order[1].1 = 1.0;
        assert_eq!(
            moved(&order, id(3), &before(id(2)), "x").unwrap(),
            [(id(1), 1.0), (id(3), 2.0), (id(2), 3.0)]
        );
    }
}
