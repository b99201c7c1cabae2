//! The past of a linked goal: one point a week from its first day on, as the other system remembers it (integrations §2.8.10, 20).

use std::collections::BTreeSet;

use northing_connectors::measure::measure;
use northing_connectors::source::{Fetch, Source};
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_core::check_in::{CheckInInput, apply};
use northing_core::cone::Rules;
use northing_core::permission::Action;
use northing_core::values::{Day, Id, Moment};
use northing_store::history::{self, Point};
use northing_store::jobs::{self, Job, NewJob};
use northing_store::link_fills::{self, Fill};
use northing_store::{Change, Event, cone, connections, goal_links, goals};
use serde::{Deserialize, Serialize};

use super::connections::text;
use super::link::Link;
use super::sync::unopened;
use crate::Northing;
use crate::actor::{Actor, Scope};
use crate::check_in::settings;
use crate::cone::zone;
use crate::error::{Error, Result};
use crate::goal::context::Context;

/// The kind of these jobs.
pub(super) const JOB: &str = "backfill";
/// How often a filling is tried that the other system keeps from being done.
const ATTEMPTS: u32 = 5;
/// The first pause, where the other system names none; four times as long each time.
const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// Weeks that are asked for at most: two years.
const WEEKS: usize = 106;

#[derive(Serialize, Deserialize)]
struct Task {
    goal: Id,
    /// How often the other system kept it from being done.
    #[serde(default)]
    tried: u32,
}

