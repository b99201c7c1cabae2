//! People and teams as lists and search show them: read a page at a time by name, each list in a constant number of statements.

use std::collections::HashMap;

use northing_core::people::{MemberStatus, TeamStatus};
use northing_core::standing::Part;
use northing_core::status::Status;
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
    /// The latest check-in on any of these goals.
    pub last_check_in_at: Option<Moment>,
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
    /// The owners and members of a team.
    InTeam(Id),
    /// Those who are in a team with this person, without the person.
    WithTeamsOf(Id),
    /// Everyone.
    All,
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

/// People by name whose name holds this folded text (all where it is empty), from behind `after`, with teams and counts; and
/// how many they are from there on, which is not counted among everyone. Three statements.
///
/// # Errors
/// When the store fails.
pub async fn people(
    rx: &mut Rx,
    reader: Reader,
    whom: &Whom,
    text: &str,
    after: Option<&(String, Id)>,
    limit: u16,
) -> Result<(Vec<PersonLine>, i64), Failure> {
    // One statement for each way of narrowing: an index serves only a condition that is always there.
    macro_rules! people {
        ($whom:literal) => {
            people!($whom, "COUNT(*) OVER ()")
        };
        ($whom:literal, $all:literal) => {
            concat!(
                "SELECT m.user_id AS id, m.name, m.name_key, m.status, u.title, ",
                $all,
                " AS everyone FROM members m JOIN users u ON u.id = m.user_id ",
                "WHERE m.org_id = $1 AND ",
                $whom,
                " AND ($6 = '' OR m.name_key LIKE $6 ESCAPE '!') AND (m.name_key, m.user_id) > ($3, $4) ",
                "ORDER BY m.name_key, m.user_id LIMIT $5"
            )
        };
    }
    let (statement, value) = match whom {
        Whom::Named(ids) => (
            people!("m.user_id IN (SELECT value FROM json_each($2))"),
            list(ids.iter().map(ToString::to_string)),
        ),
        Whom::ReportsOf(manager) => (people!("m.manager_id = $2"), manager.value()),
        Whom::InTeam(team) => (
            people!("m.user_id IN (SELECT it.user_id FROM team_people it WHERE it.team_id = $2)"),
            team.value(),
        ),
        Whom::WithTeamsOf(person) => (
            people!(
                "m.user_id <> $2 AND m.user_id IN (SELECT o.user_id FROM team_people mine JOIN teams mt ON mt.id = mine.team_id \
                 JOIN team_people o ON o.team_id = mine.team_id WHERE mine.user_id = $2 AND mt.org_id = $1 AND mt.status = 'active')"
            ),
            person.value(),
        ),
        Whom::All => (people!("$2 = ''", "0"), "".value()),
    };
    let rows = sql(statement)
        .bind(reader.org)
        .bind(value)
        .bind(after.map_or_else(String::new, |(key, _)| key.clone()))
        .bind(text_of(after.map(|(_, id)| *id)))
        .bind(i64::from(limit))
        .bind(if text.is_empty() { String::new() } else { like(text) })
        .fetch_all(rx)
        .await?;
    let all = everyone(&rows)?;
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
            last_check_in_at: None,
        });
    }
    if lines.is_empty() {
        return Ok((lines, all));
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
        (line.goals, line.last_check_in_at) = goals.get(&line.id).copied().unwrap_or((0, None));
    }
    Ok((lines, all))
}

fn everyone(rows: &[crate::Row]) -> Result<i64, Failure> {
    Ok(rows.first().map(|row| row.int("everyone")).transpose()?.unwrap_or(0))
}

/// Teams in use by name from behind `after`, with the first owner and counts; and how many they are from there on, which is
/// not counted among all. Three statements.
///
/// # Errors
/// When the store fails.
pub async fn teams(
    rx: &mut Rx,
    reader: Reader,
    which: &Which,
    after: Option<&(String, Id)>,
    limit: u16,
) -> Result<(Vec<TeamLine>, i64), Failure> {
    macro_rules! teams {
        ($which:literal) => {
            teams!($which, "COUNT(*) OVER ()")
        };
        ($which:literal, $all:literal) => {
            concat!(
                "SELECT t.id, t.name, t.name_key, t.status, ",
                $all,
                " AS everyone FROM teams t WHERE t.org_id = $1 AND t.status = 'active' AND ",
                $which,
                " AND (t.name_key, t.id) > ($3, $4) ORDER BY t.name_key, t.id LIMIT $5"
            )
        };
    }
    let (statement, value) = match which {
        Which::All => (teams!("$2 = ''", "0"), "".value()),
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
    let all = everyone(&rows)?;
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
        return Ok((lines, all));
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
        line.goals = goals.get(&line.id).map_or(0, |(goals, _)| *goals);
    }
    Ok((lines, all))
}

