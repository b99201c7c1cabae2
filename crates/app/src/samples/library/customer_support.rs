//! Sample OKRs: customer support.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "customer-support",
    name: "Customer support",
    about: "Problems solved once, and for everyone after.",
    samples: &[
        Sample {
            key: "customer-support-solved-first",
            title: "Solve it the first time, whoever answers",
            why: "It says what a customer wishes for and includes the newest colleague. The second contact shows whether “solved” was true.",
            key_results: &[
                KeyResult {
                    title: "Raise requests solved in the first answer from 54% to 75%",
                    metric: "Solved in the first answer",
                    unit: "%",
                    measure: Measure::Increase(54.0, 75.0),
                },
                KeyResult {
                    title: "Cut requests that come back within a week from 19% to 8%",
                    metric: "Come back within a week",
                    unit: "%",
                    measure: Measure::Decrease(19.0, 8.0),
                },
                KeyResult {
                    title: "Lift satisfaction after a request from 4.1 to 4.6",
                    metric: "Satisfaction",
                    unit: "of 5",
                    measure: Measure::Increase(4.1, 4.6),
                },
            ],
        },
        Sample {
            key: "customer-support-no-need-to-ask",
            title: "Make the ten most common questions disappear",
            why: "It aims at causes, so it brings support and product together. Counting the questions that vanish rewards mending over answering faster.",
            key_results: &[
                KeyResult {
                    title: "Remove the cause of 10 of the most common questions",
                    metric: "Causes removed",
                    unit: "causes",
                    measure: Measure::Reach(10.0),
                },
                KeyResult {
                    title: "Cut requests per 100 customers from 31 to 18 a month",
                    metric: "Requests per 100 customers",
                    unit: "a month",
                    measure: Measure::Decrease(31.0, 18.0),
                },
                KeyResult {
                    title: "Raise help articles that readers find useful from 58% to 80%",
                    metric: "Useful articles",
                    unit: "%",
                    measure: Measure::Increase(58.0, 80.0),
                },
            ],
        },
        Sample {
            key: "customer-support-reachable",
            title: "Be there when a customer is stuck",
            why: "Waiting is the complaint behind most complaints. Measured at the worst hour, not on average, and not at the cost of those who answer.",
            key_results: &[
                KeyResult {
                    title: "Cut the first answer at the busiest hour from 140 to 30 minutes",
                    metric: "First answer, busiest hour",
                    unit: "minutes",
                    measure: Measure::Decrease(140.0, 30.0),
                },
                KeyResult {
                    title: "Answer 95% of urgent requests within 15 minutes",
                    metric: "Urgent requests in time",
                    unit: "%",
                    measure: Measure::Reach(95.0),
                },
                KeyResult {
                    title: "Keep overtime below 3 hours a month each",
                    metric: "Overtime each",
                    unit: "hours",
                    measure: Measure::StayBelow(3.0),
                },
            ],
        },
    ],
};
