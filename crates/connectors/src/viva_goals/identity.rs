//! What tells a goal of a table that gives it no identifier from others, and the same in a later file.

use northing_core::text::fold;
use sha2::{Digest, Sha256};

use crate::import_model::Goal;

/// By title, first owner, period, and whose it is where the table says so.
pub(crate) fn identity(goal: &Goal, whose: &str) -> String {
    let owner = goal.owners.first().and_then(|it| it.name.as_deref().or(it.email.as_deref()));
    let period = goal.period.as_ref().and_then(|it| it.name.as_deref());
    let mut digest = Sha256::new();
    for part in [&goal.title, owner.unwrap_or_default(), period.unwrap_or_default(), whose] {
        digest.update(fold(part).as_bytes());
        digest.update([0]);
    }
    let hex: String = digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("row-{hex}")
}
