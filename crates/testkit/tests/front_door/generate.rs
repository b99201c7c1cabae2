//! `northing generate`: the same seed makes the same content, all of it consistent.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use northing_app::Error;
use northing_app::generate::{Generate, Generated};
use northing_core::people::Role;
use northing_core::values::Id;
use northing_store::{Rx, sql};
use northing_testkit::both_engines;
use northing_testkit::database::Database;
use northing_testkit::front_door::App;
use northing_testkit::tree;

const SEED: u64 = 7;

async fn made(app: &App, goals: usize, seed: u64) -> Result<Generated, Error> {
    app.northing.generate(&app.owner.actor, Generate { goals, seed }, &|_| {}).await
}

async fn count(rx: &mut Rx, org: Id, statement: &'static str) -> Result<i64> {
    Ok(sql(statement).bind(org).fetch_one(rx).await?.int("n")?)
}

/// Everything that the seed decides, without identifiers.
async fn content(rx: &mut Rx, org: Id) -> Result<BTreeMap<String, String>> {
    let rows = sql("SELECT g.external_id, g.title, g.kind, g.level, g.status, g.metric_current, g.progress, g.score, \
         p.name AS period, u.name AS owner, (SELECT count(*) FROM check_ins c WHERE c.goal_id = g.id) AS check_ins, \
         (SELECT count(*) FROM history h WHERE h.goal_id = g.id) AS points, \
         (SELECT max(a.external_id) FROM alignments l JOIN goals a ON a.id = l.parent_id WHERE l.child_id = g.id) AS above, \
         (SELECT max(t.name) FROM goal_teams l JOIN teams t ON t.id = l.team_id WHERE l.goal_id = g.id) AS team \
         FROM goals g JOIN periods p ON p.id = g.period_id LEFT JOIN users u ON u.id = g.check_in_owner_id WHERE g.org_id = $1")
        .bind(org)
        .fetch_all(rx)
        .await?;
    let mut content = BTreeMap::new();
    for row in &rows {
        let text = format!(
            "{} {} {} {} {:?} {:?} {:?} {} {:?} {} {} {:?} {:?}",
            row.text("title")?,
            row.text("kind")?,
            row.text("level")?,
            row.text("status")?,
            row.opt_real("metric_current")?,
            row.opt_real("progress")?,
            row.opt_real("score")?,
            row.text("period")?,
            row.opt_text("owner")?,
            row.int("check_ins")?,
            row.int("points")?,
            row.opt_text("above")?,
            row.opt_text("team")?,
        );
        content.insert(row.text("external_id")?, text);
    }
    Ok(content)
}

