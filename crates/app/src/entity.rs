//! The pages of the organisation, a team and a person, and the lists of teams and people (goals §7).

use std::collections::HashMap;

use northing_core::people::TeamStatus;
use northing_core::permission::{Action, Thing};
use northing_core::standing::Standing;
use northing_core::text::fold;
use northing_core::values::Id;
use northing_store::directory::{self, Reader, Which, Whom};
use northing_store::explorer::ListPage;
use northing_store::{Rx, explorer, members, organizations, teams};

pub use northing_store::directory::{PersonLine, TeamLine};
pub use northing_store::organizations::Organization;
pub use northing_store::teams::Team;

use crate::goal::context::Context;
use crate::organization::{key, part};
use crate::teams::facts as team_facts;
use crate::{Actor, Error, Northing, Page, PageRequest, Result};

/// Sub-teams, members or reports that a page lists.
const MOST: u16 = 200;

/// The organisation besides its goals.
#[derive(Debug, Clone)]
pub struct OrganizationView {
    /// Its name and purpose.
    pub organization: Organization,
    /// Its teams at the top.
    pub teams: Vec<TeamLine>,
    /// How the goals of each of them stand together, and those of the organisation.
    pub standings: HashMap<Id, Standing>,
    /// Whether the actor may change its purpose.
    pub may_edit: bool,
    /// Whether the actor may create goals of the organisation.
    pub may_create: bool,
}

/// A team besides its goals.
#[derive(Debug, Clone)]
pub struct TeamView {
    /// The team.
    pub team: Team,
    /// The teams above it, from the top.
    pub above: Vec<(Id, String)>,
    /// Those directly below it.
    pub sub_teams: Vec<TeamLine>,
    /// How its goals and those of each sub-team stand together.
    pub standings: HashMap<Id, Standing>,
    /// How many of its goals were checked in within the last seven days.
    pub checked_in: i64,
    /// Its owners and members, by name.
    pub people: Vec<PersonLine>,
    /// Whether the actor may create goals for it.
    pub may_create: bool,
    /// Whether the actor may change it and its people.
    pub may_manage: bool,
    /// Whether the actor may make teams.
    pub may_create_teams: bool,
}

/// A person besides their goals.
#[derive(Debug, Clone)]
pub struct PersonView {
    /// Who.
    pub person: PersonLine,
    /// Their mail address, for themselves and those who manage members.
    pub email: Option<String>,
    /// Who they report to.
    pub manager: Option<(Id, String)>,
    /// Who reports to them.
    pub reports: Vec<PersonLine>,
    /// Whether the actor manages members.
    pub may_manage: bool,
}

/// The period whose goals are counted: the one asked for, or the current one, or the newest.
pub(crate) async fn reader(rx: &mut Rx, actor: &Actor, period: Option<Id>) -> Result<Reader> {
    let periods = explorer::periods(rx, actor.org_id).await?;
    let current = || periods.iter().find(|it| it.is_current).or_else(|| periods.first()).map(|it| it.id);
    Ok(Reader { org: actor.org_id, user: actor.user_id, period: period.or_else(current) })
}

