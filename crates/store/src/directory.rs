//! People and teams as lists and search show them: read a page at a time by name, each list in a constant number of statements.

use std::collections::HashMap;

use northing_core::people::{MemberStatus, TeamStatus};
use northing_core::standing::Part;
use northing_core::values::{Id, Moment};

use crate::bind::{Bind, like, list};
use crate::explorer::ListPage;
use crate::{Failure, Rx, sql, visible_goal};

/// A person of an organisation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// The person.
    pub id: Id,
    /// Their name there.
    pub name: String,
    /// The name as it is sorted.
    pub key: String,
    /// What they do.
    pub title: Option<String>,
    /// Whether they may sign in.
    pub status: MemberStatus,
    /// The teams in use that they belong to, by name.
    pub teams: Vec<(Id, String)>,
    /// Goals of theirs in the period, as far as the reader sees them.
    pub goals: i64,
}

/// A team in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamLine {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The name as it is sorted.
    pub key: String,
    /// Whether it is in use.
    pub status: TeamStatus,
    /// The first of its owners.
    pub lead: Option<(Id, String)>,
    /// Its goals in the period, as far as the reader sees them.
    pub goals: i64,
}

/// Whom a list of people is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// These people.
    Named(Vec<Id>),
    /// Those who report to this person.
    ReportsOf(Id),
    /// Those whose name holds this folded text; all where it is empty.
    Holding(String),
}

/// Which teams a list is narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those directly below a team; without one those below none.
    Below(Option<Id>),
}

/// Who reads, and of which period goals are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// The organisation.
    pub org: Id,
    /// The reader.
    pub user: Id,
    /// The period; without one nothing is counted.
    pub period: Option<Id>,
}

fn text_of(id: Option<Id>) -> String {
    id.map_or_else(String::new, |id| id.to_string())
}

/// People by name from behind `after`, with teams and counts: three statements.
///
/// # Errors
/// When the store fails.
pub async fn people(
    rx: &mut Rx,
    reader: Reader,
    whom: &Whom,
    after: Option<&(String, Id)>,
    limit: u16,
) -> Result<Vec<PersonLine>, Failure> {
    // One statement for each way of narrowing: an index serves only a condition that is always there.
    macro_rules! people {
        ($whom:literal) => {
            concat!(
                "SELECT m.user_id AS id, m.name, m.name_key, m.status, u.title FROM members m JOIN users u ON u.id = m.user_id ",
                "WHERE m.org_id = $1 AND ",
                $whom,
                " AND (m.name_key, m.user_id) > ($3, $4) ORDER BY m.name_key, m.user_id LIMIT $5"
            )
        };
    }
    let (statement, value) = match whom {
        Whom::Named(ids) => (
            people!("m.user_id IN (SELECT value FROM json_each($2))"),
            list(ids.iter().map(ToString::to_string)),
        ),
        Whom::ReportsOf(manager) => (people!("m.manager_id = $2"), manager.value()),
        Whom::Holding(text) => (people!("($2 = '' OR m.name_key LIKE $2 ESCAPE '!')"), like(text).value()),
    };
    let rows = sql(statement)
        .bind(reader.org)
        .bind(value)
        .bind(after.map_or_else(String::new, |(key, _)| key.clone()))
        .bind(text_of(after.map(|(_, id)| *id)))
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        lines.push(PersonLine {
            id: row.id("id")?,
            name: row.text("name")?,
            key: row.text("name_key")?,
            title: row.opt_text("title")?,
            status: row.parsed("status")?,
            teams: Vec::new(),
            goals: 0,
        });
    }
    if lines.is_empty() {
        return Ok(lines);
    }
    let ids: Vec<Id> = lines.iter().map(|line| line.id).collect();
    let rows = sql("SELECT tp.user_id, t.id, t.name FROM team_people tp JOIN teams t ON t.id = tp.team_id \
         WHERE tp.user_id IN (SELECT value FROM json_each($1)) AND t.org_id = $2 AND t.status = 'active' \
         ORDER BY t.name_key, t.id")
    .bind(list(ids.iter().map(ToString::to_string)))
    .bind(reader.org)
    .fetch_all(rx)
    .await?;
    let mut teams: HashMap<Id, Vec<(Id, String)>> = HashMap::new();
    for row in &rows {
        teams.entry(row.id("user_id")?).or_default().push((row.id("id")?, row.text("name")?));
    }
    let goals = counts(rx, reader, ListPage::Person, &ids).await?;
    for line in &mut lines {
        line.teams = teams.remove(&line.id).unwrap_or_default();
        line.goals = goals.get(&line.id).copied().unwrap_or(0);
    }
    Ok(lines)
}

