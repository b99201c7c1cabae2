//! What a form offers to choose: people, teams and goals by what somebody types, and the names of those chosen before. Each
//! function is one statement, whatever the organisation's size.

use std::collections::{HashMap, HashSet};

use northing_core::goal::GoalKind;
use northing_core::people::TeamStatus;
use northing_core::status::Status;
use northing_core::values::Id;

use crate::{Failure, Row, Rx, like, list, search, sql, visible_goal};

/// A person or a team that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Which.
    pub id: Id,
    /// The name.
    pub name: String,
    /// What tells it from others of the name: a person's title, the team above a team.
    pub detail: Option<String>,
}

/// A goal that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoalChoice {
    /// Which.
    pub id: Id,
    /// Objective, key result or initiative.
    pub kind: GoalKind,
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: Status,
    /// The period's name.
    pub period: String,
    /// The first of its teams.
    pub team: Option<String>,
    /// The first of its owners.
    pub owner: Option<String>,
}

fn named(row: &Row) -> Result<Named, Failure> {
    Ok(Named { id: row.id("id")?, name: row.text("name")?, detail: row.opt_text("detail")? })
}

/// People who may own goals and whose name holds the folded text, the reader first, then by name.
///
/// # Errors
/// What the database says; so for all of these.
pub async fn people(rx: &mut Rx, org: Id, reader: Id, text: &str, limit: i64) -> Result<Vec<Named>, Failure> {
    let rows = sql(
        "SELECT m.user_id AS id, m.name, u.title AS detail FROM members m JOIN users u ON u.id = m.user_id \
         WHERE m.org_id = $1 AND m.status <> 'deactivated' AND m.role <> 'observer' \
         AND ($3 = '' OR m.name_key LIKE $3 ESCAPE '!') \
         ORDER BY CASE WHEN m.user_id = $2 THEN 0 ELSE 1 END, m.name_key, m.user_id LIMIT $4",
    )
    .bind(org)
    .bind(reader)
    .bind(like(text))
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(named).collect()
}

/// Teams whose name holds the folded text: those in use, the reader's own first, then by name; with `archived` behind them those
/// that were put away, which say so.
#[expect(clippy::missing_errors_doc, reason = "as for people")]
pub async fn teams(
    rx: &mut Rx,
    org: Id,
    reader: Id,
    text: &str,
    archived: bool,
    limit: i64,
) -> Result<Vec<Named>, Failure> {
    let rows = sql("SELECT t.id, t.name, CASE WHEN t.status = 'active' THEN above.name ELSE 'Archived' END AS detail \
         FROM teams t LEFT JOIN teams above ON above.id = t.parent_id \
         WHERE t.org_id = $1 AND (t.status = 'active' OR $5 = 1) AND ($3 = '' OR t.name_key LIKE $3 ESCAPE '!') \
         ORDER BY CASE WHEN t.status = 'active' THEN 0 ELSE 1 END, CASE WHEN EXISTS (SELECT 1 FROM team_people p WHERE p.team_id = t.id AND p.user_id = $2) THEN 0 ELSE 1 END, \
         t.name_key, t.id LIMIT $4")
    .bind(org)
    .bind(reader)
    .bind(like(text))
    .bind(limit)
    .bind(i64::from(archived))
    .fetch_all(rx)
    .await?;
    rows.iter().map(named).collect()
}

/// The names of members of the organisation, whatever became of them.
#[expect(clippy::missing_errors_doc, reason = "as for people")]
pub async fn people_named(rx: &mut Rx, org: Id, ids: &[Id]) -> Result<HashMap<Id, Named>, Failure> {
    let rows = sql(
        "SELECT m.user_id AS id, m.name, u.title AS detail FROM members m JOIN users u ON u.id = m.user_id \
         WHERE m.org_id = $1 AND m.user_id IN (SELECT value FROM json_each($2))",
    )
    .bind(org)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| named(row).map(|it| (it.id, it))).collect()
}

/// The names of teams, with whether they are in use.
#[expect(clippy::missing_errors_doc, reason = "as for people")]
pub async fn teams_named(
    rx: &mut Rx,
    org: Id,
    ids: &[Id],
) -> Result<HashMap<Id, (Named, TeamStatus)>, Failure> {
    let rows = sql("SELECT t.id, t.name, t.status, above.name AS detail FROM teams t \
         LEFT JOIN teams above ON above.id = t.parent_id \
         WHERE t.org_id = $1 AND t.id IN (SELECT value FROM json_each($2))")
    .bind(org)
    .bind(list(ids))
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| Ok((row.id("id")?, (named(row)?, row.parsed("status")?)))).collect()
}

