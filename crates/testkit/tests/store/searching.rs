//! Search as you type: the same answers on both engines.

use anyhow::Result;
use northing_core::text::fold;
use northing_store::search::Kind;
use northing_store::{Failure, search, sql};
use northing_testkit::both_engines;

use crate::scratch::{goal, id, insert_goal, organization};

const TITLES: &[&str] = &[
    "Grow ARR in Zürich & Genève",
    "Grow the team: hire 12 (senior) engineers",
    "ZÜRICH office: lease signed",
    "Увеличить выручку на 20%",
    "東京 オフィスを開く",
    "Ship v2.0-beta / api.example.com",
    "हिन्दी में सहायता",
    "Launch🚀fast – «très vite»",
    "İstanbul pilot's 3rd phase",
    "ﬁnish naïve re-write",
];

const QUERIES: &[&str] = &[
    "grow",
    "GRO",
    "zurich",
    "Zürich grow",
    "grow zurich office",
    "12",
    "senior",
    "выруч",
    "ВЫРУЧКУ 20",
    "東京",
    "オフィス",
    "v2",
    "beta",
    "example.com",
    "api-example",
    "हिन्दी",
    "सहा",
    "fast",
    "launch",
    "tres",
    "istan",
    "pilots",
    "pilot's",
    "finish",
    "naive",
    "write re",
    "e",
    "",
    "  ",
    "\"",
    "' OR 1=1",
    "grow*",
    "a:b",
    "NEAR(grow arr)",
    "🚀",
    "arr\\",
    "grow & arr",
];

