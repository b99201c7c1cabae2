//! The goals of a person's teams, the first of each at the top of its page.

use northing_core::values::Id;

use super::{Line, line};
use crate::{Failure, Rx, list, sql};

/// A team of a person with its first goals.
#[derive(Debug, Clone, PartialEq)]
pub struct MyTeam {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How many goals stand at the top of its page, as far as the person sees them.
    pub all: i64,
    /// The first of them, without owners and teams.
    pub goals: Vec<Line>,
}

/// The teams in use that a person belongs to, by name, at most `most`, each with the first `each` goals at the top of its
/// page in these periods; and how many teams there are. Two statements.
///
/// # Errors
/// When the store fails.
pub async fn of_teams(
    rx: &mut Rx,
    org: Id,
    person: Id,
    periods: &[Id],
    (most, each): (u16, u16),
) -> Result<(Vec<MyTeam>, i64), Failure> {
    const GOALS: &str = concat!(
        "SELECT * FROM (SELECT ",
        columns!(),
        ", p.entity_id, COUNT(*) OVER (PARTITION BY p.entity_id) AS everything, ",
        "ROW_NUMBER() OVER (PARTITION BY p.entity_id ORDER BY p.position, p.goal_id, p.period_id) AS place ",
        "FROM placements p JOIN goals g ON g.id = p.goal_id WHERE p.page = 'team' ",
        "AND p.entity_id IN (SELECT value FROM json_each($1)) AND p.period_id IN (SELECT value FROM json_each($2)) ",
        "AND p.top = 1 AND g.kind <> 'initiative' AND ",
        visible!("$3"),
        ") numbered WHERE place <= $4 ORDER BY entity_id, place"
    );
    let rows = sql("SELECT t.id, t.name, COUNT(*) OVER () AS everything FROM team_people tp JOIN teams t ON t.id = tp.team_id \
         WHERE tp.user_id = $1 AND t.org_id = $2 AND t.status = 'active' ORDER BY t.name_key, t.id LIMIT $3")
    .bind(person)
    .bind(org)
    .bind(i64::from(most))
    .fetch_all(rx)
    .await?;
    let all = rows.first().map(|row| row.int("everything")).transpose()?.unwrap_or(0);
    let mut teams = Vec::with_capacity(rows.len());
    for row in &rows {
        teams.push(MyTeam { id: row.id("id")?, name: row.text("name")?, all: 0, goals: Vec::new() });
    }
    let rows = sql(GOALS)
        .bind(list(teams.iter().map(|team| team.id.to_string())))
        .bind(list(periods))
        .bind(person)
        .bind(i64::from(each))
        .fetch_all(rx)
        .await?;
    for row in &rows {
        let id = row.id("entity_id")?;
        if let Some(team) = teams.iter_mut().find(|team| team.id == id) {
            team.all = row.int("everything")?;
            team.goals.push(line(row)?);
        }
    }
    Ok((teams, all))
}
