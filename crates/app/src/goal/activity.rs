//! What happened to a goal, with the names of everything that its entries speak of.

use std::collections::{BTreeSet, HashMap};

use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::activity::{self, Line};
use northing_store::{Rx, cone};

use super::context::Context;
use super::view::GoalView;
use crate::page::PageRequest;
use crate::{Actor, Northing, Result};

/// What happened, the newest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GoalActivity {
    /// The entries.
    pub lines: Vec<Line>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What people, teams and periods in them are called.
    pub names: HashMap<Id, String>,
    /// The titles of goals in them, as far as the reader may see them.
    pub goals: HashMap<Id, String>,
}

impl Northing {
    /// A page of what happened to a goal: a constant number of statements.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a goal that the actor may not see; at `cursor`.
    pub async fn goal_activity(
        &self,
        actor: &Actor,
        goal: Id,
        part: &PageRequest,
    ) -> Result<(GoalView, GoalActivity)> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        let found = context.activity(&mut rx, goal, part).await?;
        Ok((context.view(&mut rx, row).await?, found))
    }
}

impl Context<'_> {
    /// A page of what happened to a goal that the actor may see.
    pub(super) async fn activity(&self, rx: &mut Rx, goal: Id, part: &PageRequest) -> Result<GoalActivity> {
        let before = part.cursor.as_deref().map(crate::history::read_cursor).transpose()?;
        let found = activity::of_goal(rx, goal, before, i64::from(part.limit) + 1).await?;
        let page = crate::history::paged(found, part.limit, |line| (line.at, line.id));
        let mut ids: BTreeSet<Id> = page.items.iter().filter_map(|line| line.subject_id).collect();
        for line in &page.items {
            crate::audit::collect(&line.detail, &mut ids);
        }
        let ids: Vec<Id> = ids.into_iter().collect();
        let org = self.actor.org_id;
        let names = crate::names::look_up(rx, org, &ids).await?;
        let goals = cone::visible(rx, org, self.actor.user_id, &ids).await?;
        Ok(GoalActivity { lines: page.items, next: page.next, names, goals })
    }
}
