//! Sample OKRs: company.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "company",
    name: "Company",
    about: "Where the whole organisation is going: few, and understood by everyone.",
    samples: &[
        Sample {
            key: "company-first-choice",
            title: "Become the first name that customers in our market think of",
            why: "It says where to be, not what to do, and everyone can tell whether it came true. The three figures look at it from different sides: who comes by themselves, who stays, and who tells others. One of them alone could be bought with discounts.",
            key_results: &[
                KeyResult {
                    title: "Raise new customers who come by recommendation from 18% to 30%",
                    metric: "Customers by recommendation",
                    unit: "%",
                    measure: Measure::Increase(18.0, 30.0),
                },
                KeyResult {
                    title: "Raise yearly renewals from 84% to 92%",
                    metric: "Renewals",
                    unit: "%",
                    measure: Measure::Increase(84.0, 92.0),
                },
                KeyResult {
                    title: "Lift the recommendation score from 31 to 45",
                    metric: "Recommendation score",
                    unit: "points",
                    measure: Measure::Increase(31.0, 45.0),
                },
            ],
        },
        Sample {
            key: "company-pay-our-way",
            title: "Grow on money that we earn ourselves",
            why: "Growth and independence in one sentence: whoever spends to grow has to answer the second half. Cash and margin keep the revenue figure honest.",
            key_results: &[
                KeyResult {
                    title: "Raise recurring revenue from 4.2 to 5.5 million",
                    metric: "Recurring revenue",
                    unit: "million",
                    measure: Measure::Increase(4.2, 5.5),
                },
                KeyResult {
                    title: "Raise gross margin from 61% to 68%",
                    metric: "Gross margin",
                    unit: "%",
                    measure: Measure::Increase(61.0, 68.0),
                },
                KeyResult {
                    title: "Keep at least nine months of costs in the bank",
                    metric: "Months of costs in the bank",
                    unit: "months",
                    measure: Measure::StayAbove(9.0),
                },
            ],
        },
        Sample {
            key: "company-say-and-do",
            title: "Do what we said we would, quarter after quarter",
            why: "Good for an organisation whose plans are fine and whose follow-through is not. It measures promises kept at three distances: to customers, to each other, and to oneself each week.",
            key_results: &[
                KeyResult {
                    title: "Ship 90% of dated promises to customers on the day",
                    metric: "Promises kept",
                    unit: "%",
                    measure: Measure::Reach(90.0),
                },
                KeyResult {
                    title: "Raise goals with a check-in in the last week from 40% to 95%",
                    metric: "Goals checked in on",
                    unit: "%",
                    measure: Measure::Increase(40.0, 95.0),
                },
                KeyResult {
                    title: "Cut projects that run at the same time from 22 to 9",
                    metric: "Projects at once",
                    unit: "projects",
                    measure: Measure::Decrease(22.0, 9.0),
                },
            ],
        },
    ],
};
