//! The activity log as an organisation's admins read it.

use northing_core::values::{Id, Moment};
use serde_json::Value;

use crate::{Failure, Rx, sql};

/// An entry with the name of who did it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its identifier.
    pub id: Id,
    /// Who did it; none for Northing itself and for people who are gone.
    pub actor_id: Option<Id>,
    /// Their name.
    pub actor_name: Option<String>,
    /// Through which door.
    pub via: String,
    /// What was done.
    pub action: String,
    /// The goal it was done to.
    pub goal_id: Option<Id>,
    /// What else it was done to.
    pub subject_id: Option<Id>,
    /// What changed.
    pub detail: Value,
    /// When.
    pub at: Moment,
}

/// Which entries are read; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// By this person.
    pub actor: Option<Id>,
    /// Of this kind.
    pub action: Option<String>,
    /// About this goal.
    pub goal: Option<Id>,
    /// At this moment or later.
    pub since: Option<Moment>,
    /// Before this moment.
    pub until: Option<Moment>,
}

/// Entries, the newest first, from before `before` (moment and id) on. Those about goals that the reader may not see are
/// left out: a restricted goal is nothing to an admin either (goals §10.3).
///
/// # Errors
/// What the database says.
pub async fn list(
    rx: &mut Rx,
    org: Id,
    reader: Id,
    filter: &Filter,
    before: Option<(i64, &str)>,
    limit: i64,
) -> Result<Vec<Entry>, Failure> {
    let (at, id) = before.unwrap_or((i64::MAX, ""));
    let text = |id: Option<Id>| id.map_or_else(String::new, |id| id.to_string());
    let rows = sql(
        "SELECT a.*, COALESCE(m.name, u.name) AS actor_name FROM activity a LEFT JOIN users u ON u.id = a.actor_id \
         LEFT JOIN members m ON m.org_id = a.org_id AND m.user_id = a.actor_id LEFT JOIN goals g ON g.id = a.goal_id \
         WHERE a.org_id = $1 AND (a.at < $2 OR (a.at = $2 AND a.id < $3)) AND ($4 = '' OR a.actor_id = $4) \
         AND ($5 = '' OR a.kind = $5) AND ($6 = '' OR a.goal_id = $6) AND a.at >= $7 AND a.at < $8 \
         AND (g.id IS NULL OR g.visibility = 'everyone' OR g.delegate_id = $9 OR g.check_in_owner_id = $9 \
           OR EXISTS (SELECT 1 FROM goal_owners w WHERE w.goal_id = g.id AND w.user_id = $9) \
           OR EXISTS (SELECT 1 FROM goal_access v WHERE v.goal_id = g.id AND v.user_id = $9 AND (v.may_view = 1 OR v.may_edit = 1))) \
         ORDER BY a.at DESC, a.id DESC LIMIT $10",
    )
    .bind(org)
    .bind(at)
    .bind(id)
    .bind(text(filter.actor))
    .bind(filter.action.as_deref().unwrap_or(""))
    .bind(text(filter.goal))
    .bind(filter.since.map_or(i64::MIN, Moment::millis))
    .bind(filter.until.map_or(i64::MAX, Moment::millis))
    .bind(reader)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                id: row.id("id")?,
                actor_id: row.opt_id("actor_id")?,
                actor_name: row.opt_text("actor_name")?,
                via: row.text("via")?,
                action: row.text("kind")?,
                goal_id: row.opt_id("goal_id")?,
                subject_id: row.opt_id("subject_id")?,
                detail: row.json("detail")?,
                at: row.moment("at")?,
            })
        })
        .collect()
}
