//! Tasks and milestones of initiatives (goals §3.6).

use northing_core::check_in::locked;
use northing_core::cone::Seed;
use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::goal::GoalKind;
use northing_core::period::validate_day;
use northing_core::permission::{Action, Thing};
use northing_core::text;
use northing_core::values::{Day, Id};
use northing_store::goals::GoalRow;
use northing_store::history::Source;
use northing_store::tasks::{self, TaskKind, TaskRow};
use northing_store::{Change, Rx, Tx, activity, goal_facts};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;

use super::context::Context;
use super::fields::unknown;
use super::input::set;
use super::view::GoalView;
use crate::{Actor, Error, Northing, Result};

/// A new task.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the fields of the specification (goals §3.6)")]
pub struct TaskInput {
    pub name: String,
    /// A task if not given.
    #[serde(default)]
    pub kind: Option<TaskKind>,
    #[serde(default)]
    pub owner_id: Option<Id>,
    #[serde(default)]
    pub due_date: Option<Day>,
    #[serde(default)]
    pub weight: Option<f64>,
    #[serde(default)]
    pub done: bool,
}

/// Changes to a task: what is left out stays, `null` empties.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the fields of the specification (goals §3.6)")]
pub struct TaskPatch {
    #[serde(deserialize_with = "set")]
    pub name: Option<String>,
    #[serde(deserialize_with = "set")]
    pub kind: Option<TaskKind>,
    #[serde(deserialize_with = "given")]
    pub owner_id: Option<Option<Id>>,
    #[serde(deserialize_with = "given")]
    pub due_date: Option<Option<Day>>,
    #[serde(deserialize_with = "given")]
    pub weight: Option<Option<f64>>,
    #[serde(deserialize_with = "set")]
    pub done: Option<bool>,
    /// Its place in the list.
    #[serde(deserialize_with = "set")]
    pub position: Option<f64>,
}

/// A field that is there, be it `null`.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(from).map(Some)
}

/// A task.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[expect(missing_docs, reason = "the fields of the specification (goals §3.6)")]
pub struct TaskView {
    pub id: Id,
    pub goal_id: Id,
    pub version: i64,
    pub kind: TaskKind,
    pub name: String,
    pub owner_id: Option<Id>,
    #[serde(skip)]
    pub owner_name: Option<String>,
    pub due_date: Option<Day>,
    /// A hint, not an error: the task is due after its initiative.
    pub due_after_goal: bool,
    pub weight: Option<f64>,
    pub done: bool,
    pub position: f64,
}

pub(super) fn view(task: TaskRow, goal_ends: Day) -> TaskView {
    TaskView {
        due_after_goal: task.due_date.is_some_and(|day| day > goal_ends),
        id: task.id,
        goal_id: task.goal_id,
        version: task.version,
        kind: task.kind,
        name: task.name,
        owner_id: task.owner_id,
        owner_name: task.owner_name,
        due_date: task.due_date,
        weight: task.weight,
        done: task.done,
        position: task.position,
    }
}

/// An initiative with its tasks.
#[derive(Debug, Clone, PartialEq)]
pub struct GoalTasks {
    /// The initiative.
    pub goal: GoalView,
    /// Its tasks in their order.
    pub tasks: Vec<TaskView>,
    /// Whether the actor may change them, as long as it is open.
    pub may_edit: bool,
}

/// A task as the log keeps it: enough to bring it back.
#[derive(Serialize, Deserialize)]
struct Former {
    name: String,
    kind: TaskKind,
    owner_id: Option<Id>,
    due_date: Option<Day>,
    weight: Option<f64>,
    done: bool,
    position: f64,
}

/// Where a task goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TaskPlace {
    /// Before the one above it.
    Up,
    /// Behind the one below it.
    Down,
    /// Before another one.
    Before(Id),
    /// To the end.
    Last,
}