impl Northing {
    /// Has a goal's graph filled from its first day on; in the background.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`].
    pub async fn request_backfill(&self, actor: &Actor, goal: Id) -> Result<()> {
        actor.need(Scope::Write)?;
        self.store
            .write((self.clone(), actor.clone()), move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    context.goal(tx, goal, Action::GoalConnect).await?;
                    goal_links::find(tx, goal).await?.ok_or(Error::NotFound("link"))?;
                    let job = app.fill_job(actor.org_id, goal, 0, context.now)?;
                    jobs::enqueue(tx, &job, context.now).await?;
                    let fill = Fill { total: 0, done: 0, error: None, updated_at: context.now };
                    Ok::<_, Error>(link_fills::put(tx, goal, &fill).await?)
                })
            })
            .await
    }

    /// How far the filling of a goal's graph is; none where nobody asked for one.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn backfill_progress(&self, actor: &Actor, goal: Id) -> Result<Option<Fill>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.facts(&mut rx, goal).await?;
        Ok(link_fills::find(&mut rx, goal).await?)
    }

    /// Keeps how far it is.
    async fn note_fill(&self, goal: Id, total: usize, done: usize, error: Option<String>) -> Result<()> {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let fill = Fill { total: count(total), done: count(done), error, updated_at: self.now() };
        self.store
            .write((goal, fill), |tx, (goal, fill)| {
                Box::pin(async move { Ok::<_, Error>(link_fills::put(tx, *goal, fill).await?) })
            })
            .await
    }

    /// Fills a goal's graph. Trouble with the other system is no error of this: it stands with the filling, and what passes by itself is
    /// tried again in a job of its own.
    pub(super) async fn run_backfill(&self, job: &Job) -> Result<()> {
        let task: Task =
            serde_json::from_str(&job.payload).map_err(|error| Error::Internal(error.to_string()))?;
        let Some(org) = job.org_id else { return Ok(()) };
        let done = self.backfill(org, &task).await;
        if done.is_err() && job.attempt >= job.max_attempts {
            let why = "The server could not finish it, and its log says why. Fill the graph again.";
            self.note_fill(task.goal, 0, 0, Some(why.to_owned())).await?;
        }
        done
    }

    /// Ends a filling that another system kept from going on: tried again where that passes by itself, and so often only.
    async fn give_up(
        &self,
        org: Id,
        task: &Task,
        (total, done): (usize, usize),
        trouble: &Trouble,
    ) -> Result<()> {
        let now = self.now();
        let again = (trouble.kind.passes_by_itself() && task.tried + 1 < ATTEMPTS).then(|| {
            let asked = trouble.retry_after.and_then(|wait| i64::try_from(wait.as_millis()).ok());
            asked.unwrap_or(MINUTE << (2 * task.tried)).clamp(1_000, DAY)
        });
        let then = match again {
            Some(pause) => {
                let minutes = (pause + MINUTE - 1) / MINUTE;
                format!("It is tried again in {minutes} minute{}.", if minutes == 1 { "" } else { "s" })
            }
            None => String::from("Fill the graph again when that is mended."),
        };
        let why = format!("{}. {} {then}", trouble.message.trim_end_matches('.'), trouble.remedy);
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let fill = Fill { total: count(total), done: count(done), error: Some(why), updated_at: now };
        let next = again.map(|pause| self.fill_job(org, task.goal, task.tried + 1, now.plus_millis(pause)));
        let work = (task.goal, fill, next.transpose()?);
        self.store
            .write(work, move |tx, (goal, fill, next)| {
                Box::pin(async move {
                    link_fills::put(tx, *goal, fill).await?;
                    if let Some(next) = next {
                        jobs::enqueue(tx, next, now).await?;
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    fn fill_job(&self, org: Id, goal: Id, tried: u32, run_at: Moment) -> Result<NewJob> {
        Ok(NewJob {
            id: self.new_id(),
            org_id: Some(org),
            kind: JOB,
            dedup_key: Some(goal.to_string()),
            payload: text(&Task { goal, tried })?,
            run_at,
            max_attempts: 3,
        })
    }

    /// Fills a goal's graph: points in the place of those of an earlier filling. Nothing is kept where one week cannot be read.
    async fn backfill(&self, org: Id, task: &Task) -> Result<()> {
        let goal = task.goal;
        let (connection, link, row, settings) = {
            let mut rx = self.store.read().await?;
            let settings = settings(&mut rx, org).await?;
            let Some(row) = goals::find(&mut rx, org, goal).await? else { return Ok(()) };
            let Some(link) = goal_links::find(&mut rx, goal).await? else { return Ok(()) };
            let connection = match link.connection_id {
                Some(id) => connections::find(&mut rx, org, id).await?,
                None => None,
            };
            let on = connections::is_enabled(&mut rx, org, &link.kind).await?;
            (connection.filter(|_| on).ok_or(on), link, row, settings)
        };
        let connection = match connection {
            Ok(connection) => connection,
            Err(on) => {
                let trouble = if on {
                    let remedy = "Choose another connection in the link.";
                    Trouble::new(TroubleKind::ConnectionRemoved, "The connection was removed", remedy)
                } else {
                    let remedy = "An admin switches it on under Admin, Integrations.";
                    let what = "Azure DevOps is switched off in this organisation";
                    Trouble::new(TroubleKind::IntegrationDisabled, what, remedy)
                };
                return self.give_up(org, task, (0, 0), &trouble).await;
            }
        };
        let read = Link::of(&link)?;
        let source = match self.outside()?.source(&connection, self.now()) {
            Ok(source) => source,
            Err(error) => {
                tracing::error!(%error, connection = %connection.id, "a connection cannot be opened");
                return self.give_up(org, task, (0, 0), &unopened()).await;
            }
        };
        let zone = zone(&settings)?;
        let fields: BTreeSet<String> = read.options.field.iter().cloned().collect();
        let mut values: Vec<(Moment, Day, f64)> = Vec::new();
        let weeks = weeks(row.start_date, link.created_at, &zone);
        let total = weeks.len();
        for (done, (at, day)) in weeks.into_iter().enumerate() {
            self.note_fill(goal, total, done, None).await?;
            let asked = Fetch { selector: read.selector.clone(), fields: fields.clone(), as_of: Some(at) };
            let harvest = match source.fetch(&asked).await {
                Ok(harvest) => harvest,
                Err(trouble) => return self.give_up(org, task, (total, done), &trouble).await,
            };
            values.push((at, day, measure(&harvest, &read.options.measure(&read.selector)).value));
        }
        let work = (self.clone(), values, settings);
        self.store
            .write(work, move |tx, (app, values, settings)| {
                Box::pin(async move {
                    let above = cone::load(tx, org, &[goal]).await?;
                    let Some(node) = above.cone.node(goal) else { return Ok(()) };
                    let mut node = node.clone();
                    node.state.status = northing_core::status::Status::NotStarted;
                    let mut points = Vec::with_capacity(values.len());
                    for (at, day, value) in values {
                        let rules = Rules { day: *day, settings };
                        let input = CheckInInput { value: Some(*value), ..CheckInInput::default() };
                        let state = apply(&node, &input, None, &rules)?.state;
                        points.push(Point::of(goal, *at, &state, history::Source::DataSource, None));
                    }
                    history::refill(tx, goal, app.new_id(), &points).await?;
                    let all = i64::try_from(points.len()).unwrap_or(i64::MAX);
                    let fill = Fill { total: all, done: all, error: None, updated_at: app.now() };
                    link_fills::put(tx, goal, &fill).await?;
                    tx.announce(Event::goals(org, vec![goal], Change::Activity));
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}

/// The end of each week from the first day on, up to a moment.
fn weeks(first: Day, until: Moment, zone: &jiff::tz::TimeZone) -> Vec<(Moment, Day)> {
    let ends = (0..WEEKS).filter_map(|week| {
        let day = first.plus_days(i32::try_from(week * 7).ok()?);
        Some((day.plus_days(1).start_in(zone).plus_millis(-1), day))
    });
    ends.take_while(|(at, _)| *at < until).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_a_week_from_the_first_day_to_now() {
        let until: Moment = "2026-02-15T09:00:00Z".parse().unwrap();
        let found = weeks("2026-01-01".parse().unwrap(), until, &jiff::tz::TimeZone::UTC);
        assert_eq!(found.len(), 7);
        assert_eq!(found[0].0.to_string(), "2026-01-01T23:59:59.999Z");
        assert_eq!(found[6].1.to_string(), "2026-02-12");
        assert!(weeks("2026-03-01".parse().unwrap(), until, &jiff::tz::TimeZone::UTC).is_empty());
    }
}
