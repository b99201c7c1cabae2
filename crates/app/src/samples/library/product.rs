//! Sample OKRs: product.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "product",
    name: "Product",
    about: "What people can do afterwards that they could not do before.",
    samples: &[
        Sample {
            key: "product-first-hour",
            title: "Let newcomers succeed in their first hour",
            why: "It gives the team a person and a span of time to design for. Speed, success and return are three different failures: a newcomer may be quick and lost, or succeed and never come back.",
            key_results: &[
                KeyResult {
                    title: "Cut the median time to a first result from 47 to 15 minutes",
                    metric: "Time to first result",
                    unit: "minutes",
                    measure: Measure::Decrease(47.0, 15.0),
                },
                KeyResult {
                    title: "Raise newcomers who finish their first task from 52% to 80%",
                    metric: "Finish their first task",
                    unit: "%",
                    measure: Measure::Increase(52.0, 80.0),
                },
                KeyResult {
                    title: "Raise newcomers who come back in the second week from 31% to 50%",
                    metric: "Back in week two",
                    unit: "%",
                    measure: Measure::Increase(31.0, 50.0),
                },
            ],
        },
        Sample {
            key: "product-daily-habit",
            title: "Become a tool that teams open every working day",
            why: "Habit is an outcome of value, and hard to fake. The guard against noise keeps the team from reaching it by more notifications.",
            key_results: &[
                KeyResult {
                    title: "Raise teams active on four or more days a week from 26% to 45%",
                    metric: "Teams active on 4+ days",
                    unit: "%",
                    measure: Measure::Increase(26.0, 45.0),
                },
                KeyResult {
                    title: "Raise people who use two or more main functions from 38% to 60%",
                    metric: "Use two or more functions",
                    unit: "%",
                    measure: Measure::Increase(38.0, 60.0),
                },
                KeyResult {
                    title: "Keep people who mute our messages below 4%",
                    metric: "People who mute us",
                    unit: "%",
                    measure: Measure::StayBelow(4.0),
                },
            ],
        },
        Sample {
            key: "product-learn-faster",
            title: "Decide by evidence within two weeks of asking",
            why: "Good for a team that builds before it knows. It measures the way of working by its pace and by the courage to stop.",
            key_results: &[
                KeyResult {
                    title: "Cut the median time from question to evidence from 41 to 14 days",
                    metric: "Question to evidence",
                    unit: "days",
                    measure: Measure::Decrease(41.0, 14.0),
                },
                KeyResult {
                    title: "Talk with 60 customers about what they tried to do",
                    metric: "Conversations",
                    unit: "conversations",
                    measure: Measure::Reach(60.0),
                },
                KeyResult {
                    title: "Stop 5 ideas that the evidence spoke against",
                    metric: "Ideas stopped",
                    unit: "ideas",
                    measure: Measure::Reach(5.0),
                },
            ],
        },
    ],
};
