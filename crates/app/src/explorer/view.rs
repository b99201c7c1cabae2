//! How a list is shown besides its tree (goals §7.1): in groups, and with what last check-ins said.

use std::collections::HashMap;

use northing_core::status::Status;
use northing_core::values::Id;
use northing_store::Rx;
use northing_store::check_ins::{self, CheckInRow};
use northing_store::explorer::{After, GroupKey, Line, PeriodLine};

use super::TreeLine;
use crate::Result;
use crate::goal::context::distinct;

/// What the goals of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Group {
    /// The period of this name.
    Period(String),
    /// The first team; none.
    Team(Option<String>),
    /// The first owner; none.
    Owner(Option<String>),
    /// The status.
    Status(Status),
}

impl Group {
    pub(super) fn of(key: GroupKey, line: &Line, periods: &[PeriodLine]) -> Self {
        let first = |named: &[(Id, String)]| named.first().map(|(_, name)| name.clone());
        match key {
            GroupKey::Period => {
                let period = periods.iter().find(|period| period.id == line.period_id);
                Self::Period(period.map_or_else(String::new, |period| period.name.clone()))
            }
            GroupKey::Team => Self::Team(first(&line.teams)),
            GroupKey::Owner => Self::Owner(first(&line.owners)),
            GroupKey::Status => Self::Status(line.status),
        }
    }
}

/// The goals with which a group begins, behind where the page before ended.
pub(super) fn beginnings(found: &[(Line, After)], before: Option<&After>) -> Vec<Id> {
    let mut group = before.map(|after| after.text.as_str());
    let mut begin = Vec::new();
    for (line, at) in found {
        if group != Some(at.text.as_str()) {
            begin.push(line.id);
        }
        group = Some(&at.text);
    }
    begin
}

/// Adds to rows what their last check-ins said: one statement for any number of them.
pub(super) async fn inform(rx: &mut Rx, lines: &mut [TreeLine]) -> Result<()> {
    let ids: Vec<Id> = lines.iter().map(|row| row.line.id).collect();
    let mut last: HashMap<Id, CheckInRow> =
        check_ins::latest_of(rx, &distinct(&ids)).await?.into_iter().map(|it| (it.goal_id, it)).collect();
    for row in lines {
        // A goal that stands twice says it at its first place.
        row.last = last.remove(&row.line.id).map(Box::new);
    }
    Ok(())
}
