//! Organisations: the topmost container (goals §1.1).

use northing_core::people::JoinPolicy;
use northing_core::settings::Settings;
use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, Sql, Tx, sql};

/// An organisation as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Organization {
    /// Its identifier.
    pub id: Id,
    /// Its short name in addresses; unique in the installation.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub mission: Option<String>,
    /// Where it wants to be.
    pub vision: Option<String>,
    /// What it holds to, in order.
    pub values: Vec<String>,
    /// The one figure that tells whether it is on its way.
    pub north_star: Option<String>,
    /// How people come in.
    pub join: JoinPolicy,
    /// Its settings about goals.
    pub settings: Settings,
    /// Grows with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

fn read(row: &Row) -> Result<Organization, Failure> {
    Ok(Organization {
        id: row.id("id")?,
        slug: row.text("slug")?,
        name: row.text("name")?,
        mission: row.opt_text("mission")?,
        vision: row.opt_text("vision")?,
        values: row.json("company_values")?,
        north_star: row.opt_text("north_star")?,
        join: row.parsed("join_policy")?,
        settings: row.json("settings")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

async fn one(query: Sql, rx: &mut Rx) -> Result<Option<Organization>, Failure> {
    query.fetch_optional(rx).await?.as_ref().map(read).transpose()
}

/// Marks the installation as set up.
///
/// # Errors
/// [`Failure::Unique`] where it was already; else what the database says.
pub async fn mark_set_up(tx: &mut Tx, at: Moment) -> Result<(), Failure> {
    sql("INSERT INTO installation (id, set_up_at) VALUES ('northing', $1)").bind(at).execute(tx).await?;
    Ok(())
}

/// Whether there is any organisation.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn any(rx: &mut Rx) -> Result<bool, Failure> {
    Ok(sql("SELECT id FROM organizations LIMIT 1").fetch_optional(rx).await?.is_some())
}

/// The organisation with its name, where only one is in use.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn only(rx: &mut Rx) -> Result<Option<(Id, String)>, Failure> {
    let rows = sql("SELECT id, name FROM organizations WHERE status = 'active' ORDER BY id LIMIT 2")
        .fetch_all(rx)
        .await?;
    match rows.as_slice() {
        [row] => Ok(Some((row.id("id")?, row.text("name")?))),
        _ => Ok(None),
    }
}

/// The organisation with this identifier.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn by_id(rx: &mut Rx, id: Id) -> Result<Option<Organization>, Failure> {
    one(sql("SELECT * FROM organizations WHERE id = $1").bind(id), rx).await
}

/// The organisation with this slug.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn by_slug(rx: &mut Rx, slug: &str) -> Result<Option<Organization>, Failure> {
    one(sql("SELECT * FROM organizations WHERE slug = $1").bind(slug), rx).await
}

/// The organisation, held against any other change of its structure until the transaction ends.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn lock(tx: &mut Tx, id: Id) -> Result<Option<Organization>, Failure> {
    one(sql("SELECT * FROM organizations WHERE id = $1").bind(id).for_update(), tx).await
}

/// The organisation, kept from changing until the transaction ends; many may hold it so.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn share(tx: &mut Tx, id: Id) -> Result<Option<Organization>, Failure> {
    one(sql("SELECT * FROM organizations WHERE id = $1").bind(id).for_share(), tx).await
}

/// All organisations that are in use, by age.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn all_active(rx: &mut Rx) -> Result<Vec<Organization>, Failure> {
    let rows = sql("SELECT * FROM organizations WHERE status = 'active' ORDER BY id").fetch_all(rx).await?;
    rows.iter().map(read).collect()
}

/// The slugs that begin like this one, to find a free one.
#[expect(clippy::missing_errors_doc, reason = "as for any")]
pub async fn slug_taken(rx: &mut Rx, slug: &str) -> Result<bool, Failure> {
    Ok(sql("SELECT id FROM organizations WHERE slug = $1").bind(slug).fetch_optional(rx).await?.is_some())
}

fn json<T: serde::Serialize>(value: &T, column: &str) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map_err(|error| Failure::Corrupt { column: column.to_owned(), reason: error.to_string() })
}

/// Keeps a new organisation.
///
/// # Errors
/// [`Failure::Unique`] where the slug is taken.
pub async fn insert(tx: &mut Tx, it: &Organization) -> Result<(), Failure> {
    sql("INSERT INTO organizations (id, slug, name, mission, vision, company_values, north_star, join_policy, status, settings, \
         version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'active', $9, $10, $11, $12)")
        .bind(it.id)
        .bind(&it.slug)
        .bind(&it.name)
        .bind(it.mission.as_deref())
        .bind(it.vision.as_deref())
        .bind(json(&it.values, "company_values")?)
        .bind(it.north_star.as_deref())
        .bind(it.join.name())
        .bind(json(&it.settings, "settings")?)
        .bind(it.version)
        .bind(it.created_at)
        .bind(it.updated_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps a changed organisation, whose `version` is the one that was read.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on; [`Failure::Unique`] where the slug is taken.
pub async fn update(tx: &mut Tx, it: &Organization) -> Result<(), Failure> {
    sql("UPDATE organizations SET slug = $1, name = $2, mission = $3, vision = $4, company_values = $5, north_star = $6, \
         join_policy = $7, settings = $8, updated_at = $9, version = version + 1 WHERE id = $10 AND version = $11")
        .bind(&it.slug)
        .bind(&it.name)
        .bind(it.mission.as_deref())
        .bind(it.vision.as_deref())
        .bind(json(&it.values, "company_values")?)
        .bind(it.north_star.as_deref())
        .bind(it.join.name())
        .bind(json(&it.settings, "settings")?)
        .bind(it.updated_at)
        .bind(it.id)
        .bind(it.version)
        .execute_one(tx)
        .await
}
