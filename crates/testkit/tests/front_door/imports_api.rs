//! Imports by the API: files in, work in the background, a report out.

use anyhow::Result;
use axum::body::Body;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_store::{Store, jobs, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, multipart};
use serde_json::{Value, json};

use crate::imports::{differences, everything, samples};

pub(crate) fn zip() -> Result<Vec<u8>> {
    Ok(std::fs::read(samples().join("brindlewick/brindlewick_goals_export.zip"))?)
}

/// Does all work that is due.
pub(crate) async fn work(app: &App) -> Result<()> {
    while app.northing.work_once("test").await? {}
    Ok(())
}

/// Imports files to the end; the import's address in the API.
pub(crate) async fn imported(app: &App, files: &[(String, Vec<u8>)]) -> Result<String> {
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    let path = format!("/orgs/{}/imports", app.org);
    let answer = app.upload(&app.owner, &path, &[], &files).await?;
    assert_eq!(answer.status, 202, "{}", answer.text);
    work(app).await?;
    let one = format!("{path}/{}", answer.json()["id"].as_str().unwrap());
    let import = app.api_ok(&app.owner, "GET", &one, None).await?;
    assert_eq!(import["state"], json!("finished"), "{import}");
    Ok(one)
}

/// A worker takes up the import that waits, and dies before it begins.
pub(crate) async fn taken_by_one_that_dies(app: &App, store: &Store) -> Result<()> {
    let now = app.northing.now();
    let claimed = store
        .write((), move |tx, ()| {
            Box::pin(
                async move { jobs::claim(tx, "dead", &["import"], now, now.plus_millis(120_000), 1).await },
            )
        })
        .await?;
    assert_eq!(claimed.len(), 1);
    Ok(())
}

