//! Which states mean that an item is completed: each project and type has a table of its own (integrations §2.8.7).

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use super::AzureDevOps;
use super::client::{Ask, locked};
use super::queries::Many;
use crate::source::Category;
use crate::trouble::{Trouble, TroubleKind};

/// How long a table is believed.
const FRESH: Duration = Duration::from_hours(1);

/// The states of one type in one project, folded; none where they cannot be read.
type Table = Option<Arc<HashMap<String, Category>>>;

/// A table as it was read.
#[derive(Debug, Clone)]
struct Known {
    table: Table,
    read: Instant,
    /// States, folded, that it did not have though it was read again for them: not asked for again while it is believed.
    missing: HashSet<String>,
}

/// The tables that were read.
#[derive(Debug, Default)]
pub(super) struct Tables(HashMap<(String, String), Known>);

#[derive(Deserialize)]
struct State {
    name: String,
    #[serde(default)]
    category: String,
}

impl AzureDevOps {
    /// How far a state is. A state that a table does not have makes the table be read again, once; then its name decides.
    pub(super) async fn category(
        &self,
        project: &str,
        kind: &str,
        state: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Category, Trouble> {
        let key = (project.to_owned(), kind.to_owned());
        let fresh = locked(&self.states)
            .0
            .get(&key)
            .filter(|known| known.read.elapsed() < FRESH)
            .map(|known| (known.table.clone(), known.missing.contains(&state.to_lowercase())));
        let (table, asked) = match fresh {
            Some((table, missing)) => (table, missing),
            None => (self.read_states(key.clone()).await?, true),
        };
        if let Some(category) = look_up(&table, state) {
            return Ok(category);
        }
        let table = if asked || table.is_none() { table } else { self.read_states(key.clone()).await? };
        if table.is_some()
            && look_up(&table, state).is_none()
            && let Some(known) = locked(&self.states).0.get_mut(&key)
        {
            known.missing.insert(state.to_lowercase());
        }
        if let Some(category) = look_up(&table, state) {
            return Ok(category);
        }
        let warning = if table.is_none() {
            format!("The states of {kind} in {project} cannot be read: they are judged by their names.")
        } else {
            format!("{project} says nothing about the state {state} of {kind}: it is judged by its name.")
        };
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
        Ok(by_name(state))
    }

    async fn read_states(&self, key: (String, String)) -> Result<Table, Trouble> {
        let (project, kind) = (&key.0, &key.1);
        let url = self.client.account.url(&[project, "_apis", "wit", "workitemtypes", kind, "states"]);
        let table = match self.client.json::<Many<State>>(&Ask::get(url, &[], "the states")).await {
            Ok(states) => {
                let pairs = states.value.into_iter();
                let pairs = pairs.filter_map(|it| Some((it.name.to_lowercase(), category(&it.category)?)));
                Some(Arc::new(pairs.collect()))
            }
            // One project's table that may not be read spoils no query over several.
            Err(trouble) => match trouble.kind {
                TroubleKind::Forbidden | TroubleKind::ContainerMissing | TroubleKind::SelectorMissing => None,
                _ => return Err(trouble),
            },
        };
        let mut states = locked(&self.states);
        // What was missing before and still is, is missing in this one too.
        let mut missing = states.0.remove(&key).map(|known| known.missing).unwrap_or_default();
        missing.retain(|state| look_up(&table, state).is_none());
        states.0.insert(key, Known { table: table.clone(), read: Instant::now(), missing });
        Ok(table)
    }
}

fn look_up(table: &Table, state: &str) -> Option<Category> {
    table.as_ref()?.get(&state.to_lowercase()).copied()
}

fn category(name: &str) -> Option<Category> {
    match name.to_ascii_lowercase().as_str() {
        "proposed" => Some(Category::Proposed),
        "inprogress" => Some(Category::InProgress),
        "resolved" => Some(Category::Resolved),
        "completed" => Some(Category::Completed),
        "removed" => Some(Category::Removed),
        _ => None,
    }
}

/// What the usual names mean, where no table says it.
fn by_name(state: &str) -> Category {
    match state.to_lowercase().as_str() {
        "closed" | "done" | "completed" | "inactive" => Category::Completed,
        "removed" => Category::Removed,
        "resolved" => Category::Resolved,
        "new" | "to do" | "proposed" => Category::Proposed,
        _ => Category::InProgress,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names_are_understood_without_a_table() {
        for state in ["Closed", "Done", "Completed", "Inactive"] {
            assert_eq!(by_name(state), Category::Completed, "{state}");
        }
        assert_eq!(by_name("Resolved"), Category::Resolved);
        assert_eq!(by_name("In review"), Category::InProgress);
    }

    #[test]
    fn every_category_of_the_service_is_known_and_nothing_else() {
        let names = ["Proposed", "InProgress", "Resolved", "Completed", "Removed"];
        let read: Vec<Category> = names.iter().filter_map(|name| category(name)).collect();
        assert_eq!(read, Category::ALL);
        assert_eq!(category("Parked"), None);
    }
}
