//! What a form about a goal shows besides what is typed: what can be chosen, what cannot and why, and the names of what is
//! chosen already. One snapshot, the same number of statements at any size.

use std::collections::HashMap;

use northing_core::alignment::{may_align, may_stand_alone};
use northing_core::check_in::locked;
use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, Level};
use northing_core::people::TeamStatus;
use northing_core::permission::{Action, Thing};
use northing_core::settings::Settings;
use northing_core::values::{Id, Moment};
use northing_store::connections::Standing;
use northing_store::explorer::PeriodLine;
use northing_store::goals::{self, GoalRow};
use northing_store::{Rx, activity, choices, connections, explorer};

use super::context::Context;
use super::view::GoalView;
use crate::choices::{GoalChoice, Named};
use crate::sources::AZURE_DEVOPS;
use crate::{Actor, Error, Northing, Result};

/// What the form is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FormAsk {
    /// The goal to be changed; none for a new one.
    pub goal: Option<Id>,
    /// The goals that it is to be aligned to.
    pub parents: Vec<Id>,
    /// Teams that are named.
    pub teams: Vec<Id>,
    /// People who are named.
    pub people: Vec<Id>,
}

/// A kind of goal, with what stands in its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KindChoice {
    /// The kind.
    pub kind: GoalKind,
    /// Why it may not stand here as things are.
    pub reason: Option<Refusal>,
    /// Whether it can be chosen: a reason that another field of the form takes away does not stand in the way.
    pub open: bool,
}

/// What a new goal takes from the goal that it is put under.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Above {
    /// Its kind.
    pub kind: GoalKind,
    /// Its level.
    pub level: Level,
    /// Its teams.
    pub team_ids: Vec<Id>,
    /// Its period.
    pub period_id: Id,
}

/// What the form shows.
#[derive(Debug, Clone, PartialEq)]
pub struct FormView {
    /// The goal as it is; none for a new one.
    pub goal: Option<GoalView>,
    /// Why the goal cannot be edited as it stands: it is closed or postponed.
    pub locked: Option<Refusal>,
    /// The periods to choose from, the newest first.
    pub periods: Vec<PeriodLine>,
    /// The kinds.
    pub kinds: Vec<KindChoice>,
    /// The levels, with why they cannot be chosen.
    pub levels: Vec<(Level, Option<Refusal>)>,
    /// The first of the goals it is to be aligned to.
    pub above: Option<Above>,
    /// Names of goals, as far as the actor sees them.
    pub goals: HashMap<Id, GoalChoice>,
    /// Names of teams, and whether they are in use.
    pub teams: HashMap<Id, (Named, TeamStatus)>,
    /// Names of people.
    pub people: HashMap<Id, Named>,
    /// Whether the actor may say who owns the goal.
    pub may_change_owners: bool,
    /// The organisation's rules.
    pub settings: Settings,
    /// Whether goals may follow Azure DevOps here.
    pub sources_on: bool,
    /// Whether this server lets them at all.
    pub sources_allowed: bool,
    /// Whether the actor may switch that on.
    pub may_integrate: bool,
}

impl Northing {
    /// What a form for a new goal or for changing one needs.
    ///
    /// # Errors
    /// [`Error::NotFound`]; [`Error::Forbidden`] without the right to create or edit.
    pub async fn goal_form(&self, actor: &Actor, ask: &FormAsk) -> Result<FormView> {
        let mut rx = self.store.read().await?;
        let rx = &mut rx;
        let context = Context::read(rx, self, actor).await?;
        let row = match ask.goal {
            Some(id) => Some(context.goal(rx, id, Action::GoalEdit).await?),
            None => {
                context.require(Action::GoalCreateIndividual, Thing::Organization)?;
                None
            }
        };
        let may_change_owners =
            row.as_ref().is_none_or(|(_, facts)| context.may(Action::GoalChangeOwner, Thing::Goal(facts)));
        let row = row.map(|(row, _)| row);
        let (org, user) = (actor.org_id, actor.user_id);
        let mut parents = ask.parents.clone();
        let mut teams = ask.teams.clone();
        let mut people = ask.people.clone();
        people.push(user);
        if let Some(row) = &row {
            parents.extend(row.parents.iter().map(|link| link.id));
            teams.extend(&row.team_ids);
            people.extend(row.owner_ids.iter().copied().chain(row.check_in_owner_id).chain(row.delegate_id));
        }
        let named = choices::goals(rx, org, user, &parents).await?;
        let above = match ask.parents.iter().find(|id| named.contains_key(*id)) {
            Some(first) => goals::find(rx, org, *first).await?.map(above),
            None => None,
        };
        teams.extend(above.iter().flat_map(|above| above.team_ids.iter().copied()));
        let kinds = match &row {
            Some(row) => context.other_kinds(rx, row).await?,
            None => {
                let wanted = ask.parents.iter().filter_map(|id| named.get(id));
                context.new_kinds(&wanted.map(|goal| goal.kind).collect::<Vec<_>>())
            }
        };
        let locked = row.as_ref().and_then(|row| locked(row.status).err());
        let level = row.as_ref().map(|row| row.level);
        let view = match row {
            Some(row) => Some(context.view(rx, row).await?),
            None => None,
        };
        let sources = connections::standing(rx, org, AZURE_DEVOPS).await?;
        Ok(FormView {
            goal: view,
            locked,
            periods: explorer::periods(rx, org).await?,
            kinds,
            levels: context.levels(level),
            above,
            goals: named,
            teams: choices::teams_named(rx, org, &teams).await?,
            people: choices::people_named(rx, org, &people).await?,
            may_change_owners,
            sources_on: sources == Standing::On,
            sources_allowed: sources != Standing::Forbidden,
            may_integrate: context.may(Action::IntegrationManage, Thing::Organization),
            settings: context.settings.clone(),
        })
    }
}

