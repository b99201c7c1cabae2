//! The table of contributions of a goal (goals §4.3).

use std::collections::HashMap;

use northing_core::check_in::locked;
use northing_core::cone::Seed;
use northing_core::contribution::{ShareInput, contribution_blocked, validate_contributions};
use northing_core::errors::{FieldError, Refusal};
use northing_core::event::EventKind;
use northing_core::goal::ProgressMode;
use northing_core::permission::Action;
use northing_core::values::Id;
use northing_store::alignments::{self, Alignment};
use northing_store::goals::{self, GoalRow};
use northing_store::history::Source;
use northing_store::{Change, Rx, Tx};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::context::Context;
use super::fields::unknown;
use crate::{Actor, Error, Northing, Result};

/// A change to the shares of a goal's children.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContributionsInput {
    /// The shares to be set; children that are not named stay as they are.
    pub shares: Vec<ShareEntry>,
    /// Forget every share that was set by hand before.
    pub reset: bool,
    /// Whether newly aligned goals start contributing.
    pub new_children_contribute: Option<bool>,
}

/// One child's share.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShareEntry {
    /// The child.
    pub child_id: Id,
    /// Its share in percent, fixed from now on; none shares what is left with the others.
    #[serde(default)]
    pub share: Option<f64>,
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShareLine {
    /// The child.
    pub child_id: Id,
    /// Its title.
    pub title: String,
    /// Its effective share in percent.
    pub share: f64,
    /// Whether it was set by hand.
    pub fixed: bool,
    /// Whether the organisation's settings hold it at 0.
    pub blocked: bool,
}

impl Northing {
    /// The shares of a goal's children that the actor may see, in their order.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn contributions(&self, actor: &Actor, goal: Id) -> Result<Vec<ShareLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        context.goal(&mut rx, goal, Action::GoalView).await?;
        context.share_lines(&mut rx, goal).await
    }

    /// Changes the shares of a goal's children.
    ///
    /// # Errors
    /// [`Error::Invalid`] at `shares[i]` or `shares` where they cannot be; [`Error::Refused`] where the goal does not roll
    /// up, or is closed; [`Error::Forbidden`]; [`Error::Conflict`].
    pub async fn set_contributions(
        &self,
        actor: &Actor,
        goal: Id,
        version: Option<i64>,
        input: ContributionsInput,
    ) -> Result<Vec<ShareLine>> {
        let input = (self.clone(), actor.clone(), input);
        self.store
            .write(input, move |tx, (app, actor, input)| {
                Box::pin(async move {
                    let context = Context::write(tx, app, actor).await?;
                    let (row, _) = context.goal(tx, goal, Action::GoalContributions).await?;
                    if version.is_some_and(|version| version != row.version) {
                        return Err(Error::Conflict);
                    }
                    locked(row.status)?;
                    context.contribute(tx, row, input).await?;
                    context.share_lines(tx, goal).await
                })
            })
            .await
    }
}

