//! How a list is shown besides its tree (goals §7.1): in groups, and with what last check-ins said.

use anyhow::{Context, Result};
use northing_app::generate::Generate;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::json;

use super::moving::Goals;

/// Headings and titles in the order of the page: `# Ships`, `Caulk the hull`.
fn read(page: &str) -> Vec<String> {
    let text = |part: &str| {
        let mut out = String::new();
        let mut inside = false;
        for c in part.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => out.push(c),
                _ => {}
            }
        }
        out.trim().to_owned()
    };
    let rows = page.split("<tr ").skip(1);
    rows.filter_map(|row| {
        let row = row.split("</tr>").next()?;
        if row.starts_with("class=\"gh\"") {
            return Some(format!("# {}", text(row.split_once('>')?.1)));
        }
        let title = row.split("class=\"tt\"").nth(1)?.split_once('>')?.1;
        Some(text(title.split("</a>").next()?))
    })
    .collect()
}

fn more(page: &str) -> Option<String> {
    let at = page.split("/explorer/rows?").nth(1)?;
    Some(format!("/explorer/rows?{}", at.split('"').next()?.replace("&amp;", "&")))
}

both_engines! {
    async fn a_list_is_grouped_by_team_owner_status_and_period(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({ "shared_goals": true })).await?;
        let team = async |name: &str| {
            let made = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(json!({ "name": name }))).await?;
            Ok::<_, anyhow::Error>(made["id"].as_str().context("an id")?.to_owned())
        };
        let (ships, sails) = (team("Ships").await?, team("Sails").await?);
        let whose = |ids: &[&String]| json!({ "level": "team", "team_ids": ids });
        let hull = goals.make("objective", "Caulk the hull", &[], whose(&[&ships, &sails])).await?;
        let canvas = goals.make("key_result", "Weave canvas", &[&hull], whose(&[&sails])).await?;
        goals.make("objective", "Cross the ocean", &[], json!({})).await?;
        let keel = goals.make("key_result", "Lay the keel", &[&hull], whose(&[&ships])).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/goals/{keel}"), Some(json!({ "owner_ids": [] }))).await?;
        goals.check_in(&canvas, 100.0).await?;
        let base = goals.explorer(&[]);
        let page = async |query: &str| Ok::<_, anyhow::Error>(app.page(&app.owner, &format!("{base}&{query}")).await?.text);

        let by_team = page("group=team").await?;
        assert_eq!(read(&by_team), ["# Sails", "Weave canvas", "# Ships", "Caulk the hull", "Lay the keel", "# No team", "Cross the ocean"]);
        assert!(!by_team.contains("name=\"sort\""), "groups have an order of their own");
        assert_eq!(read(&page("group=owner").await?), ["# Ruth Owner", "Caulk the hull", "Weave canvas", "Cross the ocean", "# No owner", "Lay the keel"]);
        let by_status = read(&page("group=status").await?);
        assert_eq!(by_status.iter().filter(|it| it.starts_with("# ")).collect::<Vec<_>>(), ["# Behind", "# On track", "# Not started"]);
        assert_eq!(by_status.get(..4), Some(&["# Behind", "Caulk the hull", "# On track", "Weave canvas"].map(String::from)[..]));
        // Filters hold inside of groups.
        assert_eq!(read(&page("group=team&kind=key_result").await?), ["# Sails", "Weave canvas", "# Ships", "Lay the keel"]);
        // By period where there are several to tell apart.
        let next = app.period("Q2 2026").await?;
        goals.make("objective", "Sell the cargo", &[], json!({ "period_id": next })).await?;
        let by_period = page(&format!("period={next}&group=period")).await?;
        let read_back = read(&by_period);
        assert_eq!(read_back.first().map(String::as_str), Some("# Q1 2026"));
        assert_eq!(read_back.get(5..), Some(&[String::from("# Q2 2026"), String::from("Sell the cargo")][..]));
        assert!(!by_period.contains("data-print"), "several periods are not printed");
        assert!(by_team.contains("data-print"));
        assert_eq!(app.page(&app.owner, &format!("{base}&group=moon")).await?.status, 422);
        Ok(())
    }

    async fn a_group_goes_on_over_pages_under_one_heading(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        app.northing.generate(&app.owner.actor, Generate { goals: 400, seed: 5 }, &|_| {}).await?;
        for group in ["team", "status"] {
            let mut all = Vec::new();
            let mut next = Some(format!("/explorer?group={group}"));
            let mut pages = 0;
            while let Some(path) = next {
                let page = app.page(&app.owner, &path).await?;
                assert_eq!(page.status, 200, "{path}: {}", page.text);
                all.extend(read(&page.text));
                next = more(&page.text);
                pages += 1;
            }
            assert!(pages > 1, "{group}: {pages}");
            let heads: Vec<&String> = all.iter().filter(|it| it.starts_with("# ")).collect();
            let once: std::collections::HashSet<_> = heads.iter().collect();
            assert_eq!(heads.len(), once.len(), "{group}: {heads:?}");
            assert!(heads.len() > 2, "{group}: {heads:?}");
            let foot = app.page(&app.owner, "/explorer?flat=true").await?.text;
            assert!(foot.contains(&format!("<span>{} goals", all.len() - heads.len())), "{group}: {} rows", all.len() - heads.len());
        }
        Ok(())
    }

    async fn rows_say_what_the_last_check_in_said_where_one_asks(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let top = goals.objective("Cross the ocean", &[]).await?;
        let tar = goals.make("key_result", "Tar the rigging", &[&top], json!({})).await?;
        goals.make("key_result", "Hire sailors", &[&top], json!({})).await?;
        for (value, note) in [(10, "Began at the bow."), (40, "**Two masts** done; rope comes on Friday.")] {
            app.api_ok(&app.owner, "POST", &format!("/goals/{tar}/check-ins"), Some(json!({ "value": value, "note": note }))).await?;
        }
        let base = goals.explorer(&[]);
        let plain = app.page(&app.owner, &format!("{base}&open={top}")).await?.text;
        assert!(!plain.contains("Two masts"));
        let full = app.page(&app.owner, &format!("{base}&open={top}&info=true")).await?.text;
        for words in ["Two masts done; rope comes on Friday.", "40%", "by ", "Ruth Owner", "No check-in yet", "Rolled up from the goals below"] {
            assert!(full.contains(words), "{words}: {full}");
        }
        assert!(!full.contains("Began at the bow"));
        // The same in what is fetched later: a branch, and a row that somebody's check-in moved.
        let here = format!("{base}&info=true");
        for path in [format!("/goals/{top}/children?level=2"), format!("/goals/{tar}/row?level=2")] {
            let text = crate::explorer::from_page(&app, &app.owner, &here, &path).await?;
            assert!(text.contains("Two masts done"), "{path}: {text}");
            let text = crate::explorer::from_page(&app, &app.owner, &base, &path).await?;
            assert!(!text.contains("Two masts"), "{path}: {text}");
        }
        Ok(())
    }

    async fn a_check_in_begins_at_the_percentage_of_its_address(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let top = goals.objective("Cross the ocean", &[]).await?;
        let plain = goals.make("key_result", "Tar the rigging", &[&top], json!({})).await?;
        let metric = json!({ "metric": { "kind": "decrease", "start": 400, "target": 100 } });
        let counted = goals.make("key_result", "Cut leaks", &[&top], metric).await?;
        let form = app.page(&app.owner, &format!("/goals/{plain}/check-ins/new?progress=63")).await?.text;
        assert!(form.contains("name=\"value\"") && form.contains("value=\"63\"") && form.contains("63.0%"), "{form}");
        let form = app.page(&app.owner, &format!("/goals/{counted}/check-ins/new?progress=50")).await?.text;
        assert!(form.contains("id=\"progress\" name=\"progress\"") && form.contains("value=\"50\""), "{form}");
        assert!(form.contains("value=\"progress\" checked"), "{form}");
        // Nothing was saved by it, and what is no number is refused.
        assert_eq!(app.api_ok(&app.owner, "GET", &format!("/goals/{counted}"), None).await?["progress"], 0.0);
        assert_eq!(app.page(&app.owner, &format!("/goals/{counted}/check-ins/new?progress=half")).await?.status, 422);
        Ok(())
    }
}
