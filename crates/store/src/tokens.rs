//! API tokens, known by their SHA-256 only.

use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, Tx, sql};

/// A token as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Its identifier (not its secret).
    pub id: Id,
    /// Whose it is.
    pub user_id: Id,
    /// The one organisation in which it works; none for all of its person's.
    pub org_id: Option<Id>,
    /// What it is for, in its person's words.
    pub name: String,
    /// Names of its scopes, separated by commas.
    pub scopes: String,
    /// When it was made.
    pub created_at: Moment,
    /// When it ends.
    pub expires_at: Moment,
    /// When it was last used, to within some minutes.
    pub last_used_at: Option<Moment>,
    /// The address from which it was used then.
    pub last_used_from: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<Moment>,
}

fn read(row: &Row) -> Result<ApiToken, Failure> {
    Ok(ApiToken {
        id: row.id("id")?,
        user_id: row.id("user_id")?,
        org_id: row.opt_id("org_id")?,
        name: row.text("name")?,
        scopes: row.text("scopes")?,
        created_at: row.moment("created_at")?,
        expires_at: row.moment("expires_at")?,
        last_used_at: row.opt_moment("last_used_at")?,
        last_used_from: row.opt_text("last_used_from")?,
        revoked_at: row.opt_moment("revoked_at")?,
    })
}

/// The token with this hash that is neither expired nor revoked.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn find(rx: &mut Rx, hash: &str, now: Moment) -> Result<Option<ApiToken>, Failure> {
    let row =
        sql("SELECT * FROM api_tokens WHERE token_hash = $1 AND expires_at > $2 AND revoked_at IS NULL")
            .bind(hash)
            .bind(now)
            .fetch_optional(rx)
            .await?;
    row.as_ref().map(read).transpose()
}

/// Keeps a new token.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn insert(tx: &mut Tx, it: &ApiToken, hash: &str) -> Result<(), Failure> {
    sql("INSERT INTO api_tokens (id, token_hash, user_id, org_id, name, scopes, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(it.id)
    .bind(hash)
    .bind(it.user_id)
    .bind(it.org_id)
    .bind(&it.name)
    .bind(&it.scopes)
    .bind(it.created_at)
    .bind(it.expires_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Notes that a token was used, and from where.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn used(tx: &mut Tx, id: Id, from: Option<&str>, now: Moment) -> Result<(), Failure> {
    sql("UPDATE api_tokens SET last_used_at = $1, last_used_from = $2 WHERE id = $3")
        .bind(now)
        .bind(from)
        .bind(id)
        .execute(tx)
        .await?;
    Ok(())
}

/// The tokens of a person that are not revoked, newest first.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn list(rx: &mut Rx, user: Id) -> Result<Vec<ApiToken>, Failure> {
    let rows =
        sql("SELECT * FROM api_tokens WHERE user_id = $1 AND revoked_at IS NULL ORDER BY id DESC LIMIT 200")
            .bind(user)
            .fetch_all(rx)
            .await?;
    rows.iter().map(read).collect()
}

/// Revokes one token of a person; whether there was one.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn revoke(tx: &mut Tx, user: Id, id: Id, now: Moment) -> Result<bool, Failure> {
    let done =
        sql("UPDATE api_tokens SET revoked_at = $1 WHERE id = $2 AND user_id = $3 AND revoked_at IS NULL")
            .bind(now)
            .bind(id)
            .bind(user)
            .execute(tx)
            .await?;
    Ok(done > 0)
}

/// Revokes the tokens of a person that work in this organisation alone, and with `all` every other as well.
#[expect(clippy::missing_errors_doc, reason = "as for find")]
pub async fn revoke_all(tx: &mut Tx, user: Id, org: Id, all: bool, now: Moment) -> Result<u64, Failure> {
    sql("UPDATE api_tokens SET revoked_at = $1 WHERE user_id = $2 AND revoked_at IS NULL AND (org_id = $3 OR $4 = 1)")
        .bind(now)
        .bind(user)
        .bind(org)
        .bind(all)
        .execute(tx)
        .await
}
