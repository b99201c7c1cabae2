//! The activity log as an organisation's admins read it.

use northing_core::values::{Id, Moment};
use serde_json::Value as Json;

use crate::{Bind, Failure, Rx, Sql, Value, visible_goal};

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
    /// That goal's title as it is now.
    pub goal_title: Option<String>,
    /// What else it was done to.
    pub subject_id: Option<Id>,
    /// What changed.
    pub detail: Json,
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

/// A query with only the conditions that narrow it, so that an index serves each.
struct Built {
    text: String,
    values: Vec<Value>,
}

impl Built {
    fn new(org: Id, reader: Id) -> Self {
        const BEGIN: &str = concat!(
            "SELECT a.*, COALESCE(m.name, u.name) AS actor_name, g.title AS goal_title FROM activity a ",
            "LEFT JOIN users u ON u.id = a.actor_id ",
            "LEFT JOIN members m ON m.org_id = a.org_id AND m.user_id = a.actor_id LEFT JOIN goals g ON g.id = a.goal_id ",
            "WHERE a.org_id = $1 AND (g.id IS NULL OR ",
            visible_goal!("g", "$2"),
            ")"
        );
        Self { text: String::from(BEGIN), values: vec![org.value(), reader.value()] }
    }

    /// Binds a value and gives its place.
    fn value(&mut self, value: impl Bind) -> String {
        self.values.push(value.value());
        format!("${}", self.values.len())
    }

    fn narrow(&mut self, condition: &str, value: impl Bind) {
        let place = self.value(value);
        self.text.push_str(&format!(" AND {condition} {place}"));
    }
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
    let mut query = Built::new(org, reader);
    if let Some((at, id)) = before {
        let (at, id) = (query.value(at), query.value(id));
        query.text.push_str(&format!(" AND (a.at < {at} OR (a.at = {at} AND a.id < {id}))"));
    }
    if let Some(actor) = filter.actor {
        query.narrow("a.actor_id =", actor);
    }
    if let Some(action) = &filter.action {
        query.narrow("a.kind =", action.as_str());
    }
    if let Some(goal) = filter.goal {
        query.narrow("a.goal_id =", goal);
    }
    if let Some(since) = filter.since {
        query.narrow("a.at >=", since);
    }
    if let Some(until) = filter.until {
        query.narrow("a.at <", until);
    }
    let limit = query.value(limit);
    query.text.push_str(&format!(" ORDER BY a.at DESC, a.id DESC LIMIT {limit}"));
    let rows = Sql::built(query.text).bind_all(query.values).fetch_all(rx).await?;
    rows.iter()
        .map(|row| {
            Ok(Entry {
                id: row.id("id")?,
                actor_id: row.opt_id("actor_id")?,
                actor_name: row.opt_text("actor_name")?,
                via: row.text("via")?,
                action: row.text("kind")?,
                goal_id: row.opt_id("goal_id")?,
                goal_title: row.opt_text("goal_title")?,
                subject_id: row.opt_id("subject_id")?,
                detail: row.json("detail")?,
                at: row.moment("at")?,
            })
        })
        .collect()
}
