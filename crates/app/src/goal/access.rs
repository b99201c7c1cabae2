//! Who may change a goal and who may align to it (goals §6, §10.2): by what they are to it, and by name.

use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_store::choices::{self, Named};
use northing_store::goal_people;

pub use northing_store::goal_people::Capacity;

use super::context::Context;
use super::edit::Edited;
use super::input::{AccessInput, GoalPatch};
use super::view::{AccessView, GoalView};
use crate::{Actor, Northing, Result};

/// People with a capacity that are shown; more than these has hardly a goal.
const SHOWN: i64 = 100;

/// Who has rights on a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalAccess {
    /// The goal.
    pub goal: GoalView,
    /// Those who have them by what they are to it; this cannot be taken from them here.
    pub by_capacity: Vec<(Named, Capacity)>,
    /// Those who are named as editors.
    pub editors: Vec<Named>,
    /// Those who are named as allowed to align to it; counts where that is restricted.
    pub aligners: Vec<Named>,
}

/// Who is to be named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessChange {
    /// The editors.
    pub editors: Vec<Id>,
    /// Whether only owners and the named people may align to it.
    pub align_restricted: bool,
    /// The named people.
    pub aligners: Vec<Id>,
}

impl Northing {
    /// Who has rights on a goal.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`] for those who may not grant any.
    pub async fn goal_access(&self, actor: &Actor, goal: Id) -> Result<GoalAccess> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, facts) = context.goal(&mut rx, goal, Action::GoalGrant).await?;
        context.require(Action::GoalEdit, Thing::Goal(&facts))?;
        let by_capacity = goal_people::with_capacity(&mut rx, actor.org_id, goal, SHOWN).await?;
        let goal = context.view(&mut rx, row).await?;
        let ids: Vec<Id> = goal.access.iter().map(|one| one.user_id).collect();
        let names = choices::people_named(&mut rx, actor.org_id, &ids).await?;
        let named = |may: fn(&AccessView) -> bool| -> Vec<Named> {
            goal.access
                .iter()
                .filter(|one| may(one))
                .filter_map(|one| names.get(&one.user_id).cloned())
                .collect()
        };
        let (editors, aligners) = (named(|one| one.may_edit), named(|one| one.may_align));
        Ok(GoalAccess { goal, by_capacity, editors, aligners })
    }

    /// Names the people who may change a goal and align to it; who may see a restricted one stays as it is. `version` is the
    /// goal's version as the caller knows it.
    ///
    /// # Errors
    /// As [`Northing::edit_goal`].
    pub async fn grant_access(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        change: AccessChange,
    ) -> Result<Edited> {
        let now = self.goal_access(actor, goal).await?.goal;
        // What was read above counts only as long as nobody changes it.
        let version = version.or(Some(now.version));
        let mut access: Vec<AccessInput> = now
            .access
            .iter()
            .map(|one| AccessInput {
                user_id: one.user_id,
                may_view: one.may_view,
                may_edit: false,
                may_align: false,
            })
            .collect();
        let mut name = |id: Id, set: fn(&mut AccessInput)| {
            if let Some(one) = access.iter_mut().find(|one| one.user_id == id) {
                return set(one);
            }
            let mut one = AccessInput { user_id: id, may_view: false, may_edit: false, may_align: false };
            set(&mut one);
            access.push(one);
        };
        change.editors.iter().for_each(|id| name(*id, |one| one.may_edit = true));
        change.aligners.iter().for_each(|id| name(*id, |one| one.may_align = true));
        access.retain(|one| one.may_view || one.may_edit || one.may_align);
        let patch = GoalPatch {
            access: Some(access),
            align_restricted: Some(change.align_restricted),
            ..GoalPatch::default()
        };
        self.edit_goal(actor, goal, version, patch).await
    }
}
