//! Comments of an import.

use northing_connectors::import_model::{Comment, Record};
use northing_store::Tx;
use northing_store::imports::{self, Foreign, ForeignComment, Kind};

use super::report::Outcome;
use super::run::{Run, dropped, find};
use crate::Result;

impl Run<'_> {
    /// Inserts comments and corrects those that say something else now.
    pub(super) async fn comments(&mut self, tx: &mut Tx, all: &[Record<Comment>]) -> Result<()> {
        let known = imports::known(tx, self.actor.org_id, Kind::Comments).await?;
        let mut new = Vec::new();
        for record in all {
            let (it, mut notes) = (&record.value, Vec::new());
            let body = self.prose("Comment", Some(&it.text), &mut notes);
            let goal = find(&self.goals, &it.goal);
            let (Some(goal_id), Some(body)) = (goal, body) else {
                if goal.is_none() {
                    notes.push(dropped("OKR ID", "its goal is not in the files"));
                }
                self.say("comment", record, &it.text, Outcome::Failed, notes);
                continue;
            };
            let (external_id, origin) = (self.external("comment", record)?, Self::origin(record)?);
            let before = known.get(&external_id);
            let outcome = Self::outcome(before, &origin);
            if outcome != Outcome::Unchanged {
                let row = ForeignComment {
                    id: before.map_or_else(|| self.app.new_id(), |it| it.id),
                    goal_id,
                    author_id: self.person_or_note("Author", it.author.as_ref(), &mut notes),
                    body,
                    created_at: it.created_at.unwrap_or(self.now).min(self.now),
                };
                let foreign = Foreign { row, external_id, origin };
                if before.is_some() {
                    imports::update_comment(tx, &foreign).await?;
                } else {
                    new.push(foreign);
                }
            }
            self.say("comment", record, &it.text, outcome, notes);
        }
        Ok(imports::insert_comments(tx, &new).await?)
    }
}
