//! A statement with its bound values.

use std::borrow::Cow;

use futures_util::stream::{BoxStream, StreamExt};
use sqlx::any::AnyArguments;
use sqlx::{AssertSqlSafe, Executor};

use crate::bind::{Bind, Value};
use crate::dialect::{Engine, Lock};
use crate::failure::Failure;
use crate::row::Row;
use crate::transaction::{Rx, Tx};

/// A statement: SQL that both engines know, with `$1`, `$2`, … for values.
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until it is run"]
pub struct Sql {
    text: Cow<'static, str>,
    values: Vec<Value>,
    lock: Option<Lock>,
}

/// A statement from a literal.
pub fn sql(text: &'static str) -> Sql {
    Sql { text: Cow::Borrowed(text), values: Vec::new(), lock: None }
}

impl Sql {
    /// A statement that this crate put together itself; never from what people typed.
    pub(crate) fn built(text: String) -> Self {
        Self { text: Cow::Owned(text), values: Vec::new(), lock: None }
    }

    /// Binds the next value.
    pub fn bind(mut self, value: impl Bind) -> Self {
        self.values.push(value.value());
        self
    }

    /// Binds further values, in order.
    pub fn bind_all(mut self, values: impl IntoIterator<Item = Value>) -> Self {
        self.values.extend(values);
        self
    }

    /// Locks the rows that are read until the transaction ends. Lock in a fixed order: `ORDER BY id`.
    pub fn for_update(mut self) -> Self {
        self.lock = Some(Lock::Update);
        self
    }

    /// Keeps the rows that are read from being changed until the transaction ends.
    pub fn for_share(mut self) -> Self {
        self.lock = Some(Lock::Share);
        self
    }

    /// Locks the rows that are read and passes over those that others hold.
    pub fn skip_locked(mut self) -> Self {
        self.lock = Some(Lock::SkipLocked);
        self
    }

    fn prepare(self, engine: Engine) -> Result<(Cow<'static, str>, AnyArguments), Failure> {
        let mut arguments = AnyArguments::default();
        for value in self.values {
            value.add_to(&mut arguments)?;
        }
        let suffix = self.lock.map_or("", |lock| engine.lock(lock));
        let text = if suffix.is_empty() { self.text } else { Cow::Owned(self.text.into_owned() + suffix) };
        Ok((text, arguments))
    }

    /// Every row.
    ///
    /// # Errors
    /// What the database says; so for all of these.
    pub async fn fetch_all(self, rx: &mut Rx) -> Result<Vec<Row>, Failure> {
        let (text, arguments) = self.prepare(rx.engine())?;
        let found = rx.counted().fetch_all(sqlx::query_with(AssertSqlSafe(text), arguments)).await;
        rx.noted(found).map(|rows| rows.into_iter().map(Row).collect())
    }

    /// The first row, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for fetch_all")]
    pub async fn fetch_optional(self, rx: &mut Rx) -> Result<Option<Row>, Failure> {
        let (text, arguments) = self.prepare(rx.engine())?;
        let found = rx.counted().fetch_optional(sqlx::query_with(AssertSqlSafe(text), arguments)).await;
        rx.noted(found).map(|row| row.map(Row))
    }

    /// The one row of a statement that always has one (`SELECT count(*) …`).
    #[expect(clippy::missing_errors_doc, reason = "as for fetch_all")]
    pub async fn fetch_one(self, rx: &mut Rx) -> Result<Row, Failure> {
        self.fetch_optional(rx).await?.ok_or(Failure::Other(sqlx::Error::RowNotFound))
    }

    /// Runs a statement; how many rows it touched.
    #[expect(clippy::missing_errors_doc, reason = "as for fetch_all")]
    pub async fn execute(self, tx: &mut Tx) -> Result<u64, Failure> {
        let (text, arguments) = self.prepare(tx.engine())?;
        let done = tx.counted().execute(sqlx::query_with(AssertSqlSafe(text), arguments)).await;
        tx.noted(done).map(|done| done.rows_affected())
    }

    /// Runs an update that is guarded by a version.
    ///
    /// # Errors
    /// [`Failure::Conflict`] where no row matched.
    pub async fn execute_one(self, tx: &mut Tx) -> Result<(), Failure> {
        match self.execute(tx).await? {
            0 => Err(Failure::Conflict),
            _ => Ok(()),
        }
    }

    /// The rows one by one, for answers too long to hold at once.
    #[expect(clippy::missing_errors_doc, reason = "as for fetch_all")]
    pub fn stream(self, rx: &mut Rx) -> Result<BoxStream<'_, Result<Row, Failure>>, Failure> {
        let (text, arguments) = self.prepare(rx.engine())?;
        let rows = rx.counted().fetch(sqlx::query_with(AssertSqlSafe(text), arguments));
        Ok(rows.map(|row| row.map(Row).map_err(Failure::from)).boxed())
    }
}
