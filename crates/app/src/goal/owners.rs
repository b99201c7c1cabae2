//! Telling people that somebody made them owners of goals (goals §3.1): once, whatever number of goals it was.

use std::collections::BTreeMap;

use northing_core::values::Id;
use northing_store::Tx;
use northing_store::notices::{self, Notice};
use serde_json::json;

use super::context::{Context, distinct};
use crate::Result;

/// Those who own a goal now and did not before.
pub(super) fn newly(before: &[Id], after: &[Id]) -> Vec<Id> {
    after.iter().filter(|id| !before.contains(id)).copied().collect()
}

impl Context<'_> {
    /// Tells the new owners of these goals, besides the actor.
    pub(super) async fn tell_owners(&self, tx: &mut Tx, made: &[(Id, Vec<Id>)]) -> Result<()> {
        let mut goals_of: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
        for (goal, owners) in made {
            for owner in distinct(owners).into_iter().filter(|owner| *owner != self.actor.user_id) {
                goals_of.entry(owner).or_default().push(*goal);
            }
        }
        let told: Vec<Notice> = goals_of
            .into_iter()
            .map(|(user_id, goals)| {
                let id = self.app.new_id();
                let one = if let [one] = goals.as_slice() { Some(*one) } else { None };
                Notice {
                    topic: format!("owner:{}", one.unwrap_or(id)),
                    id,
                    org_id: self.actor.org_id,
                    user_id,
                    kind: String::from("made_owner"),
                    goal_id: one,
                    goal_title: None,
                    connection_id: None,
                    connection_name: None,
                    detail: json!({ "name": self.actor.name, "goals": goals.len(), "user_id": user_id })
                        .to_string(),
                    at: self.now,
                }
            })
            .collect();
        Ok(notices::put(tx, &told).await?)
    }
}
