//! An organisation with one of everything, each with a name that gives it away where it should not be seen.

use anyhow::{Context, Result};
use northing_core::people::Role;
use northing_store::Store;
use northing_testkit::front_door::{App, Person};
use serde_json::{Value, json};

/// What every name in the organisation holds.
pub(crate) const MARK: &str = "Sesame";

/// The organisation.
pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) store: Store,
    /// Somebody who may do what members may.
    pub(crate) member: Person,
    /// What stands for the parameters of a path.
    ids: Vec<(&'static str, String)>,
}

fn id(made: &Value) -> Result<String> {
    Ok(made["id"].as_str().with_context(|| format!("no id: {made}"))?.to_owned())
}

impl World {
    pub(crate) async fn new(store: Store) -> Result<Self> {
        let app = App::new(&store).await?;
        let member = app.person(Role::Member).await?;
        let owner = &app.owner;
        let make = async |path: &str, body: Value| app.api_ok(owner, "POST", path, Some(body)).await;
        let named = json!({"name": "Sesame Street", "mission": "Sesame mission", "settings": {"shared_goals": true, "multiple_alignment": true,
            "private_goals": true}});
        app.api_ok(owner, "PATCH", "/orgs/calder", Some(named)).await?;
        app.api_ok(owner, "PATCH", "/orgs/calder/integrations/azure_devops", Some(json!({"enabled": true})))
            .await?;
        let person = format!("/orgs/calder/members/{}", member.id);
        app.api_ok(owner, "PATCH", &person, Some(json!({"name": "Sesame Member"}))).await?;
        let team = id(&make(
            "/orgs/calder/teams",
            json!({"name": "Sesame team", "owners": [owner.id], "members": [member.id]}),
        )
        .await?)?;
        let period = id(&make(
            "/orgs/calder/periods",
            json!({"name": "Sesame time", "start_date": "2026-01-01", "end_date": "2026-03-31"}),
        )
        .await?)?;
        let spare_team = id(&make("/orgs/calder/teams", json!({"name": "Sesame spare"})).await?)?;
        let later = json!({"name": "Sesame later", "start_date": "2027-01-01", "end_date": "2027-03-31"});
        let spare_period = id(&make("/orgs/calder/periods", later).await?)?;
        let goals = "/orgs/calder/goals";
        let top = json!({"kind": "objective", "title": "Sesame objective", "description": "Sesame prose", "level": "team",
            "team_ids": [team], "period_id": period, "tags": ["Sesame tag"]});
        let top = id(&make(goals, top).await?)?;
        let below = json!({"kind": "key_result", "title": "Sesame result", "parents": [{"id": top}],
            "metric": {"kind": "increase", "start": 0, "target": 10, "unit": "t"}});
        let goal = id(&make(goals, below).await?)?;
        let initiative = id(&make(
            goals,
            json!({"kind": "initiative", "title": "Sesame initiative", "parents": [{"id": top}]}),
        )
        .await?)?;
        let task = id(&make(&format!("/goals/{initiative}/tasks"), json!({"name": "Sesame task"})).await?)?;
        let check_in = json!({"value": 4, "note": "Sesame note"});
        let check_in = id(&make(&format!("/goals/{goal}/check-ins"), check_in).await?)?;
        let comment = id(&make(&format!("/goals/{goal}/comments"), json!({"body": "Sesame remark"})).await?)?;
        let tags = app.api_ok(owner, "GET", "/orgs/calder/tags", None).await?;
        let connection = json!({"kind": "azure_devops", "name": "Sesame boards", "shared": true,
            "config": {"account": "sesame-account", "project": "Sesame project"}, "secret": {"pat": "sesame-secret"}, "expires_on": "2026-02-20"});
        let connection = id(&make("/orgs/calder/connections", connection).await?)?;
        app.northing.warn_of_ending_tokens().await?;
        let notices = app.api_ok(owner, "GET", "/orgs/calder/notices", None).await?;
        let tokens = app.api_ok(owner, "GET", "/me/tokens", None).await?;
        let sessions = app.api_ok(owner, "GET", "/me/sessions", None).await?;
        let fields = [("pick", "sales-honest-forecast"), ("period", &*period), ("whose", "organization")];
        let samples = app.post(owner, "/samples", &fields).await?;
        let batch = samples.header("location").rsplit('/').next().context("no samples")?.to_owned();
        let sheet = b"Title,Team,Owner,Period,End Date,Object Type,Progress %\nSesame import,,,Sesame time,2026-03-31,Objective,10\n".as_slice();
        let import = app
            .upload(owner, "/orgs/calder/imports", &[("dry_run", "true")], &[("sesame.csv", sheet)])
            .await?;
        let import =
            import.json()["id"].as_str().with_context(|| format!("no import: {}", import.text))?.to_owned();
        while app.northing.work_once("test").await? {}
        // Two people of other organisations ask to join, and the owner asks one of theirs; then nobody else finds this one.
        let (one, other) = (app.stranger().await?, app.stranger().await?);
        let takes = |on: bool| Some(json!({"settings": {"join_requests": on}}));
        let mut requests = Vec::new();
        app.api_ok(owner, "PATCH", "/orgs/calder", takes(true)).await?;
        for by in [&one, &other] {
            app.api_ok(by, "PATCH", &format!("/orgs/{}", by.actor.org_id), takes(true)).await?;
            let asked = json!({"organization_id": app.org, "message": "Sesame plea"});
            requests.push(id(&app.api_ok(by, "POST", "/me/join-requests", Some(asked)).await?["request"])?);
        }
        app.api_ok(owner, "PATCH", "/orgs/calder", takes(false)).await?;
        let mine = json!({"organization_id": one.actor.org_id});
        let mine = id(&app.api_ok(owner, "POST", "/me/join-requests", Some(mine)).await?["request"])?;
        let ids = vec![
            ("org", app.org.to_string()),
            ("user", member.id.to_string()),
            ("person", member.id.to_string()),
            ("team", team),
            ("period", period),
            ("next", app.period("Q2 2026").await?.to_string()),
            ("spare_team", spare_team),
            ("spare_period", spare_period),
            ("top", top),
            ("goal", goal.clone()),
            ("initiative", initiative),
            ("task", task),
            ("check_in", check_in),
            ("comment", comment),
            ("tag", id(&tags["items"][0])?),
            ("connection", connection),
            ("notice", id(&notices["items"][0])?),
            ("token", id(&tokens["items"][0])?),
            ("session", id(&sessions["items"][0])?),
            ("join_request", requests.remove(0)),
            ("spare_request", requests.remove(0)),
            ("my_request", mine),
            ("elsewhere", other.actor.org_id.to_string()),
            ("batch", batch),
            ("import", import),
            // Moves are kept for an undo under the number of their change; any number will do where the goal is not seen.
            ("change", goal),
            ("kind", String::from("azure_devops")),
            ("project", String::from("p")),
            ("item", String::from("1")),
            ("field", String::from("owner")),
            ("part", String::from("metric")),
            ("secret", String::from("no-such-secret")),
            ("build", String::from("0")),
            ("*name", String::from("app.css")),
        ];
        Ok(Self { store, member, ids, app })
    }

    /// What stands for a parameter.
    pub(crate) fn id(&self, name: &str) -> &str {
        self.ids.iter().find(|(key, _)| *key == name).map_or("", |(_, id)| id)
    }

    /// A path with everything filled in.
    pub(crate) fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        // Tasks are those of initiatives, shares those of goals with children.
        if path.contains("/tasks") || path.ends_with("/link") {
            path = path.replace("{goal}", self.id("initiative"));
        }
        if path.contains("/contributions") {
            path = path.replace("{goal}", self.id("top"));
        }
        // Who was declined can't be accepted any more.
        if path.ends_with("/acceptance") {
            path = path.replace("{join_request}", self.id("spare_request"));
        }
        for (name, id) in &self.ids {
            path = path.replace(&format!("{{{name}}}"), id);
        }
        assert!(!path.contains('{'), "nothing stands for a parameter of {template}");
        path
    }
}
