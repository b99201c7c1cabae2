//! What a walk over many routes found wrong: all of it at once, so that one mend does not hide the next.

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<String>);

impl Found {
    /// Notes where something is not as it should be.
    pub(crate) fn check(&mut self, holds: bool, otherwise: impl FnOnce() -> String) {
        if !holds {
            self.0.push(otherwise().chars().take(400).collect());
        }
    }

    /// Whether all was as it should be.
    pub(crate) const fn is_nothing(&self) -> bool {
        self.0.is_empty()
    }

    /// Fails where anything was found.
    #[track_caller]
    pub(crate) fn nothing(self) {
        assert!(self.0.is_empty(), "{} found:\n{}", self.0.len(), self.0.join("\n"));
    }
}
