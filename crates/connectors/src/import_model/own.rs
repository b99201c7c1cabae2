//! What Northing's own export says beyond format B, so that nothing of a goal is lost on the way out and back. People, teams
//! and goals are named by the identifiers that the export gives them.

use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::Metric;
use northing_core::people::{JoinPolicy, MemberStatus, Role};
use northing_core::period::PeriodKind;
use northing_core::phases::Phase;
use northing_core::settings::{CreationPolicy, Settings};
use northing_core::status::Status;
use northing_core::values::{Day, Moment};
use serde::{Deserialize, Serialize};

/// The form that this version writes; it reads no newer one.
pub const SCHEMA_VERSION: u32 = 1;

/// The organisation itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's organisation")]
pub struct OwnOrganization {
    pub schema_version: u32,
    pub id: String,
    pub name: String,
    pub slug: String,
    pub mission: Option<String>,
    pub vision: Option<String>,
    pub values: Vec<String>,
    pub north_star: Option<String>,
    pub join: JoinPolicy,
    /// Lists of people in it hold the identifiers of this export.
    pub settings: Settings,
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's member")]
pub struct OwnPerson {
    pub role: Role,
    pub status: MemberStatus,
    #[serde(default)]
    pub title: Option<String>,
    #[serde(default)]
    pub department: Option<String>,
    pub time_zone: Option<String>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's team")]
pub struct OwnTeam {
    pub team_type: Option<String>,
    pub goal_creation: Option<CreationPolicy>,
    pub creators: Vec<String>,
    pub note_template: Option<String>,
    pub owners: Vec<String>,
    pub members: Vec<String>,
}

/// A time period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's period")]
pub struct OwnPeriod {
    pub kind: PeriodKind,
    pub is_current: bool,
}

/// A goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's goal (goals §1.2)")]
#[expect(clippy::struct_excessive_bools, reason = "each flag is a field of the goal")]
pub struct OwnGoal {
    pub kind: GoalKind,
    pub level: Level,
    pub metric: Metric,
    pub phases: Vec<Phase>,
    pub progress_mode: ProgressMode,
    pub automatic_stopped: bool,
    pub new_children_contribute: bool,
    pub progress_unclamped: Option<f64>,
    pub status: Status,
    pub automatic_status: Status,
    pub status_is_manual: bool,
    pub closing_note: Option<String>,
    pub closed_at: Option<Moment>,
    pub closed_by: Option<String>,
    pub committed: bool,
    pub scoring_guidance: Option<String>,
    pub visibility: Visibility,
    pub align_restricted: bool,
    pub access: Vec<OwnAccess>,
    /// Its place in Explorer.
    pub position: f64,
    /// Beside `Alignment`, in the same order.
    pub parents: Vec<OwnParent>,
    pub tasks: Vec<OwnTask>,
    /// What moved it last; none if nothing has.
    pub last_source: Option<String>,
    pub created_at: Moment,
    pub last_check_in_at: Option<Moment>,
}

/// A person named by a goal (goals §10.2, §10.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct OwnAccess {
    pub person: String,
    pub may_view: bool,
    pub may_edit: bool,
    pub may_align: bool,
}

/// An alignment, seen from the child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OwnParent {
    /// The parent.
    pub id: String,
    /// The share set by hand, in per cent, not rounded.
    pub fixed: Option<f64>,
    /// The child's place among the parent's children.
    pub position: f64,
}

/// A task or milestone of an initiative (goals §3.6).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields of the specification (goals §3.6)")]
pub struct OwnTask {
    /// `task` or `milestone`.
    pub kind: String,
    pub name: String,
    pub owner: Option<String>,
    pub due_date: Option<Day>,
    pub weight: Option<f64>,
    pub done: bool,
    pub position: f64,
}

/// A check-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's check-in")]
pub struct OwnCheckIn {
    pub at: Moment,
    pub recorded_at: Moment,
    /// Where it came from, as the API names it.
    pub source: String,
    pub progress: Option<f64>,
    pub status_is_manual: bool,
    pub progress_mode: ProgressMode,
    pub automatic_stopped: bool,
    pub approximate: bool,
    pub edited_at: Option<Moment>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's comment")]
pub struct OwnComment {
    /// The check-in that it answers.
    pub check_in: Option<String>,
    pub created_at: Moment,
    pub edited_at: Option<Moment>,
}

/// How a goal stood from a moment on: a point of its graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the API's history point")]
pub struct Point {
    pub goal: String,
    pub at: Moment,
    pub value: Option<f64>,
    pub progress_unclamped: Option<f64>,
    pub status: Status,
    /// What moved it, as the API names it.
    pub source: String,
    pub check_in: Option<String>,
}
