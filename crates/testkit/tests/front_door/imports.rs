//! What another system exported, imported: counts, numbers, a second and a third time, and by whom.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use northing_app::Error;
use northing_app::import::{ImportReport, Outcome};
use northing_connectors::import_model::{Amount, CheckIn, Comment, ImportSet, PersonRef, Record};
use northing_connectors::viva_goals::{InputFile, read, recognise};
use northing_core::people::Role;
use northing_core::status::Status;
use northing_core::values::Day;
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

pub(crate) const SOURCE: &str = "vivagoals:70731";

pub(crate) fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors/tests/samples")
}

pub(crate) fn file(path: &Path) -> Result<InputFile> {
    let name = path.file_name().and_then(|name| name.to_str()).context("a name")?.to_owned();
    Ok(InputFile { name, bytes: std::fs::read(path)? })
}

pub(crate) fn set_of(files: &[InputFile]) -> Result<ImportSet> {
    Ok(read(&recognise(files)?)?)
}

pub(crate) fn brindlewick() -> Result<ImportSet> {
    set_of(&[file(&samples().join("brindlewick/brindlewick_goals_export.zip"))?])
}

pub(crate) async fn import(app: &App, set: ImportSet) -> Result<ImportReport> {
    Ok(app.northing.import_set(&app.owner.actor, SOURCE, set, false).await?)
}

/// Everything that the store holds.
pub(crate) async fn everything(store: &Store) -> Result<String> {
    let mut copy = Vec::new();
    store.backup(&mut copy).await?;
    Ok(String::from_utf8(copy)?)
}

/// The lines of the second that the first has not, shortened.
pub(crate) fn differences(before: &str, after: &str) -> Vec<String> {
    let known: std::collections::HashSet<&str> = before.lines().collect();
    let new = after.lines().filter(|line| !known.contains(line));
    new.map(|line| line.chars().take(600).collect()).take(6).collect()
}

