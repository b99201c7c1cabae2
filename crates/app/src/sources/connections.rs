//! Connections to other systems: made, tried, changed, removed (integrations §1.1, §2.2).

use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::{Day, Id, Moment};
use northing_store::connections::{self, ConnectionRow, Standing};
use northing_store::jobs;
use northing_store::{Rx, Tx};
use serde::Serialize;
use serde_json::json;

use super::outside::{AZURE_DEVOPS, Config, Secret, check_name, read};
use super::{Failed, failed};
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::error::{Error, Result};
use crate::organization::{expect_version, hold};

/// A new connection.
#[derive(Debug, Clone, Default)]
pub struct NewConnection {
    /// The kind of source.
    pub kind: String,
    /// Its name: what people see who link goals by it.
    pub name: String,
    /// Whether everybody may link goals by it.
    pub shared: bool,
    /// Its settings.
    pub config: Config,
    /// Its secret.
    pub secret: Secret,
    /// When the secret ends, where that is known.
    pub expires_on: Option<Day>,
}

/// What changes in a connection; absent is unchanged, an inner none empties.
#[derive(Debug, Clone, Default)]
pub struct ConnectionChange {
    /// Another name.
    pub name: Option<String>,
    /// Whether everybody may use it.
    pub shared: Option<bool>,
    /// Other settings.
    pub config: Option<Config>,
    /// Another secret.
    pub secret: Option<Secret>,
    /// Another end of the secret.
    pub expires_on: Option<Option<Day>>,
}

