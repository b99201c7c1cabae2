//! What is entered about a goal. Unknown fields are refused.

use northing_core::goal::{GoalKind, Level, ProgressMode, Visibility};
use northing_core::metric::{Metric, MetricKind};
use northing_core::phases::Phase;
use northing_core::values::{Day, Id};
use serde::{Deserialize, Deserializer};

/// A new goal. Only kind and title are required (goals §3.1); what is left out is taken from the first parent, or from
/// the current period and the creator.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the API's goal")]
pub struct GoalInput {
    pub kind: GoalKind,
    pub title: String,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub level: Option<Level>,
    #[serde(default)]
    pub team_ids: Option<Vec<Id>>,
    #[serde(default)]
    pub owner_ids: Option<Vec<Id>>,
    #[serde(default)]
    pub check_in_owner_id: Option<Id>,
    #[serde(default)]
    pub delegate_id: Option<Id>,
    #[serde(default)]
    pub period_id: Option<Id>,
    #[serde(default)]
    pub start_date: Option<Day>,
    #[serde(default)]
    pub due_date: Option<Day>,
    #[serde(default)]
    pub metric: Option<MetricInput>,
    #[serde(default)]
    pub phases: Vec<Phase>,
    #[serde(default)]
    pub progress_mode: Option<ProgressMode>,
    #[serde(default)]
    pub parents: Vec<ParentInput>,
    #[serde(default)]
    pub new_children_contribute: Option<bool>,
    #[serde(default)]
    pub committed: bool,
    #[serde(default)]
    pub scoring_guidance: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub visibility: Option<Visibility>,
    #[serde(default)]
    pub align_restricted: bool,
    #[serde(default)]
    pub access: Vec<AccessInput>,
}

impl GoalInput {
    /// A goal of which only kind and title are given.
    #[must_use]
    pub fn new(kind: GoalKind, title: impl Into<String>) -> Self {
        Self {
            kind,
            title: title.into(),
            description: None,
            level: None,
            team_ids: None,
            owner_ids: None,
            check_in_owner_id: None,
            delegate_id: None,
            period_id: None,
            start_date: None,
            due_date: None,
            metric: None,
            phases: Vec::new(),
            progress_mode: None,
            parents: Vec::new(),
            new_children_contribute: None,
            committed: false,
            scoring_guidance: None,
            tags: Vec::new(),
            visibility: None,
            align_restricted: false,
            access: Vec::new(),
        }
    }

    /// The same, aligned to a goal.
    #[must_use]
    pub fn under(mut self, parent: Id) -> Self {
        self.parents.push(ParentInput { id: parent });
        self
    }
}

/// A goal to align to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParentInput {
    /// The goal.
    pub id: Id,
}

/// A metric as entered. `current` may only repeat what is stored: values come from check-ins.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields are those of the API's metric")]
pub struct MetricInput {
    pub kind: MetricKind,
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub unit: Option<String>,
    #[serde(default)]
    pub start: Option<f64>,
    #[serde(default)]
    pub target: Option<f64>,
    #[serde(default)]
    pub risk_threshold: Option<f64>,
    #[serde(default)]
    pub current: Option<f64>,
}

impl MetricInput {
    /// The metric, with its value at the start.
    #[must_use]
    pub fn metric(&self) -> Metric {
        let text = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let percent = self.kind == MetricKind::Percent;
        let mut metric = Metric {
            kind: self.kind,
            name: text(&self.name),
            // A percentage is one by its kind.
            unit: text(&self.unit).filter(|unit| !percent || unit != "%"),
            start: self.start.unwrap_or(0.0),
            target: self.target.or(percent.then_some(100.0)),
            risk_threshold: self.risk_threshold,
            current: None,
        };
        metric.current = metric.initial();
        metric
    }
}

/// A person named by a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the names say it (goals §10.2)")]
pub struct AccessInput {
    pub user_id: Id,
    #[serde(default)]
    pub may_view: bool,
    #[serde(default)]
    pub may_edit: bool,
    #[serde(default)]
    pub may_align: bool,
}

/// Changes to a goal: what is left out stays as it is, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields are those of the API's goal")]
pub struct GoalPatch {
    #[serde(deserialize_with = "set")]
    pub kind: Option<GoalKind>,
    #[serde(deserialize_with = "set")]
    pub title: Option<String>,
    #[serde(deserialize_with = "given")]
    pub description: Option<Option<String>>,
    #[serde(deserialize_with = "set")]
    pub level: Option<Level>,
    #[serde(deserialize_with = "set")]
    pub team_ids: Option<Vec<Id>>,
    #[serde(deserialize_with = "set")]
    pub owner_ids: Option<Vec<Id>>,
    #[serde(deserialize_with = "given")]
    pub check_in_owner_id: Option<Option<Id>>,
    #[serde(deserialize_with = "given")]
    pub delegate_id: Option<Option<Id>>,
    #[serde(deserialize_with = "set")]
    pub period_id: Option<Id>,
    #[serde(deserialize_with = "set")]
    pub start_date: Option<Day>,
    #[serde(deserialize_with = "set")]
    pub due_date: Option<Day>,
    #[serde(deserialize_with = "set")]
    pub metric: Option<MetricInput>,
    #[serde(deserialize_with = "set")]
    pub phases: Option<Vec<Phase>>,
    #[serde(deserialize_with = "set")]
    pub progress_mode: Option<ProgressMode>,
    #[serde(deserialize_with = "set")]
    pub new_children_contribute: Option<bool>,
    #[serde(deserialize_with = "set")]
    pub committed: Option<bool>,
    #[serde(deserialize_with = "given")]
    pub scoring_guidance: Option<Option<String>>,
    #[serde(deserialize_with = "set")]
    pub tags: Option<Vec<String>>,
    #[serde(deserialize_with = "set")]
    pub visibility: Option<Visibility>,
    #[serde(deserialize_with = "set")]
    pub align_restricted: Option<bool>,
    #[serde(deserialize_with = "set")]
    pub access: Option<Vec<AccessInput>>,
    /// What it is aligned to; programs use the resource of its own.
    #[serde(skip)]
    pub parents: Option<Vec<Id>>,
}

/// A field that can be left out but not emptied: `null` is of the wrong type.
pub(super) fn set<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// A field that is there, be it `null`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}
