//! The store: opening, reading, writing, watching.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sqlx::AnyPool;
use sqlx::Executor;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::task::{AbortHandle, JoinHandle};
use tracing::Instrument;

use crate::connect::{Options, postgres_pool, sqlite_readers, sqlite_writer};
use crate::dialect::Engine;
use crate::event::{Event, letters};
use crate::failure::Failure;
use crate::idempotency::Claim;
use crate::listen;
use crate::migrate;
use crate::statistics;
use crate::transaction::{Held, Rx, Tx};
use crate::url::StoreUrl;
use crate::writer::{self, Change, Loan, Message};

/// What a writing closure returns.
pub type WriteFuture<'t, T, E> = BoxFuture<'t, Result<T, E>>;

/// Changes that may wait for the writer; beyond it callers wait to queue.
const QUEUE: usize = 1024;
/// Events that a slow subscriber may be behind.
const EVENTS: usize = 1024;
/// How often PostgreSQL may give way before the caller hears of it.
const ATTEMPTS: u32 = 10;

/// The store of Northing. Cheap to clone; all clones are the same store.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    pool: AnyPool,
    writer: Writer,
    events: broadcast::Sender<Event>,
    statements: Arc<AtomicU64>,
}

enum Writer {
    Sqlite { queue: mpsc::Sender<Message>, task: Mutex<Option<JoinHandle<()>>> },
    Postgres { node: String, channel: String, listener: AbortHandle },
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Writer::Postgres { listener, .. } = &self.writer {
            listener.abort();
        }
    }
}

impl Store {
    /// Opens a store: makes it where there is none, brings its schema up to date.
    ///
    /// # Errors
    /// Where it cannot be reached or made, or was written by a newer version.
    pub async fn open(url: &StoreUrl) -> Result<Self, Failure> {
        Self::open_with(url, Options::default()).await
    }

    /// Opens a store with other numbers of connections.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn open_with(url: &StoreUrl, options: Options) -> Result<Self, Failure> {
        sqlx::any::install_default_drivers();
        let (events, _) = broadcast::channel(EVENTS);
        let statements = Arc::new(AtomicU64::new(0));
        let inner = match url {
            StoreUrl::Sqlite(path) => {
                let mut connection = sqlite_writer(path).await?;
                migrate::migrate(&mut connection, Engine::Sqlite, migrate::newest()).await?;
                statistics::tell(&mut connection).await?;
                let pool = sqlite_readers(path, options)?;
                let (queue, waiting) = mpsc::channel(QUEUE);
                let held = Held::Own(Box::new(connection));
                let tx = Tx::new(Rx::new(held, Engine::Sqlite, Arc::clone(&statements)));
                let task = tokio::spawn(writer::run(tx, waiting, events.clone()));
                let writer = Writer::Sqlite { queue, task: Mutex::new(Some(task)) };
                Inner { engine: Engine::Sqlite, pool, writer, events, statements }
            }
            StoreUrl::Postgres(url) => {
                let (node, schema) = migrate::migrate_postgres(url, migrate::newest()).await?;
                let pool = postgres_pool(url, options)?;
                let channel = listen::channel(&schema);
                let listener = listen::start(url, &channel, node.clone(), events.clone()).await?;
                let writer = Writer::Postgres { node, channel, listener };
                Inner { engine: Engine::Postgres, pool, writer, events, statements }
            }
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The engine behind it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.inner.engine
    }

