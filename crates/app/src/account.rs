//! A person's own account: who they are to others, their password, what they chose for themselves (goals §11.3).

use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::password;
use northing_core::preferences::{AlertChoice, Preferences, Shortcuts, Theme};
use northing_core::text;
use northing_core::values::Id;
use northing_store::members::{self, In};
use northing_store::{Tx, sessions, users};
use serde_json::json;

pub use northing_store::users::User;

use crate::actor::{Scopes, Via};
use crate::caller::{SignedIn, actor_of};
use crate::error::{Error, Result};
use crate::organization::expect_version;
use crate::sign_in::email_key;
use crate::{Northing, passwords};

/// The longest job title or department.
const LONGEST_LINE: usize = 200;

/// What changes in a person's profile; absent is unchanged, an inner none empties.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileChange {
    /// Another name, in every organisation of theirs.
    pub name: Option<String>,
    /// What they do.
    pub title: Option<Option<String>>,
    /// Where they do it.
    pub department: Option<Option<String>>,
    /// IANA name of their time zone; none for that of the organisation.
    pub time_zone: Option<Option<String>>,
}

/// What changes in what a person chose; absent is unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PreferenceChange {
    /// Colours.
    pub theme: Option<Theme>,
    /// Single letters as shortcuts.
    pub shortcuts: Option<Shortcuts>,
    /// Which alerts are shown.
    pub alerts: Option<AlertChoice>,
    /// The organisation in which they work from now on.
    pub organization: Option<Id>,
}

/// The names of all time zones, for a list to choose from.
#[must_use]
pub fn time_zones() -> Vec<String> {
    let mut names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    // What is neither a place nor UTC is there for old machines.
    names.retain(|name| {
        name == "UTC" || (name.contains('/') && !name.starts_with("Etc/") && !name.starts_with("SystemV/"))
    });
    names.sort_unstable();
    names
}

fn line(field: &'static str, given: Option<&str>) -> Result<Option<String>, FieldError> {
    let line = text::line(field, given.unwrap_or(""), LONGEST_LINE)?;
    Ok((!line.is_empty()).then(|| line.to_owned()))
}

pub(crate) fn check_zone(zone: Option<&str>) -> Result<Option<String>, FieldError> {
    match zone.map(str::trim).filter(|zone| !zone.is_empty()) {
        Some(zone) if jiff::tz::TimeZone::get(zone).is_err() => {
            Err(FieldError::new("time_zone", "unknown", "must be a time zone such as Europe/Berlin"))
        }
        zone => Ok(zone.map(str::to_owned)),
    }
}

fn shown(it: &User) -> serde_json::Value {
    json!({"name": it.name, "title": it.title, "department": it.department, "time_zone": it.time_zone})
}

