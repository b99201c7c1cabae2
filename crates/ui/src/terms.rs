//! The organisation's words for the kinds of goal (goals §2.3).

use northing_core::goal::GoalKind;

/// A word in its two numbers, lower case: the templates capitalise at the start of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// For one.
    pub one: String,
    /// For several or none.
    pub many: String,
}

impl Term {
    /// A term from its singular and plural.
    #[must_use]
    pub fn new(one: &str, many: &str) -> Self {
        Self { one: one.to_owned(), many: many.to_owned() }
    }

    /// The form for a count.
    #[must_use]
    pub fn of(&self, count: usize) -> &str {
        if count == 1 { &self.one } else { &self.many }
    }
}

/// The words that an organisation chose for objective, key result and initiative.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// What an objective is called.
    pub objective: Term,
    /// What a key result is called.
    pub key_result: Term,
    /// What an initiative is called.
    pub initiative: Term,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            objective: Term::new("objective", "objectives"),
            key_result: Term::new("key result", "key results"),
            initiative: Term::new("initiative", "initiatives"),
        }
    }
}

impl Terms {
    /// The term for a kind.
    #[must_use]
    pub const fn kind(&self, kind: GoalKind) -> &Term {
        match kind {
            GoalKind::Objective => &self.objective,
            GoalKind::KeyResult => &self.key_result,
            GoalKind::Initiative => &self.initiative,
        }
    }

    /// The singular with a capital, for labels: "Key result".
    #[must_use]
    pub fn label(&self, kind: GoalKind) -> String {
        capitalised(&self.kind(kind).one)
    }

    /// The plural with a capital, for headings: "Key results".
    #[must_use]
    pub fn heading(&self, kind: GoalKind) -> String {
        capitalised(&self.kind(kind).many)
    }
}

/// The text with its first letter as a capital.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
