//! The graphs of goals above imported check-ins, import after import.

use anyhow::Result;
use northing_core::values::{Id, Moment};
use northing_store::{Store, sql};
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

use crate::imports_api::imported;

/// An export of an objective that follows a key result, with check-ins: day and value.
fn export(check_ins: &[(&str, u32)]) -> Vec<(String, Vec<u8>)> {
    let last = check_ins.last().map_or(0, |(_, value)| *value);
    let goal = |id: u32, title: &str, kind: &str, mode: &str, above: Value| {
        json!({ "ID": id, "Title": title, "Type": kind, "Time Period": { "ID": 2, "Name": "Annual 2026" }, "Status": "On Track",
            "Start Date": "2026-01-01", "End Date": "2026-12-31", "Progress": last, "Alignment": above,
            "Progress and Status Configuration": { "Progress": mode },
            "Outcome": { "Outcome Type": "Percentage", "Start": 0, "Target": 100 } })
    };
    let goals = json!([
        goal(7, "Grow", "Objective", "Update from Children", json!([])),
        goal(
            8,
            "Reach",
            "Key result",
            "Update Manually",
            json!([{ "ID": 7, "Title": "Grow", "Weight": "100%" }])
        ),
    ]);
    let said: Vec<Value> = check_ins
        .iter()
        .map(|(day, value)| {
            json!({ "ID": format!("90{}", day.replace('-', "")), "OKR ID": 8, "CheckIn Date": format!("{day} 00:00:00"),
                "Activity Date": format!("{day} 10:00:00"), "Current Value": value, "Status": "On Track" })
        })
        .collect();
    [("objectives", goals), ("checkins", Value::Array(said))]
        .into_iter()
        .map(|(entity, it)| {
            (
                format!("{entity}_export_file_5_1_Organization_5_20260201000000.json"),
                it.to_string().into_bytes(),
            )
        })
        .collect()
}

async fn goal(store: &Store, title: &str) -> Result<Id> {
    let row = sql("SELECT id FROM goals WHERE title = $1").bind(title);
    Ok(row.fetch_one(&mut store.read_once().await?).await?.id("id")?)
}

/// The points of a goal: moment, progress, where from.
async fn points(store: &Store, goal: Id) -> Result<Vec<(Moment, f64, String)>> {
    let rows = sql(
        "SELECT at, progress, source FROM history WHERE goal_id = $1 AND source <> 'daily' ORDER BY at, id",
    )
    .bind(goal)
    .fetch_all(&mut store.read_once().await?)
    .await?;
    rows.iter().map(|row| Ok((row.moment("at")?, row.real("progress")?, row.text("source")?))).collect()
}

fn days(points: &[(Moment, f64, String)]) -> Vec<(String, f64)> {
    points.iter().map(|(at, value, _)| (at.day_in(&jiff::tz::TimeZone::UTC).to_string(), *value)).collect()
}

both_engines! {
    async fn a_newer_export_continues_the_graph_above_and_changes_nothing_before(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        app.clock.set("2026-02-01T12:00:00Z".parse()?);
        imported(&app, &export(&[("2026-01-10", 10), ("2026-01-20", 20)])).await?;
        let above = goal(&store, "Grow").await?;
        let first = points(&store, above).await?;
        assert!(days(&first).starts_with(&[(String::from("2026-01-10"), 10.0), (String::from("2026-01-20"), 20.0)]), "{first:?}");

        // The newer one brings a check-in from before as well: the graph above stands as it was shown.
        app.clock.set("2026-03-01T12:00:00Z".parse()?);
        let newer = [("2026-01-10", 10), ("2026-01-15", 14), ("2026-01-20", 20), ("2026-02-10", 30), ("2026-02-20", 45)];
        imported(&app, &export(&newer)).await?;
        let second = points(&store, above).await?;
        assert_eq!(second.get(..first.len()), Some(first.as_slice()));
        let added = days(&second).split_off(first.len());
        assert!(added.starts_with(&[(String::from("2026-02-10"), 30.0), (String::from("2026-02-20"), 45.0)]), "{added:?}");

        // Once more the same: nothing.
        imported(&app, &export(&newer)).await?;
        assert_eq!(points(&store, above).await?, second);
        Ok(())
    }

    async fn what_people_did_here_stays_in_the_graph_as_it_was(db: Database) -> Result<()> {
        let (app, store) = (App::new(&db).await?, db.store());
        app.clock.set("2026-02-01T12:00:00Z".parse()?);
        imported(&app, &export(&[("2026-01-10", 10)])).await?;
        let (above, below) = (goal(&store, "Grow").await?, goal(&store, "Reach").await?);
        app.clock.set("2026-02-15T12:00:00Z".parse()?);
        app.api_ok(&app.owner, "POST", &format!("/goals/{below}/check-ins"), Some(json!({ "value": 33 }))).await?;
        let before = points(&store, above).await?;
        assert_eq!(days(&before).last(), Some(&(String::from("2026-02-15"), 33.0)));

        app.clock.set("2026-03-01T12:00:00Z".parse()?);
        imported(&app, &export(&[("2026-01-10", 10), ("2026-02-10", 30), ("2026-02-20", 45)])).await?;
        let after = points(&store, above).await?;
        assert_eq!(after.get(..before.len()), Some(before.as_slice()), "not rewritten, and nothing in between");
        assert_eq!(days(&after).get(before.len()), Some(&(String::from("2026-02-20"), 45.0)), "{after:?}");
        Ok(())
    }
}