    /// How many statements ran in this store so far, on all its connections (transaction control not counted).
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.inner.statements.load(Ordering::Relaxed)
    }

    /// A snapshot for reading: everything read through it is of one moment. Ends when dropped; hold it briefly.
    ///
    /// # Errors
    /// Where no connection is to be had.
    pub async fn read(&self) -> Result<Rx, Failure> {
        let begun = self.inner.pool.begin_with(self.inner.engine.begin_read()).await?;
        Ok(Rx::new(Held::Begun(begun), self.inner.engine, Arc::clone(&self.inner.statements)))
    }

    /// A connection for a single query, without the cost of a snapshot: each statement sees the newest state.
    ///
    /// # Errors
    /// Where no connection is to be had.
    pub async fn read_once(&self) -> Result<Rx, Failure> {
        let connection = self.inner.pool.acquire().await?;
        Ok(Rx::new(Held::Bare(connection), self.inner.engine, Arc::clone(&self.inner.statements)))
    }

    /// Makes a change: all of it is kept, or (where the closure fails, panics, or the commit fails) nothing. Returns after
    /// the commit. The closure may run more than once and must touch nothing but the transaction. A caller that goes away
    /// does not stop a change that has begun. Under a [`Claim`] the key is answered with it. Never start a write from within a write: it would wait for itself.
    ///
    /// # Errors
    /// Those of the closure; those of the commit as the closure's error type.
    pub async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<Failure> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> WriteFuture<'t, T, E> + Send + Sync + 'static,
    {
        // Looked up here: the work runs on another task.
        let claim = Claim::current();
        match &self.inner.writer {
            Writer::Sqlite { queue, .. } => {
                let (reply, answer) = oneshot::channel();
                let job = Box::new(Change { input, work, claim, result: None, reply });
                queue.send(Message::Change(job)).await.map_err(|_| Failure::Unavailable(None))?;
                answer.await.map_err(|_| Failure::Unavailable(None))?
            }
            Writer::Postgres { .. } => {
                // On a task of its own, so that a caller that goes away cannot stop it half-way.
                let inner = Arc::clone(&self.inner);
                let change = async move { inner.write_postgres(&input, &work, claim.as_deref()).await };
                tokio::spawn(change.in_current_span()).await.map_err(|_| Failure::Internal)?
            }
        }
    }

    /// Begins a change that goes over several steps, for work that cannot be one closure. Nobody else writes on SQLite until it
    /// ends: end it soon, and begin another for the rest ([`Writing::next`]). Dropped, nothing of it is kept. Never call
    /// [`Self::write`] while it is held: that would wait for itself. On PostgreSQL it is not tried again where the database
    /// gives way.
    ///
    /// # Errors
    /// Where no connection is to be had.
    pub async fn begin(&self) -> Result<Writing, Failure> {
        let held = match &self.inner.writer {
            Writer::Sqlite { queue, .. } => {
                let (to, loan) = oneshot::channel();
                queue.send(Message::Lend(to)).await.map_err(|_| Failure::Unavailable(None))?;
                Lent::Sqlite(loan.await.map_err(|_| Failure::Unavailable(None))??)
            }
            Writer::Postgres { .. } => {
                let begun = self.inner.pool.begin().await?;
                let rx = Rx::new(Held::Begun(begun), Engine::Postgres, Arc::clone(&self.inner.statements));
                Lent::Postgres(Box::new(Tx::new(rx)))
            }
        };
        Ok(Writing { store: self.clone(), held: Some(held) })
    }

    /// What changes from now on, in this process and (on PostgreSQL) on other nodes. A subscriber that falls behind gets
    /// `Lagged` and should load everything again, as for [`crate::Change::Everything`].
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.inner.events.subscribe()
    }

    /// Makes the changes that wait, then closes all connections. Later calls fail as unavailable.
    pub async fn close(&self) {
        if let Writer::Sqlite { queue, task } = &self.inner.writer {
            let task = task.lock().unwrap_or_else(PoisonError::into_inner).take();
            self.inner.pool.close().await;
            // Where the writer has ended already, there is nothing to close.
            let _ended = queue.send(Message::Close).await;
            if let Some(task) = task
                && let Err(error) = task.await
            {
                tracing::error!(%error, "the writer did not end well");
            }
        } else {
            self.inner.pool.close().await;
        }
    }
}

/// A change that goes over several steps; see [`Store::begin`].
pub struct Writing {
    store: Store,
    held: Option<Lent>,
}

