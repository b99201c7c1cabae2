//! Sample OKRs: sales.

use super::{Function, KeyResult, Measure, Sample};

/// The function with its samples.
pub(super) const FUNCTION: Function = Function {
    key: "sales",
    name: "Sales",
    about: "Who buys, how fast, and whether it was the right sale.",
    samples: &[
        Sample {
            key: "sales-new-market",
            title: "Win a foothold with mid-sized companies",
            why: "A foothold is something one has or has not, unlike “more sales”. The number of customers alone could be reached with small or reluctant ones; size and speed rule that out.",
            key_results: &[
                KeyResult {
                    title: "Sign 25 companies with 200 to 1,000 people",
                    metric: "Mid-sized customers signed",
                    unit: "customers",
                    measure: Measure::Reach(25.0),
                },
                KeyResult {
                    title: "Raise the median first contract from 6,000 to 11,000",
                    metric: "Median first contract",
                    unit: "",
                    measure: Measure::Increase(6000.0, 11000.0),
                },
                KeyResult {
                    title: "Cut the median time from first call to signature from 94 to 60 days",
                    metric: "First call to signature",
                    unit: "days",
                    measure: Measure::Decrease(94.0, 60.0),
                },
            ],
        },
        Sample {
            key: "sales-honest-forecast",
            title: "Forecast so well that the rest of the company plans by it",
            why: "It names who benefits: those who hire and buy by the forecast. Accuracy is measured where it hurts, in the month and in what was thought certain.",
            key_results: &[
                KeyResult {
                    title: "Cut the monthly forecast’s mean error from 28% to 8%",
                    metric: "Mean forecast error",
                    unit: "%",
                    measure: Measure::Decrease(28.0, 8.0),
                },
                KeyResult {
                    title: "Win 85% of the deals that were called certain",
                    metric: "Certain deals won",
                    unit: "%",
                    measure: Measure::Reach(85.0),
                },
                KeyResult {
                    title: "Keep deals without a next step below 5%",
                    metric: "Deals without a next step",
                    unit: "%",
                    measure: Measure::StayBelow(5.0),
                },
            ],
        },
        Sample {
            key: "sales-stay-and-grow",
            title: "Sell what customers keep and want more of",
            why: "It turns the eye from the signature to the year after. Early use predicts renewal months ahead, so there is still time to act.",
            key_results: &[
                KeyResult {
                    title: "Raise net revenue retention from 98% to 110%",
                    metric: "Net revenue retention",
                    unit: "%",
                    measure: Measure::Increase(98.0, 110.0),
                },
                KeyResult {
                    title: "Have 80% of new customers in weekly use by day 30",
                    metric: "In weekly use by day 30",
                    unit: "%",
                    measure: Measure::Reach(80.0),
                },
                KeyResult {
                    title: "Cut contracts ended in the first year from 14% to 6%",
                    metric: "Ended in the first year",
                    unit: "%",
                    measure: Measure::Decrease(14.0, 6.0),
                },
            ],
        },
    ],
};