impl Northing {
    /// The tasks of an initiative in their order.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn tasks(&self, actor: &Actor, goal: Id) -> Result<Vec<TaskView>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, _) = context.goal(&mut rx, goal, Action::GoalView).await?;
        let found = tasks::of_goal(&mut rx, goal).await?;
        Ok(found.into_iter().map(|task| view(task, row.due_date)).collect())
    }

    /// An initiative with its tasks, and whether the actor may change them.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn goal_tasks(&self, actor: &Actor, goal: Id) -> Result<GoalTasks> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let (row, facts) = context.goal(&mut rx, goal, Action::GoalView).await?;
        if row.kind != GoalKind::Initiative {
            return Err(Error::NotFound("list of tasks"));
        }
        let found = tasks::of_goal(&mut rx, goal).await?;
        let tasks = found.into_iter().map(|task| view(task, row.due_date)).collect();
        let may_edit = context.may(Action::GoalEdit, Thing::Goal(&facts));
        Ok(GoalTasks { goal: context.view(&mut rx, row).await?, tasks, may_edit })
    }

    /// Adds a task to an initiative; its progress follows where it comes from its tasks.
    ///
    /// # Errors
    /// [`Error::Refused`] for other goals and locked ones; at `name`, `owner_id`, `weight`.
    pub async fn add_task(&self, actor: &Actor, goal: Id, input: TaskInput) -> Result<TaskView> {
        let state = (self.clone(), actor.clone(), input);
        self.store
            .write(state, move |tx, (app, actor, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let row = context.initiative(tx, goal).await?;
                    let all = tasks::of_goal(tx, goal).await?;
                    let last = all.iter().map(|task| task.position).fold(0.0, f64::max);
                    let mut task = TaskRow {
                        id: app.new_id(),
                        goal_id: goal,
                        kind: input.kind.unwrap_or(TaskKind::Task),
                        name: input.name.clone(),
                        owner_id: input.owner_id,
                        owner_name: None,
                        due_date: input.due_date,
                        weight: input.weight,
                        done: input.done,
                        position: last + 1.0,
                        version: 1,
                        created_at: context.now,
                        updated_at: context.now,
                    };
                    context.check_task(tx, &mut task, input.owner_id).await?;
                    tasks::insert(tx, &task).await?;
                    context.after_task(tx, EventKind::TaskAdded, &task, json!({ "name": task.name })).await?;
                    Ok(view(task, row.due_date))
                })
            })
            .await
    }

    /// Changes a task.
    ///
    /// # Errors
    /// As [`Northing::add_task`]; [`Error::NotFound`]; [`Error::Conflict`].
    pub async fn edit_task(
        &self,
        actor: &Actor,
        goal: Id,
        task: Id,
        version: Option<i64>,
        patch: TaskPatch,
    ) -> Result<TaskView> {
        let state = (self.clone(), actor.clone(), patch);
        self.store
            .write(state, move |tx, (app, actor, patch)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let row = context.initiative(tx, goal).await?;
                    let before = find(tx, goal, task, version).await?;
                    let mut after = TaskRow { updated_at: context.now, ..before.clone() };
                    if let Some(name) = &patch.name {
                        after.name.clone_from(name);
                    }
                    after.kind = patch.kind.unwrap_or(after.kind);
                    after.owner_id = patch.owner_id.unwrap_or(after.owner_id);
                    after.due_date = patch.due_date.unwrap_or(after.due_date);
                    after.weight = patch.weight.unwrap_or(after.weight);
                    after.done = patch.done.unwrap_or(after.done);
                    after.position = patch.position.unwrap_or(after.position);
                    let new_owner = after.owner_id.filter(|owner| Some(*owner) != before.owner_id);
                    context.check_task(tx, &mut after, new_owner).await?;
                    tasks::update(tx, &after).await?;
                    let detail = json!({ "name": after.name, "changes": changes(&before, &after) });
                    context.after_task(tx, EventKind::TaskEdited, &after, detail).await?;
                    Ok(view(TaskRow { version: after.version + 1, ..after }, row.due_date))
                })
            })
            .await
    }

    /// Removes a task.
    ///
    /// # Errors
    /// As [`Northing::edit_task`].
    pub async fn delete_task(&self, actor: &Actor, goal: Id, task: Id, version: Option<i64>) -> Result<()> {
        let state = (self.clone(), actor.clone());
        self.store
            .write(state, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    context.initiative(tx, goal).await?;
                    let task = find(tx, goal, task, version).await?;
                    tasks::delete(tx, task.id, task.version).await?;
                    let detail = former(&task)?;
                    context.after_task(tx, EventKind::TaskDeleted, &task, detail).await
                })
            })
            .await
    }

    /// Brings a removed task back as it was.
    ///
    /// # Errors
    /// As [`Northing::add_task`]; [`Error::NotFound`] where it was not removed.
    pub async fn restore_task(&self, actor: &Actor, goal: Id, task: Id) -> Result<TaskView> {
        let state = (self.clone(), actor.clone());
        self.store
            .write(state, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let row = context.initiative(tx, goal).await?;
                    let detail = activity::detail_of(tx, goal, EventKind::TaskDeleted, task).await?;
                    let there = tasks::of_goal(tx, goal).await?.iter().any(|one| one.id == task);
                    let former = detail.filter(|_| !there).ok_or(Error::NotFound("removed task"))?;
                    let former: Former = serde_json::from_value(former)
                        .map_err(|error| Error::Internal(format!("the record of a task: {error}")))?;
                    let task = TaskRow {
                        id: task,
                        goal_id: goal,
                        kind: former.kind,
                        name: former.name,
                        owner_id: former.owner_id,
                        owner_name: None,
                        due_date: former.due_date,
                        weight: former.weight,
                        done: former.done,
                        position: former.position,
                        version: 1,
                        created_at: context.now,
                        updated_at: context.now,
                    };
                    tasks::insert(tx, &task).await?;
                    let detail = json!({ "name": task.name, "restored": true });
                    context.after_task(tx, EventKind::TaskAdded, &task, detail).await?;
                    Ok(view(task, row.due_date))
                })
            })
            .await
    }

    /// Moves a task in the order of its initiative.
    ///
    /// # Errors
    /// As [`Northing::add_task`]; [`Error::NotFound`].
    pub async fn move_task(&self, actor: &Actor, goal: Id, task: Id, place: TaskPlace) -> Result<()> {
        let state = (self.clone(), actor.clone());
        self.store
            .write(state, move |tx, (app, actor)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    context.initiative(tx, goal).await?;
                    let mut all = tasks::of_goal(tx, goal).await?;
                    let at = all.iter().position(|one| one.id == task).ok_or(Error::NotFound("task"))?;
                    let moved = all.remove(at);
                    let to = match place {
                        TaskPlace::Up => at.saturating_sub(1),
                        TaskPlace::Down => (at + 1).min(all.len()),
                        TaskPlace::Last => all.len(),
                        TaskPlace::Before(other) => {
                            let found = all.iter().position(|one| one.id == other);
                            found.ok_or(Error::NotFound("task"))?
                        }
                    };
                    all.insert(to, moved);
                    let mut place = 0.0;
                    for mut one in all {
                        place += 1.0;
                        if one.position.to_bits() != f64::to_bits(place) {
                            one.position = place;
                            one.updated_at = context.now;
                            tasks::update(tx, &one).await?;
                        }
                    }
                    context.announce(tx, vec![goal], Change::Edited);
                    Ok(())
                })
            })
            .await
    }
}

