//! Comments on goals and check-ins (goals §5.6): Markdown, kept as it was written.

use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::permission::Action;
use northing_core::text;
use northing_core::values::Id;
use northing_store::activity::{self, Entry};
use northing_store::{Change, Event, Tx, check_ins, comments};
use serde_json::json;

pub use northing_store::comments::CommentRow;

use crate::check_in::{allow, hold_structure, settings};
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest};
use crate::{Actor, Northing, Scope};

impl Northing {
    /// The comments on a goal and on its check-ins (or on one check-in only), the oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal that the actor may not see.
    pub async fn list_comments(
        &self,
        actor: &Actor,
        goal: Id,
        check_in: Option<Id>,
        request: &PageRequest,
    ) -> Result<Page<CommentRow>> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalView, false, &settings).await?;
        let after = request.cursor.as_deref().map(crate::history::read_cursor).transpose()?;
        let limit = i64::from(request.limit) + 1;
        let items = comments::page(&mut rx, goal, check_in, after, limit).await?;
        Ok(crate::history::paged(items, request.limit, |row| (row.created_at, row.id)))
    }

    /// The comments on check-ins of one goal, at most 500, the oldest first: for a page that shows them together.
    ///
    /// # Errors
    /// As [`Northing::list_comments`].
    pub async fn comments_of_check_ins(&self, actor: &Actor, goal: Id, of: &[Id]) -> Result<Vec<CommentRow>> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalView, false, &settings).await?;
        let mut found = comments::of_check_ins(&mut rx, of, 500).await?;
        found.retain(|comment| comment.goal_id == goal);
        Ok(found)
    }

    /// One comment on a goal or one of its check-ins.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn comment(&self, actor: &Actor, goal: Id, comment: Id) -> Result<CommentRow> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        allow(&mut rx, actor, goal, Action::GoalView, false, &settings).await?;
        comments::find(&mut rx, goal, comment).await?.ok_or(Error::NotFound("comment"))
    }

    /// Comments on a goal or on one of its check-ins.
    ///
    /// # Errors
    /// [`Error::NotFound`] and [`Error::Forbidden`] by the rights on the goal, [`Error::Invalid`] for the text.
    pub async fn create_comment(
        &self,
        actor: &Actor,
        goal: Id,
        check_in: Option<Id>,
        body: &str,
    ) -> Result<CommentRow> {
        actor.need(Scope::CheckIn)?;
        let work = (self.clone(), actor.clone(), goal, check_in, checked(body)?);
        self.store
            .write(work, |tx, (app, actor, goal, check_in, body)| {
                Box::pin(async move { app.comment_now(tx, actor, *goal, *check_in, body).await })
            })
            .await
    }

    /// Changes the text of one's own comment.
    ///
    /// # Errors
    /// As [`Northing::create_comment`]; [`Error::Conflict`] where another version was meant.
    pub async fn edit_comment(
        &self,
        actor: &Actor,
        goal: Id,
        comment: Id,
        body: &str,
        version: Option<i64>,
    ) -> Result<CommentRow> {
        actor.need(Scope::CheckIn)?;
        let work = (self.clone(), actor.clone(), goal, comment, checked(body)?, version);
        self.store
            .write(work, |tx, (app, actor, goal, comment, body, version)| {
                Box::pin(async move {
                    let mut row = app.own(tx, actor, *goal, *comment, Action::CommentEdit, *version).await?;
                    let now = app.now();
                    comments::update(tx, row.id, row.version, body, now).await?;
                    let before = std::mem::replace(&mut row.body, body.clone());
                    row.version += 1;
                    row.edited_at = Some(now);
                    let detail = json!({ "before": before, "after": body });
                    app.note_comment(tx, actor, EventKind::CommentEdited, &row, detail).await?;
                    Ok(row)
                })
            })
            .await
    }

    /// Removes a comment: its author, or an admin.
    ///
    /// # Errors
    /// As [`Northing::edit_comment`].
    pub async fn delete_comment(
        &self,
        actor: &Actor,
        goal: Id,
        comment: Id,
        version: Option<i64>,
    ) -> Result<()> {
        actor.need(Scope::CheckIn)?;
        let work = (self.clone(), actor.clone(), goal, comment, version);
        self.store
            .write(work, |tx, (app, actor, goal, comment, version)| {
                Box::pin(async move {
                    let row = app.own(tx, actor, *goal, *comment, Action::CommentDelete, *version).await?;
                    comments::delete(tx, row.id, row.version).await?;
                    let detail = json!({ "before": row.body, "after": null });
                    app.note_comment(tx, actor, EventKind::CommentDeleted, &row, detail).await
                })
            })
            .await
    }

    async fn comment_now(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        check_in: Option<Id>,
        body: &str,
    ) -> Result<CommentRow> {
        let settings = hold_structure(tx, actor.org_id).await?;
        allow(tx, actor, goal, Action::GoalComment, false, &settings).await?;
        if let Some(check_in) = check_in {
            let found = check_ins::find(tx, goal, check_in).await?;
            found.ok_or_else(|| FieldError::new("check_in_id", "unknown", "is no check-in of this goal"))?;
        }
        let row = CommentRow {
            id: self.new_id(),
            goal_id: goal,
            check_in_id: check_in,
            author_id: Some(actor.user_id),
            author_name: Some(actor.name.clone()),
            body: body.to_owned(),
            version: 1,
            created_at: self.now(),
            edited_at: None,
        };
        comments::insert(tx, &row).await?;
        self.note_comment(tx, actor, EventKind::CommentAdded, &row, json!({ "before": null, "after": body }))
            .await?;
        Ok(row)
    }

    /// A comment that the actor may do this to.
    async fn own(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        goal: Id,
        comment: Id,
        action: Action,
        version: Option<i64>,
    ) -> Result<CommentRow> {
        let settings = hold_structure(tx, actor.org_id).await?;
        allow(tx, actor, goal, Action::GoalView, false, &settings).await?;
        let row = comments::find(tx, goal, comment).await?.ok_or(Error::NotFound("comment"))?;
        allow(tx, actor, goal, action, row.author_id == Some(actor.user_id), &settings).await?;
        if version.is_some_and(|version| version != row.version) {
            return Err(Error::Conflict);
        }
        Ok(row)
    }

    async fn note_comment(
        &self,
        tx: &mut Tx,
        actor: &Actor,
        kind: EventKind,
        row: &CommentRow,
        detail: serde_json::Value,
    ) -> Result<()> {
        let entry = Entry {
            id: self.new_id(),
            org_id: actor.org_id,
            actor_id: Some(actor.user_id),
            via: actor.via.name(),
            kind,
            goal_id: Some(row.goal_id),
            subject_id: Some(row.id),
            detail,
            at: self.now(),
        };
        activity::record(tx, &entry).await?;
        tx.announce(Event::goals(actor.org_id, vec![row.goal_id], Change::Activity));
        Ok(())
    }
}

fn checked(body: &str) -> Result<String> {
    let body = text::prose("body", body)?;
    if body.trim().is_empty() {
        return Err(FieldError::new("body", "required", "must not be empty").into());
    }
    Ok(body.to_owned())
}
