//! Deleted goals (goals §3.5): seen and restored for 30 days, then removed for good.

use northing_core::event::EventKind;
use northing_core::people::Role;
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::trash;
use northing_store::{Tx, goal_facts};
use serde_json::json;

use super::context::Context;
use super::delete::KEPT_MILLIS;
use super::view::GoalView;
use crate::page::{Page, PageRequest};
use crate::{Actor, Error, Northing, Result};

pub use northing_store::trash::Deleted as DeletedLine;

/// Goals that are removed in one transaction.
const TOGETHER: i64 = 200;

/// A deletion that can be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct TrashLine {
    /// What was deleted.
    pub deleted: DeletedLine,
    /// Until when it can be restored for certain.
    pub until: Moment,
    /// Whether the actor may restore it.
    pub may_restore: bool,
}

/// What deleting a goal would take along.
#[derive(Debug, Clone, PartialEq)]
pub struct Deletion {
    /// The goal.
    pub goal: GoalView,
    /// How many goals below it are aligned to nothing that stays.
    pub below: usize,
    /// Why those below cannot be deleted with it.
    pub refusal: Option<String>,
}

impl Northing {
    /// What was deleted in the last 30 days, the newest first, as far as the actor may see it.
    ///
    /// # Errors
    /// At `cursor`; those of the store.
    pub async fn trash(&self, actor: &Actor, part: &PageRequest) -> Result<Page<TrashLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let before = part.cursor.as_deref().map(crate::history::read_cursor).transpose()?;
        let since = context.now.plus_millis(-KEPT_MILLIS);
        let whose = (actor.org_id, actor.user_id);
        let found = trash::page(&mut rx, whose, since, before, i64::from(part.limit) + 1).await?;
        let page = crate::history::paged(found, part.limit, |line| (line.at, line.id));
        let ids: Vec<Id> = page.items.iter().map(|line| line.id).collect();
        let facts = goal_facts::goals(&mut rx, actor.org_id, actor.user_id, &ids).await?;
        let own = |deleted: &trash::Deleted| {
            actor.role != Role::Observer && deleted.by.as_ref().is_some_and(|(id, _)| *id == actor.user_id)
        };
        Ok(page.map(|deleted| TrashLine {
            until: deleted.at.plus_millis(KEPT_MILLIS),
            may_restore: own(&deleted)
                || facts
                    .get(&deleted.id)
                    .is_some_and(|facts| context.may(Action::GoalDelete, Thing::Goal(facts))),
            deleted,
        }))
    }

    /// What deleting a goal would take along.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Refused`] where it is closed or postponed.
    pub async fn deletion(&self, actor: &Actor, goal: Id) -> Result<Deletion> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalDelete).await?;
        northing_core::check_in::locked(row.status)?;
        let (below, refusal) = match context.deletable_below(&mut rx, goal).await {
            Ok(ids) => (ids.len(), None),
            Err(Error::Refused(refusal) | Error::Forbidden(refusal)) => {
                (0, Some(refusal.message.to_string()))
            }
            Err(other) => return Err(other),
        };
        Ok(Deletion { goal: context.view(&mut rx, row).await?, below, refusal })
    }

    /// Removes for good what was deleted more than 30 days ago. Returns how many goals went.
    pub(crate) async fn empty_trash(&self, org: Id) -> Result<usize> {
        let mut gone = 0;
        loop {
            let some = self
                .store
                .write((self.clone(), org), |tx, (app, org)| {
                    Box::pin(async move { app.purge_some(tx, *org).await })
                })
                .await?;
            if some == 0 {
                return Ok(gone);
            }
            gone += some;
        }
    }

    async fn purge_some(&self, tx: &mut Tx, org: Id) -> Result<usize> {
        let before = self.now().plus_millis(-KEPT_MILLIS);
        let found = trash::expired(tx, org, before, TOGETHER).await?;
        if found.is_empty() {
            return Ok(0);
        }
        let ids: Vec<Id> = found.iter().map(|(id, _)| *id).collect();
        trash::purge(tx, &ids).await?;
        for (id, title) in &found {
            let detail = json!({ "before": { "name": title } });
            self.note_by_itself(tx, org, EventKind::GoalPurged, *id, detail).await?;
        }
        Ok(ids.len())
    }
}
