//! What a goal measures (goals §3.2) and the progress that a value means (goals §4.2).

use serde::{Deserialize, Serialize};

use crate::errors::FieldError;
use crate::{named_values, text};

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

impl MetricKind {
    /// Stay above and stay below: met or not met, without expected progress.
    #[must_use]
    pub const fn is_control(self) -> bool {
        matches!(self, Self::StayAbove | Self::StayBelow)
    }

    /// Whether the value travels from a start to a target of its own: the kinds that may have phases (goals §3.3).
    #[must_use]
    pub const fn is_journey(self) -> bool {
        matches!(self, Self::Reach | Self::Increase | Self::Decrease)
    }
}

impl Metric {
    /// The metric of a goal without one of its own: 0–100 %, at 0.
    #[must_use]
    pub const fn percent() -> Self {
        Self {
            kind: MetricKind::Percent,
            name: None,
            unit: None,
            start: 0.0,
            target: Some(100.0),
            risk_threshold: None,
            current: Some(0.0),
        }
    }

    /// The start and the target between which progress runs; none for control and baseline metrics.
    #[must_use]
    pub fn span(&self) -> Option<(f64, f64)> {
        match self.kind {
            MetricKind::Percent => Some((0.0, 100.0)),
            MetricKind::Reach => self.target.map(|target| (0.0, target)),
            MetricKind::Increase | MetricKind::Decrease => self.target.map(|target| (self.start, target)),
            MetricKind::StayAbove | MetricKind::StayBelow | MetricKind::Baseline => None,
        }
    }

    /// Where the value stands before the first check-in: the start; none for control and baseline metrics.
    #[must_use]
    pub fn initial(&self) -> Option<f64> {
        self.span().map(|(start, _)| start)
    }

    /// The progress in points that a value means, not held to 0–100 (goals §4.2); without a value 0.
    /// None for baseline metrics, which have no progress.
    #[must_use]
    pub fn progress_unclamped(&self, value: Option<f64>) -> Option<f64> {
        if self.kind == MetricKind::Baseline {
            return None;
        }
        let Some(value) = value else { return Some(0.0) };
        let met = |met: bool| if met { 100.0 } else { 0.0 };
        Some(match (self.kind, self.target) {
            (MetricKind::Percent, _) => value,
            (MetricKind::StayAbove, Some(target)) => met(value > target),
            (MetricKind::StayBelow, Some(target)) => met(value < target),
            _ => match self.span() {
                Some((start, target)) if target != start => (value - start) / (target - start) * 100.0,
                // Only foreign data can be like this: a target that is the start is met from the start.
                Some((_, target)) => met(value >= target),
                None => 0.0,
            },
        })
    }

    /// The progress that a value means, 0–100: what the bar, roll-up and suggested scores use (goals §4.2).
    #[must_use]
    pub fn progress(&self, value: Option<f64>) -> Option<f64> {
        self.progress_unclamped(value).map(clamp_progress)
    }

    /// The value that stands for a progress in points: `S + P/100 × (T − S)`. None for control and baseline metrics.
    #[must_use]
    pub fn value_at_progress(&self, progress: f64) -> Option<f64> {
        self.span().map(|(start, target)| start + progress / 100.0 * (target - start))
    }

    /// Whether two metrics count in the same unit, so that their values may be added (goals §4.4).
    #[must_use]
    pub fn same_unit(&self, other: &Self) -> bool {
        self.unit_text() == other.unit_text()
    }

    /// The unit without surrounding space; empty for a plain number.
    #[must_use]
    pub fn unit_text(&self) -> &str {
        self.unit.as_deref().map_or("", str::trim)
    }

    /// Checks what was entered (goals §3.2). The fields are named relative to the metric.
    ///
    /// # Errors
    /// Every field that is wrong, all at once.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Vec::new();
        for (field, number) in [
            ("start", Some(self.start)),
            ("target", self.target),
            ("risk_threshold", self.risk_threshold),
            ("current", self.current),
        ] {
            if number.is_some_and(|n| !n.is_finite()) {
                errors.push(FieldError::new(field, "not_a_number", "must be a finite number"));
            }
        }
        for (field, value) in [("name", &self.name), ("unit", &self.unit)] {
            if let Some(value) = value
                && let Err(error) = text::line(field, value, if field == "unit" { 50 } else { 500 })
            {
                errors.push(error);
            }
        }
        self.validate_target(&mut errors);
        self.validate_risk_threshold(&mut errors);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    fn validate_target(&self, errors: &mut Vec<FieldError>) {
        let mut target = |code, message: &'static str| errors.push(FieldError::new("target", code, message));
        match (self.kind, self.target) {
            (MetricKind::Percent, Some(given)) if given != 100.0 => {
                target("out_of_range", "is 100 for a percentage")
            }
            (MetricKind::Baseline, Some(_)) => target("not_allowed", "a baseline has no target"),
            (MetricKind::Percent | MetricKind::Baseline, _) => {}
            (_, None) => target("required", "is required for this kind of metric"),
            (MetricKind::Reach, Some(given)) if given <= 0.0 => target("out_of_range", "must be above 0"),
            (MetricKind::Increase, Some(given)) if given <= self.start => {
                target("out_of_range", "must be above the start");
            }
            (MetricKind::Decrease, Some(given)) if given >= self.start => {
                target("out_of_range", "must be below the start");
            }
            _ => {}
        }
        let starts_at_zero = matches!(self.kind, MetricKind::Percent | MetricKind::Reach);
        if starts_at_zero && self.start != 0.0 {
            errors.push(FieldError::new("start", "out_of_range", "is 0 for this kind of metric"));
        }
    }

    fn validate_risk_threshold(&self, errors: &mut Vec<FieldError>) {
        let Some(risk) = self.risk_threshold else {
            return;
        };
        let wrong = match (self.kind, self.target) {
            (MetricKind::StayAbove, Some(target)) if risk >= target => {
                Some(("out_of_range", "must be below the target"))
            }
            (MetricKind::StayBelow, Some(target)) if risk <= target => {
                Some(("out_of_range", "must be above the target"))
            }
            (MetricKind::StayAbove | MetricKind::StayBelow, _) => None,
            _ => Some(("not_allowed", "only metrics that stay above or below have a risk threshold")),
        };
        if let Some((code, message)) = wrong {
            errors.push(FieldError::new("risk_threshold", code, message));
        }
    }
}

/// Holds a progress to 0–100; what is not a number counts as 0.
#[must_use]
pub const fn clamp_progress(progress: f64) -> f64 {
    if progress.is_nan() { 0.0 } else { progress.clamp(0.0, 100.0) }
}
