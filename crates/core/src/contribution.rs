//! Which share of a parent's progress each child brings (goals §4.3). Shares live on the parent.

use crate::errors::FieldError;
use crate::goal::GoalKind;
use crate::settings::{InitiativeContribution, OkrModel, Settings};

/// Sums of shares within this of 100 count as 100: three times 33.333 is not, three thirds are.
const EXACT: f64 = 1e-6;

/// A child in its parent's table of contributions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ShareInput {
    /// The share set by hand, 0–100; none shares what is left equally with the others.
    pub fixed: Option<f64>,
}

/// The share of each child in percent, in the order given. They sum to 100, or are all 0 where nothing contributes.
#[must_use]
pub fn effective_shares(children: &[ShareInput]) -> Vec<f64> {
    let mut shares = Vec::with_capacity(children.len());
    effective_shares_into(children.iter().map(|child| child.fixed), &mut shares);
    shares
}

/// As [`effective_shares`], into a vector that is used again and again.
pub fn effective_shares_into(fixed: impl Iterator<Item = Option<f64>> + Clone, shares: &mut Vec<f64>) {
    shares.clear();
    let mut sum = 0.0;
    let mut automatic = 0_u32;
    for share in fixed.clone() {
        match share {
            Some(share) => sum += share,
            None => automatic += 1,
        }
    }
    // What is left for the automatic ones; too much fixed (only foreign data) leaves nothing.
    let rest = if automatic == 0 { 0.0 } else { (100.0 - sum).max(0.0) / f64::from(automatic) };
    let off = if automatic == 0 { (sum - 100.0).abs() > EXACT } else { sum > 100.0 + EXACT };
    let scale = if off && sum > 0.0 { 100.0 / sum } else { 1.0 };
    shares.extend(fixed.map(|share| share.map_or(rest, |share| share * scale)));
}

/// Checks a table of contributions as it was edited (goals §4.3, rule 9). All at 0 is allowed: it switches roll-up off.
///
/// # Errors
/// At `contributions[i].share` for a share out of range, at `contributions` where the fixed sum is impossible.
pub fn validate_contributions(children: &[ShareInput]) -> Result<(), Vec<FieldError>> {
    let mut errors = Vec::new();
    for (i, share) in children.iter().enumerate().filter_map(|(i, child)| child.fixed.map(|share| (i, share)))
    {
        if !(0.0..=100.0).contains(&share) {
            let field = format!("contributions[{i}].share");
            errors.push(FieldError::new(field, "out_of_range", "must be from 0 to 100"));
        }
    }
    let sum: f64 = children.iter().filter_map(|child| child.fixed).sum();
    let all_fixed = children.iter().all(|child| child.fixed.is_some());
    if sum > 100.0 + EXACT {
        errors.push(FieldError::new(
            "contributions",
            "over_100",
            format!("the fixed shares add up to {sum} %, more than 100 %"),
        ));
    } else if all_fixed && sum > 0.0 && sum < 100.0 - EXACT {
        let message = format!("all shares are fixed but add up to {sum} %, not 100 %");
        errors.push(FieldError::new("contributions", "not_100", message));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// Whether the settings hold a child of this kind at 0 whatever is entered (goals §2.1, options 2 and 6).
#[must_use]
pub fn contribution_blocked(child: GoalKind, settings: &Settings) -> bool {
    match child {
        GoalKind::Objective => {
            settings.okr_model == OkrModel::Classic && settings.block_objective_contribution
        }
        GoalKind::Initiative => settings.initiative_contribution == InitiativeContribution::Blocked,
        GoalKind::KeyResult => false,
    }
}

/// The share that a newly aligned child begins with: none (automatic) or fixed at 0. `parent_default` is the parent's
/// switch "newly aligned goals start contributing" (goals §4.3, rule 6).
#[must_use]
pub fn new_child_share(child: GoalKind, parent_default: bool, settings: &Settings) -> Option<f64> {
    let initiative_starts = settings.initiative_contribution == InitiativeContribution::Contribute;
    let starts = parent_default
        && !contribution_blocked(child, settings)
        && (child != GoalKind::Initiative || initiative_starts);
    if starts { None } else { Some(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(fixed: &[Option<f64>]) -> Vec<ShareInput> {
        fixed.iter().map(|&fixed| ShareInput { fixed }).collect()
    }

    #[test]
    fn fixed_ones_alone_are_normalised() {
        assert_eq!(effective_shares(&table(&[Some(20.0), Some(30.0)])), [40.0, 60.0]);
        assert_eq!(effective_shares(&table(&[Some(0.0), Some(0.0)])), [0.0, 0.0]);
        assert_eq!(effective_shares(&table(&[Some(150.0), None])), [100.0, 0.0]);
        assert_eq!(effective_shares(&[]), Vec::<f64>::new());
    }

    #[test]
    fn an_impossible_table_is_refused_and_all_zero_is_not() {
        let code = |fixed: &[Option<f64>]| validate_contributions(&table(fixed)).map_err(|e| e[0].code);
        assert_eq!(code(&[Some(60.0), Some(50.0), None]), Err("over_100"));
        assert_eq!(code(&[Some(60.0), Some(30.0)]), Err("not_100"));
        assert_eq!(code(&[Some(-1.0), None]), Err("out_of_range"));
        assert_eq!(code(&[Some(f64::NAN), None]), Err("out_of_range"));
        assert_eq!(code(&[Some(0.0), Some(0.0)]), Ok(()));
        assert_eq!(code(&[Some(100.0), None]), Ok(()));
    }

    #[test]
    fn new_children_start_as_the_settings_and_the_parent_say() {
        let mut settings = Settings::default();
        assert_eq!(new_child_share(GoalKind::KeyResult, true, &settings), None);
        assert_eq!(new_child_share(GoalKind::KeyResult, false, &settings), Some(0.0));
        assert_eq!(new_child_share(GoalKind::Initiative, true, &settings), Some(0.0));
        settings.initiative_contribution = InitiativeContribution::Contribute;
        assert_eq!(new_child_share(GoalKind::Initiative, true, &settings), None);
        settings.block_objective_contribution = true;
        assert_eq!(new_child_share(GoalKind::Objective, true, &settings), Some(0.0));
        settings.okr_model = OkrModel::Interchangeable;
        assert_eq!(new_child_share(GoalKind::Objective, true, &settings), None);
    }

    proptest! {
        #[test]
        fn shares_sum_to_100_or_to_nothing(fixed in prop::collection::vec(prop::option::of(0.0..100.0), 0..12)) {
            let sum: f64 = effective_shares(&table(&fixed)).iter().sum();
            prop_assert!(sum.abs() < 1e-9 || (sum - 100.0).abs() < 1e-6, "{sum}");
        }
    }
}
