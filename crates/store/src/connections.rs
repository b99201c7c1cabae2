//! Connections to other systems, and which integrations are switched on.

use northing_core::text::fold;
use northing_core::values::{Day, Id, Moment};

use crate::{Failure, Row, Rx, Tx, sql};

/// An integration of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// Its kind: `azure_devops`.
    pub kind: String,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Its options, as JSON text.
    pub settings: String,
    /// Whether messages from the other system are let in.
    pub has_hook: bool,
    /// Its version; 0 where nobody has touched it.
    pub version: i64,
}

/// A connection as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionRow {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// The kind of source.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Who made it.
    pub owner_id: Option<Id>,
    /// The owner's name; only read.
    pub owner_name: Option<String>,
    /// Whether everybody may link goals by it.
    pub shared: bool,
    /// Its settings without secrets, as JSON text.
    pub config: String,
    /// The lasting identifier of what it leads to.
    pub container_id: Option<String>,
    /// As whom the other system knows it.
    pub identity: Option<String>,
    /// Its sealed secret.
    pub secret: String,
    /// When its secret ends, where somebody said so.
    pub expires_on: Option<Day>,
    /// How many days before that its owner was last warned.
    pub warned_days: Option<i64>,
    /// The trouble of the last request, as JSON text.
    pub error: Option<String>,
    /// The trouble of the last attempt to write back, as JSON text; only read here.
    pub write_error: Option<String>,
    /// When the last good answer came.
    pub last_ok_at: Option<Moment>,
    /// Until when the other system asked not to be called by it.
    pub quiet_until: Option<Moment>,
    /// How many goals follow it; only read.
    pub links: i64,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

fn read(row: &Row) -> Result<ConnectionRow, Failure> {
    Ok(ConnectionRow {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        kind: row.text("kind")?,
        name: row.text("name")?,
        owner_id: row.opt_id("owner_id")?,
        owner_name: row.opt_text("owner_name")?,
        shared: row.flag("shared")?,
        config: row.text("config")?,
        container_id: row.opt_text("container_id")?,
        identity: row.opt_text("identity")?,
        secret: row.text("secret")?,
        expires_on: row.opt_day("expires_on")?,
        warned_days: row.opt_int("warned_days")?,
        error: row.opt_text("error")?,
        write_error: row.opt_text("write_error")?,
        last_ok_at: row.opt_moment("last_ok_at")?,
        quiet_until: row.opt_moment("quiet_until")?,
        links: row.int("links")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

/// The integrations that somebody has touched.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn integrations(rx: &mut Rx, org: Id) -> Result<Vec<Integration>, Failure> {
    let rows = sql("SELECT kind, enabled, settings, hook_hash, version FROM integrations WHERE org_id = $1 ORDER BY kind")
        .bind(org)
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Integration {
                kind: row.text("kind")?,
                enabled: row.flag("enabled")?,
                settings: row.text("settings")?,
                has_hook: row.opt_text("hook_hash")?.is_some(),
                version: row.int("version")?,
            })
        })
        .collect()
}

/// Whether an integration works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The organisation has switched it on.
    On,
    /// It has not.
    Off,
    /// Whoever runs this server does not allow it, whatever the organisation has done.
    Forbidden,
}

/// Whether an integration works in an organisation.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn standing(rx: &mut Rx, org: Id, kind: &str) -> Result<Standing, Failure> {
    let row = sql("SELECT (SELECT count(*) FROM forbidden_integrations WHERE kind = $2) AS forbidden, \
         (SELECT count(*) FROM integrations WHERE org_id = $1 AND kind = $2 AND enabled = 1) AS enabled")
    .bind(org)
    .bind(kind)
    .fetch_one(rx)
    .await?;
    Ok(match (row.int("forbidden")?, row.int("enabled")?) {
        (0, 0) => Standing::Off,
        (0, _) => Standing::On,
        _ => Standing::Forbidden,
    })
}

/// Whether an integration is switched on, and allowed on this server.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn is_enabled(rx: &mut Rx, org: Id, kind: &str) -> Result<bool, Failure> {
    Ok(standing(rx, org, kind).await? == Standing::On)
}

/// The integrations that are not allowed on this server.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn forbidden(rx: &mut Rx) -> Result<Vec<String>, Failure> {
    let rows = sql("SELECT kind FROM forbidden_integrations ORDER BY kind").fetch_all(rx).await?;
    rows.iter().map(|row| row.text("kind")).collect()
}

/// Forbids an integration on this server: every link of it is suspended and keeps its last value.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn forbid(tx: &mut Tx, kind: &str) -> Result<(), Failure> {
    sql("INSERT INTO forbidden_integrations (kind) VALUES ($1) ON CONFLICT (kind) DO NOTHING")
        .bind(kind)
        .execute(tx)
        .await?;
    sql("UPDATE goal_links SET state = 'suspended', next_sync_at = NULL WHERE kind = $1")
        .bind(kind)
        .execute(tx)
        .await?;
    Ok(())
}