/// Teams in use by name from behind `after`, with the first owner and counts: three statements.
///
/// # Errors
/// When the store fails.
pub async fn teams(
    rx: &mut Rx,
    reader: Reader,
    which: &Which,
    after: Option<&(String, Id)>,
    limit: u16,
) -> Result<Vec<TeamLine>, Failure> {
    macro_rules! teams {
        ($which:literal) => {
            concat!(
                "SELECT t.id, t.name, t.name_key, t.status FROM teams t WHERE t.org_id = $1 AND t.status = 'active' AND ",
                $which,
                " AND (t.name_key, t.id) > ($3, $4) ORDER BY t.name_key, t.id LIMIT $5"
            )
        };
    }
    let (statement, value) = match which {
        Which::All => (teams!("$2 = ''"), "".value()),
        Which::Below(None) => (teams!("t.parent_id IS NULL AND $2 = ''"), "".value()),
        Which::Below(Some(team)) => (teams!("t.parent_id = $2"), team.value()),
    };
    let rows = sql(statement)
        .bind(reader.org)
        .bind(value)
        .bind(after.map_or_else(String::new, |(key, _)| key.clone()))
        .bind(text_of(after.map(|(_, id)| *id)))
        .bind(i64::from(limit))
        .fetch_all(rx)
        .await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in &rows {
        lines.push(TeamLine {
            id: row.id("id")?,
            name: row.text("name")?,
            key: row.text("name_key")?,
            status: row.parsed("status")?,
            lead: None,
            goals: 0,
        });
    }
    if lines.is_empty() {
        return Ok(lines);
    }
    let ids: Vec<Id> = lines.iter().map(|line| line.id).collect();
    let rows = sql("SELECT tp.team_id, m.user_id, m.name FROM team_people tp \
         JOIN members m ON m.user_id = tp.user_id AND m.org_id = $2 \
         WHERE tp.team_id IN (SELECT value FROM json_each($1)) AND tp.is_owner = 1 ORDER BY tp.position, m.user_id")
    .bind(list(ids.iter().map(ToString::to_string)))
    .bind(reader.org)
    .fetch_all(rx)
    .await?;
    let mut leads: HashMap<Id, (Id, String)> = HashMap::new();
    for row in &rows {
        let lead = (row.id("user_id")?, row.text("name")?);
        leads.entry(row.id("team_id")?).or_insert(lead);
    }
    let goals = counts(rx, reader, ListPage::Team, &ids).await?;
    for line in &mut lines {
        line.lead = leads.remove(&line.id);
        line.goals = goals.get(&line.id).copied().unwrap_or(0);
    }
    Ok(lines)
}

/// How many goals that the reader sees stand on each of these pages in the period.
async fn counts(
    rx: &mut Rx,
    reader: Reader,
    page: ListPage,
    entities: &[Id],
) -> Result<HashMap<Id, i64>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT p.entity_id AS id, COUNT(*) AS goals FROM placements p JOIN goals g ON g.id = p.goal_id ",
        "WHERE p.page = $1 AND p.entity_id IN (SELECT value FROM json_each($2)) AND p.period_id = $3 AND g.org_id = $4 AND ",
        visible_goal!("g", "$5"),
        " GROUP BY p.entity_id"
    );
    let Some(period) = reader.period else { return Ok(HashMap::new()) };
    let rows = sql(STATEMENT)
        .bind(page.name())
        .bind(list(entities.iter().map(ToString::to_string)))
        .bind(period)
        .bind(reader.org)
        .bind(reader.user)
        .fetch_all(rx)
        .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.int("goals")?))).collect()
}

