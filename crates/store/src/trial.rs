//! A place to try something that is not to be kept.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{Connection, Executor};

use crate::connect::{Options, sqlite_writer};
use crate::dialect::Engine;
use crate::failure::Failure;
use crate::query::sql;
use crate::store::Store;
use crate::url::StoreUrl;

/// What the names of copies have behind the name of the database.
const MARK: &str = ".trial-";

/// A store for a long change that is not to be kept. On SQLite it is a copy, so that nobody waits for the one writer meanwhile; on
/// PostgreSQL the store itself.
pub struct Trial {
    store: Store,
    copy: Option<PathBuf>,
}

impl Trial {
    /// The store to try it in. Whatever is committed there is lost on SQLite, and kept on PostgreSQL: commit nothing.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Closes a copy; it goes.
    pub async fn close(self) {
        if self.copy.is_some() {
            self.store.close().await;
        }
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        if let Some(path) = &self.copy {
            remove(path);
        }
    }
}

impl Store {
    /// A store to try something in.
    ///
    /// # Errors
    /// Where the copy cannot be written: no room, for instance.
    pub async fn trial(&self) -> Result<Trial, Failure> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        if self.engine() == Engine::Postgres {
            return Ok(Trial { store: self.clone(), copy: None });
        }
        let path = self.file().await?;
        let mut name = path.clone().into_os_string();
        name.push(format!("{MARK}{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let copy = PathBuf::from(name);
        remove(&copy);
        let copied = Self::copy(&path, &copy).await;
        let opened = match copied {
            Ok(()) => {
                let options = Options { readers: 1, ..Options::default() };
                Self::open_with(&StoreUrl::Sqlite(copy.clone()), options).await
            }
            Err(failure) => Err(failure),
        };
        match opened {
            Ok(store) => Ok(Trial { store, copy: Some(copy) }),
            Err(failure) => {
                remove(&copy);
                Err(failure)
            }
        }
    }

    /// Removes copies that an earlier process left when it was killed. For a server that has just started.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub async fn remove_trials(&self) -> Result<(), Failure> {
        if self.engine() == Engine::Postgres {
            return Ok(());
        }
        let path = self.file().await?;
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return Ok(()) };
        let begin = format!("{}{MARK}", name.to_string_lossy());
        for entry in std::fs::read_dir(folder).map_err(Failure::Files)? {
            let entry = entry.map_err(Failure::Files)?;
            if entry.file_name().to_string_lossy().starts_with(&begin) {
                remove(&entry.path());
            }
        }
        Ok(())
    }

    async fn copy(path: &Path, copy: &Path) -> Result<(), Failure> {
        let mut connection = sqlite_writer(path).await?;
        let into = sqlx::query("VACUUM INTO ?").bind(copy.to_string_lossy().into_owned());
        connection.execute(into).await?;
        connection.close().await?;
        // It holds what the database holds: for the same eyes only.
        let permissions = std::fs::metadata(path).map_err(Failure::Files)?.permissions();
        std::fs::set_permissions(copy, permissions).map_err(Failure::Files)
    }

    /// The file of a database on SQLite.
    async fn file(&self) -> Result<PathBuf, Failure> {
        let row = sql("SELECT file FROM pragma_database_list WHERE name = 'main'")
            .fetch_one(&mut self.read_once().await?)
            .await?;
        Ok(PathBuf::from(row.text("file")?))
    }
}

/// Removes a copy with what SQLite keeps beside it; where there is none there is nothing to do.
fn remove(path: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        if let Err(error) = std::fs::remove_file(&name)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a copy for a trial could not be removed");
        }
    }
}
