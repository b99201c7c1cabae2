//! What somebody who closes goals looks at: a suggestion with its reason, where the goal may go on, and what remains.

use northing_core::goal::GoalKind;
use northing_core::permission::Action;
use northing_core::score::{average_score, closing_default, suggested_score};
use northing_core::status::Status;
use northing_core::values::Id;
use northing_store::explorer::{self, PeriodLine};
use northing_store::goals::{self, GoalRow};
use northing_store::{Rx, alignments, goal_facts};

use super::context::Context;
use super::view::GoalView;
use crate::{Actor, Northing, Result};

/// A score and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct SuggestedScore {
    /// 0–1; none for a baseline without scored key results.
    pub score: Option<f64>,
    /// The number of key results whose scores were averaged; 0 where it follows from progress.
    pub key_results: usize,
    /// Key results that are still open.
    pub open: usize,
}

/// What the closing form of a goal begins with.
#[derive(Debug, Clone, PartialEq)]
pub struct Closing {
    /// The goal.
    pub goal: GoalView,
    /// Closed, or postponed where nothing was reached (goals §9.3).
    pub first: Status,
    /// The score.
    pub suggested: SuggestedScore,
    /// Where it may go on: every other period, the latest first.
    pub periods: Vec<PeriodLine>,
    /// The one that is offered first: the next of the same kind.
    pub next: Option<Id>,
}

impl Northing {
    /// What closing or postponing a goal begins with.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Forbidden`]; [`crate::Error::Refused`] where it is closed or postponed already.
    pub async fn closing(&self, actor: &Actor, goal: Id) -> Result<Closing> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalClose).await?;
        northing_core::check_in::locked(row.status)?;
        let suggested = context.suggestion(&mut rx, &row, row.progress).await?;
        let first = closing_default(row.progress);
        let mut periods = explorer::periods(&mut rx, actor.org_id).await?;
        periods.retain(|period| period.id != row.period_id);
        let next = goal_facts::next_period(&mut rx, actor.org_id, row.period_id).await?;
        let goal = context.view(&mut rx, row).await?;
        Ok(Closing { goal, first, suggested, periods, next: next.map(|(id, _, _)| id) })
    }

    /// The score that the closing form suggests for a final value; for the value as it stands where none is given.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub async fn suggested_goal_score(
        &self,
        actor: &Actor,
        goal: Id,
        value: Option<f64>,
    ) -> Result<SuggestedScore> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        let progress = value.map_or(row.progress, |value| row.metric.progress(Some(value)));
        context.suggestion(&mut rx, &row, progress).await
    }
}

impl Context<'_> {
    /// An objective's score is the average of its key results' (goals §9.2); else it follows from progress.
    pub(super) async fn suggestion(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        progress: Option<f64>,
    ) -> Result<SuggestedScore> {
        let mut found = SuggestedScore::default();
        if row.kind == GoalKind::Objective {
            let ids: Vec<Id> =
                alignments::below(rx, &[row.id]).await?.iter().map(|one| one.child_id).collect();
            let children = goals::load(rx, self.actor.org_id, &ids).await?;
            let key_results = || children.iter().filter(|child| child.kind == GoalKind::KeyResult);
            let scores: Vec<f64> = key_results().filter_map(|child| child.score).collect();
            found.key_results = scores.len();
            found.open = key_results().filter(|child| !child.status.is_locked()).count();
            found.score = average_score(scores);
        }
        found.score = found.score.or_else(|| suggested_score(progress));
        Ok(found)
    }
}
