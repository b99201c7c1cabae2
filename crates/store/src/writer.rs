//! The one writer of SQLite: first come first served, and those that wait at once share one commit.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::Executor;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::event::Event;
use crate::failure::Failure;
use crate::idempotency::Claim;
use crate::transaction::Tx;

/// At most so many changes share a commit, so that the first of them does not wait long.
const MOST_TOGETHER: usize = 64;

/// A change that waits for the writer.
pub(crate) trait Job: Send {
    /// Runs it; whether it is to be kept. Its result waits inside.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool>;
    /// Nobody waits for it any more.
    fn is_abandoned(&self) -> bool;
    /// Hands the result to the caller.
    fn finish(self: Box<Self>);
    /// Tells the caller that it failed.
    fn fail(self: Box<Self>, failure: Failure);
}

/// A change with its input and the one who waits for its result.
pub(crate) struct Change<I, F, T, E> {
    pub(crate) input: I,
    pub(crate) work: F,
    /// The key of the request that it belongs to.
    pub(crate) claim: Option<Arc<Claim>>,
    pub(crate) result: Option<Result<T, E>>,
    pub(crate) reply: oneshot::Sender<Result<T, E>>,
}

impl<I, F, T, E> Job for Change<I, F, T, E>
where
    I: Send + Sync,
    F: for<'t> Fn(&'t mut Tx, &'t I) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
    T: Send,
    E: From<Failure> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> BoxFuture<'t, bool> {
        let Self { input, work, claim, result, .. } = self;
        Box::pin(async move {
            let mut done = work(tx, input).await;
            if let (Ok(_), Some(claim)) = (&done, claim)
                && let Err(failure) = claim.written(tx).await
            {
                done = Err(failure.into());
            }
            let keep = done.is_ok();
            *result = Some(done);
            keep
        })
    }

    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn finish(self: Box<Self>) {
        let result = self.result.unwrap_or_else(|| Err(Failure::Internal.into()));
        // Whoever went away does not want to know.
        let _gone = self.reply.send(result);
    }

    fn fail(self: Box<Self>, failure: Failure) {
        let _gone = self.reply.send(Err(failure.into()));
    }
}

/// What the writer is asked.
pub(crate) enum Message {
    /// Make this change.
    Change(Box<dyn Job>),
    /// Lend the connection, with a transaction begun on it.
    Lend(oneshot::Sender<Result<Loan, Failure>>),
    /// Take no more changes, make those that wait, and end.
    Close,
}

/// The writer's connection in the hands of somebody whose change goes over several steps. It always comes back: at the latest
/// when this is dropped, and then nothing of the change is kept.
pub(crate) struct Loan {
    tx: Option<Tx>,
    back: Option<oneshot::Sender<Returned>>,
    outcome: oneshot::Receiver<Result<(), Failure>>,
}

/// The connection, and whether what was done on it is to be kept.
struct Returned {
    tx: Tx,
    keep: bool,
}

impl Loan {
    /// The transaction.
    pub(crate) const fn tx(&mut self) -> Option<&mut Tx> {
        self.tx.as_mut()
    }

    /// Gives the connection back. Returns after the commit.
    pub(crate) async fn commit(mut self) -> Result<(), Failure> {
        self.give_back(true);
        (&mut self.outcome).await.map_err(|_| Failure::Unavailable(None))?
    }

    fn give_back(&mut self, keep: bool) {
        if let (Some(tx), Some(back)) = (self.tx.take(), self.back.take()) {
            // The writer is gone where the whole process ends.
            let _gone = back.send(Returned { tx, keep });
        }
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        self.give_back(false);
    }
}

/// Runs until it is closed or every [`crate::Store`] is gone, then closes the connection.
pub(crate) async fn run(mut tx: Tx, mut queue: mpsc::Receiver<Message>, events: broadcast::Sender<Event>) {
    while let Some(first) = queue.recv().await {
        let mut batch = Batch { done: Vec::new(), events: Vec::new(), open: false, savepoint: false };
        let mut next = Ok(first);
        let mut borrower = None;
        while let Ok(message) = next {
            match message {
                Message::Change(job) => {
                    let more = batch.done.len() + 1 < MOST_TOGETHER && !queue.is_empty();
                    batch.add(&mut tx, job, more).await;
                }
                Message::Lend(to) => {
                    borrower = Some(to);
                    break;
                }
                Message::Close => queue.close(),
            }
            if batch.done.len() >= MOST_TOGETHER {
                break;
            }
            next = queue.try_recv();
        }
        for event in batch.commit(&mut tx).await {
            // No subscribers is fine.
            let _none = events.send(event);
        }
        if let Some(to) = borrower {
            // Lost only with the whole process.
            match lend(tx, to, &events).await {
                Some(returned) => tx = returned,
                None => return,
            }
        }
    }
    if let Some(connection) = tx.into_connection()
        && let Err(error) = sqlx::Connection::close(connection).await
    {
        tracing::warn!(%error, "closing the store");
    }
}

