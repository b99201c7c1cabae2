//! The states a goal can be in (goals §4.5) and how they follow from progress (goals §4.5, §4.6).

use crate::named_values;

named_values! {
    /// A goal's status.
    Status {
        /// No check-in yet.
        NotStarted = "not_started",
        /// Progress at or above what the calendar expects.
        OnTrack = "on_track",
        /// Less than expected, within the second cut point.
        Behind = "behind",
        /// Less than expected by more than the second cut point.
        AtRisk = "at_risk",
        /// Finished, with a score; locked until reopened.
        Closed = "closed",
        /// Put off; keeps its last progress in its parents' sums; locked until reopened.
        Postponed = "postponed",
        /// Was closed or postponed and is open again.
        Reopened = "reopened",
        /// Baseline goals only: has a value.
        InProgress = "in_progress",
    }
}

named_values! {
    /// Where the status of a parent comes from (goals §4.6).
    StatusSource {
        /// From its own progress against what is expected.
        Progress = "progress",
        /// The worst of its key results.
        KeyResults = "key_results",
    }
}