/// Allows an integration again: where organisations have it switched on, its suspended links are due at a moment.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn allow(tx: &mut Tx, kind: &str, at: Moment) -> Result<(), Failure> {
    sql("DELETE FROM forbidden_integrations WHERE kind = $1").bind(kind).execute(tx).await?;
    sql("UPDATE goal_links SET state = 'pending', next_sync_at = $2 WHERE kind = $1 AND state = 'suspended' AND EXISTS \
         (SELECT 1 FROM integrations WHERE integrations.org_id = goal_links.org_id AND integrations.kind = $1 AND integrations.enabled = 1)")
    .bind(kind)
    .bind(at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Keeps an integration's options; `version` is the one that was read, 0 for a new one.
#[expect(
    clippy::missing_errors_doc,
    reason = "as for integrations; a conflict where it was changed meanwhile"
)]
pub async fn set_integration(tx: &mut Tx, org: Id, it: &Integration, now: Moment) -> Result<(), Failure> {
    sql("INSERT INTO integrations (org_id, kind, enabled, settings, version, updated_at) VALUES ($1, $2, $3, $4, 1, $5) \
         ON CONFLICT (org_id, kind) DO UPDATE SET enabled = excluded.enabled, settings = excluded.settings, \
         version = integrations.version + 1, updated_at = excluded.updated_at WHERE integrations.version = $6")
    .bind(org)
    .bind(&it.kind)
    .bind(it.enabled)
    .bind(&it.settings)
    .bind(now)
    .bind(it.version)
    .execute_one(tx)
    .await
}

/// Keeps the hash of the secret that the other system's messages carry.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn set_hook(
    tx: &mut Tx,
    org: Id,
    kind: &str,
    hash: Option<&str>,
    now: Moment,
) -> Result<(), Failure> {
    sql("UPDATE integrations SET hook_hash = $3, version = version + 1, updated_at = $4 WHERE org_id = $1 AND kind = $2")
        .bind(org)
        .bind(kind)
        .bind(hash)
        .bind(now)
        .execute_one(tx)
        .await
}

/// The organisation to which a message with this secret belongs.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn of_hook(rx: &mut Rx, kind: &str, hash: &str) -> Result<Option<Id>, Failure> {
    let row = sql("SELECT org_id FROM integrations WHERE hook_hash = $1 AND kind = $2 AND enabled = 1 \
         AND NOT EXISTS (SELECT 1 FROM forbidden_integrations WHERE forbidden_integrations.kind = $2)")
    .bind(hash)
    .bind(kind)
    .fetch_optional(rx)
    .await?;
    row.map(|row| row.id("org_id")).transpose()
}

/// The connections of an organisation: all of them, or those that a person may use; their own first, then by name.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn list(rx: &mut Rx, org: Id, user: Id, all: bool) -> Result<Vec<ConnectionRow>, Failure> {
    let rows = sql("SELECT connections.*, users.name AS owner_name, (SELECT count(*) FROM goal_links WHERE \
         goal_links.connection_id = connections.id) AS links FROM connections LEFT JOIN users ON users.id = connections.owner_id \
         WHERE connections.org_id = $1 AND ($3 = 1 OR connections.shared = 1 OR connections.owner_id = $2) \
         ORDER BY CASE WHEN connections.owner_id = $2 THEN 0 ELSE 1 END, connections.name_key, connections.id LIMIT 500")
    .bind(org)
    .bind(user)
    .bind(all)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// A connection of an organisation.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn find(rx: &mut Rx, org: Id, id: Id) -> Result<Option<ConnectionRow>, Failure> {
    let row = sql("SELECT connections.*, users.name AS owner_name, (SELECT count(*) FROM goal_links WHERE \
         goal_links.connection_id = connections.id) AS links FROM connections LEFT JOIN users ON users.id = connections.owner_id \
         WHERE connections.org_id = $1 AND connections.id = $2")
    .bind(org)
    .bind(id)
    .fetch_optional(rx)
    .await?;
    row.as_ref().map(read).transpose()
}

/// The organisation of a connection.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn org_of(rx: &mut Rx, id: Id) -> Result<Option<Id>, Failure> {
    let row = sql("SELECT org_id FROM connections WHERE id = $1").bind(id).fetch_optional(rx).await?;
    row.map(|row| row.id("org_id")).transpose()
}

