//! Phased targets (goals §3.3): steps that replace the straight line of expectation.

use serde::{Deserialize, Serialize};

use crate::values::Day;

/// A step: by this day the value should stand here.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// The day, after the goal's start and not after its due date.
    pub date: Day,
    /// The value expected that day, in the metric's unit.
    pub target: f64,
}
