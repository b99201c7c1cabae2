//! What syncs did, and what each link said lately: bounded.

use std::collections::HashMap;

use northing_core::values::{Id, Moment};

use crate::bulk::Bulk;
use crate::{Bind, Failure, Row, Rx, Tx, list, sql};

/// Runs that are kept of each connection: at one an hour, those of four days.
const KEPT: i64 = 100;

/// A sync of links of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncRun {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// The connection.
    pub connection_id: Id,
    /// The connection's name; only read.
    pub connection_name: String,
    /// Who asked for it; none where it ran by itself.
    pub asked_by: Option<Id>,
    /// Their name; only read.
    pub asked_by_name: Option<String>,
    /// When it began.
    pub started_at: Moment,
    /// How long it took, in milliseconds.
    pub millis: i64,
    /// Requests to the other system.
    pub requests: i64,
    /// Links that were looked at.
    pub links: i64,
    /// Links whose value was another one.
    pub changed: i64,
    /// Links in trouble.
    pub failed: i64,
    /// The first trouble, as JSON text.
    pub error: Option<String>,
}

fn read(row: &Row) -> Result<SyncRun, Failure> {
    Ok(SyncRun {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        connection_id: row.id("connection_id")?,
        connection_name: row.text("connection_name")?,
        asked_by: row.opt_id("asked_by")?,
        asked_by_name: row.opt_text("asked_by_name")?,
        started_at: row.moment("started_at")?,
        millis: row.int("millis")?,
        requests: row.int("requests")?,
        links: row.int("links")?,
        changed: row.int("changed")?,
        failed: row.int("failed")?,
        error: row.opt_text("error")?,
    })
}

/// Notes a run; the oldest of its connection make room. One whose connection is gone by now is passed over.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn note(tx: &mut Tx, it: &SyncRun) -> Result<(), Failure> {
    sql("INSERT INTO sync_runs (id, org_id, connection_id, asked_by, started_at, millis, requests, links, changed, failed, error) \
         SELECT $1, c.org_id, c.id, $3, $4, $5, $6, $7, $8, $9, $10 FROM connections c WHERE c.id = $2")
    .bind(it.id)
    .bind(it.connection_id)
    .bind(it.asked_by)
    .bind(it.started_at)
    .bind(it.millis)
    .bind(it.requests)
    .bind(it.links)
    .bind(it.changed)
    .bind(it.failed)
    .bind(it.error.as_ref())
    .execute(tx)
    .await?;
    sql("DELETE FROM sync_runs WHERE connection_id = $1 AND id NOT IN (SELECT kept.id FROM sync_runs kept \
         WHERE kept.connection_id = $1 ORDER BY kept.started_at DESC, kept.id DESC LIMIT $2)")
    .bind(it.connection_id)
    .bind(KEPT)
    .execute(tx)
    .await?;
    Ok(())
}

/// The newest runs of a connection.
#[expect(clippy::missing_errors_doc, reason = "as for note")]
pub async fn of_connection(rx: &mut Rx, connection: Id) -> Result<Vec<SyncRun>, Failure> {
    let rows = sql("SELECT sync_runs.*, connections.name AS connection_name, users.name AS asked_by_name FROM sync_runs \
         JOIN connections ON connections.id = sync_runs.connection_id LEFT JOIN users ON users.id = sync_runs.asked_by \
         WHERE sync_runs.connection_id = $1 ORDER BY sync_runs.started_at DESC, sync_runs.id DESC LIMIT $2")
    .bind(connection)
    .bind(KEPT)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// The newest runs of all connections of a kind.
#[expect(clippy::missing_errors_doc, reason = "as for note")]
pub async fn of_kind(rx: &mut Rx, org: Id, kind: &str) -> Result<Vec<SyncRun>, Failure> {
    let rows = sql("SELECT sync_runs.*, connections.name AS connection_name, users.name AS asked_by_name FROM sync_runs \
         JOIN connections ON connections.id = sync_runs.connection_id LEFT JOIN users ON users.id = sync_runs.asked_by \
         WHERE sync_runs.org_id = $1 AND connections.kind = $2 ORDER BY sync_runs.started_at DESC, sync_runs.id DESC LIMIT $3")
    .bind(org)
    .bind(kind)
    .bind(KEPT)
    .fetch_all(rx)
    .await?;
    rows.iter().map(read).collect()
}

/// What these goals' links said lately, as JSON text.
#[expect(clippy::missing_errors_doc, reason = "as for note")]
pub async fn results(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, String>, Failure> {
    if goals.is_empty() {
        return Ok(HashMap::new());
    }
    let rows =
        sql("SELECT goal_id, results FROM link_results WHERE goal_id IN (SELECT value FROM json_each($1))")
            .bind(list(goals))
            .fetch_all(rx)
            .await?;
    rows.iter().map(|row| Ok((row.id("goal_id")?, row.text("results")?))).collect()
}

/// Keeps what links said lately, in the place of what was kept. Each goal has a link.
#[expect(clippy::missing_errors_doc, reason = "as for note")]
pub async fn put_results(tx: &mut Tx, all: &[(Id, String)]) -> Result<(), Failure> {
    let mut bulk = Bulk::new(2);
    for (goal, results) in all {
        bulk.push([goal.value(), results.as_str().value()]);
    }
    if bulk.is_empty() {
        return Ok(());
    }
    bulk.insert(
        tx,
        "INSERT INTO link_results (goal_id, results) SELECT v.column1, v.column2 FROM ({rows}) v WHERE 1 = 1 \
         ON CONFLICT (goal_id) DO UPDATE SET results = excluded.results",
    )
    .await?;
    Ok(())
}