/// Keeps a new connection.
#[expect(clippy::missing_errors_doc, reason = "as for integrations; its name is unique for its kind")]
pub async fn insert(tx: &mut Tx, it: &ConnectionRow) -> Result<(), Failure> {
    sql("INSERT INTO connections (id, org_id, kind, name, name_key, owner_id, shared, config, container_id, identity, secret, \
         expires_on, error, last_ok_at, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $15, $15)")
    .bind(it.id)
    .bind(it.org_id)
    .bind(&it.kind)
    .bind(&it.name)
    .bind(fold(&it.name))
    .bind(it.owner_id)
    .bind(it.shared)
    .bind(&it.config)
    .bind(it.container_id.as_ref())
    .bind(it.identity.as_ref())
    .bind(&it.secret)
    .bind(it.expires_on)
    .bind(it.error.as_ref())
    .bind(it.last_ok_at)
    .bind(it.created_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Saves a connection that was read with `it.version`.
#[expect(
    clippy::missing_errors_doc,
    reason = "as for integrations; a conflict where it was changed meanwhile"
)]
pub async fn update(tx: &mut Tx, it: &ConnectionRow, now: Moment) -> Result<(), Failure> {
    sql("UPDATE connections SET name = $3, name_key = $4, shared = $5, config = $6, container_id = $7, identity = $8, \
         secret = $9, expires_on = $10, warned_days = $11, error = $12, last_ok_at = $13, version = version + 1, updated_at = $14, \
         quiet_until = $15 WHERE id = $1 AND version = $2")
    .bind(it.id)
    .bind(it.version)
    .bind(&it.name)
    .bind(fold(&it.name))
    .bind(it.shared)
    .bind(&it.config)
    .bind(it.container_id.as_ref())
    .bind(it.identity.as_ref())
    .bind(&it.secret)
    .bind(it.expires_on)
    .bind(it.warned_days)
    .bind(it.error.as_ref())
    .bind(it.last_ok_at)
    .bind(now)
    .bind(it.quiet_until)
    .execute_one(tx)
    .await
}

/// Notes how the last request went, without making a new version: nobody's edit is disturbed by it.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn note_result(tx: &mut Tx, id: Id, error: Option<&str>, now: Moment) -> Result<(), Failure> {
    sql("UPDATE connections SET error = $2, last_ok_at = CASE WHEN $2 IS NULL THEN $3 ELSE last_ok_at END WHERE id = $1")
        .bind(id)
        .bind(error)
        .bind(now)
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes the lasting identifier of what a connection leads to, where it is not known yet, without making a new version. A connection that
/// was changed since `version` may lead elsewhere by now.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn learn_container(tx: &mut Tx, id: Id, version: i64, container: &str) -> Result<(), Failure> {
    sql("UPDATE connections SET container_id = $3 WHERE id = $1 AND version = $2 AND container_id IS NULL")
        .bind(id)
        .bind(version)
        .bind(container)
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes until when the other system asked not to be called; a longer wait that is known already stays.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn note_wait(tx: &mut Tx, id: Id, until: Moment) -> Result<(), Failure> {
    sql(
        "UPDATE connections SET quiet_until = $2 WHERE id = $1 AND (quiet_until IS NULL OR quiet_until < $2)",
    )
    .bind(id)
    .bind(until)
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes a connection; its links stay without one.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn delete(tx: &mut Tx, org: Id, id: Id, version: Option<i64>) -> Result<(), Failure> {
    sql("DELETE FROM connections WHERE org_id = $1 AND id = $2 AND ($3 IS NULL OR version = $3)")
        .bind(org)
        .bind(id)
        .bind(version)
        .execute_one(tx)
        .await
}

/// Every sealed secret, to be sealed anew: a page of them by identifier.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn secrets(rx: &mut Rx, after: Option<Id>) -> Result<Vec<(Id, Id, String)>, Failure> {
    let rows =
        sql("SELECT id, org_id, secret FROM connections WHERE $1 IS NULL OR id > $1 ORDER BY id LIMIT 200")
            .bind(after)
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.id("org_id")?, row.text("secret")?))).collect()
}

/// Puts a secret sealed anew in the place of the one that was read.
#[expect(
    clippy::missing_errors_doc,
    reason = "as for integrations; a conflict where it was changed meanwhile"
)]
pub async fn replace_secret(tx: &mut Tx, id: Id, before: &str, after: &str) -> Result<(), Failure> {
    sql("UPDATE connections SET secret = $3 WHERE id = $1 AND secret = $2")
        .bind(id)
        .bind(before)
        .bind(after)
        .execute_one(tx)
        .await
}

/// Connections whose secret ends by a day, with the days that were last warned of.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn ending(rx: &mut Rx, by: Day) -> Result<Vec<ConnectionRow>, Failure> {
    let rows = sql("SELECT connections.*, users.name AS owner_name, 0 AS links FROM connections \
         LEFT JOIN users ON users.id = connections.owner_id WHERE expires_on IS NOT NULL AND expires_on <= $1 ORDER BY connections.id")
    .bind(by)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// The connections of an organisation that lead to a container.
#[expect(clippy::missing_errors_doc, reason = "as for integrations")]
pub async fn of_container(rx: &mut Rx, org: Id, kind: &str, container: &str) -> Result<Vec<Id>, Failure> {
    let rows =
        sql("SELECT id FROM connections WHERE kind = $1 AND container_id = $2 AND org_id = $3 ORDER BY id")
            .bind(kind)
            .bind(container)
            .bind(org)
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| row.id("id")).collect()
}
