//! Search as you type over everything that has a name: goals, people, teams.

use northing_core::values::Id;
use northing_store::directory::{self, Reader, Which, Whom};
use northing_store::explorer::{self, Line};
use northing_store::search::{self, Kind};

use crate::entity::{PersonLine, TeamLine};
use crate::goal::context::Context;
use crate::{Actor, Northing, Result};

/// Hits of each kind.
const HITS: u16 = 8;
/// Goals that are looked at: those that the actor may not see fall out.
const LOOK: u32 = 60;

/// What was found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// Goals with all the words, newest first.
    pub goals: Vec<Line>,
    /// People in whose name every word of the text begins a word.
    pub people: Vec<PersonLine>,
    /// The same of teams.
    pub teams: Vec<TeamLine>,
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
        let ids: Vec<Id> = search::goals(&mut rx, actor.org_id, &text, LOOK).await?;
        let mut goals = explorer::lines(&mut rx, actor.org_id, &ids, actor.user_id).await?;
        goals.sort_by_key(|line| ids.iter().position(|id| *id == line.id));
        goals.truncate(usize::from(HITS));
        let reader = Reader { org: actor.org_id, user: actor.user_id, period: None };
        let who = search::names(&mut rx, actor.org_id, Kind::Person, &text, LOOK).await?;
        let people = directory::people(&mut rx, reader, &Whom::Named(who), None, HITS).await?;
        let which = search::names(&mut rx, actor.org_id, Kind::Team, &text, LOOK).await?;
        let teams = directory::teams(&mut rx, reader, &Which::Named(which), None, HITS).await?;
        Ok(Found { goals, people, teams })
    }
}
