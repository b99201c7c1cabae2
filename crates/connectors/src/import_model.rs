//! What an import file says, whatever format said it: one plain model between readers, the import use case and writers.
//!
//! Nothing here is decided yet: names are not matched to people, types are not mapped to kinds for good, parents are
//! references. Every record knows where it stood and what became of its fields (integrations §4.2).

use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::metric::MetricKind;
use northing_core::people::{Role, TeamStatus};
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::values::{Day, Moment};
use serde::{Deserialize, Serialize};

mod own;

pub use own::{
    OwnAccess, OwnCheckIn, OwnComment, OwnGoal, OwnOrganization, OwnParent, OwnPeriod, OwnPerson, OwnTask,
    OwnTeam, Point, SCHEMA_VERSION,
};

/// Where a record stood: `file` is a position in [`ImportSet::files`], `row` counts from 1 (record of a JSON array, row of a table).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Position in [`ImportSet::files`].
    pub file: u32,
    /// Record or row, counted from 1; a table's header is row 1.
    pub row: u64,
}

/// What became of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Taken over; the reason says with what reservation (for example a rounded value).
    Kept,
    /// Taken over in another form.
    Changed,
    /// Not taken over.
    Dropped,
}

/// One remark on one field of one record; fields without remark were kept as they stood.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldNote {
    /// The field as the file names it.
    pub field: String,
    /// What became of it.
    pub effect: Effect,
    /// Why, in words for the report.
    pub reason: String,
}

/// A record of a file with its origin.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record<T> {
    /// Where it stood.
    pub place: Place,
    /// The identifier that the source gave it, if it gave one.
    pub source_id: Option<String>,
    /// What it says.
    pub value: T,
    /// Keys that no reader knows, verbatim.
    pub extra: serde_json::Map<String, serde_json::Value>,
    /// Remarks on its fields.
    pub notes: Vec<FieldNote>,
}

/// A person as another record names them: any part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PersonRef {
    /// The source's identifier.
    pub id: Option<String>,
    /// The display name.
    pub name: Option<String>,
    /// The mail address.
    pub email: Option<String>,
}

/// Anything else that is named by identifier or name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reference {
    /// The source's identifier.
    pub id: Option<String>,
    /// Its name or title.
    pub name: Option<String>,
}

/// A number; `approximate` when the file holds it rounded for display.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// The value, in the metric's unit or in per cent.
    pub value: f64,
    /// Whether the source had rounded it.
    pub approximate: bool,
}

impl Amount {
    /// A value as the source keeps it.
    #[must_use]
    pub const fn exact(value: f64) -> Self {
        Self { value, approximate: false }
    }
}

/// A person of the organisation.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Display name.
    pub name: String,
    /// Mail address.
    pub email: Option<String>,
    /// Their manager.
    pub manager: Option<PersonRef>,
    /// The teams they belong to.
    pub teams: Vec<Reference>,
    /// Their role, where the source's word is known.
    pub role: Option<Role>,
    /// Whether they could sign in.
    pub active: bool,
    /// What only Northing's own export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnPerson>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Team {
    /// Its name.
    pub name: String,
    /// The name of the team above.
    pub parent: Option<String>,
    /// Its owners.
    pub owners: Vec<PersonRef>,
    /// Whether it is in use.
    pub status: TeamStatus,
    /// What it is for.
    pub description: Option<String>,
    /// What only Northing's own export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnTeam>,
}

/// A time period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Period {
    /// Its name.
    pub name: String,
    /// First day.
    pub start: Option<Day>,
    /// Last day.
    pub end: Option<Day>,
    /// What only Northing's own export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnPeriod>,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tag {
    /// Its text.
    pub name: String,
}

/// A parent as a goal names it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ParentRef {
    /// The parent's source identifier.
    pub id: Option<String>,
    /// The parent's title.
    pub title: Option<String>,
    /// This goal's share of the parent, in per cent; sources round it.
    pub weight: Option<f64>,
}

/// What a goal measures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// What the target asks of the value.
    pub kind: MetricKind,
    /// What is measured.
    pub name: Option<String>,
    /// Unit; none for a plain number.
    pub unit: Option<String>,
    /// Where the value began.
    pub start: Option<f64>,
    /// Where it is to go.
    pub target: Option<f64>,
}

/// Who may do something with a goal.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Every member.
    #[default]
    Everyone,
    /// Only these.
    People(Vec<PersonRef>),
}

