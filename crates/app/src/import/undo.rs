//! Taking an import back while it is fresh: what it made goes and what it changed becomes what it was, except where somebody
//! did something with it since.

use std::collections::{BTreeMap, HashMap, HashSet};

use northing_core::errors::Refusal;
use northing_core::event::EventKind;
use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use northing_store::history::Source;
use northing_store::imports::{self, Foreign, ForeignComment, Gone, Kind, Mark, State, Subject};
use northing_store::{
    Rx, Tx, alignments, check_ins, comments, goals, members, periods, placements, tags, teams,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::goal_fields::{GoalFields, Parent};
use super::merge::{self, Undo};
use super::people::PersonFields;
use super::periods::PeriodFields;
use super::tags::TagFields;
use super::teams::TeamFields;
use crate::cone::{Recompute, recompute_organization, zone};
use crate::{Actor, Error, Northing, Result};

/// What undoing an import does, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct UndoPlan {
    /// How many records of each entity go.
    pub removed: BTreeMap<String, u64>,
    /// How many of each become what they were.
    pub restored: BTreeMap<String, u64>,
    /// What stays because somebody did something with it since, or because something that stays needs it: entity and title.
    pub stays: Vec<(String, String)>,
}

impl UndoPlan {
    fn stay(&mut self, it: &Subject) {
        self.stays.push((it.entity.clone(), it.title.clone()));
    }
}

/// Which records go, and which stay.
#[derive(Default)]
struct Decision {
    plan: UndoPlan,
    gone: HashMap<&'static str, Vec<Id>>,
    /// To be restored.
    changed: Vec<Subject>,
}

impl Decision {
    fn ids(&self, entity: &'static str) -> &[Id] {
        self.gone.get(entity).map_or(&[], Vec::as_slice)
    }
}

const ENTITIES: [(&str, Gone); 7] = [
    ("comment", Gone::Comments),
    ("check_in", Gone::CheckIns),
    ("goal", Gone::Goals),
    ("tag", Gone::Tags),
    ("team", Gone::Teams),
    ("person", Gone::Members),
    ("period", Gone::Periods),
];

impl Northing {
    /// What undoing an import would do.
    ///
    /// # Errors
    /// As [`Self::undo_import`].
    pub async fn undo_plan(&self, actor: &Actor, id: Id) -> Result<UndoPlan> {
        self.may_import(actor).await?;
        let mut rx = self.store.read().await?;
        Ok(self.decide(&mut rx, actor, id).await?.1.plan)
    }

    /// Undoes an import: what it made goes, what it changed becomes what it was, except where somebody did something with it
    /// since. Returns what was done.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everyone but owners and admins; [`Error::Refused`] where it is not done, or too long ago.
    pub async fn undo_import(&self, actor: &Actor, id: Id) -> Result<UndoPlan> {
        self.may_import(actor).await?;
        let work = (self.clone(), actor.clone());
        self.store
            .write(work, move |tx, (app, actor)| {
                Box::pin(async move {
                    northing_store::goal_facts::lock_structure(tx, actor.org_id)
                        .await?
                        .ok_or(Error::NotFound("organisation"))?;
                    app.undo(tx, actor, id).await
                })
            })
            .await
    }

    async fn decide(&self, rx: &mut Rx, actor: &Actor, id: Id) -> Result<(imports::Import, Decision)> {
        let org = actor.org_id;
        let import = imports::by_id(rx, org, id).await?.ok_or(Error::NotFound("import"))?;
        let fresh = import.finished_at.is_some_and(|at| at > self.details_from());
        if import.state != State::Finished || !fresh {
            let message = "Only an import that is done can be undone, and only for 28 days.";
            return Err(Refusal::new("not_undoable", message).into());
        }
        let mut decision = Decision::default();
        let (created, changed): (Vec<Subject>, Vec<Subject>) =
            imports::subjects(rx, id).await?.into_iter().partition(|it| it.created);
        let touched = imports::touched_goals(rx, id).await?;
        let goals: Vec<Id> = created
            .iter()
            .filter(|it| it.entity == "goal" && !touched.contains(&it.id))
            .map(|it| it.id)
            .collect();
        let teams: Vec<Id> = created.iter().filter(|it| it.entity == "team").map(|it| it.id).collect();
        for (entity, kind) in ENTITIES {
            let mine: Vec<&Subject> = created.iter().filter(|it| it.entity == entity).collect();
            let ids: Vec<Id> = mine.iter().map(|it| it.id).collect();
            let mut stays: HashSet<Id> = match kind {
                Gone::Goals => touched.clone(),
                Gone::Comments | Gone::CheckIns => HashSet::new(),
                _ => imports::remaining_references(rx, org, kind, &ids, &goals, &teams).await?,
            };
            if matches!(kind, Gone::CheckIns | Gone::Comments) {
                // What was said on a goal that stays stays with it.
                stays = imports::said_on(rx, kind, &touched).await?;
            }
            for it in mine {
                if stays.contains(&it.id) {
                    if !matches!(kind, Gone::CheckIns | Gone::Comments) {
                        decision.plan.stay(it);
                    }
                } else {
                    *decision.plan.removed.entry(entity.to_owned()).or_default() += 1;
                    decision.gone.entry(entity).or_default().push(it.id);
                }
            }
        }
        for it in changed {
            *decision.plan.restored.entry(it.entity.clone()).or_default() += 1;
            decision.changed.push(it);
        }
        Ok((import, decision))
    }

