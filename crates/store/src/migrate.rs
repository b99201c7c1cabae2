//! Bringing a database to the schema of this binary: all in one transaction, by one node at a time.

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor, Row};

use crate::dialect::{Engine, POSTGRES_FUNCTIONS};
use crate::failure::Failure;

/// One step of the schema. What is in `migrations/` is written once for both engines.
struct Migration {
    version: i64,
    name: &'static str,
    /// For both engines.
    portable: &'static str,
    /// After it, what only search needs.
    sqlite: &'static str,
    postgres: &'static str,
}

/// Every step, in order. A step that was released is never changed.
const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "init",
        portable: include_str!("../migrations/0001_init.sql"),
        sqlite: include_str!("search/sqlite.sql"),
        postgres: include_str!("search/postgres.sql"),
    },
    Migration {
        version: 2,
        name: "tag versions",
        portable: include_str!("../migrations/0002_tag_versions.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 5,
        name: "where used",
        portable: include_str!("../migrations/0005_where_used.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 6,
        name: "team creators",
        portable: include_str!("../migrations/0006_team_creators.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 8,
        name: "imports",
        portable: include_str!("../migrations/0008_imports.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 9,
        name: "narrow indexes",
        portable: include_str!("../migrations/0009_narrow_indexes.sql"),
        sqlite: include_str!("search/names_sqlite.sql"),
        postgres: include_str!("search/names_postgres.sql"),
    },
    Migration {
        version: 10,
        name: "sources",
        portable: include_str!("../migrations/0010_sources.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 11,
        name: "link fills",
        portable: include_str!("../migrations/0011_link_fills.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 12,
        name: "source notices",
        portable: include_str!("../migrations/0012_source_notices.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 13,
        name: "counting",
        portable: include_str!("../migrations/0013_counting.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 15,
        name: "sync log",
        portable: include_str!("../migrations/0015_sync_log.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 17,
        name: "join requests",
        portable: include_str!("../migrations/0017_join_requests.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 19,
        name: "half-made imports",
        portable: include_str!("../migrations/0019_half_made_imports.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 20,
        name: "connection waits",
        portable: include_str!("../migrations/0020_connection_waits.sql"),
        sqlite: "",
        postgres: "",
    },
    Migration {
        version: 21,
        name: "forbidden integrations",
        portable: include_str!("../migrations/0021_forbidden_integrations.sql"),
        sqlite: "",
        postgres: "",
    },
];

/// The schema version that this binary works with.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |step| step.version)
}

/// Runs what is missing up to a version. Nodes that start together wait for the first.
pub(crate) async fn migrate(
    connection: &mut AnyConnection,
    engine: Engine,
    up_to: i64,
) -> Result<(), Failure> {
    let begin = match engine {
        Engine::Sqlite => "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE",
        // One lock for each schema, freed by the end of the transaction.
        Engine::Postgres => {
            "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('northing ' || current_schema(), 0))"
        }
    };
    connection.execute(sqlx::raw_sql(begin)).await?;
    match steps(connection, engine, up_to).await {
        Ok(()) => connection.execute(sqlx::raw_sql("COMMIT")).await?,
        Err(failure) => {
            // The first failure is the one to tell; a rollback that fails is made up for by closing the connection.
            if let Err(error) = connection.execute(sqlx::raw_sql("ROLLBACK")).await {
                tracing::warn!(%error, "rolling back a migration");
            }
            return Err(failure);
        }
    };
    if engine == Engine::Sqlite {
        connection.execute(sqlx::raw_sql("PRAGMA foreign_keys = ON")).await?;
    }
    Ok(())
}

async fn steps(connection: &mut AnyConnection, engine: Engine, up_to: i64) -> Result<(), Failure> {
    let table =
        "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL PRIMARY KEY, name TEXT NOT NULL)";
    connection.execute(sqlx::raw_sql(table)).await?;
    let found =
        connection.fetch_one(sqlx::query("SELECT max(version) AS version FROM schema_version")).await?;
    let found: Option<i64> = found.try_get("version")?;
    let known = newest();
    if let Some(found) = found.filter(|found| *found > known) {
        return Err(Failure::NewerSchema { found, known });
    }
    let missing = MIGRATIONS.iter().filter(|step| step.version > found.unwrap_or(0) && step.version <= up_to);
    let mut any = false;
    for step in missing {
        if !any && engine == Engine::Postgres {
            connection.execute(sqlx::raw_sql(POSTGRES_FUNCTIONS)).await?;
        }
        any = true;
        tracing::info!(version = step.version, name = step.name, "bringing the schema up to date");
        let own = match engine {
            Engine::Sqlite => step.sqlite,
            Engine::Postgres => step.postgres,
        };
        connection.execute(sqlx::raw_sql(AssertSqlSafe(step.portable))).await?;
        connection.execute(sqlx::raw_sql(AssertSqlSafe(own))).await?;
        let note = sqlx::query("INSERT INTO schema_version (version, name) VALUES ($1, $2)");
        connection.execute(note.bind(step.version).bind(step.name)).await?;
    }
    if any && engine == Engine::Sqlite {
        let broken = connection
            .fetch_optional(sqlx::query("SELECT 1 AS one FROM pragma_foreign_key_check LIMIT 1"))
            .await?;
        if broken.is_some() {
            return Err(Failure::ForeignKey);
        }
    }
    Ok(())
}

/// Migrates on a connection of its own and closes it. Returns a name for this node and the schema's name.
pub(crate) async fn migrate_postgres(url: &str, up_to: i64) -> Result<(String, String), Failure> {
    let mut connection = AnyConnection::connect(url).await?;
    migrate(&mut connection, Engine::Postgres, up_to).await?;
    let names = "SELECT CAST(gen_random_uuid() AS TEXT) AS node, CAST(current_schema() AS TEXT) AS schema";
    let row = connection.fetch_one(names).await?;
    let names = (row.try_get("node")?, row.try_get("schema")?);
    connection.close().await?;
    Ok(names)
}
