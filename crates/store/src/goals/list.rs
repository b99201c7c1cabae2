//! Lists of goals by filter, a page at a time by key.

use std::collections::HashMap;

use northing_core::goal::{GoalKind, Level};
use northing_core::named_values;
use northing_core::status::Status;
use northing_core::text::fold;
use northing_core::values::{Day, Id, Moment};

use crate::query::number_from;
use crate::{Bind, Failure, Row, Rx, Value, list, search, sql, visible_goal};

named_values! {
    /// In which order goals are listed. Ties are broken by id.
    GoalSort {
        /// As people ordered them in Explorer.
        Position = "position",
        /// As they were made.
        Created = "created_at",
        /// As they were last changed.
        Updated = "updated_at",
        /// As they are due.
        Due = "due_date",
        /// By progress; goals without progress count as 0.
        Progress = "progress",
    }
}

/// Which goals are asked for. Empty lists ask for nothing.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the API's filters")]
pub struct GoalFilter {
    pub periods: Vec<Id>,
    pub kinds: Vec<GoalKind>,
    pub levels: Vec<Level>,
    pub teams: Vec<Id>,
    pub owners: Vec<Id>,
    pub statuses: Vec<Status>,
    /// `Some(None)`: goals without a parent.
    pub parent: Option<Option<Id>>,
    /// Goals with any of these tags, by name.
    pub tags: Vec<String>,
    /// Goals whose title or description contains each of these words, whatever case and marks.
    pub q: Option<String>,
    pub due_before: Option<Day>,
    pub due_after: Option<Day>,
    /// Goals without a check-in since then.
    pub not_updated_since: Option<Moment>,
    /// Only deleted goals, deleted since this moment; else only those that exist.
    pub deleted_since: Option<Moment>,
    /// With these statuses as they stood at this moment.
    pub as_of: Option<Moment>,
}

/// The ids of the goals that a person may see and that pass the filter, in order, with the key of each as JSON: the
/// cursor of the page after it. One statement.
///
/// # Errors
/// What the database says; a cursor of another order finds the beginning.
pub async fn list_ids(
    rx: &mut Rx,
    org_id: Id,
    user_id: Id,
    filter: &GoalFilter,
    (sort, descending): (GoalSort, bool),
    after: Option<&(serde_json::Value, Id)>,
    limit: i64,
) -> Result<Vec<(Id, serde_json::Value)>, Failure> {
    // Of a past day the order is that day's; where it binds a moment, its number is the statement's next.
    let past = filter.as_of.filter(|_| sort == GoalSort::Progress);
    let mut query = Query {
        text: format!(
            "SELECT g.id, {key} AS sort_key FROM goals g WHERE g.org_id = $1 AND {visible}",
            key = key(sort, past.map(|_| 3)),
            visible = visible_goal!("g", "$2"),
        ),
        values: vec![org_id.value(), user_id.value()],
    };
    query.values.extend(past.map(|moment| moment.value()));
    query.filter(filter);
    if let Some((key_of, id)) = after
        && let Some(value) = key_value(sort, key_of)
    {
        let than = if descending { "<" } else { ">" };
        let key = key(sort, past.map(|_| 3));
        let values = [value, id.value()].into_iter().chain(past.map(|moment| moment.value()));
        query.add(&format!("({key} {than} $1 OR ({key} = $1 AND g.id {than} $2))"), values);
    }
    let way = if descending { "DESC" } else { "ASC" };
    query.text.push_str(&format!(" ORDER BY sort_key {way}, g.id {way} LIMIT ${}", query.values.len() + 1));
    query.values.push(limit.value());
    let rows = crate::Sql::built(query.text).bind_all(query.values).fetch_all(rx).await?;
    rows.iter().map(|row| Ok((row.id("id")?, read_key(sort, row)?))).collect()
}

/// What goals are ordered by; `past` is the number of the moment at which their progress counts.
fn key(sort: GoalSort, past: Option<usize>) -> String {
    let column = match (sort, past) {
        (GoalSort::Position, _) => "g.position",
        (GoalSort::Created, _) => "g.created_at",
        (GoalSort::Updated, _) => "g.updated_at",
        (GoalSort::Due, _) => "g.due_date",
        (GoalSort::Progress, None) => "COALESCE(g.progress, 0.0)",
        (GoalSort::Progress, Some(number)) => {
            return format!(
                "COALESCE((SELECT h.progress FROM history h WHERE h.goal_id = g.id AND h.at <= ${number} \
                 ORDER BY h.at DESC, h.id DESC LIMIT 1), 0.0)"
            );
        }
    };
    column.to_owned()
}

fn key_value(sort: GoalSort, key: &serde_json::Value) -> Option<Value> {
    match sort {
        GoalSort::Position | GoalSort::Progress => key.as_f64().map(Bind::value),
        GoalSort::Created | GoalSort::Updated => key.as_i64().map(Bind::value),
        GoalSort::Due => key.as_str().map(Bind::value),
    }
}

fn read_key(sort: GoalSort, row: &Row) -> Result<serde_json::Value, Failure> {
    Ok(match sort {
        GoalSort::Position | GoalSort::Progress => row.real("sort_key")?.into(),
        GoalSort::Created | GoalSort::Updated => row.int("sort_key")?.into(),
        GoalSort::Due => row.text("sort_key")?.into(),
    })
}

