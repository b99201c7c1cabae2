//! What stands one and two levels below the rows of a list, as far as alerts ask (goals §4.8).

use std::fmt::Display;
use std::str::FromStr;

use northing_core::goal::{GoalKind, Level};
use northing_core::metric::Metric;
use northing_core::phases::Phase;
use northing_core::status::Status;
use northing_core::values::{Day, Id};

use crate::goal_facts::{AlertFacts, key_results, period_differs};
use crate::{Failure, Row, Rx, list, sql};

/// A goal one or two levels below another, with what alerts want to know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Below {
    /// The goal above.
    pub root: Id,
    /// Its title.
    pub title: String,
    /// Its kind.
    pub kind: GoalKind,
    /// Whose it is.
    pub level: Level,
    /// Its status.
    pub status: Status,
    /// First day.
    pub start: Day,
    /// Last day.
    pub due: Day,
    /// What it measures: kind, start and target.
    pub metric: Metric,
    /// Phased targets.
    pub phases: Vec<Phase>,
    /// Progress 0–100.
    pub progress: Option<f64>,
    /// Score of a closed goal.
    pub score: Option<f64>,
    /// Whether it has an owner.
    pub owned: bool,
    /// What alerts ask of others.
    pub facts: AlertFacts,
}

/// The goals one and two levels below each of these that may raise an alert, as far as the viewer sees them: of every goal
/// the first twelve children, and of these the first six, in their order. More of them would say no more, and a goal may
/// have thousands.
///
/// # Errors
/// When the store fails.
pub async fn two_below(rx: &mut Rx, roots: &[Id], viewer: Id) -> Result<Vec<Below>, Failure> {
    // What is text or small stands in one column: each costs a conversion for each row.
    const STATEMENT: &str = concat!(
        "WITH near (root, id) AS (SELECT a.parent_id, a.child_id FROM json_each($1) r JOIN alignments a ON a.parent_id = r.value \
         AND a.position <= COALESCE((SELECT l.position FROM alignments l WHERE l.parent_id = r.value \
         ORDER BY l.position, l.child_id LIMIT 1 OFFSET 11), 1e300)) \
         SELECT d.root, g.kind || '|' || g.level || '|' || g.status || '|' || g.start_date || '|' || g.due_date || '|' || g.metric_kind \
         || '|' || p.start_date || '|' || p.end_date || '|' || \
         CASE WHEN EXISTS (SELECT 1 FROM goal_owners o WHERE o.goal_id = g.id) THEN 1 ELSE 0 END || '|' || ",
        key_results!(),
        " || '|' || ",
        period_differs!(),
        " || '|' || g.title AS goal, g.progress, g.score, g.metric_start, g.metric_target, \
         CASE WHEN g.phases = '[]' THEN NULL ELSE g.phases END AS phases FROM (SELECT n.root, n.id FROM near n \
         UNION SELECT n.root, b.child_id FROM near n JOIN alignments b ON b.parent_id = n.id \
         AND b.position <= COALESCE((SELECT l.position FROM alignments l WHERE l.parent_id = n.id \
         ORDER BY l.position, l.child_id LIMIT 1 OFFSET 5), 1e300)) d \
         JOIN goals g ON g.id = d.id JOIN periods p ON p.id = g.period_id \
         WHERE g.deleted_at IS NULL AND (g.status NOT IN ('closed', 'postponed') OR g.score IS NOT NULL) AND ",
        visible!("$2"),
        " ORDER BY d.root, g.id"
    );
    let roots = list(roots.iter().map(ToString::to_string));
    sql(STATEMENT).bind(roots).bind(viewer).fetch_all(rx).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Below, Failure> {
    let text = row.text("goal")?;
    let parts = &mut text.splitn(12, '|');
    let (kind, level, status) = (part(parts)?, part(parts)?, part(parts)?);
    let (start, due, metric_kind) = (part(parts)?, part(parts)?, part(parts)?);
    let period = Some((part(parts)?, part(parts)?));
    let owned = part::<u32>(parts)? != 0;
    let facts = AlertFacts { key_results: part(parts)?, period_differs: part::<u32>(parts)? != 0, period };
    Ok(Below {
        root: row.id("root")?,
        title: parts.next().unwrap_or_default().to_owned(),
        kind,
        level,
        status,
        start,
        due,
        metric: Metric {
            kind: metric_kind,
            start: row.real("metric_start")?,
            target: row.opt_real("metric_target")?,
            ..Metric::percent()
        },
        phases: row.opt_json::<Vec<Phase>>("phases")?.unwrap_or_default(),
        progress: row.opt_real("progress")?,
        score: row.opt_real("score")?,
        owned,
        facts,
    })
}

/// The next part of the joined column.
fn part<'a, T: FromStr<Err: Display>>(parts: &mut impl Iterator<Item = &'a str>) -> Result<T, Failure> {
    let corrupt = |reason: String| Failure::Corrupt { column: String::from("goal"), reason };
    let text = parts.next().ok_or_else(|| corrupt(String::from("absent")))?;
    text.parse().map_err(|error: T::Err| corrupt(error.to_string()))
}
