//! Imports by page.

use anyhow::Result;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, multipart};

use crate::imports::{differences, everything};
use crate::imports_api::{work, zip};

async fn count(store: &Store, query: &'static str) -> Result<i64> {
    Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

both_engines! {
    async fn an_export_goes_from_the_files_to_the_report_and_back(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let owner = &app.owner;
        let first = app.page(owner, "/import").await?;
        assert_eq!(first.status, 200);
        assert!(first.text.contains("at most 64 MiB") && first.text.contains("No imports yet"), "{}", first.text);

        let sent = app.post_files(owner, "/import", &[("export.zip", &zip()?)]).await?;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let mapping = sent.header("location").to_owned();
        let one = mapping.strip_suffix("/mapping").unwrap().to_owned();
        let form = app.page(owner, &mapping).await?;
        for words in ["355 check-ins", "Kinds of goal", "Known word", "Marsh, Eleanor", "not active", "New people become"] {
            assert!(form.text.contains(words), "{words}: {}", form.text);
        }
        // A choice that is none is said in the form, and nothing begins.
        let wrong = app.post(owner, &format!("{one}/check"), &[("person.0", "match"), ("person.0.email", "")]).await?;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("enter the mail address of a member"), "{}", wrong.text);

        let check = app.post(owner, &format!("{one}/check"), &[("new_people", "deactivated")]).await?;
        assert_eq!((check.status, check.header("location")), (303, one.as_str()), "{}", check.text);
        let running = app.page(owner, &one).await?;
        assert!(running.text.contains("hx-trigger=\"every 1s\"") && running.text.contains("Cancel"), "{}", running.text);
        assert_eq!(app.fragment(owner, &format!("{one}/progress")).await?.status, 200);
        work(&app).await?;
        let over = app.fragment(owner, &format!("{one}/progress")).await?;
        assert_eq!((over.status, over.header("hx-redirect")), (204, one.as_str()));

        let tried = app.page(owner, &one).await?;
        for words in ["Dry run, nothing saved yet", "Import 64 goals", "19 objectives, 40 key results, 5 initiatives", "Become the monitoring standard", "Data Source"] {
            assert!(tried.text.contains(words), "{words}: {}", tried.text);
        }
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 0);

        let run = app.post(owner, &format!("{one}/run"), &[]).await?;
        assert_eq!(run.status, 303, "{}", run.text);
        work(&app).await?;
        let report = app.page(owner, &one).await?;
        for words in ["Import report", "Undo import", "Open Explorer", "Report as CSV", "More records"] {
            assert!(report.text.contains(words), "{words}: {}", report.text);
        }
        assert_eq!(count(&store, "SELECT count(*) AS n FROM members WHERE status = 'deactivated'").await?, 25);
        let goals = app.page(owner, &format!("{one}?entity=goal&noted=true")).await?;
        assert!(goals.text.contains("/goals/") && !goals.text.contains("check-in</span>"), "{}", goals.text);
        let none = app.page(owner, &format!("{one}?outcome=failed")).await?;
        assert!(none.text.contains("No record is like that."), "{}", none.text);
        let csv = app.page(owner, &format!("{one}/report.csv")).await?;
        assert!(csv.text.lines().count() > 494 && csv.text.starts_with("entity,file,row,title"), "{}", csv.text.lines().count());
        assert!(csv.header("content-disposition").contains("import-report.csv"));
        let json = app.page(owner, &format!("{one}/report.json")).await?.json();
        assert_eq!(json["lines"].as_array().unwrap().len(), 494);

        // The same files once more would change nothing.
        let again = app.post_files(owner, "/import", &[("export.zip", &zip()?)]).await?;
        let second = again.header("location").strip_suffix("/mapping").unwrap().to_owned();
        assert!(app.page(owner, again.header("location")).await?.text.contains("Everything in these files matches"));
        app.post(owner, &format!("{second}/check"), &[]).await?;
        work(&app).await?;
        let nothing = app.page(owner, &second).await?;
        assert!(nothing.text.contains("Nothing would change"), "{}", nothing.text);
        assert!(!nothing.text.contains("/run\""), "{}", nothing.text);
        assert_eq!(app.post(owner, &format!("{second}/discard"), &[]).await?.status, 303);

        let asked = app.fragment(owner, &format!("{one}/undo")).await?;
        assert!(asked.text.contains("64 goals, 355 check-ins, 30 comments, 25 people, 8 teams"), "{}", asked.text);
        assert_eq!(app.post(owner, &format!("{one}/undo"), &[]).await?.status, 303);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 0);
        let list = app.page(owner, "/import").await?;
        assert!(list.text.contains("Undone") && list.text.contains("Cancelled"), "{}", list.text);
        Ok(())
    }

    async fn files_that_cannot_be_read_are_refused_at_the_field(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let before = everything(&store).await?;
        for (name, bytes, words) in [
            ("note.txt", &b"hello"[..], "not a known export"),
            ("broken.zip", &b"PK\x03\x04no"[..], "damaged or cut off"),
            ("empty.json", &b""[..], "empty.json is empty"),
        ] {
            let answer = app.post_files(&app.owner, "/import", &[(name, bytes)]).await?;
            assert_eq!(answer.status, 422, "{name}: {}", answer.text);
            assert!(answer.text.contains(words) && answer.text.contains("files-error"), "{name}: {}", answer.text);
        }
        assert_eq!(differences(&before, &everything(&store).await?), Vec::<String>::new());
        Ok(())
    }

    async fn only_admins_see_imports_and_no_form_is_forged(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let sent = app.post_files(&app.owner, "/import", &[("export.zip", &zip()?)]).await?;
        let one = sent.header("location").strip_suffix("/mapping").unwrap().to_owned();
        let (member, stranger) = (app.person(Role::Member).await?, app.stranger().await?);
        let below = ["", "/mapping", "/progress", "/undo", "/report.csv", "/report.json"].map(|part| format!("{one}{part}"));
        for path in below {
            assert_eq!(app.page(&member, &path).await?.status, 403, "{path}");
            assert_eq!(app.page(&stranger, &path).await?.status, 404, "{path}");
        }
        for part in ["check", "run", "discard", "undo"] {
            let path = format!("{one}/{part}");
            assert_eq!(app.post(&member, &path, &[]).await?.status, 403, "{path}");
            assert_eq!(app.post(&stranger, &path, &[]).await?.status, 404, "{path}");
        }
        assert_eq!(app.page(&member, "/import").await?.status, 403);
        assert_eq!(app.post_files(&member, "/import", &[("export.zip", &zip()?)]).await?.status, 403);
        let (kind, body) = multipart("part", &[("csrf", "wrong")], &[("export.zip", b"[]")]);
        let forged = Request::post("/import")
            .header(header::COOKIE, format!("session={}", app.owner.session))
            .header(header::CONTENT_TYPE, kind);
        assert_eq!(app.send(forged.body(body.into())?).await?.status, 403);
        let explorer = app.page(&app.owner, "/explorer").await?;
        assert!(explorer.text.contains("Import from Viva Goals"), "an empty Explorer offers it");
        assert!(!app.page(&member, "/explorer").await?.text.contains("Import from Viva Goals"));
        Ok(())
    }
}
