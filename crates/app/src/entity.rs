//! The pages of the organisation, a team and a person, and the lists of teams and people (goals §7).

use std::collections::HashMap;

use northing_core::people::TeamStatus;
use northing_core::permission::{Action, Thing};
use northing_core::standing::Standing;
use northing_core::text::fold;
use northing_core::values::Id;
use northing_store::directory::{self, Reader};
use northing_store::explorer::ListPage;
use northing_store::{Rx, explorer, members, organizations, teams};

pub use northing_store::directory::{Around, PersonLine, TeamLine, Tie, Which, Whom};
pub use northing_store::organizations::Organization;
pub use northing_store::teams::Team;

use crate::goal::context::Context;
use crate::organization::{key, part};
use crate::teams::facts as team_facts;
use crate::{Actor, Error, Northing, Page, PageRequest, Result};

/// Teams or reports that a page lists; what follows is one link away.
const MOST: u16 = 40;
/// People of a team that its page looks at: it names those of them who own goals.
const PEOPLE: u16 = 200;
/// Ties to other teams that a team's page lists.
const TIES: u16 = 12;

/// The organisation besides its goals.
#[derive(Debug, Clone)]
pub struct OrganizationView {
    /// Its name and purpose.
    pub organization: Organization,
    /// Its teams at the top.
    pub teams: Vec<TeamLine>,
    /// How many there are.
    pub all_teams: i64,
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
    /// How many there are.
    pub all_sub_teams: i64,
    /// How its goals and those of each sub-team stand together.
    pub standings: HashMap<Id, Standing>,
    /// How many of its goals were checked in within the last seven days, and what ties them to other teams.
    pub around: Around,
    /// Its owners and the first of its members, by name.
    pub people: Vec<PersonLine>,
    /// How many they are.
    pub all_people: i64,
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
    /// How many they are.
    pub all_reports: i64,
    /// Whether the actor manages members.
    pub may_manage: bool,
}

/// The cursor behind a team, for a list of teams that goes on.
#[must_use]
pub fn after(line: &TeamLine) -> Option<String> {
    crate::organization::cursor(&(line.key.clone(), line.id))
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
        let (teams, all_teams) = directory::teams(&mut rx, reader, &Which::Below(None), None, MOST).await?;
        let ids: Vec<Id> = teams.iter().map(|team| team.id).collect();
        let mut standings = context.standings(&mut rx, reader, ListPage::Team, &ids).await?;
        let org = [actor.org_id];
        standings.extend(context.standings(&mut rx, reader, ListPage::Organization, &org).await?);
        Ok(OrganizationView {
            organization: found.ok_or(Error::NotFound("organisation"))?,
            teams,
            all_teams,
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
        let (sub_teams, all_sub_teams) = directory::teams(&mut rx, reader, &below, None, MOST).await?;
        let shown: Vec<Id> = sub_teams.iter().map(|team| team.id).chain([team]).collect();
        let standings = context.standings(&mut rx, reader, ListPage::Team, &shown).await?;
        let (people, all_people) =
            directory::people(&mut rx, reader, &Whom::InTeam(team), "", None, PEOPLE).await?;
        let since = context.today.plus_days(-7).start_in(&crate::cone::zone(&context.settings)?);
        let around = directory::around(&mut rx, reader, team, since, TIES).await?;
        let facts = team_facts(&found, actor);
        let may_manage = context.may(Action::TeamEdit, Thing::Team(&facts));
        let may_create_teams = context.may(Action::TeamCreate, Thing::Organization);
        let may_create =
            found.status == TeamStatus::Active && context.may(Action::GoalCreateTeam, Thing::Team(&facts));
        Ok(TeamView {
            team: found,
            above,
            sub_teams,
            all_sub_teams,
            standings,
            around,
            people,
            all_people,
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
        let (named, _) = directory::people(&mut rx, reader, &Whom::Named(ids), "", None, 2).await?;
        let line = named.iter().find(|it| it.id == person).cloned().ok_or(Error::NotFound("person"))?;
        let manager = named.into_iter().find(|it| Some(it.id) == found.manager_id);
        let (reports, all_reports) =
            directory::people(&mut rx, reader, &Whom::ReportsOf(person), "", None, MOST).await?;
        let may_manage = context.may(Action::OrganizationMembers, Thing::Organization);
        let may_know = person == actor.user_id || may_manage;
        Ok(PersonView {
            person: line,
            email: may_know.then_some(found.email),
            manager: manager.map(|it| (it.id, it.name)),
            reports,
            all_reports,
            may_manage,
        })
    }

    /// Teams in use by name, all or those directly below one (or at the top), with their goals of the current period counted.
    ///
    /// # Errors
    /// A cursor that is none of ours; those of the store.
    pub async fn browse_teams(
        &self,
        actor: &Actor,
        which: &Which,
        page: &PageRequest,
    ) -> Result<Page<TeamLine>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let after = key(page)?;
        let reader = reader(&mut rx, actor, None).await?;
        let (found, _) = directory::teams(&mut rx, reader, which, after.as_ref(), page.limit + 1).await?;
        Ok(part(found, page, |it| (it.key.clone(), it.id)))
    }

    /// These people by name, those whose name holds the text, with their goals of the current period counted.
    ///
    /// # Errors
    /// A cursor that is none of ours; those of the store.
    pub async fn browse_people(
        &self,
        actor: &Actor,
        whom: &Whom,
        text: &str,
        page: &PageRequest,
    ) -> Result<Page<PersonLine>> {
        let mut rx = self.store.read().await?;
        Context::read(&mut rx, self, actor).await?;
        let after = key(page)?;
        let reader = reader(&mut rx, actor, None).await?;
        let text = fold(text.trim());
        let (found, _) =
            directory::people(&mut rx, reader, whom, &text, after.as_ref(), page.limit + 1).await?;
        Ok(part(found, page, |it| (it.key.clone(), it.id)))
    }
}
