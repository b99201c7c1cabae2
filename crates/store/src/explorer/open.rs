//! The open goals of a page, all of them, with little of each: for going through them one after the other.

use northing_core::goal::{GoalKind, ProgressMode};
use northing_core::values::{Day, Id, Moment};

use super::List;
use crate::{Failure, Rx, list, sql};

/// An open goal of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenGoal {
    /// The goal.
    pub id: Id,
    /// Objective, key result or initiative.
    pub kind: GoalKind,
    /// First day.
    pub start: Day,
    /// Where its progress comes from.
    pub mode: ProgressMode,
    /// Automatic updates are stopped.
    pub automatic_stopped: bool,
    /// When the last check-in was.
    pub last_check_in_at: Option<Moment>,
}

impl OpenGoal {
    /// Whether somebody is to check in on it: by hand, begun, and without a check-in since (goals §5.4).
    #[must_use]
    pub fn is_due(&self, today: Day, since: Moment) -> bool {
        (self.mode == ProgressMode::Manual || self.automatic_stopped)
            && self.start <= today
            && self.last_check_in_at.is_none_or(|at| at < since)
    }
}

/// What is neither closed nor postponed in a list, as far as the viewer sees it, in the page's order.
///
/// # Errors
/// When the store fails.
pub async fn open(rx: &mut Rx, place: &List, viewer: Id) -> Result<Vec<OpenGoal>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT g.id, g.kind, g.start_date, g.progress_mode, g.automatic_stopped, g.last_check_in_at ",
        "FROM placements p JOIN goals g ON g.id = p.goal_id WHERE p.page = $1 AND p.entity_id = $2 ",
        "AND p.period_id IN (SELECT value FROM json_each($3)) AND g.status NOT IN ('closed', 'postponed') AND ",
        visible!("$4"),
        " ORDER BY p.position, p.goal_id"
    );
    let rows = sql(STATEMENT)
        .bind(place.page.name())
        .bind(place.entity)
        .bind(list(&place.periods))
        .bind(viewer)
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(OpenGoal {
                id: row.id("id")?,
                kind: row.parsed("kind")?,
                start: row.day("start_date")?,
                mode: row.parsed("progress_mode")?,
                automatic_stopped: row.flag("automatic_stopped")?,
                last_check_in_at: row.opt_moment("last_check_in_at")?,
            })
        })
        .collect()
}
