//! Tags as people manage them (goals §1.3): listed with how often they are used, renamed, deleted. Tags made where they are
//! used stand in [`crate::goal_tags`].

use northing_core::text::fold;
use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, Tx, like, sql, visible_goal};

/// A tag of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its identifier.
    pub id: Id,
    /// The word, unique in the organisation.
    pub name: String,
    /// The word as it is compared and sorted.
    pub key: String,
    /// Grows with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// Goals with it, as far as the reader sees them.
    pub goals: i64,
}

fn read(row: &Row) -> Result<Tag, Failure> {
    Ok(Tag {
        id: row.id("id")?,
        name: row.text("name")?,
        key: row.text("name_key")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        goals: row.int("goals")?,
    })
}

macro_rules! tags {
    ($reader:literal, $rest:literal) => {
        concat!(
            "SELECT t.id, t.name, t.name_key, t.version, t.created_at, \
             (SELECT COUNT(*) FROM goal_tags gt JOIN goals g ON g.id = gt.goal_id \
              WHERE gt.tag_id = t.id AND g.deleted_at IS NULL AND ",
            visible_goal!("g", $reader),
            ") AS goals FROM tags t WHERE ",
            $rest
        )
    };
}

/// Tags by name from behind `after` (folded name and id) whose name holds the folded text.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn list(
    rx: &mut Rx,
    org: Id,
    reader: Id,
    text: &str,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Tag>, Failure> {
    const STATEMENT: &str = tags!(
        "$2",
        "t.org_id = $1 AND ($3 = '' OR t.name_key LIKE $3 ESCAPE '!') AND (t.name_key, t.id) > ($4, $5) \
         ORDER BY t.name_key, t.id LIMIT $6"
    );
    let (key, id) = after.unwrap_or_default();
    let query = sql(STATEMENT).bind(org).bind(reader).bind(like(text)).bind(key).bind(id).bind(limit);
    query.fetch_all(rx).await?.iter().map(read).collect()
}

/// The names of an organisation's first tags, without counting their goals.
///
/// # Errors
/// What the database says.
pub async fn names(rx: &mut Rx, org: Id, limit: i64) -> Result<Vec<String>, Failure> {
    let query = sql("SELECT t.name FROM tags t WHERE t.org_id = $1 ORDER BY t.name_key, t.id LIMIT $2");
    query.bind(org).bind(limit).fetch_all(rx).await?.iter().map(|row| row.text("name")).collect()
}

/// A tag of an organisation.
#[expect(clippy::missing_errors_doc, reason = "as for list")]
pub async fn by_id(rx: &mut Rx, org: Id, reader: Id, id: Id) -> Result<Option<Tag>, Failure> {
    const STATEMENT: &str = tags!("$2", "t.org_id = $1 AND t.id = $3");
    let query = sql(STATEMENT).bind(org).bind(reader).bind(id);
    query.fetch_optional(rx).await?.as_ref().map(read).transpose()
}

/// Keeps a new tag.
///
/// # Errors
/// [`Failure::Unique`] where the organisation has one of the name.
pub async fn insert(tx: &mut Tx, org: Id, it: &Tag) -> Result<(), Failure> {
    sql("INSERT INTO tags (id, org_id, name, name_key, version, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(it.id)
        .bind(org)
        .bind(&it.name)
        .bind(fold(&it.name))
        .bind(it.version)
        .bind(it.created_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a tag, whose `version` is the one that was read, another name.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on; [`Failure::Unique`] where the name is taken.
pub async fn rename(tx: &mut Tx, id: Id, version: i64, name: &str) -> Result<(), Failure> {
    sql("UPDATE tags SET name = $1, name_key = $2, version = version + 1 WHERE id = $3 AND version = $4")
        .bind(name)
        .bind(fold(name))
        .bind(id)
        .bind(version)
        .execute_one(tx)
        .await
}

/// Removes a tag, also from every goal.
///
/// # Errors
/// [`Failure::Conflict`] where it is gone or has another version.
pub async fn delete(tx: &mut Tx, id: Id, version: i64) -> Result<(), Failure> {
    sql("DELETE FROM tags WHERE id = $1 AND version = $2").bind(id).bind(version).execute_one(tx).await
}

/// The newest goals with a tag, at most `limit`: those whose readers are told of a change.
#[expect(clippy::missing_errors_doc, reason = "as for list")]
pub async fn goals(rx: &mut Rx, id: Id, limit: i64) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT gt.goal_id FROM goal_tags gt JOIN goals g ON g.id = gt.goal_id \
         WHERE gt.tag_id = $1 AND g.deleted_at IS NULL ORDER BY gt.goal_id DESC LIMIT $2")
    .bind(id)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("goal_id")).collect()
}
