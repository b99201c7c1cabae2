//! Which goals follow which data source, and how the last sync went.

use std::collections::HashMap;

use northing_core::values::{Id, Moment};

use crate::bulk::Bulk;
use crate::{Bind, Failure, Row, Rx, Tx, list, sql};

/// A goal's link as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalLink {
    /// The goal.
    pub goal_id: Id,
    /// The organisation.
    pub org_id: Id,
    /// The connection; none where it was removed.
    pub connection_id: Option<Id>,
    /// The connection's name; only read.
    pub connection_name: Option<String>,
    /// The kind of source.
    pub kind: String,
    /// `percent` or `metric`.
    pub mode: String,
    /// What it covers, as JSON text.
    pub selector: String,
    /// The same for selectors that one fetch answers.
    pub selector_key: String,
    /// What was picked, in the other system's words.
    pub label: String,
    /// How it counts, as JSON text.
    pub measure: String,
    /// Whether the items are listed as tasks.
    pub with_tasks: bool,
    /// Where it can be looked at.
    pub url: Option<String>,
    /// How the last sync went.
    pub last: LastSync,
    /// Who made it.
    pub created_by: Option<Id>,
    /// Its version.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed by a person.
    pub updated_at: Moment,
}

/// How the last sync of a link went.
#[derive(Debug, Clone, PartialEq)]
pub struct LastSync {
    /// The source's last value.
    pub value: Option<f64>,
    /// How many items matched, were completed, were removed.
    pub counts: Option<(i64, i64, i64)>,
    /// `pending`, `ok`, `warning`, `error` or `suspended`.
    pub state: String,
    /// The trouble, as JSON text.
    pub error: Option<String>,
    /// Reservations, as a JSON list.
    pub warnings: String,
    /// The kind of trouble that its owner was told of.
    pub told: Option<String>,
    /// How often it failed in a row.
    pub failures: i64,
    /// When the last good sync was.
    pub synced_at: Option<Moment>,
    /// When the next one is due; none while it is suspended.
    pub next_at: Option<Moment>,
}

/// An item that is listed under an initiative.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of the source's item")]
pub struct LinkItem {
    pub goal_id: Id,
    pub item_id: i64,
    pub kind: String,
    pub title: String,
    pub state: String,
    pub category: String,
    pub assignee: Option<String>,
    pub url: String,
}

const SELECT: &str = "SELECT goal_links.*, connections.name AS connection_name FROM goal_links \
    LEFT JOIN connections ON connections.id = goal_links.connection_id";

fn read(row: &Row) -> Result<GoalLink, Failure> {
    let matching = row.opt_int("matching")?;
    let counts = match matching {
        Some(matching) => {
            Some((matching, row.opt_int("completed")?.unwrap_or(0), row.opt_int("removed")?.unwrap_or(0)))
        }
        None => None,
    };
    Ok(GoalLink {
        goal_id: row.id("goal_id")?,
        org_id: row.id("org_id")?,
        connection_id: row.opt_id("connection_id")?,
        connection_name: row.opt_text("connection_name")?,
        kind: row.text("kind")?,
        mode: row.text("mode")?,
        selector: row.text("selector")?,
        selector_key: row.text("selector_key")?,
        label: row.text("label")?,
        measure: row.text("measure")?,
        with_tasks: row.flag("with_tasks")?,
        url: row.opt_text("url")?,
        last: LastSync {
            value: row.opt_real("last_value")?,
            counts,
            state: row.text("state")?,
            error: row.opt_text("error")?,
            warnings: row.text("warnings")?,
            told: row.opt_text("told")?,
            failures: row.int("failures")?,
            synced_at: row.opt_moment("last_synced_at")?,
            next_at: row.opt_moment("next_sync_at")?,
        },
        created_by: row.opt_id("created_by")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

/// The links of these goals.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn of_goals(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, GoalLink>, Failure> {
    if goals.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = crate::query::Sql::built(format!(
        "{SELECT} WHERE goal_links.goal_id IN (SELECT value FROM json_each($1))"
    ))
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("goal_id")?, read(row)?))).collect()
}

/// The link of a goal.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn find(rx: &mut Rx, goal: Id) -> Result<Option<GoalLink>, Failure> {
    Ok(of_goals(rx, &[goal]).await?.remove(&goal))
}

/// The links of a connection; those of one selector together.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn of_connection(rx: &mut Rx, connection: Id) -> Result<Vec<GoalLink>, Failure> {
    let text = format!(
        "{SELECT} WHERE goal_links.connection_id = $1 ORDER BY goal_links.selector_key, goal_links.goal_id"
    );
    let rows = crate::query::Sql::built(text).bind(connection).fetch_all(rx).await?;
    rows.iter().map(read).collect()
}

