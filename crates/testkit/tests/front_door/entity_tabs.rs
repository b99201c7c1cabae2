//! The tabs of the pages of the organisation, of teams and of people: initiatives (goals §3.6) and check-ins (goals §7.5).

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::json;

use crate::moving::Goals;

async fn team(app: &App, name: &str) -> Result<String> {
    let body = json!({"name": name, "owners": [app.owner.id]});
    let team = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(body)).await?;
    Ok(team["id"].as_str().context("an id")?.to_owned())
}

/// Which of these titles a page has rows of, in the order of the page.
async fn rows(app: &App, by: &Person, path: &str, titles: &[&str]) -> Result<Vec<String>> {
    let page = app.page(by, path).await?;
    assert_eq!(page.status, 200, "{path}");
    let main = page.text.split_once("role=\"treegrid\"").map_or("", |(_, main)| main);
    let mut found: Vec<(usize, String)> =
        titles.iter().filter_map(|title| Some((main.find(title)?, (*title).to_owned()))).collect();
    found.sort();
    Ok(found.into_iter().map(|(_, title)| title).collect())
}

const ALL: [&str; 4] = ["Serve more", "Under the top", "Under their own", "Serves nothing"];

both_engines! {
    async fn aligned_initiatives_stand_in_the_tree_and_all_in_their_tab(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let crew = team(&app, "Crew").await?;
        let of_crew = || json!({"level": "team", "team_ids": [crew], "owner_ids": [app.owner.id]});
        let top = goals.objective("Top of all", &[]).await?;
        let key = goals.make("key_result", "Key to it", &[&top], json!({"owner_ids": []})).await?;
        // Made first: within a level initiatives come last all the same.
        goals.make("initiative", "Under the top", &[&key], of_crew()).await?;
        let own = goals.make("objective", "Serve more", &[], of_crew()).await?;
        goals.make("initiative", "Under their own", &[&own], of_crew()).await?;
        goals.make("initiative", "Serves nothing", &[], of_crew()).await?;
        let me = app.owner.id;
        for page in [format!("/teams/{crew}"), format!("/people/{me}")] {
            assert_eq!(rows(&app, &app.owner, &page, &ALL).await?, ["Serve more", "Under the top"], "{page}: the tree");
            let flat = rows(&app, &app.owner, &format!("{page}?flat=true"), &ALL).await?;
            assert!(flat.len() == 3 && !flat.contains(&String::from("Serves nothing")), "{page}: {flat:?}");
            let tab = format!("{page}?tab=initiatives");
            let mut listed = rows(&app, &app.owner, &tab, &ALL).await?;
            listed.sort();
            assert_eq!(listed, ["Serves nothing", "Under the top", "Under their own"], "{page}: the tab");
            assert_eq!(rows(&app, &app.owner, &format!("{tab}&q=nothing"), &ALL).await?, ["Serves nothing"], "{page}: with a filter");
            let shown = app.page(&app.owner, &tab).await?.text;
            assert!(shown.contains("aria-current=\"true\">Initiatives") && shown.contains("kind=initiative&amp;"), "{page}: {shown}");
            assert!(!shown.contains("Clear filters"), "nothing was filtered");
            assert!(shown.contains("<span>3 initiatives</span>"), "{page}: the foot counts what the tab lists");
        }
        let organisation = rows(&app, &app.owner, "/organisation?tab=initiatives", &ALL).await?;
        assert!(organisation.is_empty(), "they are the team's: {organisation:?}");
        goals.make("initiative", "Serves nothing", &[], json!({})).await?;
        assert_eq!(rows(&app, &app.owner, "/organisation?tab=initiatives", &ALL).await?, ["Serves nothing"]);
        assert!(rows(&app, &app.owner, "/organisation", &ALL).await?.is_empty());
        // The form opens with the kind and the place of the tab.
        let form = app.page(&app.owner, &format!("/goals/new?kind=initiative&team={crew}")).await?.text;
        assert!(form.contains("value=\"initiative\" checked") && form.contains("Crew"), "{form}");
        // Who may not make any is not offered to.
        let observer = app.observer().await?;
        let shown = app.page(&observer, &format!("/teams/{crew}?tab=initiatives")).await?.text;
        assert!(shown.contains("Serves nothing") && !shown.contains("kind=initiative&amp;"), "{shown}");
        Ok(())
    }

    async fn initiatives_at_the_top_go_on_behind_the_others(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        let crew = team(&app, "Crew").await?;
        let of_crew = || json!({"level": "team", "team_ids": [crew]});
        let top = goals.objective("Top of all", &[]).await?;
        let key = goals.key_result("Key to it", &[&top]).await?;
        for n in 0..30 {
            goals.make("initiative", &format!("Work {n:02}"), &[&key], of_crew()).await?;
            goals.make("objective", &format!("Goal {n:02}"), &[], of_crew()).await?;
        }
        let (mut address, mut seen) = (Some(format!("/teams/{crew}")), Vec::new());
        while let Some(path) = address.take() {
            let text = if seen.is_empty() { app.page(&app.owner, &path).await? } else { app.fragment(&app.owner, &path).await? }.text;
            for part in text.split("role=\"row\"").skip(1) {
                let title = ["Work ", "Goal "].into_iter().filter_map(|kind| part.find(kind)).min();
                let title = title.and_then(|at| part.get(at..at + 7));
                seen.extend(title.filter(|title| title.ends_with(|last: char| last.is_ascii_digit())).map(str::to_owned));
            }
            let more = text.find("/explorer/rows?").map(|at| text[at..].split('"').next().unwrap_or_default().replace("&amp;", "&"));
            address = more;
        }
        let wanted: Vec<String> = ["Goal", "Work"].iter().flat_map(|kind| (0..30).map(move |n| format!("{kind} {n:02}"))).collect();
        assert_eq!(seen, wanted);
        Ok(())
    }

    async fn check_ins_of_a_page_are_listed_newest_first_by_key(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = Goals::new(&app).await?;
        goals.settings(json!({"private_goals": true})).await?;
        let crew = team(&app, "Crew").await?;
        let of_crew = |more: serde_json::Value| {
            let mut all = json!({"level": "team", "team_ids": [crew], "owner_ids": [app.owner.id]});
            all.as_object_mut().into_iter().for_each(|all| all.extend(more.as_object().cloned().unwrap_or_default()));
            all
        };
        let goal = goals.make("objective", "Seen by all", &[], of_crew(json!({}))).await?;
        let secret = goals.make("objective", "Secret merger", &[], of_crew(json!({"visibility": "restricted"}))).await?;
        let elsewhere = goals.objective("Of the organisation", &[]).await?;
        let says = |goal: String, note: String| { let app = &app; async move {
            let body = json!({"value": 1.0, "note": note});
            app.api_ok(&app.owner, "POST", &format!("/goals/{goal}/check-ins"), Some(body)).await.map(drop)
        } };
        says(secret, String::from("hush")).await?;
        says(elsewhere, String::from("far away")).await?;
        for n in 0..45 {
            says(goal.clone(), format!("note {n:02}")).await?;
        }
        let member = app.person(Role::Member).await?;
        let path = format!("/teams/{crew}?tab=check-ins");
        let notes = |text: &str| -> Vec<String> {
            text.split("note ").skip(1).filter_map(|rest| rest.get(..2)).filter(|n| n.parse::<u8>().is_ok()).map(str::to_owned).collect()
        };
        let first = app.page(&member, &path).await?.text;
        assert!(first.contains("Seen by all") && !first.contains("far away"));
        let newest: Vec<String> = (15..45).rev().map(|n| format!("{n:02}")).collect();
        assert_eq!(notes(&first), newest);
        let older = first.split("href=\"").find_map(|part| part.split('"').next().filter(|href| href.contains("before="))).context("a link to older ones")?;
        let second = app.page(&member, &older.replace("&amp;", "&")).await?.text;
        assert_eq!(notes(&second).first().map(String::as_str), Some("14"));
        assert_eq!(notes(&second).len(), 15);
        assert!(!second.contains("before=") && !second.contains("hush"), "there are no older ones, and no restricted ones");
        assert!(app.page(&app.owner, &older.replace("&amp;", "&")).await?.text.contains("hush"), "its owner sees it");
        assert_eq!(app.page(&member, &format!("{path}&before=nonsense")).await?.status, 422);
        for page in ["/organisation".to_owned(), format!("/people/{}", app.owner.id)] {
            let shown = app.page(&app.owner, &format!("{page}?tab=check-ins")).await?.text;
            assert!(shown.contains("aria-current=\"true\">Check-ins"), "{shown}");
        }
        assert!(app.page(&app.owner, "/organisation?tab=check-ins").await?.text.contains("far away"));
        // As many statements for one check-in as for many.
        let before = db.statements();
        app.page(&member, &path).await?;
        let many = db.statements() - before;
        let before = db.statements();
        app.page(&member, "/organisation?tab=check-ins").await?;
        assert!(many <= db.statements() - before + 6, "{many}");
        Ok(())
    }
}
