//! Copies of goals in another period (goals §9.3, §9.4).

use std::collections::{HashMap, HashSet};

use northing_core::alignment::may_stand_alone;
use northing_core::cone::{Seed, State};
use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, Level, ProgressMode};
use northing_core::named_values;
use northing_core::permission::{Action, Thing};
use northing_core::phases::{Line, Phase};
use northing_core::score::{CarryOver, carry_over};
use northing_core::text;
use northing_core::values::{Day, Id};
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalRow};
use northing_store::history::Source;
use northing_store::{Rx, Tx, activity, goal_facts, placements};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::align::at;
use super::context::{Context, distinct};
use super::view::GoalView;
use crate::{Actor, Error, Northing, Result};

/// The code of a refusal where every goal needs a team.
const NO_TEAM: &str = "team_required";

named_values! {
    /// How much is copied along.
    CloneScope {
        /// The goal alone.
        Goal = "goal",
        /// With its immediate children.
        Children = "children",
        /// With everything below it.
        All = "all",
    }
}

/// A copy to be made.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CloneInput {
    /// The period; the current one if not given.
    pub period_id: Option<Id>,
    /// How much is copied; the goal alone if not given.
    pub scope: Option<CloneScope>,
    /// One owner for all copies; else each keeps its owners.
    pub owner_id: Option<Id>,
    /// What the copy is aligned to; nothing if not given (a key result that may not stand alone: what it was aligned to).
    pub parents: Vec<Id>,
    /// The same request sent twice makes one copy: a text of the caller's, unique for each request.
    pub request_id: Option<String>,
}

/// What became of several copies asked for at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BulkClone {
    /// The copies.
    pub cloned: Vec<GoalView>,
    /// Goals that were not copied.
    pub rejected: Vec<Rejected>,
}

/// A goal that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The goal.
    pub goal_id: Id,
    /// The rule.
    pub code: &'static str,
    /// The same as a sentence.
    pub message: String,
}

/// The most goals of one copy.
const MOST: i64 = 2_000;

/// What a copy is to be like.
pub(crate) struct Copying<'a> {
    pub(crate) period: (Id, Day, Day),
    pub(crate) owner: Option<Id>,
    pub(crate) scope: CloneScope,
    /// What becomes of progress; none: everything starts anew with its own metric.
    pub(crate) carry: Option<CarryOver>,
    /// What the first copy is aligned to.
    pub(crate) parents: Vec<Id>,
    /// Only children of these kinds come along; the named goal always.
    pub(crate) children_of_kinds: &'a [GoalKind],
}

impl Northing {
    /// Copies a goal into a period, without progress, check-ins, comments and score.
    ///
    /// # Errors
    /// [`Error::NotFound`]; at `period_id`, `owner_id`, `parents[i].id`.
    pub async fn clone_goal(&self, actor: &Actor, goal: Id, input: CloneInput) -> Result<GoalView> {
        let input = (self.clone(), actor.clone(), input);
        self.store
            .write(input, move |tx, (app, actor, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalClone).await?;
                    let made = context.clone_one(tx, &row, input).await?;
                    context.tell_owners(tx, &made).await?;
                    context.view_of(tx, first_of(&made)?).await
                })
            })
            .await
    }

    /// Copies several goals. Closed and postponed ones are rejected: they are copied one by one (goals §9.4). So are those
    /// that the actor may not see.
    ///
    /// # Errors
    /// As [`Northing::clone_goal`].
    pub async fn clone_goals(&self, actor: &Actor, ids: Vec<Id>, input: CloneInput) -> Result<BulkClone> {
        let state = (self.clone(), actor.clone(), ids, input);
        self.store
            .write(state, move |tx, (app, actor, ids, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let mut owners = Vec::new();
                    let mut done = BulkClone { cloned: Vec::new(), rejected: Vec::new() };
                    for id in distinct(ids) {
                        let (row, _) = match context.goal(tx, id, Action::GoalClone).await {
                            Ok(found) => found,
                            Err(error @ (Error::NotFound(_) | Error::Forbidden(_))) => {
                                let (code, message) = ("not_found", error.to_string());
                                done.rejected.push(Rejected { goal_id: id, code, message });
                                continue;
                            }
                            Err(error) => return Err(error),
                        };
                        if row.status.is_locked() {
                            let message = String::from("Closed and postponed goals are copied one by one.");
                            done.rejected.push(Rejected { goal_id: id, code: row.status.name(), message });
                            continue;
                        }
                        let copy = match context.clone_one(tx, &row, input).await {
                            Ok(copy) => copy,
                            // Nothing of it was written yet.
                            Err(Error::Refused(refusal)) if refusal.code == NO_TEAM => {
                                let message = refusal.message.into_owned();
                                done.rejected.push(Rejected { goal_id: id, code: NO_TEAM, message });
                                continue;
                            }
                            Err(error) => return Err(error),
                        };
                        done.cloned.push(context.view_of(tx, first_of(&copy)?).await?);
                        owners.extend(copy);
                    }
                    context.tell_owners(tx, &owners).await?;
                    Ok(done)
                })
            })
            .await
    }
}

