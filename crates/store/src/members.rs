//! What people are in an organisation.

use std::collections::HashMap;

use northing_core::people::{MemberStatus, Role};
use northing_core::settings::Settings;
use northing_core::values::{Id, Moment};

use crate::{Bind, Bulk, Failure, Row, Rx, Sql, Tx, sql};

/// A person in an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The organisation.
    pub org_id: Id,
    /// The person.
    pub user_id: Id,
    /// Their mail address.
    pub email: String,
    /// Their name in this organisation.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether they can sign in.
    pub status: MemberStatus,
    /// Who they report to.
    pub manager_id: Option<Id>,
    /// IANA name of their time zone, where it differs from the organisation's.
    pub time_zone: Option<String>,
    /// Grows with every change.
    pub version: i64,
    /// When they came in.
    pub created_at: Moment,
    /// When this was last changed.
    pub updated_at: Moment,
}

/// A membership with what every request needs of its organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct Membership {
    /// The organisation.
    pub org_id: Id,
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub organization: String,
    /// Its settings.
    pub settings: Settings,
    /// The person.
    pub user_id: Id,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Whether they own an active team.
    pub owns_a_team: bool,
    /// IANA name of the person's own time zone.
    pub time_zone: Option<String>,
    /// Open requests to join the organisation, for its owners and admins; 0 for others.
    pub join_requests: i64,
}

/// How a membership is looked up.
#[derive(Debug, Clone, Copy)]
pub enum In<'a> {
    /// In the organisation with this identifier.
    Org(Id),
    /// In the organisation with this slug.
    Slug(&'a str),
    /// In the organisation of this goal.
    Goal(Id),
    /// In every organisation.
    Any,
}

pub(crate) fn read(row: &Row) -> Result<Member, Failure> {
    Ok(Member {
        org_id: row.id("org_id")?,
        user_id: row.id("user_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        status: row.parsed("status")?,
        manager_id: row.opt_id("manager_id")?,
        time_zone: row.opt_text("time_zone")?,
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

/// The columns of a membership; used where sessions are looked up as well.
pub(crate) fn read_membership(row: &Row) -> Result<Membership, Failure> {
    Ok(Membership {
        org_id: row.id("org_id")?,
        slug: row.text("slug")?,
        organization: row.text("organization")?,
        settings: row.json("settings")?,
        user_id: row.id("user_id")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        owns_a_team: row.int("owns_a_team")? != 0,
        time_zone: row.opt_text("time_zone")?,
        join_requests: row.int("join_requests")?,
    })
}

macro_rules! memberships {
    ($where:literal) => {
        concat!(
            "SELECT m.org_id, o.slug, o.name AS organization, o.settings, m.user_id, m.name, m.role, u.time_zone, \
             CASE WHEN EXISTS (SELECT 1 FROM team_people p JOIN teams t ON t.id = p.team_id WHERE p.user_id = m.user_id \
             AND p.is_owner = 1 AND t.org_id = m.org_id AND t.status = 'active') THEN 1 ELSE 0 END AS owns_a_team, \
             CASE WHEN m.role IN ('owner', 'admin') THEN (SELECT COUNT(*) FROM join_requests r WHERE r.org_id = m.org_id \
             AND r.state = 'open' AND NOT EXISTS (SELECT 1 FROM members i WHERE i.org_id = r.org_id AND i.user_id = r.user_id)) \
             ELSE 0 END AS join_requests FROM members m JOIN organizations o ON o.id = m.org_id AND o.status = 'active' JOIN users u ON u.id = m.user_id \
             WHERE m.user_id = $1 AND m.status <> 'deactivated'",
            $where
        )
    };
}

/// The memberships of a person that let them act, those of one organisation or of all, by the age of the organisation.
///
/// # Errors
/// The members who have these folded names. Of two with one name neither: nobody could tell which is meant.
///
/// # Errors
/// What the database says.
pub async fn by_names(rx: &mut Rx, org: Id, names: &[String]) -> Result<HashMap<String, Id>, Failure> {
    if names.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sql("SELECT name_key, MIN(user_id) AS user_id FROM members WHERE org_id = $1 \
         AND name_key IN (SELECT value FROM json_each($2)) GROUP BY name_key HAVING COUNT(*) = 1")
    .bind(org)
    .bind(crate::bind::list(names))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.text("name_key")?, row.id("user_id")?))).collect()
}

/// What the database says; so for all of these.
pub async fn memberships(rx: &mut Rx, user: Id, within: In<'_>) -> Result<Vec<Membership>, Failure> {
    let query = match within {
        In::Org(id) => sql(memberships!(" AND m.org_id = $2")).bind(user).bind(id),
        In::Slug(slug) => sql(memberships!(" AND o.slug = $2")).bind(user).bind(slug),
        In::Goal(goal) => sql(memberships!(" AND m.org_id = (SELECT org_id FROM goals WHERE id = $2)"))
            .bind(user)
            .bind(goal),
        In::Any => sql(memberships!(" ORDER BY m.org_id LIMIT 200")).bind(user),
    };
    query.fetch_all(rx).await?.iter().map(read_membership).collect()
}

const MEMBER: &str = "SELECT m.org_id, m.user_id, u.email, m.name, m.role, m.status, m.manager_id, u.time_zone, m.version, \
    m.created_at, m.updated_at FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1";

fn member(rest: &str) -> Sql {
    Sql::built(format!("{MEMBER}{rest}"))
}

/// A person in an organisation, whatever their status.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn by_id(rx: &mut Rx, org: Id, user: Id) -> Result<Option<Member>, Failure> {
    let row = member(" AND m.user_id = $2").bind(org).bind(user).fetch_optional(rx).await?;
    row.as_ref().map(read).transpose()
}

