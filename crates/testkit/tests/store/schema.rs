//! One schema on both engines.

use anyhow::Result;
use northing_store::{Engine, Row, Rx, row_counts, sql};
use northing_testkit::both_engines;

/// The catalogue as sorted lines: columns, indexes, references. Search's own tables are left out.
async fn catalogue(rx: &mut Rx) -> Result<[Vec<String>; 3]> {
    let (columns, indexes, references) = match rx.engine() {
        Engine::Sqlite => (
            "SELECT m.name AS thing, c.name AS name, lower(c.type) AS kind, CASE WHEN c.\"notnull\" = 1 OR c.pk > 0 THEN 1 ELSE 0 END AS must \
             FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE '%_words%' \
             AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.cid",
            "SELECT m.name AS thing, (SELECT group_concat(i.name, ', ') FROM pragma_index_info(x.name) i) AS name, x.\"unique\" AS must \
             FROM sqlite_master m, pragma_index_list(m.name) x WHERE m.type = 'table' AND m.name NOT LIKE '%_words%'",
            "SELECT m.name AS thing, f.\"from\" AS name, f.\"table\" AS target, lower(f.on_delete) AS rule \
             FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
        ),
        Engine::Postgres => (
            "SELECT CAST(table_name AS TEXT) AS thing, CAST(column_name AS TEXT) AS name, CAST(data_type AS TEXT) AS kind, \
             CASE WHEN is_nullable = 'NO' THEN 1 ELSE 0 END AS must FROM information_schema.columns \
             WHERE table_schema = current_schema() ORDER BY CAST(table_name AS TEXT) COLLATE \"C\", ordinal_position",
            "SELECT CAST(t.relname AS TEXT) AS thing, CASE WHEN x.indisunique THEN 1 ELSE 0 END AS must, \
             (SELECT string_agg(CAST(a.attname AS TEXT), ', ' ORDER BY k.i) FROM unnest(x.indkey) WITH ORDINALITY AS k (n, i) \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n) AS name FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid \
             WHERE t.relnamespace = CAST(current_schema() AS regnamespace)",
            "SELECT CAST(t.relname AS TEXT) AS thing, CAST(a.attname AS TEXT) AS name, CAST(o.relname AS TEXT) AS target, \
             CASE f.confdeltype WHEN 'c' THEN 'cascade' WHEN 'n' THEN 'set null' ELSE 'no action' END AS rule \
             FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class o ON o.oid = f.confrelid \
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = f.conkey[1] \
             WHERE f.contype = 'f' AND t.relnamespace = CAST(current_schema() AS regnamespace)",
        ),
    };
    let [columns, indexes, references] = [sql(columns), sql(indexes), sql(references)];
    let line = |row: &Row, rest: String| Ok((!row.text("thing")?.ends_with("_documents")).then_some(rest));
    let columns = columns.fetch_all(rx).await?;
    let columns = columns.iter().map(|row| {
        let must = if row.int("must")? == 1 { " not null" } else { "" };
        line(row, format!("{}.{} {}{must}", row.text("thing")?, row.text("name")?, row.text("kind")?))
    });
    let indexes = indexes.fetch_all(rx).await?;
    let indexes = indexes.iter().map(|row| {
        let unique = if row.int("must")? == 1 { ", unique" } else { "" };
        line(row, format!("{} ({}){unique}", row.text("thing")?, row.text("name")?))
    });
    let references = references.fetch_all(rx).await?;
    let references = references.iter().map(|row| {
        line(
            row,
            format!(
                "{} ({}) to {}, {}",
                row.text("thing")?,
                row.text("name")?,
                row.text("target")?,
                row.text("rule")?
            ),
        )
    });
    let columns = columns.filter_map(Result::transpose).collect::<Result<_>>()?;
    let mut indexes = indexes.filter_map(Result::transpose).collect::<Result<Vec<_>>>()?;
    let mut references = references.filter_map(Result::transpose).collect::<Result<Vec<_>>>()?;
    indexes.sort();
    references.sort();
    Ok([columns, indexes, references])
}