/// The goals that the reader sees at the top of each of these pages in the period, put together by kind, status and dates: what
/// [`northing_core::standing`] is made of. One statement.
///
/// # Errors
/// When the store fails.
pub async fn standings(
    rx: &mut Rx,
    reader: Reader,
    page: ListPage,
    entities: &[Id],
) -> Result<HashMap<Id, Vec<Part>>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT p.entity_id AS id, g.kind, g.status, g.start_date, g.due_date, COUNT(*) AS goals, AVG(g.progress) AS progress ",
        "FROM placements p JOIN goals g ON g.id = p.goal_id ",
        "WHERE p.page = $1 AND p.entity_id IN (SELECT value FROM json_each($2)) AND p.period_id = $3 AND p.top = 1 ",
        "AND g.org_id = $4 AND g.progress IS NOT NULL AND ",
        visible_goal!("g", "$5"),
        " GROUP BY p.entity_id, g.kind, g.status, g.start_date, g.due_date"
    );
    let mut found: HashMap<Id, Vec<Part>> = HashMap::new();
    let (Some(period), false) = (reader.period, entities.is_empty()) else { return Ok(found) };
    let rows = sql(STATEMENT)
        .bind(page.name())
        .bind(list(entities.iter().map(ToString::to_string)))
        .bind(period)
        .bind(reader.org)
        .bind(reader.user)
        .fetch_all(rx)
        .await?;
    for row in &rows {
        found.entry(row.id("id")?).or_default().push(Part {
            kind: row.parsed("kind")?,
            status: row.parsed("status")?,
            start: row.day("start_date")?,
            due: row.day("due_date")?,
            goals: u32::try_from(row.int("goals")?).unwrap_or(u32::MAX),
            progress: row.real("progress")?,
        });
    }
    Ok(found)
}

/// The team and those above it, from the top: one statement.
///
/// # Errors
/// When the store fails.
pub async fn above(rx: &mut Rx, org: Id, team: Option<Id>) -> Result<Vec<(Id, String)>, Failure> {
    let Some(team) = team else { return Ok(Vec::new()) };
    // Teams nest without cycles; the bound keeps a broken tree from running on.
    let rows = sql("WITH RECURSIVE up (id, name, parent_id, height) AS ( \
         SELECT t.id, t.name, t.parent_id, 0 FROM teams t WHERE t.id = $1 AND t.org_id = $2 \
         UNION ALL SELECT t.id, t.name, t.parent_id, up.height + 1 FROM teams t JOIN up ON t.id = up.parent_id \
         WHERE up.height < 50) SELECT id, name FROM up ORDER BY height DESC")
    .bind(team)
    .bind(org)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, row.text("name")?))).collect()
}

/// How many goals of a team in the period that the reader sees were checked in at that moment or later.
///
/// # Errors
/// When the store fails.
pub async fn checked_in(rx: &mut Rx, reader: Reader, team: Id, since: Moment) -> Result<i64, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT COUNT(*) AS goals FROM placements p JOIN goals g ON g.id = p.goal_id ",
        "WHERE p.page = 'team' AND p.entity_id = $1 AND p.period_id = $2 AND g.org_id = $3 AND g.last_check_in_at >= $4 AND ",
        visible_goal!("g", "$5")
    );
    let Some(period) = reader.period else { return Ok(0) };
    sql(STATEMENT)
        .bind(team)
        .bind(period)
        .bind(reader.org)
        .bind(since)
        .bind(reader.user)
        .fetch_one(rx)
        .await?
        .int("goals")
}
