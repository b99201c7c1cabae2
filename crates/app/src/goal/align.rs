//! What a goal is aligned to (goals §6).

use std::collections::HashMap;

use northing_core::alignment::{may_align, may_have_parents, no_cycle};
use northing_core::check_in::locked;
use northing_core::cone::Seed;
use northing_core::contribution::new_child_share;
use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::goal::GoalKind;
use northing_core::permission::{Action, Thing};
use northing_core::values::Id;
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalRow, ParentLink};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx, goal_facts, placements};
use serde_json::json;

use super::context::{Context, distinct};
use super::fields::unknown;
use super::view::GoalView;
use crate::{Actor, Error, Northing, Result};

/// A goal as it is aligned now.
#[derive(Debug, Clone, PartialEq)]
pub struct Aligned {
    /// The goal.
    pub goal: GoalView,
    /// The change, for [`Northing::undo_alignment`]; none where nothing changed.
    pub change: Option<Id>,
}

impl Northing {
    /// Replaces what a goal is aligned to; the first parent is the one it is shown under first. `version` is the goal's
    /// version as the caller knows it, if they want to be told of others' changes.
    ///
    /// # Errors
    /// At `parents[i].id`: unknown goals, circles, what the OKR model does not allow; [`Error::Forbidden`] without the
    /// right to edit the goal or to align to a new parent; [`Error::Conflict`].
    pub async fn set_parents(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        parents: Vec<Id>,
    ) -> Result<Aligned> {
        let input = (self.clone(), actor.clone(), parents);
        self.store
            .write(input, move |tx, (app, actor, parents)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalEdit).await?;
                    if version.is_some_and(|version| version != row.version) {
                        return Err(Error::Conflict);
                    }
                    locked(row.status)?;
                    let change = context.realign(tx, row, parents).await?;
                    Ok(Aligned { goal: context.view_of(tx, goal).await?, change })
                })
            })
            .await
    }
}

