//! How far an import is, while its transaction runs: read by those who watch, and the way to stop it before it is kept.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

use northing_core::errors::Refusal;
use northing_core::named_values;

use crate::Result;

named_values! {
    /// What an import is busy with.
    Phase {
        /// Files are read.
        Reading = "reading",
        /// Periods, people, teams and tags.
        People = "people",
        /// Goals and their alignments.
        Goals = "goals",
        /// Check-ins and comments.
        CheckIns = "check_ins",
        /// Progress of the whole organisation is computed, and everything is kept.
        Computing = "computing",
    }
}

/// The progress of one import; shared between whoever does it and whoever watches.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// What it is busy with.
    #[must_use]
    pub fn phase(&self) -> Phase {
        let at = usize::from(self.phase.load(Ordering::Relaxed));
        Phase::ALL.get(at).copied().unwrap_or(Phase::Computing)
    }

    /// Records done, and how many there are.
    #[must_use]
    pub fn count(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Asks it to stop: nothing of it is kept, unless it was kept already.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn begin(&self, total: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(u64::try_from(total).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    pub(super) fn enter(&self, phase: Phase) -> Result<()> {
        let at = Phase::ALL.iter().position(|it| *it == phase).unwrap_or(0);
        self.phase.store(u8::try_from(at).unwrap_or(0), Ordering::Relaxed);
        self.check()
    }

    /// One record more.
    ///
    /// # Errors
    /// A refusal where it was asked to stop.
    pub(super) fn step(&self) -> Result<()> {
        self.done.fetch_add(1, Ordering::Relaxed);
        self.check()
    }

    fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Refusal::new("cancelled", "The import was cancelled; nothing was kept.").into());
        }
        Ok(())
    }
}