async fn count(store: &Store, query: &'static str) -> Result<i64> {
    Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

both_engines! {
    async fn an_export_comes_in_by_the_api(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let path = format!("/orgs/{}/imports", app.slug);
        let answer = app.upload(&app.owner, &path, &[], &[("export.zip", &zip()?)]).await?;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let import = answer.json();
        let id = import["id"].as_str().unwrap().to_owned();
        assert_eq!(answer.header("location"), format!("/api/v1/orgs/{}/imports/{id}", app.org));
        assert_eq!(import["state"], json!("running"));
        assert_eq!(import["source"], json!("vivagoals:70731"));
        assert_eq!(import["files"].as_array().unwrap().len(), 7);
        assert_eq!(import["draft"]["people"].as_array().unwrap().len(), 25);
        assert_eq!(import["draft"]["types"].as_array().unwrap().len(), 3);

        // One at a time: another is refused and leaves nothing behind.
        let second = app.upload(&app.owner, &path, &[], &[("export.zip", &zip()?)]).await?;
        assert_eq!(second.status, 422, "{}", second.text);
        assert!(second.text.contains("An import is running"), "{}", second.text);

        work(&app).await?;
        let one = format!("{path}/{id}");
        let done = app.api_ok(&app.owner, "GET", &one, None).await?;
        assert_eq!(done["state"], json!("finished"), "{done}");
        assert_eq!(done["counts"]["goal"], json!({ "created": 64, "updated": 0, "skipped": 0, "unchanged": 0, "failed": 0 }));
        assert_eq!(done["counts"]["check_in"]["created"], json!(355));
        assert!(done["warnings"].as_array().unwrap().iter().any(|it| it["field"] == "Data Source"), "{done}");
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 64);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM import_files").await?, 0, "wiped");

        // The report: every record, by key.
        let (mut seen, mut cursor) = (0, String::new());
        loop {
            let part = app.api_ok(&app.owner, "GET", &format!("{one}/lines?limit=200{cursor}"), None).await?;
            seen += part["items"].as_array().unwrap().len();
            match part["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, 25 + 8 + 6 + 6 + 64 + 355 + 30);
        let goals = app.api_ok(&app.owner, "GET", &format!("{one}/lines?entity=goal&noted=true&limit=5"), None).await?;
        assert_eq!(goals["items"].as_array().unwrap().len(), 5);
        assert!(goals["items"][0]["id"].is_string() && goals["items"][0]["notes"][0]["reason"].is_string(), "{goals}");
        let all = app.api_ok(&app.owner, "GET", &path, None).await?;
        assert_eq!(all["items"].as_array().unwrap().len(), 2, "the refused one is in the list as cancelled");
        Ok(())
    }

    async fn a_dry_run_keeps_nothing_and_can_be_done_afterwards(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let path = format!("/orgs/{}/imports", app.org);
        let answer = app.upload(&app.owner, &path, &[("dry_run", "true")], &[("export.zip", &zip()?)]).await?;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let one = format!("{path}/{}", answer.json()["id"].as_str().unwrap());
        work(&app).await?;
        let tried = app.api_ok(&app.owner, "GET", &one, None).await?;
        assert_eq!((&tried["state"], &tried["counts"]["goal"]["created"]), (&json!("checked"), &json!(64)));
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 0);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM members").await?, 1);
        let mapping = json!({ "people": { "callum.reid@brindlewick.example": "skip" }, "new_people": "deactivated", "types": { "Project": "key_result" } });
        let run = app.api(&app.owner, "POST", &format!("{one}/run"), Some(json!({ "mapping": mapping }))).await?;
        assert_eq!(run.status, 202, "{}", run.text);
        work(&app).await?;
        let done = app.api_ok(&app.owner, "GET", &one, None).await?;
        assert_eq!(done["state"], json!("finished"), "{done}");
        assert_eq!(done["counts"]["person"], json!({ "created": 24, "updated": 0, "skipped": 1, "unchanged": 0, "failed": 0 }));
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals WHERE kind = 'initiative'").await?, 0);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM members WHERE status = 'deactivated'").await?, 24);
        let again = app.api(&app.owner, "POST", &format!("{one}/run"), Some(json!({}))).await?;
        assert_eq!(again.status, 422, "it is over: {}", again.text);
        Ok(())
    }

    async fn what_cannot_be_read_is_refused_at_once_and_leaves_nothing(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let path = format!("/orgs/{}/imports", app.org);
        app.api_ok(&app.owner, "GET", "/me", None).await?; // notes that the token was used
        let before = everything(&store).await?;
        for (name, bytes, fields, field) in [
            ("a.zip", &b"PK\x03\x04broken"[..], vec![], "files"),
            ("note.txt", &b"hello"[..], vec![], "files"),
            ("a.json", &b"[{\"ID\": 1, \"Title\": \"x\""[..], vec![], "files"),
            ("empty.json", &b""[..], vec![], "files"),
            ("a.json", &b"[]"[..], vec![("mapping", "{\"pepole\": {}}")], "mapping"),
            ("a.json", &b"[]"[..], vec![("dry_run", "maybe")], "dry_run"),
            ("a.json", &b"[]"[..], vec![("colour", "red")], "colour"),
        ] {
            let answer = app.upload(&app.owner, &path, &fields, &[(name, bytes)]).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{name}: {}", answer.text);
        }
        let none = app.upload(&app.owner, &path, &[], &[]).await?;
        assert_eq!((none.status, none.fields()), (422, vec![String::from("files")]), "{}", none.text);
        let json = app.api(&app.owner, "POST", &path, Some(json!({}))).await?;
        assert_eq!(json.status, 415, "{}", json.text);
        assert_eq!(differences(&before, &everything(&store).await?), Vec::<String>::new());
        Ok(())
    }

    async fn the_same_request_twice_imports_once(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let mut ids: Vec<Value> = Vec::new();
        for boundary in ["first", "second"] {
            let (kind, body) = multipart(boundary, &[], &[("export.zip", &zip()?)]);
            let request = Request::post(format!("/api/v1/orgs/{}/imports", app.org))
                .header(header::AUTHORIZATION, format!("Bearer {}", app.owner.token))
                .header(header::CONTENT_TYPE, kind)
                .header("idempotency-key", "import-1");
            let answer = app.send(request.body(Body::from(body))?).await?;
            assert_eq!(answer.status, 202, "{}", answer.text);
            ids.push(answer.json()["id"].clone());
        }
        assert_eq!(ids[0], ids[1]);
        Ok(())
    }

    async fn an_import_is_cancelled_before_it_is_kept(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let path = format!("/orgs/{}/imports", app.org);
        let answer = app.upload(&app.owner, &path, &[], &[("export.zip", &zip()?)]).await?;
        let one = format!("{path}/{}", answer.json()["id"].as_str().unwrap());
        assert_eq!(app.api(&app.owner, "DELETE", &one, None).await?.status, 204);
        work(&app).await?;
        assert_eq!(app.api_ok(&app.owner, "GET", &one, None).await?["state"], json!("cancelled"));
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 0);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM import_files").await?, 0);
        Ok(())
    }

    async fn another_worker_takes_up_what_a_dead_one_left(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let path = format!("/orgs/{}/imports", app.org);
        let answer = app.upload(&app.owner, &path, &[], &[("export.zip", &zip()?)]).await?;
        let one = format!("{path}/{}", answer.json()["id"].as_str().unwrap());
        taken_by_one_that_dies(&app, &store).await?;
        assert!(!app.northing.work_once("alive").await?, "it is the other's for two minutes");
        let running = app.api_ok(&app.owner, "GET", &one, None).await?;
        assert_eq!((&running["state"], running["progress"]["done"].is_number()), (&json!("running"), true));
        app.clock.advance_millis(121_000);
        work(&app).await?;
        assert_eq!(app.api_ok(&app.owner, "GET", &one, None).await?["state"], json!("finished"));
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 64);
        Ok(())
    }

    async fn only_admins_have_imports(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (admin, member) = (app.person(Role::Admin).await?, app.person(Role::Member).await?);
        let stranger = app.stranger().await?;
        let path = format!("/orgs/{}/imports", app.org);
        let answer = app.upload(&admin, &path, &[], &[("export.zip", &zip()?)]).await?;
        assert_eq!(answer.status, 202, "{}", answer.text);
        let one = format!("{path}/{}", answer.json()["id"].as_str().unwrap());
        let run = format!("{one}/run");
        let lines = format!("{one}/lines");
        for (by, expected) in [(&member, 403), (&stranger, 404)] {
            assert_eq!(app.upload(by, &path, &[], &[("export.zip", b"[]")]).await?.status, expected);
            for (method, path, body) in [
                ("GET", &path, None),
                ("GET", &one, None),
                ("GET", &lines, None),
                ("DELETE", &one, None),
                ("POST", &run, Some(json!({}))),
            ] {
                let answer = app.api(by, method, path, body).await?;
                assert_eq!(answer.status, expected, "{method} {path}: {}", answer.text);
            }
        }
        Ok(())
    }

    async fn what_has_expired_is_swept(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let path = format!("/orgs/{}/imports", app.org);
        app.upload(&app.owner, &path, &[], &[("export.zip", &zip()?)]).await?;
        work(&app).await?;
        app.upload(&app.owner, &path, &[("dry_run", "true")], &[("export.zip", &zip()?)]).await?;
        work(&app).await?;
        app.clock.advance_millis(25 * 3_600_000);
        app.northing.sweep().await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM import_files").await?, 0);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM imports WHERE state = 'cancelled'").await?, 1);
        assert_ne!(count(&store, "SELECT count(*) AS n FROM import_lines").await?, 0);
        app.clock.advance_days(28);
        app.northing.sweep().await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM import_lines").await?, 0);
        assert_eq!(count(&store, "SELECT count(*) AS n FROM imports WHERE state = 'finished'").await?, 1);
        Ok(())
    }
}