    async fn undo(&self, tx: &mut Tx, actor: &Actor, id: Id) -> Result<UndoPlan> {
        let (mut import, mut decision) = self.decide(tx, actor, id).await?;
        let (org, now) = (actor.org_id, self.now());
        let changed = std::mem::take(&mut decision.changed);
        let mut touched: Vec<Id> = Vec::new();
        for it in &changed {
            let whole = self.restore(tx, org, it, &mut touched).await?;
            if !whole {
                decision.plan.stay(it);
            }
        }
        let goals = decision.ids("goal").to_vec();
        let links = alignments::remove_all(tx, &goals).await?;
        for (entity, kind) in ENTITIES {
            imports::delete(tx, org, kind, decision.ids(entity)).await?;
        }
        let gone: HashSet<Id> = goals.into_iter().collect();
        let mut parents: Vec<Id> =
            links.iter().map(|it| it.parent_id).filter(|id| !gone.contains(id)).collect();
        touched.extend(links.iter().map(|it| it.child_id).filter(|id| !gone.contains(id)));
        parents.sort_unstable();
        parents.dedup();
        touched.sort_unstable();
        touched.dedup();
        alignments::settle(tx, &parents, &touched).await?;
        placements::rebuild(tx, &touched).await?;
        imports::settle_last_check_ins(tx, &touched).await?;
        let settings = northing_store::organizations::by_id(tx, org)
            .await?
            .ok_or(Error::NotFound("organisation"))?
            .settings;
        let job = Recompute {
            org_id: org,
            settings: &settings,
            today: now.day_in(&zone(&settings)?),
            now,
            change: self.new_id(),
            source: Source::Import,
        };
        recompute_organization(tx, &job).await?;
        import.state = State::Undone;
        import.updated_at = now;
        imports::update(tx, &import).await?;
        let detail =
            serde_json::json!({ "removed": decision.plan.removed, "restored": decision.plan.restored });
        self.note(tx, actor, EventKind::ImportUndone, Some(id), detail).await?;
        Ok(decision.plan)
    }

    /// Gives a record back what an import changed; whether all of it.
    async fn restore(&self, tx: &mut Tx, org: Id, it: &Subject, touched: &mut Vec<Id>) -> Result<bool> {
        let text = it.undo.as_deref().unwrap_or("{}");
        if it.entity == "check_in" {
            return self.restore_check_in(tx, it.id, text, touched).await;
        }
        if it.entity == "comment" {
            return restore_comment(tx, it.id, text).await;
        }
        let undo: Undo = read(text)?;
        let (kind, whole) = match it.entity.as_str() {
            "period" => {
                let Some(mut row) = periods::by_id(tx, org, it.id).await? else { return Ok(false) };
                let back = merge::merge(&PeriodFields::of(&row), &undo.before, Some(&undo.after))?;
                back.value.put(&mut row);
                row.updated_at = self.now();
                periods::update(tx, &row).await?;
                (Kind::Periods, back.kept.is_empty())
            }
            "tag" => {
                let all = imports::tags(tx, org).await?;
                let Some((_, name, version)) = all.into_iter().find(|(id, ..)| *id == it.id) else {
                    return Ok(false);
                };
                let back = merge::merge(&TagFields { name }, &undo.before, Some(&undo.after))?;
                tags::rename(tx, it.id, version, &back.value.name).await?;
                (Kind::Tags, back.kept.is_empty())
            }
            "team" => {
                let Some(mut row) = teams::by_id(tx, org, it.id).await? else { return Ok(false) };
                let back = merge::merge(&TeamFields::of(&row), &undo.before, Some(&undo.after))?;
                back.value.put(&mut row);
                row.updated_at = self.now();
                teams::update(tx, &row).await?;
                (Kind::Teams, back.kept.is_empty())
            }
            "person" => {
                let Some(mut row) = members::by_id(tx, org, it.id).await? else { return Ok(false) };
                let all = teams::list(tx, org, None, None, i64::MAX).await?;
                let mine = all.iter().filter(|team| team.members.contains(&it.id));
                let mut mine: Vec<Id> = mine.map(|team| team.id).collect();
                mine.sort_unstable();
                let back = merge::merge(&PersonFields::of(&row, mine), &undo.before, Some(&undo.after))?;
                for mut team in all {
                    let should = back.value.teams.contains(&team.id) && !team.owners.contains(&it.id);
                    let belongs = team.members.contains(&it.id);
                    if should == belongs {
                        continue;
                    }
                    if should {
                        team.members.push(it.id);
                    } else {
                        team.members.retain(|member| *member != it.id);
                    }
                    team.updated_at = self.now();
                    teams::update(tx, &team).await?;
                }
                back.value.put(&mut row);
                row.updated_at = self.now();
                members::update(tx, &row).await?;
                (Kind::Members, back.kept.is_empty())
            }
            _ => {
                let Some(mut row) = goals::find(tx, org, it.id).await? else { return Ok(false) };
                let here = GoalFields::of(&row);
                let back = merge::merge(&here, &undo.before, Some(&undo.after))?;
                let parents = back.value.parents.clone();
                let before = row.clone();
                let whole = back.kept.is_empty();
                let moved = parents != here.parents;
                back.value.put(&mut row, &before);
                row.updated_at = self.now();
                goals::update(tx, &row).await?;
                let names = northing_store::goal_tags::find(tx, org, &row.tags).await?;
                let mut tags: Vec<Id> = names.into_values().collect();
                tags.sort_unstable();
                goals::save_lists(tx, &row, &tags).await?;
                if moved {
                    self.realign(tx, org, it.id, &parents).await?;
                }
                touched.push(it.id);
                (Kind::Goals, whole)
            }
        };
        let mark = Mark { id: it.id, external: undo.external, origin: undo.origin };
        imports::mark(tx, org, kind, &[mark]).await?;
        Ok(whole)
    }

