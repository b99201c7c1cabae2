//! On which pages a goal is listed, whether at the top, and where (goals §7.1).

use northing_core::values::Id;

use crate::{Bind, Bulk, Failure, Rx, Tx, list, sql};

/// Brings the placements of these goals and of their children in line with their owners, teams, levels, periods, parents
/// and deletion. Places that people chose stay. Goals whose parents were just taken away are to be named themselves.
///
/// # Errors
/// What the database says.
pub async fn rebuild(tx: &mut Tx, goals: &[Id]) -> Result<(), Failure> {
    sql("DELETE FROM placements WHERE goal_id IN (SELECT value FROM json_each($1)) AND NOT EXISTS ( \
         SELECT 1 FROM goals g WHERE g.id = placements.goal_id AND g.deleted_at IS NULL AND ( \
           placements.page = 'all' \
           OR (placements.page = 'organization' AND g.level = 'organization') \
           OR (placements.page = 'team' AND EXISTS (SELECT 1 FROM goal_teams t WHERE t.goal_id = g.id AND t.team_id = placements.entity_id)) \
           OR (placements.page = 'person' AND EXISTS (SELECT 1 FROM goal_owners o WHERE o.goal_id = g.id AND o.user_id = placements.entity_id))))")
    .bind(list(goals))
    .execute(tx)
    .await?;
    sql(REBUILD).bind(list(goals)).execute(tx).await?;
    Ok(())
}

const REBUILD: &str = "\
    INSERT INTO placements (page, entity_id, period_id, goal_id, top, position) \
    WITH touched (id) AS ( \
      SELECT value FROM json_each($1) \
      UNION SELECT a.child_id FROM alignments a WHERE a.parent_id IN (SELECT value FROM json_each($1))) \
    SELECT 'all', g.org_id, g.period_id, g.id, \
           CASE WHEN EXISTS (SELECT 1 FROM alignments a JOIN goals p ON p.id = a.parent_id \
                             WHERE a.child_id = g.id AND p.period_id = g.period_id) THEN 0 ELSE 1 END, g.position \
      FROM goals g JOIN touched ON touched.id = g.id WHERE g.deleted_at IS NULL \
    UNION ALL \
    SELECT 'organization', g.org_id, g.period_id, g.id, \
           CASE WHEN EXISTS (SELECT 1 FROM alignments a JOIN goals p ON p.id = a.parent_id \
                             WHERE a.child_id = g.id AND p.period_id = g.period_id AND p.level = 'organization') THEN 0 ELSE 1 END, \
           g.position \
      FROM goals g JOIN touched ON touched.id = g.id WHERE g.deleted_at IS NULL AND g.level = 'organization' \
    UNION ALL \
    SELECT 'team', t.team_id, g.period_id, g.id, \
           CASE WHEN EXISTS (SELECT 1 FROM alignments a JOIN goals p ON p.id = a.parent_id \
                             JOIN goal_teams pt ON pt.goal_id = p.id AND pt.team_id = t.team_id \
                             WHERE a.child_id = g.id AND p.period_id = g.period_id) THEN 0 ELSE 1 END, g.position \
      FROM goals g JOIN touched ON touched.id = g.id JOIN goal_teams t ON t.goal_id = g.id WHERE g.deleted_at IS NULL \
    UNION ALL \
    SELECT 'person', o.user_id, g.period_id, g.id, \
           CASE WHEN EXISTS (SELECT 1 FROM alignments a JOIN goals p ON p.id = a.parent_id \
                             JOIN goal_owners po ON po.goal_id = p.id AND po.user_id = o.user_id \
                             WHERE a.child_id = g.id AND p.period_id = g.period_id) THEN 0 ELSE 1 END, g.position \
      FROM goals g JOIN touched ON touched.id = g.id JOIN goal_owners o ON o.goal_id = g.id WHERE g.deleted_at IS NULL \
    ON CONFLICT (page, entity_id, goal_id) DO UPDATE SET period_id = excluded.period_id, top = excluded.top";

/// The place behind the last goal of a period in Explorer.
///
/// # Errors
/// What the database says.
pub async fn next_position(rx: &mut Rx, org_id: Id, period_id: Id) -> Result<f64, Failure> {
    let row = sql(
        "SELECT p.position FROM placements p WHERE p.page = 'all' AND p.entity_id = $1 AND p.period_id = $2 \
         ORDER BY p.position DESC LIMIT 1",
    )
    .bind(org_id)
    .bind(period_id)
    .fetch_optional(rx)
    .await?;
    Ok(row.map(|row| row.real("position")).transpose()?.map_or(1.0, |last| last + 1.0))
}

/// The goals of a page and period in their order, with their places; `top` only those at the top.
///
/// # Errors
/// What the database says.
pub async fn order(
    rx: &mut Rx,
    page: &str,
    entity_id: Id,
    period_id: Id,
    top: bool,
) -> Result<Vec<(Id, f64)>, Failure> {
    let rows = sql("SELECT p.goal_id, p.position FROM placements p WHERE p.page = $1 AND p.entity_id = $2 \
         AND p.period_id = $3 AND p.top >= $4 ORDER BY p.position, p.goal_id")
    .bind(page)
    .bind(entity_id)
    .bind(period_id)
    .bind(top)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("goal_id")?, row.real("position")?))).collect()
}

/// Sets the places of goals on a page.
///
/// # Errors
/// What the database says.
pub async fn save_positions(
    tx: &mut Tx,
    page: &str,
    entity_id: Id,
    places: &[(Id, f64)],
) -> Result<(), Failure> {
    let mut rows = Bulk::new(4);
    for (id, position) in places {
        rows.push([page.value(), entity_id.value(), id.value(), (*position).value()]);
    }
    rows.update(
        tx,
        "UPDATE placements SET position = CAST(v.column4 AS DOUBLE PRECISION) FROM ({rows}) v \
         WHERE placements.page = v.column1 AND placements.entity_id = v.column2 AND placements.goal_id = v.column3",
    )
    .await?;
    Ok(())
}
