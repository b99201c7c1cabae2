//! What differs between the two engines, apart from search.

/// The engine behind a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// How a query locks the rows it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lock {
    Update,
    Share,
    SkipLocked,
    SkipLockedJobs,
}

impl Engine {
    /// The suffix of a locking query. SQLite needs none: its writer is alone.
    pub(crate) const fn lock(self, lock: Lock) -> &'static str {
        match (self, lock) {
            (Self::Sqlite, _) => "",
            (Self::Postgres, Lock::Update) => " FOR UPDATE",
            (Self::Postgres, Lock::Share) => " FOR SHARE",
            (Self::Postgres, Lock::SkipLocked) => " FOR UPDATE SKIP LOCKED",
            (Self::Postgres, Lock::SkipLockedJobs) => " FOR UPDATE OF jobs SKIP LOCKED",
        }
    }

    /// Begins a snapshot for reading.
    pub(crate) const fn begin_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }
}

/// Set on every SQLite connection. 2 MB of pages for each of four readers, 8 MB for the writer.
pub(crate) const SQLITE_READER: &str =
    "PRAGMA query_only = ON; PRAGMA cache_size = -2000; PRAGMA temp_store = MEMORY;";
pub(crate) const SQLITE_WRITER: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
     PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;";

/// Set on every PostgreSQL connection. Its own default says that reading a page out of order costs four times as much as the
/// next one, which was so on turning disks: with it whole tables are read where an index finds the few rows of a page.
/// Compiling a statement costs more than any of ours takes.
pub(crate) const POSTGRES_CONNECTION: &str = "SET random_page_cost = 1.1; SET jit = off;";

/// SQLite's `json_each`, as far as we use it, for PostgreSQL. A function body that the planner can inline. It reckons with a
/// hundred elements for any such list, too many to look each of them up by an index; the two conditions, which always
/// hold, make it reckon with eleven.
pub(crate) const POSTGRES_FUNCTIONS: &str = r"
CREATE OR REPLACE FUNCTION json_each(list text) RETURNS TABLE (key bigint, value text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 20
AS 'SELECT i - 1, v FROM pg_catalog.jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS e (v, i)
    WHERE i > 0 AND v >= ''''';
";
