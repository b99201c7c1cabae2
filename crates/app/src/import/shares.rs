//! Which rounded weights of a file are shares set by hand (goals §4.3).

/// Files round weights to a tenth of a per cent; within this they are the equal share.
const ROUNDED: f64 = 0.06;

/// The share set by hand of each child of one parent, from the weights the file gives: none where the weight is no other
/// than the equal part of what the fixed shares leave. Weight 0 stays fixed at 0.
pub(super) fn fixed(weights: &[Option<f64>]) -> Vec<Option<f64>> {
    let given: Vec<f64> = weights.iter().flatten().copied().filter(|weight| *weight > 0.0).collect();
    let automatic = automatic_weight(&given);
    let is_automatic = |weight: f64| automatic.is_some_and(|one| (one - weight).abs() <= ROUNDED);
    weights
        .iter()
        .map(|weight| weight.filter(|it| !is_automatic(*it)).map(|it| it.clamp(0.0, 100.0)))
        .collect()
}

/// The weight that the largest group of equal weights has, if it is their equal part of what the others leave.
fn automatic_weight(given: &[f64]) -> Option<f64> {
    let sum: f64 = given.iter().sum();
    let mut best: Option<(u32, f64)> = None;
    for &weight in given {
        let (mut count, mut group) = (0_u32, 0.0);
        for other in given.iter().filter(|other| (**other - weight).abs() <= ROUNDED) {
            count += 1;
            group += other;
        }
        let equal = (100.0 - (sum - group)) / f64::from(count.max(1));
        let fits = (equal - weight).abs() <= ROUNDED && (count > 1 || given.len() == 1);
        if fits && best.is_none_or(|(most, _)| count > most) {
            best = Some((count, weight));
        }
    }
    best.map(|(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_weights_beside_the_equal_share_are_fixed() {
        assert_eq!(fixed(&[Some(33.3), Some(33.3), Some(33.3)]), [None; 3]);
        assert_eq!(fixed(&[Some(40.0), Some(20.0), Some(20.0), Some(20.0)]), [Some(40.0), None, None, None]);
        assert_eq!(fixed(&[Some(100.0), Some(0.0), None]), [None, Some(0.0), None]);
        assert_eq!(fixed(&[Some(60.0), Some(40.0)]), [Some(60.0), Some(40.0)]);
    }
}
