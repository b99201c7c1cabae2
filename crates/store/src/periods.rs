//! Time periods (goals §3.4).

use std::collections::HashMap;

use northing_core::period::PeriodKind;
use northing_core::text::fold;
use northing_core::values::{Day, Id, Moment};

use crate::{Failure, Row, Rx, Tx, sql};

/// A period as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// Its name, unique in the organisation.
    pub name: String,
    /// Annual, quarterly or custom.
    pub kind: PeriodKind,
    /// First day.
    pub start: Day,
    /// Last day.
    pub end: Day,
    /// Whether it is the one that pages open with.
    pub is_current: bool,
    /// Grows with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

fn read(row: &Row) -> Result<Period, Failure> {
    Ok(Period {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        name: row.text("name")?,
        kind: row.parsed("kind")?,
        start: row.day("start_date")?,
        end: row.day("end_date")?,
        is_current: row.flag("is_current")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

/// A period of an organisation.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn by_id(rx: &mut Rx, org: Id, id: Id) -> Result<Option<Period>, Failure> {
    let query = sql("SELECT * FROM periods WHERE org_id = $1 AND id = $2").bind(org).bind(id);
    query.fetch_optional(rx).await?.as_ref().map(read).transpose()
}

/// Every period of an organisation from after `after` (first day and id) on, by first day.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn list(
    rx: &mut Rx,
    org: Id,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Period>, Failure> {
    let (day, id) = after.unwrap_or_default();
    let rows = sql(
        "SELECT * FROM periods WHERE org_id = $1 AND (start_date > $2 OR (start_date = $2 AND id > $3)) \
         ORDER BY start_date, id LIMIT $4",
    )
    .bind(org)
    .bind(day)
    .bind(id)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// Keeps a new period.
///
/// # Errors
/// [`Failure::Unique`] where the name is taken.
pub async fn insert(tx: &mut Tx, it: &Period) -> Result<(), Failure> {
    sql("INSERT INTO periods (id, org_id, name, name_key, kind, start_date, end_date, is_current, version, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(it.id)
        .bind(it.org_id)
        .bind(&it.name)
        .bind(fold(&it.name))
        .bind(it.kind.name())
        .bind(it.start)
        .bind(it.end)
        .bind(it.is_current)
        .bind(it.version)
        .bind(it.created_at)
        .bind(it.updated_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps a changed period, whose `version` is the one that was read.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on; [`Failure::Unique`] where the name is taken.
pub async fn update(tx: &mut Tx, it: &Period) -> Result<(), Failure> {
    sql("UPDATE periods SET name = $1, name_key = $2, kind = $3, start_date = $4, end_date = $5, is_current = $6, \
         updated_at = $7, version = version + 1 WHERE id = $8 AND version = $9")
        .bind(&it.name)
        .bind(fold(&it.name))
        .bind(it.kind.name())
        .bind(it.start)
        .bind(it.end)
        .bind(it.is_current)
        .bind(it.updated_at)
        .bind(it.id)
        .bind(it.version)
        .execute_one(tx)
        .await
}

/// Takes the mark of the current period off all others.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn none_current_but(tx: &mut Tx, org: Id, but: Id, now: Moment) -> Result<u64, Failure> {
    sql("UPDATE periods SET is_current = 0, updated_at = $1, version = version + 1 \
         WHERE org_id = $2 AND is_current = 1 AND id <> $3")
    .bind(now)
    .bind(org)
    .bind(but)
    .execute(tx)
    .await
}

/// Whether any goal, even a deleted one, belongs to a period.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn in_use(rx: &mut Rx, id: Id) -> Result<bool, Failure> {
    Ok(sql("SELECT id FROM goals WHERE period_id = $1 LIMIT 1").bind(id).fetch_optional(rx).await?.is_some())
}

/// The names of these periods.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn names(rx: &mut Rx, org: Id, ids: &[Id]) -> Result<HashMap<Id, String>, Failure> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        sql("SELECT id, name FROM periods WHERE org_id = $1 AND id IN (SELECT value FROM json_each($2))")
            .bind(org)
            .bind(crate::list(ids))
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?))).collect()
}

/// How many goals belong to each period of an organisation: those that are there, and deleted ones.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn goals(rx: &mut Rx, org: Id) -> Result<HashMap<Id, (i64, i64)>, Failure> {
    let rows = sql("SELECT period_id, SUM(CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END) AS there, \
         SUM(CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END) AS gone FROM goals WHERE org_id = $1 GROUP BY period_id")
    .bind(org)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("period_id")?, (row.int("there")?, row.int("gone")?)))).collect()
}

/// Moves every goal of a period, deleted ones too, to another; their own days stay. Returns which.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn move_goals(tx: &mut Tx, from: Id, to: Id, now: Moment) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT id FROM goals WHERE period_id = $1 ORDER BY id")
        .bind(from)
        .for_update()
        .fetch_all(tx)
        .await?;
    sql("UPDATE goals SET period_id = $1, updated_at = $2, version = version + 1 WHERE period_id = $3")
        .bind(to)
        .bind(now)
        .bind(from)
        .execute(tx)
        .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Removes a period.
///
/// # Errors
/// [`Failure::Conflict`] where it is gone or has another version.
pub async fn delete(tx: &mut Tx, id: Id, version: i64) -> Result<(), Failure> {
    sql("DELETE FROM periods WHERE id = $1 AND version = $2").bind(id).bind(version).execute_one(tx).await
}
