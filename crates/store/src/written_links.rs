//! Links to goals that are written on items of the other system: which stand there, which are to come, which are to go.

use std::collections::HashMap;

use northing_core::values::Id;

use crate::bulk::Bulk;
use crate::{Bind, Failure, Rx, Tx, list, sql};

/// A link on an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Written {
    /// The goal that it leads to.
    pub goal_id: Id,
    /// The item's number.
    pub item_id: i64,
}

/// What stands, or is to, on items for these goals: with its state.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn of_goals(
    rx: &mut Rx,
    connection: Id,
    goals: &[Id],
) -> Result<HashMap<Written, String>, Failure> {
    let rows = sql("SELECT goal_id, item_id, state FROM written_links WHERE connection_id = $1 \
         AND goal_id IN (SELECT value FROM json_each($2))")
    .bind(connection)
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    let read = rows.iter().map(|row| {
        Ok((Written { goal_id: row.id("goal_id")?, item_id: row.int("item_id")? }, row.text("state")?))
    });
    read.collect()
}

/// What is to be done at a connection: `(link, whether it comes)`, those that go first.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn open(rx: &mut Rx, connection: Id, limit: u32) -> Result<Vec<(Written, bool)>, Failure> {
    let rows = sql("SELECT goal_id, item_id, state FROM written_links WHERE connection_id = $1 AND state IN ('leaving', 'wanted') \
         ORDER BY state, goal_id, item_id LIMIT $2")
    .bind(connection)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    let read = rows.iter().map(|row| {
        let link = Written { goal_id: row.id("goal_id")?, item_id: row.int("item_id")? };
        Ok((link, row.text("state")? == "wanted"))
    });
    read.collect()
}

/// Sets the state of these links: `wanted`, `written` or `leaving`.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn put(tx: &mut Tx, connection: Id, links: &[Written], state: &str) -> Result<(), Failure> {
    remove(tx, connection, links).await?;
    let mut bulk = Bulk::new(4);
    for link in links {
        bulk.push([connection.value(), link.goal_id.value(), link.item_id.value(), state.value()]);
    }
    if !bulk.is_empty() {
        bulk.insert(tx, "INSERT INTO written_links (connection_id, goal_id, item_id, state) {rows}").await?;
    }
    Ok(())
}

/// Forgets these links.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn remove(tx: &mut Tx, connection: Id, links: &[Written]) -> Result<(), Failure> {
    let mut by_goal: HashMap<Id, Vec<i64>> = HashMap::new();
    for link in links {
        by_goal.entry(link.goal_id).or_default().push(link.item_id);
    }
    for (goal, items) in by_goal {
        sql("DELETE FROM written_links WHERE connection_id = $1 AND goal_id = $2 AND item_id IN \
             (SELECT CAST(value AS BIGINT) FROM json_each($3))")
        .bind(connection)
        .bind(goal)
        .bind(list(items))
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// Whatever stands for a goal at connections other than this one is to go; with no connection all of it. Returns those concerned.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn leave(tx: &mut Tx, goal: Id, but: Option<Id>) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT DISTINCT connection_id FROM written_links WHERE goal_id = $1 AND ($2 IS NULL OR connection_id <> $2)")
        .bind(goal)
        .bind(but)
        .fetch_all(tx)
        .await?;
    let found: Vec<Id> = rows.iter().map(|row| row.id("connection_id")).collect::<Result<_, _>>()?;
    for connection in &found {
        sql("DELETE FROM written_links WHERE goal_id = $1 AND connection_id = $2 AND state = 'wanted'")
            .bind(goal)
            .bind(*connection)
            .execute(tx)
            .await?;
        sql("UPDATE written_links SET state = 'leaving' WHERE goal_id = $1 AND connection_id = $2")
            .bind(goal)
            .bind(*connection)
            .execute(tx)
            .await?;
    }
    Ok(found)
}

/// Notes how the last attempt to write back at a connection went.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn note_error(tx: &mut Tx, connection: Id, error: Option<&str>) -> Result<(), Failure> {
    sql("UPDATE connections SET write_error = $2 WHERE id = $1")
        .bind(connection)
        .bind(error)
        .execute(tx)
        .await?;
    Ok(())
}
