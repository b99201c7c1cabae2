//! Many rows in few statements, with few different statement texts, so that the engines' statement caches hold them.

use std::fmt::Write;

use crate::bind::Value;
use crate::dialect::Engine;
use crate::failure::Failure;
use crate::query::Sql;
use crate::transaction::Tx;

/// Under both engines' limit of bound values (32,766 and 65,535), and small enough to parse quickly.
const MOST_VALUES: usize = 8_000;
const MOST_ROWS: usize = 256;
/// Beyond so many rows a statement is worth a trip of its own.
const FEW_ROWS: usize = 64;

/// Rows to be written together. Each row has the same number of values, of the same kinds.
#[derive(Debug, Default)]
pub struct Bulk {
    columns: usize,
    rows: Vec<Vec<Value>>,
}

impl Bulk {
    /// For rows of so many values.
    #[must_use]
    pub const fn new(columns: usize) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row. A row of another length than the first is refused when it is written.
    pub fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        self.rows.push(row.into_iter().collect());
    }

    /// How many rows.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Inserts the rows: `INSERT INTO t (a, b) {rows}`. Returns how many were inserted.
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert(self, tx: &mut Tx, statement: &'static str) -> Result<u64, Failure> {
        self.insert_by(tx, statement).await
    }

    /// As [`Self::insert`], with a statement that this crate put together.
    pub(crate) async fn insert_by(self, tx: &mut Tx, statement: &str) -> Result<u64, Failure> {
        let mut done = 0;
        let mut rest = self.rows;
        let most = most_rows(self.columns);
        while !rest.is_empty() {
            // Powers of two: at most nine different texts for each statement, and no row twice.
            let size = previous_power_of_two(rest.len().min(most));
            let batch: Vec<_> = rest.drain(..size).collect();
            done += built(tx.engine(), statement, self.columns, batch)?.execute(tx).await?;
        }
        Ok(done)
    }

    /// As [`Self::insert`], with the next statement or at the end of the change: see [`Sql::execute_later`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn insert_later(self, tx: &mut Tx, statement: &'static str) -> Result<(), Failure> {
        if self.rows.len() > FEW_ROWS {
            return self.insert(tx, statement).await.map(|_| ());
        }
        let (columns, most) = (self.columns, most_rows(self.columns));
        let mut rest = self.rows;
        while !rest.is_empty() {
            let batch = rest.drain(..previous_power_of_two(rest.len().min(most))).collect();
            built(tx.engine(), statement, columns, batch)?.execute_later(tx).await?;
        }
        Ok(())
    }

    /// As [`Self::update`], with the next statement or at the end of the change: see [`Sql::execute_later`].
    ///
    /// # Errors
    /// What the database says.
    pub async fn update_later(self, tx: &mut Tx, statement: &'static str) -> Result<(), Failure> {
        if self.rows.len() > FEW_ROWS {
            return self.update(tx, statement).await.map(|_| ());
        }
        let (columns, most) = (self.columns, most_rows(self.columns));
        let mut rest = self.rows;
        while !rest.is_empty() {
            let batch = filled(&mut rest, most);
            built(tx.engine(), statement, columns, batch)?.execute_later(tx).await?;
        }
        Ok(())
    }

    /// Updates by the rows: `UPDATE t SET a = v.column2 FROM ({rows}) v WHERE t.id = v.column1`. The last row may
    /// stand more than once in `v`. Returns how many rows of the table were touched.
    ///
    /// # Errors
    /// What the database says.
    pub async fn update(self, tx: &mut Tx, statement: &'static str) -> Result<u64, Failure> {
        let mut done = 0;
        let mut rest = self.rows;
        let most = most_rows(self.columns);
        while !rest.is_empty() {
            let batch = filled(&mut rest, most);
            done += built(tx.engine(), statement, self.columns, batch)?.execute(tx).await?;
        }
        Ok(done)
    }
}

fn most_rows(columns: usize) -> usize {
    previous_power_of_two((MOST_VALUES / columns.max(1)).clamp(1, MOST_ROWS))
}

const fn previous_power_of_two(number: usize) -> usize {
    match number.checked_ilog2() {
        Some(exponent) => 1 << exponent,
        None => 1,
    }
}

/// The next rows of an update, the last of them as often as it takes to be a power of two.
fn filled(rest: &mut Vec<Vec<Value>>, most: usize) -> Vec<Vec<Value>> {
    let mut batch: Vec<_> = rest.drain(..rest.len().min(most)).collect();
    if let Some(last) = batch.last().cloned() {
        batch.resize(batch.len().next_power_of_two(), last);
    }
    batch
}

fn built(engine: Engine, statement: &str, columns: usize, rows: Vec<Vec<Value>>) -> Result<Sql, Failure> {
    if rows.iter().any(|row| row.len() != columns) {
        return Err(Failure::Other(sqlx::Error::Protocol(String::from("rows of unequal length"))));
    }
    let text = statement.replace("{rows}", &values(engine, rows.len(), columns));
    Ok(Sql::in_order(text, rows.into_iter().flatten().collect()))
}

/// `VALUES ($1,$2),($3,$4)`: both engines call its columns `column1`, `column2`, …. SQLite looks for a numbered value by going
/// through all of them, each time, so it gets them without numbers.
fn values(engine: Engine, rows: usize, columns: usize) -> String {
    let mut text = String::from("VALUES ");
    let mut number = 0;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            number += 1;
            let comma = if column == 0 { "" } else { "," };
            // Writing to a String cannot fail.
            let _infallible = match engine {
                Engine::Sqlite => write!(text, "{comma}?"),
                Engine::Postgres => write!(text, "{comma}${number}"),
            };
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_numbered_through() {
        assert_eq!(values(Engine::Postgres, 2, 2), "VALUES ($1,$2),($3,$4)");
        assert_eq!(values(Engine::Postgres, 1, 1), "VALUES ($1)");
        assert_eq!(values(Engine::Sqlite, 2, 2), "VALUES (?,?),(?,?)");
    }

    #[test]
    fn batches_stay_under_the_limits() {
        assert_eq!(most_rows(2), 256);
        assert_eq!(most_rows(100), 64);
        assert_eq!(most_rows(100_000), 1);
        assert_eq!(previous_power_of_two(37), 32);
    }
}
