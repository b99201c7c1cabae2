//! Sample OKRs: engineering.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "engineering",
    name: "Engineering",
    about: "How fast, how safely and how calmly change reaches people.",
    samples: &[
        Sample {
            key: "engineering-ship-calmly",
            title: "Bring changes to customers daily, without fear",
            why: "Speed and safety in one sentence, because either is easy without the other. The four figures of delivery balance each other; three suffice to begin with.",
            key_results: &[
                KeyResult {
                    title: "Raise releases from 3 to 20 a week",
                    metric: "Releases a week",
                    unit: "releases",
                    measure: Measure::Increase(3.0, 20.0),
                },
                KeyResult {
                    title: "Cut the median time from commit to customer from 6 days to 1 day",
                    metric: "Commit to customer",
                    unit: "days",
                    measure: Measure::Decrease(6.0, 1.0),
                },
                KeyResult {
                    title: "Keep releases that had to be taken back below 5%",
                    metric: "Releases taken back",
                    unit: "%",
                    measure: Measure::StayBelow(5.0),
                },
            ],
        },
        Sample {
            key: "engineering-fast-pages",
            title: "Answer so fast that nobody notices waiting",
            why: "It is told from the side of whoever waits. The slow tail, not the average, is what people remember, and a budget keeps it from creeping back.",
            key_results: &[
                KeyResult {
                    title: "Cut the slowest twentieth of page loads from 3.4 to 1.0 seconds",
                    metric: "Slowest twentieth",
                    unit: "seconds",
                    measure: Measure::Decrease(3.4, 1.0),
                },
                KeyResult {
                    title: "Cut the first page’s weight from 910 to 250 kB",
                    metric: "First page",
                    unit: "kB",
                    measure: Measure::Decrease(910.0, 250.0),
                },
                KeyResult {
                    title: "Reach 100% of pages under a budget that is checked on every change",
                    metric: "Pages under a budget",
                    unit: "%",
                    measure: Measure::Reach(100.0),
                },
            ],
        },
        Sample {
            key: "engineering-sleep-well",
            title: "Let whoever is on call sleep",
            why: "A human outcome with technical causes. Fewer alarms alone could be had by switching them off: found-by-customers guards against that.",
            key_results: &[
                KeyResult {
                    title: "Cut alarms at night from 23 to 4 a month",
                    metric: "Alarms at night",
                    unit: "a month",
                    measure: Measure::Decrease(23.0, 4.0),
                },
                KeyResult {
                    title: "Cut the median time to recover from 95 to 20 minutes",
                    metric: "Time to recover",
                    unit: "minutes",
                    measure: Measure::Decrease(95.0, 20.0),
                },
                KeyResult {
                    title: "Keep troubles that customers find before us below 10%",
                    metric: "Found by customers first",
                    unit: "%",
                    measure: Measure::StayBelow(10.0),
                },
            ],
        },
    ],
};
