//! A copy of the whole store, made while it serves, in one form for both engines: JSON lines. Backup, restore, and moving from
//! SQLite to PostgreSQL are the same thing. Neither side ever holds more than a few hundred rows.
//!
//! ```text
//! {"northing":"copy","format":1,"schema":1}
//! {"table":"organizations","columns":["id","slug",…]}
//! ["0199…","acme",…]
//! …
//! {"end":12345}                                  how many rows there were
//! ```

use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;

use crate::bind::Value;
use crate::bulk::Bulk;
use crate::event::{Change, Event};
use crate::failure::Failure;
use crate::migrate;
use crate::query::{Sql, sql};
use crate::schema::{Column, Kind, TABLES, columns};
use crate::store::Store;
use crate::transaction::{Rx, Tx};

const FORMAT: u32 = 1;
/// No row of ours is longer; a line that is did not come from us.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;
/// Rows wait for each other up to this many bytes.
const MOST_BYTES: usize = 1024 * 1024;
const MOST_ROWS: usize = 256;

#[derive(Serialize, Deserialize)]
struct Head {
    northing: String,
    format: u32,
    schema: i64,
}

#[derive(Serialize, Deserialize)]
struct TableHead {
    table: String,
    columns: Vec<String>,
}

#[derive(Serialize, Deserialize)]
struct End {
    end: u64,
}

impl Store {
    /// Writes a copy of everything as it is at this moment; others read and write on. Returns the number of rows.
    ///
    /// # Errors
    /// Where the store cannot be read or the target not written.
    pub async fn backup<W: AsyncWrite + Unpin + Send>(&self, to: &mut W) -> Result<u64, Failure> {
        let mut rx = self.read().await?;
        let mut total = 0;
        line(to, &Head { northing: String::from("copy"), format: FORMAT, schema: migrate::newest() }).await?;
        for (table, key) in TABLES {
            let names: Vec<_> =
                columns(&mut rx, table).await?.into_iter().map(|column| column.name).collect();
            line(to, &TableHead { table: (*table).to_owned(), columns: names }).await?;
            let rows = Sql::built(format!("SELECT count(*) AS n FROM {table}"))
                .fetch_one(&mut rx)
                .await?
                .int("n")?;
            let mut written: u64 = 0;
            let mut stream = select(table, key).stream(&mut rx).await?;
            while let Some(row) = stream.next().await {
                let row = row?;
                let cells: Result<Vec<Json>, Failure> =
                    row.cells().map(|cell| cell.and_then(|(name, value)| json(name, value))).collect();
                line(to, &cells?).await?;
                written += 1;
            }
            if u64::try_from(rows) != Ok(written) {
                // Teams in a circle are not reached from any root.
                return Err(Failure::Corrupt {
                    column: format!("{table}.parent_id"),
                    reason: String::from("part of a circle"),
                });
            }
            total += written;
        }
        line(to, &End { end: total }).await?;
        to.flush().await.map_err(Failure::Files)?;
        Ok(total)
    }

    /// Fills an empty store from a copy: all of it or nothing. Returns the number of rows.
    ///
    /// # Errors
    /// [`Failure::NotEmpty`]; [`Failure::BadCopy`] where the copy is damaged, cut off or of another schema.
    pub async fn restore<R: AsyncBufRead + Unpin + Send + 'static>(&self, from: R) -> Result<u64, Failure> {
        // The closure may be called again; what was read by then is gone, and the caller starts anew.
        let from = Mutex::new(Some(from));
        let restored = self.write(from, |tx, from| {
            Box::pin(async move {
                let Some(mut from) = from.lock().await.take() else {
                    return Err(Failure::BadCopy(String::from("reading it was interrupted; start again")));
                };
                restore(tx, &mut from).await
            })
        });
        restored.await
    }
}

/// The rows of a table in the order of its key; teams from the roots down, since each refers to its parent.
fn select(table: &str, key: &str) -> Sql {
    if table == "teams" {
        return sql("WITH RECURSIVE tree (id, depth) AS (SELECT id, 0 FROM teams WHERE parent_id IS NULL \
             UNION ALL SELECT teams.id, tree.depth + 1 FROM teams JOIN tree ON teams.parent_id = tree.id) \
             SELECT teams.* FROM tree JOIN teams ON teams.id = tree.id ORDER BY tree.depth, teams.id");
    }
    Sql::built(format!("SELECT * FROM {table} ORDER BY {key}"))
}

async fn line<W: AsyncWrite + Unpin>(to: &mut W, content: &impl Serialize) -> Result<(), Failure> {
    let mut text = serde_json::to_vec(content).map_err(|error| Failure::Files(error.into()))?;
    text.push(b'\n');
    to.write_all(&text).await.map_err(Failure::Files)
}

fn json(column: &str, value: Value) -> Result<Json, Failure> {
    Ok(match value {
        Value::Text(Some(text)) => Json::String(text),
        Value::Int(Some(number)) => Json::from(number),
        Value::Real(Some(number)) => match serde_json::Number::from_f64(number) {
            Some(number) => Json::Number(number),
            None => {
                return Err(Failure::Corrupt {
                    column: column.to_owned(),
                    reason: String::from("no finite number"),
                });
            }
        },
        Value::Text(None) | Value::Int(None) | Value::Real(None) => Json::Null,
    })
}