both_engines! {
    async fn what_is_typed_is_found(db: Database) -> Result<()> {
        organization(&db, 1).await?;
        organization(&db, 10).await?;
        for (n, title) in (100..).zip(TITLES) {
            goal(&db, 1, n, title).await?;
        }
        goal(&db, 10, 200, "Grow elsewhere").await?;
        let mut found = String::new();
        let mut rx = db.read().await?;
        for query in QUERIES {
            let ids = search::goals(&mut rx, id(1), query, 20).await?;
            let numbers: Vec<_> = (0..100_u32).rev().filter(|n| ids.contains(&id(100 + n))).collect();
            assert_eq!(ids, numbers.iter().map(|n| id(100 + n)).collect::<Vec<_>>(), "newest first");
            found += &format!("{query:?}: {numbers:?}\n");
        }
        insta::assert_snapshot!("search", found);
        Ok(())
    }

    async fn the_index_follows_the_goals(db: Database) -> Result<()> {
        organization(&db, 1).await?;
        let first = goal(&db, 1, 100, "Alpha").await?;
        let second = goal(&db, 1, 101, "Alpine").await?;
        assert_eq!(search::goals(&mut db.read().await?, id(1), "al", 20).await?, [second, first]);
        assert_eq!(search::goals(&mut db.read().await?, id(1), "al", 1).await?, [second]);
        db.write((first, second), |tx, (first, second)| Box::pin(async move {
            sql("UPDATE goals SET search_text = 'beta' WHERE id = $1").bind(first).execute_one(tx).await?;
            sql("UPDATE goals SET deleted_at = 5 WHERE id = $1").bind(second).execute_one(tx).await
        })).await?;
        assert_eq!(search::goals(&mut db.read().await?, id(1), "al", 20).await?, []);
        assert_eq!(search::goals(&mut db.read().await?, id(1), "be", 20).await?, [first]);
        db.write(first, |tx, first| Box::pin(async move {
            sql("DELETE FROM goals WHERE id = $1").bind(first).execute_one(tx).await
        })).await?;
        assert_eq!(search::goals(&mut db.read().await?, id(1), "be", 20).await?, []);
        Ok(())
    }

    async fn only_what_the_viewer_sees_is_found(db: Database) -> Result<()> {
        organization(&db, 1).await?;
        let mut all = Vec::new();
        for n in 100..106 {
            all.push(goal(&db, 1, n, "Alpha").await?);
        }
        all.reverse();
        let hidden = all.first().copied().into_iter().chain(all.get(3).copied());
        db.write(hidden.collect::<Vec<_>>(), |tx, hidden| Box::pin(async move {
            for goal in hidden {
                sql("UPDATE goals SET visibility = 'restricted' WHERE id = $1").bind(goal).execute_one(tx).await?;
            }
            Ok::<_, Failure>(())
        })).await?;
        let seen = async |viewer, look, limit| {
            search::goals_seen(&mut db.read().await?, id(1), viewer, "alp", (look, limit)).await
        };
        let (nobody, owner) = (id(9), id(2));
        assert_eq!(seen(nobody, 60, 20).await?, [all[1], all[2], all[4], all[5]]);
        assert_eq!(seen(nobody, 60, 2).await?, all[1..3], "the newest of those");
        assert_eq!(seen(nobody, 2, 20).await?, all[1..2], "of the two newest");
        let named = all[0];
        db.write((named, owner), |tx, (named, owner)| Box::pin(async move {
            sql("INSERT INTO goal_access (goal_id, user_id, may_view, may_edit, may_align) VALUES ($1, $2, 1, 0, 0)")
                .bind(named).bind(owner).execute(tx).await
        })).await?;
        assert_eq!(seen(owner, 60, 3).await?, all[..3]);
        assert_eq!(seen(owner, 60, 20).await?.len(), 5);
        assert_eq!(search::goals_seen(&mut db.read().await?, id(7), owner, "alp", (60, 20)).await?, []);
        Ok(())
    }

    async fn a_change_that_fails_leaves_no_trace_in_the_index(db: Database) -> Result<()> {
        organization(&db, 1).await?;
        let failed = db.write((), |tx, ()| Box::pin(async move {
            insert_goal(tx, 1, 100, "Alpha").await?;
            Err::<(), _>(Failure::Conflict)
        })).await;
        assert!(failed.is_err());
        assert_eq!(search::goals(&mut db.read().await?, id(1), "alpha", 20).await?, []);
        Ok(())
    }

    async fn people_and_teams_are_found_by_the_beginnings_of_their_words(db: Database) -> Result<()> {
        organization(&db, 1).await?;
        organization(&db, 10).await?;
        db.write((), |tx, ()| Box::pin(async move {
            for (n, name) in [(50, "Field Service"), (51, "Field Operations"), (52, "Service Désk")] {
                sql("INSERT INTO teams (id, org_id, name, name_key, status, version, created_at, updated_at) \
                     VALUES ($1, $2, $3, $4, 'active', 1, 1, 1)")
                .bind(id(n)).bind(id(1)).bind(name).bind(fold(name)).execute(tx).await?;
            }
            Ok::<_, Failure>(())
        })).await?;
        let found = async |org, kind, query, most| {
            let found = search::names(&mut db.read().await?, id(org), kind, query, most).await?;
            Ok::<_, Failure>(found.into_iter().map(|it| it.id).collect::<Vec<_>>())
        };
        let teams = async |query| found(1, Kind::Team, query, (20, 20)).await;
        assert_eq!(teams("fi").await?, [id(51), id(50)], "by name");
        assert_eq!(found(1, Kind::Team, "fi", (1, 20)).await?, [id(51)], "of the newest");
        assert_eq!(found(1, Kind::Team, "fi", (20, 1)).await?, [id(51)]);
        assert_eq!(teams("ser fie").await?, [id(50)]);
        assert_eq!(teams("DESK").await?, [id(52)]);
        assert_eq!(teams("ield").await?, []);
        assert_eq!(found(1, Kind::Person, "zo", (20, 20)).await?, [id(2)]);
        assert_eq!(found(10, Kind::Person, "zo", (20, 20)).await?, [id(11)]);
        db.write((), |tx, ()| Box::pin(async move {
            sql("UPDATE teams SET name_key = 'night desk' WHERE id = $1").bind(id(52)).execute_one(tx).await?;
            sql("DELETE FROM teams WHERE id = $1").bind(id(51)).execute_one(tx).await?;
            sql("DELETE FROM organizations WHERE id = $1").bind(id(10)).execute_one(tx).await
        })).await?;
        assert_eq!(teams("fi").await?, [id(50)]);
        assert_eq!(teams("service").await?, [id(50)]);
        assert_eq!(teams("ni").await?, [id(52)]);
        assert_eq!(found(10, Kind::Person, "zo", (20, 20)).await?, []);
        Ok(())
    }
}
