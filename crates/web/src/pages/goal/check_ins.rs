//! Check-ins and comments as pages show them.

use northing_app::check_in::{CheckInRow, Rights, Talk};
use northing_app::goal::view::GoalView;
use northing_core::metric::{Metric, MetricKind};
use northing_core::values::Id;
use northing_ui::components::check_in::CheckIn;
use northing_ui::components::status::Shown;
use northing_ui::components::talk::Comment;
use northing_ui::{format, markdown};

use crate::extract::Signed;

/// Check-ins of a goal, the newest first; `older` is the one behind the last of them.
pub(in crate::pages) fn told(
    signed: &Signed,
    goal: &GoalView,
    rows: &[CheckInRow],
    older: Option<&CheckInRow>,
    said: &Talk,
) -> Vec<CheckIn> {
    let before = rows.iter().skip(1).map(Some).chain([older]);
    rows.iter()
        .zip(before)
        .map(|(row, before)| {
            let rights = said.rights(row.author_id, signed.actor.user_id);
            let change =
                amount(&goal.metric, row).zip(before.and_then(|before| amount(&goal.metric, before)));
            CheckIn {
                change: change.map(|(now, before)| format::change(now - before)),
                note: markdown::with_mentions(row.note.as_deref().unwrap_or_default(), &said.people),
                comments: talk(signed, said, Some(row.id)),
                may_edit: rights.edit_check_in,
                may_delete: rights.delete_check_in && !goal.status.is_locked(),
                may_comment: said.may_comment,
                ..plain(&goal.metric, row)
            }
        })
        .collect()
}

/// A check-in with nothing around it.
pub(in crate::pages) fn plain(metric: &Metric, row: &CheckInRow) -> CheckIn {
    CheckIn {
        id: row.id,
        goal: row.goal_id,
        at: row.at,
        author: author(row),
        value: amount(metric, row).map_or_else(|| String::from("No value"), |value| shown(metric, value)),
        change: None,
        status: Shown::from(row.status),
        chosen: row.status_is_manual,
        note: row.note.clone().unwrap_or_default(),
        automatic: row.source != "person" && row.source != "import",
        stopped: row.automatic_stopped,
        edited: row.edited_at,
        comments: Vec::new(),
        may_edit: false,
        may_delete: false,
        may_comment: false,
    }
}

/// What was said of a check-in, or of the goal itself.
pub(in crate::pages) fn talk(signed: &Signed, said: &Talk, check_in: Option<Id>) -> Vec<Comment> {
    let of_it = said.comments.iter().filter(|comment| comment.check_in_id == check_in);
    of_it
        .map(|comment| {
            let Rights { edit_comment, delete_comment, .. } =
                said.rights(comment.author_id, signed.actor.user_id);
            Comment {
                id: comment.id,
                author: named(comment.author_name.as_deref()),
                at: comment.created_at,
                text: markdown::with_mentions(&comment.body, &said.people),
                edited: comment.edited_at,
                may_edit: edit_comment,
                may_delete: delete_comment,
            }
        })
        .collect()
}

/// What a check-in says of the goal: the value of its metric, or the percentage.
fn amount(metric: &Metric, row: &CheckInRow) -> Option<f64> {
    if metric.kind == MetricKind::Percent { row.progress } else { row.value }
}

/// A value of the goal in words.
pub(in crate::pages) fn shown(metric: &Metric, value: f64) -> String {
    if metric.kind == MetricKind::Percent {
        format::percent(value)
    } else {
        format::value_with_unit(value, metric.unit.as_deref())
    }
}

/// Who checked in: a person, or a data source in its own name.
fn author(row: &CheckInRow) -> String {
    match row.source.as_str() {
        "person" | "import" => named(row.author_name.as_deref()),
        source => northing_ui::pages::admin::integrations::name(source).to_owned(),
    }
}

/// The name of somebody who may be gone.
pub(in crate::pages) fn named(name: Option<&str>) -> String {
    name.map_or_else(|| String::from("Deleted user"), str::to_owned)
}
