//! Starting from sample OKRs: several become goals in one transaction, and go as one.

mod library;

use northing_core::errors::FieldError;
use northing_core::event::EventKind;
use northing_core::goal::{GoalKind, Level};
use northing_core::metric::MetricKind;
use northing_core::permission::{Action, Thing};
use northing_core::values::{Id, Moment};
use northing_store::activity::{self, Entry};
use northing_store::{Tx, goal_facts, goals};
use serde::{Deserialize, Serialize};

pub use library::{FUNCTIONS, Function, KeyResult, Measure, Sample, find};

use crate::goal::GoalInput;
use crate::goal::context::Context;
use crate::goal::{MetricInput, ParentInput};
use crate::{Actor, Error, Northing, Result};

/// The most samples that are taken at once.
const MOST: usize = 24;
/// How long goals from samples are listed to be taken back.
const LISTED_MILLIS: i64 = 30 * 86_400_000;
/// How many batches are listed.
const LISTED: i64 = 20;

/// Whose the goals become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The whole organisation's.
    Organization,
    /// A team's.
    Team(Id),
    /// A person's own.
    Person,
}

/// What is made of samples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampleOrder {
    /// Names of samples.
    pub picks: Vec<String>,
    /// The period; the current one if none.
    pub period_id: Option<Id>,
    /// Whose they become.
    pub whose: Whose,
    /// Who owns them; the actor if none.
    pub owner_id: Option<Id>,
}

/// Goals that were made together.
#[derive(Debug, Clone, PartialEq)]
pub struct Batch {
    /// What it is known by.
    pub id: Id,
    /// When it was made.
    pub at: Moment,
    /// Its goals that still exist: which, kind, title; each objective before its key results.
    pub goals: Vec<(Id, GoalKind, String)>,
    /// The period that they were made for.
    pub period_id: Option<Id>,
    /// Whether the actor made it.
    pub mine: bool,
}

/// What the activity log keeps of a batch.
#[derive(Serialize, Deserialize)]
struct Made {
    goals: Vec<Id>,
    period_id: Option<Id>,
}

impl KeyResult {
    fn input(&self) -> MetricInput {
        let (kind, start, target) = match self.measure {
            Measure::Reach(target) => (MetricKind::Reach, None, target),
            Measure::Increase(start, target) => (MetricKind::Increase, Some(start), target),
            Measure::Decrease(start, target) => (MetricKind::Decrease, Some(start), target),
            Measure::StayAbove(target) => (MetricKind::StayAbove, None, target),
            Measure::StayBelow(target) => (MetricKind::StayBelow, None, target),
        };
        MetricInput {
            kind,
            name: Some(self.metric.to_owned()),
            unit: Some(self.unit.to_owned()).filter(|unit| !unit.is_empty()),
            start,
            target: Some(target),
            risk_threshold: None,
            current: None,
        }
    }
}

impl SampleOrder {
    /// The samples that are meant, each once, in the order of the library.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `pick` where none is named, or one that there is not.
    pub fn samples(&self) -> Result<Vec<&'static Sample>> {
        let wrong = |code, message: &'static str| FieldError::new("pick", code, message);
        if self.picks.is_empty() {
            return Err(wrong("required", "choose at least one").into());
        }
        if self.picks.iter().any(|key| find(key).is_none()) {
            return Err(wrong("unknown", "names a sample that there is not").into());
        }
        let all = FUNCTIONS.iter().flat_map(|function| function.samples);
        let wanted: Vec<_> = all.filter(|sample| self.picks.iter().any(|key| key == sample.key)).collect();
        if wanted.len() > MOST {
            Err(wrong("too_many", "are more than 24 at once").into())
        } else {
            Ok(wanted)
        }
    }

    fn goal(&self, kind: GoalKind, title: &str, actor: &Actor) -> GoalInput {
        let mut input = GoalInput::new(kind, title);
        (input.level, input.team_ids) = match self.whose {
            Whose::Organization => (Some(Level::Organization), None),
            Whose::Team(team) => (Some(Level::Team), Some(vec![team])),
            Whose::Person => (Some(Level::Individual), None),
        };
        input.period_id = self.period_id;
        input.owner_ids = Some(vec![self.owner_id.unwrap_or(actor.user_id)]);
        input
    }
}