impl Context<'_> {
    async fn contribute(&self, tx: &mut Tx, row: GoalRow, input: &ContributionsInput) -> Result<()> {
        let (before, after) = self.plan_shares(tx, &row, input).await?;
        self.save_contributions(tx, row, &before, &after, input.new_children_contribute).await
    }

    /// The table as it is and as it is to be.
    pub(super) async fn plan_shares(
        &self,
        rx: &mut Rx,
        row: &GoalRow,
        input: &ContributionsInput,
    ) -> Result<(Vec<Alignment>, Vec<Alignment>)> {
        if row.progress_mode != ProgressMode::Rollup && (input.reset || !input.shares.is_empty()) {
            let message =
                "The goal does not take its progress from those below it: set its progress to roll up first.";
            return Err(Refusal::new("no_rollup", message).into());
        }
        let before = alignments::below(rx, &[row.id]).await?;
        let children: Vec<Id> = before.iter().map(|one| one.child_id).collect();
        let seen = self.visible(rx, &children).await?;
        let rows = goals::load(rx, self.actor.org_id, &children).await?;
        let kinds: HashMap<Id, _> = rows.iter().map(|row| (row.id, row.kind)).collect();
        let blocked = |id: &Id| kinds.get(id).is_some_and(|kind| contribution_blocked(*kind, &self.settings));
        let mut after = before.clone();
        if input.reset {
            for one in &mut after {
                one.fixed = blocked(&one.child_id).then_some(0.0);
            }
        }
        let mut errors = Vec::new();
        let mut named = std::collections::HashSet::new();
        for (i, entry) in input.shares.iter().enumerate() {
            let one = after.iter_mut().find(|one| one.child_id == entry.child_id);
            let Some(one) = one.filter(|one| seen.contains(&one.child_id)) else {
                errors.push(unknown(&format!("shares[{i}].child_id"), "child of this goal"));
                continue;
            };
            if !named.insert(entry.child_id) {
                errors.push(FieldError::new(format!("shares[{i}].child_id"), "twice", "is named twice"));
            }
            if entry.share.is_some_and(|share| !(0.0..=100.0).contains(&share)) {
                let field = format!("shares[{i}].share");
                errors.push(FieldError::new(field, "out_of_range", "must be from 0 to 100"));
            } else if blocked(&entry.child_id) && entry.share != Some(0.0) {
                let message = "must be 0: goals of this kind do not contribute in this organisation";
                errors.push(FieldError::new(format!("shares[{i}].share"), "blocked", message));
            }
            one.fixed = entry.share;
        }
        if errors.is_empty() {
            let table: Vec<_> = after.iter().map(|one| ShareInput { fixed: one.fixed }).collect();
            if let Err(wrong) = validate_contributions(&table) {
                let whole = |error: FieldError| FieldError { field: "shares".into(), ..error };
                errors.extend(wrong.into_iter().map(whole));
            }
        }
        if errors.is_empty() { Ok((before, after)) } else { Err(Error::Invalid(errors)) }
    }

    async fn save_contributions(
        &self,
        tx: &mut Tx,
        mut row: GoalRow,
        before: &[Alignment],
        after: &[Alignment],
        new_children: Option<bool>,
    ) -> Result<()> {
        let switch = new_children.unwrap_or(row.new_children_contribute);
        if before == after && switch == row.new_children_contribute {
            return Ok(());
        }
        let table = |all: &[Alignment]| -> Vec<_> {
            all.iter().map(|one| json!({ "child_id": one.child_id, "fixed": one.fixed })).collect()
        };
        let detail = json!({ "changes": {
            "shares": { "before": table(before), "after": table(after) },
            "new_children_contribute": { "before": row.new_children_contribute, "after": switch },
        } });
        let goal = row.id;
        row.new_children_contribute = switch;
        row.updated_at = self.now;
        goals::update(tx, &row).await?;
        alignments::save(tx, after).await?;
        alignments::settle(tx, &[goal], &[]).await?;
        self.record(tx, EventKind::GoalContributions, goal, None, detail).await?;
        let touched: Vec<Id> = after.iter().map(|one| one.child_id).chain([goal]).collect();
        self.announce(tx, touched, Change::Edited);
        self.recompute(tx, Source::Edit, &[Seed::Children(goal)], &[]).await?;
        Ok(())
    }

    async fn share_lines(&self, rx: &mut Rx, goal: Id) -> Result<Vec<ShareLine>> {
        let all = alignments::below(rx, &[goal]).await?;
        let ids: Vec<Id> = all.iter().map(|one| one.child_id).collect();
        let seen = self.visible(rx, &ids).await?;
        let rows: HashMap<Id, GoalRow> =
            goals::load(rx, self.actor.org_id, &seen).await?.into_iter().map(|row| (row.id, row)).collect();
        let lines = all.iter().filter_map(|one| {
            let child = rows.get(&one.child_id)?;
            Some(ShareLine {
                child_id: child.id,
                title: child.title.clone(),
                share: one.share,
                fixed: one.fixed.is_some(),
                blocked: contribution_blocked(child.kind, &self.settings),
            })
        });
        Ok(lines.collect())
    }
}
