//! Closing, postponing and reopening (goals §9.1–9.3).

use northing_core::check_in::locked;
use northing_core::cone::{Seed, State};
use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::goal::GoalKind;
use northing_core::permission::Action;
use northing_core::score::CarryOver;
use northing_core::status::Status;
use northing_core::text;
use northing_core::values::Id;
use northing_store::goals::{self, GoalRow};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::clone::{CloneScope, Copying, first_of};
use super::context::{Context, state};
use super::view::GoalView;
use crate::cone::Moved;
use crate::{Actor, Error, Northing, Result};

/// How a goal is closed.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CloseInput {
    /// The final value in the metric's unit, where it is to be set once more.
    pub value: Option<f64>,
    /// 0–1; suggested if not given: the average of the key results' scores, or progress/100.
    pub score: Option<f64>,
    /// The closing note, in Markdown.
    pub note: Option<String>,
    /// Go on in another period.
    pub continue_in: Option<PostponeInput>,
}

/// How a goal goes on in another period.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PostponeInput {
    /// The period; the next one of the same kind if not given.
    pub period_id: Option<Id>,
    /// Begin again (if not given), or keep start, target and value.
    pub progress: Option<CarryOver>,
    /// The reason, in Markdown.
    pub note: Option<String>,
}

/// A goal and the one it goes on as.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Postponed {
    /// The goal, closed or postponed.
    pub goal: GoalView,
    /// What it goes on as; none where it does not.
    pub continued: Option<GoalView>,
    /// Objectives above that closed with it, because all their key results are closed.
    pub also_closed: Vec<AlsoClosed>,
}

/// An objective that closed because its last key result did (goals §4.7).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AlsoClosed {
    /// The objective.
    pub id: Id,
    /// Its title.
    pub title: String,
    /// The average of its key results' scores.
    pub score: Option<f64>,
}

impl Northing {
    /// Closes a goal with a score, and continues it in another period where that is asked for.
    ///
    /// # Errors
    /// [`Error::Refused`] where it is closed or postponed already; at `score`, `value`, `note` or `continue_in.period_id`.
    pub async fn close_goal(&self, actor: &Actor, goal: Id, input: CloseInput) -> Result<Postponed> {
        let input = (self.clone(), actor.clone(), input);
        self.store
            .write(input, move |tx, (app, actor, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalClose).await?;
                    locked(row.status)?;
                    check_close(&row, input)?;
                    let mut next = state(&row);
                    if let Some(value) = input.value {
                        next.value = Some(value);
                        next.progress_unclamped = row.metric.progress_unclamped(Some(value));
                        next.started = true;
                    }
                    let suggested = context.suggestion(tx, &row, next.progress()).await?;
                    next.score = input.score.or(suggested.score);
                    next.status = Status::Closed;
                    let continued = match &input.continue_in {
                        Some(on) => {
                            Some(context.carry_on(tx, &row, &next, on, "continue_in.period_id").await?)
                        }
                        None => None,
                    };
                    context.end(tx, row, next, EventKind::GoalClosed, input.note.as_deref(), continued).await
                })
            })
            .await
    }

    /// Postpones a goal: it goes on as a copy in another period, with its immediate key results and initiatives.
    ///
    /// # Errors
    /// [`Error::Refused`] where it is closed or postponed already; at `note` or `period_id`.
    pub async fn postpone_goal(&self, actor: &Actor, goal: Id, input: PostponeInput) -> Result<Postponed> {
        let input = (self.clone(), actor.clone(), input);
        self.store
            .write(input, move |tx, (app, actor, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalClose).await?;
                    locked(row.status)?;
                    if let Some(note) = &input.note {
                        text::prose("note", note)?;
                    }
                    let mut next = state(&row);
                    next.status = Status::Postponed;
                    let continued = context.carry_on(tx, &row, &next, input, "period_id").await?;
                    let note = input.note.as_deref();
                    context.end(tx, row, next, EventKind::GoalPostponed, note, Some(continued)).await
                })
            })
            .await
    }

    /// Opens a closed or postponed goal again, with a reason in Markdown where one is given. Score and closing note stay in
    /// the activity log and leave the goal.
    ///
    /// # Errors
    /// [`Error::Refused`] where it is neither; at `note`.
    pub async fn reopen_goal(&self, actor: &Actor, goal: Id, note: Option<String>) -> Result<GoalView> {
        let input = (self.clone(), actor.clone(), note);
        self.store
            .write(input, move |tx, (app, actor, note)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalClose).await?;
                    if !row.status.is_locked() {
                        let message = "The goal is open: only a closed or postponed goal is reopened.";
                        return Err(Refusal::new("open", message).into());
                    }
                    let note = note.as_deref().map(|note| text::prose("note", note)).transpose()?;
                    let mut next = state(&row);
                    next.status = Status::Reopened;
                    next.manual_status = false;
                    next.score = None;
                    let detail = json!({ "before": {
                        "status": row.status, "score": row.score, "closing_note": row.closing_note,
                    }, "note": note.filter(|note| !note.trim().is_empty()) });
                    let cleared = GoalRow {
                        closing_note: None,
                        closed_at: None,
                        closed_by: None,
                        updated_at: context.now,
                        ..row
                    };
                    goals::update(tx, &cleared).await?;
                    context.record(tx, EventKind::GoalReopened, goal, None, detail).await?;
                    context.announce(tx, vec![goal], Change::Edited);
                    context.recompute(tx, Source::Reopen, &[Seed::Own(goal)], &[(goal, next)]).await?;
                    context.view_of(tx, goal).await
                })
            })
            .await
    }
}

