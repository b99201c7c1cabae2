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
    /// Its values stand in their order, each once, as `?` on SQLite.
    in_order: bool,
}

/// A statement from a literal.
pub fn sql(text: &'static str) -> Sql {
    Sql { text: Cow::Borrowed(text), values: Vec::new(), lock: None, in_order: false }
}

impl Sql {
    /// A statement that this crate put together itself; never from what people typed.
    pub(crate) fn built(text: String) -> Self {
        Self { text: Cow::Owned(text), values: Vec::new(), lock: None, in_order: false }
    }

    /// As [`Self::built`], with all its values, which stand in the text in their order and each once.
    pub(crate) fn in_order(text: String, values: Vec<Value>) -> Self {
        Self { text: Cow::Owned(text), values, lock: None, in_order: true }
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

    /// Several statements as one text; `control` stands behind them. SQLite only: PostgreSQL takes one statement at a time.
    /// Where all of them have their values in order they stay without numbers, else all values are numbered through.
    pub(crate) fn joined(statements: Vec<Self>, control: &'static str) -> Self {
        let in_order = statements.iter().all(|it| it.in_order);
        let mut all = Self { text: Cow::Borrowed(control), values: Vec::new(), lock: None, in_order };
        let mut text = String::new();
        for statement in statements {
            match (in_order, statement.in_order) {
                (true, _) => text.push_str(&statement.text),
                (false, true) => number_marks(&statement.text, all.values.len(), &mut text),
                (false, false) => number_from(&statement.text, all.values.len(), &mut text),
            }
            text.push_str("; ");
            all.values.extend(statement.values);
        }
        if !text.is_empty() {
            text.push_str(control);
            all.text = Cow::Owned(text);
        }
        all
    }

    /// How many values it has.
    pub(crate) const fn len(&self) -> usize {
        self.values.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) async fn run_uncounted(self, rx: &mut Rx) -> Result<(), sqlx::Error> {
        let (text, arguments) = self
            .prepare(rx.engine())
            .map_err(|_| sqlx::Error::Protocol(String::from("a value that cannot be bound")))?;
        rx.connection().execute(sqlx::query_with(AssertSqlSafe(text), arguments)).await.map(|_| ())
    }

    /// The same for the rows of `jobs` alone, where they are joined with what cannot be locked.
    pub(crate) fn skip_locked_jobs(mut self) -> Self {
        self.lock = Some(Lock::SkipLockedJobs);
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
        let found = rx.counted().await?.fetch_all(sqlx::query_with(AssertSqlSafe(text), arguments)).await;
        rx.noted(found).map(|rows| rows.into_iter().map(Row).collect())
    }

    /// The first row, if there is one.
    #[expect(clippy::missing_errors_doc, reason = "as for fetch_all")]
    pub async fn fetch_optional(self, rx: &mut Rx) -> Result<Option<Row>, Failure> {
        let (text, arguments) = self.prepare(rx.engine())?;
        let found =
            rx.counted().await?.fetch_optional(sqlx::query_with(AssertSqlSafe(text), arguments)).await;
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
        let done = tx.counted().await?.execute(sqlx::query_with(AssertSqlSafe(text), arguments)).await;
        tx.noted(done).map(|done| done.rows_affected())
    }

    /// Runs a statement with the next one, or at the end of the change: for those that nobody asks how many rows they
    /// touched. Where it fails, that fails, and the change with it.
    #[expect(clippy::missing_errors_doc, reason = "as for fetch_all")]
    pub async fn execute_later(self, tx: &mut Tx) -> Result<(), Failure> {
        tx.keep(self).await
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
    pub async fn stream(self, rx: &mut Rx) -> Result<BoxStream<'_, Result<Row, Failure>>, Failure> {
        let (text, arguments) = self.prepare(rx.engine())?;
        let rows = rx.counted().await?.fetch(sqlx::query_with(AssertSqlSafe(text), arguments));
        Ok(rows.map(|row| row.map(Row).map_err(Failure::from)).boxed())
    }
}

/// The text with `$1` as `$1 + offset`, and so on. No literal of ours holds a dollar sign.
pub(crate) fn number_from(text: &str, offset: usize, to: &mut String) {
    let mut parts = text.split('$');
    to.push_str(parts.next().unwrap_or(""));
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        match number.parse::<usize>() {
            Ok(number) => to.push_str(&format!("${}{rest}", number + offset)),
            Err(_) => to.push_str(&format!("${part}")),
        }
    }
}

/// The text with `$offset + 1` for its first `?`, and so on. No literal of ours holds a question mark.
fn number_marks(text: &str, offset: usize, to: &mut String) {
    for (number, part) in (offset..).zip(text.split('?')) {
        if number > offset {
            to.push_str(&format!("${number}"));
        }
        to.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_that_are_joined_keep_their_values() {
        let one = sql("UPDATE a SET b = $2 WHERE c = $1").bind("x").bind(1_i64);
        let other = sql("DELETE FROM d WHERE e = $1 OR f = $12").bind("y");
        let all = Sql::joined(vec![one, other], "RELEASE change");
        assert_eq!(
            all.text,
            "UPDATE a SET b = $2 WHERE c = $1; DELETE FROM d WHERE e = $3 OR f = $14; RELEASE change"
        );
        assert_eq!(all.values.len(), 3);
        let rows =
            || Sql::in_order(String::from("INSERT INTO f VALUES (?,?)"), vec![1_i64.value(), 2_i64.value()]);
        assert_eq!(
            Sql::joined(vec![rows(), rows()], "").text,
            "INSERT INTO f VALUES (?,?); INSERT INTO f VALUES (?,?); "
        );
        let mixed = Sql::joined(vec![sql("DELETE FROM d WHERE e = $1").bind("y"), rows()], "");
        assert_eq!(mixed.text, "DELETE FROM d WHERE e = $1; INSERT INTO f VALUES ($2,$3); ");
        assert_eq!(Sql::joined(Vec::new(), "RELEASE change").text, "RELEASE change");
        assert!(Sql::joined(Vec::new(), "").is_empty());
    }
}
