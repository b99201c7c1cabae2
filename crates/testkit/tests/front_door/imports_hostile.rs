//! Files that mean harm, or no good, by the front door: told by file, row and field; what cannot be read changes nothing.

use anyhow::Result;
use northing_app::export::ExportFormat;
use northing_store::sql;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

use crate::imports::differences;
use crate::imports_api::imported;
use crate::imports_undo::contents;
use crate::support::whole_export;

fn name(entity: &str, org: u32) -> String {
    format!("{entity}_export_file_{org}_1_Organization_{org}_20260201000000.json")
}

/// Imports files; the lines of its report.
async fn lines(app: &App, files: &[(String, Vec<u8>)]) -> Result<Vec<Value>> {
    let one = imported(app, files).await?;
    let lines = app.api_ok(&app.owner, "GET", &format!("{one}/lines?limit=100"), None).await?;
    Ok(lines["items"].as_array().unwrap().clone())
}

both_engines! {
    async fn what_cannot_be_read_is_told_by_file_and_row_and_changes_nothing(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        app.api_ok(&app.owner, "GET", "/me", None).await?; // notes that the token was used
        let before = contents(&store).await?;
        let goal = |id: u32, title: &str| json!({ "ID": id, "Title": title, "Type": "Objective", "Outcome": {} });
        let nul = json!([goal(1, "A"), goal(2, "B\0")]).to_string().into_bytes();
        let good = json!([goal(1, "A")]).to_string().into_bytes();
        let people = json!([{ "ID": 3, "Name": "Ann", "Email": "ann@old.example", "Status": "Active" }]).to_string().into_bytes();
        let path = format!("/orgs/{}/imports", app.org);
        for (files, told) in [
            (vec![(name("objectives", 5), nul)], vec!["objectives_export_file_5_1", "row 2", "Title", "NUL"]),
            (vec![(name("objectives", 5), good), (name("Users", 6), people)], vec!["Users_export_file_6", "different organisations"]),
            (vec![(String::from("x.csv"), b"Title,Owner,Period\nGrow,A\0,Q1\n".to_vec())], vec!["x.csv", "row 2", "column 2", "NUL"]),
            (vec![(String::from("x.csv"), b"Title,Owner,Period\nGrow,J\xf6rg,Q1\n".to_vec())], vec!["x.csv", "row 2", "column 2", "UTF-8"]),
            (vec![(String::from("x.csv"), b"Title,Owner,Period\nA,B,Q1\n\"Grow,B,Q1\nC,D,Q1\n".to_vec())], vec!["x.csv", "row 3", "pair up"]),
        ] {
            let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
            let answer = app.upload(&app.owner, &path, &[], &files).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![String::from("files")]), "{}", answer.text);
            let message = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
            assert!(told.iter().all(|word| message.contains(word)), "{message} does not say {told:?}");
        }
        let after = contents(&store).await?;
        assert_eq!(differences(&before, &after), Vec::<String>::new());
        assert_eq!(differences(&after, &before), Vec::<String>::new());
        Ok(())
    }

    async fn teams_and_managers_in_circles_are_opened_and_told(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let team = |id: u32, name: &str, above: &str| json!({ "ID": id, "Team Name": name, "Parent Team": above, "Status": "Active", "Team Type": "Classic", "Team Owners": [] });
        let teams = json!([team(1, "A", "B"), team(2, "B", "C"), team(3, "C", "A"), team(4, "Self", "Self")]);
        let person = |id: u32, name: &str, above: u32| json!({ "ID": id, "Name": name, "Email": format!("{name}@old.example"), "Status": "Active", "Role": "Member", "Teams": [],
            "Manager": { "ID": above, "Name": "?" } });
        let people = json!([person(11, "ann", 12), person(12, "bob", 13), person(13, "cyd", 11), person(14, "dot", 14)]);
        let files = [(name("Teams", 5), teams.to_string().into_bytes()), (name("Users", 5), people.to_string().into_bytes())];
        let lines = lines(&app, &files).await?;
        for (entity, field, titles) in [("team", "Parent Team", ["C", "Self"]), ("person", "Manager", ["cyd", "dot"])] {
            let told: Vec<&Value> = lines
                .iter()
                .filter(|line| line["entity"] == entity && line["notes"].as_array().unwrap().iter().any(|note| {
                    note["field"] == field && note["effect"] == "dropped" && note["reason"].as_str().unwrap().contains("circle")
                }))
                .collect();
            let named: Vec<&str> = told.iter().filter_map(|line| line["title"].as_str()).collect();
            assert_eq!(named, titles, "{lines:?}");
            assert!(told.iter().all(|line| line["row"].is_number() && line["file"].as_str().unwrap().contains("_export_file_")));
        }
        let count = |query: &'static str| {
            let store = store.clone();
            async move { anyhow::Ok(sql(query).fetch_one(&mut store.read_once().await?).await?.int("n")?) }
        };
        assert_eq!(count("SELECT count(*) AS n FROM teams WHERE parent_id IS NOT NULL").await?, 2);
        assert_eq!(count("SELECT count(*) AS n FROM members WHERE manager_id IS NOT NULL").await?, 2);
        assert_eq!(app.page(&app.owner, "/").await?.status, 200);
        Ok(())
    }

    async fn formulas_come_in_as_text_and_go_out_as_none(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        let formula = "=cmd|' /C calc'!A1";
        let csv = format!("Title,Owner,Period,Start Date,End Date,Object Type,Description,Tag\n{formula},{formula},Q1 2026,2026-01-01,2026-03-31,Objective,@SUM(1),+tag\n");
        lines(&app, &[(String::from("x.csv"), csv.into_bytes())]).await?;
        let row = sql("SELECT title, description FROM goals").fetch_one(&mut store.read_once().await?).await?;
        assert_eq!((row.text("title")?.as_str(), row.text("description")?.as_str()), (formula, "@SUM(1)"));
        let table = whole_export(&app.northing, &app.owner.actor, ExportFormat::Csv).await?;
        let text = String::from_utf8(table.bytes)?;
        assert!(text.contains(&format!("'{formula}")), "{text}");
        for line in text.lines().skip(1) {
            assert!(!line.split([',', '"']).any(|cell| cell.starts_with(['=', '@', '+'])), "{line}");
        }
        Ok(())
    }
}
