//! Teams: a tree of groups of people (goals §1.1).

use std::collections::HashMap;

use northing_core::people::TeamStatus;
use northing_core::settings::CreationPolicy;
use northing_core::text::fold;
use northing_core::values::{Id, Moment};

use crate::{Bind, Bulk, Failure, Row, Rx, Tx, list as ids, sql};

/// A team as it is kept, with its people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// Its identifier.
    pub id: Id,
    /// The organisation.
    pub org_id: Id,
    /// Its name, unique in the organisation.
    pub name: String,
    /// The team above it.
    pub parent_id: Option<Id>,
    /// A free label.
    pub team_type: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// In use, or put away.
    pub status: TeamStatus,
    /// Its own rule for the creation of its goals; without one the organisation's holds.
    pub goal_creation: Option<CreationPolicy>,
    /// The people whom that rule names, in no order.
    pub creators: Vec<Id>,
    /// What a check-in note begins with.
    pub note_template: Option<String>,
    /// Its owners, in order.
    pub owners: Vec<Id>,
    /// Its other members, in order.
    pub members: Vec<Id>,
    /// Grows with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
}

fn read(row: &Row) -> Result<Team, Failure> {
    Ok(Team {
        id: row.id("id")?,
        org_id: row.id("org_id")?,
        name: row.text("name")?,
        parent_id: row.opt_id("parent_id")?,
        team_type: row.opt_text("team_type")?,
        description: row.opt_text("description")?,
        status: row.parsed("status")?,
        goal_creation: row.opt_parsed("goal_creation")?,
        creators: Vec::new(),
        note_template: row.opt_text("note_template")?,
        owners: Vec::new(),
        members: Vec::new(),
        version: row.int("version")?,
        created_at: row.moment("created_at")?,
        updated_at: row.moment("updated_at")?,
    })
}

async fn with_people(rx: &mut Rx, rows: &[Row]) -> Result<Vec<Team>, Failure> {
    let mut teams = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let rows = sql(
        "SELECT team_id, user_id, is_owner FROM team_people WHERE team_id IN (SELECT value FROM json_each($1)) \
         ORDER BY team_id, position, user_id",
    )
    .bind(ids(teams.iter().map(|team| team.id)))
    .fetch_all(rx)
    .await?;
    let mut people: HashMap<Id, (Vec<Id>, Vec<Id>)> = HashMap::new();
    for row in &rows {
        let (owners, members) = people.entry(row.id("team_id")?).or_default();
        if row.flag("is_owner")? { owners } else { members }.push(row.id("user_id")?);
    }
    let rows = sql(
        "SELECT team_id, user_id FROM team_creators WHERE team_id IN (SELECT value FROM json_each($1)) ORDER BY team_id, user_id",
    )
    .bind(ids(teams.iter().map(|team| team.id)))
    .fetch_all(rx)
    .await?;
    let mut creators: HashMap<Id, Vec<Id>> = HashMap::new();
    for row in &rows {
        creators.entry(row.id("team_id")?).or_default().push(row.id("user_id")?);
    }
    for team in &mut teams {
        (team.owners, team.members) = people.remove(&team.id).unwrap_or_default();
        team.creators = creators.remove(&team.id).unwrap_or_default();
    }
    Ok(teams)
}

/// A team of an organisation.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn by_id(rx: &mut Rx, org: Id, id: Id) -> Result<Option<Team>, Failure> {
    let query = sql("SELECT * FROM teams WHERE org_id = $1 AND id = $2").bind(org).bind(id);
    let rows = query.fetch_all(rx).await?;
    Ok(with_people(rx, &rows).await?.pop())
}

/// Teams in the order of their names, from after `after` (folded name and id) on; with their people.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn list(
    rx: &mut Rx,
    org: Id,
    status: Option<TeamStatus>,
    after: Option<(&str, &str)>,
    limit: i64,
) -> Result<Vec<Team>, Failure> {
    let (name, id) = after.unwrap_or_default();
    let rows =
        sql("SELECT * FROM teams WHERE org_id = $1 AND (name_key > $2 OR (name_key = $2 AND id > $3)) \
         AND ($4 = '' OR status = $4) ORDER BY name_key, id LIMIT $5")
        .bind(org)
        .bind(name)
        .bind(id)
        .bind(status.map_or("", TeamStatus::name))
        .bind(limit)
        .fetch_all(rx)
        .await?;
    with_people(rx, &rows).await
}

/// Every team of an organisation with the one above it: the shape of the tree.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn parents(rx: &mut Rx, org: Id) -> Result<HashMap<Id, Option<Id>>, Failure> {
    let rows = sql("SELECT id, parent_id FROM teams WHERE org_id = $1").bind(org).fetch_all(rx).await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.opt_id("parent_id")?))).collect()
}

