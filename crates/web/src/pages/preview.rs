//! What a change of structure would move, before it is saved.

use std::collections::HashMap;

use northing_app::check_in::Changed;
use northing_app::goal::view::GoalView;
use northing_core::values::Id;
use northing_ui::pages::check_in::{Move, Preview};

use super::check_in::preview::moved;
use crate::extract::Signed;
use crate::failure::Failure;
use crate::state::AppState;

/// The goals above that would move, the highest first.
pub(crate) async fn above(
    state: &AppState,
    signed: &Signed,
    changed: &[Changed],
) -> Result<Vec<Move>, Failure> {
    let ids: Vec<Id> = changed.iter().map(|it| it.goal_id).collect();
    let lines = state.app.list_lines(&signed.actor, &ids).await?;
    let lines: HashMap<Id, _> = lines.into_iter().map(|line| (line.line.id, line)).collect();
    let moves = changed.iter().rev().map(|it| {
        let line = lines.get(&it.goal_id);
        Move {
            kind: line.map(|line| line.line.kind),
            title: it.title.clone().unwrap_or_default(),
            ..moved(it, line.and_then(|line| line.expected))
        }
    });
    Ok(moves.collect())
}

/// The goal that is changed itself.
pub(crate) fn own(goal: &GoalView, changed: &Changed) -> Move {
    Move { kind: Some(goal.kind), title: goal.title.clone(), ..moved(changed, goal.expected_progress) }
}

/// Nothing to show, and why.
pub(crate) fn nothing(why: impl Into<String>) -> Preview {
    Preview { error: Some(why.into()), ..Preview::default() }
}