impl Northing {
    /// Who changed a goal last, and when: what to tell those who edited it at the same time. None where that is not known.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn last_change(&self, actor: &Actor, goal: Id) -> Result<Option<(Option<String>, Moment)>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.facts(&mut rx, goal).await?;
        let lines = activity::of_goal(&mut rx, goal, None, LOOK_BACK).await?;
        let last = lines.into_iter().find(|line| CHANGES.contains(&line.kind));
        Ok(last.map(|line| (line.actor.map(|(_, name)| name), line.at)))
    }
}

/// Entries among which the last change of a goal's fields is looked for.
const LOOK_BACK: i64 = 100;
/// What changes a goal's fields.
const CHANGES: [EventKind; 4] =
    [EventKind::GoalEdited, EventKind::GoalAligned, EventKind::GoalConverted, EventKind::GoalMoved];

fn above(row: GoalRow) -> Above {
    Above { kind: row.kind, level: row.level, team_ids: row.team_ids, period_id: row.period_id }
}

impl Context<'_> {
    /// What a new goal under these parents can be.
    fn new_kinds(&self, parents: &[GoalKind]) -> Vec<KindChoice> {
        let one = |kind: GoalKind| {
            let created = match kind {
                GoalKind::Initiative => self.refusal(Action::InitiativeCreate),
                _ => None,
            };
            // Under an objective everything may stand that is used at all.
            let off = may_align(kind, GoalKind::Objective, &self.settings).err();
            let placed = || parents.iter().find_map(|parent| may_align(kind, *parent, &self.settings).err());
            let alone = || may_stand_alone(kind, &self.settings).err().filter(|_| parents.is_empty());
            match off.or(created).or_else(placed) {
                Some(reason) => KindChoice { kind, reason: Some(reason), open: false },
                None => KindChoice { kind, reason: alone(), open: true },
            }
        };
        GoalKind::ALL.iter().copied().map(one).collect()
    }

    /// What a goal can become: the same decision as when it is saved.
    async fn other_kinds(&self, rx: &mut Rx, row: &GoalRow) -> Result<Vec<KindChoice>> {
        let mut kinds = Vec::new();
        for kind in GoalKind::ALL.iter().copied() {
            let reason = if kind == row.kind {
                None
            } else {
                match self.change_kind(rx, row, kind, &mut row.clone()).await {
                    Ok(()) => None,
                    Err(Error::Invalid(errors)) => {
                        errors.into_iter().next().map(|error| Refusal::new(error.code, error.message))
                    }
                    Err(other) => return Err(other),
                }
            };
            kinds.push(KindChoice { kind, open: reason.is_none(), reason });
        }
        Ok(kinds)
    }

    /// The levels that the actor may choose; the one that a goal has stays open to it.
    fn levels(&self, has: Option<Level>) -> Vec<(Level, Option<Refusal>)> {
        let one = |level: Level| match level {
            level if has == Some(level) => None,
            Level::Organization => self.refusal(Action::GoalCreateOrganization),
            Level::Team => None,
            Level::Individual if self.settings.mandatory_team => Some(Refusal::new(
                "team_required",
                "Goals belong to the organisation or to a team here, never to a person alone.",
            )),
            Level::Individual => self.refusal(Action::GoalCreateIndividual),
        };
        Level::ALL.iter().map(|level| (*level, one(*level))).collect()
    }

    /// Why the actor may not do this to the organisation.
    fn refusal(&self, action: Action) -> Option<Refusal> {
        match self.require(action, Thing::Organization) {
            Err(Error::Forbidden(refusal)) => Some(refusal),
            _ => None,
        }
    }
}
