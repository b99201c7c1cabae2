//! Teams: created, nested, archived, restored, deleted; their owners and members (goals §1.1).

use std::collections::HashMap;

use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::people::{Role, TeamStatus};
use northing_core::permission::{Action, TeamFacts, Thing};
use northing_core::settings::{CreationPolicy, Settings};
use northing_core::text;
use northing_core::values::Id;
use northing_store::team_tree::Shown;
use northing_store::{Tx, directory, members, team_tree, teams};
use serde_json::json;

pub use northing_store::team_tree::Branch;
pub use northing_store::teams::Team;

use crate::Northing;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::goal::context::Context;
use crate::organization::{expect_version, hold, key, part};
use crate::page::{Page, PageRequest};
use crate::setup::check_prose;

/// Branches of the tree of teams that are open at once.
const MOST_OPEN: usize = 50;
/// Teams below open ones that are shown at once.
const MOST_SHOWN: i64 = 500;

/// A team to be made.
#[derive(Debug, Clone, Default)]
pub struct NewTeam {
    /// Its name.
    pub name: String,
    /// The team above it, whose settings it starts with.
    pub parent_id: Option<Id>,
    /// A free label.
    pub team_type: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its owners; the actor where none are given and they are no admin.
    pub owners: Vec<Id>,
    /// Its other members.
    pub members: Vec<Id>,
}

/// What changes in a team; absent is unchanged, an inner none empties.
#[derive(Debug, Clone, Default)]
pub struct TeamChange {
    /// Another name.
    pub name: Option<String>,
    /// Another team above it.
    pub parent_id: Option<Option<Id>>,
    /// A free label.
    pub team_type: Option<Option<String>>,
    /// What it is for.
    pub description: Option<Option<String>>,
    /// All its owners.
    pub owners: Option<Vec<Id>>,
    /// All its other members.
    pub members: Option<Vec<Id>>,
    /// Its own rule for the creation of its goals; none: the organisation's holds.
    pub goal_creation: Option<Option<CreationPolicy>>,
    /// All whom that rule names.
    pub creators: Option<Vec<Id>>,
    /// What the note of a check-in on its goals begins with (goals §5.5).
    pub note_template: Option<Option<String>>,
    /// Archives it or brings it back.
    pub status: Option<TeamStatus>,
}

impl TeamChange {
    fn edits(&self) -> bool {
        self.name.is_some()
            || self.parent_id.is_some()
            || self.team_type.is_some()
            || self.description.is_some()
            || self.goal_creation.is_some()
            || self.creators.is_some()
            || self.note_template.is_some()
    }
}

/// A team as those see it who may change it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamSettings {
    /// The team.
    pub team: Team,
    /// The teams above it, from the top.
    pub above: Vec<(Id, String)>,
    /// The names of its people and of those whom its rule names.
    pub names: HashMap<Id, String>,
    /// The organisation's rule for the creation of a team's goals.
    pub default_creation: CreationPolicy,
    /// Whether goals belong to it, so that it can only be archived.
    pub in_use: bool,
    /// How many teams stand directly below it.
    pub sub_teams: usize,
    /// Whether the actor may invite people into the organisation.
    pub may_invite: bool,
}

/// The tree of teams as admins see it: with archived ones, some branches open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TeamTree {
    /// The teams at the top, or those that were found by name.
    pub top: Page<Branch>,
    /// Those below the open ones.
    pub below: Vec<Branch>,
}

pub(crate) fn shown(it: &Team) -> serde_json::Value {
    json!({"name": it.name, "parent_id": it.parent_id, "team_type": it.team_type, "description": it.description,
        "status": it.status, "owners": it.owners, "members": it.members, "goal_creation": it.goal_creation,
        "creators": it.creators, "note_template": it.note_template})
}

/// How somebody stands to a team.
pub(crate) fn facts(it: &Team, actor: &Actor) -> TeamFacts {
    TeamFacts {
        is_owner: it.owners.contains(&actor.user_id),
        is_member: it.members.contains(&actor.user_id),
        creation: it.goal_creation,
        is_named_creator: it.creators.contains(&actor.user_id),
    }
}

fn distinct(ids: &[Id]) -> Vec<Id> {
    let mut seen = Vec::new();
    for id in ids {
        if !seen.contains(id) {
            seen.push(*id);
        }
    }
    seen
}

