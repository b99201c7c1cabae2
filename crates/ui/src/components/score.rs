//! The score of a closed goal with its band (goals §9.2).

use maud::{Markup, html};

use super::status::Shown;
use crate::format;
use northing_core::score::ScoreBand;
use northing_core::status::Status;

/// The score with its band as colour and as word.
#[must_use]
pub fn badge(score: f64, band: ScoreBand) -> Markup {
    let (role, word): (Shown, _) = match band {
        ScoreBand::Red => (Status::AtRisk.into(), "red"),
        ScoreBand::Yellow => (Status::Behind.into(), "yellow"),
        ScoreBand::Green => (Status::OnTrack.into(), "green"),
        ScoreBand::Orange => (Status::Behind.into(), "orange"),
    };
    html! { span.st.pill data-st=(role.role()) title=(format!("Score, {word} band")) { span.sr { "Score " } (format::score(score)) span.sr { ", " (word) } } }
}
