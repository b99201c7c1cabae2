//! Check-ins, and what they move.

use std::collections::HashMap;

use anyhow::{Result, anyhow};
use northing_app::check_in::{AsOf, CheckedIn, EditCheckIn, NewCheckIn};
use northing_app::{Actor, Error, PageRequest, Scope, Scopes};
use northing_core::check_in::CheckInInput;
use northing_core::people::Role;
use northing_core::status::Status;
use northing_core::values::{Day, Id};
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::tree::{Plant, Tree};

fn value(value: f64) -> NewCheckIn {
    NewCheckIn {
        input: CheckInInput { value: Some(value), ..CheckInInput::default() },
        ..NewCheckIn::default()
    }
}

fn day(text: &str) -> Option<AsOf> {
    Some(AsOf::Day(text.parse().unwrap()))
}

/// A chain of `depth` objectives over a key result, each with `width` further children; the chain from the top down.
async fn chain(tree: &Tree, depth: usize, width: usize) -> Result<Vec<Id>> {
    let mut plants: Vec<Plant> = Vec::new();
    let mut path: Vec<Id> = Vec::new();
    for level in 0..=depth {
        let above: Vec<Id> = path.last().copied().into_iter().collect();
        let plant = if level < depth { tree.objective(&above) } else { tree.key_result(&above) };
        path.push(plant.id);
        plants.push(plant);
        for _ in 0..(if level < depth { width } else { 0 }) {
            plants.push(tree.key_result(&path[level..]));
        }
    }
    tree.plant(&plants).await?;
    Ok(path)
}

