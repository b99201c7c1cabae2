//! The items that links counted at their source's last check-in: so that the next one can name what changed.

use std::collections::HashMap;

use northing_core::values::Id;

use crate::bulk::Bulk;
use crate::{Bind, Failure, Rx, Tx, list, sql};

/// What these goals' links counted, as text: numbers between spaces, each followed by `c` where it was completed.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn of_goals(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, String>, Failure> {
    if goals.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sql("SELECT goal_id, items FROM link_seen WHERE goal_id IN (SELECT value FROM json_each($1))")
        .bind(list(goals))
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("goal_id")?, row.text("items")?))).collect()
}

/// Keeps what links counted, in the place of what they had counted before. Each goal has a link.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn put(tx: &mut Tx, all: &[(Id, String)]) -> Result<(), Failure> {
    if all.is_empty() {
        return Ok(());
    }
    let goals: Vec<Id> = all.iter().map(|(goal, _)| *goal).collect();
    sql("DELETE FROM link_seen WHERE goal_id IN (SELECT value FROM json_each($1))")
        .bind(list(goals))
        .execute(tx)
        .await?;
    let mut bulk = Bulk::new(2);
    for (goal, items) in all {
        bulk.push([goal.value(), items.as_str().value()]);
    }
    bulk.insert(tx, "INSERT INTO link_seen (goal_id, items) {rows}").await?;
    Ok(())
}

/// The goals of an organisation whose links counted one of these items, by connections to this kind of source that lead to the container;
/// the oldest link first, at most 50.
#[expect(clippy::missing_errors_doc, reason = "as for of_goals")]
pub async fn covering(
    rx: &mut Rx,
    org: Id,
    kind: &str,
    connections: &[Id],
    item: u64,
) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT goal_links.goal_id FROM goal_links JOIN link_seen ON link_seen.goal_id = goal_links.goal_id \
         WHERE goal_links.org_id = $1 AND goal_links.kind = $2 AND goal_links.connection_id IN (SELECT value FROM json_each($3)) \
         AND (link_seen.items LIKE $4 OR link_seen.items LIKE $5) ORDER BY goal_links.created_at, goal_links.goal_id LIMIT 50")
    .bind(org)
    .bind(kind)
    .bind(list(connections))
    .bind(format!("% {item} %"))
    .bind(format!("% {item}c %"))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("goal_id")).collect()
}