impl Northing {
    /// Makes goals of samples, all or none; what they are known by together.
    ///
    /// # Errors
    /// Those of [`Northing::create_goal`]; [`Error::Invalid`] at `pick`.
    pub async fn add_samples(&self, actor: &Actor, order: SampleOrder) -> Result<Id> {
        let samples = order.samples()?;
        self.store
            .write((self.clone(), actor.clone(), order, samples), |tx, (app, actor, order, samples)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let mut made = Vec::new();
                    for sample in samples.iter() {
                        let objective = order.goal(GoalKind::Objective, sample.title, actor);
                        let objective = context.create(tx, &objective).await?;
                        made.push(objective);
                        for one in sample.key_results {
                            let mut input = order.goal(GoalKind::KeyResult, one.title, actor);
                            input.metric = Some(one.input());
                            input.parents = vec![ParentInput { id: objective }];
                            made.push(context.create(tx, &input).await?);
                        }
                    }
                    context.note_batch(tx, Made { goals: made, period_id: order.period_id }).await
                })
            })
            .await
    }

    /// The goals of samples that were made in the last 30 days and still exist, the newest first.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sample_batches(&self, actor: &Actor) -> Result<Vec<Batch>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let since = context.now.plus_millis(-LISTED_MILLIS);
        let entries =
            activity::of_kind(&mut rx, actor.org_id, EventKind::SamplesAdded, since, LISTED).await?;
        let mut batches = Vec::new();
        let mut ids = Vec::new();
        for entry in entries {
            let made: Made = read(entry.detail)?;
            ids.extend(made.goals.iter().copied());
            batches.push((entry.id, entry.at, entry.actor_id, made));
        }
        let ids = context.visible(&mut rx, &ids).await?;
        let rows = goals::load(&mut rx, actor.org_id, &ids).await?;
        let batches = batches.into_iter().map(|(id, at, by, made)| {
            let of = |goal: &Id| rows.iter().find(|row| row.id == *goal);
            let goals = made.goals.iter().filter_map(of).map(|row| (row.id, row.kind, row.title.clone()));
            Batch {
                id,
                at,
                goals: goals.collect(),
                period_id: made.period_id,
                mine: by == Some(actor.user_id),
            }
        });
        Ok(batches.filter(|batch| !batch.goals.is_empty()).collect())
    }

    /// Deletes the goals of a batch that still exist, as one: they can be restored as one as well. How many they were.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is no such batch or nothing is left of it; [`Error::Forbidden`] without the right to delete
    /// each of them; [`Error::Refused`] where one is closed.
    pub async fn remove_samples(&self, actor: &Actor, batch: Id) -> Result<usize> {
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let since = context.now.plus_millis(-LISTED_MILLIS);
                    let entries =
                        activity::of_kind(tx, actor.org_id, EventKind::SamplesAdded, since, LISTED).await?;
                    let entry = entries.into_iter().find(|entry| entry.id == batch);
                    let made: Made = read(entry.ok_or(Error::NotFound("sample OKRs"))?.detail)?;
                    let rows = goals::load(tx, actor.org_id, &made.goals).await?;
                    let facts = goal_facts::goals(tx, actor.org_id, actor.user_id, &made.goals).await?;
                    let mut ids = Vec::new();
                    for goal in made.goals {
                        let Some(row) = rows.iter().find(|row| row.id == goal) else { continue };
                        let facts = facts.get(&goal).ok_or(Error::NotFound("goal"))?;
                        context.require(Action::GoalDelete, Thing::Goal(facts))?;
                        northing_core::check_in::locked(row.status)?;
                        ids.push(goal);
                    }
                    if ids.is_empty() {
                        return Err(Error::NotFound("sample OKRs"));
                    }
                    context.delete(tx, &ids).await?;
                    Ok(ids.len())
                })
            })
            .await
    }
}

fn read(detail: serde_json::Value) -> Result<Made> {
    serde_json::from_value(detail).map_err(|error| Error::Internal(format!("the record of samples: {error}")))
}

impl Context<'_> {
    async fn note_batch(&self, tx: &mut Tx, made: Made) -> Result<Id> {
        let entry = Entry {
            id: self.app.new_id(),
            org_id: self.actor.org_id,
            actor_id: Some(self.actor.user_id),
            via: self.actor.via.name(),
            kind: EventKind::SamplesAdded,
            goal_id: None,
            subject_id: None,
            detail: serde_json::to_value(&made).map_err(|error| Error::Internal(error.to_string()))?,
            at: self.now,
        };
        activity::record(tx, &entry).await?;
        Ok(entry.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_is_complete_and_named_once() {
        let mut keys = std::collections::HashSet::new();
        assert_eq!(FUNCTIONS.len(), 8);
        for function in FUNCTIONS {
            assert!(function.samples.len() >= 3, "{}", function.name);
            for sample in function.samples {
                assert!(keys.insert(sample.key) && sample.key.starts_with(function.key), "{}", sample.key);
                assert!((3..=5).contains(&sample.key_results.len()), "{}", sample.title);
                assert!(sample.why.len() > 80, "{} is not explained", sample.title);
                for one in sample.key_results {
                    let metric = one.input().metric();
                    assert!(metric.validate().is_ok(), "{}: {:?}", one.title, metric.validate());
                }
            }
        }
    }
}
