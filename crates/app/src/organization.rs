//! An organisation's purpose and settings; the log of its changes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::people::JoinPolicy;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::text;
use northing_store::{Tx, audit, organizations};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

pub use northing_store::audit::{Entry, Filter as AuditFilter};
pub use northing_store::organizations::Organization;

use crate::Northing;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::page::{Page, PageRequest};
use crate::setup::{check_prose, check_settings, check_slug, check_values};

/// What changes in an organisation; absent is unchanged, an inner none empties.
#[derive(Debug, Clone, Default)]
pub struct OrganizationChange {
    /// Another name.
    pub name: Option<String>,
    /// Another slug.
    pub slug: Option<String>,
    /// What it is for.
    pub mission: Option<Option<String>>,
    /// Where it wants to be.
    pub vision: Option<Option<String>>,
    /// What it holds to.
    pub values: Option<Vec<String>>,
    /// The figure that tells whether it is on its way.
    pub north_star: Option<Option<String>>,
    /// How people come in.
    pub join: Option<JoinPolicy>,
    /// The settings that change, by name; they hold for what is created from now on (goals §2.1).
    pub settings: Option<serde_json::Map<String, serde_json::Value>>,
}

/// A cursor from the key of the last entry.
pub(crate) fn cursor(key: &impl Serialize) -> Option<String> {
    serde_json::to_vec(key).ok().map(|json| URL_SAFE_NO_PAD.encode(json))
}

/// The key in a cursor.
pub(crate) fn key<T: DeserializeOwned>(page: &PageRequest) -> Result<Option<T>> {
    let Some(cursor) = &page.cursor else { return Ok(None) };
    let json = URL_SAFE_NO_PAD.decode(cursor).ok();
    let key = json.and_then(|json| serde_json::from_slice(&json).ok());
    key.map(Some).ok_or_else(|| FieldError::new("cursor", "invalid", "is none of ours").into())
}

/// Cuts a list that was read one entry too long, and says where the next page begins.
pub(crate) fn part<T, K: Serialize>(mut items: Vec<T>, page: &PageRequest, key: impl Fn(&T) -> K) -> Page<T> {
    let limit = usize::from(page.limit);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = if more { items.last().and_then(|last| cursor(&key(last))) } else { None };
    Page { items, next }
}

/// A changed version that was asked for, or the one that is.
pub(crate) fn expect_version(asked: Option<i64>, is: i64) -> Result<()> {
    if asked.is_none_or(|asked| asked == is) { Ok(()) } else { Err(Error::Conflict) }
}

/// Holds the structure of the actor's organisation and gives it.
pub(crate) async fn hold(tx: &mut Tx, actor: &Actor) -> Result<Organization> {
    organizations::lock(tx, actor.org_id).await?.ok_or(Error::NotFound("organisation"))
}

fn merged(settings: &Settings, changes: &serde_json::Map<String, serde_json::Value>) -> Result<Settings> {
    let internal = |error: serde_json::Error| Error::Internal(error.to_string());
    let mut all = serde_json::to_value(settings).map_err(internal)?;
    let known = all.as_object_mut().ok_or_else(|| Error::Internal(String::from("settings are no object")))?;
    let mut errors = Vec::new();
    for (name, value) in changes {
        let field = format!("settings.{name}");
        let Some(old) = known.get_mut(name) else {
            errors.push(FieldError::new(field, "unknown_field", "is no setting"));
            continue;
        };
        let before = std::mem::replace(old, value.clone());
        // Each is tried by itself, so that the error names it.
        if let Err(error) = serde_json::from_value::<Settings>(serde_json::Value::Object(known.clone())) {
            errors.push(FieldError::new(field, "invalid", error.to_string()));
            known.insert(name.clone(), before);
        }
    }
    let settings: Settings = serde_json::from_value(all).map_err(internal)?;
    errors.extend(check_settings(&settings));
    if errors.is_empty() { Ok(settings) } else { Err(errors.into()) }
}

fn apply(it: &mut Organization, change: &OrganizationChange) -> Result<()> {
    if let Some(name) = &change.name {
        text::title("name", name)?.clone_into(&mut it.name);
    }
    if let Some(slug) = &change.slug {
        check_slug(slug)?;
        it.slug.clone_from(slug);
    }
    if let Some(mission) = &change.mission {
        it.mission = check_prose("mission", mission.as_deref())?;
    }
    if let Some(vision) = &change.vision {
        it.vision = check_prose("vision", vision.as_deref())?;
    }
    if let Some(north_star) = &change.north_star {
        it.north_star = check_prose("north_star", north_star.as_deref())?;
    }
    if let Some(values) = &change.values {
        it.values = check_values(values)?;
    }
    if let Some(join) = change.join {
        it.join = join;
    }
    if let Some(settings) = &change.settings {
        it.settings = merged(&it.settings, settings)?;
    }
    Ok(())
}

fn purpose(it: &Organization) -> serde_json::Value {
    json!({"name": it.name, "slug": it.slug, "mission": it.mission, "vision": it.vision, "values": it.values,
        "north_star": it.north_star, "join": it.join, "settings": it.settings})
}

impl Northing {
    /// The actor's organisation with its purpose and settings.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn organization(&self, actor: &Actor) -> Result<Organization> {
        let mut rx = self.store.read_once().await?;
        organizations::by_id(&mut rx, actor.org_id).await?.ok_or(Error::NotFound("organisation"))
    }

    /// Changes the actor's organisation; `version` is the one that they saw.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Conflict`], [`Error::Invalid`].
    pub async fn edit_organization(
        &self,
        actor: &Actor,
        change: OrganizationChange,
        version: Option<i64>,
    ) -> Result<Organization> {
        self.store
            .write((self.clone(), actor.clone(), change), move |tx, (app, actor, change)| {
                Box::pin(async move {
                    let mut it = hold(tx, actor).await?;
                    actor.require(Action::OrganizationSettings, Thing::Organization, &it.settings)?;
                    expect_version(version, it.version)?;
                    let before = purpose(&it);
                    apply(&mut it, change)?;
                    it.updated_at = app.now();
                    organizations::update(tx, &it).await?;
                    it.version += 1;
                    let detail = json!({"before": before, "after": purpose(&it)});
                    app.note(tx, actor, EventKind::OrganizationEdited, Some(it.id), detail).await?;
                    Ok(it)
                })
            })
            .await
    }

    /// The log of changes, newest first: for admins.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; [`Error::Invalid`] for a cursor that is none of ours.
    pub async fn list_audit(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        page: &PageRequest,
    ) -> Result<Page<Entry>> {
        actor.require(Action::AuditRead, Thing::Organization, &Settings::default())?;
        let before: Option<(i64, String)> = key(page)?;
        let before = before.as_ref().map(|(at, id)| (*at, id.as_str()));
        let mut rx = self.store.read_once().await?;
        let limit = i64::from(page.limit) + 1;
        let found = audit::list(&mut rx, actor.org_id, actor.user_id, filter, before, limit).await?;
        Ok(part(found, page, |entry| (entry.at.millis(), entry.id)))
    }
}
