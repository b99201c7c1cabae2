//! What the dialog for a copy offers (goals §9.4).

use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::explorer::{self, PeriodLine};

use super::context::Context;
use super::view::GoalView;
use crate::{Actor, Northing, Result};

/// What a copy of a goal can be like.
#[derive(Debug, Clone, PartialEq)]
pub struct CloneOffer {
    /// The goal.
    pub goal: GoalView,
    /// The periods that it can be copied into, the newest first.
    pub periods: Vec<PeriodLine>,
    /// A name for this request: sent twice, it makes one copy.
    pub request_id: Id,
}

impl Northing {
    /// What a copy of a goal can be like.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; [`crate::Error::Forbidden`] for observers.
    pub async fn offer_clone(&self, actor: &Actor, goal: Id) -> Result<CloneOffer> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalClone).await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        Ok(CloneOffer { goal: context.view(&mut rx, row).await?, periods, request_id: self.new_id() })
    }
}
