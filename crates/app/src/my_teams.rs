//! The teams of a person with their first goals: what My OKRs shows of them (goals §7.1).

use northing_core::expectation::expected;
use northing_core::values::Id;
use northing_store::explorer::{self, Line};

use crate::goal::context::Context;
use crate::{Actor, Northing, Result};

/// Teams that are listed.
const TEAMS: u16 = 8;
/// Goals that are listed of each.
const GOALS: u16 = 5;

/// The person's teams.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MyTeams {
    /// The first of them, by name.
    pub teams: Vec<TeamGoals>,
    /// How many there are.
    pub all: usize,
}

/// A team with its first goals.
#[derive(Debug, Clone, PartialEq)]
pub struct TeamGoals {
    /// The team.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// How many goals stand at the top of its page.
    pub all: usize,
    /// The first of them, each with the progress that is expected today.
    pub goals: Vec<(Line, Option<f64>)>,
}

impl Northing {
    /// The actor's teams with the first goals of each in these periods: two statements, however many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn my_teams(&self, actor: &Actor, periods: &[Id]) -> Result<MyTeams> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (teams, all) =
            explorer::of_teams(&mut rx, actor.org_id, actor.user_id, periods, (TEAMS, GOALS)).await?;
        let count = |number: i64| usize::try_from(number).unwrap_or(0);
        let with_expected = |line: Line| {
            let wanted = expected(context.today, line.start, line.due, &line.metric, &line.phases);
            (line, wanted)
        };
        let teams = teams.into_iter().map(|team| TeamGoals {
            id: team.id,
            name: team.name,
            all: count(team.all),
            goals: team.goals.into_iter().map(with_expected).collect(),
        });
        Ok(MyTeams { teams: teams.collect(), all: count(all) })
    }
}
