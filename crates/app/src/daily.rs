//! A new day: what is expected moved, so the statuses of goals with automatic updates follow (goals §4.5).

use northing_core::cone::Seed;
use northing_core::values::{Id, Moment};
use northing_store::history::Source;
use northing_store::{Tx, cone, days, goal_facts};

use crate::Northing;
use crate::check_in::{hold_structure, settings};
use crate::cone::{Recompute, recompute, recompute_organization};
use crate::error::Result;

/// Goals recomputed in one transaction, so that nobody waits long behind it.
const TOGETHER: usize = 200;

impl Northing {
    /// Recomputes the automatic statuses of every organisation whose day has changed since the last time, and removes for
    /// good what was deleted more than 30 days ago. Cheap where
    /// none has; call it every few minutes. Returns how many goals moved.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn begin_day(&self) -> Result<usize> {
        let organizations = days::organizations(&mut self.store.read_once().await?).await?;
        let mut moved = 0;
        for (org, done) in organizations {
            let settings = settings(&mut self.store.read_once().await?, org).await?;
            let (today, now) = self.today(&settings)?;
            if done.as_deref() == Some(&today.to_string()) {
                continue;
            }
            moved += self.begin_day_of(org).await?;
            self.empty_trash(org).await?;
            let mark = (self.new_id(), org, today.to_string(), now);
            self.store
                .write(mark, |tx, (id, org, day, now)| {
                    Box::pin(
                        async move { Ok::<_, crate::Error>(days::mark(tx, *id, *org, day, *now).await?) },
                    )
                })
                .await?;
        }
        Ok(moved)
    }

    /// Recomputes every goal of an organisation in one pass and one transaction, as after an import, and notes what moved.
    /// Returns how many goals moved. Only for whoever may do everything: the caller checks the rights.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn recompute_all(&self, org: Id) -> Result<usize> {
        self.store
            .write((self.clone(), org), |tx, (app, org)| {
                Box::pin(async move {
                    let found = goal_facts::lock_structure(tx, *org).await?;
                    let settings = found.ok_or(crate::Error::NotFound("organisation"))?;
                    let (today, now) = app.today(&settings)?;
                    let (org_id, change) = (*org, app.new_id());
                    let source = Source::Import;
                    let job = Recompute { org_id, settings: &settings, today, now, change, source };
                    recompute_organization(tx, &job).await
                })
            })
            .await
    }

    /// Recomputes one organisation: which goals would move is found in a snapshot that blocks nobody; only those are then
    /// locked and recomputed, some at a time.
    async fn begin_day_of(&self, org: Id) -> Result<usize> {
        let mut rx = self.store.read().await?;
        let settings = settings(&mut rx, org).await?;
        let (day, _) = self.today(&settings)?;
        let mut cone = cone::load_organization(&mut rx, org).await?;
        drop(rx);
        let rules = northing_core::cone::Rules { day, settings: &settings };
        let outcomes = cone.recompute_all(&rules);
        drop(cone);
        let goals: Vec<Id> = outcomes.iter().map(|outcome| outcome.id).collect();
        let mut moved = 0;
        for part in goals.chunks(TOGETHER) {
            let work = (self.clone(), org, part.to_vec());
            moved += self
                .store
                .write(work, |tx, (app, org, goals)| {
                    Box::pin(async move { app.begin_day_for(tx, *org, goals).await })
                })
                .await?;
        }
        Ok(moved)
    }

    async fn begin_day_for(&self, tx: &mut Tx, org_id: Id, goals: &[Id]) -> Result<usize> {
        let settings = hold_structure(tx, org_id).await?;
        // Deleted in the meantime: nothing to do for it.
        let goals = cone::existing(tx, org_id, goals).await?;
        let (today, now): (_, Moment) = self.today(&settings)?;
        let job = Recompute {
            org_id,
            settings: &settings,
            today,
            now,
            change: self.new_id(),
            source: Source::Daily,
        };
        let seeds: Vec<Seed> = goals.into_iter().map(Seed::Anew).collect();
        Ok(recompute(tx, &job, &seeds).await?.len())
    }
}
