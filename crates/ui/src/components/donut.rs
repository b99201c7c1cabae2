//! Parts of a whole: a ring with its table. Used for contributions.

use std::f64::consts::TAU;

use maud::{Markup, html};

use super::status::Shown;
use crate::format::{self, coordinate};

/// A part.
#[derive(Debug, Clone)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// How much of the whole, in per cent.
    pub share: f64,
    /// Colours it.
    pub status: Shown,
}

/// The ring with the table of its parts.
#[must_use]
pub fn donut(label: &str, middle: &str, below: &str, parts: &[Part]) -> Markup {
    let whole: f64 = parts.iter().map(|part| part.share.max(0.0)).sum();
    let mut from = 0.0;
    html! {
        div.wq { div.donut {
            svg.ring viewBox="0 0 184 184" role="img" aria-label=(label) {
                @for part in parts.iter().filter(|part| part.share > 0.0) {
                    @let to = from + part.share / whole;
                    @let path = arc(from, to);
                    @let () = from = to;
                    path data-st=(part.status.role()) d=(path) {}
                }
                text.x x="92" y="100" { (middle) }
                text x="92" y="118" { (below) }
            }
            table.tbl.tbl-s {
                caption.sr { (label) }
                tbody { @for part in parts { tr data-st=(part.status.role()) { th scope="row" { (part.name) } td.r { (format::share(part.share)) } } } }
            }
        } }
    }
}

fn arc(from: f64, to: f64) -> String {
    // A full turn has no arc in SVG: stop just short of it.
    let to = to.min(from + 0.9999);
    let at = |radius: f64, turn: f64| {
        let angle = turn * TAU;
        format!("{} {}", coordinate(92.0 + radius * angle.sin()), coordinate(92.0 - radius * angle.cos()))
    };
    let long = i32::from(to - from > 0.5);
    format!(
        "M{}A78 78 0 {long} 1 {}L{}A58 58 0 {long} 0 {}Z",
        at(78.0, from),
        at(78.0, to),
        at(58.0, to),
        at(58.0, from)
    )
}
