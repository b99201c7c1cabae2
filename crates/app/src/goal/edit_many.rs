//! Editing several goals at once (goals §9.5): each by its own rights and rules, and what was left out is told.

use northing_core::check_in::locked;
use northing_core::errors::FieldError;
use northing_core::goal::Level;
use northing_core::named_values;
use northing_core::permission::{Action, Thing};
use northing_core::text::fold;
use northing_core::values::Id;
use northing_store::Rx;
use northing_store::goals::GoalRow;
use serde::{Deserialize, Serialize};

use super::clone::Rejected;
use super::context::{Context, distinct};
use super::edit::changes;
use super::input::GoalPatch;
use super::owners::newly;
use crate::{Actor, Error, Northing, Result};

/// The most goals that are edited at once.
pub const TOGETHER: usize = 200;

named_values! {
    /// What becomes of a list that a goal has.
    ListChange {
        /// The values are added to those that are there.
        Add = "add",
        /// The values take the place of those that are there.
        Replace = "replace",
        /// The values are taken away.
        Remove = "remove",
    }
}

/// A change to a list of each goal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListPatch<T> {
    /// What becomes of the list.
    pub how: ListChange,
    /// The values.
    pub values: Vec<T>,
}

/// Several goals and what is changed in each; what is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ManyPatch {
    /// The goals, at most [`TOGETHER`].
    pub goal_ids: Vec<Id>,
    /// Their owners.
    pub owners: Option<ListPatch<Id>>,
    /// The period they move to. Goals with their period's days get the new one's.
    pub period_id: Option<Id>,
    /// Whose goals they are.
    pub level: Option<Level>,
    /// Their teams; only with the level `team`.
    pub team_ids: Option<Vec<Id>>,
    /// Their tags.
    pub tags: Option<ListPatch<String>>,
    /// Only say what would happen.
    pub dry_run: bool,
}

/// A goal that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChangedGoal {
    /// The goal.
    pub goal_id: Id,
    /// Its title.
    pub title: String,
    /// The fields that changed, as the API names them.
    pub changed: Vec<String>,
}

/// What became of several goals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EditedMany {
    /// Goals that changed.
    pub edited: Vec<ChangedGoal>,
    /// Goals that were like that already.
    pub unchanged: Vec<Id>,
    /// Goals that were left out, with the reason.
    pub rejected: Vec<Rejected>,
}

impl Northing {
    /// Changes the same fields of several goals, in one transaction. A goal that the actor may not change so, or that a rule
    /// forbids to be so, is left out with its reason; the others change.
    ///
    /// # Errors
    /// At `goal_ids` where there are none or more than [`TOGETHER`]; at `change` where nothing is to be changed.
    pub async fn edit_goals(&self, actor: &Actor, patch: ManyPatch) -> Result<EditedMany> {
        let ids = distinct(&patch.goal_ids);
        worth_it(&ids, &patch)?;
        if patch.dry_run {
            let mut rx = self.store.read().await?;
            let context = Context::read(&mut rx, self, actor).await?;
            let mut done = EditedMany::default();
            for id in ids {
                context.planned(&mut rx, id, &patch, &mut done).await?;
            }
            return Ok(done);
        }
        let input = (self.clone(), actor.clone(), ids, patch);
        self.store
            .write(input, move |tx, (app, actor, ids, patch)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let mut done = EditedMany::default();
                    let mut owners = Vec::new();
                    for id in ids.iter().copied() {
                        if let Some((before, after)) = context.planned(tx, id, patch, &mut done).await? {
                            context.save_edit(tx, &before, &after).await?;
                            owners.push((id, newly(&before.owner_ids, &after.owner_ids)));
                        }
                    }
                    context.tell_owners(tx, &owners).await?;
                    Ok(done)
                })
            })
            .await
    }
}

