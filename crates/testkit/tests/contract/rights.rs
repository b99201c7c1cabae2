//! Who may do what (goals §10.1, §10.2), by the API and by the posts of pages: every capacity at every act.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_testkit::both_engines;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

use crate::found::Found;

/// A goal with somebody in every capacity.
struct Scene {
    app: App,
    people: Vec<(&'static str, Person)>,
    team: String,
    above: String,
    goal: String,
    below: String,
    initiative: String,
    comment: String,
    check_in: String,
}

const EDITORS: [&str; 8] =
    ["org owner", "admin", "owner", "creator", "team owner", "manager", "parent owner", "editor"];

/// Those in `EDITORS` and more.
fn and(more: &[&'static str]) -> Vec<&'static str> {
    EDITORS.iter().copied().chain(more.iter().copied()).collect()
}

/// Those who check in: editors, but for those named alone, and those who are to do it.
fn who_check_in() -> Vec<&'static str> {
    and(&["check-in owner", "delegate"]).into_iter().filter(|who| *who != "editor").collect()
}

fn id(made: &Value) -> Result<String> {
    Ok(made["id"].as_str().with_context(|| made.to_string())?.to_owned())
}

impl Scene {
    async fn new(store: &northing_store::Store) -> Result<Self> {
        let app = App::new(store).await?;
        let org = &app.owner;
        let settings = json!({"settings": {"shared_goals": true, "create_team_goals": "anyone", "create_organization_goals": "anyone"}});
        app.api_ok(org, "PATCH", "/orgs/calder", Some(settings)).await?;
        let mut people = vec![("org owner", app.owner.clone()), ("admin", app.person(Role::Admin).await?)];
        for capacity in [
            "owner",
            "creator",
            "team owner",
            "manager",
            "parent owner",
            "editor",
            "check-in owner",
            "delegate",
            "team member",
            "member",
        ] {
            people.push((capacity, app.person(Role::Member).await?));
        }
        people.push(("observer", app.observer().await?));
        let one = |capacity: &str| {
            people
                .iter()
                .find(|(name, _)| *name == capacity)
                .map(|(_, person)| person.clone())
                .context("a person")
        };
        let owner = one("owner")?;
        app.api_ok(
            org,
            "PATCH",
            &format!("/orgs/calder/members/{}", owner.id),
            Some(json!({"manager_id": one("manager")?.id})),
        )
        .await?;
        let team =
            json!({"name": "Crew", "owners": [one("team owner")?.id], "members": [one("team member")?.id]});
        let team = id(&app.api_ok(org, "POST", "/orgs/calder/teams", Some(team)).await?)?;
        let goals = "/orgs/calder/goals";
        let above = json!({"kind": "objective", "title": "Above", "level": "organization", "owner_ids": [one("parent owner")?.id]});
        let above = id(&app.api_ok(org, "POST", goals, Some(above)).await?)?;
        let goal = json!({"kind": "objective", "title": "Goal", "level": "team", "team_ids": [team], "owner_ids": [owner.id], "parents": [{"id": above}],
            "check_in_owner_id": one("check-in owner")?.id, "delegate_id": one("delegate")?.id, "progress_mode": "rollup",
            "access": [{"user_id": one("editor")?.id, "may_edit": true}]});
        let goal = id(&app.api_ok(&one("creator")?, "POST", goals, Some(goal)).await?)?;
        let below = json!({"kind": "key_result", "title": "Below", "level": "organization", "owner_ids": [org.id], "parents": [{"id": goal}]});
        let below = id(&app.api_ok(org, "POST", goals, Some(below)).await?)?;
        let initiative = json!({"kind": "initiative", "title": "Initiative", "parents": [{"id": above}], "owner_ids": [owner.id], "team_ids": [team], "level": "team",
            "delegate_id": one("delegate")?.id, "access": [{"user_id": one("editor")?.id, "may_edit": true}]});
        let initiative = id(&app.api_ok(&one("creator")?, "POST", goals, Some(initiative)).await?)?;
        let comment = id(&app
            .api_ok(&owner, "POST", &format!("/goals/{goal}/comments"), Some(json!({"body": "mine"})))
            .await?)?;
        let check_in = id(&app
            .api_ok(&owner, "POST", &format!("/goals/{goal}/check-ins"), Some(json!({"value": 10})))
            .await?)?;
        Ok(Self { app, people, team, above, goal, below, initiative, comment, check_in })
    }

    fn path(&self, template: &str) -> String {
        [
            ("{goal}", &self.goal),
            ("{above}", &self.above),
            ("{below}", &self.below),
            ("{initiative}", &self.initiative),
            ("{team}", &self.team),
            ("{comment}", &self.comment),
            ("{check_in}", &self.check_in),
        ]
        .iter()
        .fold(template.to_owned(), |path, (name, id)| path.replace(name, id))
    }

    /// Brings back what an act that was allowed may have changed.
    async fn put_right(&self) -> Result<()> {
        let owner = &self.app.owner;
        for goal in [&self.below, &self.goal] {
            let path = format!("/goals/{goal}");
            if self.app.api(owner, "GET", &path, None).await?.status == 404 {
                self.app.api_ok(owner, "POST", &format!("{path}/restore"), None).await?;
            }
            let status = self.app.api_ok(owner, "GET", &path, None).await?["status"].clone();
            if status == "closed" || status == "postponed" {
                self.app.api_ok(owner, "POST", &format!("{path}/reopen"), None).await?;
            }
        }
        let people = json!({"owner_ids": [self.people[2].1.id]});
        self.app.api_ok(owner, "PATCH", &format!("/goals/{}", self.goal), Some(people)).await?;
        Ok(())
    }
}

both_engines! {
    async fn every_capacity_at_every_act_on_a_goal(db: Database) -> Result<()> {
        let scene = Scene::new(&db.store()).await?;
        let everybody: Vec<&str> = scene.people.iter().map(|(name, _)| *name).collect();
        let but_observers: Vec<&str> = everybody.iter().copied().filter(|who| *who != "observer").collect();
        let own_goal = json!({"kind": "key_result", "title": "Mine", "level": "individual", "parents": [{"id": scene.goal}]});
        let mut found = Found::default();
        for (act, method, path, body, allowed) in [
            ("view", "GET", "/goals/{goal}", Value::Null, everybody.clone()),
            ("view history", "GET", "/goals/{goal}/history", Value::Null, everybody.clone()),
            ("edit", "PATCH", "/goals/{goal}", json!({"description": "d"}), and(&["delegate"])),
            ("change owners", "PATCH", "/goals/{goal}", json!({"owner_ids": [scene.people[2].1.id, scene.app.owner.id]}), and(&[])),
            ("name editors", "PATCH", "/goals/{goal}", json!({"access": [{"user_id": scene.people[7].1.id, "may_edit": true, "may_view": true}]}), and(&["delegate"])),
            ("check in", "POST", "/goals/{goal}/check-ins", json!({"progress": 30}), who_check_in()),
            ("preview", "POST", "/goals/{goal}/check-ins/preview", json!({"progress": 40}), who_check_in()),
            ("view activity", "GET", "/goals/{goal}/activity", Value::Null, everybody.clone()),
            ("who has rights", "GET", "/goals/{goal}/access", Value::Null, and(&["delegate"])),
            ("what closing begins with", "GET", "/goals/{goal}/closing", Value::Null, and(&["delegate"])),
            ("what deleting takes along", "GET", "/goals/{goal}/deletion", Value::Null, and(&["delegate"])),
            ("where it can go", "GET", "/goals/{goal}/placement", Value::Null, and(&["delegate"])),
            ("preview of parents", "POST", "/goals/{goal}/parents/preview", json!([{"id": scene.above}]), and(&["delegate"])),
            ("preview of shares", "POST", "/goals/{goal}/contributions/preview", json!({"reset": true}), and(&["delegate", "check-in owner"])),
            ("preview of a changed check-in", "POST", "/goals/{goal}/check-ins/{check_in}/preview", json!({"note": "n"}), vec!["org owner", "admin", "owner"]),
            ("shares", "PUT", "/goals/{goal}/contributions", json!({"reset": true}), and(&["delegate", "check-in owner"])),
            ("align", "PUT", "/goals/{goal}/parents", json!([{"id": scene.above}]), and(&["delegate"])),
            ("order", "PUT", "/goals/{goal}/position", json!({"parent_id": scene.above}), and(&["delegate"])),
            ("align to it", "POST", "/orgs/calder/goals", own_goal, but_observers.clone()),
            ("copy", "POST", "/goals/{goal}/clone", json!({}), but_observers.clone()),
            ("comment", "POST", "/goals/{goal}/comments", json!({"body": "b"}), everybody.clone()),
            ("change a comment", "PATCH", "/goals/{goal}/comments/{comment}", json!({"body": "c"}), vec!["owner"]),
            ("change a check-in", "PATCH", "/goals/{goal}/check-ins/{check_in}", json!({"note": "n"}), vec!["org owner", "admin", "owner"]),
            ("add a task", "POST", "/goals/{initiative}/tasks", json!({"name": "t"}), and(&["delegate"])),
            ("close", "POST", "/goals/{goal}/close", json!({}), and(&["delegate"])),
            ("postpone", "POST", "/goals/{goal}/postpone", json!({"period_id": scene.app.period("Q2 2026").await?}), and(&["delegate"])),
            ("delete", "DELETE", "/goals/{goal}", Value::Null, and(&["delegate"])),
        ] {
            for (capacity, person) in &scene.people {
                let body = Some(body.clone()).filter(|body| !body.is_null());
                let answer = scene.app.api(person, method, &scene.path(path), body).await?;
                let may = allowed.contains(capacity);
                let right = if may { answer.status < 300 } else { answer.status == 403 && answer.json()["code"].is_string() };
                found.check(right, || format!("{act} by {capacity}, who may {}: {} {}", if may { "" } else { "not" }, answer.status, answer.text));
                if may && ["close", "postpone", "delete", "change owners"].contains(&act) {
                    scene.put_right().await?;
                }
            }
        }
        // Reopening and restoring are for those who close and delete.
        for (act, first, then) in [("reopen", ("POST", "/goals/{goal}/close"), "/goals/{goal}/reopen"), ("restore", ("DELETE", "/goals/{goal}"), "/goals/{goal}/restore")] {
            for (capacity, person) in &scene.people {
                let body = (first.0 == "POST").then(|| json!({}));
                scene.app.api_ok(&scene.app.owner, first.0, &scene.path(first.1), body).await?;
                let answer = scene.app.api(person, "POST", &scene.path(then), None).await?;
                // What is deleted has no parents; whoever deleted it by the right of one takes it back.
                let may = and(&["delegate"]).contains(capacity) && !(act == "restore" && *capacity == "parent owner");
                let right = if may { answer.status < 300 } else { answer.status == 403 };
                found.check(right, || format!("{act} by {capacity}: {} {}", answer.status, answer.text));
                scene.put_right().await?;
            }
        }
        // What somebody said is theirs, and the admins': nobody else removes it, whatever they are to the goal.
        let owner = scene.people.iter().find(|(name, _)| *name == "owner").map(|(_, person)| person).context("a person")?;
        for (act, path, body) in [
            ("remove a check-in", "/goals/{goal}/check-ins", json!({"value": 10})),
            ("remove a comment", "/goals/{goal}/comments", json!({"body": "mine"})),
        ] {
            for (capacity, person) in &scene.people {
                let path = scene.path(path);
                let said = id(&scene.app.api_ok(owner, "POST", &path, Some(body.clone())).await?)?;
                let path = format!("{path}/{said}");
                if act == "remove a check-in" {
                    let told = scene.app.api(person, "GET", &format!("{path}/deletion"), None).await?.status;
                    let may = ["org owner", "admin", "owner"].contains(capacity);
                    found.check(told == if may { 200 } else { 403 }, || format!("what it would do, by {capacity}: {told}"));
                }
                let answer = scene.app.api(person, "DELETE", &path, None).await?;
                let may = ["org owner", "admin", "owner"].contains(capacity);
                found.check(answer.status == if may { 204 } else { 403 }, || format!("{act} by {capacity}: {} {}", answer.status, answer.text));
                let there = scene.app.api_ok(owner, "GET", &scene.path(&path[..path.len() - said.len() - 1]), None).await?.to_string();
                found.check(there.contains(&said) != may, || format!("{act} by {capacity}: {there}"));
            }
        }
        // On a restricted goal the role alone lets nobody do it: who is nothing to it does not find it.
        let (admin, org_owner) = (&scene.people[1].1, &scene.people[0].1);
        scene.app.api_ok(&scene.app.owner, "PATCH", "/orgs/calder", Some(json!({"settings": {"private_goals": true}}))).await?;
        let own = json!({"kind": "objective", "title": "Own", "level": "individual", "visibility": "restricted"});
        let own = id(&scene.app.api_ok(owner, "POST", "/orgs/calder/goals", Some(own)).await?)?;
        let said = id(&scene.app.api_ok(owner, "POST", &format!("/goals/{own}/comments"), Some(json!({"body": "b"}))).await?)?;
        let done = id(&scene.app.api_ok(owner, "POST", &format!("/goals/{own}/check-ins"), Some(json!({"value": 10}))).await?)?;
        for person in [admin, org_owner] {
            for path in [format!("/goals/{own}/comments/{said}"), format!("/goals/{own}/check-ins/{done}")] {
                let answer = scene.app.api(person, "DELETE", &path, None).await?;
                found.check(answer.status == 404, || format!("{path} of a restricted goal: {} {}", answer.status, answer.text));
            }
        }
        let above = scene.people.iter().find(|(name, _)| *name == "parent owner").map(|(_, person)| person).context("a person")?;
        scene.app.api_ok(above, "DELETE", &scene.path("/goals/{goal}"), None).await?;
        let back = scene.app.api(above, "POST", &scene.path("/goals/{goal}/restore"), None).await?;
        found.check(back.status == 200, || format!("taking back one's own deletion: {} {}", back.status, back.text));
        found.nothing();
        Ok(())
    }

    async fn every_capacity_at_the_posts_of_pages(db: Database) -> Result<()> {
        let scene = Scene::new(&db.store()).await?;
        let everybody: Vec<&str> = scene.people.iter().map(|(name, _)| *name).collect();
        let but_observers: Vec<&str> = everybody.iter().copied().filter(|who| *who != "observer").collect();
        let mut found = Found::default();
        for (path, fields, allowed) in [
            ("/goals/{goal}/check-ins", vec![("as", "progress"), ("progress", "30")], who_check_in()),
            ("/goals/{goal}/check-ins/preview", vec![("as", "progress"), ("progress", "30")], who_check_in()),
            ("/goals/{goal}/comments", vec![("text", "words")], everybody.clone()),
            ("/goals/{goal}/comments/{comment}/edit", vec![("text", "words"), ("version", "1")], vec!["owner"]),
            ("/goals/{goal}/check-ins/{check_in}/edit", vec![("note", "words"), ("value", "10")], vec!["org owner", "admin", "owner"]),
            ("/goals/{initiative}/tasks", vec![("name", "a task")], and(&["delegate"])),
            ("/goals/{goal}/clone", vec![("scope", "goal")], but_observers.clone()),
            ("/goals/{goal}/close", vec![("end", "closed")], and(&["delegate"])),
            ("/goals/{goal}/deletion", vec![], and(&["delegate"])),
            ("/teams/{team}/archive", vec![], vec!["org owner", "admin", "team owner"]),
            ("/teams/{team}/restoration", vec![], vec!["org owner", "admin", "team owner"]),
            ("/teams/{team}/settings", vec![("name", "Crew")], vec!["org owner", "admin", "team owner"]),
            ("/admin/periods/years", vec![("year", "2027")], vec!["org owner", "admin"]),
            ("/admin", vec![("name", "Calder"), ("slug", "calder"), ("join", "restricted")], vec!["org owner", "admin"]),
            ("/admin/model", vec![("okr_model", "classic")], vec!["org owner", "admin"]),
        ] {
            for (capacity, person) in &scene.people {
                let answer = scene.app.post(person, &scene.path(path), &fields).await?;
                let may = allowed.contains(capacity);
                found.check((answer.status == 403) != may && answer.status < 500 && answer.status != 404, || {
                    format!("{path} by {capacity}, who may {}: {} {}", if may { "" } else { "not" }, answer.status, answer.text.len())
                });
                if path.contains("/goals/{goal}/") {
                    scene.put_right().await?;
                }
                if path.ends_with("/archive") && may {
                    scene.app.api_ok(&scene.app.owner, "PATCH", &scene.path("/orgs/calder/teams/{team}"), Some(json!({"status": "active",
                        "owners": [scene.people[4].1.id]}))).await?;
                }
            }
        }
        found.nothing();
        Ok(())
    }

    async fn every_role_at_every_act_on_the_organisation(db: Database) -> Result<()> {
        let app = App::new(&db.store()).await?;
        let admin = app.person(Role::Admin).await?;
        let (lead, member) = (app.person(Role::Member).await?, app.person(Role::Member).await?);
        let observer = app.observer().await?;
        let team = json!({"name": "Crew", "owners": [lead.id]});
        let team = id(&app.api_ok(&app.owner, "POST", "/orgs/calder/teams", Some(team)).await?)?;
        let tag = id(&app.api_ok(&app.owner, "POST", "/orgs/calder/tags", Some(json!({"name": "t"}))).await?)?;
        let people = [("owner", &app.owner), ("admin", &admin), ("team owner", &lead), ("member", &member), ("observer", &observer)];
        let (all, admins, leads, members) = (
            vec!["owner", "admin", "team owner", "member", "observer"],
            vec!["owner", "admin"],
            vec!["owner", "admin", "team owner"],
            vec!["owner", "admin", "team owner", "member"],
        );
        let mut found = Found::default();
        for (act, method, path, body, allowed) in [
            ("see it", "GET", String::from("/orgs/calder"), Value::Null, &all),
            ("see people", "GET", String::from("/orgs/calder/members"), Value::Null, &all),
            ("see teams", "GET", String::from("/orgs/calder/teams"), Value::Null, &all),
            ("see periods", "GET", String::from("/orgs/calder/periods"), Value::Null, &all),
            ("settings", "PATCH", String::from("/orgs/calder"), json!({"mission": "m"}), &admins),
            ("add people", "POST", String::from("/orgs/calder/members"), json!({"email": "@", "name": "N"}), &admins),
            ("change people", "PATCH", format!("/orgs/calder/members/{}", member.id), json!({"time_zone": "Europe/Paris"}), &admins),
            ("make an admin", "POST", String::from("/orgs/calder/members"), json!({"email": "@", "name": "N", "role": "admin"}), &admins),
            ("make an owner", "POST", String::from("/orgs/calder/members"), json!({"email": "@", "name": "N", "role": "owner"}), &vec!["owner"]),
            ("make a team", "POST", String::from("/orgs/calder/teams"), json!({"name": "@"}), &leads),
            ("change the team", "PATCH", format!("/orgs/calder/teams/{team}"), json!({"description": "d"}), &leads),
            ("make a period", "POST", String::from("/orgs/calder/periods"), json!({"name": "@", "start_date": "2026-01-01", "end_date": "2026-01-31"}), &admins),
            ("make a tag", "POST", String::from("/orgs/calder/tags"), json!({"name": "@"}), &members),
            ("rename a tag", "PATCH", format!("/orgs/calder/tags/{tag}"), json!({"name": "@"}), &admins),
            ("see rows", "GET", String::from("/orgs/calder/rows"), Value::Null, &all),
            ("see what is due", "GET", String::from("/orgs/calder/due-check-ins"), Value::Null, &all),
            ("search", "GET", String::from("/orgs/calder/search?q=x"), Value::Null, &all),
            ("see standings", "GET", String::from("/orgs/calder/standings"), Value::Null, &all),
            ("samples of the organisation", "POST", String::from("/orgs/calder/sample-batches"), json!({"samples": ["sales-honest-forecast"]}), &leads),
            ("samples of one's own", "POST", String::from("/orgs/calder/sample-batches"), json!({"samples": ["sales-honest-forecast"], "level": "individual"}), &members),
            ("goal of the organisation", "POST", String::from("/orgs/calder/goals"), json!({"kind": "objective", "title": "t", "level": "organization"}), &leads),
            ("goal of the team", "POST", String::from("/orgs/calder/goals"), json!({"kind": "objective", "title": "t", "level": "team", "team_ids": [team]}), &leads),
            ("goal of one's own", "POST", String::from("/orgs/calder/goals"), json!({"kind": "objective", "title": "t", "level": "individual"}), &members),
            ("read the log", "GET", String::from("/orgs/calder/audit"), Value::Null, &admins),
            ("export", "GET", String::from("/orgs/calder/export?format=csv"), Value::Null, &admins),
            ("see imports", "GET", String::from("/orgs/calder/imports"), Value::Null, &admins),
            ("switch integrations", "PATCH", String::from("/orgs/calder/integrations/azure_devops"), json!({"enabled": true}), &admins),
            ("make a connection", "POST", String::from("/orgs/calder/connections"), json!({"kind": "azure_devops", "name": "@", "config": {"account": "a", "project": "p"}, "secret": {"pat": "x"}}), &members),
            ("invite", "POST", String::from("/orgs/calder/invitations"), json!({"people": "@", "role": "member"}), &admins),
            ("a token", "POST", String::from("/me/tokens"), json!({"name": "t", "scopes": ["read"]}), &members),
        ] {
            for (number, (role, person)) in people.iter().enumerate() {
                // Names that must be unlike.
                let unlike = format!("{}{number}@calder.test", act.replace(' ', "-"));
                let body = body.to_string().replace("\"@\"", &format!("\"{unlike}\""));
                let body = Some(serde_json::from_str::<Value>(&body)?).filter(|body| !body.is_null());
                let answer = app.api(person, method, &path, body).await?;
                let may = allowed.contains(role);
                let right = if may { answer.status < 300 } else { answer.status == 403 };
                found.check(right, || format!("{act} by {role}, who may {}: {} {}", if may { "" } else { "not" }, answer.status, answer.text));
            }
        }
        // An owner is removed by owners alone, and nobody raises themselves.
        let second = app.person(Role::Owner).await?;
        let path = format!("/orgs/calder/members/{}", second.id);
        for (method, body) in [("PATCH", Some(json!({"role": "member"}))), ("DELETE", None), ("PATCH", Some(json!({"status": "deactivated"})))] {
            let answer = app.api(&admin, method, &path, body).await?;
            found.check(answer.status == 403, || format!("{method} an owner by an admin: {} {}", answer.status, answer.text));
        }
        for (person, role) in [(&member, "admin"), (&admin, "owner"), (&observer, "member")] {
            let answer = app.api(person, "PATCH", &format!("/orgs/calder/members/{}", person.id), Some(json!({"role": role}))).await?;
            found.check(answer.status == 403, || format!("raising oneself to {role}: {} {}", answer.status, answer.text));
        }
        // Whoever is put out is out at once.
        app.api_ok(&app.owner, "PATCH", &format!("/orgs/calder/members/{}", member.id), Some(json!({"status": "deactivated"}))).await?;
        let token = app.api(&member, "GET", "/orgs/calder", None).await?.status;
        found.check([401, 404].contains(&token), || format!("still in by token: {token}"));
        let page = app.page(&member, "/explorer").await?;
        found.check(page.status == 303, || format!("still in by session: {}", page.status));
        found.nothing();
        Ok(())
    }
}
