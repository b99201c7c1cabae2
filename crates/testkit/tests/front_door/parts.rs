//! The arithmetic of a goal's page: it holds with baselines, with goals that only named people see, and with more goals than
//! the page lists.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App};
use serde_json::json;

use super::moving::Goals;

fn says(answer: &Answer, text: &str) {
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
}

/// The figures of the table's lines, one text for each line.
fn lines(page: &str) -> Vec<String> {
    let Some(table) =
        page.split("table class=\"tbl tbl-s krs\"").nth(1).and_then(|it| it.split("</table>").next())
    else {
        return Vec::new();
    };
    let text = |row: &str| {
        let cells = row.split("<td").skip(1).filter_map(|cell| cell.split_once('>')?.1.split("</td>").next());
        cells
            .map(|cell| cell.split('<').map(|part| part.rsplit('>').next().unwrap_or("")).collect::<String>())
            .collect::<Vec<_>>()
            .join(" ")
    };
    table.split("<tr").skip(2).map(text).collect()
}

both_engines! {
    async fn a_baseline_stays_out_of_the_weights(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let a = goals.objective("A", &[]).await?;
        let one = goals.key_result("one", &[&a]).await?;
        let two = goals.key_result("two", &[&a]).await?;
        let asked = goals.make("key_result", "find out", &[&a], json!({ "metric": { "kind": "baseline", "unit": "days" } })).await?;
        for (id, value) in [(&one, 80.0), (&two, 20.0), (&asked, 7.0)] {
            goals.check_in(id, value).await?;
        }
        let page = app.page(&app.owner, &format!("/goals/{a}")).await?;
        assert_eq!(lines(&page.text), ["50% 80% +40", "50% 20% +10", "100%  50%"], "{}", page.text);
        says(&page, "Rolled up from 2 of 3 goals below");
        says(&page, "Support this goal, do not change it");
        // Nothing at all below is no "0 of 0".
        let b = goals.objective("B", &[]).await?;
        let bare = app.page(&app.owner, &format!("/goals/{b}")).await?;
        says(&bare, "there are none yet");
        assert!(lines(&bare.text).is_empty());
        Ok(())
    }

    async fn values_that_are_added_up_are_shown_with_their_sum(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "key_results_under_key_results": true })).await?;
        let metric = |mode: &str| json!({ "metric": { "kind": "reach", "target": 100, "unit": "jobs" }, "progress_mode": mode });
        let a = goals.objective("A", &[]).await?;
        let sum = goals.make("key_result", "sum", &[&a], metric("rollup")).await?;
        for (title, value) in [("x", 30.0), ("y", 12.0)] {
            let id = goals.make("key_result", title, &[&sum], metric("manual")).await?;
            goals.check_in(&id, value).await?;
        }
        let page = app.page(&app.owner, &format!("/goals/{sum}")).await?;
        assert_eq!(lines(&page.text), ["30% 30 jobs", "12% 12 jobs", " 42 jobs"], "{}", page.text);
        assert!(!page.text.contains("weights total"));
        Ok(())
    }

    async fn what_only_named_people_see_is_in_the_sum_without_a_name(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "private_goals": true })).await?;
        let member = app.person(Role::Member).await?;
        let a = goals.objective("A", &[]).await?;
        let open = goals.key_result("open", &[&a]).await?;
        let secret = goals.make("key_result", "secret merger", &[&a], json!({ "visibility": "restricted", "owner_ids": [app.owner.id] })).await?;
        for (id, value) in [(&open, 20.0), (&secret, 80.0)] {
            goals.check_in(id, value).await?;
        }
        let page = app.page(&member, &format!("/goals/{a}")).await?;
        assert_eq!(lines(&page.text), ["50% 20% +10", "50%  +40", "100%  50%"], "{}", page.text);
        for text in ["What only named people see", "Rolled up from 1 goal below, and from what only named people see"] {
            says(&page, text);
        }
        for text in ["merger", &secret, "1 of 2"] {
            assert!(!page.text.contains(text), "{text} in {}", page.text);
        }
        let whole = app.page(&app.owner, &format!("/goals/{a}")).await?;
        assert_eq!(lines(&whole.text), ["50% 20% +10", "50% 80% +40", "100%  50%"]);
        Ok(())
    }

    async fn more_than_the_page_lists_are_in_the_sum_and_lead_on(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let a = goals.objective("A", &[]).await?;
        for n in 0..125 {
            let id = goals.key_result(&format!("Part {n:03}"), &[&a]).await?;
            // The 65 that the page does not list hold all progress.
            if n >= 60 {
                goals.check_in(&id, 50.0).await?;
            }
        }
        let path = format!("/goals/{a}");
        let page = app.page(&app.owner, &path).await?;
        let shown = lines(&page.text);
        assert_eq!(shown.len(), 62, "{shown:?}");
        assert_eq!((shown[0].as_str(), shown[60].as_str(), shown[61].as_str()), ("0.8% 0% 0", "52%  +26", "100%  26%"));
        for text in ["65 more goals", "All 125 goals below", "Rolled up from 125 goals below"] {
            says(&page, text);
        }
        let all = format!("{path}/contributing");
        let first = app.page(&app.owner, &all).await?;
        for text in ["1 to 100 of 125", "Part 099", "25 more goals", &format!("{all}?from=100")] {
            says(&first, text);
        }
        let last = app.page(&app.owner, &format!("{all}?from=100")).await?;
        for text in ["101 to 125 of 125", "Part 100", "Part 124"] {
            says(&last, text);
        }
        assert!(!last.text.contains("Part 099") && !last.text.contains("rel=\"next\""));
        assert_eq!(lines(&last.text).last().map(String::as_str), Some("100%  26%"));
        assert_eq!(app.page(&app.owner, &format!("{all}?from=9999")).await?.status, 200);
        assert_eq!(app.page(&app.owner, &format!("{all}?from=x")).await?.status, 422);
        let stranger = app.stranger().await?;
        assert_eq!(app.page(&stranger, &all).await?.status, 404);
        Ok(())
    }
}