/// Holds a membership until the transaction ends.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn hold(tx: &mut Tx, org: Id, user: Id) -> Result<(), Failure> {
    let query = sql("SELECT user_id FROM members WHERE org_id = $1 AND user_id = $2");
    query.bind(org).bind(user).for_update().fetch_optional(tx).await?;
    Ok(())
}

/// Members in the order of their names, from after `after` (folded name and id) on.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn list(
    rx: &mut Rx,
    org: Id,
    filter: &Filter,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<(String, Member)>, Failure> {
    let (name, id) = after.unwrap_or_default();
    let found = member(
        " AND (m.name_key > $2 OR (m.name_key = $2 AND m.user_id > $3)) AND ($4 = '' OR m.role = $4) AND ($5 = '' OR m.status = $5) \
         AND ($6 = '' OR m.name_key LIKE $6 ESCAPE '!' OR u.email_key LIKE $6 ESCAPE '!') \
         AND ($7 = '' OR m.manager_id = $7) ORDER BY m.name_key, m.user_id LIMIT $8",
    )
    .bind(org)
    .bind(name)
    .bind(id)
    .bind(filter.role.map_or("", Role::name))
    .bind(filter.status.map_or("", MemberStatus::name))
    .bind(filter.text.as_deref().map_or_else(String::new, containing))
    .bind(filter.manager.map_or_else(String::new, |id| id.to_string()))
    .bind(limit)
    .fetch_all(rx)
    .await?;
    found.iter().map(|row| read(row).map(|it| (northing_core::text::fold(&it.name), it))).collect()
}

/// Which members are listed; by default all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only this role.
    pub role: Option<Role>,
    /// Only this status.
    pub status: Option<MemberStatus>,
    /// Only those whose folded name or mail address holds this folded text.
    pub text: Option<String>,
    /// Only those who report to this person.
    pub manager: Option<Id>,
}

/// A pattern for `LIKE … ESCAPE '!'` that finds a text anywhere.
pub(crate) fn containing(text: &str) -> String {
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    format!("%{escaped}%")
}

