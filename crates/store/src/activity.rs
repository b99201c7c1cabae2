//! The log of every change, written in the transaction that made it.

use northing_core::event::EventKind;
use northing_core::values::{Id, Moment};
use serde_json::Value as Json;

use crate::bind::Bind;
use crate::bulk::Bulk;
use crate::failure::Failure;
use crate::query::sql;
use crate::transaction::{Rx, Tx};

/// A change, for the audit log and (where it names a goal) the goal's activity.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its own id.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// Who did it; none for Northing itself.
    pub actor_id: Option<Id>,
    /// Through which door.
    pub via: &'static str,
    /// What was done.
    pub kind: EventKind,
    /// The goal it was done to.
    pub goal_id: Option<Id>,
    /// What else it was done to: a check-in, a comment, a team, a person.
    pub subject_id: Option<Id>,
    /// What changed: `before` and `after`.
    pub detail: Json,
    /// When.
    pub at: Moment,
}

/// Writes an entry.
///
/// # Errors
/// What the database says.
pub async fn record(tx: &mut Tx, entry: &Entry) -> Result<(), Failure> {
    record_all(tx, std::slice::from_ref(entry)).await
}

/// Writes down many at once.
///
/// # Errors
/// What the database says.
pub async fn record_all(tx: &mut Tx, entries: &[Entry]) -> Result<(), Failure> {
    let mut rows = Bulk::new(9);
    for entry in entries {
        rows.push([
            entry.id.value(),
            entry.org_id.value(),
            entry.actor_id.value(),
            entry.via.value(),
            entry.kind.name().value(),
            entry.goal_id.value(),
            entry.subject_id.value(),
            entry.detail.to_string().value(),
            entry.at.value(),
        ]);
    }
    if !rows.is_empty() {
        rows.insert_later(
            tx,
            "INSERT INTO activity (id, org_id, actor_id, via, kind, goal_id, subject_id, detail, at) {rows}",
        )
        .await?;
    }
    Ok(())
}

/// An entry of one kind, read back by whoever wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    /// Its id.
    pub id: Id,
    /// Who did it; none for Northing itself, or where the person is gone.
    pub actor_id: Option<Id>,
    /// What was written down.
    pub detail: Json,
    /// When.
    pub at: Moment,
}

/// The entries of a kind in an organisation since a moment, the newest first.
///
/// # Errors
/// What the database says.
pub async fn of_kind(
    rx: &mut Rx,
    org: Id,
    kind: EventKind,
    since: Moment,
    limit: i64,
) -> Result<Vec<Noted>, Failure> {
    let rows =
        sql("SELECT id, actor_id, detail, at FROM activity WHERE org_id = $1 AND kind = $2 AND at >= $3 \
         ORDER BY at DESC, id DESC LIMIT $4")
        .bind(org)
        .bind(kind.name())
        .bind(since)
        .bind(limit)
        .fetch_all(rx)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Noted {
                id: row.id("id")?,
                actor_id: row.opt_id("actor_id")?,
                detail: row.json("detail")?,
                at: row.moment("at")?,
            })
        })
        .collect()
}

/// Whether somebody did something of this kind to a goal since a moment.
///
/// # Errors
/// What the database says.
pub async fn did(rx: &mut Rx, goal: Id, actor: Id, kind: EventKind, since: Moment) -> Result<bool, Failure> {
    let query = sql(
        "SELECT id FROM activity WHERE goal_id = $1 AND at >= $4 AND kind = $3 AND actor_id = $2 LIMIT 1",
    );
    let found = query.bind(goal).bind(actor).bind(kind.name()).bind(since).fetch_optional(rx).await?;
    Ok(found.is_some())
}

/// The detail of the newest entry of a kind about a goal, as it was written.
///
/// # Errors
/// What the database says.
pub async fn newest_detail(rx: &mut Rx, goal_id: Id, kind: &str) -> Result<Option<Json>, Failure> {
    let row =
        sql("SELECT detail FROM activity WHERE goal_id = $1 AND kind = $2 ORDER BY at DESC, id DESC LIMIT 1")
            .bind(goal_id)
            .bind(kind)
            .fetch_optional(rx)
            .await?;
    row.map(|row| row.json("detail")).transpose()
}

/// The detail of the newest entry of a kind about one thing of a goal: a task, a comment.
///
/// # Errors
/// What the database says.
pub async fn detail_of(
    rx: &mut Rx,
    goal_id: Id,
    kind: EventKind,
    subject: Id,
) -> Result<Option<Json>, Failure> {
    let row = sql("SELECT detail FROM activity WHERE goal_id = $1 AND kind = $2 AND subject_id = $3 \
         ORDER BY at DESC, id DESC LIMIT 1")
    .bind(goal_id)
    .bind(kind.name())
    .bind(subject)
    .fetch_optional(rx)
    .await?;
    row.map(|row| row.json("detail")).transpose()
}

/// Who did something of a kind to a goal, and its details, the newest first; at most 500.
///
/// # Errors
/// What the database says.
pub async fn details(rx: &mut Rx, goal_id: Id, kind: &str) -> Result<Vec<(Option<Id>, Json)>, Failure> {
    let rows = sql("SELECT actor_id, detail FROM activity WHERE goal_id = $1 AND kind = $2 \
         ORDER BY at DESC, id DESC LIMIT 500")
    .bind(goal_id)
    .bind(kind)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.opt_id("actor_id")?, row.json("detail")?))).collect()
}

/// An entry about a goal: who did it, and its detail as it was written.
///
/// # Errors
/// What the database says.
pub async fn find(rx: &mut Rx, goal_id: Id, id: Id) -> Result<Option<(Option<Id>, Json)>, Failure> {
    let row = sql("SELECT actor_id, detail FROM activity WHERE id = $1 AND goal_id = $2")
        .bind(id)
        .bind(goal_id)
        .fetch_optional(rx)
        .await?;
    row.map(|row| Ok((row.opt_id("actor_id")?, row.json("detail")?))).transpose()
}

/// A change as a goal's page tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The entry.
    pub id: Id,
    /// When.
    pub at: Moment,
    /// Who; none for Northing itself, or where the person is gone.
    pub actor: Option<(Id, String)>,
    /// Through which door.
    pub via: String,
    /// What was done.
    pub kind: EventKind,
    /// What else it was done to.
    pub subject_id: Option<Id>,
    /// What changed.
    pub detail: Json,
}

/// What was done to a goal, the newest first: entries before the given one, at most so many.
///
/// # Errors
/// What the database says.
pub async fn of_goal(
    rx: &mut Rx,
    goal_id: Id,
    before: Option<(Moment, Id)>,
    limit: i64,
) -> Result<Vec<Line>, Failure> {
    let (at, id) =
        before.map_or((Moment::from_millis(i64::MAX), String::new()), |(at, id)| (at, id.to_string()));
    let rows = sql(
        "SELECT a.id, a.at, a.via, a.kind, a.subject_id, a.detail, a.actor_id, u.name AS actor FROM activity a \
         LEFT JOIN users u ON u.id = a.actor_id WHERE a.goal_id = $1 AND a.at <= $2 AND (a.at < $2 OR a.id < $3) \
         ORDER BY a.at DESC, a.id DESC LIMIT $4",
    )
    .bind(goal_id)
    .bind(at)
    .bind(id)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Line {
                id: row.id("id")?,
                at: row.moment("at")?,
                actor: row.opt_id("actor_id")?.zip(row.opt_text("actor")?),
                via: row.text("via")?,
                kind: row.parsed("kind")?,
                subject_id: row.opt_id("subject_id")?,
                detail: row.json("detail")?,
            })
        })
        .collect()
}