/// The links of a connection that are due by a moment; with them those that are due by a later one or have the selector of one that is due,
/// so that one fetch answers all. Those in trouble keep their own time. Those of one selector together.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn due_of(rx: &mut Rx, connection: Id, by: Moment, soon: Moment) -> Result<Vec<GoalLink>, Failure> {
    let text = format!(
        "{SELECT} WHERE goal_links.connection_id = $1 AND (goal_links.next_sync_at <= $2 OR (goal_links.failures = 0 \
         AND (goal_links.next_sync_at <= $3 OR (goal_links.next_sync_at > $3 AND goal_links.selector_key IN \
         (SELECT other.selector_key FROM goal_links other WHERE other.connection_id = $1 AND other.next_sync_at <= $2))))) \
         ORDER BY goal_links.selector_key, goal_links.goal_id"
    );
    let rows = crate::query::Sql::built(text).bind(connection).bind(by).bind(soon).fetch_all(rx).await?;
    rows.iter().map(read).collect()
}

/// Keeps a goal's link in the place of any that was there.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn put(tx: &mut Tx, it: &GoalLink) -> Result<(), Failure> {
    sql("DELETE FROM link_items WHERE goal_id = $1").bind(it.goal_id).execute(tx).await?;
    sql("DELETE FROM goal_links WHERE goal_id = $1").bind(it.goal_id).execute(tx).await?;
    let (matching, completed, removed) = match it.last.counts {
        Some((matching, completed, removed)) => (Some(matching), Some(completed), Some(removed)),
        None => (None, None, None),
    };
    sql("INSERT INTO goal_links (goal_id, org_id, connection_id, kind, mode, selector, selector_key, label, measure, with_tasks, url, \
         last_value, matching, completed, removed, state, error, warnings, told, failures, last_synced_at, next_sync_at, created_by, \
         version, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, \
         $20, $21, $22, $23, $24, $25, $26)")
    .bind(it.goal_id)
    .bind(it.org_id)
    .bind(it.connection_id)
    .bind(&it.kind)
    .bind(&it.mode)
    .bind(&it.selector)
    .bind(&it.selector_key)
    .bind(&it.label)
    .bind(&it.measure)
    .bind(it.with_tasks)
    .bind(it.url.as_ref())
    .bind(it.last.value)
    .bind(matching)
    .bind(completed)
    .bind(removed)
    .bind(&it.last.state)
    .bind(it.last.error.as_ref())
    .bind(&it.last.warnings)
    .bind(it.last.told.as_ref())
    .bind(it.last.failures)
    .bind(it.last.synced_at)
    .bind(it.last.next_at)
    .bind(it.created_by)
    .bind(it.version)
    .bind(it.created_at)
    .bind(it.updated_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes a goal's link; whether there was one.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn delete(tx: &mut Tx, goal: Id) -> Result<bool, Failure> {
    sql("DELETE FROM link_items WHERE goal_id = $1").bind(goal).execute(tx).await?;
    Ok(sql("DELETE FROM goal_links WHERE goal_id = $1").bind(goal).execute(tx).await? > 0)
}

/// Saves how syncs went, for links that are still the version that was read. One statement for any number.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn save(tx: &mut Tx, links: &[GoalLink]) -> Result<(), Failure> {
    let mut bulk = Bulk::new(13);
    for it in links {
        let (matching, completed, removed) = match it.last.counts {
            Some((matching, completed, removed)) => (Some(matching), Some(completed), Some(removed)),
            None => (None, None, None),
        };
        bulk.push([
            it.goal_id.value(),
            it.last.value.value(),
            matching.value(),
            completed.value(),
            removed.value(),
            it.last.state.as_str().value(),
            it.last.error.as_deref().value(),
            it.last.warnings.as_str().value(),
            it.last.told.as_deref().value(),
            it.last.failures.value(),
            it.last.synced_at.value(),
            it.last.next_at.value(),
            it.url.as_deref().value(),
        ]);
    }
    bulk.update(
        tx,
        "UPDATE goal_links SET last_value = CAST(v.column2 AS DOUBLE PRECISION), matching = v.column3, completed = v.column4, \
         removed = v.column5, state = v.column6, error = v.column7, warnings = v.column8, told = v.column9, failures = v.column10, \
         last_synced_at = v.column11, next_sync_at = v.column12, url = v.column13 FROM ({rows}) v WHERE goal_links.goal_id = v.column1",
    )
    .await?;
    Ok(())
}