/// Lends the connection and waits until it comes back; then keeps what was done on it, or does not.
async fn lend(
    mut tx: Tx,
    to: oneshot::Sender<Result<Loan, Failure>>,
    events: &broadcast::Sender<Event>,
) -> Option<Tx> {
    tx.renew();
    if let Err(failure) = control(&mut tx, "BEGIN IMMEDIATE").await {
        let _gone = to.send(Err(failure));
        return Some(tx);
    }
    let (back, returned) = oneshot::channel();
    let (told, outcome) = oneshot::channel();
    // Where nobody waits any more, it comes back unopened, and dropped it is given back at once: kept until the end of this
    // function, it would be waited for for ever.
    drop(to.send(Ok(Loan { tx: Some(tx), back: Some(back), outcome })));
    let Returned { mut tx, keep } = returned.await.ok()?;
    let done = match keep && !tx.failed() {
        true => tx.flush("COMMIT").await,
        false => Err(Failure::Internal),
    };
    match &done {
        Ok(()) => {
            for event in tx.take_events() {
                let _none = events.send(event);
            }
        }
        Err(_) => {
            if let Err(error) = control(&mut tx, "ROLLBACK").await {
                // SQLite has often rolled back by itself already.
                tracing::debug!(?error, "nothing left to roll back");
            }
        }
    }
    tx.renew();
    // Whoever dropped it does not want to know.
    let _gone = told.send(done);
    Some(tx)
}

/// What became of one change.
struct Done {
    job: Box<dyn Job>,
    outcome: Outcome,
}

enum Outcome {
    Kept,
    Refused,
    Broken(Failure),
}

struct Batch {
    done: Vec<Done>,
    events: Vec<Event>,
    /// The shared transaction has begun.
    open: bool,
    /// The savepoint of the next change stands already.
    savepoint: bool,
}

impl Batch {
    /// Runs one change in the shared transaction. The first needs no savepoint: nothing stands before it. Where `more`
    /// follow, the next one's savepoint is set on the way.
    async fn add(&mut self, tx: &mut Tx, mut job: Box<dyn Job>, more: bool) {
        if job.is_abandoned() {
            return;
        }
        if !self.savepoint {
            let begin = if self.open { "SAVEPOINT change" } else { "BEGIN IMMEDIATE" };
            if let Err(failure) = control(tx, begin).await {
                return job.fail(failure);
            }
            self.savepoint = self.open;
            self.open = true;
        }
        tx.renew();
        let mut outcome = match AssertUnwindSafe(job.run(tx)).catch_unwind().await {
            Ok(true) if !tx.failed() => Outcome::Kept,
            Ok(false) => Outcome::Refused,
            // It broke off, or went on after a statement had failed, which PostgreSQL would not have kept.
            Ok(true) | Err(_) => Outcome::Broken(Failure::Internal),
        };
        if matches!(outcome, Outcome::Kept) {
            let control = match (self.savepoint, more) {
                (true, true) => "RELEASE change; SAVEPOINT change",
                (true, false) => "RELEASE change",
                (false, true) => "SAVEPOINT change",
                (false, false) => "",
            };
            match tx.flush(control).await {
                Ok(()) => {
                    self.savepoint = more;
                    self.events.extend(tx.take_events());
                }
                Err(failure) => outcome = Outcome::Broken(failure),
            }
        }
        let kept = matches!(outcome, Outcome::Kept);
        self.done.push(Done { job, outcome });
        if kept {
            return;
        }
        let undone = if self.savepoint {
            control(tx, "ROLLBACK TO change").await
        } else {
            self.open = false;
            control(tx, "ROLLBACK").await
        };
        // The engine gave up the whole transaction (disk full, for instance): nothing in it is kept.
        if let Err(failure) = undone {
            self.abandon(tx, &failure).await;
        }
    }

    /// Commits what was kept and tells everyone. Returns what is to be announced.
    async fn commit(mut self, tx: &mut Tx) -> Vec<Event> {
        if self.open
            && let Err(failure) = control(tx, "COMMIT").await
        {
            self.abandon(tx, &failure).await;
        }
        for Done { job, outcome } in self.done {
            match outcome {
                Outcome::Kept | Outcome::Refused => job.finish(),
                Outcome::Broken(failure) => job.fail(failure),
            }
        }
        self.events
    }

    /// The shared transaction is lost: no change in it was kept, and each caller is told so.
    async fn abandon(&mut self, tx: &mut Tx, failure: &Failure) {
        tracing::error!(error = ?failure, changes = self.done.len(), "a commit failed");
        self.open = false;
        self.savepoint = false;
        self.events.clear();
        if let Err(error) = control(tx, "ROLLBACK").await {
            // SQLite has often rolled back by itself already.
            tracing::debug!(?error, "nothing left to roll back");
        }
        for Done { job, .. } in self.done.drain(..) {
            job.fail(match failure {
                Failure::ForeignKey => Failure::ForeignKey,
                _ => Failure::Unavailable(None),
            });
        }
    }
}

async fn control(tx: &mut Tx, statement: &'static str) -> Result<(), Failure> {
    tx.connection().execute(sqlx::query(statement)).await?;
    Ok(())
}