async fn count(store: &Store, query: &'static str) -> Result<i64> {
    Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

async fn progress(store: &Store, title: &str) -> Result<f64> {
    let row = sql("SELECT progress FROM goals WHERE title LIKE $1")
        .bind(format!("{title}%"))
        .fetch_one(&mut store.read_once().await?)
        .await?;
    Ok(row.real("progress")?)
}

async fn status(store: &Store, title: &str) -> Result<String> {
    let row = sql("SELECT status FROM goals WHERE title LIKE $1")
        .bind(format!("{title}%"))
        .fetch_one(&mut store.read_once().await?)
        .await?;
    Ok(row.text("status")?)
}

pub(crate) fn failures(report: &ImportReport) -> Vec<String> {
    let failed = report.lines.iter().filter(|line| line.outcome == Outcome::Failed);
    failed.map(|line| format!("{} {} {:?}", line.entity, line.title, line.notes)).collect()
}

/// The remarks on a record's fields: `field: reason`.
fn notes(report: &ImportReport, entity: &str, title: &str) -> Vec<String> {
    let lines = report.lines.iter().filter(|line| line.entity == entity && line.title.starts_with(title));
    lines.flat_map(|line| &line.notes).map(|note| format!("{}: {}", note.field, note.reason)).collect()
}

fn outcome(report: &ImportReport, entity: &str, title: &str) -> Option<Outcome> {
    report
        .lines
        .iter()
        .find(|line| line.entity == entity && line.title.starts_with(title))
        .map(|line| line.outcome)
}

fn edit<T>(all: &mut [Record<T>], is: impl Fn(&T) -> bool) -> &mut T {
    &mut all.iter_mut().find(|record| is(&record.value)).unwrap().value
}

/// When and at what progress a goal's graph has its points.
async fn points(app: &App, goal: &str) -> Result<Vec<(String, f64)>> {
    let history = app.api_ok(&app.owner, "GET", &format!("/goals/{goal}/history?limit=200"), None).await?;
    let items = history["items"].as_array().unwrap();
    let point = |it: &serde_json::Value| Some((it["at"].as_str()?.to_owned(), it["progress"].as_f64()?));
    Ok(items.iter().filter_map(point).collect())
}

both_engines! {
    async fn an_export_arrives_whole_and_once(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let set = brindlewick()?;
        let before = everything(&store).await?;
        let tried = app.northing.import_set(&app.owner.actor, SOURCE, set.clone(), true).await?;
        assert!(tried.dry_run && tried.total(Outcome::Created) > 400, "{:?}", tried.counts);
        assert_eq!(differences(&before, &everything(&store).await?), Vec::<String>::new());

        let report = import(&app, set.clone()).await?;
        assert_eq!(failures(&report), Vec::<String>::new());
        let created = |entity: &str| report.counts.get(entity).map(|count| count.created);
        // Four of the periods are there since the organisation was set up.
        assert_eq!(
            ["person", "team", "tag", "goal", "check_in", "comment"].map(created),
            [25, 8, 6, 64, 355, 30].map(Some)
        );
        let counted = [
            ("SELECT count(*) AS n FROM goals", 64),
            ("SELECT count(*) AS n FROM goals WHERE kind = 'objective'", 19),
            ("SELECT count(*) AS n FROM goals WHERE kind = 'key_result'", 40),
            ("SELECT count(*) AS n FROM goals WHERE kind = 'initiative'", 5),
            ("SELECT count(*) AS n FROM goals WHERE parent_count > 1", 3),
            ("SELECT count(*) AS n FROM goals WHERE metric_kind <> 'percent'", 34),
            ("SELECT count(*) AS n FROM goals WHERE phases <> '[]'", 3),
            ("SELECT count(*) AS n FROM goals WHERE visibility = 'restricted'", 3),
            ("SELECT count(*) AS n FROM goals WHERE delegate_id IS NOT NULL", 1),
            ("SELECT count(*) AS n FROM goals WHERE status = 'closed'", 31),
            ("SELECT count(*) AS n FROM goals WHERE status = 'postponed'", 2),
            ("SELECT count(*) AS n FROM alignments", 62),
            ("SELECT count(*) AS n FROM check_ins", 355),
            ("SELECT count(*) AS n FROM comments", 30),
            ("SELECT count(*) AS n FROM teams", 8),
            ("SELECT count(*) AS n FROM tags", 6),
            ("SELECT count(*) AS n FROM members", 26),
        ];
        for (query, expected) in counted {
            assert_eq!(count(&store, query).await?, expected, "{query}");
        }
        Ok(())
    }

    async fn the_numbers_are_those_of_the_source(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let report = import(&app, brindlewick()?).await?;
        let near = |a: f64, b: f64| (a - b).abs() < 0.05;
        for (title, expected) in [
            ("Become the monitoring standard", 85.7),
            ("Ship the turbidity probe", 70.3),
            ("No renewal is a surprise", 52.7),
        ] {
            let found = progress(&store, title).await?;
            assert!(near(found, expected), "{title}: {found}");
        }
        let row = sql("SELECT metric_current, metric_target FROM goals WHERE title LIKE 'Annual recurring revenue (contracted)%'")
            .fetch_one(&mut store.read_once().await?)
            .await?;
        assert_eq!((row.real("metric_current")?, row.real("metric_target")?), (7_141_200.5, 7_500_000.0));
        // Two parents, and the whole counts in each.
        let parents = "SELECT count(*) AS n FROM alignments a JOIN goals g ON g.id = a.child_id WHERE g.title LIKE 'Ship the turbidity probe%'";
        assert_eq!(count(&store, parents).await?, 2);
        // Where people check in the status is the file's; where a goal computes itself the report says what differs.
        let set = brindlewick()?;
        let mut explained = 0;
        for record in &set.goals {
            let said = record.value.status.map_or("", Status::name);
            let here = status(&store, &record.value.title).await?;
            let told = notes(&report, "goal", &record.value.title).iter().any(|note| note.contains("progress and calendar say"));
            assert_eq!(said != here, told, "{}: the file says {said}, here it is {here}", record.value.title);
            explained += u32::from(told);
        }
        assert!(explained <= 8, "{explained}");
        Ok(())
    }

    async fn check_ins_keep_their_dates_so_that_graphs_are_full(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let row = sql("SELECT id FROM goals WHERE title LIKE 'Annual recurring revenue (contracted)%'")
            .fetch_one(&mut store.read_once().await?)
            .await?;
        let history = app.api_ok(&app.owner, "GET", &format!("/goals/{}/history", row.id("id")?), None).await?;
        let points = history["items"].as_array().unwrap();
        assert!(points.len() >= 8, "{history}");
        assert!(points[0]["at"].as_str().unwrap().starts_with("2025-"), "{history}");
        assert_eq!(points.last().unwrap()["value"], json!(7_141_200.5));
        let late = "SELECT count(*) AS n FROM check_ins WHERE at > 1765584000000";
        assert_eq!(count(&store, late).await?, 0, "none after the day of the export");
        Ok(())
    }

    /// Objectives have no check-ins of their own: their graphs follow from those of their key results, day by day, and an
    /// import of the same file adds nothing.
    async fn goals_above_check_ins_have_their_past_too(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let rows = sql(
            "SELECT g.id FROM goals g WHERE g.kind = 'objective' AND g.progress_mode = 'rollup' AND g.automatic_stopped = 0 \
             AND g.status NOT IN ('closed', 'postponed') AND g.child_count > 1 \
             AND NOT EXISTS (SELECT 1 FROM check_ins c WHERE c.goal_id = g.id) \
             AND NOT EXISTS (SELECT 1 FROM alignments a JOIN goals k ON k.id = a.child_id \
               WHERE a.parent_id = g.id AND (k.metric_kind = 'baseline' OR k.child_count > 0 \
                 OR NOT EXISTS (SELECT 1 FROM check_ins c WHERE c.goal_id = k.id)))",
        )
        .fetch_all(&mut store.read_once().await?)
        .await?;
        let mut compared = 0;
        for row in &rows {
            let id = row.id("id")?;
            let points = points(&app, &id.to_string()).await?;
            assert!(points.len() > 2, "{id} has no past: {points:?}");
            let shares = app.api_ok(&app.owner, "GET", &format!("/goals/{id}/contributions"), None).await?;
            let mut below = Vec::new();
            for share in shares["items"].as_array().unwrap() {
                let child = share["child_id"].as_str().unwrap().to_owned();
                below.push((share["share"].as_f64().unwrap(), self::points(&app, &child).await?));
            }
            // The last point is of the day of the import itself.
            for (at, progress) in points.iter().rev().skip(1) {
                let of = |points: &[(String, f64)]| points.iter().rfind(|(then, _)| then <= at).map_or(0.0, |it| it.1);
                let expected: f64 = below.iter().map(|(share, points)| share * of(points) / 100.0).sum();
                assert!((progress - expected).abs() < 1e-6, "{id} at {at}: {progress} is not {expected}");
                compared += 1;
            }
        }
        assert!(compared > 10, "{compared} points of {} objectives", rows.len());
        let before = count(&store, "SELECT count(*) AS n FROM history").await?;
        import(&app, brindlewick()?).await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM history").await?, before);
        Ok(())
    }

    async fn the_large_sample_arrives_whole(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let set = set_of(&[file(&samples().join("large_2000_goals.zip"))?])?;
        assert_eq!(set.organisation.as_deref(), Some("72583"));
        let report = app.northing.import_set(&app.owner.actor, "vivagoals:72583", set, false).await?;
        assert_eq!(failures(&report), Vec::<String>::new());
        for (query, expected) in [
            ("SELECT count(*) AS n FROM goals", 2000),
            ("SELECT count(*) AS n FROM goals WHERE kind = 'objective'", 425),
            ("SELECT count(*) AS n FROM goals WHERE kind = 'key_result'", 1319),
            ("SELECT count(*) AS n FROM goals WHERE kind = 'initiative'", 256),
            ("SELECT count(*) AS n FROM goals WHERE parent_count > 1", 196),
            ("SELECT count(*) AS n FROM goals WHERE metric_kind <> 'percent'", 1136),
            ("SELECT count(*) AS n FROM goals WHERE phases <> '[]'", 108),
            ("SELECT count(*) AS n FROM goals WHERE visibility = 'restricted'", 57),
            ("SELECT count(*) AS n FROM goals WHERE delegate_id IS NOT NULL", 73),
            ("SELECT count(*) AS n FROM alignments", 2178),
            ("SELECT count(*) AS n FROM check_ins", 6097),
            ("SELECT count(*) AS n FROM comments", 975),
            ("SELECT count(*) AS n FROM teams", 55),
            ("SELECT count(*) AS n FROM tags", 12),
            ("SELECT count(*) AS n FROM members", 334),
        ] {
            assert_eq!(count(&store, query).await?, expected, "{query}");
        }
        Ok(())
    }

    async fn the_same_files_again_change_nothing(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let before = everything(&store).await?;
        let again = import(&app, brindlewick()?).await?;
        assert_eq!(again.total(Outcome::Unchanged), again.lines.len(), "{:?}", again.counts);
        assert_eq!(differences(&before, &everything(&store).await?), Vec::<String>::new());
        Ok(())
    }

    async fn external_identifiers_tell_the_organisation_and_the_kind(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        for (query, expected) in [
            ("SELECT count(*) AS n FROM goals WHERE external_id LIKE 'vivagoals:70731:goal:%'", 64),
            ("SELECT count(*) AS n FROM members WHERE external_id LIKE 'vivagoals:70731:person:%'", 25),
            ("SELECT count(*) AS n FROM teams WHERE external_id LIKE 'vivagoals:70731:team:%'", 8),
            ("SELECT count(*) AS n FROM periods WHERE external_id LIKE 'vivagoals:70731:period:%'", 6),
            ("SELECT count(*) AS n FROM tags WHERE external_id LIKE 'vivagoals:70731:tag:%'", 6),
            ("SELECT count(*) AS n FROM check_ins WHERE external_id LIKE 'vivagoals:70731:check_in:%'", 355),
            ("SELECT count(*) AS n FROM comments WHERE external_id LIKE 'vivagoals:70731:comment:%'", 30),
        ] {
            assert_eq!(count(&store, query).await?, expected, "{query}");
        }
        Ok(())
    }

    async fn a_newer_export_changes_people_teams_periods_and_tags(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let mut newer = brindlewick()?;
        let manager = newer.people[0].source_id.clone();
        let yuki = edit(&mut newer.people, |it| it.name == "Yuki Tanabe");
        yuki.name = String::from("Yuki Tanabe-Ruiz");
        yuki.role = Some(Role::Admin);
        yuki.manager = Some(PersonRef { id: manager, ..PersonRef::default() });
        let gone = newer.people.iter_mut().rfind(|it| it.value.active && !it.value.teams.is_empty()).unwrap();
        gone.value.active = false;
        gone.value.teams.clear();
        let gone = gone.value.name.clone();
        let firmware = edit(&mut newer.teams, |it| it.name == "Firmware");
        firmware.name = String::from("Firmware and optics");
        firmware.parent = None;
        firmware.description = Some(String::from("What runs in the water."));
        let period = edit(&mut newer.periods, |it| it.name == "Q4 2024");
        period.end = Day::new(2025, 1, 10);
        let tag = newer.tags[0].value.name.clone();
        newer.tags[0].value.name = String::from("Renamed");

        let report = import(&app, newer.clone()).await?;
        assert_eq!(failures(&report), Vec::<String>::new());
        let said = notes(&report, "person", "Yuki Tanabe-Ruiz").join("\n");
        assert!(said.contains("Name: “Yuki Tanabe” became “Yuki Tanabe-Ruiz”"), "{said}");
        assert!(said.contains("Role: “member” became “admin”") && said.contains("Manager: "), "{said}");
        let said = notes(&report, "person", &gone).join("\n");
        assert!(said.contains("Active: yes became no") && said.contains("Teams: "), "{said}");
        let said = notes(&report, "team", "Firmware").join("\n");
        assert!(said.contains("Parent: Product & Engineering became nothing"), "{said}");
        assert!(said.contains("Description: nothing became “What runs in the water.”"), "{said}");
        let said = notes(&report, "period", "Q4 2024").join("\n");
        assert!(said.contains("End date: “2024-12-31” became “2025-01-10”"), "{said}");
        let said = notes(&report, "tag", "Renamed").join("\n");
        assert!(said.contains(&format!("Name: “{tag}” became “Renamed”")), "{said}");
        for query in [
            "SELECT count(*) AS n FROM members WHERE name = 'Yuki Tanabe-Ruiz' AND role = 'admin' AND manager_id IS NOT NULL AND version = 2",
            "SELECT count(*) AS n FROM teams WHERE name = 'Firmware and optics' AND parent_id IS NULL",
            "SELECT count(*) AS n FROM periods WHERE name = 'Q4 2024' AND end_date = '2025-01-10'",
            "SELECT count(*) AS n FROM tags WHERE name = 'Renamed'",
        ] {
            assert_eq!(count(&store, query).await?, 1, "{query}");
        }
        let before = everything(&store).await?;
        let again = import(&app, newer).await?;
        assert_eq!(again.total(Outcome::Unchanged), again.lines.len(), "{:?}", again.counts);
        assert_eq!(differences(&before, &everything(&store).await?), Vec::<String>::new());
        Ok(())
    }

    async fn what_people_changed_here_is_kept_and_said(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let row = sql("SELECT id FROM goals WHERE title LIKE 'Annual recurring revenue (contracted)%'")
            .fetch_one(&mut store.read_once().await?)
            .await?;
        let goal = format!("/goals/{}", row.id("id")?);
        app.api_ok(&app.owner, "PATCH", &goal, Some(json!({ "title": "Recurring revenue", "description": "Ours" }))).await?;
        app.api_ok(&app.owner, "POST", &format!("{goal}/check-ins"), Some(json!({ "value": 7_200_000 }))).await?;

        let mut newer = brindlewick()?;
        let it = edit(&mut newer.goals, |it| it.title.starts_with("Annual recurring revenue (contracted)"));
        it.title = String::from("ARR");
        it.committed = Some(!it.committed.unwrap_or(false));
        it.current = Some(Amount::exact(7_150_000.0));
        let report = import(&app, newer).await?;
        assert_eq!(outcome(&report, "goal", "ARR"), Some(Outcome::Updated));
        let said = notes(&report, "goal", "ARR").join("\n");
        assert!(said.contains("Title: kept: changed here since the last import"), "{said}");
        assert!(said.contains("Progress and status: kept: changed here since the last import"), "{said}");
        assert!(said.contains("Committed: "), "{said}");
        assert!(!said.contains("Description"), "the file did not change it: {said}");
        let after = app.api_ok(&app.owner, "GET", &goal, None).await?;
        assert_eq!(after["title"], json!("Recurring revenue"));
        assert_eq!(after["description"], json!("Ours"));
        assert_eq!(after["metric"]["current"], json!(7_200_000.0));
        Ok(())
    }

    async fn a_newer_export_brings_new_check_ins_and_moves_goals(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let before = progress(&store, "Become the monitoring standard").await?;
        let mut newer = brindlewick()?;
        let it = newer.goals.iter_mut().find(|it| it.value.title.starts_with("Annual recurring revenue (contracted)")).unwrap();
        it.value.current = Some(Amount::exact(7_500_000.0));
        it.value.status = Some(Status::OnTrack);
        let goal = it.source_id.clone();
        let latest = newer.check_ins.iter().rfind(|it| it.value.goal.id == goal).unwrap().clone();
        let mut fresh: Record<CheckIn> = latest.clone();
        fresh.source_id = Some(String::from("9990001"));
        fresh.value.effective = Day::new(2026, 1, 12);
        fresh.value.recorded_at = "2026-01-12T10:00:00Z".parse().ok();
        fresh.value.value = Some(Amount::exact(7_500_000.0));
        fresh.value.note = None;
        fresh.value.note_html = Some(String::from("<p>We <b>made</b> it.</p><script>alert(1)</script>"));
        newer.check_ins.push(fresh);
        let comment: Record<Comment> = newer.comments[0].clone();
        newer.comments.push(Record { source_id: Some(String::from("9990002")), ..comment });
        let report = import(&app, newer).await?;
        assert_eq!(report.counts["check_in"].created, 1);
        assert_eq!(report.counts["comment"].created, 1);
        assert_eq!(outcome(&report, "goal", "Annual recurring revenue (contracted)"), Some(Outcome::Updated));
        let row = sql("SELECT note, at FROM check_ins WHERE external_id = 'vivagoals:70731:check_in:9990001'")
            .fetch_one(&mut store.read_once().await?)
            .await?;
        assert_eq!(row.text("note")?, "We **made** it.");
        assert!(progress(&store, "Become the monitoring standard").await? > before + 0.1);
        Ok(())
    }

    async fn a_table_of_the_same_organisation_finds_what_the_json_made(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        import(&app, brindlewick()?).await?;
        let counts = everything(&store).await?;
        for name in [
            "csv/VivaGoals_70731_all_objectives_2025_12_12_1765548309.csv",
            "xlsx/VivaGoals_70731_all_objectives_2025_12_12_1765548309.xlsx",
        ] {
            let report = import(&app, set_of(&[file(&samples().join("brindlewick").join(name))?])?).await?;
            assert_eq!(failures(&report), Vec::<String>::new(), "{name}");
            let told: Vec<_> = report
                .lines
                .iter()
                .filter(|line| matches!(line.outcome, Outcome::Created | Outcome::Updated | Outcome::Skipped))
                .map(|line| format!("{} {} {:?} {:?}", line.entity, line.title, line.outcome, line.notes))
                .collect();
            assert_eq!(told, Vec::<String>::new(), "{name}: {:?}", report.counts);
        }
        assert_eq!(counts.lines().count(), everything(&store).await?.lines().count());
        Ok(())
    }

    async fn only_admins_import(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let team = json!({ "name": "Field", "owners": [member.id] });
        app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(team)).await?;
        let refused = app.northing.import_set(&member.actor, SOURCE, brindlewick()?, false).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "owning a team is not enough");
        Ok(())
    }

    async fn the_demonstration_imports_without_failures(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let today = app.northing.now().day_in(&jiff::tz::TimeZone::UTC);
        let set = northing_app::demo::calderfield(today);
        let goals = i64::try_from(set.goals.len())?;
        let report = app.northing.import_set(&app.owner.actor, "demo", set, false).await?;
        assert_eq!(failures(&report), Vec::<String>::new());
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, goals);
        Ok(())
    }
}