fn bad(reason: impl Into<String>) -> Failure {
    Failure::BadCopy(reason.into())
}

async fn restore<R: AsyncBufRead + Unpin>(tx: &mut Tx, from: &mut R) -> Result<u64, Failure> {
    for table in ["organizations", "users", "goals", "jobs"] {
        let found = Sql::built(format!("SELECT 1 AS one FROM {table} LIMIT 1")).fetch_optional(tx).await?;
        if found.is_some() {
            return Err(Failure::NotEmpty);
        }
    }
    let mut lines = Lines { from, number: 0, text: Vec::new() };
    let head: Head = lines.read().await?;
    if head.northing != "copy" || head.format != FORMAT {
        return Err(bad(
            "its first line does not say that it is one, or it is of a form that this version does not know",
        ));
    }
    if head.schema != migrate::newest() {
        let reason =
            format!("it has schema {}, this version of Northing has {}", head.schema, migrate::newest());
        return Err(bad(reason));
    }
    let mut total = 0;
    for (table, _) in TABLES {
        let head: TableHead = lines.read().await?;
        let known = columns(tx, table).await?;
        if head.table != *table || !head.columns.iter().eq(known.iter().map(|column| &column.name)) {
            return Err(bad(format!(
                "line {} is not the table {table} as this version knows it",
                lines.number
            )));
        }
        total += restore_table(tx, table, &known, &mut lines).await?;
    }
    let End { end } = lines.read().await?;
    if end != total {
        return Err(bad(format!("it says that it has {end} rows, and has {total}")));
    }
    tx.announce(Event { org_id: None, goal_ids: Vec::new(), change: Change::Everything });
    Ok(total)
}

async fn restore_table<R>(
    tx: &mut Tx,
    table: &str,
    known: &[Column],
    lines: &mut Lines<'_, R>,
) -> Result<u64, Failure>
where
    R: AsyncBufRead + Unpin,
{
    let names: Vec<_> = known.iter().map(|column| column.name.as_str()).collect();
    let insert = format!("INSERT INTO {table} ({}) {{rows}}", names.join(", "));
    let (mut total, mut bytes) = (0, 0);
    let mut rows = Bulk::new(known.len());
    while lines.peek().await? == Some(b'[') {
        let cells: Vec<Json> = lines.read().await?;
        if cells.len() != known.len() {
            return Err(bad(format!(
                "line {} has {} values instead of {}",
                lines.number,
                cells.len(),
                known.len()
            )));
        }
        let values: Result<Vec<_>, _> =
            known.iter().zip(cells).map(|(column, cell)| value(column, cell, lines.number)).collect();
        rows.push(values?);
        bytes += lines.text.len();
        total += 1;
        if rows.len() >= MOST_ROWS || bytes >= MOST_BYTES {
            let full = std::mem::replace(&mut rows, Bulk::new(known.len()));
            full.insert_by(tx, &insert).await?;
            bytes = 0;
        }
    }
    rows.insert_by(tx, &insert).await?;
    Ok(total)
}

fn value(column: &Column, cell: Json, line: u64) -> Result<Value, Failure> {
    let value = match (column.kind, cell) {
        (Kind::Text, Json::Null) => Some(Value::Text(None)),
        (Kind::Int, Json::Null) => Some(Value::Int(None)),
        (Kind::Real, Json::Null) => Some(Value::Real(None)),
        (Kind::Text, Json::String(text)) => Some(Value::Text(Some(text))),
        (Kind::Int, Json::Number(number)) => number.as_i64().map(|number| Value::Int(Some(number))),
        (Kind::Real, Json::Number(number)) => number.as_f64().map(|number| Value::Real(Some(number))),
        _ => None,
    };
    value.ok_or_else(|| bad(format!("line {line}: the value of {} is of the wrong kind", column.name)))
}

/// The lines of a copy, one at a time.
struct Lines<'r, R> {
    from: &'r mut R,
    number: u64,
    text: Vec<u8>,
}

impl<R: AsyncBufRead + Unpin> Lines<'_, R> {
    /// The first byte of the next line.
    async fn peek(&mut self) -> Result<Option<u8>, Failure> {
        Ok(self.from.fill_buf().await.map_err(Failure::Files)?.first().copied())
    }

    async fn read<T: for<'d> Deserialize<'d>>(&mut self) -> Result<T, Failure> {
        self.number += 1;
        self.text.clear();
        let mut bounded = (&mut *self.from).take(LONGEST_LINE);
        bounded.read_until(b'\n', &mut self.text).await.map_err(Failure::Files)?;
        match self.text.last() {
            Some(b'\n') => {}
            None => return Err(bad(format!("it ends after line {}", self.number - 1))),
            Some(_) => return Err(bad(format!("line {} is cut off", self.number))),
        }
        serde_json::from_slice(&self.text)
            .map_err(|_| bad(format!("line {} is not what should stand there", self.number)))
    }
}

/// Number of rows in every table, for tests and reports.
///
/// # Errors
/// What the database says.
pub async fn row_counts(rx: &mut Rx) -> Result<Vec<(&'static str, i64)>, Failure> {
    let mut counts = Vec::with_capacity(TABLES.len());
    for (table, _) in TABLES {
        counts.push((
            *table,
            Sql::built(format!("SELECT count(*) AS n FROM {table}")).fetch_one(rx).await?.int("n")?,
        ));
    }
    Ok(counts)
}
