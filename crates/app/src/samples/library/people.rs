//! Sample OKRs: people.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "people",
    name: "People",
    about: "Who comes, who stays, and how well they can work together.",
    samples: &[
        Sample {
            key: "people-right-people",
            title: "Fill the seats that hold us back, with people who stay",
            why: "It is about the few seats that matter, not about headcount. Time, acceptance and the first half-year show speed, attraction and judgement.",
            key_results: &[
                KeyResult {
                    title: "Fill 8 of the 8 seats that are named as critical",
                    metric: "Critical seats filled",
                    unit: "seats",
                    measure: Measure::Reach(8.0),
                },
                KeyResult {
                    title: "Raise offers accepted from 62% to 85%",
                    metric: "Offers accepted",
                    unit: "%",
                    measure: Measure::Increase(62.0, 85.0),
                },
                KeyResult {
                    title: "Keep people who leave in their first half-year below 5%",
                    metric: "Leave in the first half-year",
                    unit: "%",
                    measure: Measure::StayBelow(5.0),
                },
            ],
        },
        Sample {
            key: "people-good-managers",
            title: "Make every manager one that people would choose again",
            why: "The question “would you choose your manager again?” is plain and answerable. What managers do for it is measured beside what people say of it.",
            key_results: &[
                KeyResult {
                    title: "Raise “I would choose my manager again” from 66% to 85%",
                    metric: "Would choose again",
                    unit: "%",
                    measure: Measure::Increase(66.0, 85.0),
                },
                KeyResult {
                    title: "Raise people with a one-to-one every fortnight from 48% to 95%",
                    metric: "One-to-one every fortnight",
                    unit: "%",
                    measure: Measure::Increase(48.0, 95.0),
                },
                KeyResult {
                    title: "Cut good people lost because of their manager from 7 to 1",
                    metric: "Lost because of their manager",
                    unit: "people",
                    measure: Measure::Decrease(7.0, 1.0),
                },
            ],
        },
        Sample {
            key: "people-grow-here",
            title: "Show everyone a next step they can take here",
            why: "A next step is concrete: it has a name and a date. Seats filled from within prove that the steps lead somewhere.",
            key_results: &[
                KeyResult {
                    title: "Agree on a next step with 100% of people",
                    metric: "People with a next step",
                    unit: "%",
                    measure: Measure::Reach(100.0),
                },
                KeyResult {
                    title: "Raise open seats filled from within from 20% to 40%",
                    metric: "Filled from within",
                    unit: "%",
                    measure: Measure::Increase(20.0, 40.0),
                },
                KeyResult {
                    title: "Raise “I learn things that I need” from 57% to 75%",
                    metric: "Learn what they need",
                    unit: "%",
                    measure: Measure::Increase(57.0, 75.0),
                },
            ],
        },
    ],
};