/// These teams of the organisation and every team below them.
///
/// # Errors
/// What the database says.
pub async fn at_or_below(rx: &mut Rx, org: Id, ids: &[Id]) -> Result<Vec<Id>, Failure> {
    let rows = sql("WITH RECURSIVE down (id) AS (SELECT t.id FROM teams t WHERE t.org_id = $1 \
         AND t.id IN (SELECT value FROM json_each($2)) \
         UNION SELECT t.id FROM teams t JOIN down ON t.parent_id = down.id) SELECT id FROM down ORDER BY id")
    .bind(org)
    .bind(crate::list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

/// Keeps a new team with its people.
///
/// # Errors
/// [`Failure::Unique`] where the name is taken.
pub async fn insert(tx: &mut Tx, it: &Team) -> Result<(), Failure> {
    insert_all(tx, std::slice::from_ref(it)).await
}

/// Keeps new teams with their people, many in one statement; each after the one above it.
///
/// # Errors
/// [`Failure::Unique`] where a name is taken.
pub async fn insert_all(tx: &mut Tx, teams: &[Team]) -> Result<(), Failure> {
    let mut rows = Bulk::new(13);
    for it in teams {
        rows.push([
            it.id.value(),
            it.org_id.value(),
            it.name.as_str().value(),
            fold(&it.name).value(),
            it.parent_id.value(),
            it.team_type.as_deref().value(),
            it.description.as_deref().value(),
            it.status.name().value(),
            it.goal_creation.map(CreationPolicy::name).value(),
            it.note_template.as_deref().value(),
            it.version.value(),
            it.created_at.value(),
            it.updated_at.value(),
        ]);
    }
    rows.insert(
        tx,
        "INSERT INTO teams (id, org_id, name, name_key, parent_id, team_type, description, status, goal_creation, note_template, \
         version, created_at, updated_at) {rows}",
    )
    .await?;
    insert_people(tx, teams).await
}

/// Keeps a changed team, whose `version` is the one that was read, with its people.
///
/// # Errors
/// [`Failure::Conflict`] where it has moved on; [`Failure::Unique`] where the name is taken.
pub async fn update(tx: &mut Tx, it: &Team) -> Result<(), Failure> {
    sql("UPDATE teams SET name = $1, name_key = $2, parent_id = $3, team_type = $4, description = $5, status = $6, \
         goal_creation = $7, note_template = $8, updated_at = $9, version = version + 1 WHERE id = $10 AND version = $11")
        .bind(&it.name)
        .bind(fold(&it.name))
        .bind(it.parent_id)
        .bind(it.team_type.as_deref())
        .bind(it.description.as_deref())
        .bind(it.status.name())
        .bind(it.goal_creation.map(CreationPolicy::name))
        .bind(it.note_template.as_deref())
        .bind(it.updated_at)
        .bind(it.id)
        .bind(it.version)
        .execute_one(tx)
        .await?;
    sql("DELETE FROM team_people WHERE team_id = $1").bind(it.id).execute(tx).await?;
    sql("DELETE FROM team_creators WHERE team_id = $1").bind(it.id).execute(tx).await?;
    insert_people(tx, std::slice::from_ref(it)).await
}

async fn insert_people(tx: &mut Tx, teams: &[Team]) -> Result<(), Failure> {
    let (mut rows, mut creators) = (Bulk::new(4), Bulk::new(2));
    for it in teams {
        let all = it.owners.iter().map(|id| (id, true)).chain(it.members.iter().map(|id| (id, false)));
        for (position, (person, is_owner)) in (0_i64..).zip(all) {
            rows.push([it.id.value(), person.value(), is_owner.value(), position.value()]);
        }
        for person in &it.creators {
            creators.push([it.id.value(), person.value()]);
        }
    }
    rows.insert(tx, "INSERT INTO team_people (team_id, user_id, is_owner, position) {rows}").await?;
    creators.insert(tx, "INSERT INTO team_creators (team_id, user_id) {rows}").await?;
    Ok(())
}

/// Makes the teams under this one independent.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn free_children(tx: &mut Tx, id: Id, now: Moment) -> Result<u64, Failure> {
    sql("UPDATE teams SET parent_id = NULL, updated_at = $1, version = version + 1 WHERE parent_id = $2")
        .bind(now)
        .bind(id)
        .execute(tx)
        .await
}

/// Whether any goal belongs to a team; deleted ones do not count.
#[expect(clippy::missing_errors_doc, reason = "as for by_id")]
pub async fn in_use(rx: &mut Rx, id: Id) -> Result<bool, Failure> {
    let query = sql(
        "SELECT g.id FROM goal_teams t JOIN goals g ON g.id = t.goal_id WHERE t.team_id = $1 AND g.deleted_at IS NULL LIMIT 1",
    );
    Ok(query.bind(id).fetch_optional(rx).await?.is_some())
}

/// Removes a team; deleted goals lose it.
///
/// # Errors
/// [`Failure::Conflict`] where it is gone or has another version.
pub async fn delete(tx: &mut Tx, id: Id, version: i64) -> Result<(), Failure> {
    sql("DELETE FROM goal_teams WHERE team_id = $1").bind(id).execute(tx).await?;
    sql("DELETE FROM teams WHERE id = $1 AND version = $2").bind(id).bind(version).execute_one(tx).await
}