both_engines! {
    /// Tables, columns, kinds, what must be there, every index and every reference: one snapshot for both.
    async fn both_engines_have_one_schema(db: Database) -> Result<()> {
        let [columns, indexes, references] = catalogue(&mut db.read().await?).await?;
        let text = format!("{}\n\nindexes\n{}\n\nreferences\n{}\n", columns.join("\n"), indexes.join("\n"), references.join("\n"));
        insta::assert_snapshot!("schema", text);
        Ok(())
    }

    async fn every_reference_has_an_index_that_begins_with_it(db: Database) -> Result<()> {
        let [_, indexes, references] = catalogue(&mut db.read().await?).await?;
        assert!(references.len() > 20, "{references:?}");
        for reference in references {
            let (column, _) = reference.split_once(')').unwrap();
            let found = indexes.iter().any(|index| index.starts_with(&format!("{column})")) || index.starts_with(&format!("{column},")));
            assert!(found, "{reference}");
        }
        Ok(())
    }

    /// What the planner is told must know every index that a migration made, and none that one took away.
    async fn the_planner_is_told_of_every_index(db: Database) -> Result<()> {
        if db.engine() == Engine::Postgres {
            return Ok(());
        }
        let mut rx = db.read().await?;
        let lines = |rows: Vec<Row>| rows.iter().map(|row| row.text("line")).collect::<Result<Vec<_>, _>>();
        let there = sql("SELECT tbl_name || ' ' || name AS line FROM sqlite_master WHERE type = 'index' ORDER BY tbl_name, name");
        let told = sql("SELECT tbl || ' ' || idx AS line FROM sqlite_stat1 ORDER BY tbl, idx");
        let (there, told) = (lines(there.fetch_all(&mut rx).await?)?, lines(told.fetch_all(&mut rx).await?)?);
        assert!(there.len() > 80, "{there:?}");
        assert_eq!(there, told, "crates/store/src/statistics.rs");
        // As many numbers as columns, and one for all rows.
        let wrong = sql("SELECT idx || ': ' || stat AS line FROM sqlite_stat1 WHERE length(stat) - length(replace(stat, ' ', '')) <> \
             (SELECT count(*) FROM pragma_index_info(idx))");
        assert_eq!(lines(wrong.fetch_all(&mut rx).await?)?, Vec::<String>::new());
        Ok(())
    }

    /// A store that counted its tables by itself, or was counted by hand, is told again when it opens.
    async fn numbers_of_an_empty_store_do_not_stay(db: Database) -> Result<()> {
        if db.engine() == Engine::Postgres {
            return Ok(());
        }
        let numbers = "SELECT stat FROM sqlite_stat1 WHERE idx = 'sqlite_autoindex_users_1'";
        let before = sql(numbers).fetch_one(&mut db.read().await?).await?.text("stat")?;
        db.write((), |tx, ()| Box::pin(async move {
            sql("UPDATE sqlite_stat1 SET stat = '1 1'").execute(tx).await.map(|_| ())
        })).await?;
        let again = db.open_again().await?;
        let after = sql(numbers).fetch_one(&mut again.read().await?).await?.text("stat")?;
        assert_eq!(before, after);
        again.close().await;
        Ok(())
    }

    /// A copy must not forget a table that a migration added.
    async fn every_table_is_in_copies(db: Database) -> Result<()> {
        let mut rx = db.read().await?;
        let tables = match db.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table'",
            Engine::Postgres => "SELECT CAST(tablename AS TEXT) AS name FROM pg_tables WHERE schemaname = current_schema()",
        };
        let mut there: Vec<_> = sql(tables).fetch_all(&mut rx).await?.iter().map(|row| row.text("name")).collect::<Result<_, _>>()?;
        there.retain(|name| !["schema_version", "goal_documents", "name_documents"].contains(&name.as_str())
            && !["sqlite_", "goal_words", "name_words"].iter().any(|start| name.starts_with(start)));
        there.sort();
        let mut copied: Vec<_> = row_counts(&mut rx).await?.into_iter().map(|(name, _)| name).collect();
        copied.sort_unstable();
        assert_eq!(there, copied);
        Ok(())
    }
}