impl Northing {
    /// The organisation's purpose and its teams at the top.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn organization_page(&self, actor: &Actor, period: Option<Id>) -> Result<OrganizationView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let found = organizations::by_id(&mut rx, actor.org_id).await?;
        let reader = reader(&mut rx, actor, period).await?;
        let teams = directory::teams(&mut rx, reader, &Which::Below(None), None, MOST).await?;
        let ids: Vec<Id> = teams.iter().map(|team| team.id).collect();
        let mut standings = context.standings(&mut rx, reader, ListPage::Team, &ids).await?;
        let org = [actor.org_id];
        standings.extend(context.standings(&mut rx, reader, ListPage::Organization, &org).await?);
        Ok(OrganizationView {
            organization: found.ok_or(Error::NotFound("organisation"))?,
            teams,
            standings,
            may_edit: context.may(Action::OrganizationSettings, Thing::Organization),
            may_create: context.may(Action::GoalCreateOrganization, Thing::Organization),
        })
    }

    /// A team with the teams around it and its people.
    ///
    /// # Errors
    /// [`Error::NotFound`]; those of the store.
    pub async fn team_page(&self, actor: &Actor, team: Id, period: Option<Id>) -> Result<TeamView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let found = teams::by_id(&mut rx, actor.org_id, team).await?.ok_or(Error::NotFound("team"))?;
        let reader = reader(&mut rx, actor, period).await?;
        let above = directory::above(&mut rx, actor.org_id, found.parent_id).await?;
        let below = Which::Below(Some(team));
        let sub_teams = directory::teams(&mut rx, reader, &below, None, MOST).await?;
        let shown: Vec<Id> = sub_teams.iter().map(|team| team.id).chain([team]).collect();
        let standings = context.standings(&mut rx, reader, ListPage::Team, &shown).await?;
        let ids: Vec<Id> = found.owners.iter().chain(&found.members).copied().collect();
        let people = if ids.is_empty() {
            Vec::new()
        } else {
            directory::people(&mut rx, reader, &Whom::Named(ids), None, MOST).await?
        };
        let since = context.today.plus_days(-7).start_in(&crate::cone::zone(&context.settings)?);
        let checked_in = directory::checked_in(&mut rx, reader, team, since).await?;
        let facts = team_facts(&found, actor);
        let may_manage = context.may(Action::TeamEdit, Thing::Team(&facts));
        let may_create_teams = context.may(Action::TeamCreate, Thing::Organization);
        let may_create =
            found.status == TeamStatus::Active && context.may(Action::GoalCreateTeam, Thing::Team(&facts));
        Ok(TeamView {
            team: found,
            above,
            sub_teams,
            standings,
            checked_in,
            people,
            may_create,
            may_manage,
            may_create_teams,
        })
    }

    /// A person with those they work for and those who work for them.
    ///
    /// # Errors
    /// [`Error::NotFound`]; those of the store.
    pub async fn person_page(&self, actor: &Actor, person: Id, period: Option<Id>) -> Result<PersonView> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let found = members::by_id(&mut rx, actor.org_id, person).await?.ok_or(Error::NotFound("person"))?;
        let reader = reader(&mut rx, actor, period).await?;
        let ids: Vec<Id> = [Some(person), found.manager_id].into_iter().flatten().collect();
        let named = directory::people(&mut rx, reader, &Whom::Named(ids), None, 2).await?;
        let line = named.iter().find(|it| it.id == person).cloned().ok_or(Error::NotFound("person"))?;
        let manager = named.into_iter().find(|it| Some(it.id) == found.manager_id);
        let reports = directory::people(&mut rx, reader, &Whom::ReportsOf(person), None, MOST).await?;
        let may_manage = context.may(Action::OrganizationMembers, Thing::Organization);
        let may_know = person == actor.user_id || may_manage;
        Ok(PersonView {
            person: line,
            email: may_know.then_some(found.email),
            manager: manager.map(|it| (it.id, it.name)),
            reports,
            may_manage,
        })
    }

    /// Teams in use by name, with their goals of the current period counted.
    ///
    /// # Errors
    /// A cursor that is none of ours; those of the store.
    pub async fn browse_teams(&self, actor: &Actor, page: &PageRequest) -> Result<Page<TeamLine>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let after = key(page)?;
        let reader = reader(&mut rx, actor, None).await?;
        let found = directory::teams(&mut rx, reader, &Which::All, after.as_ref(), page.limit + 1).await?;
        Ok(part(found, page, |it| (it.key.clone(), it.id)))
    }

    /// People by name whose name holds the text, with their goals of the current period counted.
    ///
    /// # Errors
    /// A cursor that is none of ours; those of the store.
    pub async fn browse_people(
        &self,
        actor: &Actor,
        text: &str,
        page: &PageRequest,
    ) -> Result<Page<PersonLine>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let after = key(page)?;
        let reader = reader(&mut rx, actor, None).await?;
        let whom = Whom::Holding(fold(text.trim()));
        let found = directory::people(&mut rx, reader, &whom, after.as_ref(), page.limit + 1).await?;
        Ok(part(found, page, |it| (it.key.clone(), it.id)))
    }
}
