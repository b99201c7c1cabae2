//! The shapes of what is sent about goals, for the API's document. What is read are the inputs of `northing_app`; a test sends every
//! field that is described here.
#![expect(dead_code, reason = "described, never built: the document is made from them")]

use utoipa::ToSchema;

use super::goal_schema::{AccessBody, PhaseBody};

/// A goal to align to.
#[derive(ToSchema)]
#[schema(as = ParentRef)]
pub(crate) struct ParentFields {
    id: String,
}

/// What a goal measures, as entered.
#[derive(ToSchema)]
#[schema(as = MetricFields)]
pub(crate) struct MetricFields {
    /// `percent`, `reach`, `increase`, `decrease`, `stay_above`, `stay_below` or `baseline`.
    kind: String,
    name: Option<String>,
    unit: Option<String>,
    /// 0 if absent.
    start: Option<f64>,
    target: Option<f64>,
    risk_threshold: Option<f64>,
    /// May only repeat what is stored: values come from check-ins.
    current: Option<f64>,
}

/// A new goal. What is left out is taken from the first parent, or from the current period and the caller.
#[derive(ToSchema)]
#[schema(as = NewGoal)]
pub(crate) struct NewGoalFields {
    /// `objective`, `key_result` or `initiative`.
    kind: String,
    title: String,
    description: Option<String>,
    level: Option<String>,
    team_ids: Option<Vec<String>>,
    owner_ids: Option<Vec<String>>,
    check_in_owner_id: Option<String>,
    delegate_id: Option<String>,
    period_id: Option<String>,
    #[schema(format = Date)]
    start_date: Option<String>,
    #[schema(format = Date)]
    due_date: Option<String>,
    metric: Option<MetricFields>,
    #[schema(required = false)]
    phases: Vec<PhaseBody>,
    progress_mode: Option<String>,
    #[schema(required = false)]
    parents: Vec<ParentFields>,
    new_children_contribute: Option<bool>,
    #[schema(required = false)]
    committed: bool,
    scoring_guidance: Option<String>,
    #[schema(required = false)]
    tags: Vec<String>,
    visibility: Option<String>,
    #[schema(required = false)]
    align_restricted: bool,
    #[schema(required = false)]
    access: Vec<AccessFields>,
}

/// Changes to a goal: what is left out stays, `null` empties what can be empty. Parents are changed by `PUT …/parents`.
#[derive(ToSchema)]
#[schema(as = GoalChange)]
pub(crate) struct GoalChangeFields {
    #[schema(required = false)]
    kind: String,
    #[schema(required = false)]
    title: String,
    description: Option<String>,
    #[schema(required = false)]
    level: String,
    #[schema(required = false)]
    team_ids: Vec<String>,
    #[schema(required = false)]
    owner_ids: Vec<String>,
    check_in_owner_id: Option<String>,
    delegate_id: Option<String>,
    #[schema(required = false)]
    period_id: String,
    #[schema(required = false, format = Date)]
    start_date: String,
    #[schema(required = false, format = Date)]
    due_date: String,
    #[schema(required = false)]
    metric: MetricFields,
    #[schema(required = false)]
    phases: Vec<PhaseBody>,
    #[schema(required = false)]
    progress_mode: String,
    #[schema(required = false)]
    new_children_contribute: bool,
    #[schema(required = false)]
    committed: bool,
    scoring_guidance: Option<String>,
    #[schema(required = false)]
    tags: Vec<String>,
    #[schema(required = false)]
    visibility: String,
    #[schema(required = false)]
    align_restricted: bool,
    #[schema(required = false)]
    access: Vec<AccessBody>,
}

/// A person named by a goal; what is absent is false.
#[derive(ToSchema)]
#[schema(as = AccessFields)]
pub(crate) struct AccessFields {
    user_id: String,
    #[schema(required = false)]
    may_view: bool,
    #[schema(required = false)]
    may_edit: bool,
    #[schema(required = false)]
    may_align: bool,
}

/// Several goals to be copied, each as a single one would be.
#[derive(ToSchema)]
#[schema(as = CloneSeveral)]
pub(crate) struct CloneManyFields {
    goal_ids: Vec<String>,
    /// The current one if absent.
    period_id: Option<String>,
    /// `goal` (if absent), `children` or `all`.
    scope: Option<String>,
    /// One owner for all copies; else each keeps its owners.
    owner_id: Option<String>,
    /// The same request sent twice makes one copy.
    request_id: Option<String>,
}

