//! What happened to a goal, in words.

use northing_app::goal::page::GoalPage;
use northing_ui::components::activity::{Activity, Part};

/// The latest of what happened, the newest first.
pub(super) fn told(found: &GoalPage) -> Vec<Activity> {
    found
        .activity
        .iter()
        .map(|line| Activity {
            at: line.at,
            parts: vec![Part::Text(sentence(line.actor.as_deref(), &line.kind))],
        })
        .collect()
}

/// `Ruth Adeyemi checked in`: who did what.
fn sentence(actor: Option<&str>, kind: &str) -> String {
    let who = actor.unwrap_or("Northing");
    let what = kind.replace(['_', '.'], " ");
    format!("{who}: {what}")
}
