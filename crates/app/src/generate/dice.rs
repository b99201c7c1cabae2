//! Chance that repeats: the same seed and place give the same throws, whatever was thrown elsewhere.

/// What SplitMix64 adds to its state at each step.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A row of throws (SplitMix64). Of no use as a secret.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

/// What a row of throws is for, so that each thing has a row of its own.
#[derive(Debug, Clone, Copy)]
pub(super) enum For {
    People = 1,
    Teams,
    Goals,
    Titles,
    Courses,
}

impl Dice {
    /// The throws of one thing.
    pub(super) fn of(seed: u64, what: For, number: usize) -> Self {
        let mut dice = Self(seed ^ (what as u64).rotate_left(56));
        dice.0 = dice.next() ^ u64::try_from(number).unwrap_or(0).wrapping_mul(STEP);
        dice
    }

    const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        let z = self.0;
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A whole number below `end`; 0 where `end` is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(0).max(1);
        usize::try_from(self.next() % end).unwrap_or(0)
    }

    /// A number from 0 up to, but not, 1, in steps of a millionth.
    pub(super) fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() % 1_000_000).unwrap_or(0)) / 1_000_000.0
    }

    /// A number between these.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + self.part() * (high - low)
    }

    /// Whether something that happens in `percent` of a hundred cases happens.
    pub(super) fn happens(&mut self, percent: u32) -> bool {
        self.next() % 100 < u64::from(percent)
    }

    /// One of these.
    pub(super) fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T], none: &'a T) -> &'a T {
        all.get(self.below(all.len())).copied().unwrap_or(none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_place_gives_the_same_throws() {
        let throw = |seed, number| {
            let mut dice = Dice::of(seed, For::Goals, number);
            (dice.below(1000), dice.below(1000), dice.below(1000))
        };
        assert_eq!(throw(7, 3), throw(7, 3));
        assert_ne!(throw(7, 3), throw(7, 4));
        assert_ne!(throw(7, 3), throw(8, 3));
    }
}