/// How many goals that the reader sees stand on each of these pages in the period, and the latest check-in on any of them.
async fn counts(
    rx: &mut Rx,
    reader: Reader,
    page: ListPage,
    entities: &[Id],
) -> Result<HashMap<Id, (i64, Option<Moment>)>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT p.entity_id AS id, COUNT(*) AS goals, MAX(g.last_check_in_at) AS last FROM placements p ",
        "JOIN goals g ON g.id = p.goal_id WHERE p.page = $1 AND p.entity_id IN (SELECT value FROM json_each($2)) AND p.period_id = $3 AND g.org_id = $4 AND ",
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
    rows.iter().map(|row| Ok((row.id("id")?, (row.int("goals")?, row.opt_moment("last")?)))).collect()
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

/// A goal of a team and one of another team, one of them aligned to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tie {
    /// The team's own goal, with its title.
    pub own: (Id, String),
    /// The other team's, with its title.
    pub other: (Id, String),
    /// The other team.
    pub team: String,
    /// How the other goal stands.
    pub status: Status,
    /// Whether the own goal is aligned to the other one, rather than the other way round.
    pub serves: bool,
}

/// What happens around the goals of a team in the period.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Around {
    /// How many of them were checked in since.
    pub checked_in: i64,
    /// The first of what ties them to goals of other teams; not of the teams directly above and below.
    pub ties: Vec<Tie>,
    /// How many there are.
    pub all_ties: i64,
}

/// How many goals of a team in the period were checked in at that moment or later, and what ties its goals to those of other
/// teams, as far as the reader sees them; at most `most` ties, those in trouble first. One statement.
///
/// # Errors
/// When the store fails.
pub async fn around(
    rx: &mut Rx,
    reader: Reader,
    team: Id,
    since: Moment,
    most: u16,
) -> Result<Around, Failure> {
    macro_rules! tied {
        ($serves:literal, $own:literal, $other:literal) => {
            concat!(
                "SELECT ", $serves, " AS serves, g.id AS own_id, g.title AS own_title, o.id AS other_id, o.title AS other_title, o.status, ",
                "(SELECT t.name FROM goal_teams x JOIN teams t ON t.id = x.team_id WHERE x.goal_id = o.id ORDER BY x.position, t.id LIMIT 1) AS team ",
                "FROM placements p JOIN goals g ON g.id = p.goal_id JOIN alignments a ON a.", $own, " = g.id JOIN goals o ON o.id = a.", $other,
                " WHERE p.page = 'team' AND p.entity_id = $1 AND p.period_id = $2 AND g.org_id = $3 AND o.level = 'team' AND o.deleted_at IS NULL ",
                "AND ", visible_goal!("g", "$5"), " AND ", visible_goal!("o", "$5"),
                " AND NOT EXISTS (SELECT 1 FROM goal_teams x JOIN teams t ON t.id = x.team_id WHERE x.goal_id = o.id ",
                "AND (t.id = $1 OR t.parent_id = $1 OR t.id = (SELECT mine.parent_id FROM teams mine WHERE mine.id = $1)))"
            )
        };
    }
    const STATEMENT: &str = concat!(
        "SELECT COUNT(*) AS goals, -1 AS serves, '' AS own_id, '' AS own_title, '' AS other_id, '' AS other_title, '' AS status, '' AS team ",
        "FROM placements p JOIN goals g ON g.id = p.goal_id ",
        "WHERE p.page = 'team' AND p.entity_id = $1 AND p.period_id = $2 AND g.org_id = $3 AND g.last_check_in_at >= $4 AND ",
        visible_goal!("g", "$5"),
        " UNION ALL SELECT * FROM (SELECT COUNT(*) OVER () AS goals, tied.* FROM (",
        tied!("1", "child_id", "parent_id"),
        " UNION ALL ",
        tied!("0", "parent_id", "child_id"),
        ") tied ORDER BY CASE tied.status WHEN 'at_risk' THEN 0 WHEN 'behind' THEN 1 ELSE 2 END, tied.own_title, tied.own_id, tied.other_id ",
        "LIMIT $6) first_ties"
    );
    let Some(period) = reader.period else { return Ok(Around::default()) };
    let rows = sql(STATEMENT)
        .bind(team)
        .bind(period)
        .bind(reader.org)
        .bind(since)
        .bind(reader.user)
        .bind(i64::from(most))
        .fetch_all(rx)
        .await?;
    let mut around = Around::default();
    for row in &rows {
        let serves = row.int("serves")?;
        if serves < 0 {
            around.checked_in = row.int("goals")?;
            continue;
        }
        around.all_ties = row.int("goals")?;
        around.ties.push(Tie {
            own: (row.id("own_id")?, row.text("own_title")?),
            other: (row.id("other_id")?, row.text("other_title")?),
            team: row.opt_text("team")?.unwrap_or_default(),
            status: row.parsed("status")?,
            serves: serves == 1,
        });
    }
    Ok(around)
}
