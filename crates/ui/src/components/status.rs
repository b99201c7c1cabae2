//! Status as a bearing: icon and word, never colour alone.

use maud::{Markup, html};
use northing_core::status::Status;

use crate::icons::{self, icon};

/// A status as it is shown: a closed goal at a score of 1.0 or at 100 % is "Achieved".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    status: Status,
    achieved: bool,
}

impl Shown {
    /// What to show for a status with the goal's score (0–1) and progress (per cent).
    #[must_use]
    pub fn new(status: Status, score: Option<f64>, progress: Option<f64>) -> Self {
        let full = score.map_or_else(
            || progress.is_some_and(|p| p >= 100.0),
            |s| s >= 1.0 || progress.is_some_and(|p| p >= 100.0),
        );
        Self { status, achieved: status == Status::Closed && full }
    }

    /// The status behind it.
    #[must_use]
    pub const fn status(self) -> Status {
        self.status
    }

    /// The word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self.status {
            Status::NotStarted => "Not started",
            Status::OnTrack => "On track",
            Status::Behind => "Behind",
            Status::AtRisk => "At risk",
            Status::Closed if self.achieved => "Achieved",
            Status::Closed => "Closed",
            Status::Postponed => "Postponed",
            Status::Reopened => "Reopened",
            Status::InProgress => "In progress",
        }
    }

    /// The value of `data-st`, which sets the colours.
    #[must_use]
    pub const fn role(self) -> &'static str {
        match self.status {
            Status::NotStarted => "none",
            Status::OnTrack => "track",
            Status::Behind => "behind",
            Status::AtRisk => "risk",
            Status::Closed if self.achieved => "achieved",
            Status::Closed | Status::Reopened | Status::InProgress => "closed",
            Status::Postponed => "post",
        }
    }

    /// The icon's name in the sprite.
    #[must_use]
    pub const fn icon(self) -> &'static str {
        match self.status {
            Status::NotStarted => "st-none",
            Status::OnTrack => "st-track",
            Status::Behind => "st-behind",
            Status::AtRisk => "st-risk",
            Status::Closed if self.achieved => "st-achieved",
            Status::Closed => "st-closed",
            Status::Postponed => "st-post",
            Status::Reopened => "sync",
            Status::InProgress => "clock",
        }
    }
}

impl From<Status> for Shown {
    fn from(status: Status) -> Self {
        Self { status, achieved: false }
    }
}

/// Icon and word.
#[must_use]
pub fn word(shown: Shown) -> Markup {
    html! { span.st data-st=(shown.role()) { (icon(shown.icon())) (shown.word()) } }
}

/// The tinted pill of a single goal's heading.
#[must_use]
pub fn pill(shown: Shown) -> Markup {
    html! { span.st.pill data-st=(shown.role()) { (icon(shown.icon())) (shown.word()) } }
}

/// The pill that leads to the check-in, where the status is chosen.
#[must_use]
pub fn pill_link(shown: Shown, href: &str) -> Markup {
    html! {
        a.st.pill data-st=(shown.role()) href=(href) hx-get=(href) hx-target="#dialog" hx-swap="innerHTML" aria-haspopup="dialog" {
            (icon(shown.icon())) (shown.word()) (icon("down"))
        }
    }
}

/// The icon with its word for screen readers only: navigation, lineage, palette.
#[must_use]
pub fn icon_only(shown: Shown) -> Markup {
    html! { span.st data-st=(shown.role()) { (icon(shown.icon())) span.sr { (shown.word()) } } }
}

/// A count with the word in lower case: `31 on track`.
#[must_use]
pub fn count(shown: Shown, number: usize) -> Markup {
    html! {
        span.flow { span.st data-st=(shown.role()) { (icon(shown.icon())) (crate::format::count(number)) " " (shown.word().to_lowercase()) } }
    }
}

/// The state of a connection or a job: tick, warning or dash; needles are for goals alone.
#[must_use]
pub fn system(health: Health, text: &str) -> Markup {
    let (role, name) = match health {
        Health::Works => ("track", "check"),
        Health::Warns => ("behind", "warn"),
        Health::Failed => ("risk", "warn"),
        Health::Off => ("none", "minus"),
    };
    html! { span.st data-st=(role) { (icons::icon(name)) (text) } }
}

/// How a part of the system is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// Works.
    Works,
    /// Works, but wants attention.
    Warns,
    /// Does not work.
    Failed,
    /// Switched off.
    Off,
}