impl Context<'_> {
    /// Copies a goal; the copies with their owners, who are to be told, that of the goal itself first.
    async fn clone_one(&self, tx: &mut Tx, row: &GoalRow, input: &CloneInput) -> Result<Vec<(Id, Vec<Id>)>> {
        if let Some(request) = &input.request_id {
            text::line("request_id", request, 200)?;
            if let Some(made) = self.made_before(tx, row.id, request).await? {
                return Ok(vec![(made, Vec::new())]);
            }
        }
        let period = match input.period_id {
            Some(id) => self.period(tx, Some(id), None).await?,
            None => self.period(tx, None, None).await?,
        };
        if let Some(owner) = input.owner_id {
            let members = goal_facts::members(tx, self.actor.org_id, &[owner]).await?;
            if members.get(&owner) != Some(&true) {
                return Err(super::fields::unknown("owner_id", "member").into());
            }
        }
        let mut parents = input.parents.clone();
        if parents.is_empty()
            && let Err(refusal) = may_stand_alone(row.kind, &self.settings)
        {
            parents = row.parents.iter().map(|link| link.id).collect();
            if parents.is_empty() {
                return Err(at("parents", &refusal).into());
            }
        }
        let copying = Copying {
            period,
            owner: input.owner_id,
            scope: input.scope.unwrap_or(CloneScope::Goal),
            carry: None,
            parents,
            children_of_kinds: GoalKind::ALL,
        };
        let made = self.copy(tx, row, &copying).await?;
        let first = first_of(&made)?;
        let copies: Vec<Id> = made.iter().map(|(id, _)| *id).collect();
        let detail = json!({ "request": input.request_id, "copies": copies });
        self.record(tx, EventKind::GoalCloned, row.id, Some(first), detail).await?;
        Ok(made)
    }

    async fn made_before(&self, rx: &mut Rx, goal: Id, request: &str) -> Result<Option<Id>> {
        let kind = EventKind::GoalCloned.name();
        let mine = Some(self.actor.user_id);
        let same = |(actor, detail): &(Option<Id>, serde_json::Value)| {
            *actor == mine && detail.get("request").and_then(|it| it.as_str()) == Some(request)
        };
        let found = activity::details(rx, goal, kind).await?.into_iter().find(same);
        let first = found.and_then(|(_, detail)| detail.get("copies")?.get(0)?.as_str()?.parse().ok());
        let Some(id) = first else { return Ok(None) };
        Ok(goals::find(rx, self.actor.org_id, id).await?.map(|row| row.id))
    }

    /// Copies a goal and what is below it by the scope; the copies with their owners, who are to be told. The first of them is
    /// that of the goal itself.
    pub(crate) async fn copy(
        &self,
        tx: &mut Tx,
        root: &GoalRow,
        how: &Copying<'_>,
    ) -> Result<Vec<(Id, Vec<Id>)>> {
        let (rows, edges) = self.to_copy(tx, root, how).await?;
        let ids: HashMap<Id, Id> = rows.iter().map(|row| (row.id, self.app.new_id())).collect();
        let copy_of = |id: Id| ids.get(&id).copied();
        let teams: Vec<Id> = distinct(&rows.iter().flat_map(|row| row.team_ids.clone()).collect::<Vec<_>>());
        let teams = goal_facts::teams(tx, self.actor.org_id, self.actor.user_id, &teams).await?;
        self.need_teams(&rows, &teams)?;
        let people: Vec<Id> = distinct(&rows.iter().flat_map(people).collect::<Vec<_>>());
        let members = goal_facts::members(tx, self.actor.org_id, &people).await?;
        let first_place = placements::next_position(tx, self.actor.org_id, how.period.0).await?;
        let places = std::iter::successors(Some(first_place), |place| Some(place + 1.0));
        let (mut made, mut owners) = (Vec::new(), Vec::new());
        for (row, place) in rows.iter().zip(places) {
            let Some(id) = copy_of(row.id) else { continue };
            let mut next = self.fresh(row, id, how, &teams);
            next.position = place;
            let may_own = |id: &Id| members.get(id) == Some(&true);
            if how.owner.is_none() {
                next.owner_ids.retain(may_own);
            }
            next.check_in_owner_id = next.check_in_owner_id.filter(may_own);
            next.delegate_id = next.delegate_id.filter(may_own);
            next.access.retain(|one| members.contains_key(&one.user_id));
            let tags = self.tag_ids(tx, &next.tags).await?;
            let plan = if row.id == root.id {
                let mut plan = self.plan_parents(tx, row.kind, None, &[], &how.parents).await?;
                plan.iter_mut().for_each(|one| one.child_id = id);
                plan
            } else {
                edges
                    .iter()
                    .filter(|edge| edge.child_id == row.id)
                    .filter_map(|edge| {
                        Some(Alignment { parent_id: copy_of(edge.parent_id)?, child_id: id, ..*edge })
                    })
                    .collect()
            };
            self.insert(tx, &next, &tags, &plan).await?;
            self.record(tx, EventKind::GoalCreated, id, Some(row.id), json!({ "copy_of": row.id })).await?;
            owners.push((id, next.owner_ids));
            made.push((id, plan));
        }
        let mut seeds: Vec<Id> =
            made.iter().flat_map(|(_, plan)| plan.iter().map(|one| one.parent_id)).collect();
        seeds = distinct(&seeds);
        let seeds: Vec<Seed> = seeds.into_iter().map(Seed::Children).collect();
        self.recompute(tx, Source::Edit, &seeds, &[]).await?;
        Ok(owners)
    }

    /// The goals to be copied, parents before children, and the alignments between them. Only those the actor may see.
    async fn to_copy(
        &self,
        rx: &mut Rx,
        root: &GoalRow,
        how: &Copying<'_>,
    ) -> Result<(Vec<GoalRow>, Vec<Alignment>)> {
        let (mut rows, mut edges) = (vec![root.clone()], Vec::new());
        let mut known: HashSet<Id> = HashSet::from([root.id]);
        let mut layer = vec![root.id];
        let deepest = match how.scope {
            CloneScope::Goal => 0,
            CloneScope::Children => 1,
            CloneScope::All => usize::MAX,
        };
        let mut depth = 0;
        while depth < deepest && !layer.is_empty() {
            depth += 1;
            let below = alignments::below(rx, &layer).await?;
            let ids = distinct(&below.iter().map(|one| one.child_id).collect::<Vec<_>>());
            let seen = self.visible(rx, &ids).await?;
            let children = goals::load(rx, self.actor.org_id, &seen).await?;
            let wanted: HashSet<Id> = children
                .iter()
                .filter(|row| how.children_of_kinds.contains(&row.kind))
                .map(|row| row.id)
                .collect();
            edges.extend(below.into_iter().filter(|one| wanted.contains(&one.child_id)));
            layer = Vec::new();
            for row in children {
                if wanted.contains(&row.id) && known.insert(row.id) {
                    layer.push(row.id);
                    rows.push(row);
                }
            }
            if rows.len() > usize::try_from(MOST).unwrap_or(usize::MAX) {
                let message = "More than 2,000 goals would be copied: copy parts of the tree.";
                return Err(Refusal::new("too_many", message).into());
            }
        }
        // A goal may be found before another of its parents: parents first.
        let order = parents_first(&rows, &edges);
        rows.sort_by_key(|row| order.get(&row.id).copied().unwrap_or(usize::MAX));
        Ok((rows, edges))
    }

    /// The copy of one goal: nothing of what happened to it, and its metric as `how` says.
    fn fresh(
        &self,
        row: &GoalRow,
        id: Id,
        how: &Copying<'_>,
        teams: &HashMap<Id, northing_core::permission::TeamFacts>,
    ) -> GoalRow {
        let (period_id, first, last) = how.period;
        let mut metric = match how.carry {
            Some(carry) => carry_over(&row.metric, carry),
            None => row.metric.clone(),
        };
        if how.carry.is_none() {
            metric.current = metric.initial();
        }
        let mut state = State::initial(&metric);
        if how.carry == Some(CarryOver::Preserve) {
            state.value = metric.current;
            state.progress_unclamped = metric.progress_unclamped(metric.current);
        }
        metric.current = state.value;
        let (level, team_ids) = self.level_of_copy(row, teams);
        // Phases belong to the days of the old period.
        let phases: Vec<Phase> = match Line::of(&metric, first, last) {
            Some(_)
                if (row.start_date, row.due_date) == (first, last) && metric.start == row.metric.start =>
            {
                row.phases.clone()
            }
            _ => Vec::new(),
        };
        let mode = if row.progress_mode == ProgressMode::DataSource {
            ProgressMode::Manual
        } else {
            row.progress_mode
        };
        GoalRow {
            id,
            version: 1,
            level,
            team_ids,
            owner_ids: how.owner.map_or_else(|| row.owner_ids.clone(), |owner| vec![owner]),
            check_in_owner_id: if how.owner.is_some() { None } else { row.check_in_owner_id },
            delegate_id: if how.owner.is_some() { None } else { row.delegate_id },
            period_id,
            start_date: first,
            due_date: last,
            phases,
            progress_mode: mode,
            automatic_stopped: false,
            progress: state.progress(),
            progress_unclamped: state.progress_unclamped,
            status: state.status,
            automatic_status: state.automatic_status,
            status_is_manual: false,
            score: None,
            closing_note: None,
            closed_at: None,
            closed_by: None,
            child_count: 0,
            parent_count: 0,
            last_check_in_at: None,
            last_source: None,
            external_id: None,
            source_extra: None,
            created_by: Some(self.actor.user_id),
            created_at: self.now,
            updated_at: self.now,
            parents: Vec::new(),
            metric,
            ..row.clone()
        }
    }

    /// Where every goal needs a team, nothing is copied that would have none (goals §2.4).
    fn need_teams(
        &self,
        rows: &[GoalRow],
        teams: &HashMap<Id, northing_core::permission::TeamFacts>,
    ) -> Result<()> {
        if !self.settings.mandatory_team {
            return Ok(());
        }
        let alone = rows.iter().find(|row| self.level_of_copy(row, teams).0 == Level::Individual);
        let Some(row) = alone else { return Ok(()) };
        let title = &row.title;
        let message = if row.level == Level::Individual {
            format!("“{title}” has no team, and every goal needs one here: give it a team, then copy it.")
        } else {
            format!(
                "The copy of “{title}” would have no team, and every goal needs one here: ask somebody who may create goals there."
            )
        };
        Err(Refusal::new(NO_TEAM, message).into())
    }

    /// Without the right to create where the original stands, the copy becomes a person's (goals §9.4).
    fn level_of_copy(
        &self,
        row: &GoalRow,
        teams: &HashMap<Id, northing_core::permission::TeamFacts>,
    ) -> (Level, Vec<Id>) {
        let own = (Level::Individual, Vec::new());
        match row.level {
            Level::Individual => own,
            Level::Organization if self.may(Action::GoalCreateOrganization, Thing::Organization) => {
                (Level::Organization, Vec::new())
            }
            Level::Organization => own,
            Level::Team => {
                let may = |id: &&Id| {
                    teams.get(id).is_some_and(|team| self.may(Action::GoalCreateTeam, Thing::Team(team)))
                };
                let kept: Vec<Id> = row.team_ids.iter().filter(may).copied().collect();
                if kept.is_empty() { own } else { (Level::Team, kept) }
            }
        }
    }
}

/// The copy of the goal itself.
pub(crate) fn first_of(made: &[(Id, Vec<Id>)]) -> Result<Id> {
    made.first().map(|(id, _)| *id).ok_or_else(|| Error::Internal(String::from("a copy without a goal")))
}

fn people(row: &GoalRow) -> Vec<Id> {
    let named = row.access.iter().map(|one| one.user_id);
    let single = row.check_in_owner_id.into_iter().chain(row.delegate_id);
    row.owner_ids.iter().copied().chain(named).chain(single).collect()
}

/// A number for each goal, lower for parents than for their children.
fn parents_first(rows: &[GoalRow], edges: &[Alignment]) -> HashMap<Id, usize> {
    let mut depth: HashMap<Id, usize> = rows.iter().map(|row| (row.id, 0)).collect();
    for _ in 0..rows.len() {
        let mut moved = false;
        for edge in edges {
            let above = depth.get(&edge.parent_id).copied().unwrap_or(0);
            if let Some(below) = depth.get_mut(&edge.child_id)
                && *below <= above
            {
                *below = above + 1;
                moved = true;
            }
        }
        if !moved {
            break;
        }
    }
    depth
}
