//! What every goal below another counts with, those included that the viewer may not see: the parts of a rolled-up number.

use northing_core::metric::Metric;
use northing_core::values::Id;

use crate::{Failure, Rx, sql, visible_goal};

/// A goal below another, as the roll-up takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Below {
    /// The goal.
    pub id: Id,
    /// Whether the viewer may see it.
    pub seen: bool,
    /// The share set by hand.
    pub fixed: Option<f64>,
    /// Its metric with its latest value.
    pub metric: Metric,
    /// Its progress, not held to 0–100.
    pub progress: Option<f64>,
}

/// All goals directly below one, in the order of its children.
///
/// # Errors
/// What the database says.
pub async fn below(rx: &mut Rx, parent: Id, viewer: Id) -> Result<Vec<Below>, Failure> {
    let rows = sql(concat!(
        "SELECT a.child_id, a.fixed, c.metric_kind, c.metric_unit, c.metric_start, c.metric_target, c.metric_current, \
         c.progress_unclamped, CASE WHEN ",
        visible_goal!("c", "$2"),
        " THEN 1 ELSE 0 END AS seen FROM alignments a JOIN goals c ON c.id = a.child_id \
         WHERE a.parent_id = $1 AND c.deleted_at IS NULL ORDER BY a.position, a.child_id"
    ))
    .bind(parent)
    .bind(viewer)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Below {
                id: row.id("child_id")?,
                seen: row.flag("seen")?,
                fixed: row.opt_real("fixed")?,
                metric: Metric {
                    kind: row.parsed("metric_kind")?,
                    unit: row.opt_text("metric_unit")?,
                    start: row.real("metric_start")?,
                    target: row.opt_real("metric_target")?,
                    current: row.opt_real("metric_current")?,
                    name: None,
                    risk_threshold: None,
                },
                progress: row.opt_real("progress_unclamped")?,
            })
        })
        .collect()
}
