//! What a check-in would move, as its form shows it.

use std::collections::HashMap;

use northing_app::Error;
use northing_app::check_in::{Changed, CheckedIn, NewCheckIn};
use northing_app::explorer::TreeLine;
use northing_app::goal::view::GoalView;
use northing_core::status::Status;
use northing_core::values::Id;
use northing_ui::components::progress::Progress;
use northing_ui::components::status::Shown;
use northing_ui::pages::check_in::{Move, Preview};
use northing_ui::{Ctx, format};

use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// What the use case says would move; a refusal becomes words.
pub(super) async fn of(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    goal: &GoalView,
    new: &NewCheckIn,
) -> Result<Preview, Failure> {
    told(state, signed, ctx, goal, state.app.preview_check_in(&signed.actor, goal.id, new).await).await
}

/// The same of any other change of a check-in.
pub(super) async fn told(
    state: &AppState,
    signed: &Signed,
    ctx: &Ctx,
    goal: &GoalView,
    outcome: Result<CheckedIn, Error>,
) -> Result<Preview, Failure> {
    match outcome {
        Ok(done) => {
            let ids: Vec<Id> = done.changed.iter().map(|changed| changed.goal_id).collect();
            let lines = state.app.list_lines(&signed.actor, &ids).await?;
            Ok(moves(ctx, goal, &done, lines))
        }
        Err(Error::Invalid(errors)) => {
            let words: Vec<_> =
                errors.iter().map(|it| format!("{} {}", named(&it.field), it.message)).collect();
            Ok(refused(format!("{}.", words.join(". "))))
        }
        Err(Error::Refused(refusal)) => Ok(refused(refusal.message.to_string())),
        Err(other) => Err(other.into()),
    }
}

/// Nothing can be shown.
pub(super) fn refused(error: String) -> Preview {
    Preview { error: Some(error), ..Preview::default() }
}

fn named(field: &str) -> &'static str {
    match field {
        "progress" => "The percentage",
        "status" => "The status",
        "as_of" => "The day",
        _ => "The value",
    }
}

fn moves(ctx: &Ctx, goal: &GoalView, done: &CheckedIn, lines: Vec<TreeLine>) -> Preview {
    let lines: HashMap<Id, TreeLine> = lines.into_iter().map(|line| (line.line.id, line)).collect();
    let own = &done.goal;
    let mut moves: Vec<Move> = done
        .changed
        .iter()
        .rev()
        .map(|changed| {
            let line = lines.get(&changed.goal_id);
            let share = goal.parents.iter().find(|parent| parent.id == changed.goal_id).map(|it| it.share);
            Move { share, ..moved(changed, line.and_then(|it| it.expected)) }
        })
        .collect();
    for (it, changed) in moves.iter_mut().zip(done.changed.iter().rev()) {
        it.kind = lines.get(&changed.goal_id).map(|line| line.line.kind);
        it.title = changed.title.clone().unwrap_or_default();
    }
    moves.push(Move {
        kind: Some(goal.kind),
        title: goal.title.clone(),
        own: true,
        ..moved(own, goal.expected_progress)
    });
    let reached = own.progress_after.map(|after| (after, after - own.progress_before.unwrap_or(0.0)));
    Preview {
        suggested: Some(done.suggested),
        reason: reason(ctx, goal, own, done.suggested),
        reached,
        moves,
        error: None,
    }
}

pub(crate) fn moved(changed: &Changed, expected: Option<f64>) -> Move {
    Move {
        kind: None,
        title: String::new(),
        now: Progress {
            actual: changed.progress_before,
            expected,
            status: Shown::from(changed.status_after),
        },
        before: changed.progress_before,
        after: changed.progress_after,
        was: Shown::from(changed.status_before),
        status: Shown::from(changed.status_after),
        share: None,
        own: false,
    }
}

/// Why the status is suggested.
fn reason(ctx: &Ctx, goal: &GoalView, own: &Changed, suggested: Status) -> String {
    let word = Shown::from(suggested).word();
    if goal.start_date > ctx.today {
        return format!("It begins on {}, so {word} is suggested.", format::day_long(goal.start_date));
    }
    match (own.progress_after, goal.expected_progress) {
        (Some(after), Some(expected)) => {
            let gap = expected - after;
            let place = if gap <= 0.0 {
                String::from("at or above")
            } else {
                format!("{} below", format::points(gap.max(1.0)))
            };
            format!(
                "{} is {place} the {} expected today, so {word} is suggested. You can choose another status and say why.",
                format::percent(after),
                format::percent(expected)
            )
        }
        _ => format!("{word} is suggested."),
    }
}
