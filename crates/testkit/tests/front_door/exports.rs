//! The whole organisation as a file: what is in it, who gets it, and that other readers take it.

use std::path::Path;

use anyhow::{Context, Result};
use northing_app::export::ExportFormat;
use northing_app::{Actor, Error, Via};
use northing_connectors::import_model::ImportSet;
use northing_connectors::viva_goals::{Content, InputFile, Table, read, recognise};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use crate::support::{export_parts, sample};

fn sizes(set: &ImportSet) -> [usize; 5] {
    [set.people.len(), set.teams.len(), set.goals.len(), set.check_ins.len(), set.comments.len()]
}

both_engines! {
    async fn the_page_says_what_each_form_holds_and_downloads_it(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        app.northing.import_set(&app.owner.actor, "vivagoals", sample("brindlewick/json")?, false).await?;
        let page = app.page(&app.owner, "/admin/export").await?;
        for text in ["Everything (JSON, ZIP)", "Goals as a table (CSV)", "Goals as a workbook (XLSX)"] {
            assert!(page.text.contains(text), "{text} in {}", page.text);
        }
        for (format, media, end, begins) in [
            ("json", "application/zip", ".zip", b"PK".as_slice()),
            ("csv", "text/csv; charset=utf-8", ".csv", b"\xef\xbb\xbf".as_slice()),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", b"PK".as_slice()),
        ] {
            let file = app.post(&app.owner, "/admin/export", &[("format", format)]).await?;
            assert_eq!((file.status, file.header("content-type")), (200, media));
            assert!(file.header("content-disposition").ends_with(&format!("{end}\"")), "{}", file.header("content-disposition"));
            assert!(file.text.as_bytes().starts_with(begins) || format == "csv", "{format}");
        }
        assert_eq!(app.post(&app.owner, "/admin/export", &[("format", "pdf")]).await?.status, 422);
        let member = app.person(Role::Member).await?;
        assert_eq!(app.page(&member, "/admin/export").await?.status, 403);
        assert_eq!(app.post(&member, "/admin/export", &[("format", "csv")]).await?.status, 403);
        let log = app.page(&app.owner, "/admin/audit").await?.text;
        assert_eq!(log.matches("exported").count(), 3, "{log}");
        Ok(())
    }

    async fn the_import_page_offers_a_workbook_to_fill_in(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        assert!(app.page(&app.owner, "/import").await?.text.contains("href=\"/import/template.xlsx\""));
        let book = app.page(&app.owner, "/import/template.xlsx").await?;
        assert_eq!(book.status, 200);
        assert!(book.text.starts_with("PK") && book.header("content-disposition").contains("northing-goals.xlsx"));
        let member = app.person(Role::Member).await?;
        assert_eq!(app.page(&member, "/import/template.xlsx").await?.status, 403);
        Ok(())
    }
    async fn the_json_set_holds_everything_and_is_read_again(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let set = sample("brindlewick/json")?;
        app.northing.import_set(&app.owner.actor, "vivagoals", set, false).await?;
        let operator = Actor { via: Via::CommandLine, ..app.owner.actor.clone() };
        let (file, _) = export_parts(&app.northing, &operator, ExportFormat::Json).await?;
        assert!(file.name.starts_with("calder-20260215") && file.name.ends_with(".zip"), "{}", file.name);
        let files = [file];
        let found = recognise(&files)?;
        assert_eq!(found.iter().filter(|it| it.content == Content::Northing).count(), 1);
        assert!(found.iter().any(|it| it.name.contains("/objectives_export_file_")));
        let again = read(&found)?;
        // The owner of the organisation is one person more.
        assert_eq!(sizes(&again), [26, 8, 64, 355, 30]);
        let head = again.own_organization.as_ref().context("the organisation")?;
        assert_eq!((head.schema_version, head.name.as_str()), (1, "Calder"));
        assert!(again.goals.iter().all(|it| it.value.own.is_some() && it.notes.is_empty()));
        assert!(again.check_ins.iter().all(|it| it.value.own.is_some()) && again.points.len() >= 355);
        let company = again.goals.iter().find(|it| it.value.title.starts_with("Become the monitoring"));
        let own = company.and_then(|it| it.value.own.as_ref()).context("its own part")?;
        assert!((own.progress_unclamped.context("progress")? - 85.7).abs() < 0.06);
        let private = again.goals.iter().filter(|it| it.value.own.as_ref().is_some_and(|own| own.visibility.name() == "restricted"));
        assert_eq!(private.count(), 3);
        Ok(())
    }

    async fn tables_have_the_headers_of_explorer_and_are_read_again(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        app.northing.import_set(&app.owner.actor, "vivagoals", sample("brindlewick/json")?, false).await?;
        let operator = Actor { via: Via::CommandLine, ..app.owner.actor.clone() };
        let before = sample("brindlewick/csv")?;
        for (format, table) in [(ExportFormat::Csv, Table::Text(b',')), (ExportFormat::Xlsx, Table::Workbook)] {
            let files = [export_parts(&app.northing, &operator, format).await?.0];
            let found = recognise(&files)?;
            assert_eq!(found[0].content, Content::View(table));
            let set = read(&found)?;
            assert_eq!((set.goals.len(), set.check_ins.len(), set.left_out.len()), (64, 355, 0));
            let titles = |set: &ImportSet| {
                let mut all: Vec<_> = set.goals.iter().map(|it| {
                    let mut parents: Vec<_> = it.value.parents.iter().map(|p| p.title.clone()).collect();
                    parents.sort();
                    (it.value.title.clone(), it.value.end, parents, it.value.owners.len())
                }).collect();
                all.sort();
                all
            };
            assert!(titles(&set) == titles(&before));
            assert!(set.goals.iter().all(|it| it.extra.is_empty() && it.value.owners.iter().all(|o| o.email.is_some())));
            let noted: Vec<_> = set.check_ins.iter().filter(|it| it.value.note.as_deref().is_some_and(|n| n.contains('\n'))).collect();
            assert!(!noted.is_empty());
            let exact = set.check_ins.iter().filter_map(|it| it.value.value).find(|it| it.value > 1_000_000.0);
            assert!(exact.is_some_and(|it| !it.approximate), "values are not rounded");
        }
        Ok(())
    }

    async fn nothing_in_a_table_is_taken_for_a_formula(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let period = app.period("Q1 2026").await?.to_string();
        let title = "=HYPERLINK(\"https://evil.example\",\"x\")";
        let body = json!({"kind": "objective", "title": title, "description": "@SUM(A1)", "period_id": period});
        app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
        let path = format!("/orgs/{}/export?format=csv", app.slug);
        let answer = app.api(&app.owner, "GET", &path, None).await?;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(answer.header("content-disposition").starts_with("attachment; filename=\"calder-"));
        assert!(answer.text.starts_with("\u{feff}Id,Title,Team,Tag,Creator,"), "{}", answer.text);
        assert!(answer.text.contains("\"'=HYPERLINK(") && answer.text.contains(",'@SUM(A1),"), "{}", answer.text);
        // Our own reader takes the guard off again.
        let files = [InputFile { name: "x.csv".to_owned(), bytes: answer.text.into_bytes() }];
        let set = read(&recognise(&files)?)?;
        assert_eq!(set.goals[0].value.title, title);
        Ok(())
    }

    async fn owners_and_admins_export_and_it_is_noted(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (admin, member) = (app.person(Role::Admin).await?, app.person(Role::Member).await?);
        let path = format!("/orgs/{}/export", app.org);
        assert_eq!(app.api(&member, "GET", &format!("{path}?format=json"), None).await?.status, 403);
        for (query, status) in [("?format=json", 200), ("?format=xlsx", 200), ("?format=pdf", 422), ("", 422)] {
            assert_eq!(app.api(&admin, "GET", &format!("{path}{query}"), None).await?.status, status, "{query}");
        }
        let log = app.api_ok(&app.owner, "GET", &format!("/orgs/{}/audit?action=export.finished", app.org), None).await?;
        let mut formats: Vec<_> = log["items"].as_array().into_iter().flatten().map(|it| it["detail"]["format"].to_string()).collect();
        formats.sort();
        assert_eq!(formats, ["\"json\"", "\"xlsx\""]);
        assert_eq!(log["items"][0]["actor_id"], json!(admin.id.to_string()));
        Ok(())
    }

    async fn restricted_goals_go_only_to_those_who_may_see_them(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        app.northing.import_set(&app.owner.actor, "vivagoals", sample("brindlewick/json")?, false).await?;
        let (file, _) = export_parts(&app.northing, &app.owner.actor, ExportFormat::Json).await?;
        let files = [file];
        let seen = read(&recognise(&files)?)?;
        assert_eq!(seen.goals.len(), 61, "three are restricted to others");
        let ids: Vec<_> = seen.goals.iter().filter_map(|it| it.source_id.as_deref()).collect();
        let named = seen.goals.iter().flat_map(|it| it.value.parents.iter().filter_map(|p| p.id.as_deref()));
        assert!(named.chain(seen.check_ins.iter().filter_map(|it| it.value.goal.id.as_deref())).all(|id| ids.contains(&id)));
        let stranger = Actor { org_id: app.northing.new_id(), ..app.owner.actor.clone() };
        let refused = app.northing.export_organization(&stranger, ExportFormat::Csv).await;
        assert!(matches!(refused, Err(Error::NotFound(_))));
        Ok(())
    }

    async fn a_long_export_comes_in_parts(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (_, parts) = export_parts(&app.northing, &app.owner.actor, ExportFormat::Csv).await?;
        app.northing.import_set(&app.owner.actor, "vivagoals", large()?, false).await?;
        let (file, more) = export_parts(&app.northing, &app.owner.actor, ExportFormat::Csv).await?;
        assert!(parts <= 2 && more >= 20, "{parts} {more}");
        let files = [file];
        assert!(read(&recognise(&files)?)?.goals.len() > 1900);
        Ok(())
    }
}

fn large() -> Result<ImportSet> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../connectors/tests/samples/large_2000_goals.zip");
    let files = [InputFile { name: "large.zip".to_owned(), bytes: std::fs::read(path)? }];
    Ok(read(&recognise(&files)?)?)
}
