//! What a goal measures (goals §3.2) and the progress that a value means (goals §4.2).

use serde::{Deserialize, Serialize};

use crate::named_values;

named_values! {
    /// What the target asks of the value (goals §3.2).
    MetricKind {
        /// 0–100 %: the value is the percentage.
        Percent = "percent",
        /// From zero up to the target.
        Reach = "reach",
        /// From the start up to the target.
        Increase = "increase",
        /// From the start down to the target.
        Decrease = "decrease",
        /// Control: met while the value is above the target.
        StayAbove = "stay_above",
        /// Control: met while the value is below the target.
        StayBelow = "stay_below",
        /// Only finds out where things stand: no target, no progress.
        Baseline = "baseline",
    }
}

/// A goal's metric with its latest value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// What the target asks of the value.
    pub kind: MetricKind,
    /// What is measured, for example "Jobs waiting".
    pub name: Option<String>,
    /// Written behind or before the number: `%`, `$`, `€`, or any suffix.
    pub unit: Option<String>,
    /// Where the value stood at first; 0 for percent and reach.
    pub start: f64,
    /// Where it is to go; the threshold of control metrics; none for baseline.
    pub target: Option<f64>,
    /// Control metrics only: beyond it the goal is at risk, between it and the target behind.
    pub risk_threshold: Option<f64>,
    /// The latest value in the metric's unit; none before the first check-in of a baseline or control metric.
    pub current: Option<f64>,
}
