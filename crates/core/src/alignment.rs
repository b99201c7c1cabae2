//! What may sit under what (goals §6), and that alignment never runs in a circle.

use std::collections::HashSet;

use crate::errors::Refusal;
use crate::goal::GoalKind;
use crate::settings::{OkrModel, Settings};
use crate::values::Id;

/// Whether a goal of the kind `child` may be aligned to one of the kind `parent`.
///
/// # Errors
/// A refusal that names the option which would allow it, where there is one.
pub fn may_align(child: GoalKind, parent: GoalKind, settings: &Settings) -> Result<(), Refusal> {
    use GoalKind::{Initiative, KeyResult, Objective};
    let classic = settings.okr_model == OkrModel::Classic;
    let need = |allowed: bool, code, message: &'static str| {
        if allowed { Ok(()) } else { Err(Refusal::new(code, message)) }
    };
    match (child, parent) {
        (_, Initiative) => Err(Refusal::new("under_initiative", "Nothing can sit under an initiative.")),
        (Initiative, _) if !settings.initiatives => Err(Refusal::new(
            "initiatives_off",
            "Initiatives are switched off in this organisation: an admin can allow them in OKR model.",
        )),
        (Objective | KeyResult | Initiative, Objective) => Ok(()),
        (Objective, KeyResult) => need(
            !classic || settings.objectives_under_key_results,
            "objective_under_key_result",
            "Objectives can’t sit under key results in this organisation: an admin can allow it in OKR model.",
        ),
        (KeyResult, KeyResult) => need(
            !classic || settings.key_results_under_key_results,
            "key_result_under_key_result",
            "Key results can’t sit under key results in this organisation: an admin can allow it in OKR model.",
        ),
        (Initiative, KeyResult) => need(
            !classic || settings.initiatives_under_key_results,
            "initiative_under_key_result",
            "Initiatives can’t sit under key results in this organisation: an admin can allow it in OKR model.",
        ),
    }
}

/// Whether a goal may have so many parents.
///
/// # Errors
/// Several parents while multiple alignment is off.
pub fn may_have_parents(count: usize, settings: &Settings) -> Result<(), Refusal> {
    if count <= 1 || settings.multiple_alignment {
        return Ok(());
    }
    Err(Refusal::new(
        "multiple_alignment_off",
        "A goal has one parent at most in this organisation: an admin can allow several in OKR settings.",
    ))
}

/// Whether a goal may exist without a parent: a new key result needs an objective in the classic model (goals §6).
///
/// # Errors
/// A key result without a parent in the classic model.
pub fn may_stand_alone(kind: GoalKind, settings: &Settings) -> Result<(), Refusal> {
    if kind == GoalKind::KeyResult && settings.okr_model == OkrModel::Classic {
        return Err(Refusal::new(
            "key_result_alone",
            "A key result belongs under an objective: choose what it is aligned to.",
        ));
    }
    Ok(())
}

/// Whether aligning `child` to `parent` would close a circle; `parents_of` looks up a goal's parents. Sees every
/// ancestor of `parent` once.
///
/// # Errors
/// A refusal if `child` is `parent` or one of its ancestors.
pub fn no_cycle<I: IntoIterator<Item = Id>>(
    child: Id,
    parent: Id,
    mut parents_of: impl FnMut(Id) -> I,
) -> Result<(), Refusal> {
    if child == parent {
        return Err(Refusal::new("self_parent", "A goal cannot be aligned to itself."));
    }
    let mut seen = HashSet::new();
    let mut open = vec![parent];
    while let Some(goal) = open.pop() {
        if goal == child {
            return Err(Refusal::new("cycle", "A goal cannot be aligned to something that is below it."));
        }
        if seen.insert(goal) {
            open.extend(parents_of(goal));
        }
    }
    Ok(())
}
