//! Opening connections.

use std::path::Path;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};

use crate::dialect::{POSTGRES_CONNECTION, SQLITE_READER, SQLITE_WRITER};
use crate::failure::Failure;

/// How a store uses its database.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Connections for reading on SQLite, each with a thread of its own.
    pub readers: u32,
    /// Connections to PostgreSQL, for reading and writing.
    pub connections: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, connections: 16 }
    }
}

fn sqlite_options(path: &Path, create: bool) -> Result<AnyConnectOptions, Failure> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(create);
    Ok(AnyConnectOptions::from_url(&options.to_url_lossy())?.disable_statement_logging())
}

/// The one connection that writes.
pub(crate) async fn sqlite_writer(path: &Path) -> Result<AnyConnection, Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(Failure::Files)?;
    }
    let mut connection = AnyConnection::connect_with(&sqlite_options(path, true)?).await?;
    connection.execute(sqlx::raw_sql(SQLITE_WRITER)).await?;
    Ok(connection)
}

/// The connections that read. They open when they are first needed.
pub(crate) fn sqlite_readers(path: &Path, options: Options) -> Result<AnyPool, Failure> {
    let pool = pool(options.readers).after_connect(|connection, _| {
        Box::pin(async move { connection.execute(sqlx::raw_sql(SQLITE_READER)).await.map(|_| ()) })
    });
    Ok(pool.connect_lazy_with(sqlite_options(path, false)?))
}

/// The connections to PostgreSQL.
pub(crate) fn postgres_pool(url: &str, options: Options) -> Result<AnyPool, Failure> {
    let url: AnyConnectOptions = url.parse()?;
    let pool = pool(options.connections).max_lifetime(Duration::from_secs(30 * 60)).after_connect(
        |connection, _| {
            Box::pin(async move { connection.execute(sqlx::raw_sql(POSTGRES_CONNECTION)).await.map(|_| ()) })
        },
    );
    Ok(pool.connect_lazy_with(url.disable_statement_logging()))
}

fn pool(connections: u32) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(Duration::from_secs(20))
        .idle_timeout(None)
        .max_lifetime(None)
        // A connection is tested when it comes back; testing it again when it goes out costs a round trip on every page.
        .test_before_acquire(false)
}
