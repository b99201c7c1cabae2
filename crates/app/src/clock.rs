//! Time and randomness as parameters: the binary gives the real ones, tests give their own.

use northing_core::values::Moment;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// The current moment.
    fn now(&self) -> Moment;
}

/// A source of randomness fit for secrets.
pub trait Rng: Send + Sync + 'static {
    /// Fills the slice with random bytes.
    fn fill(&self, bytes: &mut [u8]);
}
