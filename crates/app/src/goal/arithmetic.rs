//! The arithmetic of a goal whose progress comes from those below it (goals §4.4): what each of them brings, what those
//! bring that stand elsewhere or that the actor may not see, and the sum.

use std::collections::HashMap;

use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::parts::{Part, parts};
use northing_core::permission::Action;
use northing_core::rollup::{RollupChild, RollupParent, Tasks, Way, way};
use northing_core::values::Id;
use northing_store::explorer::{self, ChildLine};
use northing_store::{Rx, parts as counted};

use super::context::Context;
use super::view::GoalView;
use crate::{Actor, Northing, Result};

/// Goals on one page of those below another.
pub const CONTRIBUTING: u32 = 100;

/// What a goal's progress is made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Arithmetic {
    /// How it comes from below; none where it does not, or while automatic updates are stopped.
    pub way: Option<Way>,
    /// Those listed, by goal.
    pub listed: HashMap<Id, Weighed>,
    /// Those that count and that the actor sees, but not in this list.
    pub elsewhere: Rest,
    /// Those that count and that only named people see.
    pub hidden: Rest,
    /// How many of those that the actor sees count.
    pub counted: usize,
    /// How many there are that the actor sees.
    pub seen: usize,
    /// What all parts sum to: progress, or the value where values are added up. None where nothing counts.
    pub total: Option<f64>,
}

/// A listed goal in the arithmetic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// What it brings; none where it does not count.
    pub part: Option<Part>,
    /// Whether its share was set by hand.
    pub fixed: bool,
}

/// Several goals taken together.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rest {
    /// How many.
    pub goals: usize,
    /// Their weight together; 0 where values are added up.
    pub share: f64,
    /// What they add together.
    pub adds: f64,
}

impl Rest {
    fn take(&mut self, part: Part) {
        self.goals += 1;
        self.share += part.share.unwrap_or(0.0);
        self.adds += part.adds;
    }
}

/// A page of the goals below another.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributing {
    /// The goal.
    pub goal: GoalView,
    /// The goals of this page, in their order.
    pub children: Vec<ChildLine>,
    /// How many stand before them.
    pub skip: u32,
    /// Where the next page begins.
    pub next: Option<u32>,
    /// What the goal's progress is made of.
    pub arithmetic: Arithmetic,
}

impl Northing {
    /// The goals below one, a hundred at a time, with what each brings to its progress.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a goal that the actor may not see.
    pub async fn contributing(&self, actor: &Actor, goal: Id, skip: u32) -> Result<Contributing> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        let goal = context.view(&mut rx, row).await?;
        let most = u16::try_from(CONTRIBUTING).unwrap_or(u16::MAX);
        let children = explorer::children_behind(&mut rx, goal.id, actor.user_id, skip, most).await?;
        let arithmetic = Arithmetic::of(&mut rx, actor, &goal, &children).await?;
        let end = skip.saturating_add(u32::try_from(children.len()).unwrap_or(u32::MAX));
        let more = !children.is_empty() && usize::try_from(end).is_ok_and(|end| end < arithmetic.seen);
        Ok(Contributing { goal, children, skip, next: more.then_some(end), arithmetic })
    }
}

impl Arithmetic {
    /// The arithmetic of a goal of whose children these are listed: one statement.
    pub(super) async fn of(
        rx: &mut Rx,
        actor: &Actor,
        goal: &GoalView,
        listed: &[ChildLine],
    ) -> Result<Self> {
        let below = counted::below(rx, goal.id, actor.user_id).await?;
        let follows = goal.progress_mode == ProgressMode::Rollup
            && !goal.automatic_stopped
            && goal.kind != GoalKind::Initiative;
        let parent = RollupParent { kind: goal.kind, metric: &goal.metric, tasks: Tasks::default() };
        let brought = if follows {
            let children: Vec<_> = below
                .iter()
                .map(|it| RollupChild {
                    metric: &it.metric,
                    fixed: it.fixed,
                    value: it.metric.current,
                    progress: it.progress,
                })
                .collect();
            parts(&parent, &children)
        } else {
            vec![None; below.len()]
        };
        let shown: std::collections::HashSet<Id> = listed.iter().map(|child| child.line.id).collect();
        let mut sum = Self { way: follows.then(|| way(&goal.metric)), ..Self::default() };
        for (child, part) in below.iter().zip(brought) {
            sum.seen += usize::from(child.seen);
            sum.counted += usize::from(child.seen && part.is_some());
            if shown.contains(&child.id) {
                sum.listed.insert(child.id, Weighed { part, fixed: child.fixed.is_some() });
            }
            let Some(part) = part else { continue };
            sum.total = Some(sum.total.unwrap_or(0.0) + part.adds);
            if !child.seen {
                sum.hidden.take(part);
            } else if !shown.contains(&child.id) {
                sum.elsewhere.take(part);
            }
        }
        Ok(sum)
    }
}
