//! What a page may cost: bytes to the browser and statements, both the same on every machine.

use anyhow::Result;
use northing_app::generate::Generate;
use northing_core::values::Id;
use northing_store::sql;
use northing_testkit::both_engines;
use northing_testkit::database::Database;
use northing_testkit::front_door::App;
use northing_testkit::weight::{Demonstration, FIRST_VISIT, FOLLOWING_PAGE, SCRIPTS};

both_engines! {
    async fn pages_of_the_demonstration_are_light(db: Database) -> Result<()> {
        let demo = Demonstration::new(&db).await?;
        let assets = demo.assets().await?;
        let sum = |of: &dyn Fn(&str) -> bool| assets.iter().filter(|it| of(&it.path)).map(|it| it.sent).sum::<usize>();
        assert!(sum(&|path| path.ends_with(".js")) <= SCRIPTS, "{assets:?}");
        let pages = demo.pages().await?;
        let first = pages.first().map_or(0, |page| page.sent) + sum(&|_| true);
        assert!(first <= FIRST_VISIT, "a first visit is {first} bytes: {assets:?}");
        let heavy: Vec<_> = pages.iter().filter(|page| page.sent > FOLLOWING_PAGE).collect();
        assert!(heavy.is_empty(), "{heavy:?}");
        Ok(())
    }

    async fn pages_take_the_same_statements_at_any_size(db: Database) -> Result<()> {
        let small = pages(&db, 60).await?;
        let other = Database::new(db.engine()).await?;
        let large = pages(&other, 600).await?;
        assert_eq!(small, large, "at 60 and at 600 goals");
        let many: Vec<_> = small.iter().filter(|(_, statements)| *statements > MOST_STATEMENTS).collect();
        assert!(many.is_empty(), "more than {MOST_STATEMENTS}: {many:?}");
        other.finish().await
    }
}

/// No page needs more, its frame and the look-up of the session included.
const MOST_STATEMENTS: u64 = 30;

/// Every kind of page with the statements that it takes.
async fn pages(db: &Database, goals: usize) -> Result<Vec<(String, u64)>> {
    let app = App::new(db).await?;
    app.northing.generate(&app.owner.actor, Generate { goals, seed: 3 }, &|_| {}).await?;
    let team = one(db, "SELECT entity_id AS id FROM placements WHERE page = 'team' GROUP BY entity_id ORDER BY count(*) DESC, entity_id LIMIT 1").await?;
    let person = one(db, "SELECT entity_id AS id FROM placements WHERE page = 'person' GROUP BY entity_id ORDER BY count(*) DESC, entity_id LIMIT 1").await?;
    let objective = one(db, "SELECT id FROM goals WHERE kind = 'objective' AND parent_count = 1 ORDER BY child_count DESC, id LIMIT 1").await?;
    let leaf = one(db, "SELECT id FROM goals WHERE kind = 'key_result' AND status NOT IN ('closed', 'postponed') AND start_date <= '2026-02-15' ORDER BY id LIMIT 1").await?;
    let named = [
        ("My OKRs", String::from("/")),
        ("Explorer", String::from("/explorer")),
        ("Explorer, open", format!("/explorer?open={objective}")),
        ("Explorer, flat", String::from("/explorer?flat=true&sort=progress")),
        ("Explorer, in groups, with last check-ins", String::from("/explorer?group=team&info=true")),
        ("more rows", String::from("/explorer/rows?flat=true")),
        ("summary", String::from("/explorer/summary")),
        ("organisation", String::from("/organisation")),
        ("teams", String::from("/teams")),
        ("a team", format!("/teams/{team}")),
        ("people", String::from("/people")),
        ("a person", format!("/people/{person}")),
        ("an objective", format!("/goals/{objective}")),
        ("its panel", format!("/goals/{objective}/panel")),
        ("its children", format!("/goals/{objective}/children")),
        ("a key result", format!("/goals/{leaf}")),
        ("check-in", format!("/goals/{leaf}/check-ins/new")),
        ("new goal", String::from("/goals/new")),
        ("new goal under another", format!("/goals/new?parent={objective}")),
        ("an objective's form", format!("/goals/{objective}/edit")),
        ("a key result's form", format!("/goals/{leaf}/edit")),
        ("search", String::from("/search?q=the")),
    ];
    let mut counted = Vec::new();
    for (name, path) in named {
        let before = db.statements();
        let answer = app.page(&app.owner, &path).await?;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        counted.push((name.to_owned(), db.statements() - before));
    }
    Ok(counted)
}

async fn one(db: &Database, statement: &'static str) -> Result<Id> {
    Ok(sql(statement).fetch_one(&mut db.read_once().await?).await?.id("id")?)
}