enum Lent {
    Sqlite(Loan),
    Postgres(Box<Tx>),
}

impl Writing {
    /// The transaction.
    ///
    /// # Errors
    /// [`Failure::Internal`] after [`Self::next`] failed.
    pub fn tx(&mut self) -> Result<&mut Tx, Failure> {
        match &mut self.held {
            Some(Lent::Sqlite(loan)) => loan.tx().ok_or(Failure::Internal),
            Some(Lent::Postgres(tx)) => Ok(tx),
            None => Err(Failure::Internal),
        }
    }

    /// Keeps what was done so far, lets everyone write who waits, and begins the next change.
    ///
    /// # Errors
    /// Where it could not be kept; nothing more can be done with this then.
    pub async fn next(&mut self) -> Result<(), Failure> {
        self.keep().await?;
        self.held = self.store.begin().await?.held.take();
        Ok(())
    }

    /// Keeps what was done and ends.
    ///
    /// # Errors
    /// Where it could not be kept.
    pub async fn commit(mut self) -> Result<(), Failure> {
        self.keep().await
    }

    async fn keep(&mut self) -> Result<(), Failure> {
        match self.held.take() {
            Some(Lent::Sqlite(loan)) => loan.commit().await,
            Some(Lent::Postgres(mut tx)) => {
                if tx.failed() {
                    return Err(Failure::Internal);
                }
                tx.flush("").await?;
                Ok(self.store.inner.commit(*tx).await?)
            }
            None => Err(Failure::Internal),
        }
    }
}

/// Sends what waits, and with it that the key of the request is answered.
async fn settle(tx: &mut Tx, claim: Option<&Claim>) -> Result<(), Failure> {
    if let Some(claim) = claim {
        claim.written(tx).await?;
    }
    tx.flush("").await
}

impl Inner {
    async fn write_postgres<I, T, E, F>(&self, input: &I, work: &F, claim: Option<&Claim>) -> Result<T, E>
    where
        E: From<Failure>,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> WriteFuture<'t, T, E>,
    {
        let mut attempt = 1;
        loop {
            let begun = self.pool.begin().await.map_err(Failure::from)?;
            let rx = Rx::new(Held::Begun(begun), Engine::Postgres, Arc::clone(&self.statements));
            let mut tx = Tx::new(rx);
            let mut done = match AssertUnwindSafe(work(&mut tx, input)).catch_unwind().await {
                Ok(done) => done,
                Err(_) => return Err(Failure::Internal.into()),
            };
            if done.is_ok()
                && !tx.failed()
                && let Err(failure) = settle(&mut tx, claim).await
            {
                done = Err(failure.into());
            }
            let again = attempt < ATTEMPTS;
            let failed = match done {
                Err(_) if tx.gave_way() && again => None,
                Err(error) => return Err(error),
                Ok(_) if tx.failed() && !tx.gave_way() => return Err(Failure::Internal.into()),
                Ok(value) => match self.commit(tx).await {
                    Ok(()) => return Ok(value),
                    Err(error) if Failure::is_retryable(&error) && again => Some(error),
                    Err(error) => return Err(Failure::from(error).into()),
                },
            };
            tracing::debug!(attempt, error = ?failed, "the database gave way; once more");
            tokio::time::sleep(Duration::from_millis(u64::from(2 * attempt * attempt))).await;
            attempt += 1;
        }
    }

    async fn commit(&self, mut tx: Tx) -> Result<(), sqlx::Error> {
        let events = tx.take_events();
        if let Writer::Postgres { node, channel, .. } = &self.writer {
            for letter in letters(node, &events) {
                let notify = sqlx::query("SELECT pg_notify($1, $2)").bind(channel.as_str()).bind(letter);
                tx.connection().execute(notify).await?;
            }
        }
        tx.commit().await?;
        for event in events {
            // No subscribers is fine.
            let _none = self.events.send(event);
        }
        Ok(())
    }
}