/// A goal of any kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Goal {
    /// Its title.
    pub title: String,
    /// The organisation's own word for its kind, as the file has it.
    pub type_name: Option<String>,
    /// The kind where the word or the goal's shape tells it; a mapping may overrule it.
    pub kind: Option<GoalKind>,
    /// Whose it is, where the file says so besides naming teams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Who made it.
    pub creator: Option<PersonRef>,
    /// Its owners, the first first.
    pub owners: Vec<PersonRef>,
    /// Who checks in.
    pub check_in_owners: Vec<PersonRef>,
    /// To whom it is delegated.
    pub delegate: Option<PersonRef>,
    /// Its teams; none for goals of the organisation and of persons.
    pub teams: Vec<Reference>,
    /// Its period.
    pub period: Option<Reference>,
    /// First day.
    pub start: Option<Day>,
    /// Due day.
    pub end: Option<Day>,
    /// What it is aligned to.
    pub parents: Vec<ParentRef>,
    /// Who may see it.
    pub view: Audience,
    /// Who may align to it.
    pub align: Audience,
    /// Description as text.
    pub description: Option<String>,
    /// Tags.
    pub tags: Vec<Reference>,
    /// Where its progress comes from.
    pub progress_mode: Option<ProgressMode>,
    /// The data source it was linked to; the link itself cannot be imported.
    pub linked_to: Option<String>,
    /// What it measures.
    pub measure: Measure,
    /// The current value in the metric's unit (per cent for percent goals).
    pub current: Option<Amount>,
    /// The progress in per cent, where the file says it besides the value.
    pub progress: Option<Amount>,
    /// Its status.
    pub status: Option<Status>,
    /// Phased targets.
    pub phases: Vec<Phase>,
    /// Score, 0–1.
    pub score: Option<f64>,
    /// Committed rather than aspirational.
    pub committed: Option<bool>,
    /// When it was made.
    pub created_at: Option<Moment>,
    /// Day of the last check-in.
    pub last_check_in: Option<Day>,
    /// What only Northing's own export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Box<OwnGoal>>,
}

/// A check-in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CheckIn {
    /// The goal it belongs to.
    pub goal: Reference,
    /// The day whose state it reports.
    pub effective: Option<Day>,
    /// When it was entered.
    pub recorded_at: Option<Moment>,
    /// Who entered it.
    pub author: Option<PersonRef>,
    /// Its note as text.
    pub note: Option<String>,
    /// Its note as HTML of foreign origin: sanitise before use.
    pub note_html: Option<String>,
    /// The metric's name at that time.
    pub metric_name: Option<String>,
    /// Status given with it.
    pub status: Option<Status>,
    /// The value in the metric's unit, or per cent.
    pub value: Option<Amount>,
    /// What only Northing's own export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<Box<OwnCheckIn>>,
}

/// A comment on a goal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// The goal it belongs to.
    pub goal: Reference,
    /// What it says.
    pub text: String,
    /// Who wrote it.
    pub author: Option<PersonRef>,
    /// When.
    pub created_at: Option<Moment>,
    /// What only Northing's own export says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<OwnComment>,
}

/// A row that became no record of its own: another record says the same already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Where it stood.
    pub place: Place,
    /// Its title.
    pub title: String,
    /// Why, in words for the report.
    pub reason: String,
}

/// Everything that a set of files says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportSet {
    /// The files, as [`Place::file`] counts them.
    pub files: Vec<String>,
    /// The identifier that the source gave the organisation, where the files tell it.
    pub organisation: Option<String>,
    /// Tables: a field that is absent or empty says nothing, rather than that there is nothing.
    pub sparse: bool,
    /// People.
    pub people: Vec<Record<Person>>,
    /// Teams.
    pub teams: Vec<Record<Team>>,
    /// Time periods.
    pub periods: Vec<Record<Period>>,
    /// Tags.
    pub tags: Vec<Record<Tag>>,
    /// Goals of all kinds.
    pub goals: Vec<Record<Goal>>,
    /// Check-ins.
    pub check_ins: Vec<Record<CheckIn>>,
    /// Comments.
    pub comments: Vec<Record<Comment>>,
    /// Rows of goals that stand elsewhere in the set too.
    pub left_out: Vec<LeftOut>,
    /// The organisation itself, in Northing's own export.
    pub own_organization: Option<OwnOrganization>,
    /// The points of the goals' graphs, in Northing's own export.
    pub points: Vec<Point>,
}
