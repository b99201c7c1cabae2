//! Goals, one by one or a handful: loaded with all their lists in two statements, inserted, and updated under their version.

mod insert;
mod list;
mod load;
mod save;

use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::Metric;
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::values::{Day, Id, Moment};

pub use insert::{insert, insert_all};
pub use list::{GoalFilter, GoalSort, PastState, list_ids, states_at};
pub use load::{find, has_external, load, load_deleted, lock};
pub use save::{mark_deleted, mark_restored, save_lists, save_position, update};

/// A goal as it is stored, with its owners, teams, parents, tags and named people.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "a row: each flag is a column of its own")]
#[expect(missing_docs, reason = "the fields are those of the API's goal (goals §1.2)")]
pub struct GoalRow {
    pub id: Id,
    pub org_id: Id,
    pub version: i64,
    pub kind: GoalKind,
    pub title: String,
    pub description: Option<String>,
    pub level: Level,
    pub check_in_owner_id: Option<Id>,
    pub delegate_id: Option<Id>,
    pub period_id: Id,
    pub start_date: Day,
    pub due_date: Day,
    /// With `current`, the latest value.
    pub metric: Metric,
    pub phases: Vec<Phase>,
    pub progress_mode: ProgressMode,
    pub automatic_stopped: bool,
    pub new_children_contribute: bool,
    pub progress: Option<f64>,
    pub progress_unclamped: Option<f64>,
    pub status: Status,
    pub automatic_status: Status,
    pub status_is_manual: bool,
    pub score: Option<f64>,
    pub closing_note: Option<String>,
    pub closed_at: Option<Moment>,
    pub closed_by: Option<Id>,
    pub committed: bool,
    pub scoring_guidance: Option<String>,
    pub visibility: Visibility,
    pub align_restricted: bool,
    /// Its place in Explorer.
    pub position: f64,
    pub child_count: i64,
    pub parent_count: i64,
    pub last_check_in_at: Option<Moment>,
    /// What moved it last (`check_in`, `rollup`, …); none if nothing has: then it has not started.
    pub last_source: Option<String>,
    pub external_id: Option<String>,
    pub source_extra: Option<String>,
    pub created_by: Option<Id>,
    pub created_at: Moment,
    pub updated_at: Moment,
    pub deleted_at: Option<Moment>,
    pub deleted_by: Option<Id>,
    /// In their order; the first one is the default check-in owner.
    pub owner_ids: Vec<Id>,
    pub team_ids: Vec<Id>,
    pub parents: Vec<ParentLink>,
    /// Their names.
    pub tags: Vec<String>,
    pub access: Vec<Access>,
}

/// One alignment, seen from the child.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ParentLink {
    /// The parent.
    pub id: Id,
    /// The effective share in percent.
    pub share: f64,
    /// The share that was set by hand.
    pub fixed: Option<f64>,
    /// The child's place among the parent's children.
    pub position: f64,
}

/// A person named by a goal (goals §10.2, §10.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Access {
    pub user_id: Id,
    pub may_view: bool,
    pub may_edit: bool,
    pub may_align: bool,
}
