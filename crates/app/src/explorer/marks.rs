//! The marks of rows (goals §4.8): what is wrong with a goal itself, and with goals that are folded away below it.

use std::collections::HashMap;

use northing_core::alert::{Alert, AlertInput, alerts};
use northing_core::expectation::expected;
use northing_core::values::{Day, Id};
use northing_store::explorer::{self, Below};
use northing_store::{Rx, goal_facts};

use super::{ListQuery, TreeLine, chosen};
use crate::goal::context::{Context, distinct};
use crate::{Actor, Northing, Result};

/// Whether goals are folded away below this row.
pub(super) const fn is_folded(row: &TreeLine) -> bool {
    !row.open && row.line.child_count > 0
}

impl Northing {
    /// The rows of a page of a list below which something that is folded away is wrong, with that. Owners, teams, rights and
    /// the row's own alerts are left out. Costs what is folded away: ask for it apart from the page.
    ///
    /// # Errors
    /// As [`Northing::list_tree`].
    pub async fn list_marks(&self, actor: &Actor, query: &ListQuery) -> Result<Vec<TreeLine>> {
        let mut rx = self.store.read().await?;
        let context = Context::read(&mut rx, self, actor).await?;
        let periods = explorer::periods(&mut rx, actor.org_id).await?;
        let shown = chosen(&periods, &query.periods)?;
        if shown.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.rows_in(&mut rx, &context, query, &shown).await?;
        let mut lines = context.marked(&mut rx, found.lines).await?;
        lines.retain(|row| !row.alerts_below.is_empty());
        Ok(lines)
    }
}

impl Context<'_> {
    /// Adds to rows what is wrong with goals folded away below them: one statement for any number of rows.
    pub(super) async fn marked(&self, rx: &mut Rx, mut lines: Vec<TreeLine>) -> Result<Vec<TreeLine>> {
        if !self.settings.health_indicators {
            return Ok(lines);
        }
        let folded: Vec<Id> = lines.iter().filter(|row| is_folded(row)).map(|row| row.line.id).collect();
        let below = explorer::two_below(rx, &distinct(&folded), self.actor.user_id).await?;
        let mut wrong: HashMap<Id, Vec<(String, Alert)>> = HashMap::new();
        for it in below {
            let found = wrong_with(&it, self.today);
            wrong
                .entry(it.root)
                .or_default()
                .extend(found.into_iter().map(|alert| (it.title.clone(), alert)));
        }
        for all in wrong.values_mut() {
            all.sort_by_key(|(_, alert)| std::cmp::Reverse(alert.level));
        }
        for row in lines.iter_mut().filter(|row| is_folded(row)) {
            row.alerts_below = wrong.get(&row.line.id).cloned().unwrap_or_default();
        }
        Ok(lines)
    }
}

fn wrong_with(it: &Below, today: Day) -> Vec<Alert> {
    alerts(&AlertInput {
        day: today,
        kind: it.kind,
        level: it.level,
        status: it.status,
        progress: it.progress,
        expected: expected(today, it.start, it.due, &it.metric, &it.phases),
        score: it.score,
        dates: (it.start, it.due),
        period_dates: it.facts.period.unwrap_or((it.start, it.due)),
        has_owner: it.owned,
        has_parent: true,
        period_differs: it.facts.period_differs,
        key_results: it.facts.key_results,
    })
}

/// Adds the rows' own alerts: one statement for any number of rows.
pub(super) async fn alerted(rx: &mut Rx, today: Day, lines: &mut [TreeLine]) -> Result<()> {
    let ids: Vec<Id> = lines.iter().map(|row| row.line.id).collect();
    let facts = goal_facts::alerts(rx, &distinct(&ids)).await?;
    for row in lines {
        let line = &row.line;
        let facts = facts.get(&line.id).copied().unwrap_or_default();
        row.alerts = alerts(&AlertInput {
            day: today,
            kind: line.kind,
            level: line.level,
            status: line.status,
            progress: line.progress,
            expected: row.expected,
            score: line.score,
            dates: (line.start, line.due),
            period_dates: facts.period.unwrap_or((line.start, line.due)),
            has_owner: !line.owners.is_empty(),
            has_parent: line.parent_count > 0,
            period_differs: facts.period_differs,
            key_results: facts.key_results,
        });
    }
    Ok(())
}
