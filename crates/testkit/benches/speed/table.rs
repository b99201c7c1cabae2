//! Medians, and the table they are printed in.

use std::time::Duration;

/// The middle of some durations.
pub(crate) fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// How many times one is the other.
pub(crate) fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64().max(1e-9)
}

/// A duration in a unit that suits it.
pub(crate) fn time(it: Duration) -> String {
    let millis = it.as_secs_f64() * 1e3;
    match millis {
        _ if millis < 1.0 => format!("{:.0} µs", millis * 1e3),
        _ if millis < 1e3 => format!("{millis:.2} ms"),
        _ => format!("{:.2} s", millis / 1e3),
    }
}

/// A table that prints itself line by line.
pub(crate) struct Table {
    widths: Vec<usize>,
}

impl Table {
    /// Begins a table with a heading; the first column is the wide one.
    pub(crate) fn new(title: &str, columns: &[&str]) -> Self {
        let widths =
            columns.iter().enumerate().map(|(at, name)| name.len().max(if at == 0 { 44 } else { 12 }));
        let table = Self { widths: widths.collect() };
        println!("\n{title}\n");
        table.row(columns.iter().map(|name| (*name).to_owned()));
        println!("{}", "-".repeat(table.widths.iter().map(|width| width + 2).sum()));
        table
    }

    /// Prints a line.
    pub(crate) fn row(&self, cells: impl IntoIterator<Item = String>) {
        let mut line = String::new();
        for (at, (cell, &width)) in cells.into_iter().zip(&self.widths).enumerate() {
            line += &if at == 0 { format!("{cell:<width$}  ") } else { format!("{cell:>width$}  ") };
        }
        println!("{}", line.trim_end());
    }
}
