//! One-time links, known by their SHA-256 only: invitations, and resets of a password.

use std::collections::HashMap;

use northing_core::values::{Id, Moment};

use crate::{Failure, Rx, Tx, list, sql};

/// A link as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its identifier (not its secret).
    pub id: Id,
    /// What it is for: `invitation` or `reset`.
    pub kind: String,
    /// The organisation in which it was made.
    pub org_id: Id,
    /// The person whom it lets in.
    pub user_id: Id,
    /// Who made it.
    pub created_by: Id,
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
}

/// Keeps a new link; earlier ones of the same person end.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn insert(tx: &mut Tx, it: &Link, hash: &str) -> Result<(), Failure> {
    sql("DELETE FROM links WHERE user_id = $1").bind(it.user_id).execute(tx).await?;
    sql("INSERT INTO links (token_hash, id, kind, org_id, user_id, created_by, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(hash)
    .bind(it.id)
    .bind(&it.kind)
    .bind(it.org_id)
    .bind(it.user_id)
    .bind(it.created_by)
    .bind(it.created_at)
    .bind(it.expires_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// A link as it is found by its hash, whether it is still good or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What it is for: `invitation` or `reset`.
    pub kind: String,
    /// The organisation in which it was made.
    pub org_id: Id,
    /// The person whom it lets in.
    pub user_id: Id,
    /// Who made it; none where they are gone.
    pub created_by: Option<Id>,
    /// When it ends.
    pub expires_at: Moment,
    /// When it was used.
    pub used_at: Option<Moment>,
}

/// The link with this hash.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn find(rx: &mut Rx, hash: &str) -> Result<Option<Found>, Failure> {
    let row = sql("SELECT kind, org_id, user_id, created_by, expires_at, used_at FROM links \
         WHERE token_hash = $1 AND org_id IS NOT NULL")
    .bind(hash)
    .fetch_optional(rx)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        kind: row.text("kind")?,
        org_id: row.id("org_id")?,
        user_id: row.id("user_id")?,
        created_by: row.opt_id("created_by")?,
        expires_at: row.moment("expires_at")?,
        used_at: row.opt_moment("used_at")?,
    }))
}

/// Removes links that ended before this moment: until then a page can say what became of them.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn sweep(tx: &mut Tx, before: Moment) -> Result<u64, Failure> {
    sql("DELETE FROM links WHERE expires_at < $1").bind(before).execute(tx).await
}

/// Uses a link up; whether it was still good.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn use_up(tx: &mut Tx, hash: &str, now: Moment) -> Result<bool, Failure> {
    let used =
        sql("UPDATE links SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL AND expires_at > $1")
            .bind(now)
            .bind(hash)
            .execute(tx)
            .await?;
    Ok(used > 0)
}

/// The links of these people in an organisation that are still good: what each is for and when it ends.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn open(
    rx: &mut Rx,
    org: Id,
    users: &[Id],
    now: Moment,
) -> Result<HashMap<Id, (String, Moment)>, Failure> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sql("SELECT user_id, kind, expires_at FROM links WHERE org_id = $1 AND expires_at > $2 AND used_at IS NULL \
         AND user_id IN (SELECT value FROM json_each($3)) ORDER BY created_at")
    .bind(org)
    .bind(now)
    .bind(list(users))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, (row.text("kind")?, row.moment("expires_at")?)))).collect()
}

/// Ends the links of a person in an organisation; how many were still good.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn end(tx: &mut Tx, org: Id, user: Id, now: Moment) -> Result<u64, Failure> {
    sql("UPDATE links SET used_at = $1 WHERE org_id = $2 AND user_id = $3 AND used_at IS NULL AND expires_at > $1")
        .bind(now)
        .bind(org)
        .bind(user)
        .execute(tx)
        .await
}
