//! Search as you type over everything that has a name: goals, people, teams.

use northing_core::values::Id;
use northing_store::choices::Named;
use northing_store::explorer::{self, Line};
use northing_store::search::{self, Kind};

use crate::goal::context::Context;
use crate::{Actor, Northing, Result};

/// Hits of each kind.
const HITS: u32 = 8;
/// The newest that are looked at, of each kind: goals that the actor may not see fall out.
const LOOK: u32 = 60;

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Goals with all the words, newest first.
    pub goals: Vec<Line>,
    /// People in whose name every word of the text begins a word, with their title, by name.
    pub people: Vec<Named>,
    /// The same of teams in use.
    pub teams: Vec<Named>,
}

impl Northing {
    /// Goals, people and teams for what somebody types; nothing for nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn search_all(&self, actor: &Actor, text: &str) -> Result<Found> {
        let text: String = text.trim().chars().take(200).collect();
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        if text.is_empty() {
            return Ok(Found::default());
        }
        let org = actor.org_id;
        let ids: Vec<Id> = search::goals_seen(&mut rx, org, actor.user_id, &text, (LOOK, HITS)).await?;
        let mut goals = explorer::lines(&mut rx, org, &ids, actor.user_id).await?;
        goals.sort_by_key(|line| ids.iter().position(|id| *id == line.id));
        let people = search::names(&mut rx, org, Kind::Person, &text, (LOOK, HITS)).await?;
        let teams = search::names(&mut rx, org, Kind::Team, &text, (LOOK, HITS)).await?;
        Ok(Found { goals, people, teams })
    }
}
