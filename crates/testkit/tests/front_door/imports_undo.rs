//! Taking an import back.

use anyhow::Result;
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

use crate::imports::{differences, everything};
use crate::imports_api::{work, zip};

async fn count(store: &Store, query: &'static str) -> Result<i64> {
    Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?)
}

async fn import(app: &App, files: &[(&str, &[u8])]) -> Result<String> {
    let path = format!("/orgs/{}/imports", app.org);
    let answer = app.upload(&app.owner, &path, &[], files).await?;
    assert_eq!(answer.status, 202, "{}", answer.text);
    work(app).await?;
    let one = format!("{path}/{}", answer.json()["id"].as_str().unwrap());
    assert_eq!(app.api_ok(&app.owner, "GET", &one, None).await?["state"], json!("finished"));
    Ok(one)
}

async fn send(app: &App, files: Vec<(String, Vec<u8>)>) -> Result<String> {
    let files: Vec<(&str, &[u8])> =
        files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    import(app, &files).await
}

/// What the store holds but the log, the imports themselves and what is left of jobs.
pub(crate) async fn contents(store: &Store) -> Result<String> {
    let all = everything(store).await?;
    let (mut skip, mut kept) = (false, String::new());
    for line in all.lines() {
        if let Some(table) = line.strip_prefix("{\"table\":\"") {
            skip = ["activity", "imports", "import_lines", "import_files", "jobs", "history"]
                .iter()
                .any(|name| table.starts_with(&format!("{name}\"")));
        }
        if !skip && !line.starts_with("{\"end\"") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    Ok(kept)
}

both_engines! {
    async fn an_untouched_import_goes_without_a_trace(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        app.api_ok(&app.owner, "GET", "/me", None).await?; // notes that the token was used
        let before = contents(&store).await?;
        let one = import(&app, &[("export.zip", &zip()?)]).await?;
        let undone = app.api_ok(&app.owner, "DELETE", &one, None).await?;
        assert_eq!(undone["removed"]["goal"], json!(64), "{undone}");
        assert_eq!(undone["removed"]["person"], json!(25), "{undone}");
        assert_eq!(undone["stays"], json!([]), "{undone}");
        let after = contents(&store).await?;
        assert_eq!(differences(&before, &after), Vec::<String>::new());
        assert_eq!(differences(&after, &before), Vec::<String>::new());
        assert_eq!(app.api_ok(&app.owner, "GET", &one, None).await?["state"], json!("undone"));
        assert_eq!(app.api(&app.owner, "DELETE", &one, None).await?.status, 422, "once");
        import(&app, &[("export.zip", &zip()?)]).await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 64);
        Ok(())
    }

    async fn what_somebody_touched_stays_and_is_said(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let one = import(&app, &[("export.zip", &zip()?)]).await?;
        let row = sql("SELECT id FROM goals WHERE title LIKE 'Annual recurring revenue (contracted)%'")
            .fetch_one(&mut store.read_once().await?)
            .await?;
        app.api_ok(&app.owner, "POST", &format!("/goals/{}/check-ins", row.id("id")?), Some(json!({ "value": 7_200_000 }))).await?;
        let undone = app.api_ok(&app.owner, "DELETE", &one, None).await?;
        assert_eq!(undone["removed"]["goal"], json!(63), "{undone}");
        let stays: Vec<&str> = undone["stays"].as_array().unwrap().iter().filter_map(|it| it["entity"].as_str()).collect();
        assert!(stays.contains(&"goal") && stays.contains(&"person") && stays.contains(&"period"), "{undone}");
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals").await?, 1);
        assert!(count(&store, "SELECT count(*) AS n FROM check_ins").await? > 5, "what was said on it stays");
        let top = "SELECT count(*) AS n FROM placements WHERE page = 'all' AND top = 1";
        assert_eq!(count(&store, top).await?, 1);
        Ok(())
    }

    async fn what_a_newer_export_changed_becomes_what_it_was(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let source = |name: &str, title: &str, status: &str, progress: u32| -> Vec<(String, Vec<u8>)> {
            let goal = json!([{ "ID": 7, "Title": title, "Type": "Key result", "Owner": [{ "ID": 3, "Name": name, "Email": "ann@old.example" }],
                "Time Period": { "ID": 2, "Name": "Q1 2026" }, "Status": status, "Progress": progress,
                "Progress and Status Configuration": { "Progress": "Update Manually" },
                "Outcome": { "Outcome Type": "Percentage", "Start": 0, "Target": 100 } }]);
            let people = json!([{ "ID": 3, "Name": name, "Email": "ann@old.example", "Role": "Member", "Status": "Active" }]);
            let check_ins: Value = json!([{ "ID": 9, "OKR ID": 7, "CheckIn Date": "2026-02-01 00:00:00", "Activity Date": "2026-02-01 10:00:00",
                "Current Value": progress, "Status": status, "Check In Note": { "Check In Note": title } }]);
            [("objectives", goal), ("Users", people), ("checkins", check_ins)]
                .into_iter()
                .map(|(entity, it)| (format!("{entity}_export_file_5_1_Organization_5_20260201000000.json"), it.to_string().into_bytes()))
                .collect()
        };
        send(&app, source("Ann", "Reach", "On Track", 40)).await?;
        let newer = send(&app, source("Ann Lee", "Reach further", "Behind", 55)).await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals WHERE title = 'Reach further' AND progress = 55").await?, 1);
        let undone = app.api_ok(&app.owner, "DELETE", &newer, None).await?;
        assert_eq!(undone["restored"], json!({ "check_in": 1, "goal": 1, "person": 1 }), "{undone}");
        for query in [
            "SELECT count(*) AS n FROM goals WHERE title = 'Reach' AND progress = 40 AND status = 'on_track'",
            "SELECT count(*) AS n FROM members WHERE name = 'Ann'",
            "SELECT count(*) AS n FROM check_ins WHERE note = 'Reach' AND value = 40",
        ] {
            assert_eq!(count(&store, query).await?, 1, "{query}");
        }
        // The newer export brings its changes once more.
        send(&app, source("Ann Lee", "Reach further", "Behind", 55)).await?;
        assert_eq!(count(&store, "SELECT count(*) AS n FROM goals WHERE title = 'Reach further'").await?, 1);
        Ok(())
    }
}