impl Context<'_> {
    /// Decides and saves a goal's parents, with everything that follows from it. Returns the change's entry in the
    /// activity log; none where nothing changed.
    pub(super) async fn realign(&self, tx: &mut Tx, row: GoalRow, wanted: &[Id]) -> Result<Option<Id>> {
        let wanted = self.with_hidden(tx, &row, wanted).await?;
        let former = self.stands(tx, &row, None).await?;
        let (goal, before) = (row.id, row.parents.iter().map(|link| link.id).collect::<Vec<_>>());
        let Some(after) = self.replace_parents(tx, row, &wanted).await? else { return Ok(None) };
        let detail = json!({
            "changes": { "parents": { "before": before, "after": after } }, "former": former.since(after),
        });
        Ok(Some(self.record(tx, EventKind::GoalAligned, goal, None, detail).await?))
    }

    /// Saves a goal with these parents and recomputes everything above the old and the new ones. Returns the parents; none
    /// where they are those it had.
    pub(super) async fn replace_parents(
        &self,
        tx: &mut Tx,
        row: GoalRow,
        wanted: &[Id],
    ) -> Result<Option<Vec<Id>>> {
        let plan = self.plan_parents(tx, row.kind, Some(row.id), &row.parents, wanted).await?;
        let before: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        let after: Vec<Id> = plan.iter().map(|one| one.parent_id).collect();
        if before == after {
            return Ok(None);
        }
        let goal = row.id;
        goals::update(tx, &GoalRow { updated_at: self.now, ..row }).await?;
        alignments::remove_above(tx, goal).await?;
        alignments::insert(tx, &plan).await?;
        let touched = distinct(&[before.as_slice(), after.as_slice()].concat());
        alignments::settle(tx, &touched, &[goal]).await?;
        placements::rebuild(tx, &[goal]).await?;
        let moved: Vec<Id> = touched.iter().copied().chain([goal]).collect();
        self.announce(tx, moved, Change::Moved);
        let changed = touched.iter().filter(|id| before.contains(id) != after.contains(id));
        let seeds: Vec<Seed> = changed.map(|id| Seed::Lost(*id)).collect();
        self.recompute(tx, Source::Edit, &seeds, &[]).await?;
        Ok(Some(after))
    }

    /// These parents and those that the actor may not see: nobody takes away what they cannot know.
    pub(super) async fn with_hidden(&self, rx: &mut Rx, row: &GoalRow, wanted: &[Id]) -> Result<Vec<Id>> {
        let ids: Vec<Id> = row.parents.iter().map(|link| link.id).collect();
        let seen = if ids.is_empty() { Vec::new() } else { self.visible(rx, &ids).await? };
        let hidden = ids.into_iter().filter(|id| !seen.contains(id));
        Ok(wanted.iter().copied().chain(hidden).collect())
    }

    /// The alignments that a goal is to have. Those that stay keep share and place; new ones start as the parent and the
    /// settings say. `child` is none for a goal that does not exist yet: then `child_id` of the plan is to be set.
    pub(crate) async fn plan_parents(
        &self,
        rx: &mut Rx,
        kind: GoalKind,
        child: Option<Id>,
        current: &[ParentLink],
        wanted: &[Id],
    ) -> Result<Vec<Alignment>> {
        let wanted = distinct(wanted);
        let kept: HashMap<Id, &ParentLink> = current.iter().map(|link| (link.id, link)).collect();
        if wanted.iter().any(|id| !kept.contains_key(id)) || wanted.len() > current.len() {
            may_have_parents(wanted.len(), &self.settings).map_err(|refusal| at("parents", &refusal))?;
        }
        let rows = goals::load(rx, self.actor.org_id, &wanted).await?;
        let rows: HashMap<Id, GoalRow> = rows.into_iter().map(|row| (row.id, row)).collect();
        let facts = goal_facts::goals(rx, self.actor.org_id, self.actor.user_id, &wanted).await?;
        let above = if child.is_some() { alignments::ancestry(rx, &wanted).await? } else { HashMap::new() };
        let (mut plan, mut errors) = (Vec::new(), Vec::new());
        for (i, id) in wanted.iter().enumerate() {
            let field = format!("parents[{i}].id");
            let link = kept.get(id);
            let (Some(parent), Some(facts)) = (rows.get(id), facts.get(id)) else {
                errors.push(unknown(&field, "goal"));
                continue;
            };
            let mut alignment = Alignment {
                parent_id: *id,
                child_id: child.unwrap_or(*id),
                share: 0.0,
                fixed: link.and_then(|link| link.fixed),
                position: link.map_or(0.0, |link| link.position),
                parent_position: i64::try_from(plan.len()).unwrap_or(i64::MAX),
            };
            if let Some(link) = link {
                alignment.share = link.share;
                plan.push(alignment);
                continue;
            }
            if !self.may(Action::GoalView, Thing::Goal(facts)) {
                errors.push(unknown(&field, "goal"));
                continue;
            }
            let lookup = |id: Id| above.get(&id).cloned().unwrap_or_default();
            let allowed = may_align(kind, parent.kind, &self.settings)
                .and_then(|()| child.map_or(Ok(()), |child| no_cycle(child, *id, lookup)))
                .and_then(|()| locked(parent.status).map_err(above_locked));
            if let Err(refusal) = allowed {
                errors.push(at(&field, &refusal));
                continue;
            }
            self.require(Action::GoalAlignTo, Thing::Goal(facts))?;
            alignment.fixed = new_child_share(kind, parent.new_children_contribute, &self.settings);
            alignment.position = alignments::next_position(rx, *id).await?;
            plan.push(alignment);
        }
        if errors.is_empty() { Ok(plan) } else { Err(Error::Invalid(errors)) }
    }
}

fn above_locked(refusal: Refusal) -> Refusal {
    Refusal::new(refusal.code, format!("Nothing new can be aligned to it. {}", refusal.message))
}

/// A refusal as an error at a field, so that it is explained where it was caused.
pub(crate) fn at(field: &str, refusal: &Refusal) -> FieldError {
    FieldError::new(field.to_owned(), refusal.code, refusal.message.clone())
}
