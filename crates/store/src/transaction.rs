//! A reading and a writing transaction.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Transaction};

use crate::dialect::Engine;
use crate::event::Event;
use crate::failure::Failure;
use crate::query::Sql;

/// Values of statements that wait for each other: under SQLite's limit for one statement, and few enough to parse quickly.
const MOST_WAITING: usize = 8_000;

/// How a transaction holds its connection.
pub(crate) enum Held {
    /// The one writer of SQLite.
    Own(Box<AnyConnection>),
    /// A transaction of a pool.
    Begun(Transaction<'static, Any>),
    /// A connection of a pool, outside of any transaction.
    Bare(PoolConnection<Any>),
}

/// A connection for reading: all reads of one [`crate::Store::read`] see the same state. Dropping it ends it.
pub struct Rx {
    held: Held,
    engine: Engine,
    statements: u64,
    total: Arc<AtomicU64>,
    failed: bool,
    gave_way: bool,
    later: Vec<Sql>,
}

impl Rx {
    pub(crate) const fn new(held: Held, engine: Engine, total: Arc<AtomicU64>) -> Self {
        Self { held, engine, statements: 0, total, failed: false, gave_way: false, later: Vec::new() }
    }

    /// The engine behind it.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        self.engine
    }

    /// How many statements ran on it so far (transaction control not counted).
    #[must_use]
    pub const fn statements(&self) -> u64 {
        self.statements
    }

    /// The connection, uncounted.
    pub(crate) fn connection(&mut self) -> &mut AnyConnection {
        match &mut self.held {
            Held::Own(connection) => connection,
            Held::Begun(transaction) => transaction,
            Held::Bare(connection) => connection,
        }
    }

    /// The connection for one statement more, once those that wait have run.
    pub(crate) async fn counted(&mut self) -> Result<&mut AnyConnection, Failure> {
        self.flush("").await?;
        self.count();
        Ok(self.connection())
    }

    fn count(&mut self) {
        self.statements += 1;
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    /// Keeps a statement for the next that runs, or for the end of the change.
    pub(crate) async fn keep(&mut self, statement: Sql) -> Result<(), Failure> {
        self.count();
        self.later.push(statement);
        if self.later.iter().map(Sql::len).sum::<usize>() < MOST_WAITING {
            return Ok(());
        }
        self.flush("").await
    }

    /// Runs what waits, and behind it these statements of transaction control: on SQLite in one go, which spares a trip
    /// to the connection's thread for each.
    pub(crate) async fn flush(&mut self, control: &'static str) -> Result<(), Failure> {
        let waiting = std::mem::take(&mut self.later);
        let all = match self.engine {
            Engine::Sqlite if waiting.len() > 1 || !control.is_empty() => vec![Sql::joined(waiting, control)],
            _ => waiting,
        };
        for statement in all.into_iter().filter(|statement| !statement.is_empty()) {
            let done = statement.run_uncounted(self).await;
            self.noted(done)?;
        }
        Ok(())
    }

    /// Remembers that a statement failed (the write is not kept, whatever the caller makes of the error), and whether
    /// PostgreSQL gave way (then it runs again).
    pub(crate) fn noted<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, Failure> {
        answer.map_err(|error| {
            self.failed = true;
            self.gave_way |= Failure::is_retryable(&error);
            Failure::from(error)
        })
    }
}

/// A writing transaction: all of it is kept, or nothing. Derefs to [`Rx`], so that reading functions work in it.
pub struct Tx {
    rx: Rx,
    events: Vec<Event>,
}

impl Tx {
    pub(crate) const fn new(rx: Rx) -> Self {
        Self { rx, events: Vec::new() }
    }

    /// Tells everyone who watches, once this is committed.
    pub fn announce(&mut self, event: Event) {
        self.events.push(event);
    }

    pub(crate) const fn failed(&self) -> bool {
        self.rx.failed
    }

    pub(crate) const fn gave_way(&self) -> bool {
        self.rx.gave_way
    }

    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// Makes it ready for the next change on the same connection. What waits is forgotten.
    pub(crate) fn renew(&mut self) {
        self.events.clear();
        self.rx.later.clear();
        self.rx.statements = 0;
        self.rx.failed = false;
        self.rx.gave_way = false;
    }

    /// Commits a transaction that a pool gave.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self.rx.held {
            Held::Begun(transaction) => transaction.commit().await,
            Held::Own(_) | Held::Bare(_) => Ok(()),
        }
    }

    pub(crate) fn into_connection(self) -> Option<AnyConnection> {
        match self.rx.held {
            Held::Own(connection) => Some(*connection),
            Held::Begun(_) | Held::Bare(_) => None,
        }
    }
}

impl Deref for Tx {
    type Target = Rx;
    fn deref(&self) -> &Rx {
        &self.rx
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Rx {
        &mut self.rx
    }
}
