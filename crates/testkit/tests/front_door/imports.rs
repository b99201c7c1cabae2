//! What another system exported, imported: counts, numbers, a second time, and by whom.

use std::path::Path;

use anyhow::{Context, Result};
use northing_app::Error;
use northing_app::import::{ImportReport, Outcome};
use northing_connectors::import_model::ImportSet;
use northing_connectors::viva_goals::{InputFile, read, recognise};
use northing_core::people::Role;
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::App;

fn brindlewick() -> Result<ImportSet> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors/tests/samples/brindlewick/json");
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().ok().context("a name")?;
        files.push(InputFile { name, bytes: std::fs::read(entry.path())? });
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(read(&recognise(&files)?)?)
}

async fn count(store: &Store, table: &str) -> Result<i64> {
    let query = match table {
        "goals" => "SELECT count(*) AS n FROM goals",
        "check_ins" => "SELECT count(*) AS n FROM check_ins",
        "comments" => "SELECT count(*) AS n FROM comments",
        _ => "SELECT count(*) AS n FROM alignments",
    };
    Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

async fn progress(store: &Store, title: &str) -> Result<f64> {
    let row = sql("SELECT progress FROM goals WHERE title LIKE $1")
        .bind(format!("{title}%"))
        .fetch_one(&mut store.read_once().await?)
        .await?;
    Ok(row.real("progress")?)
}

fn failures(report: &ImportReport) -> Vec<String> {
    let failed = report.lines.iter().filter(|line| line.outcome == Outcome::Failed);
    failed.map(|line| format!("{} {} {:?}", line.entity, line.title, line.notes)).collect()
}

both_engines! {
    async fn an_export_arrives_whole_and_once(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let set = brindlewick()?;
        let tried = app.northing.import_set(&app.owner.actor, "vivagoals", set.clone(), true).await?;
        assert!(tried.dry_run && tried.total(Outcome::Created) > 400, "{:?}", tried.counts);
        assert_eq!(count(&store, "goals").await?, 0);

        let report = app.northing.import_set(&app.owner.actor, "vivagoals", set.clone(), false).await?;
        assert_eq!(failures(&report), Vec::<String>::new());
        let mut found = Vec::new();
        for table in ["goals", "alignments", "check_ins", "comments"] {
            found.push(count(&store, table).await?);
        }
        assert_eq!(found, [64, 62, 355, 30]);
        let near = |a: f64, b: f64| (a - b).abs() < 0.06;
        let company = progress(&store, "Become the monitoring standard").await?;
        let probe = progress(&store, "Ship the turbidity probe").await?;
        assert!(near(company, 85.7) && near(probe, 70.3), "{company} {probe}");
        assert_eq!(report.csv().lines().next(), Some("entity,file,row,title,outcome,field,effect,reason"));

        let again = app.northing.import_set(&app.owner.actor, "vivagoals", set, false).await?;
        assert_eq!(again.total(Outcome::Unchanged), again.lines.len(), "{:?}", again.counts);
        assert_eq!(count(&store, "check_ins").await?, 355);
        Ok(())
    }

    async fn only_admins_import(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let refused = app.northing.import_set(&member.actor, "vivagoals", brindlewick()?, false).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
        Ok(())
    }

    async fn the_demonstration_imports_without_failures(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let today = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
        let set = northing_app::demo::calderfield(today);
        let goals = i64::try_from(set.goals.len())?;
        let report = app.northing.import_set(&app.owner.actor, "demo", set, false).await?;
        assert_eq!(failures(&report), Vec::<String>::new());
        assert_eq!(count(&store, "goals").await?, goals);
        Ok(())
    }
}
