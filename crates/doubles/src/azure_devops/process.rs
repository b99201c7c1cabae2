//! The processes: types of work item with their states and the categories of these (integrations §2.8.7).

/// A state and its category.
pub(super) type State = (String, &'static str);

/// The types of a project with their states.
#[derive(Debug, Clone)]
pub struct Process {
    /// Type name and states.
    pub(super) types: Vec<(String, Vec<State>)>,
}

impl Process {
    fn of(types: &[&str], states: &[(&str, &'static str)]) -> Self {
        let states: Vec<State> =
            states.iter().map(|(name, category)| ((*name).to_owned(), *category)).collect();
        Self { types: types.iter().map(|name| ((*name).to_owned(), states.clone())).collect() }
    }

    /// Epic, Issue, Task: To Do, Doing, Done.
    #[must_use]
    pub fn basic() -> Self {
        let states = [("To Do", "Proposed"), ("Doing", "InProgress"), ("Done", "Completed")];
        Self::of(&["Epic", "Issue", "Task"], &states)
    }

    /// New, Active, Resolved, Closed, Removed.
    #[must_use]
    pub fn agile() -> Self {
        let states = [
            ("New", "Proposed"),
            ("Active", "InProgress"),
            ("Resolved", "Resolved"),
            ("Closed", "Completed"),
            ("Removed", "Removed"),
        ];
        Self::of(&["Epic", "Feature", "User Story", "Task", "Bug"], &states)
    }

    /// New, Approved, Committed, Done, Removed.
    #[must_use]
    pub fn scrum() -> Self {
        let states = [
            ("New", "Proposed"),
            ("Approved", "Proposed"),
            ("To Do", "Proposed"),
            ("Committed", "InProgress"),
            ("Open", "InProgress"),
            ("Done", "Completed"),
            ("Removed", "Removed"),
        ];
        Self::of(&["Epic", "Feature", "Product Backlog Item", "Task", "Bug"], &states)
    }

    /// Proposed, Active, Resolved, Closed: resolved is in progress for requirements, its own category for bugs.
    #[must_use]
    pub fn cmmi() -> Self {
        let mut process = Self::of(
            &["Epic", "Feature", "Requirement", "Task"],
            &[
                ("Proposed", "Proposed"),
                ("Active", "InProgress"),
                ("Resolved", "InProgress"),
                ("Closed", "Completed"),
            ],
        );
        let others = Self::of(
            &["Bug", "Issue", "Review", "Risk"],
            &[
                ("Proposed", "Proposed"),
                ("Active", "InProgress"),
                ("Resolved", "Resolved"),
                ("Closed", "Completed"),
            ],
        );
        process.types.extend(others.types);
        process
    }

    /// The same with one more state for every type.
    #[must_use]
    pub fn with_state(mut self, name: &str, category: &'static str) -> Self {
        for (_, states) in &mut self.types {
            states.push((name.to_owned(), category));
        }
        self
    }

    pub(super) fn states(&self, kind: &str) -> Option<&[State]> {
        let found = self.types.iter().find(|(name, _)| name.eq_ignore_ascii_case(kind));
        found.map(|(_, states)| states.as_slice())
    }
}
