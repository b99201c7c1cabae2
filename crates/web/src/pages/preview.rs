//! What a change would move, before it is saved.

use northing_app::check_in::Changed;
use northing_core::goal::GoalKind;
use northing_ui::components::progress::Progress;
use northing_ui::components::status::Shown;
use northing_ui::pages::check_in::{Move, Preview};

/// A goal that would move; the changed goal itself has a kind and says where it should be.
pub(crate) fn move_of(changed: &Changed, title: &str, kind: Option<GoalKind>, expected: Option<f64>) -> Move {
    let status = Shown::from(changed.status_after);
    Move {
        kind,
        title: title.to_owned(),
        now: Progress { actual: changed.progress_before, expected, status },
        before: changed.progress_before,
        after: changed.progress_after,
        status,
        own: false,
    }
}

/// The goals above that would move, the highest first, before `own`.
pub(crate) fn preview_of(changed: &[Changed], own: Option<Move>) -> Preview {
    let above = changed.iter().rev();
    let mut moves: Vec<Move> =
        above.map(|it| move_of(it, it.title.as_deref().unwrap_or_default(), None, None)).collect();
    moves.extend(own);
    Preview { suggested: None, moves, error: None }
}

/// Nothing to show, and why.
pub(crate) fn nothing(why: impl Into<String>) -> Preview {
    Preview { error: Some(why.into()), ..Preview::default() }
}
