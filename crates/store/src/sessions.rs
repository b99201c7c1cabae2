//! Sessions of browsers, known by the SHA-256 of their secret only.

use northing_core::preferences::Preferences;
use northing_core::values::{Id, Moment};

use crate::members::{Membership, read_membership};
use crate::{Failure, Rx, Tx, sql};

/// A session that is still good, with its person and where they may act.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// The session's own identifier (not its secret).
    pub id: Id,
    /// The person.
    pub user_id: Id,
    /// Their name.
    pub name: String,
    /// Their mail address.
    pub email: String,
    /// What they chose for themselves.
    pub preferences: Preferences,
    /// When it was last seen, to within an hour.
    pub seen_at: Moment,
    /// The organisations in which they may act, by age.
    pub memberships: Vec<Membership>,
}

/// A session as its person sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The session.
    pub id: Id,
    /// What the browser called itself.
    pub user_agent: Option<String>,
    /// The address that it was begun from.
    pub address: Option<String>,
    /// When it began.
    pub created_at: Moment,
    /// When it was last seen, to within an hour.
    pub seen_at: Moment,
}

/// The session with this hash, unless it has expired, with everything that a request needs, in one statement.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn find(rx: &mut Rx, hash: &str, now: Moment) -> Result<Option<Session>, Failure> {
    let rows = sql(
        "SELECT s.id AS session_id, s.seen_at, u.id AS user_id, u.name AS user_name, u.email, u.preferences, u.time_zone, \
         m.org_id, m.name, m.role, o.slug, o.name AS organization, o.settings, \
         CASE WHEN EXISTS (SELECT 1 FROM team_people p JOIN teams t ON t.id = p.team_id WHERE p.user_id = u.id \
         AND p.is_owner = 1 AND t.org_id = m.org_id AND t.status = 'active') THEN 1 ELSE 0 END AS owns_a_team, \
         CASE WHEN m.role IN ('owner', 'admin') THEN (SELECT COUNT(*) FROM join_requests r WHERE r.org_id = m.org_id \
         AND r.state = 'open' AND NOT EXISTS (SELECT 1 FROM members i WHERE i.org_id = r.org_id AND i.user_id = r.user_id)) \
         ELSE 0 END AS join_requests FROM sessions s JOIN users u ON u.id = s.user_id \
         LEFT JOIN members m ON m.user_id = u.id AND m.status <> 'deactivated' \
         LEFT JOIN organizations o ON o.id = m.org_id AND o.status = 'active' \
         WHERE s.token_hash = $1 AND s.expires_at > $2 ORDER BY m.org_id LIMIT 200",
    )
    .bind(hash)
    .bind(now)
    .fetch_all(rx)
    .await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let mut memberships = Vec::new();
    for row in &rows {
        if row.opt_text("slug")?.is_some() {
            memberships.push(read_membership(row)?);
        }
    }
    Ok(Some(Session {
        id: row.id("session_id")?,
        user_id: row.id("user_id")?,
        name: row.text("user_name")?,
        email: row.text("email")?,
        preferences: crate::users::preferences(row)?,
        seen_at: row.moment("seen_at")?,
        memberships,
    }))
}

/// Begins the session `it` of a person, known by the hash of its secret.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn insert(
    tx: &mut Tx,
    hash: &str,
    user: Id,
    it: &Listed,
    expires_at: Moment,
) -> Result<(), Failure> {
    sql("INSERT INTO sessions (token_hash, id, user_id, user_agent, address, created_at, seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(hash)
    .bind(it.id)
    .bind(user)
    .bind(it.user_agent.as_deref())
    .bind(it.address.as_deref())
    .bind(it.created_at)
    .bind(it.seen_at)
    .bind(expires_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes that a session was seen and lets it live longer.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn seen(tx: &mut Tx, id: Id, now: Moment, expires_at: Moment) -> Result<(), Failure> {
    sql("UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id = $3")
        .bind(now)
        .bind(expires_at)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// The sessions of a person that are still good, newest first.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn list(rx: &mut Rx, user: Id, now: Moment) -> Result<Vec<Listed>, Failure> {
    let rows = sql(
        "SELECT id, user_agent, address, created_at, seen_at FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY id DESC LIMIT 100",
    )
    .bind(user)
    .bind(now)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Listed {
                id: row.id("id")?,
                user_agent: row.opt_text("user_agent")?,
                address: row.opt_text("address")?,
                created_at: row.moment("created_at")?,
                seen_at: row.moment("seen_at")?,
            })
        })
        .collect()
}

/// Ends one session of a person; whether there was one.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn end(tx: &mut Tx, user: Id, id: Id) -> Result<bool, Failure> {
    let ended =
        sql("DELETE FROM sessions WHERE id = $1 AND user_id = $2").bind(id).bind(user).execute(tx).await?;
    Ok(ended > 0)
}

/// Ends all sessions of a person, but for one.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn end_all(tx: &mut Tx, user: Id, but: Option<Id>) -> Result<u64, Failure> {
    sql("DELETE FROM sessions WHERE user_id = $1 AND id <> $2")
        .bind(user)
        .bind(but.map_or_else(String::new, |id| id.to_string()))
        .execute(tx)
        .await
}

/// Removes sessions that have expired.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn sweep(tx: &mut Tx, now: Moment) -> Result<u64, Failure> {
    sql("DELETE FROM sessions WHERE expires_at <= $1").bind(now).execute(tx).await
}
