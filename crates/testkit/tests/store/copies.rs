//! Copies of the whole store: out of one, into another, on either engine.

use anyhow::{Result, anyhow};
use northing_store::{Engine, Failure, Store, row_counts, search, sql};
use northing_testkit::both_engines;
use northing_testkit::database::Database as TestDatabase;

use crate::scratch::{goal, id, insert_goal, organization};

async fn fill(store: &Store) -> Result<()> {
    organization(store, 1).await?;
    for (n, title) in [(100, "Grow \"ARR\"\nin Zürich 🚀 \\ \u{7f}"), (101, "Second")] {
        goal(store, 1, n, title).await?;
    }
    store
        .write((), |tx, ()| {
            Box::pin(async move {
                // The parent has the later identifier, so the order of identifiers would not do.
                for (n, parent) in [(31, None), (30, Some(id(31)))] {
                    sql("INSERT INTO teams (id, org_id, name, name_key, parent_id, status, version, created_at, updated_at) \
                         VALUES ($1, $2, $3, $3, $4, 'active', 1, 1, 1)")
                    .bind(id(n)).bind(id(1)).bind(format!("team {n}")).bind(parent).execute(tx).await?;
                }
                sql("INSERT INTO alignments (parent_id, child_id, share, position, parent_position) VALUES ($1, $2, 0.1, 1e-300, 0)")
                    .bind(id(100)).bind(id(101)).execute(tx).await
            })
        })
        .await?;
    Ok(())
}

async fn backup(store: &Store) -> Result<Vec<u8>> {
    let mut copy = Vec::new();
    store.backup(&mut copy).await?;
    Ok(copy)
}

fn other(engine: Engine) -> Engine {
    if engine == Engine::Sqlite { Engine::Postgres } else { Engine::Sqlite }
}

both_engines! {
    async fn a_copy_into_the_same_and_into_the_other_engine_is_the_same(db: Database) -> Result<()> {
        fill(&db).await?;
        let copy = backup(&db).await?;
        for engine in [db.engine(), other(db.engine())] {
            let into = TestDatabase::new(engine).await?;
            let rows = into.restore(std::io::Cursor::new(copy.clone())).await?;
            assert_eq!(rows, 9);
            assert_eq!(String::from_utf8(backup(&into).await?)?, String::from_utf8(copy.clone())?);
            assert_eq!(search::goals(&mut into.read().await?, id(1), "zurich", 5).await?, [id(100)]);
            let twice = into.restore(std::io::Cursor::new(copy.clone())).await;
            assert!(matches!(twice, Err(Failure::NotEmpty)), "{twice:?}");
            into.finish().await?;
        }
        Ok(())
    }

    async fn a_copy_is_of_one_moment_while_others_write(db: Database) -> Result<()> {
        organization(&db, 1).await?;
        let writer = db.store();
        let writing = tokio::spawn(async move {
            for n in 0..60_u32 {
                writer.write(n, |tx, n| Box::pin(async move {
                    let (a, b) = (100 + 2 * n, 101 + 2 * n);
                    insert_goal(tx, 1, a, "a").await?;
                    insert_goal(tx, 1, b, "b").await?;
                    sql("INSERT INTO alignments (parent_id, child_id, share, position, parent_position) VALUES ($1, $2, 1, 1, 0)")
                        .bind(id(a)).bind(id(b)).execute(tx).await
                })).await?;
            }
            Ok::<_, Failure>(())
        });
        let mut copies = Vec::new();
        while !writing.is_finished() && copies.len() < 5 {
            copies.push(backup(&db).await?);
        }
        writing.await??;
        copies.push(backup(&db).await?);
        for copy in copies {
            let into = TestDatabase::new(Engine::Sqlite).await?;
            into.restore(std::io::Cursor::new(copy)).await?;
            let counts = row_counts(&mut into.read().await?).await?;
            let count = |table| counts.iter().find(|(name, _)| *name == table).map_or(-1, |(_, n)| *n);
            assert_eq!(count("goals"), 2 * count("alignments"));
            into.finish().await?;
        }
        Ok(())
    }

    async fn a_damaged_copy_changes_nothing(db: Database) -> Result<()> {
        fill(&db).await?;
        let copy = String::from_utf8(backup(&db).await?)?;
        let into = TestDatabase::new(db.engine()).await?;
        let lines: Vec<_> = copy.lines().collect();
        let without_row: String = lines.iter().filter(|line| !line.contains("Second")).map(|line| format!("{line}\n")).collect();
        let mut damaged = vec![
            String::new(),
            String::from("PK\u{3}\u{4} something else"),
            copy.replace("\"format\":1", "\"format\":2"),
            copy.replacen("\"schema\":", "\"schema\":9", 1),
            copy.replace("9007199254740993", "\"text\""),
            copy.replace("\"search_text\"", "\"other\""),
            copy.replace("0.1,", "null,"),
            without_row,
            copy.trim_end().to_owned(),
        ];
        damaged.extend([1, 2, 5, lines.len() / 2, lines.len() - 1].map(|n| lines[..n].join("\n") + "\n"));
        for (n, text) in damaged.into_iter().enumerate() {
            assert_ne!(text, copy, "{n}");
            match into.restore(std::io::Cursor::new(text.into_bytes())).await {
                Err(Failure::BadCopy(_) | Failure::ForeignKey | Failure::Other(_)) => {}
                other => return Err(anyhow!("{n}: {other:?}")),
            }
            let counts = row_counts(&mut into.read().await?).await?;
            assert_eq!(counts.iter().map(|(_, n)| n).sum::<i64>(), 0, "{n}");
        }
        into.restore(std::io::Cursor::new(copy)).await?;
        into.finish().await
    }
}