both_engines! {
    async fn two_hundred_goals_are_there_with_all_that_belongs_to_them(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let shared = serde_json::json!({ "settings": { "shared_goals": true } });
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}", app.org), Some(shared)).await?;
        let made = made(&app, 200, SEED).await?;
        let rx = &mut db.read().await?;
        let org = app.org;
        assert_eq!(count(rx, org, "SELECT count(*) AS n FROM goals WHERE org_id = $1").await?, 200);
        assert_eq!(made, Generated { teams: 5, people: 40, goals: 200, check_ins: made.check_ins });
        assert_eq!(count(rx, org, "SELECT count(*) AS n FROM teams WHERE org_id = $1").await?, 5);
        assert!(count(rx, org, "SELECT count(*) AS n FROM teams WHERE org_id = $1 AND parent_id IS NOT NULL").await? > 0);
        // Those who were made, and the owner.
        assert_eq!(count(rx, org, "SELECT count(*) AS n FROM members WHERE org_id = $1").await?, 41);
        let six = "SELECT count(*) AS n FROM goals g WHERE g.org_id = $1 AND g.start_date <= '2026-02-14' AND g.due_date < '2027-01-01' \
             AND (SELECT count(*) FROM check_ins c WHERE c.goal_id = g.id) <> 6";
        assert_eq!(count(rx, org, six).await?, 0, "six check-ins for every goal that has begun");
        assert!(made.check_ins >= 6 * 180, "{made:?}");
        let untold = "SELECT count(*) AS n FROM check_ins c JOIN goals g ON g.id = c.goal_id WHERE g.org_id = $1 \
             AND NOT EXISTS (SELECT 1 FROM history h WHERE h.check_in_id = c.id AND h.goal_id = c.goal_id AND h.at = c.at)";
        assert_eq!(count(rx, org, untold).await?, 0, "a point for every check-in");
        let last = "SELECT count(*) AS n FROM goals g WHERE g.org_id = $1 AND EXISTS (SELECT 1 FROM history h WHERE h.goal_id = g.id) \
             AND (SELECT h.status FROM history h WHERE h.goal_id = g.id ORDER BY h.at DESC, h.id DESC LIMIT 1) <> g.status";
        assert_eq!(count(rx, org, last).await?, 0, "the last point is how a goal stands");
        for (what, statement) in [
            ("kinds", "SELECT count(DISTINCT kind) - 3 AS n FROM goals WHERE org_id = $1"),
            ("levels", "SELECT count(DISTINCT level) - 3 AS n FROM goals WHERE org_id = $1"),
            ("metrics", "SELECT count(DISTINCT metric_kind) - 7 AS n FROM goals WHERE org_id = $1"),
        ] {
            assert_eq!(count(rx, org, statement).await?, 0, "all {what}");
        }
        for (what, statement) in [
            ("several parents", "SELECT count(*) AS n FROM goals WHERE org_id = $1 AND parent_count > 1"),
            ("closed", "SELECT count(*) AS n FROM goals WHERE org_id = $1 AND status = 'closed' AND closed_at IS NOT NULL"),
            ("phased", "SELECT count(*) AS n FROM goals WHERE org_id = $1 AND phases <> '[]'"),
            ("tags", "SELECT count(*) AS n FROM goal_tags t JOIN goals g ON g.id = t.goal_id WHERE g.org_id = $1"),
            ("several owners", "SELECT count(*) AS n FROM goal_owners o JOIN goals g ON g.id = o.goal_id WHERE g.org_id = $1 AND o.position > 0"),
        ] {
            assert!(count(rx, org, statement).await? > 0, "{what}");
        }
        Ok(())
    }

    async fn roll_ups_are_those_of_a_naive_recomputation(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        made(&app, 200, SEED).await?;
        let rx = &mut db.read().await?;
        let day = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
        assert_eq!(tree::wrong(rx, app.org, day).await?, Vec::<Id>::new());
        // Every objective from its children alone: fixed shares as they are, the others share the rest.
        let rows = sql("SELECT a.parent_id, a.fixed, a.share, c.progress, c.metric_kind, p.progress AS above, p.status \
             FROM alignments a JOIN goals c ON c.id = a.child_id JOIN goals p ON p.id = a.parent_id WHERE p.org_id = $1")
            .bind(app.org).fetch_all(rx).await?;
        let mut families: HashMap<Id, Vec<&northing_store::Row>> = HashMap::new();
        for row in &rows {
            families.entry(row.id("parent_id")?).or_default().push(row);
        }
        let mut compared = 0;
        for family in families.values() {
            let fixed: Vec<Option<f64>> = family.iter().map(|row| row.opt_real("fixed")).collect::<Result<_, _>>()?;
            let rest = 100.0 - fixed.iter().flatten().sum::<f64>();
            let free = f64::from(u32::try_from(fixed.iter().filter(|share| share.is_none()).count())?);
            let (mut sum, mut weight) = (0.0, 0.0);
            for (row, fixed) in family.iter().zip(&fixed) {
                let share = fixed.unwrap_or(rest / free);
                assert!((row.real("share")? - share).abs() < 1e-9, "a share of {share}");
                if row.text("metric_kind")? != "baseline" {
                    sum += share * row.opt_real("progress")?.unwrap_or(0.0);
                    weight += share;
                }
            }
            let above = family.first().and_then(|row| row.opt_real("above").ok().flatten()).unwrap_or(0.0);
            if weight > 0.0 {
                let naive = sum / weight;
                assert!((above - naive).abs() < 1e-9, "stored {above}, naively {naive}");
                compared += 1;
            }
        }
        assert!(compared > 30, "{compared}");
        Ok(())
    }

    async fn the_same_seed_makes_the_same_content(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        made(&app, 200, SEED).await?;
        let one = content(&mut db.read().await?, app.org).await?;
        let other = Database::new(db.engine()).await?;
        let again = App::new(&other).await?;
        made(&again, 200, SEED).await?;
        assert_eq!(one, content(&mut other.read().await?, again.org).await?);
        let different = Database::new(db.engine()).await?;
        let third = App::new(&different).await?;
        made(&third, 200, SEED + 1).await?;
        let titles = |content: &BTreeMap<String, String>| content.values().cloned().collect::<Vec<_>>();
        assert_ne!(titles(&one), titles(&content(&mut different.read().await?, third.org).await?));
        other.finish().await?;
        different.finish().await
    }

    async fn what_makes_no_sense_is_refused_and_changes_nothing(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        for goals in [0, 1_000_001] {
            assert!(matches!(made(&app, goals, SEED).await, Err(Error::Invalid(errors)) if errors[0].field == "goals"));
        }
        let member = app.person(Role::Member).await?;
        let what = Generate { goals: 3, seed: SEED };
        assert!(matches!(app.northing.generate(&member.actor, what, &|_| {}).await, Err(Error::Forbidden(_))));
        let rx = &mut db.read().await?;
        assert_eq!(count(rx, app.org, "SELECT count(*) AS n FROM goals WHERE org_id = $1").await?, 0);
        made(&app, 3, SEED).await?;
        let Err(Error::Refused(refusal)) = made(&app, 200, SEED).await else { anyhow::bail!("made twice") };
        assert!(refusal.message.contains("--seed"), "{refusal}");
        // Another seed stands beside it, whatever the names.
        made(&app, 40, SEED + 1).await?;
        let rx = &mut db.read().await?;
        assert_eq!(count(rx, app.org, "SELECT count(*) AS n FROM goals WHERE org_id = $1").await?, 43);
        Ok(())
    }

    async fn generated_goals_are_found_and_shown(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        made(&app, 60, SEED).await?;
        let row = sql("SELECT id, title FROM goals WHERE org_id = $1 AND external_id = 'generated:7:1'")
            .bind(app.org)
            .fetch_one(&mut db.read().await?)
            .await?;
        let page = app.page(&app.owner, &format!("/goals/{}", row.id("id")?)).await?;
        assert_eq!(page.status, 200);
        assert!(page.text.contains(&row.text("title")?), "{}", page.text);
        Ok(())
    }
}
