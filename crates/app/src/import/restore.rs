//! Giving records back what an import changed.

use std::collections::HashSet;

use northing_core::status::Status;
use northing_core::values::{Id, Moment};
use northing_store::history::Source;
use northing_store::imports::{self, Foreign, ForeignComment, Kind, Mark, Subject};
use northing_store::{Tx, alignments, check_ins, comments, goals, members, periods, tags, teams};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::goal_fields::{GoalFields, Parent};
use super::merge::{self, Undo};
use super::people::PersonFields;
use super::periods::PeriodFields;
use super::tags::TagFields;
use super::teams::TeamFields;
use crate::{Error, Northing, Result};

impl Northing {
    /// Gives a record back what an import changed; whether all of it.
    pub(super) async fn restore(
        &self,
        tx: &mut Tx,
        org: Id,
        it: &Subject,
        touched: &mut Vec<Id>,
    ) -> Result<bool> {
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