fn label(text: Option<&str>) -> Result<Option<String>> {
    let text = text::line("team_type", text.unwrap_or(""), 100)?;
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Checks the people of a team: all of the organisation, owners no observers; an owner is not listed again as a member.
pub(crate) async fn check_people(tx: &mut Tx, it: &mut Team) -> Result<()> {
    it.owners = distinct(&it.owners);
    it.members = distinct(&it.members);
    it.members.retain(|id| !it.owners.contains(id));
    it.creators = distinct(&it.creators);
    let all: Vec<Id> = it.owners.iter().chain(&it.members).chain(&it.creators).copied().collect();
    let known: HashMap<Id, Role> = members::acting(tx, it.org_id, &all).await?.into_iter().collect();
    let mut errors = Vec::new();
    for (field, ids) in [("owners", &it.owners), ("members", &it.members), ("creators", &it.creators)] {
        for (at, id) in ids.iter().enumerate() {
            let path = format!("{field}[{at}]");
            match known.get(id) {
                None => {
                    errors.push(FieldError::new(path, "unknown", "is no active member of this organisation"))
                }
                Some(Role::Observer) if field == "owners" => {
                    errors.push(FieldError::new(path, "observer", "an observer cannot own a team"));
                }
                Some(Role::Observer) if field == "creators" => {
                    errors.push(FieldError::new(path, "observer", "an observer cannot create goals"));
                }
                Some(_) => {}
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// A team's name is its own in the organisation; an archived one keeps its name.
async fn check_name(tx: &mut Tx, it: &Team) -> Result<()> {
    let found = team_tree::by_names(tx, it.org_id, &[text::fold(&it.name)]).await?;
    match found.iter().find(|(id, ..)| *id != it.id) {
        None => Ok(()),
        Some((_, _, TeamStatus::Active)) => {
            Err(FieldError::new("name", "taken", "is the name of another team: choose another").into())
        }
        Some(_) => {
            let message = "is the name of an archived team: restore that one, or choose another name";
            Err(FieldError::new("name", "taken", message).into())
        }
    }
}

/// The team above, checked: there, in use, and not below this one.
async fn check_parent(tx: &mut Tx, org: Id, team: Option<Id>, parent: Id) -> Result<Team> {
    let above = teams::by_id(tx, org, parent).await?;
    let Some(above) = above else {
        return Err(FieldError::new("parent_id", "unknown", "is no team of this organisation").into());
    };
    if above.status == TeamStatus::Archived {
        return Err(FieldError::new("parent_id", "archived", "is archived").into());
    }
    let parents = teams::parents(tx, org).await?;
    let mut next = Some(parent);
    let mut steps = 0;
    while let Some(id) = next {
        if Some(id) == team || steps > parents.len() {
            return Err(
                FieldError::new("parent_id", "cycle", "is this team itself or stands below it").into()
            );
        }
        next = parents.get(&id).copied().flatten();
        steps += 1;
    }
    Ok(above)
}

async fn find(tx: &mut Tx, actor: &Actor, id: Id) -> Result<Team> {
    teams::by_id(tx, actor.org_id, id).await?.ok_or(Error::NotFound("team"))
}

impl Northing {
    /// The organisation's teams by name, those of one status or all.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_teams(
        &self,
        actor: &Actor,
        status: Option<TeamStatus>,
        page: &PageRequest,
    ) -> Result<Page<Team>> {
        let after: Option<(String, String)> = key(page)?;
        let after = after.as_ref().map(|(name, id)| (name.as_str(), id.as_str()));
        let mut rx = self.store.read_once().await?;
        let found = teams::list(&mut rx, actor.org_id, status, after, i64::from(page.limit) + 1).await?;
        Ok(part(found, page, |it| (text::fold(&it.name), it.id)))
    }

    /// One team with its people.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn team(&self, actor: &Actor, id: Id) -> Result<Team> {
        let mut rx = self.store.read_once().await?;
        teams::by_id(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("team"))
    }

    /// A team for those who may change it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`]; those of the store.
    pub async fn team_settings(&self, actor: &Actor, id: Id) -> Result<TeamSettings> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let team = teams::by_id(&mut rx, actor.org_id, id).await?.ok_or(Error::NotFound("team"))?;
        context.require(Action::TeamEdit, Thing::Team(&facts(&team, actor)))?;
        let ids: Vec<Id> = team.owners.iter().chain(&team.members).chain(&team.creators).copied().collect();
        let names = members::names(&mut rx, actor.org_id, &ids).await?;
        let above = directory::above(&mut rx, actor.org_id, team.parent_id).await?;
        let in_use = teams::in_use(&mut rx, id).await?;
        let below = team_tree::branches(&mut rx, actor.org_id, Shown::Below(&[id]), None, MOST_SHOWN).await?;
        Ok(TeamSettings {
            team,
            above,
            names,
            may_invite: context.may(Action::MemberInvite, Thing::Organization),
            default_creation: context.settings.create_team_goals,
            in_use,
            sub_teams: below.len(),
        })
    }

    /// The tree of teams with archived ones, for those who may change the organisation: the top a page at a time, and what is
    /// below the open teams; with a text the teams whose names hold it. Two statements.
    ///
    /// # Errors
    /// [`Error::Forbidden`]; a cursor that is none of ours.
    pub async fn team_tree(
        &self,
        actor: &Actor,
        name: &str,
        open: &[Id],
        page: &PageRequest,
    ) -> Result<TeamTree> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.require(Action::OrganizationSettings, Thing::Organization)?;
        let after = key(page)?;
        let folded = text::fold(name);
        let which = if folded.is_empty() { Shown::Top } else { Shown::Named(&folded) };
        let limit = i64::from(page.limit) + 1;
        let top = team_tree::branches(&mut rx, actor.org_id, which, after.as_ref(), limit).await?;
        let open = open.get(..MOST_OPEN).unwrap_or(open);
        let below = if open.is_empty() || !folded.is_empty() {
            Vec::new()
        } else {
            team_tree::branches(&mut rx, actor.org_id, Shown::Below(open), None, MOST_SHOWN).await?
        };
        Ok(TeamTree { top: part(top, page, |it| (it.key.clone(), it.id)), below })
    }

    /// What a check-in note on a goal begins with, by team, for those who may check in on it (goals §5.5).
    ///
    /// # Errors
    /// [`Error::NotFound`] for a goal that the actor may not see; [`Error::Forbidden`].
    pub async fn note_templates(&self, actor: &Actor, goal: Id) -> Result<Vec<(String, String)>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.goal(&mut rx, goal, Action::GoalCheckIn).await?;
        Ok(team_tree::note_templates(&mut rx, goal).await?)
    }

    /// Makes a team; under a parent it starts with the parent's settings.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`].
    pub async fn create_team(&self, actor: &Actor, new: NewTeam) -> Result<Team> {
        let now = self.now();
        let team = Team {
            id: self.new_id(),
            org_id: actor.org_id,
            name: text::title("name", &new.name)?.to_owned(),
            parent_id: new.parent_id,
            team_type: label(new.team_type.as_deref())?,
            description: check_prose("description", new.description.as_deref())?,
            status: TeamStatus::Active,
            goal_creation: None,
            creators: Vec::new(),
            note_template: None,
            owners: new.owners,
            members: new.members,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.store
            .write((self.clone(), actor.clone(), team), |tx, (app, actor, team)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    actor.require(Action::TeamCreate, Thing::Organization, &settings)?;
                    let mut team = team.clone();
                    let is_admin = matches!(actor.role, Role::Owner | Role::Admin);
                    if team.owners.is_empty() && !is_admin {
                        team.owners.push(actor.user_id);
                    }
                    check_people(tx, &mut team).await?;
                    if let Some(parent) = team.parent_id {
                        let above = check_parent(tx, actor.org_id, None, parent).await?;
                        team.goal_creation = above.goal_creation;
                        team.creators = above.creators;
                        team.note_template = above.note_template;
                    }
                    check_name(tx, &team).await?;
                    teams::insert(tx, &team).await?;
                    app.note(
                        tx,
                        actor,
                        EventKind::TeamCreated,
                        Some(team.id),
                        json!({"after": shown(&team)}),
                    )
                    .await?;
                    Ok(team)
                })
            })
            .await
    }

    /// Changes a team. Archiving ends all memberships and makes its sub-teams independent; its goals stay as they are.
    /// `version` is the one that the actor saw.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Conflict`], [`Error::Invalid`].
    pub async fn edit_team(
        &self,
        actor: &Actor,
        id: Id,
        change: TeamChange,
        version: Option<i64>,
    ) -> Result<Team> {
        self.store
            .write((self.clone(), actor.clone(), change), move |tx, (app, actor, change)| {
                Box::pin(async move {
                    let settings = hold(tx, actor).await?.settings;
                    let mut it = find(tx, actor, id).await?;
                    let facts = facts(&it, actor);
                    for (needed, action) in [
                        (change.edits(), Action::TeamEdit),
                        (change.owners.is_some() || change.members.is_some(), Action::TeamMembers),
                        (change.status.is_some(), Action::TeamArchive),
                    ] {
                        if needed {
                            actor.require(action, Thing::Team(&facts), &settings)?;
                        }
                    }
                    expect_version(version, it.version)?;
                    let before = shown(&it);
                    let was = it.status;
                    apply(tx, actor.org_id, &mut it, change).await?;
                    it.updated_at = app.now();
                    let kind = match (was, it.status) {
                        (TeamStatus::Active, TeamStatus::Archived) => {
                            it.owners.clear();
                            it.members.clear();
                            it.creators.clear();
                            it.parent_id = None;
                            teams::free_children(tx, id, it.updated_at).await?;
                            EventKind::TeamArchived
                        }
                        (TeamStatus::Archived, TeamStatus::Active) => EventKind::TeamRestored,
                        (TeamStatus::Archived, TeamStatus::Archived)
                            if change.owners.is_some() || change.members.is_some() =>
                        {
                            let message = "An archived team has no members. Restore it first.";
                            return Err(Refusal::new("team_archived", message).into());
                        }
                        _ => EventKind::TeamEdited,
                    };
                    teams::update(tx, &it).await?;
                    it.version += 1;
                    let detail = json!({"before": before, "after": shown(&it)});
                    app.note(tx, actor, kind, Some(id), detail).await?;
                    Ok(it)
                })
            })
            .await
    }

    /// Deletes a team for good, where no goal belongs to it; its sub-teams become independent.
    ///
    /// # Errors
    /// [`Error::Refused`] where it has goals, even closed ones (goals §15, N78); as for [`Self::edit_team`].
    pub async fn delete_team(&self, actor: &Actor, id: Id, version: Option<i64>) -> Result<()> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let settings: Settings = hold(tx, actor).await?.settings;
                    let it = find(tx, actor, id).await?;
                    actor.require(Action::TeamDelete, Thing::Team(&facts(&it, actor)), &settings)?;
                    expect_version(version, it.version)?;
                    if teams::in_use(tx, id).await? {
                        let message =
                            "Goals belong to this team. Archive it instead, or move them to another team.";
                        return Err(Refusal::new("team_in_use", message).into());
                    }
                    teams::free_children(tx, id, app.now()).await?;
                    teams::delete(tx, id, it.version).await?;
                    Ok(app
                        .note(tx, actor, EventKind::TeamDeleted, Some(id), json!({"before": shown(&it)}))
                        .await?)
                })
            })
            .await
    }
}