/// Several goals, and what is changed in each; what is absent stays as it is.
#[derive(ToSchema)]
#[schema(as = EditSeveral)]
pub(crate) struct EditManyFields {
    /// At most 200.
    goal_ids: Vec<String>,
    owners: Option<ListFields>,
    /// Goals that have their period's days get the new one's.
    period_id: Option<String>,
    /// `organization`, `team` or `individual`.
    level: Option<String>,
    team_ids: Option<Vec<String>>,
    tags: Option<ListFields>,
    /// Only say what would happen.
    dry_run: Option<bool>,
}

/// A change to a list of each goal.
#[derive(ToSchema)]
#[schema(as = ListChange)]
pub(crate) struct ListFields {
    /// `add`, `replace` or `remove`.
    how: String,
    /// Ids of people, or names of tags.
    values: Vec<String>,
}

/// A copy to be made.
#[derive(ToSchema)]
#[schema(as = CloneGoal)]
pub(crate) struct CloneFields {
    /// The current one if absent.
    period_id: Option<String>,
    /// `goal` (if absent), `children` or `all`.
    scope: Option<String>,
    /// One owner for all copies; else each keeps its owners.
    owner_id: Option<String>,
    /// What the copy is aligned to; nothing if absent.
    #[schema(required = false)]
    parents: Vec<String>,
    /// The same request sent twice makes one copy.
    request_id: Option<String>,
}

/// How a goal goes on in another period.
#[derive(ToSchema)]
#[schema(as = PostponeGoal)]
pub(crate) struct PostponeFields {
    /// The next one of the same kind if absent.
    period_id: Option<String>,
    /// `reset` (if absent) or `preserve`.
    progress: Option<String>,
    /// The reason, in Markdown.
    note: Option<String>,
}

/// How a goal is closed.
#[derive(ToSchema)]
#[schema(as = CloseGoal)]
pub(crate) struct CloseFields {
    /// The final value in the metric's unit, where it is to be set once more.
    value: Option<f64>,
    /// 0–1; suggested if absent.
    score: Option<f64>,
    /// Markdown.
    note: Option<String>,
    continue_in: Option<PostponeFields>,
}

/// Why a goal is opened again.
#[derive(ToSchema)]
#[schema(as = ReopenGoal)]
pub(crate) struct ReopenFields {
    /// The reason, in Markdown.
    note: Option<String>,
}

/// A child's share to be set.
#[derive(ToSchema)]
#[schema(as = ShareEntry)]
pub(crate) struct ShareFields {
    child_id: String,
    /// In percent, fixed from now on; null shares what is left with the others.
    share: Option<f64>,
}

/// A change to the shares of a goal's children.
#[derive(ToSchema)]
#[schema(as = Contributions)]
pub(crate) struct ContributionFields {
    /// Children that are not named stay as they are.
    #[schema(required = false)]
    shares: Vec<ShareFields>,
    /// Forget every share that was set by hand before.
    #[schema(required = false)]
    reset: bool,
    /// Whether newly aligned goals start contributing.
    new_children_contribute: Option<bool>,
}

/// Where a goal goes: directly before or directly behind another, or to the end.
#[derive(ToSchema)]
#[schema(as = Position)]
pub(crate) struct PositionFields {
    /// Among the children of this goal; none: on a page.
    parent_id: Option<String>,
    /// `all` (Explorer, if absent), `organization`, `team` or `person`.
    page: Option<String>,
    /// The page's team or person.
    entity_id: Option<String>,
    /// Directly before this goal.
    before_id: Option<String>,
    /// Directly behind this goal.
    after_id: Option<String>,
}

/// A new task or milestone.
#[derive(ToSchema)]
#[schema(as = NewTask)]
pub(crate) struct NewTaskFields {
    name: String,
    /// `task` (if absent) or `milestone`.
    kind: Option<String>,
    owner_id: Option<String>,
    #[schema(format = Date)]
    due_date: Option<String>,
    weight: Option<f64>,
    #[schema(required = false)]
    done: bool,
}

/// Changes to a task: what is left out stays, `null` empties what can be empty.
#[derive(ToSchema)]
#[schema(as = TaskChange)]
pub(crate) struct TaskChangeFields {
    #[schema(required = false)]
    name: String,
    #[schema(required = false)]
    kind: String,
    owner_id: Option<String>,
    #[schema(format = Date)]
    due_date: Option<String>,
    weight: Option<f64>,
    #[schema(required = false)]
    done: bool,
    /// Its place in the list.
    #[schema(required = false)]
    position: f64,
}