fn former(task: &TaskRow) -> Result<serde_json::Value> {
    let former = Former {
        name: task.name.clone(),
        kind: task.kind,
        owner_id: task.owner_id,
        due_date: task.due_date,
        weight: task.weight,
        done: task.done,
        position: task.position,
    };
    serde_json::to_value(former).map_err(|error| Error::Internal(error.to_string()))
}

/// Each field of a task that differs, with its value before and after.
fn changes(before: &TaskRow, after: &TaskRow) -> serde_json::Map<String, serde_json::Value> {
    let fields = |task: &TaskRow| {
        [
            ("name", json!(task.name)),
            ("kind", json!(task.kind)),
            ("owner_id", json!(task.owner_id)),
            ("due_date", json!(task.due_date)),
            ("weight", json!(task.weight)),
            ("done", json!(task.done)),
        ]
    };
    let both = fields(before).into_iter().zip(fields(after));
    let differ = both.filter(|((_, was), (_, is))| was != is);
    differ.map(|((name, was), (_, is))| (name.to_owned(), json!({ "before": was, "after": is }))).collect()
}

async fn find(rx: &mut Rx, goal: Id, task: Id, version: Option<i64>) -> Result<TaskRow> {
    let all = tasks::of_goal(rx, goal).await?;
    let found = all.into_iter().find(|one| one.id == task).ok_or(Error::NotFound("task"))?;
    if version.is_some_and(|version| version != found.version) {
        return Err(Error::Conflict);
    }
    Ok(found)
}

impl Context<'_> {
    /// An initiative whose tasks the actor may change now.
    async fn initiative(&self, tx: &mut Tx, goal: Id) -> Result<GoalRow> {
        let (row, _) = self.goal(tx, goal, Action::GoalEdit).await?;
        locked(row.status)?;
        if row.kind != GoalKind::Initiative {
            return Err(Refusal::new("no_initiative", "Only initiatives have tasks.").into());
        }
        Ok(row)
    }

    async fn check_task(&self, rx: &mut Rx, task: &mut TaskRow, new_owner: Option<Id>) -> Result<()> {
        let mut errors = Vec::new();
        match text::title("name", &task.name).map(str::to_owned) {
            Ok(name) => task.name = name,
            Err(error) => errors.push(error),
        }
        errors.extend(task.due_date.and_then(|day| validate_day("due_date", day).err()));
        if task.weight.is_some_and(|weight| !(0.0..=1_000_000.0).contains(&weight)) {
            errors.push(FieldError::new("weight", "out_of_range", "must be a number from 0 to 1000000"));
        }
        if !task.position.is_finite() {
            errors.push(FieldError::new("position", "not_a_number", "must be a finite number"));
        }
        if let Some(owner) = new_owner {
            let members = goal_facts::members(rx, self.actor.org_id, &[owner]).await?;
            if members.get(&owner) != Some(&true) {
                errors.push(unknown("owner_id", "member"));
            }
        }
        if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
    }

    async fn after_task(
        &self,
        tx: &mut Tx,
        kind: EventKind,
        task: &TaskRow,
        detail: serde_json::Value,
    ) -> Result<()> {
        self.record(tx, kind, task.goal_id, Some(task.id), detail).await?;
        self.announce(tx, vec![task.goal_id], Change::Edited);
        self.recompute(tx, Source::Edit, &[Seed::Children(task.goal_id)], &[]).await?;
        Ok(())
    }
}
