//! Time periods (goals §3.4): the cycles that goals belong to.

use crate::named_values;

named_values! {
    /// What kind of cycle a period is.
    PeriodKind {
        /// A planning year.
        Annual = "annual",
        /// A quarter of a planning year.
        Quarterly = "quarterly",
        /// Any other span; once one is in use, the current period no longer switches by itself.
        Custom = "custom",
    }
}
