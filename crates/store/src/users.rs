//! People of the installation: how they sign in.

use northing_core::preferences::Preferences;
use northing_core::values::{Id, Moment};

use crate::{Bind, Bulk, Failure, Row, Rx, Sql, Tx, sql};

/// A person of the installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Their identifier.
    pub id: Id,
    /// Their mail address as typed.
    pub email: String,
    /// Their name.
    pub name: String,
    /// The PHC text of their password; none before they chose one.
    pub password_hash: Option<String>,
    /// What they do, in their own words.
    pub title: Option<String>,
    /// Where in the organisation they do it.
    pub department: Option<String>,
    /// IANA name of their time zone, where it differs from the organisation's.
    pub time_zone: Option<String>,
    /// What they chose for themselves.
    pub preferences: Preferences,
    /// Grows with every change.
    pub version: i64,
    /// When they were added.
    pub created_at: Moment,
}

fn read(row: &Row) -> Result<User, Failure> {
    Ok(User {
        id: row.id("id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        password_hash: row.opt_text("password_hash")?,
        title: row.opt_text("title")?,
        department: row.opt_text("department")?,
        time_zone: row.opt_text("time_zone")?,
        preferences: preferences(row)?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
    })
}

/// What a person chose; a text that cannot be read is nobody's loss but a choice to be made again.
pub(crate) fn preferences(row: &Row) -> Result<Preferences, Failure> {
    Ok(serde_json::from_str(&row.text("preferences")?).unwrap_or_default())
}

fn json(it: &Preferences) -> Result<String, Failure> {
    serde_json::to_string(it)
        .map_err(|error| Failure::Corrupt { column: String::from("preferences"), reason: error.to_string() })
}

async fn one(query: Sql, rx: &mut Rx) -> Result<Option<User>, Failure> {
    query.fetch_optional(rx).await?.as_ref().map(read).transpose()
}

/// The person with this identifier.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn by_id(rx: &mut Rx, id: Id) -> Result<Option<User>, Failure> {
    one(sql("SELECT * FROM users WHERE id = $1").bind(id), rx).await
}

/// The person with this folded mail address.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn by_email_key(rx: &mut Rx, key: &str) -> Result<Option<User>, Failure> {
    one(sql("SELECT * FROM users WHERE email_key = $1").bind(key), rx).await
}

/// Keeps a new person.
///
/// # Errors
/// [`Failure::Unique`] where the mail address is taken.
pub async fn insert(tx: &mut Tx, it: &User, email_key: &str) -> Result<(), Failure> {
    insert_all(tx, &[(it, email_key)]).await
}

/// Keeps new people with their folded mail addresses, many in one statement.
///
/// # Errors
/// [`Failure::Unique`] where a mail address is taken.
pub async fn insert_all(tx: &mut Tx, people: &[(&User, &str)]) -> Result<(), Failure> {
    let mut rows = Bulk::new(12);
    for (it, email_key) in people {
        rows.push([
            it.id.value(),
            it.email.as_str().value(),
            email_key.value(),
            it.name.as_str().value(),
            it.password_hash.as_deref().value(),
            it.title.as_deref().value(),
            it.department.as_deref().value(),
            it.time_zone.as_deref().value(),
            json(&it.preferences)?.value(),
            it.version.value(),
            it.created_at.value(),
            it.created_at.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO users (id, email, email_key, name, password_hash, title, department, time_zone, preferences, version, \
         created_at, updated_at) {rows}",
    )
    .await?;
    Ok(())
}

/// Keeps a changed person, whose `version` is the one that was read.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on; [`Failure::Unique`] where the mail address is taken.
pub async fn update(tx: &mut Tx, it: &User, email_key: &str, now: Moment) -> Result<(), Failure> {
    sql("UPDATE users SET email = $1, email_key = $2, name = $3, password_hash = $4, title = $5, department = $6, time_zone = $7, \
         preferences = $8, updated_at = $9, version = version + 1 WHERE id = $10 AND version = $11")
        .bind(&it.email)
        .bind(email_key)
        .bind(&it.name)
        .bind(it.password_hash.as_deref())
        .bind(it.title.as_deref())
        .bind(it.department.as_deref())
        .bind(it.time_zone.as_deref())
        .bind(json(&it.preferences)?)
        .bind(now)
        .bind(it.id)
        .bind(it.version)
        .execute_one(tx)
        .await
}
