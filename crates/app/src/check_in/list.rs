//! A goal's check-ins with what was said about them.

use std::collections::HashMap;

use northing_core::mention;
use northing_core::permission::{Action, GoalFacts, Thing};
use northing_core::values::Id;
use northing_store::check_ins::{self, CheckInRow};
use northing_store::comments::{self, CommentRow};
use northing_store::{Rx, goals, members};

use crate::error::{Error, Result};
use crate::goal::context::Context;
use crate::goal::view::GoalView;
use crate::page::PageRequest;
use crate::{Actor, Northing};

/// Comments that a page shows at once.
const COMMENTS: i64 = 200;

/// What a person may do with a check-in or comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "rights, each by itself")]
pub struct Rights {
    /// Change the check-in.
    pub edit_check_in: bool,
    /// Remove the check-in.
    pub delete_check_in: bool,
    /// Change the comment.
    pub edit_comment: bool,
    /// Remove the comment.
    pub delete_comment: bool,
}

/// What was said about a goal or its check-ins, and what the reader may do with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Talk {
    /// The comments, the oldest first.
    pub comments: Vec<CommentRow>,
    /// What the reader may do with what is theirs.
    pub own: Rights,
    /// What they may do with what is others'.
    pub others: Rights,
    /// Whether they may comment.
    pub may_comment: bool,
    /// People named in notes and comments: folded name and person.
    pub people: HashMap<String, Id>,
}

impl Talk {
    /// What the reader may do with something of this author.
    #[must_use]
    pub fn rights(&self, author: Option<Id>, reader: Id) -> Rights {
        if author == Some(reader) { self.own } else { self.others }
    }
}

/// A page of a goal's check-ins.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckInList {
    /// The goal.
    pub goal: GoalView,
    /// The check-ins, the newest first.
    pub check_ins: Vec<CheckInRow>,
    /// The one behind the last of them, which tells by how much that one changed.
    pub older: Option<CheckInRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// What was said about them.
    pub talk: Talk,
    /// Whether the reader may check in.
    pub may_check_in: bool,
}

impl Northing {
    /// A page of a goal's check-ins with their comments: a constant number of statements.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal that the actor may not see; at `cursor`.
    pub async fn check_in_list(&self, actor: &Actor, goal: Id, part: &PageRequest) -> Result<CheckInList> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let facts = context.facts(&mut rx, goal).await?;
        let row = goals::find(&mut rx, actor.org_id, goal).await?.ok_or(Error::NotFound("goal"))?;
        let goal = context.view(&mut rx, row).await?;
        let before = part.cursor.as_deref().map(crate::history::read_cursor).transpose()?;
        let mut found = check_ins::page(&mut rx, goal.id, before, i64::from(part.limit) + 1).await?;
        let older = found.get(usize::from(part.limit)).cloned();
        found.truncate(usize::from(part.limit));
        let next = found.last().filter(|_| older.is_some());
        let next = next.map(|last| crate::history::write_cursor(last.at, last.id));
        let ids: Vec<Id> = found.iter().map(|row| row.id).collect();
        let said = comments::of_check_ins(&mut rx, &ids, COMMENTS).await?;
        let talk = context.talk(&mut rx, &facts, said, &found).await?;
        let may_check_in = !goal.status.is_locked() && context.may(Action::GoalCheckIn, Thing::Goal(&facts));
        Ok(CheckInList { goal, check_ins: found, older, next, talk, may_check_in })
    }

    /// What was said about one check-in, or about the goal itself.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal or a check-in that the actor may not see.
    pub async fn talk(&self, actor: &Actor, goal: Id, check_in: Option<Id>) -> Result<Talk> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let facts = context.facts(&mut rx, goal).await?;
        let said = match check_in {
            Some(check_in) => {
                let known = check_ins::find(&mut rx, goal, check_in).await?;
                known.ok_or(Error::NotFound("check-in"))?;
                comments::of_check_ins(&mut rx, &[check_in], COMMENTS).await?
            }
            None => comments::on_goal(&mut rx, goal, COMMENTS).await?,
        };
        context.talk(&mut rx, &facts, said, &[]).await
    }
}

impl Context<'_> {
    /// What was said, with the rights of the reader and the people who are named in it.
    pub(crate) async fn talk(
        &self,
        rx: &mut Rx,
        facts: &GoalFacts,
        said: Vec<CommentRow>,
        check_ins: &[CheckInRow],
    ) -> Result<Talk> {
        let texts = said.iter().map(|comment| comment.body.as_str());
        let notes = check_ins.iter().filter_map(|row| row.note.as_deref());
        let mut names: Vec<String> = texts.chain(notes).flat_map(mention::candidates).collect();
        names.sort();
        names.dedup();
        let people = members::by_names(rx, self.actor.org_id, &names).await?;
        let rights = |is_author| {
            let facts = GoalFacts { is_author, ..*facts };
            let may = |action| self.may(action, Thing::Goal(&facts));
            Rights {
                edit_check_in: may(Action::CheckInEdit),
                delete_check_in: may(Action::CheckInDelete),
                edit_comment: may(Action::CommentEdit),
                delete_comment: may(Action::CommentDelete),
            }
        };
        Ok(Talk {
            own: rights(true),
            others: rights(false),
            may_comment: self.may(Action::GoalComment, Thing::Goal(facts)),
            comments: said,
            people,
        })
    }
}