/// A connection as people see it: never with its secret.
#[derive(Debug, Clone, PartialEq)]
pub struct Connection {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// The kind of source.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Who made it, with their name.
    pub owner: Option<(Id, String)>,
    /// Whether everybody may use it.
    pub shared: bool,
    /// Its settings.
    pub config: Config,
    /// As whom the other system knows it.
    pub identity: Option<String>,
    /// When its secret ends.
    pub expires_on: Option<Day>,
    /// The trouble of the last request.
    pub error: Option<Failed>,
    /// Why links to goals could not be written on items the last time.
    pub write_error: Option<Failed>,
    /// When the last good answer came.
    pub last_ok_at: Option<Moment>,
    /// How many goals follow it.
    pub links: i64,
    /// Whether the reader may change it.
    pub may_manage: bool,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

impl Connection {
    pub(crate) fn of(row: &ConnectionRow, actor: &Actor, settings: &Settings) -> Result<Self> {
        let config = serde_json::from_str(&row.config)
            .map_err(|_| Error::Internal(String::from("a connection's settings are not in our form")))?;
        Ok(Self {
            id: row.id,
            org_id: row.org_id,
            kind: row.kind.clone(),
            name: row.name.clone(),
            owner: row.owner_id.zip(row.owner_name.clone()),
            shared: row.shared,
            config,
            identity: row.identity.clone(),
            expires_on: row.expires_on,
            error: row.error.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            write_error: row.write_error.as_deref().and_then(|text| serde_json::from_str(text).ok()),
            last_ok_at: row.last_ok_at,
            links: row.links,
            may_manage: may_manage(actor, row, settings),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

fn may_manage(actor: &Actor, row: &ConnectionRow, settings: &Settings) -> bool {
    row.owner_id == Some(actor.user_id) || actor.may(Action::IntegrationManage, Thing::Organization, settings)
}

/// A connection that the actor may use: their own, a shared one, or for those who manage integrations any.
pub(super) async fn usable(rx: &mut Rx, actor: &Actor, id: Id, settings: &Settings) -> Result<ConnectionRow> {
    let row = connections::find(rx, actor.org_id, id).await?.ok_or(Error::NotFound("connection"))?;
    if row.shared || may_manage(actor, &row, settings) { Ok(row) } else { Err(Error::NotFound("connection")) }
}

/// A connection that the actor may link goals by: their own, or a shared one. A private one of somebody else is for mending, and only for
/// that: by it the goal goes on that follows it already.
pub(super) async fn linkable(
    rx: &mut Rx,
    actor: &Actor,
    id: Id,
    goal: Option<Id>,
    settings: &Settings,
) -> Result<ConnectionRow> {
    let row = usable(rx, actor, id, settings).await?;
    if row.shared || row.owner_id == Some(actor.user_id) {
        return Ok(row);
    }
    let link = match goal {
        Some(goal) => northing_store::goal_links::find(rx, goal).await?,
        None => None,
    };
    if link.is_some_and(|link| link.connection_id == Some(id)) {
        return Ok(row);
    }
    let message = "This connection is private: only its owner links goals by it. Ask for it to be shared, or make your own.";
    Err(Error::Forbidden(Refusal::new("private_connection", message)))
}

pub(super) async fn manageable(
    rx: &mut Rx,
    actor: &Actor,
    id: Id,
    settings: &Settings,
) -> Result<ConnectionRow> {
    let row = usable(rx, actor, id, settings).await?;
    if may_manage(actor, &row, settings) {
        return Ok(row);
    }
    let message = "Only its owner and the organisation's admins may change a connection.";
    Err(Error::Forbidden(Refusal::new("not_allowed", message)))
}

/// Refuses where the integration is switched off.
pub(super) async fn require_enabled(rx: &mut Rx, org: Id, kind: &str) -> Result<()> {
    refused_as(connections::standing(rx, org, kind).await?).map_or(Ok(()), |refusal| Err(refusal.into()))
}

/// Why nothing can be done with an integration that stands like this; none where it is on.
pub(super) fn refused_as(standing: Standing) -> Option<Refusal> {
    let off = "Azure DevOps is switched off in this organisation. An admin switches it on under Admin, Integrations.";
    match standing {
        Standing::On => None,
        Standing::Off => Some(Refusal::new("integration_disabled", off)),
        Standing::Forbidden => Some(not_allowed()),
    }
}

/// Why an integration is not to be had on this server at all.
pub(super) fn not_allowed() -> Refusal {
    let message = "Azure DevOps is not allowed on this server. Whoever runs the server names the integrations that are (its option \
        integrations).";
    Refusal::new("integration_forbidden", message)
}

impl Northing {
    /// The connections that the actor may use; those who manage integrations see all. Their own come first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn connections(&self, actor: &Actor) -> Result<Vec<Connection>> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        let all = actor.may(Action::IntegrationManage, Thing::Organization, &settings);
        let rows = connections::list(&mut rx, actor.org_id, actor.user_id, all).await?;
        rows.iter().map(|row| Connection::of(row, actor, &settings)).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn connection(&self, actor: &Actor, id: Id) -> Result<Connection> {
        actor.need(Scope::Read)?;
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, actor.org_id).await?;
        Connection::of(&usable(&mut rx, actor, id, &settings).await?, actor, &settings)
    }

    /// Makes a connection. The other system is not asked here: test it first, or see how the first sync goes. A job finds out the lasting
    /// identifier of the project, which is all that is asked for from then on.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for observers, [`Error::Refused`] where the integration is off, [`Error::Invalid`].
    pub async fn create_connection(&self, actor: &Actor, new: NewConnection) -> Result<Connection> {
        actor.need(Scope::Write)?;
        if new.kind != AZURE_DEVOPS {
            return Err(FieldError::new("kind", "unknown", "must be azure_devops").into());
        }
        let mut errors = Vec::new();
        let name = check_name(&new.name).map_err(|error| errors.push(error)).unwrap_or_default();
        if let Err(error) = read(&new.config, &new.secret) {
            match error {
                Error::Invalid(wrong) => errors.extend(wrong),
                other => return Err(other),
            }
        }
        if !errors.is_empty() {
            return Err(Error::Invalid(errors));
        }
        let id = self.new_id();
        let secret = self.seal(actor.org_id, id, &new.secret)?;
        let work = (self.clone(), actor.clone(), NewConnection { name, ..new }, id, secret);
        let made = self.store.write(work, |tx, (app, actor, new, id, secret)| {
            Box::pin(async move {
                let settings = hold(tx, actor).await?.settings;
                actor.require(Action::ConnectionCreate, Thing::Organization, &settings)?;
                require_enabled(tx, actor.org_id, &new.kind).await?;
                let now = app.now();
                let row = ConnectionRow {
                    id: *id,
                    org_id: actor.org_id,
                    kind: new.kind.clone(),
                    name: new.name.clone(),
                    owner_id: Some(actor.user_id),
                    owner_name: Some(actor.name.clone()),
                    shared: new.shared,
                    config: text(&new.config)?,
                    container_id: None,
                    identity: None,
                    secret: secret.clone(),
                    expires_on: new.expires_on,
                    warned_days: None,
                    error: None,
                    write_error: None,
                    last_ok_at: None,
                    quiet_until: None,
                    links: 0,
                    version: 1,
                    created_at: now,
                    updated_at: now,
                };
                connections::insert(tx, &row).await?;
                // The name that was entered may be another soon: what it leads to is found out at once.
                jobs::enqueue(tx, &app.learning(&row, now)?, now).await?;
                let detail = json!({ "after": shown(&row) });
                app.note(tx, actor, EventKind::ConnectionCreated, Some(*id), detail).await?;
                Connection::of(&row, actor, &settings)
            })
        });
        made.await.map_err(taken)
    }

    /// Changes a connection, or renews its credentials; links that had failed for want of them are tried again at once.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`] for all but its owner and admins, [`Error::Invalid`], [`Error::Conflict`].
    pub async fn change_connection(
        &self,
        actor: &Actor,
        id: Id,
        version: Option<i64>,
        change: ConnectionChange,
    ) -> Result<Connection> {
        actor.need(Scope::Write)?;
        let work = (self.clone(), actor.clone(), change);
        let changed = self.store.write(work, move |tx, (app, actor, change)| {
            Box::pin(async move {
                let settings = hold(tx, actor).await?.settings;
                let before = manageable(tx, actor, id, &settings).await?;
                expect_version(version, before.version)?;
                let after = app.changed_connection(&before, change)?;
                if after != before {
                    let now = app.now();
                    connections::update(tx, &after, now).await?;
                    let renewed = after.secret != before.secret || after.config != before.config;
                    if renewed && connections::is_enabled(tx, actor.org_id, &before.kind).await? {
                        northing_store::goal_links::hasten(tx, &[id], now).await?;
                    }
                    let detail = json!({ "before": shown(&before), "after": shown(&after),
                        "secret_renewed": after.secret != before.secret });
                    app.note(tx, actor, EventKind::ConnectionEdited, Some(id), detail).await?;
                }
                let row = manageable(tx, actor, id, &settings).await?;
                Connection::of(&row, actor, &settings)
            })
        });
        changed.await.map_err(taken)
    }

    fn changed_connection(&self, before: &ConnectionRow, change: &ConnectionChange) -> Result<ConnectionRow> {
        let mut after = before.clone();
        if let Some(name) = &change.name {
            after.name = check_name(name)?;
        }
        after.shared = change.shared.unwrap_or(before.shared);
        if change.config.is_some() || change.secret.is_some() {
            let old: Config = serde_json::from_str(&before.config)
                .map_err(|_| Error::Internal(String::from("a connection's settings are not in our form")))?;
            let config = change.config.clone().unwrap_or_else(|| old.clone());
            let moved = config.leads_elsewhere(&old);
            let secret = match &change.secret {
                Some(secret) => secret.clone(),
                None => self.kept_secret(before, &config)?,
            };
            read(&config, &secret)?;
            if change.secret.is_some() {
                after.secret = self.seal(before.org_id, before.id, &secret)?;
                after.warned_days = None;
            }
            if moved || config.project.trim() != old.project.trim() {
                after.container_id = None;
                after.identity = None;
            }
            after.config = text(&config)?;
            after.error = None;
            // Whoever signs in anew has a share of their own.
            if moved || change.secret.is_some() {
                after.quiet_until = None;
            }
        }
        if let Some(expires_on) = change.expires_on
            && expires_on != before.expires_on
        {
            after.expires_on = expires_on;
            after.warned_days = None;
        }
        Ok(after)
    }

    /// Removes a connection. Goals that follow it keep their last value and say what happened.
    ///
    /// # Errors
    /// As [`Northing::change_connection`].
    pub async fn delete_connection(&self, actor: &Actor, id: Id, version: Option<i64>) -> Result<()> {
        actor.need(Scope::Write)?;
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    let row = manageable(tx, actor, id, &settings).await?;
                    expect_version(version, row.version)?;
                    app.orphan_links(tx, &row).await?;
                    connections::delete(tx, actor.org_id, id, Some(row.version)).await?;
                    let detail = json!({ "before": shown(&row) });
                    Ok::<_, Error>(app.note(tx, actor, EventKind::ConnectionDeleted, Some(id), detail).await?)
                })
            })
            .await
    }

    /// Marks the links of a connection that goes.
    async fn orphan_links(&self, tx: &mut Tx, row: &ConnectionRow) -> Result<()> {
        let mut links = northing_store::goal_links::of_connection(tx, row.id).await?;
        let trouble = Trouble::new(
            TroubleKind::ConnectionRemoved,
            format!("The connection {} was removed", row.name),
            "Choose another connection in the link, or check in by hand.",
        );
        for link in &mut links {
            link.last.state = String::from("error");
            link.last.error = Some(text(&failed(&trouble, self.now()))?);
            link.last.next_at = None;
        }
        northing_store::goal_links::save(tx, &links).await?;
        Ok(())
    }
}

/// A structure of ours as JSON text.
pub(super) fn text<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}

fn shown(row: &ConnectionRow) -> serde_json::Value {
    json!({ "kind": row.kind, "name": row.name, "shared": row.shared, "config": row.config, "expires_on": row.expires_on })
}

/// A name that is in use becomes an error at the field.
fn taken(error: Error) -> Error {
    match error.trouble() {
        crate::Trouble::Taken(field) if field == "name" => {
            FieldError::new("name", "taken", "another connection has this name").into()
        }
        _ => error,
    }
}
