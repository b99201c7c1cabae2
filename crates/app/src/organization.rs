//! An organisation's purpose and settings.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::people::{JoinPolicy, Role};
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::text;
use northing_core::values::Id;
use northing_store::{Failure, Tx, members, organizations};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

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

/// An organisation as those see it who may change it.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationSettings {
    /// Its purpose and settings.
    pub organization: Organization,
    /// The names of everyone whom the settings name and who is still a member.
    pub names: HashMap<Id, String>,
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

/// Takes what changes over; everything that is wrong at once, each at its field.
fn apply(it: &mut Organization, change: &OrganizationChange) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Some(name) = &change.name {
        match text::title("name", name) {
            Ok(name) => name.clone_into(&mut it.name),
            Err(error) => errors.push(error),
        }
    }
    if let Some(slug) = &change.slug {
        match check_slug(slug) {
            Ok(()) => it.slug.clone_from(slug),
            Err(error) => errors.push(error),
        }
    }
    for (field, given, kept) in [
        ("mission", &change.mission, &mut it.mission),
        ("vision", &change.vision, &mut it.vision),
        ("north_star", &change.north_star, &mut it.north_star),
    ] {
        let Some(given) = given else { continue };
        match check_prose(field, given.as_deref()) {
            Ok(text) => *kept = text,
            Err(error) => errors.push(error),
        }
    }
    if let Some(values) = &change.values {
        match check_values(values) {
            Ok(values) => it.values = values,
            Err(error) => errors.push(error),
        }
    }
    it.join = change.join.unwrap_or(it.join);
    if let Some(settings) = &change.settings {
        match merged(&it.settings, settings) {
            Ok(settings) => it.settings = settings,
            Err(Error::Invalid(wrong)) => errors.extend(wrong),
            Err(other) => errors.push(FieldError::new("settings", "invalid", other.to_string())),
        }
    }
    errors
}

/// Those who are newly named for something must be able to act here.
async fn check_named(tx: &mut Tx, org: Id, before: &Settings, after: &Settings) -> Result<Vec<FieldError>> {
    let mut fresh: Vec<(String, Id)> = Vec::new();
    for ((name, now), (_, was)) in after.named_people().into_iter().zip(before.named_people()) {
        let new = now.iter().enumerate().filter(|(_, id)| !was.contains(id));
        fresh.extend(new.map(|(at, id)| (format!("settings.{name}[{at}]"), *id)));
    }
    if fresh.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Id> = fresh.iter().map(|(_, id)| *id).collect();
    let known: HashMap<Id, Role> = members::acting(tx, org, &ids).await?.into_iter().collect();
    let wrong = fresh.into_iter().filter_map(|(field, id)| match known.get(&id) {
        None => Some(FieldError::new(field, "unknown", "is no active member of this organisation")),
        Some(Role::Observer) => {
            Some(FieldError::new(field, "observer", "is an observer, who changes nothing"))
        }
        Some(_) => None,
    });
    Ok(wrong.collect())
}

fn purpose(it: &Organization) -> serde_json::Value {
    json!({"name": it.name, "slug": it.slug, "mission": it.mission, "vision": it.vision, "values": it.values,
        "north_star": it.north_star, "join": it.join, "settings": it.settings})
}

/// A slug that another organisation has is an error at its field.
fn slug_taken(failure: Failure) -> Error {
    match failure {
        Failure::Unique { .. } => {
            FieldError::new("slug", "taken", "belongs to another organisation here: choose another").into()
        }
        other => other.into(),
    }
}

impl Northing {
    /// The actor's organisation with the names of everyone whom its settings name; for those who may change it.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; those of the store.
    pub async fn organization_settings(&self, actor: &Actor) -> Result<OrganizationSettings> {
        let mut rx = self.store.read().await?;
        let found = organizations::by_id(&mut rx, actor.org_id).await?;
        let organization = found.ok_or(Error::NotFound("organisation"))?;
        actor.require(Action::OrganizationSettings, Thing::Organization, &organization.settings)?;
        let ids: Vec<Id> =
            organization.settings.named_people().iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
        let names = members::names(&mut rx, actor.org_id, &ids).await?;
        Ok(OrganizationSettings { organization, names })
    }

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
                    let settings = it.settings.clone();
                    let mut errors = apply(&mut it, change);
                    errors.extend(check_named(tx, it.id, &settings, &it.settings).await?);
                    if !errors.is_empty() {
                        return Err(errors.into());
                    }
                    it.updated_at = app.now();
                    organizations::update(tx, &it).await.map_err(slug_taken)?;
                    it.version += 1;
                    let detail = json!({"before": before, "after": purpose(&it)});
                    app.note(tx, actor, EventKind::OrganizationEdited, Some(it.id), detail).await?;
                    Ok(it)
                })
            })
            .await
    }
}