impl Context<'_> {
    /// The goal before and after, where it may and will change; else it is noted why not.
    async fn planned(
        &self,
        rx: &mut Rx,
        id: Id,
        patch: &ManyPatch,
        done: &mut EditedMany,
    ) -> Result<Option<(GoalRow, GoalRow)>> {
        match self.plan(rx, id, patch).await {
            Ok((before, after)) => {
                let changed: Vec<String> =
                    changes(&before, &after).into_iter().map(|(field, _)| field).collect();
                if changed.is_empty() {
                    done.unchanged.push(id);
                    return Ok(None);
                }
                done.edited.push(ChangedGoal { goal_id: id, title: after.title.clone(), changed });
                Ok(Some((before, after)))
            }
            Err(error) => {
                done.rejected.push(rejected(id, error)?);
                Ok(None)
            }
        }
    }

    async fn plan(&self, rx: &mut Rx, id: Id, patch: &ManyPatch) -> Result<(GoalRow, GoalRow)> {
        let (before, facts) = self.goal(rx, id, Action::GoalEdit).await?;
        locked(before.status)?;
        let mut after = self.patched(rx, &before, &of_one(&before, patch)).await?;
        self.check(rx, Some(&before), &mut after).await?;
        if after.owner_ids != before.owner_ids {
            self.require(Action::GoalChangeOwner, Thing::Goal(&facts))?;
        }
        if patch.tags.is_some() {
            self.may_tag(rx, &after.tags).await?;
        }
        Ok((before, after))
    }
}

fn worth_it(ids: &[Id], patch: &ManyPatch) -> Result<()> {
    let mut errors = Vec::new();
    if ids.is_empty() {
        errors.push(FieldError::new("goal_ids", "required", "name the goals to be changed"));
    } else if ids.len() > TOGETHER {
        errors.push(FieldError::new(
            "goal_ids",
            "too_many",
            format!("are more than {TOGETHER}: change them in parts"),
        ));
    }
    let nothing = patch.owners.is_none()
        && patch.period_id.is_none()
        && patch.level.is_none()
        && patch.team_ids.is_none()
        && patch.tags.is_none();
    if nothing {
        errors.push(FieldError::new("change", "required", "say what is to be changed"));
    }
    if errors.is_empty() { Ok(()) } else { Err(errors.into()) }
}

/// The patch of one goal.
fn of_one(row: &GoalRow, patch: &ManyPatch) -> GoalPatch {
    GoalPatch {
        owner_ids: patch.owners.as_ref().map(|list| changed(&row.owner_ids, list, |one, other| one == other)),
        period_id: patch.period_id,
        level: patch.level.or_else(|| patch.team_ids.is_some().then_some(Level::Team)),
        team_ids: patch.team_ids.clone(),
        tags: patch.tags.as_ref().map(|list| changed(&row.tags, list, |one, other| fold(one) == fold(other))),
        ..GoalPatch::default()
    }
}

fn changed<T: Clone>(now: &[T], list: &ListPatch<T>, same: impl Fn(&T, &T) -> bool) -> Vec<T> {
    let within = |list: &[T], value: &T| list.iter().any(|one| same(one, value));
    let kept = now.iter().cloned();
    match list.how {
        ListChange::Replace => list.values.clone(),
        ListChange::Remove => kept.filter(|one| !within(&list.values, one)).collect(),
        ListChange::Add => kept.chain(list.values.iter().filter(|one| !within(now, one)).cloned()).collect(),
    }
}

/// Why a goal was left out; what is no reason to leave one out goes up.
fn rejected(goal_id: Id, error: Error) -> Result<Rejected> {
    let (code, message) = match &error {
        Error::NotFound(_) => ("not_found", error.to_string()),
        Error::Forbidden(_) => ("forbidden", error.to_string()),
        Error::Refused(refusal) => (refusal.code, error.to_string()),
        Error::Invalid(errors) => {
            let told = errors.iter().map(|it| format!("{}: {}", it.field, it.message)).collect::<Vec<_>>();
            (errors.first().map_or("invalid", |it| it.code), told.join("; "))
        }
        _ => return Err(error),
    };
    Ok(Rejected { goal_id, code, message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(how: ListChange, values: &[&str]) -> Vec<String> {
        let now = ["Growth", "north"].map(str::to_owned);
        let values = values.iter().map(|value| (*value).to_owned()).collect();
        changed(&now, &ListPatch { how, values }, |one, other| fold(one) == fold(other))
    }

    #[test]
    fn a_list_grows_shrinks_or_is_replaced() {
        assert_eq!(tags(ListChange::Add, &["NORTH", "2026"]), ["Growth", "north", "2026"]);
        assert_eq!(tags(ListChange::Remove, &["growth", "unknown"]), ["north"]);
        assert_eq!(tags(ListChange::Replace, &["2026"]), ["2026"]);
        assert!(tags(ListChange::Replace, &[]).is_empty());
    }
}