fn check_close(row: &GoalRow, input: &CloseInput) -> Result<()> {
    let mut errors = Vec::new();
    if input.score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
        errors.push(FieldError::new("score", "out_of_range", "must be from 0 to 1"));
    }
    if let Some(value) = input.value {
        let percent = row.metric.kind == northing_core::metric::MetricKind::Percent;
        if !value.is_finite() {
            errors.push(FieldError::new("value", "not_a_number", "must be a finite number"));
        } else if percent && !(0.0..=100.0).contains(&value) {
            errors.push(FieldError::new("value", "out_of_range", "must be from 0 to 100"));
        }
    }
    if let Some(Err(error)) = input.note.as_deref().map(|note| text::prose("note", note)) {
        errors.push(error);
    }
    if let Some(on) = &input.continue_in
        && let Some(Err(error)) = on.note.as_deref().map(|note| text::prose("note", note))
    {
        errors.push(error.within("continue_in"));
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

impl Context<'_> {
    /// Copies the goal with its immediate key results and initiatives into the period where it goes on.
    async fn carry_on(
        &self,
        tx: &mut Tx,
        row: &GoalRow,
        next: &State,
        on: &PostponeInput,
        field: &'static str,
    ) -> Result<Id> {
        let (period_id, first, last) = match on.period_id {
            Some(id) => {
                let known = self.period(tx, Some(id), None).await;
                known.map_err(|_| super::fields::unknown(field, "period"))?
            }
            None => northing_store::goal_facts::next_period(tx, self.actor.org_id, row.period_id)
                .await?
                .ok_or_else(|| {
                    FieldError::new(field, "required", "name the period: there is none of this kind after it")
                })?,
        };
        let mut source = row.clone();
        source.metric.current = next.value;
        let copying = Copying {
            period: (period_id, first, last),
            owner: None,
            scope: CloneScope::Children,
            carry: Some(on.progress.unwrap_or(CarryOver::Reset)),
            // It does not count in what it was aligned to: that belongs to the period that ends.
            parents: Vec::new(),
            children_of_kinds: &[GoalKind::KeyResult, GoalKind::Initiative],
        };
        let made = self.copy(tx, &source, &copying).await?;
        self.tell_owners(tx, &made).await?;
        first_of(&made)
    }

    /// Saves how a goal ended, and recomputes all above it.
    async fn end(
        &self,
        tx: &mut Tx,
        row: GoalRow,
        next: State,
        kind: EventKind,
        note: Option<&str>,
        continued: Option<Id>,
    ) -> Result<Postponed> {
        let goal = row.id;
        let detail = json!({ "score": next.score, "note": note, "continued_as": continued, "before": { "status": row.status } });
        let note = note.filter(|note| !note.trim().is_empty()).map(str::to_owned);
        let ended = GoalRow {
            closing_note: note,
            closed_at: Some(self.now),
            closed_by: Some(self.actor.user_id),
            updated_at: self.now,
            ..row
        };
        goals::update(tx, &ended).await?;
        self.record(tx, kind, goal, continued, detail).await?;
        self.announce(tx, vec![goal], Change::Edited);
        let moved = self.recompute(tx, Source::Close, &[Seed::Own(goal)], &[(goal, next)]).await?;
        let also_closed = self.also_closed(tx, goal, &moved).await?;
        let continued = match continued {
            Some(id) => Some(self.view_of(tx, id).await?),
            None => None,
        };
        Ok(Postponed { goal: self.view_of(tx, goal).await?, continued, also_closed })
    }

    /// Those of the goals that moved that closed by themselves, as far as the actor may see them.
    async fn also_closed(&self, rx: &mut Rx, goal: Id, moved: &[Moved]) -> Result<Vec<AlsoClosed>> {
        let closed = moved.iter().filter(|it| {
            it.goal_id != goal && it.after.status == Status::Closed && it.before.status != Status::Closed
        });
        let closed: Vec<(Id, Option<f64>)> = closed.map(|it| (it.goal_id, it.after.score)).collect();
        if closed.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<Id> = closed.iter().map(|(id, _)| *id).collect();
        let (org, user) = (self.actor.org_id, self.actor.user_id);
        let mut titles = northing_store::cone::visible(rx, org, user, &ids).await?;
        let told =
            |(id, score): (Id, Option<f64>)| Some(AlsoClosed { id, title: titles.remove(&id)?, score });
        Ok(closed.into_iter().filter_map(told).collect())
    }
}
