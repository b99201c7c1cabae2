//! What admins do by the API besides the plain resources: rights by name, invitations by list, a period's goals moved, a planning
//! year made ahead of the calendar.

use anyhow::Result;
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::App;
use serde_json::{Value, json};

async fn settings(app: &App, settings: Value) -> Result<Value> {
    app.api_ok(&app.owner, "PATCH", "/orgs/calder", Some(json!({ "settings": settings }))).await
}

both_engines! {
    async fn people_are_named_for_each_right(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (named, other) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let observer = app.person(Role::Member).await?;
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{}", observer.id), Some(json!({"role": "observer"}))).await?;
        let by_name = json!({
            "create_organization_goals": "named", "organization_goal_creators": [named.id],
            "create_teams": "named", "team_creators": [named.id], "create_tags": "named", "tag_creators": [named.id],
            "invite_people": "named", "inviters": [named.id],
        });
        settings(&app, by_name).await?;
        let goal = json!({"kind": "objective", "title": "Sail", "level": "organization"});
        let tagged = json!({"kind": "objective", "title": "Sail", "level": "individual", "tags": ["wind"]});
        for (path, body) in [
            ("/orgs/calder/goals", goal), ("/orgs/calder/goals", tagged), ("/orgs/calder/teams", json!({"name": "Sails"})),
            ("/orgs/calder/members", json!({"email": "new@calder.test", "name": "New"})),
        ] {
            assert_eq!(app.api(&other, "POST", path, Some(body.clone())).await?.status, 403, "{path} {body}");
            assert_eq!(app.api(&named, "POST", path, Some(body.clone())).await?.status, 201, "{path} {body}");
        }
        // Who may invite makes no admins.
        let admin = json!({"email": "boss@calder.test", "name": "Boss", "role": "admin"});
        assert_eq!(app.api(&named, "POST", "/orgs/calder/members", Some(admin)).await?.status, 403);
        for (wrong, field) in [
            (json!({"team_creators": [observer.id]}), "settings.team_creators[0]"),
            (json!({"team_creators": [app.org]}), "settings.team_creators[0]"),
            (json!({"create_teams": "team_members"}), "settings.create_teams"),
        ] {
            let answer = app.api(&app.owner, "PATCH", "/orgs/calder", Some(json!({ "settings": wrong }))).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![field.to_owned()]), "{}", answer.text);
        }
        Ok(())
    }

    async fn a_team_has_a_rule_of_its_own_for_its_goals(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (lead, member, named) =
            (app.person(Role::Member).await?, app.person(Role::Member).await?, app.person(Role::Member).await?);
        let team = json!({"name": "Sails", "owners": [lead.id], "members": [member.id]});
        let team = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(team)).await?;
        let id = team["id"].as_str().unwrap_or_default().to_owned();
        let path = format!("/orgs/calder/teams/{id}");
        let goal = json!({"kind": "objective", "title": "Weave", "level": "team", "team_ids": [id]});
        for (rule, creators, allowed) in [
            (Value::Null, json!([]), [true, false, false]),
            (json!("team_members"), json!([]), [true, true, false]),
            (json!("named"), json!([named.id]), [true, false, true]),
            (json!("anyone"), json!([]), [true, true, true]),
        ] {
            let change = json!({"goal_creation": rule, "creators": creators, "note_template": "What changed?"});
            let changed = app.api_ok(&lead, "PATCH", &path, Some(change)).await?;
            assert_eq!((&changed["goal_creation"], &changed["creators"]), (&rule, &creators));
            for (person, may) in [&lead, &member, &named].into_iter().zip(allowed) {
                let answer = app.api(person, "POST", "/orgs/calder/goals", Some(goal.clone())).await?;
                assert_eq!(answer.status, if may { 201 } else { 403 }, "{rule} {}", person.email);
            }
        }
        // A sub-team begins with the rule and the template of the team above it.
        let below = json!({"name": "Ropes", "parent_id": id});
        let below = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(below)).await?;
        assert_eq!((&below["goal_creation"], &below["note_template"]), (&json!("anyone"), &json!("What changed?")));
        Ok(())
    }

    async fn every_line_of_an_invitation_is_accounted_for(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (gone, lead) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{}", gone.id), Some(json!({"status": "deactivated"}))).await?;
        let people = format!("Ada Byron <ada@calder.test>\nnobody\nada@calder.test\nowner@calder.test\n{}", gone.email);
        let invite = json!({"people": people, "role": "observer"});
        let told = app.api_ok(&app.owner, "POST", "/orgs/calder/invitations", Some(invite.clone())).await?;
        let outcomes: Vec<_> = told["items"].as_array().into_iter().flatten().map(|it| it["outcome"].clone()).collect();
        assert_eq!(outcomes, ["invited", "refused", "refused", "already", "refused"]);
        assert!(told["items"][0]["link"].as_str().unwrap_or_default().starts_with("/invitation/"), "{told}");
        let ada = told["items"][0]["user_id"].as_str().unwrap_or_default().to_owned();
        assert_eq!(app.api_ok(&app.owner, "GET", &format!("/orgs/calder/members/{ada}"), None).await?["role"], "observer");
        // The link can be made anew, and taken back.
        let link = format!("/orgs/calder/members/{ada}/link");
        assert_eq!(app.api_ok(&app.owner, "POST", &link, None).await?["kind"], "invitation");
        assert_eq!(app.api(&app.owner, "DELETE", &link, None).await?.status, 204);
        assert_eq!(app.api(&app.owner, "DELETE", &link, None).await?.status, 404);
        for by in [&lead] {
            assert_eq!(app.api(by, "POST", "/orgs/calder/invitations", Some(invite.clone())).await?.status, 403);
            assert_eq!(app.api(by, "POST", &link, None).await?.status, 403);
        }
        // An owner of a team adds who is in the organisation already, and only who may invite adds others.
        let team = json!({"name": "Sails", "owners": [lead.id]});
        let team = app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(team)).await?;
        let join = |people: &str| json!({"people": people, "team_id": team["id"]});
        let told = app.api_ok(&lead, "POST", "/orgs/calder/invitations", Some(join("owner@calder.test\nbob@calder.test"))).await?;
        assert_eq!((&told["items"][0]["outcome"], &told["items"][1]["outcome"]), (&json!("joined_team"), &json!("refused")));
        settings(&app, json!({"invite_people": "team_owners"})).await?;
        let told = app.api_ok(&lead, "POST", "/orgs/calder/invitations", Some(join("bob@calder.test"))).await?;
        assert_eq!(told["items"][0]["outcome"], "invited");
        let members = app.api_ok(&app.owner, "GET", &format!("/orgs/calder/teams/{}", team["id"].as_str().unwrap_or_default()), None).await?;
        assert_eq!(members["members"].as_array().map(Vec::len), Some(2));
        Ok(())
    }

    async fn a_period_goes_only_with_a_place_for_its_goals(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let (first, second) = (app.period("Q2 2026").await?, app.period("Q3 2026").await?);
        let goal = json!({"kind": "objective", "title": "Weave", "level": "organization", "period_id": first});
        let goal = app.api_ok(&app.owner, "POST", "/orgs/calder/goals", Some(goal)).await?;
        let path = format!("/orgs/calder/periods/{first}");
        let refused = app.api(&app.owner, "DELETE", &path, None).await?;
        assert_eq!((refused.status, refused.json()["errors"][0]["code"].clone()), (422, json!("period_in_use")));
        let wrong = app.api(&app.owner, "DELETE", &format!("{path}?move_to={first}"), None).await?;
        assert_eq!((wrong.status, wrong.fields()), (422, vec![String::from("move_to")]));
        assert_eq!(app.api(&app.owner, "DELETE", &format!("{path}?move_to={second}"), None).await?.status, 204);
        let moved = app.api_ok(&app.owner, "GET", &format!("/goals/{}", goal["id"].as_str().unwrap_or_default()), None).await?;
        // Its own days stay as they were.
        assert_eq!((&moved["period_id"], &moved["start_date"]), (&json!(second), &json!("2026-04-01")));
        let listed = app.api_ok(&app.owner, "GET", &format!("/orgs/calder/goals?period={second}"), None).await?;
        assert_eq!(listed["items"][0]["title"], "Weave");
        Ok(())
    }

    async fn a_planning_year_is_made_ahead_of_the_calendar(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let make = |year: i64| app.api(&app.owner, "POST", "/orgs/calder/planning-years", Some(json!({"year": year})));
        let made = make(2027).await?.json();
        assert_eq!(made["items"].as_array().map(Vec::len), Some(5), "{made}");
        assert_eq!(make(2027).await?.json()["items"], json!([]));
        for year in [2025, 2030] {
            let answer = make(year).await?;
            assert_eq!((answer.status, answer.fields()), (422, vec![String::from("year")]));
        }
        let member = app.person(Role::Member).await?;
        let answer = app.api(&member, "POST", "/orgs/calder/planning-years", Some(json!({"year": 2028}))).await?;
        assert_eq!(answer.status, 403);
        Ok(())
    }

    async fn a_goal_needs_a_team_where_the_organisation_says_so(db: Database) -> Result<()> {
        let app = App::new(&db).await?;
        let alone = json!({"kind": "objective", "title": "Mine", "level": "individual"});
        let before = app.api_ok(&app.owner, "POST", "/orgs/calder/goals", Some(alone.clone())).await?;
        settings(&app, json!({"mandatory_team": true})).await?;
        let answer = app.api(&app.owner, "POST", "/orgs/calder/goals", Some(alone)).await?;
        assert_eq!((answer.status, answer.fields()), (422, vec![String::from("team_ids")]));
        let path = format!("/goals/{}", before["id"].as_str().unwrap_or_default());
        let answer = app.api(&app.owner, "PATCH", &path, Some(json!({"title": "Still mine"}))).await?;
        assert_eq!((answer.status, answer.fields()), (422, vec![String::from("team_ids")]));
        Ok(())
    }
}
