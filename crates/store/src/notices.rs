//! What people are told once: troubles of data sources and their end, secrets that end.

use northing_core::values::{Id, Moment};

use crate::bulk::Bulk;
use crate::{Bind, Failure, Rx, Tx, list, sql};

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// Whom it is for.
    pub user_id: Id,
    /// The same for notices of which only the newest counts.
    pub topic: String,
    /// What it says: see `app`.
    pub kind: String,
    /// The goal it is about.
    pub goal_id: Option<Id>,
    /// The goal's title; only read.
    pub goal_title: Option<String>,
    /// The connection it is about.
    pub connection_id: Option<Id>,
    /// The connection's name; only read.
    pub connection_name: Option<String>,
    /// What else it says, as JSON text.
    pub detail: String,
    /// When.
    pub at: Moment,
}

/// Tells these people; an earlier notice of the same topic makes room. Each topic once for each person.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn put(tx: &mut Tx, notices: &[Notice]) -> Result<(), Failure> {
    let mut bulk = Bulk::new(9);
    for it in notices {
        bulk.push([
            it.id.value(),
            it.org_id.value(),
            it.user_id.value(),
            it.topic.as_str().value(),
            it.kind.as_str().value(),
            it.goal_id.value(),
            it.connection_id.value(),
            it.detail.as_str().value(),
            it.at.value(),
        ]);
    }
    if !bulk.is_empty() {
        bulk.insert(
            tx,
            "INSERT INTO notices (id, org_id, user_id, topic, kind, goal_id, connection_id, detail, at) {rows} \
             ON CONFLICT (org_id, user_id, topic) DO UPDATE SET id = excluded.id, kind = excluded.kind, goal_id = excluded.goal_id, \
             connection_id = excluded.connection_id, detail = excluded.detail, at = excluded.at",
        )
        .await?;
    }
    Ok(())
}

/// What a person was told in an organisation and has not put away, the newest first; at most so many. What became of their requests
/// to join others is told everywhere.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn of_person(rx: &mut Rx, org: Id, user: Id, limit: u32) -> Result<Vec<Notice>, Failure> {
    let rows = sql("SELECT notices.*, goals.title AS goal_title, connections.name AS connection_name FROM notices \
         LEFT JOIN goals ON goals.id = notices.goal_id LEFT JOIN connections ON connections.id = notices.connection_id \
         WHERE notices.user_id = $2 AND (notices.org_id = $1 OR notices.kind IN ('join_accepted', 'join_declined')) ORDER BY notices.at DESC, notices.id DESC LIMIT $3")
    .bind(org)
    .bind(user)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Notice {
                id: row.id("id")?,
                org_id: row.id("org_id")?,
                user_id: row.id("user_id")?,
                topic: row.text("topic")?,
                kind: row.text("kind")?,
                goal_id: row.opt_id("goal_id")?,
                goal_title: row.opt_text("goal_title")?,
                connection_id: row.opt_id("connection_id")?,
                connection_name: row.opt_text("connection_name")?,
                detail: row.text("detail")?,
                at: row.moment("at")?,
            })
        })
        .collect()
}

/// Puts a person's notice away; whether there was one.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn remove(tx: &mut Tx, org: Id, user: Id, id: Id) -> Result<bool, Failure> {
    let gone = sql("DELETE FROM notices WHERE user_id = $2 AND id = $3 AND (org_id = $1 OR kind IN ('join_accepted', 'join_declined'))")
        .bind(org)
        .bind(user)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(gone > 0)
}

/// What is over needs nobody's attention: the notices of this topic go, whosever they are.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn close(tx: &mut Tx, org: Id, topic: &str) -> Result<u64, Failure> {
    sql("DELETE FROM notices WHERE org_id = $1 AND topic = $2").bind(org).bind(topic).execute(tx).await
}

/// Removes what was told before this moment.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn sweep(tx: &mut Tx, before: Moment) -> Result<u64, Failure> {
    sql("DELETE FROM notices WHERE at < $1").bind(before).execute(tx).await
}

/// Who was told this and has not put it away: `(topic, person)`.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn holders(rx: &mut Rx, org: Id, topics: &[String]) -> Result<Vec<(String, Id)>, Failure> {
    if topics.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql("SELECT topic, user_id FROM notices WHERE org_id = $1 AND topic IN (SELECT value FROM json_each($2)) ORDER BY topic, user_id")
        .bind(org)
        .bind(list(topics))
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.text("topic")?, row.id("user_id")?))).collect()
}

/// Who looks after an organisation: its owners and admins who can act.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn keepers(rx: &mut Rx, org: Id) -> Result<Vec<Id>, Failure> {
    let rows = sql(
        "SELECT user_id FROM members WHERE org_id = $1 AND role IN ('owner', 'admin') AND status = 'active' \
         ORDER BY created_at, user_id LIMIT 20",
    )
    .bind(org)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// Who owns these goals and can act: `(goal, person)`.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn owners(rx: &mut Rx, org: Id, goals: &[Id]) -> Result<Vec<(Id, Id)>, Failure> {
    if goals.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sql("SELECT goal_owners.goal_id, goal_owners.user_id FROM goal_owners JOIN members ON members.user_id = goal_owners.user_id \
         AND members.org_id = $1 AND members.status <> 'deactivated' WHERE goal_owners.goal_id IN (SELECT value FROM json_each($2)) \
         ORDER BY goal_owners.goal_id, goal_owners.user_id")
    .bind(org)
    .bind(list(goals))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("goal_id")?, row.id("user_id")?))).collect()
}

/// Notes that people were warned of a secret's end; false where another node did so already.
#[expect(clippy::missing_errors_doc, reason = "as for put")]
pub async fn claim_warning(tx: &mut Tx, connection: Id, days: i64) -> Result<bool, Failure> {
    let noted = sql(
        "UPDATE connections SET warned_days = $2 WHERE id = $1 AND (warned_days IS NULL OR warned_days > $2)",
    )
    .bind(connection)
    .bind(days)
    .execute(tx)
    .await?;
    Ok(noted > 0)
}
