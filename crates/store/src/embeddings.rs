//! The page that another system frames: where, by which key its visitors are signed, who they are here.

use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, Tx, sql};

/// How an organisation lets its page be framed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Embedding {
    /// The organisation.
    pub org_id: Id,
    /// The kind of integration.
    pub kind: String,
    /// The origins that may frame it, as a JSON list.
    pub origins: String,
    /// The key by which the other system signs who looks, sealed.
    pub secret: Option<String>,
    /// Its version; 0 before it was kept.
    pub version: i64,
}

fn read(row: &Row) -> Result<Embedding, Failure> {
    Ok(Embedding {
        org_id: row.id("org_id")?,
        kind: row.text("kind")?,
        origins: row.text("origins")?,
        secret: row.opt_text("secret")?,
        version: row.int("version")?,
    })
}

/// How an organisation lets its page be framed; none where it does not.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn find(rx: &mut Rx, org: Id, kind: &str) -> Result<Option<Embedding>, Failure> {
    let row =
        sql("SELECT org_id, kind, origins, secret, version FROM embeddings WHERE org_id = $1 AND kind = $2")
            .bind(org)
            .bind(kind)
            .fetch_optional(rx)
            .await?;
    row.as_ref().map(read).transpose()
}

/// All of them, for the sealing of their keys anew.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn sealed(rx: &mut Rx) -> Result<Vec<Embedding>, Failure> {
    let rows = sql("SELECT org_id, kind, origins, secret, version FROM embeddings WHERE secret IS NOT NULL ORDER BY org_id, kind")
        .fetch_all(rx)
        .await?;
    rows.iter().map(read).collect()
}

/// Keeps it; `version` is the one that was read.
#[expect(clippy::missing_errors_doc, reason = "as for find; a conflict where it was changed meanwhile")]
pub async fn set(tx: &mut Tx, it: &Embedding, now: Moment) -> Result<(), Failure> {
    sql("INSERT INTO embeddings (org_id, kind, origins, secret, version, updated_at) VALUES ($1, $2, $3, $4, 1, $5) \
         ON CONFLICT (org_id, kind) DO UPDATE SET origins = excluded.origins, secret = excluded.secret, \
         version = embeddings.version + 1, updated_at = excluded.updated_at WHERE embeddings.version = $6")
    .bind(it.org_id)
    .bind(&it.kind)
    .bind(&it.origins)
    .bind(it.secret.as_ref())
    .bind(now)
    .bind(it.version)
    .execute_one(tx)
    .await
}

/// Who an identity of the other system is here.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn person(rx: &mut Rx, org: Id, kind: &str, identity: &str) -> Result<Option<Id>, Failure> {
    let row = sql("SELECT user_id FROM embed_people WHERE org_id = $1 AND kind = $2 AND identity = $3")
        .bind(org)
        .bind(kind)
        .bind(identity)
        .fetch_optional(rx)
        .await?;
    row.map(|row| row.id("user_id")).transpose()
}

/// From now on this identity is this person.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn pair(
    tx: &mut Tx,
    org: Id,
    kind: &str,
    identity: &str,
    user: Id,
    now: Moment,
) -> Result<(), Failure> {
    sql("INSERT INTO embed_people (org_id, kind, identity, user_id, created_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (org_id, kind, identity) DO UPDATE SET user_id = excluded.user_id, created_at = excluded.created_at")
    .bind(org)
    .bind(kind)
    .bind(identity)
    .bind(user)
    .bind(now)
    .execute(tx)
    .await?;
    Ok(())
}

/// Every identity of a person is nobody again; how many there were.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn part(tx: &mut Tx, org: Id, kind: &str, user: Id) -> Result<u64, Failure> {
    sql("DELETE FROM embed_people WHERE org_id = $1 AND kind = $2 AND user_id = $3")
        .bind(org)
        .bind(kind)
        .bind(user)
        .execute(tx)
        .await
}

/// How many identities a person has.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn paired(rx: &mut Rx, org: Id, kind: &str, user: Id) -> Result<i64, Failure> {
    let row =
        sql("SELECT count(*) AS paired FROM embed_people WHERE org_id = $1 AND kind = $2 AND user_id = $3")
            .bind(org)
            .bind(kind)
            .bind(user)
            .fetch_optional(rx)
            .await?;
    row.map_or(Ok(0), |row| row.int("paired"))
}

/// A short-lived secret: `code` is a person's, `frame` is an identity's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmbedSecret {
    /// `code` or `frame`.
    pub purpose: String,
    /// The organisation.
    pub org_id: Id,
    /// The person, for a code.
    pub user_id: Option<Id>,
    /// The identity of the other system, for a frame.
    pub identity: Option<String>,
    /// When it ends.
    pub expires_at: Moment,
}

/// Keeps a secret by its hash.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn put_secret(tx: &mut Tx, hash: &str, it: &EmbedSecret) -> Result<(), Failure> {
    sql("INSERT INTO embed_secrets (secret_hash, purpose, org_id, user_id, identity, expires_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(hash)
        .bind(&it.purpose)
        .bind(it.org_id)
        .bind(it.user_id)
        .bind(it.identity.as_ref())
        .bind(it.expires_at)
        .execute(tx)
        .await?;
    Ok(())
}

/// The secret with this hash, while it lasts.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn secret(
    rx: &mut Rx,
    hash: &str,
    purpose: &str,
    now: Moment,
) -> Result<Option<EmbedSecret>, Failure> {
    let row = sql("SELECT purpose, org_id, user_id, identity, expires_at FROM embed_secrets WHERE secret_hash = $1 AND purpose = $2 \
         AND expires_at > $3")
    .bind(hash)
    .bind(purpose)
    .bind(now)
    .fetch_optional(rx)
    .await?;
    let read = |row: Row| {
        Ok(EmbedSecret {
            purpose: row.text("purpose")?,
            org_id: row.id("org_id")?,
            user_id: row.opt_id("user_id")?,
            identity: row.opt_text("identity")?,
            expires_at: row.moment("expires_at")?,
        })
    };
    row.map(read).transpose()
}

/// Uses a secret up; whether it was there.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn use_up(tx: &mut Tx, hash: &str) -> Result<bool, Failure> {
    Ok(sql("DELETE FROM embed_secrets WHERE secret_hash = $1").bind(hash).execute(tx).await? > 0)
}

/// A person's earlier codes end.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn end_codes(tx: &mut Tx, org: Id, user: Id) -> Result<u64, Failure> {
    sql("DELETE FROM embed_secrets WHERE purpose = 'code' AND org_id = $1 AND user_id = $2")
        .bind(org)
        .bind(user)
        .execute(tx)
        .await
}

/// Removes what has ended.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn sweep(tx: &mut Tx, now: Moment) -> Result<u64, Failure> {
    sql("DELETE FROM embed_secrets WHERE expires_at <= $1").bind(now).execute(tx).await
}