/// Those of these goals that the reader sees.
#[expect(clippy::missing_errors_doc, reason = "as for people")]
pub async fn goals(rx: &mut Rx, org: Id, reader: Id, ids: &[Id]) -> Result<HashMap<Id, GoalChoice>, Failure> {
    const STATEMENT: &str = concat!(
        "SELECT g.id, g.kind, g.title, g.status, p.name AS period, \
         (SELECT t.name FROM goal_teams x JOIN teams t ON t.id = x.team_id WHERE x.goal_id = g.id \
          ORDER BY x.position, x.team_id LIMIT 1) AS team, \
         (SELECT m.name FROM goal_owners x JOIN members m ON m.user_id = x.user_id AND m.org_id = g.org_id \
          WHERE x.goal_id = g.id ORDER BY x.position, x.user_id LIMIT 1) AS owner \
         FROM goals g JOIN periods p ON p.id = g.period_id \
         WHERE g.org_id = $1 AND g.deleted_at IS NULL AND g.id IN (SELECT value FROM json_each($3)) AND ",
        visible_goal!("g", "$2")
    );
    let rows = sql(STATEMENT).bind(org).bind(reader).bind(list(ids)).fetch_all(rx).await?;
    rows.iter()
        .map(|row| {
            let goal = GoalChoice {
                id: row.id("id")?,
                kind: row.parsed("kind")?,
                title: row.text("title")?,
                status: row.parsed("status")?,
                period: row.text("period")?,
                team: row.opt_text("team")?,
                owner: row.opt_text("owner")?,
            };
            Ok((goal.id, goal))
        })
        .collect()
}

/// The goals at the top of Explorer in a period, in their order: what to suggest before anything was typed.
#[expect(clippy::missing_errors_doc, reason = "as for people")]
pub async fn top_goals(rx: &mut Rx, org: Id, period: Id, limit: i64) -> Result<Vec<Id>, Failure> {
    let rows = sql(
        "SELECT p.goal_id FROM placements p WHERE p.page = 'all' AND p.entity_id = $1 AND p.period_id = $2 \
         AND p.top = 1 ORDER BY p.position, p.goal_id LIMIT $3",
    )
    .bind(org)
    .bind(period)
    .bind(limit)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("goal_id")).collect()
}

/// How many goals are looked at for words that name a team, an owner or a period.
const LOOK: u32 = 500;

/// Teams, owners and periods whose name has a word beginning with one of the query's words.
#[derive(Default)]
struct Meant {
    teams: HashSet<Id>,
    people: HashSet<Id>,
    periods: HashSet<Id>,
}

impl Meant {
    fn is_empty(&self) -> bool {
        self.teams.is_empty() && self.people.is_empty() && self.periods.is_empty()
    }
}

