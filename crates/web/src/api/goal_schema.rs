//! The shapes of goals for the API's document. What is sent are the views of `northing_app`; a test compares the names.
#![expect(dead_code, reason = "described, never built: the document is made from them")]

use utoipa::ToSchema;

/// A goal.
#[derive(ToSchema)]
#[schema(as = Goal)]
pub(crate) struct GoalBody {
    id: String,
    org_id: String,
    version: i64,
    /// `objective`, `key_result` or `initiative`.
    kind: String,
    title: String,
    /// Markdown.
    description: Option<String>,
    /// `organization`, `team` or `individual`.
    level: String,
    team_ids: Vec<String>,
    owner_ids: Vec<String>,
    check_in_owner_id: Option<String>,
    delegate_id: Option<String>,
    period_id: String,
    #[schema(format = Date)]
    start_date: String,
    #[schema(format = Date)]
    due_date: String,
    metric: MetricBody,
    phases: Vec<PhaseBody>,
    /// `manual`, `rollup` or `data_source`.
    progress_mode: String,
    automatic_stopped: bool,
    new_children_contribute: bool,
    parents: Vec<ParentBody>,
    child_count: i64,
    /// 0–100; null for a baseline.
    progress: Option<f64>,
    progress_unclamped: Option<f64>,
    /// 0–100; null for baseline and control metrics.
    expected_progress: Option<f64>,
    /// `not_started`, `on_track`, `behind`, `at_risk`, `closed`, `postponed`, `reopened` or `in_progress`.
    status: String,
    automatic_status: String,
    /// 0–1, once closed.
    score: Option<f64>,
    closing_note: Option<String>,
    closed_at: Option<String>,
    closed_by: Option<String>,
    committed: bool,
    scoring_guidance: Option<String>,
    tags: Vec<String>,
    /// `everyone` or `restricted`.
    visibility: String,
    align_restricted: bool,
    access: Vec<AccessBody>,
    alerts: Vec<AlertBody>,
    link: Option<serde_json::Value>,
    last_check_in_at: Option<String>,
    created_by: Option<String>,
    created_at: String,
    updated_at: String,
    external_id: Option<String>,
}

/// What a goal measures.
#[derive(ToSchema)]
#[schema(as = Metric)]
pub(crate) struct MetricBody {
    /// `percent`, `reach`, `increase`, `decrease`, `stay_above`, `stay_below` or `baseline`.
    kind: String,
    name: Option<String>,
    unit: Option<String>,
    start: f64,
    target: Option<f64>,
    risk_threshold: Option<f64>,
    current: Option<f64>,
}

/// A phased target.
#[derive(ToSchema)]
#[schema(as = Phase)]
pub(crate) struct PhaseBody {
    #[schema(format = Date)]
    date: String,
    target: f64,
}

/// A parent with the goal's share in it.
#[derive(ToSchema)]
#[schema(as = Parent)]
pub(crate) struct ParentBody {
    id: String,
    share: f64,
    fixed: bool,
}

/// A person named by a goal.
#[derive(ToSchema)]
#[schema(as = Access)]
pub(crate) struct AccessBody {
    user_id: String,
    may_view: bool,
    may_edit: bool,
    may_align: bool,
}

/// An alert.
#[derive(ToSchema)]
#[schema(as = Alert)]
pub(crate) struct AlertBody {
    /// `needs_attention` or `at_risk`.
    level: String,
    code: String,
    message: String,
}

/// A goal with those below it.
#[derive(ToSchema)]
#[schema(as = GoalTree)]
pub(crate) struct TreeBody {
    #[schema(inline)]
    #[serde(flatten)]
    goal: GoalBody,
    /// The same for each child.
    children: Vec<serde_json::Value>,
    /// There are children that are not shown.
    more: bool,
}

/// A deleted goal.
#[derive(ToSchema)]
#[schema(as = DeletedGoal)]
pub(crate) struct DeletedBody {
    id: String,
    title: String,
    deleted_at: String,
    deleted_by: Option<String>,
}

/// A closed or postponed goal and what it goes on as.
#[derive(ToSchema)]
#[schema(as = EndedGoal)]
pub(crate) struct PostponedBody {
    goal: GoalBody,
    continued: Option<GoalBody>,
    also_closed: Vec<AlsoClosedBody>,
}

/// An objective that closed because its last key result did.
#[derive(ToSchema)]
#[schema(as = AlsoClosed)]
pub(crate) struct AlsoClosedBody {
    id: String,
    title: String,
    score: Option<f64>,
}

/// A child's share.
#[derive(ToSchema)]
#[schema(as = Share)]
pub(crate) struct ShareBody {
    child_id: String,
    title: String,
    share: f64,
    fixed: bool,
    blocked: bool,
}

/// What became of several copies.
#[derive(ToSchema)]
#[schema(as = Copies)]
pub(crate) struct BulkBody {
    cloned: Vec<GoalBody>,
    rejected: Vec<RejectedBody>,
}

/// A goal that was left out.
#[derive(ToSchema)]
#[schema(as = RejectedGoal)]
pub(crate) struct RejectedBody {
    goal_id: String,
    code: String,
    message: String,
}

/// What became of several edits.
#[derive(ToSchema)]
#[schema(as = Edits)]
pub(crate) struct EditedBody {
    edited: Vec<ChangedBody>,
    /// Goals that were like that already.
    unchanged: Vec<String>,
    rejected: Vec<RejectedBody>,
}

/// A goal that was changed with others.
#[derive(ToSchema)]
#[schema(as = ChangedGoal)]
pub(crate) struct ChangedBody {
    goal_id: String,
    title: String,
    /// The fields that changed.
    changed: Vec<String>,
}

/// A task or milestone of an initiative.
#[derive(ToSchema)]
#[schema(as = Task)]
pub(crate) struct TaskBody {
    id: String,
    goal_id: String,
    version: i64,
    /// `task` or `milestone`.
    kind: String,
    name: String,
    owner_id: Option<String>,
    due_date: Option<String>,
    due_after_goal: bool,
    weight: Option<f64>,
    done: bool,
    position: f64,
}
