//! What the dialog about contributions shows (goals §4.3, §4.4): who counts how much, who cannot count and why, and what
//! a change would move.

use std::collections::{HashMap, HashSet};

use northing_core::cone::Seed;
use northing_core::contribution::contribution_blocked;
use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::permission::Action;
use northing_core::rollup::{Way, adds_up, way};
use northing_core::values::Id;
use northing_store::explorer::{self, Line};
use northing_store::history::Source;
use northing_store::{alignments, cone};

use super::context::Context;
use super::contributions::ContributionsInput;
use super::view::GoalView;
use crate::check_in::{Changed, changed};
use crate::cone::{internal, moved};
use crate::{Actor, Northing, Result};

/// Children that the table lists; far above use.
const MOST: u16 = 500;

/// The contributions to a goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// The goal.
    pub goal: GoalView,
    /// How its progress comes from those below it; none where it does not.
    pub way: Option<Way>,
    /// Those below it that the actor may see, in priority order.
    pub lines: Vec<ContributionLine>,
    /// Fixed shares of those that the actor may not see: they count, without a name.
    pub hidden: Vec<Option<f64>>,
}

/// One goal below.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributionLine {
    /// The goal.
    pub line: Line,
    /// Its effective share in per cent.
    pub share: f64,
    /// The share that was set by hand.
    pub fixed: Option<f64>,
    /// Why it cannot count, where it cannot.
    pub out: Option<Out>,
}

/// Why a goal does not count whatever is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Out {
    /// Goals of its kind do not contribute in this organisation.
    Blocked,
    /// Its value cannot be added to the parent's: another unit, or no value at all.
    OtherUnit,
}

/// What a change of contributions would move.
#[derive(Debug, Clone, PartialEq)]
pub struct ContributionsPreview {
    /// The goal.
    pub goal: Changed,
    /// Every goal above that would move and that the actor may see.
    pub changed: Vec<Changed>,
}

impl Northing {
    /// The contributions to a goal, with what cannot count and why.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`]; [`crate::Error::Forbidden`] without the right to change them.
    pub async fn weigh_contributions(&self, actor: &Actor, goal: Id) -> Result<Contributions> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalContributions).await?;
        let fixed: HashMap<Id, Option<f64>> = alignments::below(&mut rx, &[goal])
            .await?
            .into_iter()
            .map(|one| (one.child_id, one.fixed))
            .collect();
        let children = explorer::children(&mut rx, &[goal], actor.user_id, MOST).await?;
        let seen: HashSet<Id> = children.iter().map(|child| child.line.id).collect();
        let way = (row.progress_mode == ProgressMode::Rollup && row.kind != GoalKind::Initiative)
            .then(|| way(&row.metric));
        let lines = children.into_iter().map(|child| {
            let out = if contribution_blocked(child.line.kind, &context.settings) {
                Some(Out::Blocked)
            } else if way == Some(Way::Summed) && !adds_up(&row.metric, &child.line.metric) {
                Some(Out::OtherUnit)
            } else {
                None
            };
            let fixed = fixed.get(&child.line.id).copied().flatten();
            ContributionLine { share: child.share, fixed, out, line: child.line }
        });
        let lines = lines.collect();
        let hidden = fixed.iter().filter(|(id, _)| !seen.contains(id)).map(|(_, fixed)| *fixed).collect();
        Ok(Contributions { goal: context.view(&mut rx, row).await?, way, lines, hidden })
    }

    /// What a change of contributions would move; nothing is written.
    ///
    /// # Errors
    /// As [`Northing::set_contributions`].
    pub async fn preview_contributions(
        &self,
        actor: &Actor,
        goal: Id,
        input: &ContributionsInput,
    ) -> Result<ContributionsPreview> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalContributions).await?;
        let (_, after) = context.plan_shares(&mut rx, &row, input).await?;
        let fixed: HashMap<Id, Option<f64>> = after.iter().map(|one| (one.child_id, one.fixed)).collect();
        let mut above = cone::load(&mut rx, actor.org_id, &[goal]).await?;
        above.cone = above
            .cone
            .rewired(|edges| {
                for edge in edges.iter_mut().filter(|edge| edge.parent == goal) {
                    edge.fixed = fixed.get(&edge.child).copied().flatten();
                }
            })
            .map_err(internal)?;
        let job = context.job(goal, Source::Edit);
        let outcomes = above.cone.recompute(&[Seed::Children(goal)], &job.rules()).map_err(internal)?;
        let moved = moved(&above, &outcomes);
        let own = moved.iter().find(|moved| moved.goal_id == goal);
        let before = above.about(goal).map(|about| about.stored);
        let own = match (own, before) {
            (Some(own), _) => Changed::of(goal, &own.before, &own.after),
            (None, Some(stored)) => Changed::of(goal, &stored, &stored),
            (None, None) => return Err(crate::Error::NotFound("goal")),
        };
        Ok(ContributionsPreview { goal: own, changed: changed(&mut rx, actor, goal, &moved, true).await? })
    }
}
