//! What is aligned to what, with which share. Effective shares and counts are stored with the goals they belong to.

use std::collections::{HashMap, HashSet};

use northing_core::contribution::{ShareInput, effective_shares};
use northing_core::values::Id;

use crate::{Bind, Bulk, Failure, Row, Rx, Tx, list, sql};

/// An alignment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Alignment {
    /// The goal above.
    pub parent_id: Id,
    /// The goal below.
    pub child_id: Id,
    /// The child's effective share in percent.
    pub share: f64,
    /// The share set by hand.
    pub fixed: Option<f64>,
    /// The child's place among the parent's children.
    pub position: f64,
    /// The parent's place among the child's parents, from 0.
    pub parent_position: i64,
}

/// The alignments of the children of these goals, in the order of each goal's children.
///
/// # Errors
/// What the database says.
pub async fn below(rx: &mut Rx, parents: &[Id]) -> Result<Vec<Alignment>, Failure> {
    let rows = sql("SELECT a.* FROM alignments a WHERE a.parent_id IN (SELECT value FROM json_each($1)) \
         ORDER BY a.parent_id, a.position, a.child_id")
    .bind(list(parents))
    .fetch_all(rx)
    .await?;
    rows.iter().map(alignment).collect()
}

/// The alignments of these goals to their parents, in the order of each goal's parents.
///
/// # Errors
/// What the database says.
pub async fn above(rx: &mut Rx, children: &[Id]) -> Result<Vec<Alignment>, Failure> {
    let rows = sql("SELECT a.* FROM alignments a WHERE a.child_id IN (SELECT value FROM json_each($1)) \
         ORDER BY a.child_id, a.parent_position, a.parent_id")
    .bind(list(children))
    .fetch_all(rx)
    .await?;
    rows.iter().map(alignment).collect()
}

fn alignment(row: &Row) -> Result<Alignment, Failure> {
    Ok(Alignment {
        parent_id: row.id("parent_id")?,
        child_id: row.id("child_id")?,
        share: row.real("share")?,
        fixed: row.opt_real("fixed")?,
        position: row.real("position")?,
        parent_position: row.int("parent_position")?,
    })
}

/// Every alignment at or above these goals: one recursive statement. Each goal's parents by the goal.
///
/// # Errors
/// What the database says.
pub async fn ancestry(rx: &mut Rx, ids: &[Id]) -> Result<HashMap<Id, Vec<Id>>, Failure> {
    let rows = sql("WITH RECURSIVE up (id) AS (SELECT value FROM json_each($1) \
         UNION SELECT a.parent_id FROM alignments a JOIN up ON a.child_id = up.id) \
         SELECT a.child_id, a.parent_id FROM alignments a WHERE a.child_id IN (SELECT id FROM up) \
         ORDER BY a.child_id, a.parent_position, a.parent_id")
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    let mut parents: HashMap<Id, Vec<Id>> = HashMap::new();
    for row in &rows {
        parents.entry(row.id("child_id")?).or_default().push(row.id("parent_id")?);
    }
    Ok(parents)
}

