//! Alerts of goals (goals §4.8): solid where the goal itself has one, outlined where something below it has.

use maud::{Markup, html};

use super::status::Shown;
use crate::icons::icon;
use northing_core::status::Status;

/// How grave an alert is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gravity {
    /// Orange: needs attention.
    NeedsAttention,
    /// Red: at risk.
    AtRisk,
}

/// The alerts of a goal as one mark.
#[derive(Debug, Clone)]
pub struct Alert {
    /// The gravest of them.
    pub gravity: Gravity,
    /// Whether only goals below have them.
    pub below: bool,
    /// What they say.
    pub texts: Vec<String>,
}

impl Alert {
    fn role(&self) -> &'static str {
        let status = match self.gravity {
            Gravity::NeedsAttention => Status::Behind,
            Gravity::AtRisk => Status::AtRisk,
        };
        Shown::from(status).role()
    }
}

/// The mark in a row: a click shows the texts. `place` tells it from other marks on the page.
#[must_use]
pub fn mark(alert: &Alert, place: &str) -> Markup {
    let (class, label) =
        if alert.below { ("st al al-o", "Alerts below this goal") } else { ("st al", "Alerts") };
    let id = format!("alerts-{place}");
    html! {
        button class=(class) type="button" tabindex="-1" data-st=(alert.role()) popovertarget=(id) aria-label=(label) { (icon("warn")) }
        div.menu.alerts id=(id) popover { (notes(std::slice::from_ref(alert))) }
    }
}

/// The texts in full, in the panel.
#[must_use]
pub fn notes(alerts: &[Alert]) -> Markup {
    html! {
        @for alert in alerts {
            @for text in &alert.texts {
                div.note data-st=(alert.role()) { (icon("warn")) span { @if alert.below { b { "Below this goal. " } } (text) } }
            }
        }
    }
}
