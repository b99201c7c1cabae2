//! What the form shows.

use std::collections::HashMap;

use northing_core::goal::{GoalKind, Level};
use northing_core::values::Id;

use crate::components::form::Field;
use crate::components::picker::{Choice, Of};
use crate::pages::entry::Typed;

/// A kind of goal that can be chosen, or why it cannot.
#[derive(Debug, Clone)]
pub struct Kind {
    /// The kind.
    pub kind: GoalKind,
    /// What stands in its way.
    pub reason: Option<String>,
    /// Whether it can be chosen nevertheless: another field takes the reason away.
    pub open: bool,
}

/// The rules of the organisation that the form depends on.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the organisation")]
pub struct Rules {
    /// Several owners and teams.
    pub shared: bool,
    /// Several parents.
    pub multiple: bool,
    /// Objectives measure as well.
    pub measured_objectives: bool,
    /// Scoring guidance is used.
    pub guidance: bool,
    /// The person may say who owns the goal.
    pub owners: bool,
}

/// A row of the phased targets.
#[derive(Debug, Clone, Default)]
pub struct PhaseRow {
    /// The day.
    pub date: String,
    /// The value by then.
    pub target: String,
}

/// The phased targets.
#[derive(Debug, Clone, Default)]
pub struct Phases {
    /// The rows before the last.
    pub rows: Vec<PhaseRow>,
    /// The last row: the goal's own end. None while start, target and dates are not known.
    pub end: Option<PhaseRow>,
    /// The line for which the rows were made.
    pub line: String,
    /// The interval for which they were made.
    pub spread: String,
    /// A step against the direction of the metric.
    pub warning: Option<String>,
}

/// A field that two people changed, or one that somebody else changed.
#[derive(Debug, Clone)]
pub struct Difference {
    /// The unit's name: the choice is `keep_{name}`.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// What the editor has.
    pub yours: String,
    /// What is saved now.
    pub theirs: String,
    /// Whether the editor changed it as well: then they choose.
    pub both: bool,
}

/// What happened while the editor wrote.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// "Ruth Adeyemi changed this goal two minutes ago."
    pub who: String,
    /// The fields.
    pub differences: Vec<Difference>,
}

/// What the form says of the goal's data source.
#[derive(Debug, Clone)]
pub enum DataSource {
    /// Whoever runs the server allows none.
    Forbidden,
    /// None is switched on; whether the reader may do that.
    Off {
        /// They may.
        admin: bool,
    },
    /// It can be connected.
    Offered,
    /// It is: to what.
    Linked(String),
}

impl Default for DataSource {
    fn default() -> Self {
        Self::Off { admin: false }
    }
}

/// The form of a new goal, or of one that is changed.
#[derive(Debug, Clone, Default)]
pub struct GoalForm {
    /// The goal; none for a new one.
    pub goal: Option<Id>,
    /// Below the heading: period and place.
    pub about: String,
    /// What was typed.
    pub typed: Typed,
    /// The kinds.
    pub kinds: Vec<Kind>,
    /// The levels, with why they cannot be chosen.
    pub levels: Vec<(Level, Option<String>)>,
    /// The periods: identifier and name.
    pub periods: Vec<(String, String)>,
    /// What pickers have chosen, by field.
    pub chosen: HashMap<&'static str, Vec<Choice>>,
    /// What a search without scripts found, for which field.
    pub found: Option<(String, Vec<Choice>)>,
    /// The rules.
    pub rules: Rules,
    /// The phased targets.
    pub phases: Phases,
    /// What somebody else changed meanwhile.
    pub conflict: Option<Conflict>,
    /// Why it cannot be changed as it stands.
    pub locked: Option<String>,
    /// Where Cancel leads.
    pub back: String,
    /// Its data source.
    pub source: DataSource,
    /// Why objectives have none, where they have none.
    pub objectives_follow: Option<String>,
}

impl GoalForm {
    /// A field of the form with what was typed.
    pub(super) fn field<'a>(&'a self, name: &'a str, label: &'a str) -> Field<'a> {
        Field {
            name,
            label,
            value: self.typed.value(name),
            error: self.typed.error(name),
            ..Field::default()
        }
    }

    /// What the picker of a field has chosen.
    pub(super) fn chosen(&self, name: &str) -> &[Choice] {
        self.chosen.get(name).map_or(&[], Vec::as_slice)
    }

    /// What a search without scripts found for a field.
    pub(super) fn found(&self, name: &str) -> Option<&[Choice]> {
        self.found.as_ref().filter(|(field, _)| field == name).map(|(_, found)| found.as_slice())
    }
}

/// What the picker of a field looks for; none for other fields.
#[must_use]
pub fn looks_for(field: &str) -> Option<Of> {
    match field {
        "parents" => Some(Of::Goals),
        "team_ids" => Some(Of::Teams),
        "owner_ids" | "check_in_owner_id" | "delegate_id" => Some(Of::People),
        "tags" => Some(Of::Tags),
        _ => None,
    }
}