async fn count(store: &Store, text: &'static str) -> Result<i64> {
    Ok(sql(text).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

async fn total(store: &Store) -> Result<Vec<i64>> {
    let mut all = Vec::new();
    for text in [
        "SELECT count(*) AS n FROM check_ins",
        "SELECT count(*) AS n FROM history",
        "SELECT count(*) AS n FROM activity",
        "SELECT count(*) AS n FROM comments",
    ] {
        all.push(count(store, text).await?);
    }
    Ok(all)
}

async fn points(tree: &Tree, goal: Id) -> Result<Vec<(String, Option<f64>)>> {
    let page = tree.app.goal_history(&tree.owner, goal, &PageRequest::first()).await?;
    Ok(page.items.iter().map(|p| (p.point.at.to_string(), p.point.progress_unclamped)).collect())
}

fn code(result: Result<CheckedIn, Error>) -> String {
    match result {
        Ok(_) => String::from("done"),
        Err(Error::Invalid(errors)) => format!("{} {}", errors[0].field, errors[0].code),
        Err(Error::Refused(refusal)) => format!("refused {}", refusal.code),
        Err(Error::Forbidden(refusal)) => format!("forbidden {}", refusal.code),
        Err(Error::NotFound(what)) => format!("no {what}"),
        Err(other) => format!("{other:?}"),
    }
}

both_engines! {
    async fn a_check_in_moves_everything_above_in_a_few_statements_at_any_size(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let mut counts = Vec::new();
        for (depth, width) in [(1, 0), (8, 0), (8, 40), (30, 3)] {
            let path = chain(&tree, depth, width).await?;
            let leaf = *path.last().unwrap();
            let before = db.statements();
            let done = tree.app.create_check_in(&tree.owner, leaf, value(80.0)).await?;
            counts.push(db.statements() - before);
            let above: Vec<Id> = path.iter().rev().skip(1).copied().collect();
            assert_eq!(done.changed.iter().map(|c| c.goal_id).collect::<Vec<_>>(), above);
            let mut expected = 80.0;
            for changed in &done.changed {
                expected /= f64::from(u32::try_from(width)?) + 1.0;
                let after = changed.progress_after.unwrap();
                assert!((after - expected).abs() < 1e-9, "{after} {expected}");
                assert_eq!(changed.progress_before, Some(0.0));
                let stored = tree.standing(changed.goal_id).await?;
                assert_eq!(stored, (Some(after), changed.status_after.to_string()));
            }
            assert_eq!((done.goal.progress_after, done.goal.status_after), (Some(80.0), Status::OnTrack));
        }
        assert!(counts.windows(2).all(|two| two[0] == two[1]) && counts[0] <= 8, "{counts:?}");
        assert!(tree.wrong().await?.is_empty());
        Ok(())
    }

    async fn a_preview_says_the_same_and_writes_nothing(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 8, 2).await?;
        let leaf = *path.last().unwrap();
        let before = total(&db).await?;
        let mut shown = tree.app.preview_check_in(&tree.owner, leaf, &value(35.0)).await?;
        assert_eq!((total(&db).await?, tree.standing(path[0]).await?.0), (before, Some(0.0)));
        assert!(shown.changed.iter().all(|c| c.title.is_some()) && shown.check_in.is_none());
        shown.changed.iter_mut().for_each(|c| c.title = None);
        let done = tree.app.create_check_in(&tree.owner, leaf, value(35.0)).await?;
        assert_eq!((shown.changed, shown.goal, shown.suggested), (done.changed, done.goal, done.suggested));
        Ok(())
    }

    async fn a_goal_under_several_parents_counts_in_each(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let (a, b) = (tree.objective(&[]), tree.objective(&[]));
        let kr = tree.key_result(&[a.id, b.id]);
        let sibling = tree.key_result(&[b.id]);
        tree.plant(&[a.clone(), b.clone(), kr.clone(), sibling.clone()]).await?;
        tree.app.create_check_in(&tree.owner, sibling.id, value(20.0)).await?;
        tree.app.create_check_in(&tree.owner, kr.id, value(60.0)).await?;
        assert_eq!((tree.standing(a.id).await?.0, tree.standing(b.id).await?.0), (Some(60.0), Some(40.0)));
        Ok(())
    }

    async fn removing_the_latest_falls_back_and_an_older_one_only_changes_history(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 2, 0).await?;
        let leaf = path[2];
        let mut ids = Vec::new();
        for number in [20.0, 50.0] {
            ids.push(tree.app.create_check_in(&tree.owner, leaf, value(number)).await?.check_in.unwrap().id);
            tree.clock.advance_days(1);
        }
        let edit = |number| EditCheckIn { value: Some(number), ..EditCheckIn::default() };
        let done = tree.app.edit_check_in(&tree.owner, leaf, ids[0], edit(30.0)).await?;
        assert!(done.changed.is_empty(), "{done:?}");
        assert_eq!(tree.standing(path[0]).await?.0, Some(50.0));
        assert_eq!(points(&tree, leaf).await?.iter().map(|p| p.1).collect::<Vec<_>>(), [Some(30.0), Some(50.0)]);
        let done = tree.app.edit_check_in(&tree.owner, leaf, ids[1], edit(70.0)).await?;
        assert_eq!(done.changed.len(), 2);
        assert_eq!(tree.standing(path[0]).await?.0, Some(70.0));
        let done = tree.app.delete_check_in(&tree.owner, leaf, ids[1], None).await?;
        assert_eq!(done.changed.iter().map(|c| c.progress_after).collect::<Vec<_>>(), [Some(30.0), Some(30.0)]);
        assert_eq!(tree.standing(leaf).await?.0, Some(30.0));
        tree.app.delete_check_in(&tree.owner, leaf, ids[0], None).await?;
        assert_eq!(tree.standing(leaf).await?, (Some(0.0), String::from("not_started")));
        assert_eq!(tree.standing(path[0]).await?.0, Some(0.0));
        assert_eq!(code(tree.app.delete_check_in(&tree.owner, leaf, ids[0], None).await), "no check-in");
        assert!(tree.wrong().await?.is_empty());
        Ok(())
    }

    async fn a_check_in_for_a_past_day_takes_its_place_in_history(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 1, 0).await?;
        let (root, leaf) = (path[0], path[1]);
        let past = |number, on| NewCheckIn { as_of: day(on), ..value(number) };
        tree.app.create_check_in(&tree.owner, leaf, past(10.0, "2026-01-20")).await?;
        tree.app.create_check_in(&tree.owner, leaf, past(30.0, "2026-02-10")).await?;
        let older = tree.app.create_check_in(&tree.owner, leaf, past(20.0, "2026-02-01")).await?;
        assert!(older.changed.is_empty());
        assert_eq!(tree.standing(root).await?.0, Some(30.0));
        let seen: Vec<_> = points(&tree, leaf).await?.iter().map(|p| (p.0[..10].to_owned(), p.1)).collect();
        let own = |on: &str, progress| (on.to_owned(), Some(progress));
        assert_eq!(seen, [own("2026-01-20", 10.0), own("2026-02-01", 20.0), own("2026-02-10", 30.0)]);
        let ids = [root, leaf];
        let on = async |on: &str| -> Result<HashMap<Id, Option<f64>>> {
            let found = tree.app.goals_on(&tree.owner, &ids, on.parse::<Day>()?).await?;
            Ok(found.into_iter().map(|(id, point)| (id, point.progress_unclamped)).collect())
        };
        assert!(on("2026-01-19").await?.is_empty());
        assert_eq!(on("2026-01-20").await?, HashMap::from([(root, Some(10.0)), (leaf, Some(10.0))]));
        assert_eq!(on("2026-02-05").await?[&leaf], Some(20.0));
        assert_eq!(on("2026-02-14").await?, HashMap::from([(root, Some(30.0)), (leaf, Some(30.0))]));
        let future = tree.app.create_check_in(&tree.owner, leaf, past(10.0, "2026-02-16")).await;
        assert_eq!(code(future), "as_of out_of_range");
        Ok(())
    }

    async fn an_override_stands_until_resumed_or_until_the_next_update(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 2, 0).await?;
        let (root, middle, leaf) = (path[0], path[1], path[2]);
        tree.app.create_check_in(&tree.owner, leaf, value(10.0)).await?;
        tree.app.create_check_in(&tree.owner, middle, value(80.0)).await?;
        assert_eq!(tree.standing(root).await?.0, Some(80.0));
        tree.app.create_check_in(&tree.owner, leaf, value(45.0)).await?;
        assert_eq!((tree.standing(middle).await?.0, tree.standing(root).await?.0), (Some(45.0), Some(45.0)));
        let mut stop = value(80.0);
        stop.input.stop_automatic = true;
        tree.app.create_check_in(&tree.owner, middle, stop).await?;
        tree.app.create_check_in(&tree.owner, leaf, value(50.0)).await?;
        assert_eq!((tree.standing(middle).await?.0, tree.standing(root).await?.0), (Some(80.0), Some(80.0)));
        let resume = CheckInInput { resume_automatic: true, ..CheckInInput::default() };
        let resume = NewCheckIn { input: resume, ..NewCheckIn::default() };
        let done = tree.app.create_check_in(&tree.owner, middle, resume.clone()).await?;
        assert_eq!(done.check_in.map(|row| (row.value, row.automatic_stopped)), Some((Some(50.0), false)));
        assert_eq!((tree.standing(middle).await?.0, tree.standing(root).await?.0), (Some(50.0), Some(50.0)));
        assert_eq!(code(tree.app.create_check_in(&tree.owner, middle, resume).await), "resume_automatic not_allowed");
        Ok(())
    }

    async fn only_those_with_a_right_check_in_and_restricted_parents_stay_unknown(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let secret = Plant { visibility: "restricted", ..tree.objective(&[]) };
        let kr = tree.key_result(&[secret.id]);
        tree.plant(&[secret.clone(), kr.clone()]).await?;
        let done = tree.app.create_check_in(&tree.owner, kr.id, value(40.0)).await?;
        assert!(done.changed.is_empty());
        assert_eq!(tree.standing(secret.id).await?.0, Some(40.0));
        assert_eq!(tree.app.visible_goals(&tree.owner, &[secret.id, kr.id]).await?, [kr.id]);
        let id = done.check_in.unwrap().id;
        let ann = tree.person("Ann", Role::Member).await?;
        let attempt = async |who: &Actor, goal| code(tree.app.create_check_in(who, goal, value(1.0)).await);
        assert_eq!(attempt(&ann, kr.id).await, "forbidden not_allowed");
        assert_eq!(attempt(&ann, secret.id).await, "no goal");
        assert_eq!(code(tree.app.preview_check_in(&ann, kr.id, &value(1.0)).await), "forbidden not_allowed");
        assert_eq!(code(tree.app.edit_check_in(&ann, kr.id, id, EditCheckIn::default()).await), "forbidden not_allowed");
        assert_eq!(code(tree.app.delete_check_in(&ann, kr.id, id, None).await), "forbidden not_allowed");
        let other = Tree::seeded(db.store(), 2).await?;
        assert_eq!(attempt(&other.owner, kr.id).await, "no goal");
        assert!(tree.app.list_check_ins(&other.owner, kr.id, &PageRequest::first()).await.is_err());
        let reader = Actor { scopes: Scopes::of(&[Scope::Read]), ..tree.owner.clone() };
        assert_eq!(attempt(&reader, kr.id).await, "forbidden scope");
        assert_eq!(tree.standing(kr.id).await?.0, Some(40.0));
        Ok(())
    }

    async fn wrong_input_is_refused_and_changes_nothing(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 1, 0).await?;
        let leaf = path[1];
        let before = total(&db).await?;
        let attempt = async |new| code(tree.app.create_check_in(&tree.owner, leaf, new).await);
        assert_eq!(attempt(value(101.0)).await, "value out_of_range");
        assert_eq!(attempt(value(f64::NAN)).await, "value not_a_number");
        assert_eq!(attempt(NewCheckIn { note: Some("x".repeat(10_000_000)), ..value(5.0) }).await, "note too_long");
        assert_eq!(attempt(NewCheckIn { note: Some(String::from("\0")), ..value(5.0) }).await, "note control_character");
        let closed = sql("UPDATE goals SET status = 'closed' WHERE id = $1").bind(leaf);
        db.write(closed, |tx, closed| Box::pin(async move { closed.clone().execute(tx).await })).await?;
        assert_eq!(attempt(value(5.0)).await, "refused closed");
        assert_eq!(total(&db).await?, before);
        Ok(())
    }

    async fn eight_writers_under_one_root_lose_nothing(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let root = tree.objective(&[]);
        let (mut plants, mut leaves) = (vec![root.clone()], Vec::new());
        for _ in 0..4 {
            let middle = tree.objective(&[root.id]);
            let two: Vec<Plant> = (0..2).map(|_| tree.key_result(&[middle.id])).collect();
            leaves.extend(two.iter().map(|plant| plant.id));
            plants.push(middle);
            plants.extend(two);
        }
        // One that hangs on all branches, so that cones cross.
        let middles: Vec<Id> = plants.iter().filter(|p| p.kind == "objective" && p.id != root.id).map(|p| p.id).collect();
        let shared = tree.key_result(&middles);
        plants.push(shared.clone());
        tree.plant(&plants).await?;
        let writers: Vec<_> = leaves.iter().map(|&leaf| {
            let (app, owner, shared) = (tree.app.clone(), tree.owner.clone(), shared.id);
            tokio::spawn(async move {
                for n in 1..=25_u32 {
                    app.create_check_in(&owner, leaf, value(f64::from(n) * 4.0)).await?;
                    if n % 5 == 0 {
                        app.create_check_in(&owner, shared, value(f64::from(n))).await?;
                    }
                }
                Ok::<_, Error>(())
            })
        }).collect();
        for writer in writers {
            writer.await??;
        }
        assert_eq!(count(&db, "SELECT count(*) AS n FROM check_ins").await?, 8 * 30);
        for leaf in leaves {
            assert_eq!(tree.standing(leaf).await?.0, Some(100.0));
        }
        assert_eq!(tree.wrong().await?, []);
        // The last point of each goal is how it stands.
        for plant in &plants {
            let mut last = None;
            let mut request = PageRequest { limit: 200, cursor: None };
            loop {
                let page = tree.app.goal_history(&tree.owner, plant.id, &request).await?;
                last = page.items.last().map(|p| p.point.progress_unclamped).or(last);
                request.cursor = page.next;
                if request.cursor.is_none() { break }
            }
            assert_eq!(last, Some(tree.standing(plant.id).await?.0), "{:?}", plant.kind);
        }
        Ok(())
    }

    async fn a_new_day_moves_automatic_statuses_and_only_once(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 2, 0).await?;
        tree.app.create_check_in(&tree.owner, path[2], value(55.0)).await?;
        assert_eq!(tree.standing(path[0]).await?.1, "on_track");
        assert_eq!(tree.app.begin_day().await?, 0);
        tree.clock.set("2026-03-01T01:00:00Z".parse()?);
        assert_eq!(tree.app.begin_day().await?, 2);
        assert_eq!((tree.standing(path[0]).await?.1, tree.standing(path[2]).await?.1), (String::from("behind"), String::from("on_track")));
        assert_eq!(tree.app.begin_day().await?, 0);
        Ok(())
    }

    async fn comments_belong_to_their_authors(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let path = chain(&tree, 1, 0).await?;
        let leaf = path[1];
        let check_in = tree.app.create_check_in(&tree.owner, leaf, value(5.0)).await?.check_in.unwrap();
        let ann = tree.person("Ann", Role::Observer).await?;
        let first = tree.app.create_comment(&ann, leaf, Some(check_in.id), "**Why** so low?").await?;
        tree.app.create_comment(&tree.owner, leaf, None, "Late start").await?;
        let list = tree.app.list_comments(&ann, leaf, None, &PageRequest::first()).await?;
        assert_eq!(list.items.iter().map(|c| c.body.as_str()).collect::<Vec<_>>(), ["**Why** so low?", "Late start"]);
        assert_eq!(tree.app.list_comments(&ann, leaf, Some(check_in.id), &PageRequest::first()).await?.items, std::slice::from_ref(&first));
        let edited = tree.app.edit_comment(&ann, leaf, first.id, "Why?", Some(1)).await?;
        assert_eq!((edited.body.as_str(), edited.version), ("Why?", 2));
        assert!(matches!(tree.app.edit_comment(&ann, leaf, first.id, "x", Some(1)).await, Err(Error::Conflict)));
        assert!(matches!(tree.app.edit_comment(&tree.owner, leaf, first.id, "x", None).await, Err(Error::Forbidden(_))));
        assert!(matches!(tree.app.create_comment(&ann, leaf, None, " \n").await, Err(Error::Invalid(_))));
        assert!(matches!(tree.app.create_comment(&ann, path[0], Some(check_in.id), "x").await, Err(Error::Invalid(_))));
        tree.app.delete_comment(&ann, leaf, first.id, None).await?;
        assert_eq!(tree.app.list_comments(&ann, leaf, None, &PageRequest::first()).await?.items.len(), 1);
        Ok(())
    }

    async fn check_ins_are_listed_newest_first_by_key(db: Database) -> Result<()> {
        let tree = Tree::new(db.store()).await?;
        let leaf = chain(&tree, 1, 0).await?[1];
        for n in 1..=5_u32 {
            tree.app.create_check_in(&tree.owner, leaf, value(f64::from(n))).await?;
        }
        let mut request = PageRequest { limit: 2, cursor: None };
        let mut seen = Vec::new();
        loop {
            let page = tree.app.list_check_ins(&tree.owner, leaf, &request).await?;
            seen.extend(page.items.iter().filter_map(|row| row.value));
            request.cursor = page.next;
            if request.cursor.is_none() { break }
        }
        assert_eq!(seen, [5.0, 4.0, 3.0, 2.0, 1.0]);
        request.cursor = Some(String::from("nonsense"));
        let wrong = tree.app.list_check_ins(&tree.owner, leaf, &request).await.err().ok_or_else(|| anyhow!("taken"))?;
        assert!(matches!(wrong, Error::Invalid(_)));
        Ok(())
    }
}