/// How many owners who can act an organisation has, held until the transaction ends.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn owners(tx: &mut Tx, org: Id) -> Result<Vec<Id>, Failure> {
    let rows = sql(
        "SELECT user_id FROM members WHERE org_id = $1 AND role = 'owner' AND status = 'active' ORDER BY user_id",
    )
    .bind(org)
    .for_update()
    .fetch_all(tx)
    .await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// Who looks after each of these organisations, with the organisation: owners first, at most three each.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn admins(rx: &mut Rx, orgs: &[Id]) -> Result<Vec<(Id, String)>, Failure> {
    let rows = sql("SELECT org_id, name FROM (SELECT org_id, name, \
         row_number() OVER (PARTITION BY org_id ORDER BY CASE WHEN role = 'owner' THEN 0 ELSE 1 END, created_at, user_id) AS place \
         FROM members WHERE org_id IN (SELECT value FROM json_each($1)) AND role IN ('owner', 'admin') AND status = 'active') AS ranked \
         WHERE place <= 3 ORDER BY org_id, place")
    .bind(crate::list(orgs))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("org_id")?, row.text("name")?))).collect()
}

/// The organisations in use in which a person was deactivated, by name.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn deactivated_in(rx: &mut Rx, user: Id) -> Result<Vec<(Id, String)>, Failure> {
    let rows = sql(
        "SELECT o.id, o.name FROM members m JOIN organizations o ON o.id = m.org_id AND o.status = 'active' \
         WHERE m.user_id = $1 AND m.status = 'deactivated' ORDER BY o.name, o.id LIMIT 200",
    )
    .bind(user)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?))).collect()
}

/// Which of these people are members who can act.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn acting(rx: &mut Rx, org: Id, users: &[Id]) -> Result<Vec<(Id, Role)>, Failure> {
    let rows = sql("SELECT user_id, role FROM members WHERE org_id = $1 AND status <> 'deactivated' \
         AND user_id IN (SELECT value FROM json_each($2))")
    .bind(org)
    .bind(crate::list(users))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, row.parsed("role")?))).collect()
}

/// The names of these people in an organisation, whatever their status.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn names(rx: &mut Rx, org: Id, users: &[Id]) -> Result<HashMap<Id, String>, Failure> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = sql(
        "SELECT user_id, name FROM members WHERE org_id = $1 AND user_id IN (SELECT value FROM json_each($2))",
    )
    .bind(org)
    .bind(crate::list(users))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("user_id")?, row.text("name")?))).collect()
}

/// The members with this folded name or mail address who are not deactivated; at most three.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn known_as(rx: &mut Rx, org: Id, folded: &str) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT m.user_id FROM members m JOIN users u ON u.id = m.user_id WHERE m.org_id = $1 \
         AND m.status <> 'deactivated' AND (m.name_key = $2 OR u.email_key = $2) ORDER BY m.user_id LIMIT 3")
    .bind(org)
    .bind(folded)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("user_id")).collect()
}

/// What hangs on a person: how many goals that are neither closed nor deleted, teams and reports of theirs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traces {
    /// Open goals that they own.
    pub goals: i64,
    /// Open goals that they are to check in on.
    pub check_ins: i64,
    /// Teams in use that they own.
    pub teams: i64,
    /// Of those, the ones without another owner.
    pub teams_alone: i64,
    /// Members who report to them.
    pub reports: i64,
}

/// What hangs on a person in an organisation: one statement.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn traces(rx: &mut Rx, org: Id, user: Id) -> Result<Traces, Failure> {
    let row = sql("SELECT \
         (SELECT COUNT(*) FROM goal_owners o JOIN goals g ON g.id = o.goal_id WHERE o.user_id = $1 AND g.org_id = $2 \
           AND g.deleted_at IS NULL AND g.status NOT IN ('closed', 'postponed')) AS goals, \
         (SELECT COUNT(*) FROM goals g WHERE g.check_in_owner_id = $1 AND g.org_id = $2 \
           AND g.deleted_at IS NULL AND g.status NOT IN ('closed', 'postponed')) AS check_ins, \
         (SELECT COUNT(*) FROM team_people p JOIN teams t ON t.id = p.team_id WHERE p.user_id = $1 AND p.is_owner = 1 \
           AND t.org_id = $2 AND t.status = 'active') AS teams, \
         (SELECT COUNT(*) FROM team_people p JOIN teams t ON t.id = p.team_id WHERE p.user_id = $1 AND p.is_owner = 1 \
           AND t.org_id = $2 AND t.status = 'active' AND NOT EXISTS (SELECT 1 FROM team_people q WHERE q.team_id = t.id \
           AND q.is_owner = 1 AND q.user_id <> $1)) AS teams_alone, \
         (SELECT COUNT(*) FROM members m WHERE m.org_id = $2 AND m.manager_id = $1) AS reports")
    .bind(user)
    .bind(org)
    .fetch_one(rx)
    .await?;
    Ok(Traces {
        goals: row.int("goals")?,
        check_ins: row.int("check_ins")?,
        teams: row.int("teams")?,
        teams_alone: row.int("teams_alone")?,
        reports: row.int("reports")?,
    })
}

