//! What can go wrong in the store, without SQL and without values: details are for the log, by [`std::error::Error::source`].

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;

/// Why the store did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The row was changed by somebody else since it was read (its version moved on), or is gone.
    #[error("somebody else changed this in the meantime")]
    Conflict,
    /// A value that must be unique exists already.
    #[error("this already exists in {table}")]
    Unique {
        /// Table whose rule was hurt.
        table: String,
        /// Columns of the rule, in its order.
        columns: Vec<String>,
    },
    /// Something that is referred to does not exist, or is still referred to.
    #[error("this refers to something that does not exist, or something still refers to it")]
    ForeignKey,
    /// Others held the rows for too long; trying again helps.
    #[error("the database is busy; try again")]
    Busy(#[source] sqlx::Error),
    /// The database cannot be reached or cannot write.
    #[error("the database is unavailable")]
    Unavailable(#[source] Option<sqlx::Error>),
    /// A stored value is not what its column promises.
    #[error("a stored value cannot be read: {column} is {reason}")]
    Corrupt {
        /// Column of the value.
        column: String,
        /// What is wrong with it, without the value.
        reason: String,
    },
    /// The database was written by a newer version of Northing.
    #[error(
        "the database has schema {found}, this version of Northing knows up to {known}; start the newer version"
    )]
    NewerSchema {
        /// Schema version of the database.
        found: i64,
        /// Newest schema version that this binary knows.
        known: i64,
    },
    /// The address of a store is neither a path nor a PostgreSQL address.
    #[error("the database address must be a path or start with postgres://")]
    Address,
    /// The files of the store cannot be read or written.
    #[error("the files of the store cannot be used: {0}")]
    Files(#[source] std::io::Error),
    /// The code of a write panicked, or went on after one of its statements had failed; nothing of it was kept.
    #[error("an internal error stopped this change; nothing of it was kept")]
    Internal,
    /// A copy that was to be restored is not one, or is damaged.
    #[error("this is no complete copy of a store: {0}")]
    BadCopy(String),
    /// A copy may only be restored into an empty store.
    #[error("the store already holds data; restore into an empty one")]
    NotEmpty,
    /// Anything else that the database said.
    #[error("the database refused this")]
    Other(#[source] sqlx::Error),
}

impl Failure {
    /// Whether this is the rule of uniqueness over exactly these columns of this table.
    #[must_use]
    pub fn is_unique(&self, of_table: &str, of_columns: &[&str]) -> bool {
        matches!(self, Self::Unique { table, columns } if table == of_table && columns.iter().eq(of_columns))
    }

    /// Whether PostgreSQL gave way to another transaction, so that running it again is right.
    pub(crate) fn is_retryable(error: &sqlx::Error) -> bool {
        let code = error.as_database_error().and_then(DatabaseError::code);
        matches!(code.as_deref(), Some("40001" | "40P01"))
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(found) => match found.kind() {
                ErrorKind::UniqueViolation => unique(found.as_ref()),
                ErrorKind::ForeignKeyViolation => Self::ForeignKey,
                _ => by_code(error),
            },
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(Some(error)),
            _ => Self::Other(error),
        }
    }
}

fn by_code(error: sqlx::Error) -> Failure {
    let code = error.as_database_error().and_then(DatabaseError::code).unwrap_or_default().into_owned();
    let primary = code.parse::<i64>().ok().map(|code| code & 0xff);
    match (code.as_str(), primary) {
        ("40001" | "40P01" | "55P03" | "57014", _) => Failure::Busy(error),
        // PostgreSQL: out of connections, shutting down, disk full, and kin.
        (code, _)
            if code.len() == 5
                && (code.starts_with("53") || code.starts_with("57P") || code.starts_with("08")) =>
        {
            Failure::Unavailable(Some(error))
        }
        (code, _) if code.len() == 5 => Failure::Other(error),
        // SQLite: busy, locked; out of memory, read-only, input/output error, full, cannot open.
        (_, Some(5 | 6)) => Failure::Busy(error),
        (_, Some(7 | 8 | 10 | 13 | 14)) => Failure::Unavailable(Some(error)),
        _ => Failure::Other(error),
    }
}

/// Table and columns of a hurt unique rule: PostgreSQL tells them in the detail, SQLite in its message.
fn unique(error: &dyn DatabaseError) -> Failure {
    if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
        let columns = error.detail().and_then(|d| d.strip_prefix("Key (")).and_then(|d| d.split_once(")=("));
        return Failure::Unique {
            table: error.table().unwrap_or_default().to_owned(),
            columns: columns
                .map_or_else(Vec::new, |(names, _)| names.split(", ").map(str::to_owned).collect()),
        };
    }
    let names = error.message().rsplit_once(": ").map_or("", |(_, names)| names);
    let mut table = String::new();
    let columns = names.split(", ").filter_map(|name| {
        let (of, column) = name.split_once('.')?;
        of.clone_into(&mut table);
        Some(column.to_owned())
    });
    let columns = columns.collect();
    Failure::Unique { table, columns }
}
