//! What surrounds every page: the teams of the navigation, the check-ins that are owed, and what the person may do.

use std::collections::HashMap;

use northing_core::permission::{Action, Thing};
use northing_core::standing::{Part, standing};
use northing_core::values::Id;
use northing_store::directory::Reader;
use northing_store::{Rx, directory, explorer};

pub use northing_core::standing::Standing;
pub use northing_store::explorer::{Line, ListPage, TeamLine};

use crate::due::this_week;
use crate::entity::reader;
use crate::goal::context::Context;
use crate::{Actor, Northing, Result};

/// Teams of the navigation's first level.
const TEAMS: u16 = 60;

/// What surrounds every page.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "rights, each by itself")]
pub struct ShellView {
    /// Teams of the first level, by name.
    pub teams: Vec<TeamLine>,
    /// Whether there are more.
    pub more_teams: bool,
    /// The teams directly below the open one and those above it, by name.
    pub below: Vec<TeamLine>,
    /// Check-ins owed now.
    pub due: i64,
    /// Whether the person may open the settings.
    pub may_admin: bool,
    /// Whether the person may create teams.
    pub may_create_teams: bool,
    /// Whether the person may create goals.
    pub may_create_goals: bool,
}

/// The teams of the navigation.
#[derive(Debug, Clone, PartialEq)]
pub struct Navigation {
    /// Those of the first level, by name.
    pub top: Vec<TeamLine>,
    /// Whether there are more.
    pub more: bool,
    /// Those directly below the open ones, by name.
    pub below: Vec<TeamLine>,
    /// How the current goals of each stand together; none without goals.
    pub standings: HashMap<Id, Standing>,
}

impl Northing {
    /// What surrounds a page: three statements, and one more where a team's branch of the navigation stands open.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn shell(&self, actor: &Actor, open: Option<Id>) -> Result<ShellView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.shell(&mut rx, open).await
    }

    /// The teams of the navigation with those below `open` and all above it, and how the current goals of each stand
    /// together: five statements, however deep.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn navigation(&self, actor: &Actor, open: Option<Id>) -> Result<Navigation> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let mut top = explorer::teams(&mut rx, actor.org_id, None, TEAMS + 1).await?;
        let more = top.len() > usize::from(TEAMS);
        top.truncate(usize::from(TEAMS));
        let below = explorer::branch(&mut rx, actor.org_id, open, TEAMS * 2).await?;
        let ids: Vec<Id> = top.iter().chain(&below).map(|team| team.id).collect();
        let reader = reader(&mut rx, actor, None).await?;
        let standings = context.standings(&mut rx, reader, ListPage::Team, &ids).await?;
        Ok(Navigation { top, more, below, standings })
    }

    /// How the goals of each of these pages stand together in a period (the current one where none is given), as far as the
    /// actor sees them: two statements.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn standings(
        &self,
        actor: &Actor,
        page: ListPage,
        entities: &[Id],
        period: Option<Id>,
    ) -> Result<HashMap<Id, Standing>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let reader = reader(&mut rx, actor, period).await?;
        context.standings(&mut rx, reader, page, entities).await
    }
}

impl Context<'_> {
    /// What surrounds a page: two statements, and one more where a team's branch of the navigation stands open.
    pub(crate) async fn shell(&self, rx: &mut Rx, open: Option<Id>) -> Result<ShellView> {
        let actor = self.actor;
        let mut teams = explorer::teams(rx, actor.org_id, None, TEAMS + 1).await?;
        let more_teams = teams.len() > usize::from(TEAMS);
        teams.truncate(usize::from(TEAMS));
        let below = explorer::branch(rx, actor.org_id, open, TEAMS * 2).await?;
        let before = this_week(self.today, self.now, &self.settings)?;
        let due = explorer::due_count(rx, actor.org_id, actor.user_id, self.today, before).await?;
        Ok(ShellView {
            teams,
            more_teams,
            below,
            due,
            may_admin: self.may(Action::OrganizationSettings, Thing::Organization),
            may_create_teams: self.may(Action::TeamCreate, Thing::Organization),
            may_create_goals: self.may(Action::GoalCreateIndividual, Thing::Organization),
        })
    }

    /// How the goals of each of these pages stand together: one statement.
    pub(crate) async fn standings(
        &self,
        rx: &mut Rx,
        reader: Reader,
        page: ListPage,
        entities: &[Id],
    ) -> Result<HashMap<Id, Standing>> {
        let parts = directory::standings(rx, reader, page, entities).await?;
        let of = |(id, parts): (Id, Vec<Part>)| Some((id, standing(&parts, self.today, &self.settings)?));
        Ok(parts.into_iter().filter_map(of).collect())
    }
}
