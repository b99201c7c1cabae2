//! Comments of an import.

use northing_connectors::html;
use northing_connectors::import_model::{Comment, Record};
use northing_store::comments;
use northing_store::imports::{self, Foreign, ForeignComment, Kind};

use super::check_ins::kept;
use super::pen::Pen;
use super::report::Outcome;
use super::run::Run;
use super::saying::{Said, changed, dropped};
use super::settle::digest;
use super::who::find;
use crate::Result;

/// Comments are inserted so many at a time.
const AT_ONCE: usize = 512;

impl Run<'_> {
    /// Inserts comments and corrects those that say something else now, unless a person edited them here.
    pub(super) async fn comments(&mut self, pen: &mut Pen<'_>, records: Vec<Record<Comment>>) -> Result<()> {
        let known = pen.known(&mut self.report, self.actor.org_id, Kind::Comments).await?;
        let mut new = Vec::new();
        for record in records {
            self.order.progress.step()?;
            let (it, mut notes) = (&record.value, Vec::new());
            let formatted =
                if it.own.is_none() && html::is_html(&it.text) { html::to_markdown(&it.text) } else { None };
            if formatted.is_some() {
                notes.push(changed("Comment", "from HTML to Markdown"));
            }
            let body = self.prose("Comment", Some(formatted.as_deref().unwrap_or(&it.text)), &mut notes);
            let goal = find(&self.goals, &it.goal);
            let (Some(goal_id), Some(body)) = (goal, body) else {
                if goal.is_none() {
                    notes.push(dropped("OKR ID", "its goal is not in the files"));
                } else if notes.is_empty() {
                    notes.push(dropped("Comment", "it is empty"));
                }
                self.fail("comment", &record, &it.text, notes);
                continue;
            };
            let external_id =
                self.external("comment", &record, |it| (goal_id, it.created_at, it.text.clone()))?;
            let origin = digest_of(&record)?;
            let before = known.find(&external_id);
            let mut outcome = match before {
                None => Outcome::Created,
                Some(before) if before.origin.as_deref() == Some(&origin) => Outcome::Unchanged,
                Some(before) if before.edited => Outcome::Skipped,
                Some(_) => Outcome::Updated,
            };
            let id = before.map_or_else(|| self.app.new_id(), |it| it.id);
            // Somebody may have edited or removed it since the import began.
            let old = match outcome {
                Outcome::Updated => comments::find(pen.tx()?, goal_id, id).await?,
                _ => None,
            };
            if outcome == Outcome::Updated && old.as_ref().is_none_or(|old| old.edited_at.is_some()) {
                outcome = Outcome::Skipped;
            }
            if outcome == Outcome::Skipped {
                notes.push(kept("Comment"));
            }
            let own = it.own.as_ref();
            let mut undo = None;
            if matches!(outcome, Outcome::Created | Outcome::Updated) {
                let row = ForeignComment {
                    id,
                    goal_id,
                    author_id: self.person_or_note("Author", it.author.as_ref(), &mut notes),
                    body,
                    created_at: own
                        .map(|own| own.created_at)
                        .or(it.created_at)
                        .unwrap_or(self.now)
                        .min(self.now),
                    check_in_id: own
                        .and_then(|own| own.check_in.as_ref())
                        .and_then(|id| self.check_ins.get(id))
                        .copied(),
                    edited_at: own.and_then(|own| own.edited_at),
                };
                let foreign = Foreign { row, external_id, origin };
                if let (Some(before), Some(old)) = (before, old) {
                    let was = (old.author_id, &old.body, before.origin.as_deref());
                    undo = Some(
                        serde_json::json!({ "author": was.0, "body": was.1, "origin": was.2 }).to_string(),
                    );
                    notes.push(changed("Comment", "the file says something else now"));
                    imports::update_comment(pen.tx()?, &foreign).await?;
                } else {
                    new.push(foreign);
                }
            }
            self.say("comment", &record, &it.text, Said { outcome, subject: Some(id), notes, undo });
            if new.len() >= AT_ONCE {
                imports::insert_comments(pen.tx()?, &new).await?;
                new.clear();
                pen.rest(&mut self.report).await?;
            }
        }
        imports::insert_comments(pen.tx()?, &new).await?;
        pen.rest(&mut self.report).await
    }
}

/// What the source said, as a digest: enough to tell whether it says something new.
fn digest_of(record: &Record<Comment>) -> Result<String> {
    Ok(serde_json::json!({ "digest": digest(&record.value)?, "extra": record.extra }).to_string())
}