async fn apply(tx: &mut Tx, org: Id, it: &mut Team, change: &TeamChange) -> Result<()> {
    if let Some(name) = &change.name {
        text::title("name", name)?.clone_into(&mut it.name);
    }
    if let Some(team_type) = &change.team_type {
        it.team_type = label(team_type.as_deref())?;
    }
    if let Some(description) = &change.description {
        it.description = check_prose("description", description.as_deref())?;
    }
    if let Some(parent) = change.parent_id {
        if let Some(parent) = parent {
            check_parent(tx, org, Some(it.id), parent).await?;
        }
        it.parent_id = parent;
    }
    if let Some(owners) = &change.owners {
        it.owners.clone_from(owners);
    }
    if let Some(members) = &change.members {
        it.members.clone_from(members);
    }
    if let Some(creation) = change.goal_creation {
        it.goal_creation = creation;
    }
    if let Some(creators) = &change.creators {
        it.creators.clone_from(creators);
    }
    if it.goal_creation != Some(CreationPolicy::Named) {
        it.creators.clear();
    }
    if let Some(template) = &change.note_template {
        it.note_template = check_prose("note_template", template.as_deref())?;
    }
    if change.owners.is_some() || change.members.is_some() || change.creators.is_some() {
        check_people(tx, it).await?;
    }
    if change.name.is_some() {
        check_name(tx, it).await?;
    }
    it.status = change.status.unwrap_or(it.status);
    Ok(())
}
