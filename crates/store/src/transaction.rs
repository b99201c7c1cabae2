//! A reading and a writing transaction.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Transaction};

use crate::dialect::Engine;
use crate::event::Event;
use crate::failure::Failure;

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
}

impl Rx {
    pub(crate) const fn new(held: Held, engine: Engine, total: Arc<AtomicU64>) -> Self {
        Self { held, engine, statements: 0, total, failed: false, gave_way: false }
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

    /// The connection for one statement more.
    pub(crate) fn counted(&mut self) -> &mut AnyConnection {
        self.statements += 1;
        self.total.fetch_add(1, Ordering::Relaxed);
        self.connection()
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

    /// Makes it ready for the next change on the same connection.
    pub(crate) fn renew(&mut self) {
        self.events.clear();
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
