//! Search as you type over everything that has a name: goals, people, teams.

use std::collections::HashMap;

use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_store::choices::Named;
use northing_store::explorer::{self, Line};
use northing_store::goal_facts;
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
    /// The goal that the person looks at, where they see it.
    pub about: Option<Line>,
    /// What the person may do with each of these goals.
    pub acts: HashMap<Id, Acts>,
}

/// What a person may do with a goal that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "rights, each by itself")]
pub struct Acts {
    /// Check in.
    pub check_in: bool,
    /// Edit it and its alignment.
    pub edit: bool,
    /// Make a goal under it.
    pub add: bool,
    /// Close it.
    pub close: bool,
}

impl Northing {
    /// Goals, people and teams for what somebody types, nothing of them for nothing; and what the person may do with these
    /// goals and with the one that they look at.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn search_all(&self, actor: &Actor, text: &str, about: Option<Id>) -> Result<Found> {
        let text: String = text.trim().chars().take(200).collect();
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let org = actor.org_id;
        let mut found = Found::default();
        let mut ids = Vec::new();
        if !text.is_empty() {
            ids = search::goals_seen(&mut rx, org, actor.user_id, &text, (LOOK, HITS)).await?;
            found.people = search::names(&mut rx, org, Kind::Person, &text, (LOOK, HITS)).await?;
            found.teams = search::names(&mut rx, org, Kind::Team, &text, (LOOK, HITS)).await?;
        }
        let all: Vec<Id> = ids.iter().copied().chain(about).collect();
        let lines = explorer::lines(&mut rx, org, &all, actor.user_id).await?;
        let facts = goal_facts::goals(&mut rx, org, actor.user_id, &all).await?;
        for line in &lines {
            let Some(facts) = facts.get(&line.id) else { continue };
            let may = |action| context.may(action, Thing::Goal(facts)) && !line.status.is_locked();
            let acts = Acts {
                check_in: may(Action::GoalCheckIn),
                edit: may(Action::GoalEdit),
                add: may(Action::GoalAlignTo),
                close: may(Action::GoalClose),
            };
            found.acts.insert(line.id, acts);
        }
        found.about = lines.iter().find(|line| Some(line.id) == about).cloned();
        found.goals = lines.into_iter().filter(|line| ids.contains(&line.id)).collect();
        found.goals.sort_by_key(|line| ids.iter().position(|id| *id == line.id));
        Ok(found)
    }
}
