//! The words of the formats for Northing's values; the readers know the same.

use northing_core::goal::GoalKind;
use northing_core::metric::MetricKind;
use northing_core::people::Role;
use northing_core::status::Status;

pub(super) const fn status(it: Status) -> &'static str {
    match it {
        Status::NotStarted => "Not Started",
        Status::OnTrack => "On Track",
        Status::Behind => "Behind",
        Status::AtRisk => "At Risk",
        Status::Closed => "Closed",
        Status::Postponed => "Postponed",
        Status::Reopened => "Reopened",
        Status::InProgress => "In Progress",
    }
}

pub(super) const fn kind(it: GoalKind) -> &'static str {
    match it {
        GoalKind::Objective => "Objective",
        GoalKind::KeyResult => "Key result",
        GoalKind::Initiative => "Initiative",
    }
}

pub(super) const fn target(it: MetricKind) -> Option<&'static str> {
    match it {
        MetricKind::Percent => None,
        MetricKind::Reach => Some("Reach"),
        MetricKind::Increase => Some("Increase From"),
        MetricKind::Decrease => Some("Decrease From"),
        MetricKind::StayAbove => Some("Stay Above"),
        MetricKind::StayBelow => Some("Stay Below"),
        MetricKind::Baseline => Some("Baseline"),
    }
}

pub(super) const fn role(it: Role) -> &'static str {
    match it {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Member => "Member",
        Role::Observer => "Observer",
    }
}

pub(super) const fn commitment(committed: bool) -> &'static str {
    if committed { "Committed Goal" } else { "Aspirational Goal" }
}

/// A moment as format B writes it.
pub(super) fn moment(it: northing_core::values::Moment) -> String {
    it.timestamp().strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A share as the formats write it, to a hundredth of a per cent.
pub(super) fn weight(it: f64) -> String {
    let rounded = (it * 100.0).round() / 100.0;
    format!("{rounded}%")
}