/// Goals for what somebody types, newest first: each word begins a word of the title or description, or of the name of a
/// team, an owner or the period. At most four statements, each by an index.
#[expect(clippy::missing_errors_doc, reason = "as for people")]
pub async fn goals_like(rx: &mut Rx, org: Id, text: &str, limit: u32) -> Result<Vec<Id>, Failure> {
    let mut words = search::words(text);
    words.truncate(search::MOST_WORDS);
    let mut found = search::goals(rx, org, text, limit).await?;
    let meant = meant(rx, org, &words).await?;
    if meant.iter().all(Meant::is_empty) {
        return Ok(found);
    }
    let (named, plain): (Vec<_>, Vec<_>) = words.iter().zip(&meant).partition(|(_, meant)| !meant.is_empty());
    let looked = match named.first() {
        Some((_, first)) if plain.is_empty() => goals_of(rx, org, first).await?,
        _ => {
            let plain: Vec<&str> = plain.iter().map(|(word, _)| word.as_str()).collect();
            search::goals(rx, org, &plain.join(" "), LOOK).await?
        }
    };
    let facts = facts(rx, &looked).await?;
    let fits = |goal: &Id| {
        facts.get(goal).is_some_and(|facts| {
            named.iter().all(|(word, meant)| {
                facts.words.iter().any(|one| one.starts_with(word.as_str()))
                    || facts.teams.iter().any(|id| meant.teams.contains(id))
                    || facts.people.iter().any(|id| meant.people.contains(id))
                    || facts.periods.iter().any(|id| meant.periods.contains(id))
            })
        })
    };
    for goal in looked.iter().filter(|goal| fits(goal)) {
        if !found.contains(goal) {
            found.push(*goal);
        }
    }
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

async fn meant(rx: &mut Rx, org: Id, words: &[String]) -> Result<Vec<Meant>, Failure> {
    let patterns = words.iter().map(|word| format!("% {word}%"));
    let rows =
        sql("SELECT 'team' AS what, t.id AS id, t.name_key AS name_key FROM teams t WHERE t.org_id = $1 \
         AND EXISTS (SELECT 1 FROM json_each($2) w WHERE ' ' || t.name_key LIKE w.value) \
         UNION ALL SELECT 'person', m.user_id, m.name_key FROM members m WHERE m.org_id = $1 \
         AND EXISTS (SELECT 1 FROM json_each($2) w WHERE ' ' || m.name_key LIKE w.value) \
         UNION ALL SELECT 'period', p.id, p.name_key FROM periods p WHERE p.org_id = $1 \
         AND EXISTS (SELECT 1 FROM json_each($2) w WHERE ' ' || p.name_key LIKE w.value)")
        .bind(org)
        .bind(list(patterns))
        .fetch_all(rx)
        .await?;
    let mut all: Vec<Meant> = words.iter().map(|_| Meant::default()).collect();
    for row in &rows {
        let (what, id, key) = (row.text("what")?, row.id("id")?, row.text("name_key")?);
        for (word, meant) in words.iter().zip(&mut all) {
            if key.split(' ').any(|part| part.starts_with(word.as_str())) {
                match what.as_str() {
                    "team" => meant.teams.insert(id),
                    "person" => meant.people.insert(id),
                    _ => meant.periods.insert(id),
                };
            }
        }
    }
    Ok(all)
}

async fn goals_of(rx: &mut Rx, org: Id, meant: &Meant) -> Result<Vec<Id>, Failure> {
    let rows = sql("SELECT id FROM ( \
         SELECT x.goal_id AS id FROM goal_teams x WHERE x.team_id IN (SELECT value FROM json_each($2)) \
         UNION SELECT x.goal_id FROM goal_owners x WHERE x.user_id IN (SELECT value FROM json_each($3)) \
         UNION SELECT g.id FROM goals g WHERE g.period_id IN (SELECT value FROM json_each($4))) named \
         WHERE EXISTS (SELECT 1 FROM goals g WHERE g.id = named.id AND g.org_id = $1 AND g.deleted_at IS NULL) \
         ORDER BY id DESC LIMIT $5")
    .bind(org)
    .bind(list(&meant.teams))
    .bind(list(&meant.people))
    .bind(list(&meant.periods))
    .bind(LOOK)
    .fetch_all(rx)
    .await?;
    rows.iter().map(|row| row.id("id")).collect()
}

#[derive(Default)]
struct Facts {
    words: Vec<String>,
    teams: Vec<Id>,
    people: Vec<Id>,
    periods: Vec<Id>,
}

async fn facts(rx: &mut Rx, goals: &[Id]) -> Result<HashMap<Id, Facts>, Failure> {
    let rows = sql("SELECT 'text' AS what, g.id AS goal, g.search_text AS other FROM goals g WHERE g.id IN (SELECT value FROM json_each($1)) \
         UNION ALL SELECT 'period', g.id, g.period_id FROM goals g WHERE g.id IN (SELECT value FROM json_each($1)) \
         UNION ALL SELECT 'team', x.goal_id, x.team_id FROM goal_teams x WHERE x.goal_id IN (SELECT value FROM json_each($1)) \
         UNION ALL SELECT 'person', x.goal_id, x.user_id FROM goal_owners x WHERE x.goal_id IN (SELECT value FROM json_each($1))")
        .bind(list(goals))
        .fetch_all(rx)
        .await?;
    let mut all: HashMap<Id, Facts> = HashMap::new();
    for row in &rows {
        let facts = all.entry(row.id("goal")?).or_default();
        match row.text("what")?.as_str() {
            "text" => facts.words = row.text("other")?.split(' ').map(str::to_owned).collect(),
            "period" => facts.periods.push(row.id("other")?),
            "team" => facts.teams.push(row.id("other")?),
            _ => facts.people.push(row.id("other")?),
        }
    }
    Ok(all)
}
