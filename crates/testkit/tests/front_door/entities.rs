//! The pages of the organisation, teams and people, and search: what they show, to whom, and at what cost.

use anyhow::Result;
use axum::body::Body;
use axum::http::Request;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

async fn team(app: &App, name: &str, parent: Option<&str>, member: &Person) -> Result<String> {
    let body = json!({"name": name, "parent_id": parent, "owners": [app.owner.id], "members": [member.id]});
    let team = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(body)).await?;
    Ok(team["id"].as_str().unwrap_or_default().to_owned())
}

async fn goal(app: &App, body: Value) -> Result<Value> {
    app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await
}

both_engines! {
    async fn what_is_not_there_stands_inside_the_shell_for_those_signed_in(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let id = northing_core::values::Id::new(northing_core::values::Moment::from_millis(1), [7; 10]);
        for path in [String::from("/nowhere"), format!("/goals/{id}"), format!("/teams/{id}")] {
            let page = app.page(&member, &path).await?;
            assert_eq!(page.status, 404, "{path}");
            assert!(page.text.contains("Nothing here") && page.text.contains("id=\"nav\""), "{path}: {}", page.text);
        }
        let refused = app.page(&member, "/admin/model").await?;
        assert_eq!(refused.status, 403);
        assert!(refused.text.contains("id=\"nav\""), "{}", refused.text);
        let nobody = app.send(Request::get("/nowhere").body(Body::empty())?).await?;
        assert_eq!(nobody.status, 404);
        assert!(nobody.text.contains("Nothing here") && !nobody.text.contains("id=\"nav\""), "{}", nobody.text);
        let asset = app.page(&member, "/assets/nothing.js").await?;
        assert!(asset.status == 404 && !asset.text.contains("id=\"nav\""), "{}", asset.text);
        Ok(())
    }

    async fn a_team_tells_what_ties_it_to_others_and_when_its_owners_checked_in(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = crate::moving::Goals::new(&app).await?;
        goals.settings(json!({ "private_goals": true, "multiple_alignment": true })).await?;
        let member = app.person(Role::Member).await?;
        let ships = team(&app, "Ships", None, &member).await?;
        let sails = team(&app, "Sails", Some(&ships), &member).await?;
        let docks = team(&app, "Docks", None, &member).await?;
        let of = |team: &str, more: Value| {
            let mut body = json!({ "level": "team", "team_ids": [team], "owner_ids": [member.id] });
            if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
                body.extend(more.clone());
            }
            body
        };
        let theirs = goals.make("objective", "Deep water", &[], of(&docks, json!({}))).await?;
        let ours = goals.make("objective", "Sail <far>", &[&theirs], of(&ships, json!({}))).await?;
        goals.make("objective", "Cranes", &[&ours], of(&docks, json!({}))).await?;
        goals.make("objective", "Canvas", &[&ours], of(&sails, json!({}))).await?;
        goals.make("objective", "Secret dock", &[&ours], of(&docks, json!({ "visibility": "restricted", "owner_ids": [app.owner.id] }))).await?;
        let kr = goals.make("key_result", "Knots", &[&ours], of(&ships, json!({}))).await?;
        goals.check_in(&kr, 20.0).await?;
        app.clock.advance_days(2);
        let page = app.page(&member, &format!("/teams/{ships}")).await?.text;
        let ties = page.split("id=\"h-ties\"").nth(1).and_then(|it| it.split("</section>").next()).unwrap_or_default();
        for text in ["<span class=\"n\">2</span>", "Sail &lt;far&gt;</a> also serves <a", ">Deep water</a>", ">Cranes</a> serves <a", "Docks"] {
            assert!(ties.contains(text), "{text} in {page}");
        }
        for text in ["Canvas", "Secret dock", "Knots"] {
            assert!(!ties.contains(text), "{text} in {ties}");
        }
        assert!(page.contains("2 days ago"), "{page}");
        assert!(!app.page(&member, &format!("/teams/{sails}")).await?.text.contains("h-ties"));
        Ok(())
    }

    async fn people_are_narrowed_to_reports_and_team_members(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (lead, mate, other) = (app.person(Role::Member).await?, app.person(Role::Member).await?, app.person(Role::Member).await?);
        let ships = team(&app, "Ships", None, &lead).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}/teams/{ships}", app.org), Some(json!({ "members": [lead.id, mate.id] }))).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}/members/{}", app.org, other.id), Some(json!({ "manager_id": lead.id }))).await?;
        let listed = async |of: &str| {
            let text = app.page(&lead, &format!("/people?of={of}")).await?.text;
            let table = text.split("<tbody").nth(1).unwrap_or_default().to_owned();
            let has = |person: &Person| table.contains(&format!("/people/{}", person.id));
            Ok::<_, anyhow::Error>([has(&app.owner), has(&lead), has(&mate), has(&other)])
        };
        assert_eq!(listed("").await?, [true, true, true, true]);
        assert_eq!(listed("reports").await?, [false, false, false, true]);
        // The owner of the organisation owns the team.
        assert_eq!(listed("teams").await?, [true, false, true, false]);
        assert_eq!(listed(&format!("team:{ships}")).await?, [true, true, true, false]);
        assert_eq!(listed(&format!("reports:{}", lead.id)).await?, [false, false, false, true]);
        assert_eq!(app.page(&lead, "/people?of=x").await?.status, 404);
        let page = app.page(&lead, "/people?of=reports&q=nobody").await?.text;
        assert!(page.contains("Nobody found") && page.contains("name=\"of\" value=\"reports\""), "{page}");
        let stranger = app.stranger().await?;
        assert!(!app.page(&stranger, &format!("/people?of=team:{ships}")).await?.text.contains(&mate.id.to_string()));
        Ok(())
    }

    async fn more_teams_than_a_page_lists_are_counted_and_lead_on(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let mut above = String::new();
        for n in 0..45 {
            above = team(&app, &format!("Team {n:02}"), None, &member).await?;
        }
        for n in 0..42 {
            team(&app, &format!("Below {n:02}"), Some(&above), &member).await?;
        }
        for (path, all, last) in [(String::from("/organisation"), "45", "Team 44"), (format!("/teams/{above}?tab=sub-teams"), "42", "Below 41")] {
            let page = app.page(&member, &path).await?.text;
            let table = page.split("id=\"h-sub\"").nth(1).unwrap_or_default();
            assert!(table.contains(&format!("<span class=\"n\">{all}</span>")) && !table.contains(&format!(">{last}<")), "{table}");
            let next = table.split("hx-get=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().replace("&amp;", "&");
            let rest = app.fragment(&member, &next).await?;
            assert_eq!(rest.status, 200, "{next}: {}", rest.text);
            assert!(rest.text.contains(&format!(">{last}<")) && !rest.text.contains("Team 00") && !rest.text.contains("hx-get"), "{}", rest.text);
        }
        Ok(())
    }

    async fn the_teams_that_one_belongs_to_stand_on_the_start_page(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = crate::moving::Goals::new(&app).await?;
        goals.settings(json!({ "private_goals": true })).await?;
        let member = app.person(Role::Member).await?;
        let ships = team(&app, "Ships", None, &member).await?;
        let bare = team(&app, "Sails", None, &member).await?;
        let other = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/teams", app.org), Some(json!({ "name": "Docks" }))).await?;
        let in_team = |team: &str| json!({ "level": "team", "team_ids": [team] });
        let mut parent = String::new();
        for n in 0..7 {
            parent = goals.make("objective", &format!("Ship {n}"), &[], in_team(&ships)).await?;
        }
        goals.make("objective", "Below the last", &[&parent], in_team(&ships)).await?;
        goals.make("objective", "Dock", &[], in_team(other["id"].as_str().unwrap_or_default())).await?;
        let hidden = json!({ "level": "team", "team_ids": [ships], "visibility": "restricted", "owner_ids": [app.owner.id] });
        goals.make("objective", "Secret ship", &[], hidden).await?;
        let home = app.page(&member, "/").await?.text;
        for text in ["id=\"h-teams\"", "2 teams", "Ship 0", "Ship 4", "All 7", "No goals in this period.", &format!("/teams/{bare}")] {
            assert!(home.contains(text), "{text} in {home}");
        }
        for text in ["Ship 5", "Below the last", ">Dock<", "Secret ship"] {
            assert!(!home.contains(text), "{text} in {home}");
        }
        let alone = app.person(Role::Member).await?;
        assert!(!app.page(&alone, "/").await?.text.contains("id=\"h-teams\""));
        Ok(())
    }

    async fn the_search_offers_what_can_be_done(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let goals = crate::moving::Goals::new(&app).await?;
        goals.settings(serde_json::json!({ "private_goals": true })).await?;
        let a = goals.objective("Clear the backlog", &[]).await?;
        let secret = goals.make("objective", "Clear the merger", &[], serde_json::json!({ "visibility": "restricted", "owner_ids": [app.owner.id] })).await?;
        let (member, observer) = (app.person(Role::Member).await?, app.observer().await?);
        // Empty: every action with its key; as links of a page without scripts.
        let page = app.page(&app.owner, "/search").await?;
        for text in ["<h2>Do</h2>", "<h2>Go to</h2>", "href=\"/check-ins\"", "<kbd>g e</kbd>", "href=\"/goals/new?kind=initiative\"", "<kbd>?</kbd>", "href=\"/admin\""] {
            assert!(page.text.contains(text), "{text} in {}", page.text);
        }
        let list = page.text.split("class=\"pal-l\"").nth(1).and_then(|it| it.split("</main>").next()).unwrap_or_default();
        assert!(!list.contains("tabindex") && !list.contains("role=\"option\""), "{list}");
        // Narrowed; a goal found may be checked in on by those who may.
        let some = app.fragment(&app.owner, "/search?q=expl").await?.text;
        assert!(some.contains("href=\"/explorer\"") && !some.contains("href=\"/people\""), "{some}");
        let form = format!("/goals/{a}/check-ins/new");
        for query in ["backlog", "check+in+backlog"] {
            let found = app.fragment(&app.owner, &format!("/search?q={query}")).await?.text;
            assert!(found.contains(&form) && found.contains(&format!("data-href=\"/goals/{a}\"")), "{query}: {found}");
            assert!(!app.fragment(&member, &format!("/search?q={query}")).await?.text.contains(&form));
        }
        // What one looks at comes with its actions; what one may not see or do does not.
        let about = app.fragment(&app.owner, &format!("/search?goal={a}")).await?.text;
        for part in ["check-ins/new", "edit", "alignments", "placement", "close"] {
            assert!(about.contains(&format!("/goals/{a}/{part}")), "{part}: {about}");
        }
        let seen = app.fragment(&member, &format!("/search?goal={a}")).await?.text;
        assert!(seen.contains("Open as full page") && !seen.contains(&format!("/goals/{a}/edit")), "{seen}");
        for query in [format!("/search?goal={secret}"), String::from("/search?q=check+in+merger")] {
            let hidden = app.fragment(&member, &query).await?.text;
            assert!(!hidden.contains("the merger") && !hidden.contains(&secret), "{hidden}");
        }
        assert!(!app.fragment(&observer, "/search").await?.text.contains("/goals/new"));
        assert_eq!(app.fragment(&member, "/search?goal=x").await?.status, 200);
        Ok(())
    }

    async fn every_page_shows_its_goals_and_hides_what_others_may_not_see(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let above = team(&app, "Ships", None, &member).await?;
        let below = team(&app, "Sails & Ropes", Some(&above), &member).await?;
        let period = app.period("Q1 2026").await?.to_string();
        let settings = json!({"settings": {"private_goals": true}});
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}", app.org), Some(settings)).await?;
        let owners = json!([app.owner.id]);
        goal(&app, json!({"kind": "objective", "title": "Weave stronger canvas", "period_id": period, "level": "team",
            "team_ids": [below], "owner_ids": owners})).await?;
        let hidden = goal(&app, json!({"kind": "objective", "title": "Secret canvas merger", "period_id": period, "level": "team",
            "team_ids": [below], "owner_ids": owners, "visibility": "restricted"})).await?;
        assert_eq!(hidden["visibility"], "restricted");
        goal(&app, json!({"kind": "objective", "title": "Cross the ocean", "period_id": period, "level": "organization"})).await?;

        let there = |path: String, words: &'static [&'static str]| { let (app, member) = (&app, &member); async move {
            for by in [&app.owner, member] {
                let answer = app.page(by, &path).await?;
                assert_eq!(answer.status, 200, "{path}");
                for word in words {
                    assert!(answer.text.contains(word), "{path} lacks {word}");
                }
                let secret = answer.text.contains("Secret canvas merger");
                assert!(!secret || by.id == app.owner.id, "{path} shows what is restricted");
            }
            Ok::<_, anyhow::Error>(())
        } };
        let query = format!("?period={period}");
        there(format!("/organisation{query}"), &["Cross the ocean", "Ships"]).await?;
        there(format!("/teams/{below}{query}"), &["Weave stronger canvas", "Sails &amp; Ropes", "Ships"]).await?;
        there(format!("/teams/{above}{query}"), &["Sails &amp; Ropes"]).await?;
        there(format!("/teams/{below}{query}&tab=members"), &["Members", "Owner"]).await?;
        there(format!("/people/{}{query}", app.owner.id), &["Weave stronger canvas"]).await?;
        there(String::from("/teams"), &["Ships", "Sails &amp; Ropes"]).await?;
        there(String::from("/people"), &["Ships"]).await?;
        there(String::from("/search?q=canvas"), &["stronger"]).await?;
        let seen = app.page(&app.owner, &format!("/teams/{below}{query}")).await?;
        assert!(seen.text.contains("Secret canvas merger"), "its owner sees it");

        // Fragments are no documents.
        for path in [String::from("/search?q=ships"), format!("/nav/teams/{above}"), String::from("/teams/rows")] {
            let answer = app.fragment(&member, &path).await?;
            assert_eq!(answer.status, 200, "{path}");
            assert!(answer.text.contains("Ships") && !answer.text.contains("<html"), "{path}");
        }
        assert!(app.fragment(&member, &format!("/nav/teams/{above}")).await?.text.contains("Sails &amp; Ropes"));
        let nothing = app.fragment(&member, "/search?q=merger").await?;
        assert!(nothing.text.contains("Nothing matches"), "a restricted goal is not found");
        assert!(app.page(&member, "/people?q=nobody%25of_that_name").await?.text.contains("Nobody found"));
        Ok(())
    }

    async fn what_is_not_theirs_is_not_there(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        let id = team(&app, "Ships", None, &member).await?;
        let stranger = app.stranger().await?;
        for path in [format!("/teams/{id}"), format!("/people/{}", member.id), format!("/nav/teams/{id}")] {
            assert_eq!(app.page(&stranger, &path).await?.status, 404, "{path}");
        }
        assert!(!app.fragment(&stranger, "/search?q=ships").await?.text.contains("/teams/"));
        assert_eq!(app.page(&member, "/teams?cursor=nonsense").await?.status, 422);
        Ok(())
    }

    async fn lists_go_on_by_key_and_cost_the_same_statements(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        team(&app, "Team 000", None, &member).await?;
        let mut costs = Vec::new();
        for more in [3, 67] {
            for at in 0..more {
                team(&app, &format!("Team {more:02}{at:02}"), None, &member).await?;
            }
            let before = db.store().statements();
            assert_eq!(app.page(&member, "/teams").await?.status, 200);
            costs.push(db.store().statements() - before);
        }
        assert_eq!(costs[0], costs[1]);
        let first = app.page(&member, "/teams").await?.text;
        let next = first.split("hx-get=\"").filter_map(|rest| rest.split('"').next()).find(|path| path.starts_with("/teams/rows"));
        let next = next.ok_or_else(|| anyhow::anyhow!("the first page ends without a second"))?;
        let second = app.fragment(&member, next).await?.text;
        assert_eq!(second.matches("<tr>").count(), 71 - 60);
        Ok(())
    }
}
