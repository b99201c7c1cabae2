//! Sample OKRs: marketing.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "marketing",
    name: "Marketing",
    about: "Being found, being understood, and being chosen for the right reasons.",
    samples: &[
        Sample {
            key: "marketing-found-first",
            title: "Be found by people who look for what we do",
            why: "It describes the reader, not the channel, so the team stays free to choose how. Visits alone prove nothing: trials started and the share that fits keep it worth having.",
            key_results: &[
                KeyResult {
                    title: "Raise monthly visits from search from 12,000 to 30,000",
                    metric: "Visits from search",
                    unit: "visits",
                    measure: Measure::Increase(12000.0, 30000.0),
                },
                KeyResult {
                    title: "Start 900 trials from articles and guides",
                    metric: "Trials from articles",
                    unit: "trials",
                    measure: Measure::Reach(900.0),
                },
                KeyResult {
                    title: "Raise trials that fit our market from 35% to 55%",
                    metric: "Trials that fit",
                    unit: "%",
                    measure: Measure::Increase(35.0, 55.0),
                },
            ],
        },
        Sample {
            key: "marketing-clear-story",
            title: "Tell what we do so that a stranger gets it in a minute",
            why: "Concrete enough to test with a stranger and a stopwatch. Understanding is measured directly before its effect on the page and in the first call.",
            key_results: &[
                KeyResult {
                    title: "Have 8 of 10 test readers explain us correctly after a minute",
                    metric: "Readers who explain us correctly",
                    unit: "of 10",
                    measure: Measure::Reach(8.0),
                },
                KeyResult {
                    title: "Raise visitors of the front page who go on from 22% to 40%",
                    metric: "Visitors who go on",
                    unit: "%",
                    measure: Measure::Increase(22.0, 40.0),
                },
                KeyResult {
                    title: "Cut first calls that end with “not what I thought” from 30% to 10%",
                    metric: "Calls under a wrong idea",
                    unit: "%",
                    measure: Measure::Decrease(30.0, 10.0),
                },
            ],
        },
        Sample {
            key: "marketing-launch",
            title: "Make the autumn release the one that customers talk about",
            why: "One occasion with a date: easy to remember and impossible to claim afterwards. Attention, adoption and words of others follow each other in time.",
            key_results: &[
                KeyResult {
                    title: "Fill 1,500 seats at the launch sessions",
                    metric: "Seats filled",
                    unit: "seats",
                    measure: Measure::Reach(1500.0),
                },
                KeyResult {
                    title: "Have 40% of active customers use the new part within 30 days",
                    metric: "Customers using it",
                    unit: "%",
                    measure: Measure::Reach(40.0),
                },
                KeyResult {
                    title: "Collect 20 stories that customers tell under their own name",
                    metric: "Customer stories",
                    unit: "stories",
                    measure: Measure::Reach(20.0),
                },
            ],
        },
    ],
};
