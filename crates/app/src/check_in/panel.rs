//! What somebody who checks in looks at: the goal, its graph, its last check-ins, and what automatic updates say.

use northing_core::check_in::{CheckInInput, locked};
use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::check_ins::{self, CheckInRow};
use northing_store::goal_links;
use northing_store::history::{self, Point};

use super::NewCheckIn;
use crate::error::Result;
use crate::goal::context::Context;
use crate::goal::view::GoalView;
use crate::{Actor, Northing};

/// Points of the graph.
const POINTS: u16 = 400;
/// Check-ins that are shown.
const LAST: i64 = 3;

/// A goal that is to be checked in on.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckInPanel {
    /// The goal.
    pub goal: GoalView,
    /// Its points, the oldest first, one for each day.
    pub points: Vec<Point>,
    /// Its last check-ins, the newest first.
    pub last: Vec<CheckInRow>,
    /// What automatic updates say now, in what a check-in asks for; none where there are none.
    pub automatic: Option<f64>,
}

impl Northing {
    /// What a check-in on this goal begins with.
    ///
    /// # Errors
    /// As [`Northing::create_check_in`].
    pub async fn check_in_panel(&self, actor: &Actor, goal: Id) -> Result<CheckInPanel> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalCheckIn).await?;
        locked(row.status)?;
        let goal = context.view(&mut rx, row).await?;
        let points = history::by_day(&mut rx, goal.id, POINTS).await?;
        let last = check_ins::page(&mut rx, goal.id, None, LAST).await?;
        drop(rx);
        let automatic = self.automatic_value(actor, &goal).await?;
        Ok(CheckInPanel { goal, points, last, automatic })
    }

    /// The value that the goal would have by automatic updates alone.
    async fn automatic_value(&self, actor: &Actor, goal: &GoalView) -> Result<Option<f64>> {
        if goal.progress_mode == ProgressMode::Manual {
            return Ok(None);
        }
        let percent = goal.metric.kind == MetricKind::Percent;
        if goal.progress_mode == ProgressMode::DataSource {
            let link = goal_links::find(&mut self.store.read_once().await?, goal.id).await?;
            return Ok(link.and_then(|link| link.last.value));
        }
        if !goal.automatic_stopped {
            return Ok(if percent { goal.progress } else { goal.metric.current });
        }
        let input = CheckInInput { resume_automatic: true, ..CheckInInput::default() };
        let resumed = NewCheckIn { input, ..NewCheckIn::default() };
        let after = self.preview_check_in(actor, goal.id, &resumed).await?.goal;
        Ok(if percent { after.progress_after } else { after.value_after })
    }
}