/// Every goal below these, without them: one recursive statement, at most `most` goals.
///
/// # Errors
/// What the database says.
pub async fn descendants(rx: &mut Rx, ids: &[Id], most: i64) -> Result<Vec<Id>, Failure> {
    let rows = sql("WITH RECURSIVE down (id) AS (SELECT value FROM json_each($1) \
         UNION SELECT a.child_id FROM alignments a JOIN down ON a.parent_id = down.id) \
         SELECT id FROM down WHERE id NOT IN (SELECT value FROM json_each($1)) ORDER BY id LIMIT $2")
    .bind(list(ids))
    .bind(most)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// The place behind a goal's last child.
///
/// # Errors
/// What the database says.
pub async fn next_position(rx: &mut Rx, parent: Id) -> Result<f64, Failure> {
    let row =
        sql("SELECT a.position FROM alignments a WHERE a.parent_id = $1 ORDER BY a.position DESC LIMIT 1")
            .bind(parent)
            .fetch_optional(rx)
            .await?;
    Ok(row.map(|row| row.real("position")).transpose()?.map_or(1.0, |last| last + 1.0))
}

/// Inserts alignments. Shares and counts follow by [`settle`].
///
/// # Errors
/// What the database says.
pub async fn insert(tx: &mut Tx, alignments: &[Alignment]) -> Result<(), Failure> {
    let mut rows = Bulk::new(6);
    for one in alignments {
        rows.push([
            one.parent_id.value(),
            one.child_id.value(),
            one.share.value(),
            one.fixed.value(),
            one.position.value(),
            one.parent_position.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO alignments (parent_id, child_id, share, fixed, position, parent_position) {rows}",
    )
    .await?;
    Ok(())
}

/// Removes a goal's alignments to its parents.
///
/// # Errors
/// What the database says.
pub async fn remove_above(tx: &mut Tx, child: Id) -> Result<(), Failure> {
    sql("DELETE FROM alignments WHERE child_id = $1").bind(child).execute(tx).await?;
    Ok(())
}

/// Removes every alignment from or to these goals and returns them.
///
/// # Errors
/// What the database says.
pub async fn remove_all(tx: &mut Tx, ids: &[Id]) -> Result<Vec<Alignment>, Failure> {
    let rows = sql("SELECT a.* FROM alignments a WHERE a.child_id IN (SELECT value FROM json_each($1)) \
         OR a.parent_id IN (SELECT value FROM json_each($1)) ORDER BY a.parent_id, a.child_id")
    .bind(list(ids))
    .fetch_all(tx)
    .await?;
    let removed = rows.iter().map(alignment).collect::<Result<Vec<_>, _>>()?;
    sql("DELETE FROM alignments WHERE child_id IN (SELECT value FROM json_each($1)) \
         OR parent_id IN (SELECT value FROM json_each($1))")
    .bind(list(ids))
    .execute(tx)
    .await?;
    Ok(removed)
}

/// Sets fixed shares and places of a goal's children, as given.
///
/// # Errors
/// What the database says.
pub async fn save(tx: &mut Tx, alignments: &[Alignment]) -> Result<(), Failure> {
    let mut rows = Bulk::new(4);
    for one in alignments {
        rows.push([one.parent_id.value(), one.child_id.value(), one.fixed.value(), one.position.value()]);
    }
    rows.update(
        tx,
        "UPDATE alignments SET fixed = CAST(v.column3 AS DOUBLE PRECISION), position = CAST(v.column4 AS DOUBLE PRECISION) \
         FROM ({rows}) v WHERE alignments.parent_id = v.column1 AND alignments.child_id = v.column2",
    )
    .await?;
    Ok(())
}

/// Computes the effective shares of the children of these goals anew (goals §4.3), and counts parents and children of
/// them, their children and `others` anew. To be called after every change of alignments.
///
/// # Errors
/// What the database says.
pub async fn settle(tx: &mut Tx, parents: &[Id], others: &[Id]) -> Result<(), Failure> {
    let all = below(tx, parents).await?;
    let mut moved = Bulk::new(3);
    for children in all.chunk_by(|a, b| a.parent_id == b.parent_id) {
        let table: Vec<_> = children.iter().map(|child| ShareInput { fixed: child.fixed }).collect();
        for (child, share) in children.iter().zip(effective_shares(&table)) {
            if child.share != share {
                moved.push([child.parent_id.value(), child.child_id.value(), share.value()]);
            }
        }
    }
    moved
        .update(
            tx,
            "UPDATE alignments SET share = CAST(v.column3 AS DOUBLE PRECISION) FROM ({rows}) v \
             WHERE alignments.parent_id = v.column1 AND alignments.child_id = v.column2",
        )
        .await?;
    let ids: HashSet<Id> = parents.iter().chain(others).copied().collect();
    sql("UPDATE goals SET child_count = (SELECT count(*) FROM alignments a WHERE a.parent_id = goals.id), \
         parent_count = (SELECT count(*) FROM alignments a WHERE a.child_id = goals.id) \
         WHERE id IN (SELECT value FROM json_each($1))")
    .bind(list(ids))
    .execute(tx)
    .await?;
    Ok(())
}
