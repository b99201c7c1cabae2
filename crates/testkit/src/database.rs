//! A database for each test, on either engine.
//!
//! ```ignore
//! both_engines! {
//!     async fn a_goal_is_found_by_its_id(db: Database) {
//!         let store = db.store();
//!         …
//!     }
//! }
//! ```
//! makes the tests `a_goal_is_found_by_its_id::sqlite` and `a_goal_is_found_by_its_id::postgres`.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use northing_store::{Engine, Options, Store, StoreUrl};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tempfile::TempDir;

use crate::cluster;

/// A store of its own for one test, empty and with the newest schema. Derefs to [`Store`].
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    url: StoreUrl,
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "the folder goes when this is dropped")] TempDir),
    Schema { address: String, name: String },
}

impl Deref for Database {
    type Target = Store;
    fn deref(&self) -> &Store {
        &self.inner.store
    }
}

impl Database {
    /// A store of its own on this engine.
    ///
    /// # Errors
    /// Where the engine is missing or will not start.
    pub async fn new(engine: Engine) -> Result<Self> {
        let (url, place) = Self::place(engine).await?;
        let store = Store::open_with(&url, options()).await?;
        Ok(Self { inner: Arc::new(Inner { store, url, place }) })
    }

    /// The store, to be handed on.
    #[must_use]
    pub fn store(&self) -> Store {
        self.inner.store.clone()
    }

    /// Its address, for programs and for further stores on the same database.
    #[must_use]
    pub fn url(&self) -> &StoreUrl {
        &self.inner.url
    }

    /// The same as a text, with everything that a program needs to open it.
    #[must_use]
    pub fn url_text(&self) -> String {
        match &self.inner.url {
            StoreUrl::Sqlite(path) => path.display().to_string(),
            StoreUrl::Postgres(url) => url.clone(),
        }
    }

    /// Another store on the same database, as another node (PostgreSQL) or after a restart.
    ///
    /// # Errors
    /// Those of [`Store::open`].
    pub async fn open_again(&self) -> Result<Store> {
        Ok(Store::open_with(&self.inner.url, options()).await?)
    }

    /// Closes the store and takes its schema away. A failed test leaves its schema to the cluster's end.
    ///
    /// # Errors
    /// Where the cluster does not answer.
    pub async fn finish(self) -> Result<()> {
        self.inner.store.close().await;
        if let Place::Schema { address, name } = &self.inner.place {
            let mut connection = PgConnection::connect(address).await?;
            connection
                .execute(sqlx::raw_sql(AssertSqlSafe(format!("DROP SCHEMA \"{name}\" CASCADE"))))
                .await?;
            connection.close().await?;
        }
        Ok(())
    }

    async fn place(engine: Engine) -> Result<(StoreUrl, Place)> {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir()?;
                let path = folder.path().join("northing.db");
                fs::copy(template().await?, &path)?;
                Ok((StoreUrl::Sqlite(path), Place::Folder(folder)))
            }
            Engine::Postgres => {
                let address = tokio::task::spawn_blocking(cluster::address).await??;
                let name = schema_name();
                let mut connection = PgConnection::connect(&address).await?;
                connection.execute(sqlx::raw_sql(AssertSqlSafe(format!("CREATE SCHEMA \"{name}\"")))).await?;
                connection.close().await?;
                let url = format!("{address}&options[search_path]={name}");
                Ok((StoreUrl::Postgres(url), Place::Schema { address, name }))
            }
        }
    }
}

/// A name that no other test has. The standard library seeds its hashers at random.
fn schema_name() -> String {
    format!("t_{}_{:016x}", std::process::id(), RandomState::new().build_hasher().finish())
}

/// Few connections: many tests share one cluster.
const fn options() -> Options {
    Options { readers: 2, connections: 10 }
}

/// A migrated file, made once for each build of the tests and copied for each test.
async fn template() -> Result<PathBuf> {
    let exe = env::current_exe()?;
    let built = fs::metadata(&exe)?.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
    let name =
        exe.file_name().and_then(|name| name.to_str()).context("a test program without a name")?.to_owned();
    let folder = exe.ancestors().nth(3).context("the test program stands nowhere")?.join("test-templates");
    fs::create_dir_all(&folder)?;
    let ready = folder.join(format!("{name}-{built}.db"));
    if ready.exists() {
        return Ok(ready);
    }
    let gate = File::create(folder.join(format!("{name}.lock")))?;
    let gate = tokio::task::spawn_blocking(move || gate.lock().map(|()| gate)).await??;
    if !ready.exists() {
        for old in fs::read_dir(&folder)?.flatten() {
            let is_ours =
                old.file_name().to_str().is_some_and(|found| found.starts_with(&format!("{name}-")));
            if is_ours {
                fs::remove_file(old.path())?;
            }
        }
        let making = folder.join(format!("{name}-making.db"));
        let store = Store::open(&StoreUrl::Sqlite(making.clone())).await?;
        store.close().await;
        fs::rename(making, &ready)?;
    }
    gate.unlock()?;
    Ok(ready)
}

/// Runs a test body on its own database; what [`crate::both_engines`] expands to.
#[doc(hidden)]
pub fn run<F, R>(engine: Engine, body: impl FnOnce(Database) -> F)
where
    F: Future<Output = R>,
    R: Outcome,
{
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap_or_else(|error| fail(&error.into())).block_on(async {
        let database = Database::new(engine).await.unwrap_or_else(|error| fail(&error));
        body(database.clone()).await.or_fail();
        database.finish().await.unwrap_or_else(|error| fail(&error));
    });
}

#[expect(clippy::panic, reason = "a test that cannot run fails")]
fn fail(error: &anyhow::Error) -> ! {
    panic!("{error:#}")
}

/// What a test body may return.
#[doc(hidden)]
pub trait Outcome {
    /// Fails the test if this is a failure.
    fn or_fail(self);
}

impl Outcome for () {
    fn or_fail(self) {}
}

impl Outcome for Result<()> {
    fn or_fail(self) {
        self.unwrap_or_else(|error| fail(&error));
    }
}

/// Makes a test on each engine out of one body. The body takes a [`Database`] and returns nothing or `anyhow::Result<()>`.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($db:ident: Database) $(-> $result:ty)? $body:block)+) => { $(
        $(#[$meta])*
        #[cfg(test)]
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, clippy::allow_attributes_without_reason)]
            use super::*;

            async fn body($db: $crate::database::Database) $(-> $result)? $body

            #[test]
            fn sqlite() {
                $crate::database::run(::northing_store::Engine::Sqlite, body);
            }

            #[test]
            fn postgres() {
                $crate::database::run(::northing_store::Engine::Postgres, body);
            }
        }
    )+ };
}
