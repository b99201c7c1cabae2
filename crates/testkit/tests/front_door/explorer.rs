//! Explorer and the lists of entities: presets, filters, several periods, alerts, fragments that know their page, and cost.

use anyhow::{Context, Result};
use axum::body::Body;
use axum::http::{Request, header};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::json;

use super::moving::Goals;

/// A fragment as htmx asks for it from a page.
pub(crate) async fn from_page(app: &App, by: &Person, page: &str, path: &str) -> Result<String> {
    let request = Request::get(path)
        .header(header::COOKIE, format!("session={}", by.session))
        .header("hx-request", "true")
        .header("hx-current-url", format!("https://northing.test{page}"));
    let answer = app.send(request.body(Body::empty())?).await?;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    Ok(answer.text)
}

/// The counts of the presets by their names.
fn counts(text: &str) -> Vec<(String, String)> {
    let tabs = text.split("class=\"view\"").skip(1);
    tabs.map(|tab| {
        let inside = tab.split('>').nth(1).unwrap_or_default().split('<').next().unwrap_or_default();
        let count =
            tab.split("class=\"n\">").nth(1).unwrap_or_default().split('<').next().unwrap_or_default();
        (inside.trim().to_owned(), count.to_owned())
    })
    .collect()
}

both_engines! {
    async fn presets_and_filters_show_and_count_the_same(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let member = app.person(Role::Member).await?;
        let team = |name: &'static str, parent: Option<String>| { let app = &app; async move {
            let body = json!({ "name": name, "parent_id": parent, "owners": [app.owner.id] });
            let made = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(body)).await?;
            Ok::<_, anyhow::Error>(made["id"].as_str().unwrap_or_default().to_owned())
        } };
        let ships = team("Ships", None).await?;
        let sails = team("Sails", Some(ships.clone())).await?;
        let top = goals.objective("Cross the ocean", &[]).await?;
        let of_team = |id: &str| json!({ "level": "team", "team_ids": [id], "owner_ids": [member.id] });
        goals.make("objective", "Weave canvas", &[], of_team(&sails)).await?;
        let hull = goals.make("objective", "Caulk the hull", &[&top], of_team(&ships)).await?;
        let late = goals.make("key_result", "Hire sailors", &[&top], json!({ "due_date": "2026-02-10" })).await?;
        let done = goals.make("key_result", "Buy rope", &[&hull], json!({})).await?;
        let tar = goals.make("key_result", "Tar the rigging", &[&hull], json!({})).await?;
        // Of 15 February: checked in today, 6 days ago and 7 days ago; the others never.
        goals.check_in(&tar, 20.0).await?;
        app.api_ok(&app.owner, "POST", &format!("/goals/{late}/check-ins"), Some(json!({ "value": 50, "as_of": "2026-02-09" }))).await?;
        app.api_ok(&app.owner, "POST", &format!("/goals/{done}/check-ins"), Some(json!({ "value": 100, "as_of": "2026-02-08" }))).await?;
        let base = goals.explorer(&[]);
        let list = async |query: &str| goals.titles(&app.owner, &format!("{base}&{query}")).await;

        assert_eq!(list("unchecked=7").await?, ["Buy rope"], "N73");
        assert_eq!(list("unchecked=14").await?, Vec::<String>::new());
        assert_eq!(list("due=overdue").await?, ["Hire sailors"]);
        assert_eq!(list("kind=objective&level=organization").await?, ["Cross the ocean"]);
        assert_eq!(list("level=team&level=individual&aligned=none").await?, ["Weave canvas"]);
        assert_eq!(list(&format!("owner={}", member.id)).await?, ["Weave canvas", "Caulk the hull"]);
        assert_eq!(list(&format!("team={ships}")).await?, ["Weave canvas", "Caulk the hull"], "with the teams below");
        assert_eq!(list(&format!("team={ships}&exact=true")).await?, ["Caulk the hull"]);
        assert_eq!(list(&format!("team={ships}&team={sails}&exact=true")).await?.len(), 2, "several values");
        assert_eq!(list(&format!("team={ships}&kind=key_result")).await?, Vec::<String>::new(), "filters combine");
        assert_eq!(list("q=member").await?, ["Weave canvas", "Caulk the hull"], "by the owner's name");
        let (risk, behind) = (list("status=at_risk").await?, list("status=behind").await?);
        assert_eq!(list("status=at_risk&status=behind").await?.len(), risk.len() + behind.len());
        assert!(risk.contains(&String::from("Tar the rigging")), "{risk:?}");
        assert_eq!(list("sort=-title&flat=true").await?.first().map(String::as_str), Some("Weave canvas"));
        app.api_ok(&app.owner, "POST", &format!("/goals/{done}/close"), Some(json!({}))).await?;
        assert_eq!(list("closed=7").await?, ["Buy rope"], "N74");
        app.clock.advance_days(8);
        assert_eq!(list("closed=7").await?, Vec::<String>::new(), "N74");
        assert_eq!(list("unchecked=7").await?, ["Hire sailors", "Tar the rigging"]);

        // Every preset counts what its link shows, and the foot the same.
        let views = app.fragment(&app.owner, &format!("/explorer/views?{}", base.split_once('?').unwrap_or_default().1)).await?;
        assert_eq!(views.status, 200);
        let hrefs: Vec<String> = views.text.split("class=\"view\" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default().replace("&amp;", "&")).collect();
        let named = counts(&views.text);
        assert_eq!(hrefs.len(), 9, "{}", views.text);
        assert!(named.iter().any(|(name, _)| name == "Recently completed"), "{named:?}");
        for (href, (name, count)) in hrefs.iter().zip(&named).skip(1) {
            assert_eq!(goals.titles(&app.owner, href).await?.len().to_string(), *count, "{name}");
            let page = app.page(&app.owner, href).await?.text;
            assert!(page.contains(&format!("<span>{count} goal")), "{name}: the foot of {href}");
            let current = page.split("aria-current=\"true\"").nth(1).and_then(|rest| rest.split('>').nth(1)).unwrap_or_default();
            assert!(current.starts_with(name.as_str()), "{name} is current, not {current}");
        }
        // A chip for each filter, which takes it away and leaves the others.
        let page = app.page(&app.owner, &format!("{base}&team={ships}&status=behind&status=at_risk&due=overdue")).await?.text;
        assert!(page.contains("Ships and below") && page.contains("Remove filter: Status") && page.contains("Remove filter: Due"), "{page}");
        for wrong in ["status=lost", "team=x", "unchecked=soon", "unchecked=9999", "period=x", "level=moon", "sort=moon"] {
            assert!(matches!(app.page(&app.owner, &format!("/explorer?{wrong}")).await?.status, 404 | 422), "{wrong}");
        }
        Ok(())
    }

    async fn several_periods_stand_in_one_tree(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let (q1, q2, year) = (app.period("Q1 2026").await?, app.period("Q2 2026").await?, app.period("Annual 2026").await?);
        let annual = goals.make("objective", "Of the year", &[], json!({ "period_id": year })).await?;
        goals.objective("Of the quarter", &[&annual]).await?;
        goals.objective("Alone", &[]).await?;
        goals.make("objective", "Later", &[], json!({ "period_id": q2 })).await?;
        let titles = async |query: String| goals.titles(&app.owner, &format!("/explorer?{query}")).await;
        assert_eq!(titles(format!("period={q1}")).await?, ["Of the quarter", "Alone"]);
        assert_eq!(titles(format!("period={q1}&period={q2}")).await?, ["Of the quarter", "Alone", "Later"]);
        // Under a parent that stands there too it is no top.
        let both = titles(format!("period={q1}&period={year}")).await?;
        assert!(both.contains(&String::from("Of the year")) && !both.contains(&String::from("Of the quarter")), "{both:?}");
        let open = titles(format!("period={q1}&period={year}&open={annual}")).await?;
        assert!(open.contains(&String::from("Of the quarter")), "{open:?}");
        assert_eq!(titles(format!("period={q1}&period={q2}&sort=title")).await?, ["Alone", "Later", "Of the quarter"]);
        let page = app.page(&app.owner, &format!("/explorer?period={q1}&period={q2}")).await?.text;
        assert!(page.contains("Q1 2026 and Q2 2026") && page.contains("Without Q2 2026") && page.contains("Show Annual 2026 too"), "{page}");
        assert!(page.contains("<span>3 goals</span>"), "the foot counts all of them");
        Ok(())
    }

    async fn rows_tell_what_is_wrong_with_them_and_below_them(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let top = goals.objective("Top", &[]).await?;
        let middle = goals.objective("Middle", &[&top]).await?;
        let lost = goals.make("key_result", "Lost", &[&middle], json!({ "owner_ids": [] })).await?;
        // Ahead of the calendar, so that nothing is wrong with those above.
        let path = format!("/goals/{lost}/check-ins");
        app.api_ok(&app.owner, "POST", &path, Some(json!({ "value": 80 }))).await?;
        // A page says what is wrong with its rows; what is folded away below them is asked for apart.
        let (folded, open) = (goals.explorer(&[]), goals.explorer(&[&top, &middle]));
        let text = app.page(&app.owner, &folded).await?.text;
        assert!(!text.contains("Alerts below this goal") && text.contains("hx-get=\"/explorer/marks\""), "{text}");
        let marks = from_page(&app, &app.owner, &folded, "/explorer/marks").await?;
        assert!(marks.contains("Alerts below this goal") && marks.contains("“Lost”: "), "{marks}");
        assert!(marks.contains(&format!("hx-swap-oob=\"afterbegin:#row-{top} .meta:not(")), "{marks}");
        let text = app.page(&app.owner, &open).await?.text;
        assert!(text.contains("aria-label=\"Alerts\"") && !text.contains("/explorer/marks"), "{text}");
        assert_eq!(from_page(&app, &app.owner, &open, "/explorer/marks").await?, "");
        // The top alone open: the mark stands at the row of the middle.
        let marks = from_page(&app, &app.owner, &goals.explorer(&[&top]), "/explorer/marks").await?;
        assert!(marks.contains(&format!("#row-{middle} ")) && !marks.contains(&format!("#row-{top} ")), "{marks}");
        // A branch that opens, a row that is read again and My OKRs, where the first rows stand open, have the same.
        let below = app.fragment(&app.owner, &format!("/goals/{top}/children?level=2")).await?.text;
        let row = |open| { let path = format!("/goals/{middle}/row{open}"); let app = &app; async move { app.fragment(&app.owner, &path).await } };
        let (shut, unfolded) = (row("").await?.text, row("?open=true").await?.text);
        assert!(below.contains("“Lost”: ") && shut.contains("“Lost”: ") && !unfolded.contains("“Lost”: "), "{below}");
        // Who may not see a goal hears nothing of it.
        let member = app.person(Role::Member).await?;
        let seen = from_page(&app, &member, &folded, "/explorer/marks").await?;
        assert!(seen.contains("“Lost”: "), "{seen}");
        goals.settings(json!({ "private_goals": true })).await?;
        let hidden = json!({ "visibility": "restricted" });
        app.api_ok(&app.owner, "PATCH", &format!("/goals/{lost}"), Some(hidden)).await?;
        for page in [&folded, &format!("{folded}&flat=true"), &goals.explorer(&[&top])] {
            let seen = from_page(&app, &member, page, "/explorer/marks").await?;
            assert_eq!(seen, "", "{page}");
        }
        let stranger = app.stranger().await?;
        assert_eq!(from_page(&app, &stranger, "/explorer", "/explorer/marks").await?, "");
        goals.settings(json!({ "health_indicators": false })).await?;
        assert!(!app.page(&app.owner, &open).await?.text.contains("class=\"menu alerts\""));
        assert!(!app.page(&app.owner, &folded).await?.text.contains("/explorer/marks"), "nothing to ask for");
        assert_eq!(from_page(&app, &app.owner, &folded, "/explorer/marks").await?, "");
        Ok(())
    }

    async fn marks_of_rows_further_down_are_asked_for_by_where_they_begin(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        for number in 0..46 {
            goals.objective(&format!("Objective {number}"), &[]).await?;
        }
        let last = goals.objective("Last", &[]).await?;
        goals.make("key_result", "Lost", &[&last], json!({ "owner_ids": [] })).await?;
        let page = goals.explorer(&[]);
        let text = app.page(&app.owner, &page).await?.text;
        let address = |text: &str, begin: &str| {
            let at = text.find(begin)?;
            Some(text[at..].split('"').next()?.replace("&amp;", "&"))
        };
        let more = address(&text, "/explorer/rows?").context("no second page")?;
        let rows = app.fragment(&app.owner, &more).await?.text;
        assert!(rows.contains("Last") && !rows.contains("Objective 45"), "{rows}");
        let marks = address(&rows, "/explorer/marks?cursor=").context("no marks of the second page")?;
        let below = from_page(&app, &app.owner, &page, &marks).await?;
        assert!(below.contains(&format!("#row-{last} ")) && below.contains("“Lost”: "), "{below}");
        let first = from_page(&app, &app.owner, &page, "/explorer/marks").await?;
        assert!(!first.contains("“Lost”: "), "{first}");
        Ok(())
    }

    async fn fragments_lead_back_to_the_page_they_stand_on(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let top = goals.objective("Top", &[]).await?;
        let middle = goals.objective("Middle", &[&top]).await?;
        goals.key_result("Low", &[&middle]).await?;
        let page = format!("/people/{}?open={top}", app.owner.id);
        let children = from_page(&app, &app.owner, &page, &format!("/goals/{top}/children?level=2")).await?;
        assert!(children.contains(&format!("href=\"/people/{}?open={top}%2C{middle}\"", app.owner.id)), "{children}");
        assert!(children.contains("data-movable"), "{children}");
        let row = from_page(&app, &app.owner, &page, &format!("/goals/{middle}/row?level=2&under={top}")).await?;
        assert!(row.contains(&format!("/people/{}?open=", app.owner.id)) && row.contains("100%"), "the weight stays: {row}");
        // In a list that is sorted nothing is dragged.
        let sorted = from_page(&app, &app.owner, "/explorer?sort=title", &format!("/goals/{middle}/row")).await?;
        assert!(!sorted.contains("data-movable"), "{sorted}");
        let foot = from_page(&app, &app.owner, &format!("{}&kind=key_result", goals.explorer(&[])), "/explorer/summary").await?;
        assert!(foot.contains("1 goal<") || foot.contains("1 goal "), "{foot}");
        // Its panel closes back to where it was opened.
        let panel = from_page(&app, &app.owner, &page, &format!("/goals/{middle}/panel")).await?;
        assert!(panel.contains(&format!("href=\"/people/{}?open={top}\"", app.owner.id)), "{panel}");
        let stranger = app.stranger().await?;
        for path in [format!("/goals/{top}/children"), format!("/goals/{top}/row"), format!("/goals/{top}/menu")] {
            assert_eq!(app.fragment(&stranger, &path).await?.status, 404, "{path}");
        }
        assert!(!app.fragment(&stranger, "/explorer/views").await?.text.contains(">3<"));
        Ok(())
    }

    async fn a_tree_costs_the_same_statements_however_it_is_asked(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let mut costs = Vec::new();
        let mut tops = Vec::new();
        for more in [2, 20] {
            for at in 0..more {
                let top = goals.objective(&format!("O {more} {at}"), &[]).await?;
                goals.key_result(&format!("K {more} {at}"), &[&top]).await?;
                tops.push(top);
            }
            let open: Vec<&str> = tops.iter().take(more).map(String::as_str).collect();
            let mut cost = Vec::new();
            for path in [goals.explorer(&[]), String::from("/explorer/marks"), goals.explorer(&open), format!("{}&kind=key_result&unchecked=7", goals.explorer(&[])),
                String::from("/explorer/views"), format!("/people/{}", app.owner.id), format!("/goals/{}/children", open[0])] {
                let before = db.store().statements();
                assert_eq!(app.page(&app.owner, &path).await?.status, 200, "{path}");
                cost.push(db.store().statements() - before);
            }
            costs.push(cost);
        }
        assert_eq!(costs[0], costs[1]);
        Ok(())
    }
}
