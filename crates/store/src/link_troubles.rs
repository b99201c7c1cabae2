//! Goals whose data source is in trouble: for those who own them, and for those who manage integrations.

use northing_core::goal::GoalKind;
use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, sql, visible_goal};

/// A goal that follows a data source which cannot be read.
#[derive(Debug, Clone, PartialEq)]
pub struct TroubledGoal {
    /// The goal.
    pub goal_id: Id,
    /// Its kind.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// The kind of source.
    pub source: String,
    /// The connection with its name; none where it was removed.
    pub connection: Option<(Id, String)>,
    /// What was picked, in the other system's words.
    pub label: String,
    /// The trouble, as JSON text.
    pub error: Option<String>,
    /// When the last good sync was.
    pub synced_at: Option<Moment>,
}

macro_rules! troubled {
    () => {
        "SELECT g.id AS goal_id, g.kind AS goal_kind, g.title, l.kind AS source, l.connection_id, c.name AS connection_name, l.label, \
         l.error, l.last_synced_at FROM goal_links l JOIN goals g ON g.id = l.goal_id LEFT JOIN connections c ON c.id = l.connection_id \
         WHERE l.org_id = $1 AND l.state = 'error' AND g.deleted_at IS NULL AND g.status NOT IN ('closed', 'postponed') "
    };
}

fn read(row: &Row) -> Result<TroubledGoal, Failure> {
    Ok(TroubledGoal {
        goal_id: row.id("goal_id")?,
        kind: row.parsed("goal_kind")?,
        title: row.text("title")?,
        source: row.text("source")?,
        connection: row.opt_id("connection_id")?.zip(row.opt_text("connection_name")?),
        label: row.text("label")?,
        error: row.opt_text("error")?,
        synced_at: row.opt_moment("last_synced_at")?,
    })
}

/// Those of an organisation and a kind of source that the viewer may see, by title; with `after` those that come after this goal.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn of_org(
    rx: &mut Rx,
    (org, viewer): (Id, Id),
    kind: &str,
    after: Option<Id>,
    limit: u16,
) -> Result<Vec<TroubledGoal>, Failure> {
    const STATEMENT: &str = concat!(
        troubled!(),
        "AND l.kind = $3 AND ",
        visible_goal!("g", "$2"),
        " AND ($5 = '' OR (g.title, g.id) > (SELECT before.title, before.id FROM goals before WHERE before.id = $5)) \
         ORDER BY g.title, g.id LIMIT $4"
    );
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows = sql(STATEMENT)
        .bind(org)
        .bind(viewer)
        .bind(kind)
        .bind(i64::from(limit))
        .bind(after)
        .fetch_all(rx)
        .await?;
    rows.iter().map(read).collect()
}

/// How many there are of those.
#[expect(clippy::missing_errors_doc, reason = "as for of_org")]
pub async fn count_of_org(rx: &mut Rx, (org, viewer): (Id, Id), kind: &str) -> Result<i64, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT count(*) AS number FROM (",
        troubled!(),
        "AND l.kind = $3 AND ",
        visible_goal!("g", "$2"),
        ") found"
    );
    sql(STATEMENT).bind(org).bind(viewer).bind(kind).fetch_one(rx).await?.int("number")
}

/// Those that a person owns or checks in.
#[expect(clippy::missing_errors_doc, reason = "as for of_org")]
pub async fn of_person(rx: &mut Rx, org: Id, user: Id, limit: u16) -> Result<Vec<TroubledGoal>, Failure> {
    const STATEMENT: &str = concat!(
        troubled!(),
        "AND (g.check_in_owner_id = $2 OR EXISTS (SELECT 1 FROM goal_owners o WHERE o.goal_id = g.id AND o.user_id = $2)) \
         ORDER BY g.title, g.id LIMIT $3"
    );
    let rows = sql(STATEMENT).bind(org).bind(user).bind(i64::from(limit)).fetch_all(rx).await?;
    rows.iter().map(read).collect()
}
