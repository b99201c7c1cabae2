//! Who asks to be let into an organisation: at most one request for each person and organisation.

use northing_core::people::{JoinPolicy, RequestState};
use northing_core::settings::Settings;
use northing_core::values::{Id, Moment};

use crate::{Failure, Row, Rx, Tx, sql};

/// Organisations that are looked through for those that take requests.
const MOST_ORGANIZATIONS: u32 = 500;

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JoinRequest {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// Who asks.
    pub user_id: Id,
    /// Whether it waits or was declined.
    pub state: RequestState,
    /// What the person says for themselves.
    pub message: Option<String>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Moment,
    /// When it was declined.
    pub decided_at: Option<Moment>,
}

/// An open request with who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// The request.
    pub request: JoinRequest,
    /// The person's name.
    pub name: String,
    /// Their mail address.
    pub email: String,
}

/// An organisation of which somebody is no member and may become one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The organisation.
    pub org_id: Id,
    /// Its name.
    pub name: String,
    /// How people come in.
    pub join: JoinPolicy,
    /// The person's request, open or declined.
    pub request: Option<JoinRequest>,
}

fn read(row: &Row) -> Result<JoinRequest, Failure> {
    Ok(JoinRequest {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        user_id: row.id("user_id")?,
        state: row.parsed("state")?,
        message: row.opt_text("message")?,
        reason: row.opt_text("reason")?,
        created_at: row.moment("created_at")?,
        decided_at: row.opt_moment("decided_at")?,
    })
}

/// The organisations that a person may join or ask to join, by name, with their requests. Restricted ones are among them only where
/// they take requests and `inside` says that the person works in another organisation here, or where the person has asked already.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn openings(rx: &mut Rx, user: Id, inside: bool) -> Result<Vec<Opening>, Failure> {
    let rows = sql("SELECT o.id AS organization_id, o.name, o.join_policy, o.settings, r.id, r.org_id, r.user_id, r.state, r.message, \
         r.reason, r.created_at, r.decided_at FROM organizations o LEFT JOIN join_requests r ON r.org_id = o.id AND r.user_id = $1 \
         WHERE o.status = 'active' AND (o.join_policy = 'public' OR r.id IS NOT NULL OR $2 = 1) \
         AND NOT EXISTS (SELECT 1 FROM members m WHERE m.org_id = o.id AND m.user_id = $1) ORDER BY o.name, o.id LIMIT $3")
    .bind(user)
    .bind(i64::from(inside))
    .bind(MOST_ORGANIZATIONS)
    .fetch_all(rx)
    .await?;
    let mut found = Vec::new();
    for row in &rows {
        let request = if row.opt_id("id")?.is_some() { Some(read(row)?) } else { None };
        let join: JoinPolicy = row.parsed("join_policy")?;
        let settings: Settings = row.json("settings")?;
        if join == JoinPolicy::Public || request.is_some() || settings.join_requests {
            found.push(Opening {
                org_id: row.id("organization_id")?,
                name: row.text("name")?,
                join,
                request,
            });
        }
    }
    Ok(found)
}

/// A person's request to an organisation, held until the transaction ends.
#[expect(clippy::missing_errors_doc, reason = "as for openings")]
pub async fn of_person(tx: &mut Tx, org: Id, user: Id) -> Result<Option<JoinRequest>, Failure> {
    let query = sql("SELECT * FROM join_requests WHERE org_id = $1 AND user_id = $2");
    query.bind(org).bind(user).for_update().fetch_optional(tx).await?.as_ref().map(read).transpose()
}

/// A request by its identifier, held until the transaction ends.
#[expect(clippy::missing_errors_doc, reason = "as for openings")]
pub async fn by_id(tx: &mut Tx, id: Id) -> Result<Option<JoinRequest>, Failure> {
    let query = sql("SELECT * FROM join_requests WHERE id = $1");
    query.bind(id).for_update().fetch_optional(tx).await?.as_ref().map(read).transpose()
}

/// The open requests of an organisation, the oldest first, from after `after` on. Who came in another way meanwhile is not among them.
#[expect(clippy::missing_errors_doc, reason = "as for openings")]
pub async fn open(rx: &mut Rx, org: Id, after: Option<Id>, limit: i64) -> Result<Vec<Asking>, Failure> {
    let rows = sql("SELECT r.*, u.name, u.email FROM join_requests r JOIN users u ON u.id = r.user_id \
         WHERE r.org_id = $1 AND r.state = 'open' AND r.id > $2 \
         AND NOT EXISTS (SELECT 1 FROM members m WHERE m.org_id = r.org_id AND m.user_id = r.user_id) ORDER BY r.id LIMIT $3")
    .bind(org)
    .bind(after.map_or_else(String::new, |id| id.to_string()))
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter()
        .map(|row| Ok(Asking { request: read(row)?, name: row.text("name")?, email: row.text("email")? }))
        .collect()
}

/// Keeps a new request in place of an earlier one.
///
/// # Errors
/// [`Failure::Unique`] where the same person asks twice at the same moment.
pub async fn put(tx: &mut Tx, it: &JoinRequest) -> Result<(), Failure> {
    remove(tx, it.org_id, it.user_id).await?;
    sql("INSERT INTO join_requests (id, org_id, user_id, state, message, reason, created_at, decided_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
    .bind(it.id)
    .bind(it.org_id)
    .bind(it.user_id)
    .bind(it.state.name())
    .bind(it.message.as_deref())
    .bind(it.reason.as_deref())
    .bind(it.created_at)
    .bind(it.decided_at)
    .execute(tx)
    .await?;
    Ok(())
}

/// Removes a person's request to an organisation; whether there was one.
#[expect(clippy::missing_errors_doc, reason = "as for openings")]
pub async fn remove(tx: &mut Tx, org: Id, user: Id) -> Result<bool, Failure> {
    let query = sql("DELETE FROM join_requests WHERE org_id = $1 AND user_id = $2");
    Ok(query.bind(org).bind(user).execute(tx).await? > 0)
}

/// Removes all requests of a person, and names the organisations.
#[expect(clippy::missing_errors_doc, reason = "as for openings")]
pub async fn remove_all(tx: &mut Tx, user: Id) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT org_id FROM join_requests WHERE user_id = $1").bind(user).fetch_all(tx).await?;
    sql("DELETE FROM join_requests WHERE user_id = $1").bind(user).execute(tx).await?;
    rows.iter().map(|row| row.id("org_id")).collect()
}
