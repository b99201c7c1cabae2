//! Check-ins and comments as a goal's page shows them.

use northing_app::goal::page::GoalPage;
use northing_core::metric::MetricKind;
use northing_core::values::Id;
use northing_ui::components::check_in::{CheckIn, Comment};
use northing_ui::components::status::Shown;
use northing_ui::format;

use crate::extract::Signed;

/// The latest check-ins, the newest first.
pub(super) fn told(signed: &Signed, found: &GoalPage) -> Vec<CheckIn> {
    let measured = found.goal.metric.kind != MetricKind::Percent;
    let value_of = |value: Option<f64>, progress: Option<f64>| if measured { value } else { progress };
    let shown = |value: f64| {
        if measured {
            format::value_with_unit(value, found.goal.metric.unit.as_deref())
        } else {
            format::percent(value)
        }
    };
    found
        .check_ins
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let value = value_of(row.value, row.progress);
            let before =
                found.check_ins.get(at + 1).and_then(|before| value_of(before.value, before.progress));
            CheckIn {
                id: row.id,
                goal: row.goal_id,
                at: row.at,
                author: row.author_name.clone().unwrap_or_else(|| String::from("Deleted user")),
                value: value.map_or_else(|| String::from("No value"), shown),
                change: value.zip(before).map(|(now, before)| format::change(now - before)),
                status: Shown::from(row.status),
                suggested: None,
                note: row.note.clone().unwrap_or_default(),
                automatic: row.source != "person" && row.source != "import",
                edited: row.edited_at,
                comments: talk(found, Some(row.id)),
                may_edit: row.author_id == Some(signed.actor.user_id),
                may_comment: found.may_comment,
            }
        })
        .collect()
}

/// What was said of a check-in, or of the goal itself.
pub(super) fn talk(found: &GoalPage, check_in: Option<Id>) -> Vec<Comment> {
    let of_it = found.comments.iter().filter(|comment| comment.check_in_id == check_in);
    of_it
        .map(|comment| Comment {
            id: comment.id,
            author: comment.author_name.clone().unwrap_or_else(|| String::from("Deleted user")),
            at: comment.created_at,
            text: comment.body.clone(),
        })
        .collect()
}
