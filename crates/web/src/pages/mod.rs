//! The pages: handlers that extract, call one use case and hand a view model to a function of `northing_ui`.

pub(crate) mod start;