    /// Aligns a goal to the parents it had, those that are there still and not below it.
    async fn realign(&self, tx: &mut Tx, org: Id, child: Id, parents: &[Parent]) -> Result<()> {
        let ids: Vec<Id> = parents.iter().map(|it| it.goal).collect();
        let there: HashSet<Id> = goals::load(tx, org, &ids).await?.into_iter().map(|row| row.id).collect();
        let below: HashSet<Id> = alignments::descendants(tx, &[child], i64::MAX).await?.into_iter().collect();
        let old = alignments::above(tx, &[child]).await?;
        alignments::remove_above(tx, child).await?;
        let wanted = parents.iter().filter(|it| there.contains(&it.goal) && !below.contains(&it.goal));
        let new: Vec<alignments::Alignment> = wanted
            .zip(0_i64..)
            .map(|(it, order)| alignments::Alignment {
                parent_id: it.goal,
                child_id: child,
                share: 0.0,
                fixed: it.share,
                position: old.iter().find(|one| one.parent_id == it.goal).map_or(1.0, |one| one.position),
                parent_position: order,
            })
            .collect();
        alignments::insert(tx, &new).await?;
        let mut affected: Vec<Id> = old.iter().chain(&new).map(|it| it.parent_id).collect();
        affected.sort_unstable();
        affected.dedup();
        Ok(alignments::settle(tx, &affected, &[child]).await?)
    }

    async fn restore_check_in(&self, tx: &mut Tx, id: Id, text: &str, touched: &mut Vec<Id>) -> Result<bool> {
        let was: CheckInBefore = read(text)?;
        let Some((goal, external)) = imports::place_of(tx, Kind::CheckIns, id).await? else {
            return Ok(false);
        };
        let Some(mut row) = check_ins::find(tx, goal, id).await?.filter(|row| row.edited_at.is_none()) else {
            return Ok(false);
        };
        (row.author_id, row.at, row.recorded_at) = (was.author, was.at, was.recorded_at);
        (row.value, row.progress, row.status) = (was.value, was.progress, was.status);
        (row.approximate, row.note) = (was.approximate, was.note);
        let foreign = Foreign { row, external_id: external, origin: was.origin.unwrap_or_default() };
        imports::update_check_in(tx, &foreign, self.now()).await?;
        let row = &foreign.row;
        let point = northing_store::history::Point {
            goal_id: goal,
            at: row.at,
            value: row.value,
            progress_unclamped: row.progress,
            status: row.status,
            source: Source::Import,
            check_in_id: Some(id),
        };
        northing_store::history::add(tx, self.new_id(), &[point]).await?;
        touched.push(goal);
        Ok(true)
    }
}

/// A check-in as it was.
#[derive(Deserialize)]
struct CheckInBefore {
    author: Option<Id>,
    at: Moment,
    recorded_at: Moment,
    value: Option<f64>,
    progress: Option<f64>,
    status: Status,
    approximate: bool,
    note: Option<String>,
    origin: Option<String>,
}

/// A comment as it was.
#[derive(Deserialize)]
struct CommentBefore {
    author: Option<Id>,
    body: String,
    origin: Option<String>,
}

async fn restore_comment(tx: &mut Tx, id: Id, text: &str) -> Result<bool> {
    let was: CommentBefore = read(text)?;
    let Some((goal, external_id)) = imports::place_of(tx, Kind::Comments, id).await? else {
        return Ok(false);
    };
    let Some(now) = comments::find(tx, goal, id).await?.filter(|row| row.edited_at.is_none()) else {
        return Ok(false);
    };
    let row = ForeignComment {
        id,
        goal_id: goal,
        author_id: was.author,
        body: was.body,
        created_at: now.created_at,
        check_in_id: now.check_in_id,
        edited_at: now.edited_at,
    };
    let foreign = Foreign { row, external_id, origin: was.origin.unwrap_or_default() };
    imports::update_comment(tx, &foreign).await?;
    Ok(true)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()))
}