fn apply(it: &mut User, change: &ProfileChange) -> Result<()> {
    let mut errors = Vec::new();
    let mut take = |slot: &mut Option<String>, found: Result<Option<String>, FieldError>| match found {
        Ok(found) => *slot = found,
        Err(error) => errors.push(error),
    };
    if let Some(title) = &change.title {
        take(&mut it.title, line("title", title.as_deref()));
    }
    if let Some(department) = &change.department {
        take(&mut it.department, line("department", department.as_deref()));
    }
    if let Some(zone) = &change.time_zone {
        take(&mut it.time_zone, check_zone(zone.as_deref()));
    }
    match change.name.as_deref().map(|name| text::title("name", name)) {
        Some(Ok(name)) => name.clone_into(&mut it.name),
        Some(Err(error)) => errors.insert(0, error),
        None => {}
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

impl Northing {
    /// A person of the installation: for themselves.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none.
    pub async fn user(&self, user: Id) -> Result<User> {
        users::by_id(&mut self.store.read_once().await?, user).await?.ok_or(Error::NotFound("person"))
    }

    /// Changes a person's own profile; their name in every organisation of theirs. `version` is the one that they saw.
    ///
    /// # Errors
    /// [`Error::Invalid`] naming each wrong field; [`Error::Conflict`].
    pub async fn edit_profile(
        &self,
        user: Id,
        via: Via,
        change: ProfileChange,
        version: Option<i64>,
    ) -> Result<User> {
        self.store
            .write((self.clone(), change), move |tx, (app, change)| {
                Box::pin(async move {
                    let mut it = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
                    expect_version(version, it.version)?;
                    let before = shown(&it);
                    apply(&mut it, change)?;
                    let now = app.now();
                    users::update(tx, &it, &email_key(&it.email), now).await?;
                    it.version += 1;
                    if change.name.is_some() {
                        app.rename(tx, &it).await?;
                    }
                    let detail = json!({"before": before, "after": shown(&it)});
                    app.note_everywhere(tx, user, via, EventKind::ProfileEdited, &detail).await?;
                    Ok(it)
                })
            })
            .await
    }

    /// Takes a person's name over into every organisation of theirs.
    async fn rename(&self, tx: &mut Tx, it: &User) -> Result<()> {
        for membership in members::memberships(tx, it.id, In::Any).await? {
            if membership.name == it.name {
                continue;
            }
            if let Some(mut member) = members::by_id(tx, membership.org_id, it.id).await? {
                member.name.clone_from(&it.name);
                member.updated_at = self.now();
                members::update(tx, &member).await?;
            }
        }
        Ok(())
    }

    /// Notes what a person did to their own account in the log of each organisation of theirs.
    async fn note_everywhere(
        &self,
        tx: &mut Tx,
        user: Id,
        via: Via,
        kind: EventKind,
        detail: &serde_json::Value,
    ) -> Result<()> {
        for membership in members::memberships(tx, user, In::Any).await? {
            let actor = actor_of(&membership, via, Scopes::ALL);
            self.note(tx, &actor, kind, Some(user), detail.clone()).await?;
        }
        Ok(())
    }

    /// Changes a person's password and ends their other sessions; how many ended.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `old_password` where it is not theirs, at `new_password` where it cannot be accepted;
    /// [`Error::TooMany`] after too many attempts.
    pub async fn change_password(
        &self,
        who: &SignedIn,
        old: String,
        new: String,
        address: &str,
    ) -> Result<u64> {
        let organizations = who.memberships.iter().map(|it| it.organization.as_str());
        let about: Vec<&str> =
            [who.name.as_str(), who.email.as_str()].into_iter().chain(organizations).collect();
        password::check("new_password", &new, &about)?;
        let key = email_key(&who.email);
        self.attempts.begin(&key, address, self.now())?;
        let hash = self.user(who.user_id).await?.password_hash;
        if !passwords::verify(old.clone(), hash).await? {
            return Err(FieldError::new("old_password", "wrong", "is not your password").into());
        }
        self.attempts.succeeded(&key, address);
        if old == new {
            return Err(FieldError::new("new_password", "unchanged", "must differ from the old one").into());
        }
        let hash = self.hash_password(new).await?;
        let (user, session) = (who.user_id, who.session_id);
        self.store
            .write((self.clone(), hash), move |tx, (app, hash)| {
                Box::pin(async move {
                    let mut it = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
                    it.password_hash = Some(hash.clone());
                    users::update(tx, &it, &email_key(&it.email), app.now()).await?;
                    let ended = sessions::end_all(tx, user, Some(session)).await?;
                    app.note_everywhere(tx, user, Via::Browser, EventKind::PasswordChanged, &json!({}))
                        .await?;
                    Ok(ended)
                })
            })
            .await
    }

    /// Stores what a person chose for themselves.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn choose(&self, user: Id, change: PreferenceChange) -> Result<Preferences> {
        let now = self.now();
        self.store
            .write(change, move |tx, change| {
                Box::pin(async move {
                    let mut it = users::by_id(tx, user).await?.ok_or(Error::NotFound("person"))?;
                    let chosen = &mut it.preferences;
                    chosen.theme = change.theme.unwrap_or(chosen.theme);
                    chosen.shortcuts = change.shortcuts.unwrap_or(chosen.shortcuts);
                    chosen.alerts = change.alerts.unwrap_or(chosen.alerts);
                    chosen.organization = change.organization.or(chosen.organization);
                    users::update(tx, &it, &email_key(&it.email), now).await?;
                    Ok::<_, Error>(it.preferences)
                })
            })
            .await
    }
}
