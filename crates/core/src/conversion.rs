//! Turning a key result into an initiative and back (goals §3.7).

use crate::errors::Refusal;
use crate::goal::GoalKind;
use crate::metric::MetricKind;
use crate::settings::{OkrModel, Settings};

/// What decides whether a goal can be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConversionInput {
    /// What it is now.
    pub kind: GoalKind,
    /// Its metric's kind.
    pub metric: MetricKind,
    /// Whether it is linked to any data source.
    pub linked: bool,
    /// Whether that source tracks work items (Jira, Asana, Azure DevOps).
    pub tracks_work: bool,
    /// Whether anything is aligned to it.
    pub has_children: bool,
    /// Whether it has tasks.
    pub has_tasks: bool,
}

/// What the goal becomes. Its progress and status are kept; a goal that tracks work becomes percent complete.
///
/// # Errors
/// A refusal with the reason.
pub fn convert(goal: ConversionInput, settings: &Settings) -> Result<GoalKind, Refusal> {
    if settings.okr_model == OkrModel::Classic {
        return Err(Refusal::new(
            "classic_model",
            "Key results and initiatives are converted only where the two are interchangeable.",
        ));
    }
    if !settings.initiatives {
        return Err(Refusal::new("initiatives_off", "Initiatives are switched off in this organisation."));
    }
    match goal.kind {
        GoalKind::Objective => Err(Refusal::new("objective", "An objective cannot be converted.")),
        GoalKind::KeyResult if goal.metric != MetricKind::Percent => Err(Refusal::new(
            "has_metric",
            "Only a key result measured in percent complete becomes an initiative.",
        )),
        GoalKind::KeyResult if goal.has_children => Err(Refusal::new(
            "has_children",
            "Goals are aligned to it: nothing can be aligned to an initiative.",
        )),
        GoalKind::KeyResult if goal.linked && !goal.tracks_work => {
            Err(Refusal::new("linked", "Its data source does not track work: remove it first."))
        }
        GoalKind::KeyResult => Ok(GoalKind::Initiative),
        GoalKind::Initiative if goal.has_tasks && !(goal.linked && goal.tracks_work) => {
            Err(Refusal::new("has_tasks", "Its tasks would be lost: remove them first."))
        }
        GoalKind::Initiative => Ok(GoalKind::KeyResult),
    }
}
