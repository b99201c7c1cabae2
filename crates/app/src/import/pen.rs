//! How an import writes: in parts, so that whoever checks in meanwhile waits for one part and not for the whole. Each part holds
//! its records together with their lines, which say what it takes to take them back; see docs/decisions/0019.

use std::time::Duration;

use futures_util::future::BoxFuture;
use northing_core::values::Id;
use northing_store::imports::{self, Kind, State};
use northing_store::jobs::{self, Job};
use northing_store::{Failure, Rx, Store, Tx, Writing, goal_facts};
use tokio::time::Instant;

use super::before::Before;
use super::progress::Progress;
use super::report::ImportReport;
use crate::{Error, Northing, Result};

/// A part ends when it has taken so long: what others wait for at most is little more.
const PART: Duration = Duration::from_millis(80);

/// The hand that writes an import.
pub(super) struct Pen<'a> {
    store: Store,
    /// None while it pauses.
    writing: Option<Writing>,
    how: How<'a>,
    since: Instant,
}

/// Whether in parts.
#[derive(Clone, Copy)]
pub(super) enum How<'a> {
    /// As a whole: nothing is kept before the end.
    Whole,
    /// As a whole that is only tried; its lines go to this store.
    Tried(&'a Store),
    /// In parts, as long as the import is to be done and its job is this worker's.
    Parts(Parts<'a>),
}

/// What each part makes sure of.
#[derive(Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) app: &'a Northing,
    pub(super) org: Id,
    pub(super) import: Id,
    pub(super) job: &'a Job,
    pub(super) worker: &'a str,
    pub(super) progress: &'a Progress,
}

impl<'a> Pen<'a> {
    /// Begins to write in a store.
    pub(super) async fn begin(store: &Store, how: How<'a>) -> Result<Self> {
        let writing = Some(store.begin().await?);
        let mut pen = Self { store: store.clone(), writing, how, since: Instant::now() };
        pen.enter().await?;
        if let How::Parts(Parts { import, .. }) = pen.how {
            imports::set_half_made(pen.tx()?, import, true).await?;
        }
        Ok(pen)
    }

    /// The transaction of this part.
    ///
    /// # Errors
    /// [`Error::Internal`] while it pauses.
    pub(super) fn tx(&mut self) -> Result<&mut Tx> {
        let paused = || Error::Internal(String::from("an import wrote while it paused"));
        Ok(self.writing.as_mut().ok_or_else(paused)?.tx()?)
    }

    /// Lets others write if this part took its time. To be called where records and their lines are both written or said.
    pub(super) async fn rest(&mut self, report: &mut ImportReport) -> Result<()> {
        match self.how {
            How::Whole => Ok(()),
            How::Tried(store) => report.write_to(store, false).await,
            How::Parts(_) if self.since.elapsed() < PART => Ok(()),
            How::Parts(_) => self.turn(report).await,
        }
    }

    /// Ends this part, however short it was, and begins the next.
    pub(super) async fn turn(&mut self, report: &mut ImportReport) -> Result<()> {
        match self.how {
            How::Whole => return Ok(()),
            How::Tried(store) => return report.write_to(store, false).await,
            How::Parts(_) => {}
        }
        self.pause(report).await?;
        self.resume().await
    }

    /// Ends this part; others may write until [`Self::resume`]: for long thinking.
    pub(super) async fn pause(&mut self, report: &mut ImportReport) -> Result<()> {
        if !matches!(self.how, How::Parts(_)) {
            return Ok(());
        }
        if let Some(mut writing) = self.writing.take() {
            report.write(writing.tx()?).await?;
            writing.commit().await?;
        }
        Ok(())
    }

    /// Begins the next part after a pause.
    pub(super) async fn resume(&mut self) -> Result<()> {
        if self.writing.is_none() {
            self.writing = Some(self.store.begin().await?);
            self.since = Instant::now();
            self.enter().await?;
        }
        Ok(())
    }

    /// Reads much, while others may write; it must not matter that they do.
    pub(super) async fn read<T>(
        &mut self,
        report: &mut ImportReport,
        work: impl for<'t> FnOnce(&'t mut Rx) -> BoxFuture<'t, Result<T>>,
    ) -> Result<T> {
        if !matches!(self.how, How::Parts(_)) {
            return work(self.tx()?).await;
        }
        self.pause(report).await?;
        let mut rx = self.store.read().await?;
        let found = work(&mut rx).await?;
        drop(rx);
        self.resume().await?;
        Ok(found)
    }

    /// What earlier imports left.
    pub(super) async fn known(&mut self, report: &mut ImportReport, org: Id, kind: Kind) -> Result<Before> {
        self.read(report, move |rx| {
            Box::pin(async move { Ok(Before::new(imports::known(rx, org, kind).await?)) })
        })
        .await
    }

    /// Every line is written, so that remarks can be added to them.
    pub(super) async fn settle(&mut self, report: &mut ImportReport) -> Result<()> {
        match self.how {
            How::Tried(store) => report.write_to(store, true).await,
            How::Whole | How::Parts(_) => report.write(self.tx()?).await,
        }
    }

    /// Adds remarks to lines that were written.
    pub(super) async fn amend(
        &mut self,
        report: &mut ImportReport,
        notes: Vec<super::report::Remark>,
    ) -> Result<()> {
        self.settle(report).await?;
        match self.how {
            How::Tried(store) => report.amend_in(store, notes).await,
            How::Whole | How::Parts(_) => report.amend(self.tx()?, &notes).await,
        }
    }

    /// Keeps the last part.
    pub(super) async fn commit(mut self) -> Result<()> {
        match self.writing.take() {
            Some(writing) => Ok(writing.commit().await?),
            None => Ok(()),
        }
    }

    async fn enter(&mut self) -> Result<()> {
        let How::Parts(parts) = self.how else { return Ok(()) };
        let Parts { app, org, import, job, worker, progress } = parts;
        let tx = self.tx()?;
        goal_facts::lock_structure(tx, org).await?.ok_or(Error::NotFound("organisation"))?;
        let until = app.now().plus_millis(crate::jobs::LEASE_MILLIS);
        jobs::extend(tx, job, worker, until).await?;
        let found = imports::by_id(tx, org, import).await?;
        // Somebody cancelled it on another node.
        if found.is_none_or(|found| found.state != State::Running) {
            return Err(Failure::Conflict.into());
        }
        let (done, total) = progress.count();
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        Ok(imports::progress(tx, import, count(done), count(total)).await?)
    }
}
