//! Tags: listed, made, renamed and deleted (goals §1.3, §10.5). A tag is one word or name of the whole organisation.

use northing_core::event::EventKind;
use northing_core::permission::{Action, Thing};
use northing_core::text::{self, fold};
use northing_core::values::Id;
use northing_store::{Change, Event, Tx, goal_tags, tags};
use serde_json::json;

pub use northing_store::tags::Tag;

use crate::goal::context::Context;
use crate::organization::{expect_version, key, part};
use crate::{Actor, Error, Northing, Page, PageRequest, Result};

/// Tags that a picker offers at once.
const OFFERED: i64 = 10;
/// Goals whose readers are told at once of a tag's new name; who looks at others sees it with the next page.
const TOLD: i64 = 500;

/// What a picker offers for what was typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TagChoices {
    /// Names of tags that hold the text.
    pub names: Vec<String>,
    /// The typed text as a tag to be made: there is none of the name yet, and the actor may make one.
    pub new: Option<String>,
}

/// What the actor may do with tags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagRights {
    /// Make one.
    pub create: bool,
    /// Rename and delete.
    pub manage: bool,
}

async fn find(context: &Context<'_>, tx: &mut Tx, id: Id, version: Option<i64>) -> Result<Tag> {
    let actor = context.actor;
    let it = tags::by_id(tx, actor.org_id, actor.user_id, id).await?.ok_or(Error::NotFound("tag"))?;
    context.require(Action::TagManage, Thing::Organization)?;
    expect_version(version, it.version)?;
    Ok(it)
}

impl Northing {
    /// The organisation's tags by name, with how many goals have each.
    ///
    /// # Errors
    /// A cursor that is none of ours; those of the store.
    pub async fn list_tags(&self, actor: &Actor, text: &str, page: &PageRequest) -> Result<Page<Tag>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let after: Option<(String, String)> = key(page)?;
        let after = after.as_ref().map(|(name, id)| (name.as_str(), id.as_str()));
        let limit = i64::from(page.limit) + 1;
        let found = tags::list(&mut rx, actor.org_id, actor.user_id, &fold(text), after, limit).await?;
        Ok(part(found, page, |it| (it.key.clone(), it.id)))
    }

    /// One tag.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn tag(&self, actor: &Actor, id: Id) -> Result<Tag> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        tags::by_id(&mut rx, actor.org_id, actor.user_id, id).await?.ok_or(Error::NotFound("tag"))
    }

    /// What the actor may do with tags.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn tag_rights(&self, actor: &Actor) -> Result<TagRights> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let may = |action| context.may(action, Thing::Organization);
        Ok(TagRights { create: may(Action::TagCreate), manage: may(Action::TagManage) })
    }

    /// Tags for what somebody types into a picker.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn find_tags(&self, actor: &Actor, text: &str) -> Result<TagChoices> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let typed = text.trim();
        let folded = fold(typed);
        let found = tags::list(&mut rx, actor.org_id, actor.user_id, &folded, None, OFFERED).await?;
        let name = text::title("name", typed).ok();
        let new = match name {
            Some(name) if context.may(Action::TagCreate, Thing::Organization) => {
                let known = goal_tags::find(&mut rx, actor.org_id, &[name.to_owned()]).await?;
                known.is_empty().then(|| name.to_owned())
            }
            _ => None,
        };
        Ok(TagChoices { names: found.into_iter().map(|it| it.name).collect(), new })
    }

    /// Makes a tag.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] at `name`; the store's where there is one of the name.
    pub async fn create_tag(&self, actor: &Actor, name: &str) -> Result<Tag> {
        self.store
            .write((self.clone(), actor.clone(), name.to_owned()), |tx, (app, actor, name)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    context.require(Action::TagCreate, Thing::Organization)?;
                    let name = text::title("name", name)?.to_owned();
                    let (id, created_at) = (app.new_id(), context.now);
                    let it = Tag { id, key: fold(&name), name, version: 1, created_at, goals: 0 };
                    tags::insert(tx, actor.org_id, &it).await?;
                    app.note(
                        tx,
                        actor,
                        EventKind::TagCreated,
                        Some(id),
                        json!({ "after": { "name": it.name } }),
                    )
                    .await?;
                    Ok(it)
                })
            })
            .await
    }

    /// Gives a tag another name, on every goal that has it. `version` is the one that the actor saw.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`]; [`Error::Invalid`] at `name`; the store's where there is
    /// another of the name.
    pub async fn rename_tag(&self, actor: &Actor, id: Id, name: &str, version: Option<i64>) -> Result<Tag> {
        self.store
            .write((self.clone(), actor.clone(), name.to_owned()), move |tx, (app, actor, name)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let mut it = find(&context, tx, id, version).await?;
                    let name = text::title("name", name)?.to_owned();
                    if name == it.name {
                        return Ok(it);
                    }
                    tags::rename(tx, id, it.version, &name).await?;
                    let goals = tags::goals(tx, id, TOLD).await?;
                    tx.announce(Event::goals(actor.org_id, goals, Change::Edited));
                    let detail = json!({ "before": { "name": it.name }, "after": { "name": name } });
                    app.note(tx, actor, EventKind::TagEdited, Some(id), detail).await?;
                    it.key = fold(&name);
                    it.name = name;
                    it.version += 1;
                    Ok(it)
                })
            })
            .await
    }

    /// Deletes a tag: every goal that has it loses it.
    ///
    /// # Errors
    /// As for [`Self::rename_tag`].
    pub async fn delete_tag(&self, actor: &Actor, id: Id, version: Option<i64>) -> Result<()> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let it = find(&context, tx, id, version).await?;
                    let goals = tags::goals(tx, id, TOLD).await?;
                    tags::delete(tx, id, it.version).await?;
                    tx.announce(Event::goals(actor.org_id, goals, Change::Edited));
                    let detail = json!({ "before": { "name": it.name } });
                    Ok(app.note(tx, actor, EventKind::TagDeleted, Some(id), detail).await?)
                })
            })
            .await
    }
}
