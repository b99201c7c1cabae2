//! What sources measured becomes check-ins in their name: any number of goals at once, everything above them in one pass.

use std::collections::HashMap;

use northing_core::check_in::{CheckInInput, apply};
use northing_core::cone::{Rules, Seed};
use northing_core::event::EventKind;
use northing_core::goal::ProgressMode;
use northing_core::metric::MetricKind;
use northing_core::settings::Settings;
use northing_core::values::Id;
use northing_store::Tx;
use northing_store::activity::{self, Entry};
use northing_store::check_ins::{self, CheckInRow};
use northing_store::cone::LastCheckIn;
use northing_store::history::Source;
use serde_json::json;

use crate::Northing;
use crate::actor::Via;
use crate::cone::{Moved, Own, Recompute, after, internal, lock_and_load, settle};
use crate::error::Result;

/// A value that a source gave for a goal.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Reading {
    /// The goal.
    pub(super) goal: Id,
    /// Its value: per cent, or in the metric's unit.
    pub(super) value: f64,
    /// What happened since the last one, in words.
    pub(super) note: Option<String>,
}

impl Northing {
    /// Checks in for a source. Goals that are closed, stopped or follow something else by now are passed over. The structure must be
    /// held. Returns the goals that moved, those above among them.
    pub(super) async fn check_in_readings(
        &self,
        tx: &mut Tx,
        org_id: Id,
        settings: &Settings,
        source: &str,
        readings: &[Reading],
    ) -> Result<Vec<Moved>> {
        let goals: Vec<Id> = readings.iter().map(|reading| reading.goal).collect();
        if goals.is_empty() {
            return Ok(Vec::new());
        }
        let mut above = lock_and_load(tx, org_id, &goals).await?;
        let (today, now) = self.today(settings)?;
        let change = self.new_id();
        let job = Recompute { org_id, settings, today, now, change, source: Source::DataSource };
        let rules = Rules { day: today, settings };
        let (mut seeds, mut owns, mut rows, mut entries) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut befores = HashMap::new();
        for reading in readings {
            let (Some(node), Some(about)) =
                (above.cone.node(reading.goal).cloned(), above.about(reading.goal))
            else {
                continue;
            };
            if node.mode != ProgressMode::DataSource
                || node.automatic_stopped
                || node.state.status.is_locked()
            {
                continue;
            }
            let newest = about.last_check_in_at.map_or(about.updated_at, |last| last.max(about.updated_at));
            let at = after(now, newest);
            let value = if node.metric.kind == MetricKind::Percent {
                reading.value.clamp(0.0, 100.0)
            } else {
                reading.value
            };
            let said = CheckInInput { value: Some(value), ..CheckInInput::default() };
            let applied = apply(&node, &said, above.cone.status_below(node.id, &rules), &rules)?;
            befores.insert(node.id, node.state);
            above.cone.set(node.id, applied.state).map_err(internal)?;
            seeds.push(Seed::Own(node.id));
            let id = self.new_id();
            let last = LastCheckIn::Set(Some(at));
            owns.push(Own { goal: node.id, last, check_in: Some((id, at)), backdated: false });
            rows.push(CheckInRow {
                id,
                goal_id: node.id,
                author_id: None,
                author_name: None,
                source: source.to_owned(),
                at,
                recorded_at: now,
                value: applied.state.value,
                progress: applied.state.progress_unclamped,
                status: applied.state.status,
                status_is_manual: false,
                progress_mode: ProgressMode::DataSource,
                automatic_stopped: false,
                approximate: false,
                note: reading.note.clone(),
                version: 1,
                edited_at: None,
                comment_count: 0,
            });
        }
        if seeds.is_empty() {
            return Ok(Vec::new());
        }
        let outcomes = above.cone.recompute(&seeds, &job.rules()).map_err(internal)?;
        let moved = settle(tx, &job, &above, &seeds, &outcomes, &owns).await?;
        check_ins::insert_all(tx, &rows).await?;
        for row in &rows {
            let before = befores.get(&row.goal_id);
            let detail = json!({ "at": row.at, "source": source,
                "before": { "value": before.and_then(|it| it.value), "progress": before.and_then(|it| it.progress_unclamped),
                    "status": before.map(|it| it.status) },
                "after": { "value": row.value, "progress": row.progress, "status": row.status } });
            entries.push(Entry {
                id: self.new_id(),
                org_id,
                actor_id: None,
                via: Via::System.name(),
                kind: EventKind::CheckInAdded,
                goal_id: Some(row.goal_id),
                subject_id: Some(row.id),
                detail,
                at: now,
            });
        }
        activity::record_all(tx, &entries).await?;
        Ok(moved)
    }
}