/// Keeps a new member.
///
/// # Errors
/// [`Failure::Unique`] where the person is a member already.
pub async fn insert(tx: &mut Tx, it: &Member) -> Result<(), Failure> {
    insert_all(tx, std::slice::from_ref(it)).await
}

/// Keeps new members, many in one statement; managers before those who report to them.
#[expect(clippy::missing_errors_doc, reason = "as for insert")]
pub async fn insert_all(tx: &mut Tx, members: &[Member]) -> Result<(), Failure> {
    let mut rows = Bulk::new(10);
    for it in members {
        rows.push([
            it.org_id.value(),
            it.user_id.value(),
            it.name.as_str().value(),
            northing_core::text::fold(&it.name).value(),
            it.role.name().value(),
            it.status.name().value(),
            it.manager_id.value(),
            it.version.value(),
            it.created_at.value(),
            it.updated_at.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO members (org_id, user_id, name, name_key, role, status, manager_id, version, created_at, updated_at) {rows}",
    )
    .await?;
    Ok(())
}

/// Keeps a changed member, whose `version` is the one that was read. Mail and time zone stand with the person.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on.
pub async fn update(tx: &mut Tx, it: &Member) -> Result<(), Failure> {
    sql("UPDATE members SET name = $1, name_key = $2, role = $3, status = $4, manager_id = $5, updated_at = $6, \
         version = version + 1 WHERE org_id = $7 AND user_id = $8 AND version = $9")
        .bind(&it.name)
        .bind(northing_core::text::fold(&it.name))
        .bind(it.role.name())
        .bind(it.status.name())
        .bind(it.manager_id)
        .bind(it.updated_at)
        .bind(it.org_id)
        .bind(it.user_id)
        .bind(it.version)
        .execute_one(tx)
        .await
}

/// Takes a person out of an organisation: their membership, their places in its teams, and as a manager.
/// Returns whether they are a member of any other.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn remove(tx: &mut Tx, org: Id, user: Id) -> Result<bool, Failure> {
    sql("UPDATE members SET manager_id = NULL, version = version + 1 WHERE org_id = $1 AND manager_id = $2")
        .bind(org)
        .bind(user)
        .execute(tx)
        .await?;
    sql("DELETE FROM team_people WHERE user_id = $1 AND team_id IN (SELECT id FROM teams WHERE org_id = $2)")
        .bind(user)
        .bind(org)
        .execute(tx)
        .await?;
    sql("DELETE FROM team_creators WHERE user_id = $1 AND team_id IN (SELECT id FROM teams WHERE org_id = $2)")
        .bind(user)
        .bind(org)
        .execute(tx)
        .await?;
    sql("DELETE FROM members WHERE org_id = $1 AND user_id = $2")
        .bind(org)
        .bind(user)
        .execute_one(tx)
        .await?;
    let other =
        sql("SELECT org_id FROM members WHERE user_id = $1 LIMIT 1").bind(user).fetch_optional(tx).await?;
    Ok(other.is_some())
}

/// The first owner of an organisation who can act.
#[expect(clippy::missing_errors_doc, reason = "as for memberships")]
pub async fn first_owner(rx: &mut Rx, org: Id) -> Result<Option<Id>, Failure> {
    let row = sql("SELECT user_id FROM members WHERE org_id = $1 AND role = 'owner' AND status = 'active' ORDER BY created_at, user_id LIMIT 1")
        .bind(org)
        .fetch_optional(rx)
        .await?;
    row.map(|row| row.id("user_id")).transpose()
}
