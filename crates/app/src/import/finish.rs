//! The end of an import: the past of goals above, the recomputation of the organisation, and what it says of statuses.

use northing_core::cone::Outcome;
use northing_core::values::Id;
use northing_store::activity::{self, Entry};
use northing_store::history::Source;
use northing_store::{cone, imports};

use super::goals::Goals;
use super::pen::Pen;
use super::report::{self, Remark};
use super::run::Run;
use super::saying::changed;
use crate::Result;
use crate::cone::{Recompute, recompute_organization, save_outcomes};

/// Remarks that are added at once.
const AT_ONCE: usize = 512;

impl Run<'_> {
    /// Computes what follows from the records.
    pub(super) async fn finish(&mut self, pen: &mut Pen<'_>, goals: Goals) -> Result<()> {
        if self.report.total(report::Outcome::Created) + self.report.total(report::Outcome::Updated) == 0 {
            return Ok(());
        }
        let change = self.app.new_id();
        self.fill_past(pen, change).await?;
        pen.turn(&mut self.report).await?;
        self.recompute(pen).await?;
        self.explain_statuses(pen, goals).await?;
        let entry = Entry {
            id: self.app.new_id(),
            org_id: self.actor.org_id,
            actor_id: Some(self.actor.user_id),
            via: self.actor.via.name(),
            kind: northing_core::event::EventKind::ImportFinished,
            goal_id: None,
            subject_id: None,
            detail: serde_json::json!({ "files": self.set.files, "counts": self.report.counts }),
            at: self.now,
        };
        Ok(activity::record(pen.tx()?, &entry).await?)
    }

    /// Recomputes the organisation: most of it from a snapshot and in parts, goals left out that somebody moved meanwhile; then what is
    /// left, which is little, as a whole.
    async fn recompute(&mut self, pen: &mut Pen<'_>) -> Result<()> {
        let (org, settings, now) = (self.actor.org_id, self.settings.clone(), self.now);
        let job = |change| Recompute {
            org_id: org,
            settings: &settings,
            today: self.today,
            now,
            change,
            source: Source::Import,
        };
        let first = job(self.app.new_id());
        pen.pause(&mut self.report).await?;
        let mut cone = pen
            .read(&mut self.report, move |rx| {
                Box::pin(async move { Ok(cone::load_organization(rx, org).await?) })
            })
            .await?;
        pen.pause(&mut self.report).await?;
        let outcomes = cone.recompute_all(&first.rules());
        pen.resume().await?;
        for part in outcomes.chunks(AT_ONCE) {
            let ids: Vec<Id> = part.iter().map(|it| it.id).collect();
            let moved = imports::changed_since(pen.tx()?, &ids, now).await?;
            let part: Vec<Outcome> = part.iter().filter(|it| !moved.contains(&it.id)).copied().collect();
            save_outcomes(pen.tx()?, &first, &cone, &part).await?;
            pen.rest(&mut self.report).await?;
        }
        drop((cone, outcomes));
        pen.turn(&mut self.report).await?;
        recompute_organization(pen.tx()?, &job(self.app.new_id())).await?;
        pen.turn(&mut self.report).await
    }

    /// A goal that computes itself takes its status from progress and calendar, whatever the file said (goals §4.5, §4.6):
    /// where that differs the report says so.
    async fn explain_statuses(&mut self, pen: &mut Pen<'_>, goals: Goals) -> Result<()> {
        let org = self.actor.org_id;
        let now = pen
            .read(&mut self.report, move |rx| Box::pin(async move { Ok(imports::statuses(rx, org).await?) }))
            .await?;
        let mut remarks = Vec::new();
        for (id, goal) in goals {
            let Some(status) = now.get(&id).filter(|status| **status != goal.status) else { continue };
            if !self.touched.contains(&id) {
                continue;
            }
            let words = |name: &str| name.replace('_', " ");
            let reason = format!(
                "the file says {}; progress and calendar say {}, and this goal computes itself",
                words(goal.status.name()),
                words(status.name())
            );
            remarks.push(Remark {
                line: goal.line,
                outcome: goal.outcome,
                title: self.names.get(&id).cloned().unwrap_or_default(),
                note: changed("Status", reason),
            });
        }
        remarks.sort_unstable_by_key(|it| it.line);
        while !remarks.is_empty() {
            let part = remarks.split_off(remarks.len().saturating_sub(AT_ONCE));
            pen.amend(&mut self.report, part).await?;
            pen.rest(&mut self.report).await?;
        }
        Ok(())
    }
}