/// Connections with links that are due by a moment, the longest due first, with their organisations.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn due(rx: &mut Rx, by: Moment, limit: u32) -> Result<Vec<(Id, Id)>, Failure> {
    let rows = sql("SELECT connection_id, org_id, min(next_sync_at) AS due FROM goal_links WHERE next_sync_at <= $1 \
         AND connection_id IS NOT NULL GROUP BY connection_id, org_id ORDER BY min(next_sync_at), connection_id LIMIT $2")
    .bind(by)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("org_id")?, row.id("connection_id")?))).collect()
}

/// Makes the links of these connections due at a moment, unless they are sooner, suspended, in trouble, or the other system asked not to be
/// called before: a hint that something changed mends nothing.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn hint(tx: &mut Tx, connections: &[Id], at: Moment) -> Result<u64, Failure> {
    sql("UPDATE goal_links SET next_sync_at = $2 WHERE next_sync_at > $2 AND failures = 0 AND connection_id IN (SELECT id FROM connections \
         WHERE id IN (SELECT value FROM json_each($1)) AND (quiet_until IS NULL OR quiet_until <= $2))")
        .bind(list(connections))
        .bind(at)
        .execute(tx)
        .await
}

/// Makes no link of a connection due before a moment.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn postpone(tx: &mut Tx, connection: Id, until: Moment) -> Result<u64, Failure> {
    sql("UPDATE goal_links SET next_sync_at = $2 WHERE connection_id = $1 AND next_sync_at < $2")
        .bind(connection)
        .bind(until)
        .execute(tx)
        .await
}

/// Makes the links of these connections due at a moment, those in trouble too, unless they are sooner or suspended.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn hasten(tx: &mut Tx, connections: &[Id], at: Moment) -> Result<u64, Failure> {
    sql("UPDATE goal_links SET next_sync_at = $2 WHERE next_sync_at > $2 AND connection_id IN (SELECT value FROM json_each($1))")
        .bind(list(connections))
        .bind(at)
        .execute(tx)
        .await
}

/// Suspends every link of an integration.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn suspend(tx: &mut Tx, org: Id, kind: &str) -> Result<u64, Failure> {
    sql("UPDATE goal_links SET state = 'suspended', next_sync_at = NULL WHERE org_id = $1 AND kind = $2")
        .bind(org)
        .bind(kind)
        .execute(tx)
        .await
}

/// Makes every suspended link of an integration due at a moment.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn resume(tx: &mut Tx, org: Id, kind: &str, at: Moment) -> Result<u64, Failure> {
    sql("UPDATE goal_links SET state = 'pending', next_sync_at = $3 WHERE org_id = $1 AND kind = $2 AND state = 'suspended'")
        .bind(org)
        .bind(kind)
        .bind(at)
        .execute(tx)
        .await
}

/// The goals that follow a connection, as far as they are known to the engine: for the announcement of a change.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn goals_of_kind(rx: &mut Rx, org: Id, kind: &str) -> Result<Vec<Id>, Failure> {
    let rows =
        sql("SELECT goal_id FROM goal_links WHERE org_id = $1 AND kind = $2 ORDER BY goal_id LIMIT 1000")
            .bind(org)
            .bind(kind)
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| row.id("goal_id")).collect()
}

/// Puts these items in the place of those that the goals listed.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn put_items(tx: &mut Tx, goals: &[Id], items: &[LinkItem]) -> Result<(), Failure> {
    sql("DELETE FROM link_items WHERE goal_id IN (SELECT value FROM json_each($1))")
        .bind(list(goals))
        .execute(tx)
        .await?;
    let mut bulk = Bulk::new(9);
    for (position, it) in (0_i64..).zip(items) {
        bulk.push([
            it.goal_id.value(),
            it.item_id.value(),
            position.value(),
            it.kind.as_str().value(),
            it.title.as_str().value(),
            it.state.as_str().value(),
            it.category.as_str().value(),
            it.assignee.as_deref().value(),
            it.url.as_str().value(),
        ]);
    }
    if !bulk.is_empty() {
        bulk.insert(
            tx,
            "INSERT INTO link_items (goal_id, item_id, position, kind, title, state, category, assignee, url) {rows}",
        )
        .await?;
    }
    Ok(())
}

/// The items that these goals list, in order.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn items(rx: &mut Rx, goals: &[Id]) -> Result<Vec<LinkItem>, Failure> {
    let rows = sql("SELECT * FROM link_items WHERE goal_id IN (SELECT value FROM json_each($1)) ORDER BY goal_id, position")
        .bind(list(goals))
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(LinkItem {
                goal_id: row.id("goal_id")?,
                item_id: row.int("item_id")?,
                kind: row.text("kind")?,
                title: row.text("title")?,
                state: row.text("state")?,
                category: row.text("category")?,
                assignee: row.opt_text("assignee")?,
                url: row.text("url")?,
            })
        })
        .collect()
}
