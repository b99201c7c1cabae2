//! What the pickers of forms find: only what the person may see and use.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

async fn team(app: &App, by: &Person, name: &str, owners: &[&Person]) -> Result<String> {
    let owners: Vec<_> = owners.iter().map(|it| it.id).collect();
    let body = json!({ "name": name, "owners": owners });
    let made = app.api_ok(by, "POST", &format!("/orgs/{}/teams", app.org), Some(body)).await?;
    Ok(made["id"].as_str().unwrap_or_default().to_owned())
}

async fn goal(app: &App, body: Value) -> Result<String> {
    let made = app.api_ok(&app.owner, "POST", &format!("/orgs/{}/goals", app.org), Some(body)).await?;
    Ok(made["id"].as_str().unwrap_or_default().to_owned())
}

both_engines! {
    async fn people_and_teams_are_found_that_may_be_chosen(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member, observer) = (&app.owner, app.person(Role::Member).await?, app.observer().await?);
        let names = app.fragment(&member, "/search/people?name=owner_ids&several=true").await?.text;
        // Oneself first; observers own nothing.
        let at = |id: northing_core::values::Id| names.find(&id.to_string());
        assert!(at(member.id) < at(owner.id) && at(member.id).is_some() && at(observer.id).is_none(), "{names}");
        assert!(names.contains(r#"type="checkbox" name="owner_ids""#), "{names}");
        let found = app.fragment(&member, "/search/people?name=owner_ids&owner_ids_query=r%C3%BAth").await?.text;
        assert!(found.contains("Ruth Owner") && !found.contains(&member.id.to_string()), "{found}");
        let none = app.fragment(&member, "/search/people?name=owner_ids&q=%3Cnobody%3E").await?.text;
        assert!(none.contains("Nothing found for “&lt;nobody&gt;”.") && none.contains("invite"), "{none}");

        let (mine, theirs, old) = (team(&app, owner, "Nord", &[&member]).await?, team(&app, owner, "Süd", &[owner]).await?, team(&app, owner, "Alt", &[&member]).await?);
        app.api_ok(owner, "PATCH", &format!("/orgs/{}/teams/{old}", app.org), Some(json!({ "status": "archived" }))).await?;
        let teams = app.fragment(&member, "/search/teams?name=team_ids").await?.text;
        assert!(teams.contains(&mine) && !teams.contains(&theirs) && !teams.contains(&old), "{teams}");
        // Filters know teams that were put away as well, behind all others.
        let filter = app.fragment(&member, "/search/teams?name=team&all=true").await?.text;
        let at = |team: &str| filter.find(team);
        assert!(at(&mine) < at(&theirs) && at(&theirs) < at(&old) && filter.contains("Archived"), "{filter}");
        let named = app.page(&member, &format!("/explorer?team={old}&search=team&team_query=alt")).await?.text;
        assert!(named.contains("Archived") && named.matches(&old).count() > 1, "{named}");
        let all = app.fragment(owner, "/search/teams?name=team_ids&q=sud").await?.text;
        assert!(all.contains(&theirs) && !all.contains(&mine), "{all}");

        let stranger = app.stranger().await?;
        for path in ["/search/people", "/search/teams", "/search/goals", "/search/tags"] {
            let seen = app.fragment(&stranger, path).await?;
            assert_eq!(seen.status, 200);
            assert!(!seen.text.contains("Ruth") && !seen.text.contains(&mine), "{path}: {}", seen.text);
        }
        Ok(())
    }

    async fn goals_are_found_by_title_team_owner_and_period(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let owner = &app.owner;
        let (q1, q2) = (app.period("Q1 2026").await?, app.period("Q2 2026").await?);
        let south = team(&app, owner, "Süd Montage", &[owner]).await?;
        let a = goal(&app, json!({ "kind": "objective", "title": "Clear the backlog", "period_id": q1, "team_ids": [south] })).await?;
        let b = goal(&app, json!({ "kind": "objective", "title": "Clear the desk", "period_id": q2, "level": "organization", "owner_ids": [] })).await?;
        let below = goal(&app, json!({ "kind": "key_result", "title": "Cut waiting", "period_id": q1, "parents": [{ "id": a }] })).await?;
        let shut = goal(&app, json!({ "kind": "objective", "title": "Clear and closed", "period_id": q1 })).await?;
        app.api_ok(owner, "POST", &format!("/goals/{shut}/close"), Some(json!({}))).await?;
        let hits = |query: &'static str| { let (app, a, b, below, shut) = (&app, &a, &b, &below, &shut); async move {
            let text = app.fragment(&app.owner, &format!("/search/goals?name=parents&q={query}")).await?.text;
            Ok::<_, anyhow::Error>([a, b, below, shut].map(|id| text.contains(id.as_str())))
        } };
        assert_eq!(hits("clear").await?, [true, true, false, false]);
        assert_eq!(hits("sud+clear").await?, [true, false, false, false]);
        assert_eq!(hits("montage").await?, [true, false, true, false]);
        assert_eq!(hits("ruth+clear").await?, [true, false, false, false]);
        assert_eq!(hits("q2+clear").await?, [false, true, false, false]);
        assert_eq!(hits("ruth+q1").await?, [true, false, true, false]);
        assert_eq!(hits("q3+clear").await?, [false; 4]);
        assert_eq!(hits("%25").await?, [false; 4]);
        // Suggestions: the top of the period.
        let suggested = app.fragment(owner, &format!("/search/goals?name=parents&period={q1}")).await?.text;
        assert!(suggested.contains(&a) && suggested.contains("Süd Montage · Ruth Owner · Q1 2026"), "{suggested}");
        assert!(!suggested.contains(&b) && !suggested.contains(&below), "{suggested}");
        // Neither the goal itself nor what is below it.
        let around = app.fragment(owner, &format!("/search/goals?name=parents&q=c&child={a}")).await?.text;
        assert!(around.contains(&b) && !around.contains(&a) && !around.contains(&below), "{around}");
        Ok(())
    }

    async fn restricted_goals_are_offered_to_nobody_else(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let member = app.person(Role::Member).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/{}", app.org), Some(json!({ "settings": { "private_goals": true } }))).await?;
        let secret = goal(&app, json!({ "kind": "objective", "title": "Secret plan", "visibility": "restricted", "period_id": app.period("Q1 2026").await? })).await?;
        let path = "/search/goals?name=parents&q=secret";
        assert!(app.fragment(&app.owner, path).await?.text.contains(&secret));
        assert!(!app.fragment(&member, path).await?.text.contains(&secret));
        Ok(())
    }

    async fn tags_are_offered_and_new_ones_to_those_who_may_make_them(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (owner, member) = (&app.owner, app.person(Role::Member).await?);
        app.api_ok(owner, "POST", &format!("/orgs/{}/tags", app.org), Some(json!({ "name": "Été" }))).await?;
        let found = app.fragment(&member, "/search/tags?name=tags&q=ete").await?.text;
        assert!(found.contains(r#"value="Été""#) && !found.contains("<small>New tag</small>"), "{found}");
        let new = app.fragment(&member, "/search/tags?name=tags&q=Winter").await?.text;
        assert!(new.contains(r#"value="Winter""#) && new.contains("<small>New tag</small>"), "{new}");
        app.api_ok(owner, "PATCH", &format!("/orgs/{}", app.org), Some(json!({ "settings": { "create_tags": "named" } }))).await?;
        let denied = app.fragment(&member, "/search/tags?name=tags&q=Winter").await?.text;
        assert!(!denied.contains("<small>New tag</small>") && denied.contains("Nothing found"), "{denied}");
        Ok(())
    }
}
