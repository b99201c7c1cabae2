//! The library of sample OKRs, by business function. The figures are invented: whoever takes a sample puts in their own.

mod company;
mod customer_support;
mod engineering;
mod finance;
mod marketing;
mod people;
mod product;
mod sales;

/// A business function with its samples.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Function {
    /// Its stable name.
    pub key: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What its goals are about.
    pub about: &'static str,
    /// Its samples.
    pub samples: &'static [Sample],
}

/// An objective with its key results, and why it is a good one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Its stable name.
    pub key: &'static str,
    /// The objective.
    pub title: &'static str,
    /// Why it is good, for whoever learns to write their own.
    pub why: &'static str,
    /// Its key results.
    pub key_results: &'static [KeyResult],
}

/// A key result with its metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KeyResult {
    /// The key result.
    pub title: &'static str,
    /// What is measured.
    pub metric: &'static str,
    /// In which unit; empty for money or plain numbers.
    pub unit: &'static str,
    /// From where to where.
    pub measure: Measure,
}

/// How a metric moves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Measure {
    /// From nothing to a number.
    Reach(f64),
    /// Up from one number to another.
    Increase(f64, f64),
    /// Down from one number to another.
    Decrease(f64, f64),
    /// At least so much, all the time.
    StayAbove(f64),
    /// At most so much, all the time.
    StayBelow(f64),
}

/// Every function, the whole organisation first.
pub const FUNCTIONS: &[Function] = &[
    company::FUNCTION,
    sales::FUNCTION,
    marketing::FUNCTION,
    product::FUNCTION,
    engineering::FUNCTION,
    customer_support::FUNCTION,
    people::FUNCTION,
    finance::FUNCTION,
];

/// The sample of this name.
#[must_use]
pub fn find(key: &str) -> Option<&'static Sample> {
    FUNCTIONS.iter().flat_map(|function| function.samples).find(|sample| sample.key == key)
}
