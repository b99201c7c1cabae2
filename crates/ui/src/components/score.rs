//! The score of a closed goal with its band (goals §9.2).

use maud::{Markup, html};

use super::status::Shown;
use crate::format;
use northing_core::status::Status;

/// Which band a score falls into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// Below the yellow band.
    Red,
    /// Below the green band.
    Yellow,
    /// Healthy.
    Green,
    /// Full, and not committed: the goal may have been too easy.
    Orange,
}

/// The score with its band as colour and as word.
#[must_use]
pub fn badge(score: f64, band: Band) -> Markup {
    let (role, word): (Shown, _) = match band {
        Band::Red => (Status::AtRisk.into(), "red"),
        Band::Yellow => (Status::Behind.into(), "yellow"),
        Band::Green => (Status::OnTrack.into(), "green"),
        Band::Orange => (Status::Behind.into(), "orange"),
    };
    html! { span.st.pill data-st=(role.role()) title=(format!("Score, {word} band")) { span.sr { "Score " } (format::score(score)) span.sr { ", " (word) } } }
}
