//! Random bytes that a test can repeat.

use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes from a seed (SplitMix64): the same seed yields the same ids. Of no use as a secret.
#[derive(Debug)]
pub struct SeededRng(AtomicU64);

/// What SplitMix64 adds to its state at each step.
const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

impl SeededRng {
    /// A generator that starts at `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Fills `bytes` with the next values.
    pub fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let next = self.next().to_le_bytes();
            for (to, from) in chunk.iter_mut().zip(next) {
                *to = from;
            }
        }
    }

    fn next(&self) -> u64 {
        let mut z = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_never_twice_the_same() {
        let draw = |seed| {
            let rng = SeededRng::new(seed);
            let (mut first, mut second) = ([0; 10], [0; 10]);
            rng.fill(&mut first);
            rng.fill(&mut second);
            (first, second)
        };
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_ne!(draw(7).0, draw(7).1);
    }
}
