//! Which integrations an organisation has switched on (integrations §1.1, §2.1).

use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::permission::{Action, Thing};
use northing_store::connections::{self, ConnectionRow, Integration};
use northing_store::{Change, Event, goal_links};
use serde_json::json;

use super::outside::AZURE_DEVOPS;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::error::{Error, Result};
use crate::organization::hold;
use crate::{Northing, secret};

/// Every kind of source that there is.
pub const KINDS: [&str; 1] = [AZURE_DEVOPS];

/// An integration as the admin page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationView {
    /// Its kind.
    pub kind: &'static str,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Whether this server allows it: where not, it works nowhere, and nobody can switch it on.
    pub allowed: bool,
    /// Whether it ever was: then it is managed rather than enabled.
    pub known: bool,
    /// How many connections it has.
    pub connections: usize,
    /// How many of them are in trouble.
    pub troubled: usize,
    /// How many goals follow it.
    pub links: i64,
    /// Whether messages from the other system are let in.
    pub has_hook: bool,
    /// Whether a link to the goal is written on each linked item.
    pub write_back: bool,
}

impl Northing {
    /// The integrations with how they stand.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but owners and admins.
    pub async fn integrations(&self, actor: &Actor) -> Result<Vec<IntegrationView>> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
        let known = connections::integrations(&mut rx, actor.org_id).await?;
        let all = connections::list(&mut rx, actor.org_id, actor.user_id, true).await?;
        Ok(views(&known, &all, &connections::forbidden(&mut rx).await?))
    }

    /// Switches an integration on or off. Off suspends every link and keeps its last value; on resumes them.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for all but owners and admins, [`Error::Invalid`] for a kind that there is not, [`Error::Refused`] for one that this
    /// server does not allow.
    pub async fn set_integration(&self, actor: &Actor, kind: &str, enabled: bool) -> Result<()> {
        self.change_integration(actor, kind, move |it| it.enabled = enabled).await
    }

    /// Turns writing a link to the goal on each linked item on or off; it is off unless somebody turns it on.
    ///
    /// # Errors
    /// As [`Northing::set_integration`].
    pub async fn set_write_back(&self, actor: &Actor, kind: &str, on: bool) -> Result<()> {
        self.change_integration(actor, kind, move |it| it.settings = json!({ "write_back": on }).to_string())
            .await
    }

    async fn change_integration(
        &self,
        actor: &Actor,
        kind: &str,
        change: impl Fn(&mut Integration) + Send + Sync + 'static,
    ) -> Result<()> {
        actor.need(Scope::Admin)?;
        let kind = known(kind)?;
        let work = (self.clone(), actor.clone(), change);
        self.store
            .write(work, move |tx, (app, actor, change)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
                    let found = connections::integrations(tx, actor.org_id).await?;
                    let before = found.into_iter().find(|it| it.kind == kind).unwrap_or_else(|| fresh(kind));
                    let mut after = before.clone();
                    change(&mut after);
                    let forbidden = connections::forbidden(tx).await?.iter().any(|it| it == kind);
                    if forbidden && after.enabled && !before.enabled {
                        return Err(super::connections::not_allowed().into());
                    }
                    if after == before && before.version > 0 {
                        return Ok::<_, Error>(());
                    }
                    let now = app.now();
                    connections::set_integration(tx, actor.org_id, &after, now).await?;
                    if after.enabled && !before.enabled {
                        goal_links::resume(tx, actor.org_id, kind, now).await?;
                    } else if before.enabled && !after.enabled {
                        goal_links::suspend(tx, actor.org_id, kind).await?;
                    }
                    let goals = goal_links::goals_of_kind(tx, actor.org_id, kind).await?;
                    if !goals.is_empty() {
                        tx.announce(Event::goals(actor.org_id, goals, Change::Edited));
                    }
                    let event = if after.enabled { EventKind::IntegrationEnabled } else { EventKind::IntegrationDisabled };
                    let detail = json!({ "kind": kind, "after": { "enabled": after.enabled, "write_back": writes_back(&after.settings) } });
                    Ok(app.note(tx, actor, event, None, detail).await?)
                })
            })
            .await
    }

    /// Lets only these kinds of integration work on this server, whatever organisations have switched on: links of the others are suspended and
    /// keep their last value; those of kinds that are allowed again go on where they stopped. Called when the server starts.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a kind that there is not.
    pub async fn allow_integrations(&self, kinds: &[String]) -> Result<()> {
        for kind in kinds {
            known(kind)?;
        }
        let work = (kinds.to_vec(), self.now());
        self.store
            .write(work, |tx, (kinds, now)| {
                Box::pin(async move {
                    let before = connections::forbidden(tx).await?;
                    for kind in KINDS {
                        let was = before.iter().any(|it| it == kind);
                        match (was, kinds.iter().any(|it| it == kind)) {
                            (false, false) => connections::forbid(tx, kind).await?,
                            (true, true) => connections::allow(tx, kind, *now).await?,
                            _ => {}
                        }
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// Makes a new secret for messages from the other system, in the place of the old one. It is told here once.
    ///
    /// # Errors
    /// As [`Northing::set_integration`]; [`Error::Refused`] while the integration is off.
    pub async fn renew_hook(&self, actor: &Actor, kind: &str) -> Result<String> {
        actor.need(Scope::Admin)?;
        let kind = known(kind)?;
        let secret = secret::new(&*self.rng);
        let work = (self.clone(), actor.clone(), secret::hash(&secret));
        self.store
            .write(work, move |tx, (app, actor, hash)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    actor.require(Action::IntegrationManage, Thing::Organization, &settings)?;
                    super::connections::require_enabled(tx, actor.org_id, kind).await?;
                    connections::set_hook(tx, actor.org_id, kind, Some(hash), app.now()).await?;
                    let detail = json!({ "kind": kind, "after": { "hook": "renewed" } });
                    Ok::<_, Error>(app.note(tx, actor, EventKind::IntegrationEnabled, None, detail).await?)
                })
            })
            .await?;
        Ok(secret)
    }
}

/// How every integration stands.
pub(super) fn views(
    known: &[Integration],
    all: &[ConnectionRow],
    forbidden: &[String],
) -> Vec<IntegrationView> {
    let view = |kind: &'static str| {
        let found = known.iter().find(|it| it.kind == kind);
        let own: Vec<_> = all.iter().filter(|it| it.kind == kind).collect();
        IntegrationView {
            kind,
            enabled: found.is_some_and(|it| it.enabled) && !forbidden.iter().any(|it| it == kind),
            allowed: !forbidden.iter().any(|it| it == kind),
            known: found.is_some() || !own.is_empty(),
            connections: own.len(),
            troubled: own.iter().filter(|it| it.error.is_some()).count(),
            links: own.iter().map(|it| it.links).sum(),
            has_hook: found.is_some_and(|it| it.has_hook),
            write_back: found.is_some_and(|it| writes_back(&it.settings)),
        }
    };
    KINDS.into_iter().map(view).collect()
}

pub(super) fn known(kind: &str) -> Result<&'static str> {
    let found = KINDS.into_iter().find(|it| *it == kind);
    found.ok_or_else(|| FieldError::new("kind", "unknown", "must be azure_devops").into())
}

fn fresh(kind: &str) -> Integration {
    Integration {
        kind: kind.to_owned(),
        enabled: false,
        settings: String::from("{}"),
        has_hook: false,
        version: 0,
    }
}

/// Whether the options say to write back.
pub(super) fn writes_back(settings: &str) -> bool {
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap_or_default();
    settings.get("write_back").and_then(serde_json::Value::as_bool).unwrap_or(false)
}
