//! Teams by page: made, nested, given rules and people, put away and brought back; by their owners as well as by admins.

use anyhow::Result;
use northing_core::people::Role;
use northing_core::values::Id;
use northing_testkit::both_engines;
use northing_testkit::front_door::{Answer, App, Person};
use serde_json::{Value, json};

fn says(answer: &Answer, text: &str) {
    assert!(answer.text.contains(text), "{text} in {}", answer.text);
}

/// Makes a team by its form: where it leads.
async fn made(app: &App, by: &Person, fields: &[(&str, &str)]) -> Result<String> {
    let answer = app.post(by, "/teams", fields).await?;
    assert_eq!(answer.status, 303, "{}", answer.text);
    Ok(answer.header("location").trim_start_matches("/teams/").to_owned())
}

async fn team(app: &App, id: &str) -> Result<Value> {
    app.api_ok(&app.owner, "GET", &format!("/orgs/calder/teams/{id}"), None).await
}

both_engines! {
    async fn a_tree_of_teams_is_built_and_shown(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let lead = app.person(Role::Member).await?;
        let lead_id = lead.id.to_string();
        let top = made(&app, &app.owner, &[("name", "Ships"), ("owners", &lead_id)]).await?;
        // The owner of a team makes teams below it and owns them.
        let below = made(&app, &lead, &[("name", "Sails"), ("parent_id", &top)]).await?;
        assert_eq!(team(&app, &below).await?["owners"], json!([lead.id]));
        let closed = app.page(&app.owner, "/admin/teams").await?;
        says(&closed, "Ships");
        assert!(!closed.text.contains(">Sails<"));
        let open = app.page(&app.owner, &format!("/admin/teams?open={top}")).await?;
        for text in [">Sails<", "aria-label=\"Collapse Ships\"", "ind1"] {
            says(&open, text);
        }
        says(&app.page(&app.owner, "/admin/teams?q=sail").await?, ">Sails<");
        says(&app.page(&lead, &format!("/teams/{top}?tab=sub-teams")).await?, ">Sails<");
        // A name is its own, and a circle is refused at its field; what was typed stays.
        let taken = app.post(&app.owner, "/teams", &[("name", "sails"), ("description", "Canvas")]).await?;
        assert_eq!(taken.status, 422);
        for text in ["is the name of another team", "Canvas"] {
            says(&taken, text);
        }
        let fields = [("version", "1"), ("name", "Ships"), ("parent_id", below.as_str())];
        let circle = app.post(&lead, &format!("/teams/{top}/settings"), &fields).await?;
        assert_eq!(circle.status, 422);
        says(&circle, "is this team itself or stands below it");
        Ok(())
    }

    async fn settings_and_people_are_for_owners_of_the_team_and_admins(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (lead, member, admin) = (app.person(Role::Member).await?, app.person(Role::Member).await?, app.person(Role::Admin).await?);
        let observer = app.observer().await?;
        let id = made(&app, &app.owner, &[("name", "Ships"), ("owners", &lead.id.to_string())]).await?;
        for part in ["settings", "members", "archive", "deletion"] {
            let path = format!("/teams/{id}/{part}");
            for (by, status) in [(&lead, 200), (&admin, 200), (&member, 403), (&observer, 403)] {
                assert_eq!(app.page(by, &path).await?.status, status, "{part} {}", by.email);
            }
            for by in [&member, &observer] {
                assert_eq!(app.post(by, &path, &[("name", "Mine"), ("version", "1")]).await?.status, 403, "{part}");
            }
        }
        for part in ["restoration", "invitations"] {
            assert_eq!(app.post(&member, &format!("/teams/{id}/{part}"), &[("people", "x@y.test")]).await?.status, 403);
        }
        for by in [&member, &observer] {
            assert_eq!(app.page(by, "/teams/new").await?.status, 403);
            assert_eq!(app.post(by, "/teams", &[("name", "Mine")]).await?.status, 403);
        }
        assert!(app.page(&lead, &format!("/teams/{id}")).await?.text.contains(&format!("/teams/{id}/settings")));
        assert!(!app.page(&member, &format!("/teams/{id}")).await?.text.contains(&format!("/teams/{id}/settings")));
        Ok(())
    }

    async fn a_team_is_changed_and_conflicts_are_told(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let named = app.person(Role::Member).await?;
        let named_id = named.id.to_string();
        let id = made(&app, &app.owner, &[("name", "Ships")]).await?;
        let path = format!("/teams/{id}/settings");
        let fields = |version: &'static str, name: &'static str| vec![
            ("version", version), ("name", name), ("team_type", "Squad"), ("goal_creation", "named"), ("creators", named_id.as_str()),
            ("note_template", "What moved? What is next?"),
        ];
        assert_eq!(app.post(&app.owner, &path, &fields("1", "Boats")).await?.status, 303);
        let it = team(&app, &id).await?;
        assert_eq!((&it["name"], &it["goal_creation"], &it["creators"]), (&json!("Boats"), &json!("named"), &json!([named.id])));
        let late = app.post(&app.owner, &path, &fields("1", "Rafts")).await?;
        assert_eq!(late.status, 409);
        for text in ["Somebody else changed", "Boats", "Rafts"] {
            says(&late, text);
        }
        // The note of a check-in on the team's goals begins with its template.
        let goal = json!({"kind": "objective", "title": "Sail", "level": "team", "team_ids": [id], "progress_mode": "manual"});
        let goal = app.api_ok(&named, "POST", "/orgs/calder/goals", Some(goal)).await?;
        let form = app.page(&named, &format!("/goals/{}/check-ins/new", goal["id"].as_str().unwrap_or_default())).await?;
        says(&form, "What moved? What is next?");
        // People are exchanged as a whole; who looked at them too early is told.
        let people = format!("/teams/{id}/members");
        let with = |version: &'static str| vec![("version", version), ("owners", named_id.as_str())];
        assert_eq!(app.post(&app.owner, &people, &with("2")).await?.status, 303);
        assert_eq!(team(&app, &id).await?["owners"], json!([named.id]));
        assert_eq!(app.post(&app.owner, &people, &with("2")).await?.status, 409);
        Ok(())
    }

    async fn somebody_added_to_a_team_comes_into_the_organisation_where_one_may_invite(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (lead, other) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let id = made(&app, &app.owner, &[("name", "Ships"), ("owners", &lead.id.to_string())]).await?;
        let path = format!("/teams/{id}/invitations");
        let list = format!("{}\nnew@calder.test", other.email);
        let told = app.post(&lead, &path, &[("people", &list)]).await?;
        for text in ["Is in the team now", "you may not invite people"] {
            says(&told, text);
        }
        let settings = json!({"settings": {"invite_people": "team_owners"}});
        app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(settings)).await?;
        says(&app.post(&lead, &path, &[("people", "new@calder.test")]).await?, "/invitation/");
        assert_eq!(team(&app, &id).await?["members"].as_array().map(Vec::len), Some(2));
        let empty = app.post(&lead, &path, &[("people", "")]).await?;
        assert_eq!(empty.status, 422);
        says(&empty, "id=\"people-error\"");
        Ok(())
    }

    async fn an_archived_team_keeps_its_goals_and_loses_its_people(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let lead = app.person(Role::Member).await?;
        let top = made(&app, &app.owner, &[("name", "Ships"), ("owners", &lead.id.to_string())]).await?;
        let below = made(&app, &app.owner, &[("name", "Sails"), ("parent_id", &top)]).await?;
        let goal = json!({"kind": "objective", "title": "Weave canvas", "level": "team", "team_ids": [top], "progress_mode": "manual"});
        let goal = app.api_ok(&lead, "POST", "/orgs/calder/goals", Some(goal.clone())).await?;
        let asked = app.page(&lead, &format!("/teams/{top}/archive")).await?;
        for text in ["1 person falls out of it", "1 team below it becomes a team at the top", "Its goals stay as they are"] {
            says(&asked, text);
        }
        assert_eq!(app.post(&lead, &format!("/teams/{top}/archive"), &[("version", "1")]).await?.status, 303);
        assert_eq!(team(&app, &below).await?["parent_id"], Value::Null);
        // It is gone from everywhere but the admins' tree, and gets no new goals.
        for path in ["/teams", "/explorer", "/search?q=ships"] {
            assert!(!app.page(&app.owner, path).await?.text.contains(&format!("href=\"/teams/{top}\"")), "{path}");
        }
        says(&app.page(&app.owner, "/admin/teams").await?, "Archived");
        let more = json!({"kind": "objective", "title": "More", "level": "team", "team_ids": [top]});
        assert_eq!(app.api(&app.owner, "POST", "/orgs/calder/goals", Some(more.clone())).await?.status, 422);
        // Its goal is there and people check in on it.
        let id = goal["id"].as_str().unwrap_or_default();
        says(&app.page(&app.owner, "/explorer").await?, "Weave canvas");
        let check_in = app.api(&lead, "POST", &format!("/goals/{id}/check-ins"), Some(json!({"progress": 40}))).await?;
        assert_eq!(check_in.status, 201, "{}", check_in.text);
        // Its people cannot be changed until it is back; then it takes goals again.
        assert_eq!(app.post(&app.owner, &format!("/teams/{top}/members"), &[("version", "2"), ("owners", &lead.id.to_string())]).await?.status, 422);
        assert_eq!(app.post(&lead, &format!("/teams/{top}/restoration"), &[("version", "2")]).await?.status, 403);
        assert_eq!(app.post(&app.owner, &format!("/teams/{top}/restoration"), &[("version", "2")]).await?.status, 303);
        assert_eq!(app.api(&app.owner, "POST", "/orgs/calder/goals", Some(more)).await?.status, 201);
        Ok(())
    }

    /// N78: one closed goal is enough to keep a team from being deleted.
    async fn a_team_with_a_closed_goal_is_not_deleted(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let id = made(&app, &app.owner, &[("name", "Ships")]).await?;
        let goal = json!({"kind": "objective", "title": "Sail", "level": "team", "team_ids": [id], "progress_mode": "manual"});
        let goal = app.api_ok(&app.owner, "POST", "/orgs/calder/goals", Some(goal)).await?;
        let goal: Id = goal["id"].as_str().unwrap_or_default().parse()?;
        app.api_ok(&app.owner, "POST", &format!("/goals/{goal}/close"), Some(json!({}))).await?;
        says(&app.page(&app.owner, &format!("/teams/{id}/settings")).await?, "It cannot be deleted, since goals belong to it");
        let refused = app.post(&app.owner, &format!("/teams/{id}/deletion"), &[("version", "1")]).await?;
        assert_eq!(refused.status, 422);
        says(&refused, "Goals belong to this team");
        let empty = made(&app, &app.owner, &[("name", "Boats")]).await?;
        assert_eq!(app.post(&app.owner, &format!("/teams/{empty}/deletion"), &[("version", "1")]).await?.status, 303);
        assert_eq!(app.page(&app.owner, &format!("/teams/{empty}")).await?.status, 404);
        Ok(())
    }

    async fn the_tree_of_teams_costs_the_same_at_any_size(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let top = made(&app, &app.owner, &[("name", "Top")]).await?;
        made(&app, &app.owner, &[("name", "Under"), ("parent_id", &top)]).await?;
        let mut costs = Vec::new();
        for round in 0..2 {
            let before = db.statements();
            app.page(&app.owner, &format!("/admin/teams?open={top}")).await?;
            costs.push(db.statements() - before);
            for n in 0..8 {
                made(&app, &app.owner, &[("name", &format!("Under {round} {n}")), ("parent_id", &top)]).await?;
            }
        }
        assert_eq!(costs[0], costs[1]);
        Ok(())
    }
}
