//! Sample OKRs: finance.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "finance",
    name: "Finance",
    about: "Numbers that arrive in time to change something.",
    samples: &[
        Sample {
            key: "finance-close-fast",
            title: "Close the month while it still matters",
            why: "It says why speed counts. Corrections guard against closing fast and wrong, and a reader’s question shows whether the figures serve.",
            key_results: &[
                KeyResult {
                    title: "Cut the close from 12 to 4 working days",
                    metric: "Days to close",
                    unit: "days",
                    measure: Measure::Decrease(12.0, 4.0),
                },
                KeyResult {
                    title: "Cut corrections after the close from 17 to 3 a month",
                    metric: "Corrections",
                    unit: "a month",
                    measure: Measure::Decrease(17.0, 3.0),
                },
                KeyResult {
                    title: "Answer 90% of budget holders’ questions from the report itself",
                    metric: "Answered by the report",
                    unit: "%",
                    measure: Measure::Reach(90.0),
                },
            ],
        },
        Sample {
            key: "finance-get-paid",
            title: "Get paid on time without chasing",
            why: "On time is for us, without chasing is for customers and colleagues alike. Wrong invoices are the cause that is easiest to forget.",
            key_results: &[
                KeyResult {
                    title: "Cut days until payment from 52 to 34",
                    metric: "Days until payment",
                    unit: "days",
                    measure: Measure::Decrease(52.0, 34.0),
                },
                KeyResult {
                    title: "Cut invoices that are overdue from 21% to 7%",
                    metric: "Overdue invoices",
                    unit: "%",
                    measure: Measure::Decrease(21.0, 7.0),
                },
                KeyResult {
                    title: "Cut invoices that were wrong from 9% to 1%",
                    metric: "Wrong invoices",
                    unit: "%",
                    measure: Measure::Decrease(9.0, 1.0),
                },
            ],
        },
        Sample {
            key: "finance-spend-knowingly",
            title: "Know what every pound was spent for before it is spent again",
            why: "It asks for understanding, not for cuts; savings follow. Renewals nobody looked at are where most waste hides.",
            key_results: &[
                KeyResult {
                    title: "Name an owner and a purpose for 100% of yearly contracts",
                    metric: "Contracts with owner and purpose",
                    unit: "%",
                    measure: Measure::Reach(100.0),
                },
                KeyResult {
                    title: "Review 40 contracts before they renew",
                    metric: "Contracts reviewed",
                    unit: "contracts",
                    measure: Measure::Reach(40.0),
                },
                KeyResult {
                    title: "Keep spending within 3% of each team’s plan",
                    metric: "Distance from plan",
                    unit: "%",
                    measure: Measure::StayBelow(3.0),
                },
            ],
        },
    ],
};