struct Query {
    text: String,
    values: Vec<Value>,
}

impl Query {
    /// Adds a condition whose own values are numbered from `$1`.
    fn add(&mut self, condition: &str, values: impl IntoIterator<Item = Value>) {
        self.text.push_str(" AND ");
        number_from(condition, self.values.len(), &mut self.text);
        self.values.extend(values);
    }

    fn filter(&mut self, filter: &GoalFilter) {
        match filter.deleted_since {
            Some(since) => self.add("g.deleted_at >= $1", [since.value()]),
            None => self.add("g.deleted_at IS NULL", []),
        }
        self.any("g.period_id", filter.periods.iter().map(Id::to_string));
        self.any("g.kind", filter.kinds.iter().map(|kind| kind.name().to_owned()));
        self.any("g.level", filter.levels.iter().map(|level| level.name().to_owned()));
        self.any_of_list(
            "SELECT 1 FROM goal_teams l WHERE l.goal_id = g.id AND l.team_id",
            filter.teams.iter().map(Id::to_string),
        );
        self.any_of_list(
            "SELECT 1 FROM goal_owners l WHERE l.goal_id = g.id AND l.user_id",
            filter.owners.iter().map(Id::to_string),
        );
        self.any_of_list(
            "SELECT 1 FROM goal_tags l JOIN tags n ON n.id = l.tag_id WHERE l.goal_id = g.id AND n.name_key",
            filter.tags.iter().map(|tag| fold(tag)),
        );
        let statuses: Vec<_> = filter.statuses.iter().map(|status| status.name()).collect();
        match filter.as_of {
            Some(moment) if !statuses.is_empty() => self.add(
                "COALESCE((SELECT h.status FROM history h WHERE h.goal_id = g.id AND h.at <= $2 \
                 ORDER BY h.at DESC, h.id DESC LIMIT 1), 'not_started') IN (SELECT value FROM json_each($1))",
                [list(statuses), moment.value()],
            ),
            _ => self.any("g.status", statuses.into_iter().map(str::to_owned)),
        }
        if let Some(moment) = filter.as_of {
            self.add("g.created_at <= $1", [moment.value()]);
        }
        match filter.parent {
            Some(Some(id)) => self.add(
                "EXISTS (SELECT 1 FROM alignments l WHERE l.child_id = g.id AND l.parent_id = $1)",
                [id.value()],
            ),
            Some(None) => self.add("g.parent_count = 0", []),
            None => {}
        }
        if let Some(q) = filter.q.as_deref().filter(|q| !q.trim().is_empty()) {
            // The stored text holds each word once, in letters and digits only: nothing is to be escaped.
            let words = search::text([q]);
            if words.is_empty() {
                self.add("1 = 0", []);
            }
            for word in words.split_whitespace().take(20) {
                self.add("g.search_text LIKE $1", [format!("%{word}%").value()]);
            }
        }
        if let Some(day) = filter.due_before {
            self.add("g.due_date < $1", [day.value()]);
        }
        if let Some(day) = filter.due_after {
            self.add("g.due_date > $1", [day.value()]);
        }
        if let Some(moment) = filter.not_updated_since {
            self.add("(g.last_check_in_at IS NULL OR g.last_check_in_at < $1)", [moment.value()]);
        }
    }

    fn any(&mut self, column: &str, values: impl Iterator<Item = String>) {
        let values: Vec<_> = values.collect();
        if !values.is_empty() {
            self.add(&format!("{column} IN (SELECT value FROM json_each($1))"), [list(values)]);
        }
    }

    fn any_of_list(&mut self, select: &str, values: impl Iterator<Item = String>) {
        let values: Vec<_> = values.collect();
        if !values.is_empty() {
            self.add(&format!("EXISTS ({select} IN (SELECT value FROM json_each($1)))"), [list(values)]);
        }
    }
}

/// How a goal stood at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the goal's own fields")]
pub struct PastState {
    pub value: Option<f64>,
    pub progress: Option<f64>,
    pub progress_unclamped: Option<f64>,
    pub status: Status,
}

/// How goals stood at a moment; those that nothing had moved by then are left out.
///
/// # Errors
/// What the database says.
pub async fn states_at(rx: &mut Rx, ids: &[Id], at: Moment) -> Result<HashMap<Id, PastState>, Failure> {
    let rows =
        sql("SELECT h.goal_id, h.value, h.progress, h.progress_unclamped, h.status FROM json_each($1) l \
         JOIN history h ON h.goal_id = l.value AND h.id = (SELECT x.id FROM history x \
           WHERE x.goal_id = l.value AND x.at <= $2 ORDER BY x.at DESC, x.id DESC LIMIT 1)")
        .bind(list(ids))
        .bind(at)
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| {
            let state = PastState {
                value: row.opt_real("value")?,
                progress: row.opt_real("progress")?,
                progress_unclamped: row.opt_real("progress_unclamped")?,
                status: row.parsed("status")?,
            };
            Ok((row.id("goal_id")?, state))
        })
        .collect()
}
