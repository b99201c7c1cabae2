//! A clock that stands still until it is told otherwise.

use std::sync::atomic::{AtomicI64, Ordering};

use northing_core::values::Moment;

/// A clock for tests: shared by reference, set by the test.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that shows `moment`.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.millis()))
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst))
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment.millis(), Ordering::SeqCst);
    }

    /// Moves the clock on by `millis` milliseconds.
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Moves the clock on by whole days of 24 hours.
    pub fn advance_days(&self, days: i64) {
        self.advance_millis(days * 86_400_000);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_it_was_set_to() {
        let clock = TestClock::at(Moment::from_millis(1_000));
        clock.advance_millis(5);
        assert_eq!(clock.now(), Moment::from_millis(1_005));
        clock.advance_days(1);
        assert_eq!(clock.now(), Moment::from_millis(86_401_005));
        clock.set(Moment::from_millis(7));
        assert_eq!(clock.now(), Moment::from_millis(7));
    }
}
