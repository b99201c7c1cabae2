//! A request for every route of the API that would succeed if the caller may do it, with the scope that its token needs.

use northing_app::Scope;
use serde_json::{Value, json};

use crate::world::World;

/// A route of the API with what it needs.
pub(crate) struct Example {
    pub(crate) method: &'static str,
    /// The path as the document has it, after `/api/v1`.
    pub(crate) path: &'static str,
    pub(crate) scope: Scope,
    /// The body; none where there is none.
    pub(crate) body: Option<Value>,
    /// What follows the path.
    pub(crate) query: String,
}

/// Every route but the upload of files, whose body is a form: `POST /orgs/{org}/imports`.
#[expect(clippy::too_many_lines, reason = "one entry for each route")]
pub(crate) fn all(world: &World) -> Vec<Example> {
    use Scope::{Admin, CheckIn, Read, Write};
    let id = |name: &str| world.id(name).to_owned();
    let (goal, top, team, period, user) = (id("goal"), id("top"), id("team"), id("period"), id("user"));
    let selector = json!({"query_id": "q-scope"});
    let mut all = Vec::new();
    let mut add = |scope: Scope, method: &'static str, path: &'static str, body: Value| {
        let body = Some(body).filter(|body| !body.is_null());
        all.push(Example { method, path, scope, body, query: String::new() });
    };
    let none = || Value::Null;
    add(Read, "GET", "/me", none());
    add(
        Write,
        "PATCH",
        "/me",
        json!({"name": "Sesame Name", "title": "t", "department": "d", "time_zone": "Europe/Berlin"}),
    );
    add(Read, "GET", "/me/tokens", none());
    add(
        Admin,
        "POST",
        "/me/tokens",
        json!({"name": "t", "scopes": ["read"], "expires_in_days": 3, "organization": world.app.org}),
    );
    add(Write, "DELETE", "/me/tokens/{token}", none());
    add(Read, "GET", "/me/sessions", none());
    add(Write, "DELETE", "/me/sessions/{session}", none());

    add(Read, "GET", "/me/joinable", none());
    add(
        Write,
        "POST",
        "/me/join-requests",
        json!({"organization_id": world.id("elsewhere"), "message": "I work with them"}),
    );
    add(Write, "DELETE", "/me/join-requests/{my_request}", none());

    add(Read, "GET", "/orgs", none());
    add(
        Admin,
        "POST",
        "/orgs",
        json!({"name": "Sesame two", "slug": "two", "mission": "m", "vision": "v", "values": ["a"], "north_star": "n",
        "join": "public", "settings": {"okr_model": "classic"}}),
    );
    add(Read, "GET", "/orgs/{org}", none());
    add(
        Admin,
        "PATCH",
        "/orgs/{org}",
        json!({"name": "Sesame Street", "slug": "calder", "mission": "m", "vision": "v", "values": ["a"],
        "north_star": "n", "join": "restricted", "settings": {"shared_goals": true}}),
    );
    add(Admin, "GET", "/orgs/{org}/audit", none());
    add(Admin, "GET", "/orgs/{org}/export", none());

    add(Read, "GET", "/orgs/{org}/members", none());
    add(
        Admin,
        "POST",
        "/orgs/{org}/members",
        json!({"email": "new@calder.test", "name": "Sesame New", "role": "member", "manager_id": user,
        "time_zone": "Europe/Berlin", "status": "active"}),
    );
    add(Read, "GET", "/orgs/{org}/members/{user}", none());
    add(
        Admin,
        "PATCH",
        "/orgs/{org}/members/{user}",
        json!({"email": "m@calder.test", "name": "Sesame Member", "role": "member",
        "manager_id": world.app.owner.id, "time_zone": null, "status": "active"}),
    );
    add(
        Admin,
        "POST",
        "/orgs/{org}/invitations",
        json!({"people": "ann@calder.test", "role": "member", "team_id": team}),
    );
    add(Admin, "POST", "/orgs/{org}/members/{user}/link", none());
    add(Admin, "DELETE", "/orgs/{org}/members/{user}/link", none());

    add(Admin, "GET", "/orgs/{org}/join-requests", none());
    add(
        Admin,
        "POST",
        "/orgs/{org}/join-requests/{join_request}/refusal",
        json!({"reason": "not this year"}),
    );
    add(Admin, "POST", "/orgs/{org}/join-requests/{join_request}/acceptance", none());

    add(Read, "GET", "/orgs/{org}/teams", none());
    add(
        Write,
        "POST",
        "/orgs/{org}/teams",
        json!({"name": "Sesame below", "parent_id": team, "team_type": "squad", "description": "d",
        "owners": [user], "members": [world.app.owner.id], "status": "active"}),
    );
    add(Read, "GET", "/orgs/{org}/teams/{team}", none());
    add(
        Write,
        "PATCH",
        "/orgs/{org}/teams/{team}",
        json!({"name": "Sesame team", "parent_id": null, "team_type": "t", "description": "d",
        "owners": [world.app.owner.id], "members": [user], "goal_creation": "named", "creators": [user], "note_template": "n",
        "status": "active"}),
    );

    add(Read, "GET", "/orgs/{org}/periods", none());
    add(
        Admin,
        "POST",
        "/orgs/{org}/periods",
        json!({"name": "Sesame half", "kind": "custom", "start_date": "2026-01-01",
        "end_date": "2026-06-30", "is_current": false}),
    );
    add(Read, "GET", "/orgs/{org}/periods/{period}", none());
    add(
        Admin,
        "PATCH",
        "/orgs/{org}/periods/{period}",
        json!({"name": "Sesame time", "kind": "custom", "start_date": "2026-01-01",
        "end_date": "2026-03-31", "is_current": false}),
    );
    add(Admin, "POST", "/orgs/{org}/planning-years", json!({"year": 2027}));

    add(Read, "GET", "/orgs/{org}/goals", none());
    add(
        Write,
        "POST",
        "/orgs/{org}/goals",
        json!({"kind": "key_result", "title": "Sesame more", "description": "d", "level": "team",
        "team_ids": [team], "owner_ids": [user], "check_in_owner_id": user, "delegate_id": user, "period_id": period,
        "start_date": "2026-01-01", "due_date": "2026-03-31",
        "metric": {"kind": "increase", "name": "n", "unit": "u", "start": 0, "target": 10, "risk_threshold": null, "current": null},
        "phases": [{"date": "2026-01-31", "target": 3}], "progress_mode": "manual", "parents": [{"id": top}], "new_children_contribute": true,
        "committed": true, "scoring_guidance": "g", "tags": ["Sesame tag"], "visibility": "everyone", "align_restricted": false,
        "access": [{"user_id": user, "may_view": true, "may_edit": true, "may_align": true}]}),
    );
    add(Read, "GET", "/orgs/{org}/goals/deleted", none());
    add(
        Write,
        "POST",
        "/orgs/{org}/goals/clone",
        json!({"goal_ids": [goal], "period_id": period, "scope": "goal", "owner_id": user,
        "request_id": "r1"}),
    );
    add(
        Write,
        "POST",
        "/orgs/{org}/goals/edit",
        json!({"goal_ids": [goal], "owners": {"how": "add", "values": [user]}, "period_id": period, "level": "team",
        "team_ids": [team], "tags": {"how": "replace", "values": ["Sesame tag"]}, "dry_run": false}),
    );
    add(Read, "GET", "/goals/{goal}", none());
    add(
        Write,
        "PATCH",
        "/goals/{goal}",
        json!({"kind": "key_result", "title": "Sesame changed", "description": "d", "level": "team",
        "team_ids": [team], "owner_ids": [user], "check_in_owner_id": user, "delegate_id": user, "period_id": period,
        "start_date": "2026-01-01", "due_date": "2026-03-31",
        "metric": {"kind": "increase", "name": "n", "unit": "u", "start": 0, "target": 10, "risk_threshold": null, "current": 4},
        "phases": [{"date": "2026-01-31", "target": 3}], "progress_mode": "manual", "new_children_contribute": true, "committed": true,
        "scoring_guidance": "g", "tags": ["Sesame tag"], "visibility": "everyone", "align_restricted": false,
        "access": [{"user_id": user, "may_view": true, "may_edit": true, "may_align": true}]}),
    );
    add(Read, "GET", "/goals/{goal}/children", none());
    add(Read, "GET", "/goals/{goal}/ancestors", none());
    add(Read, "GET", "/goals/{goal}/tree", none());
    add(Write, "PUT", "/goals/{goal}/parents", json!([{"id": top}]));
    add(Read, "GET", "/goals/{goal}/contributions", none());
    add(
        Write,
        "PUT",
        "/goals/{goal}/contributions",
        json!({"shares": [{"child_id": goal, "share": 50}], "reset": false,
        "new_children_contribute": true}),
    );
    add(
        Write,
        "PUT",
        "/goals/{goal}/position",
        json!({"parent_id": top, "page": null, "entity_id": null, "before_id": null, "after_id": null}),
    );
    add(Read, "GET", "/goals/{goal}/activity", none());
    add(Read, "GET", "/goals/{goal}/closing", none());
    add(Read, "GET", "/goals/{goal}/access", none());
    add(Read, "GET", "/goals/{goal}/placement", none());
    add(Read, "GET", "/goals/{goal}/deletion", none());
    add(Read, "POST", "/goals/{goal}/parents/preview", json!([{"id": top}]));
    add(
        Read,
        "POST",
        "/goals/{goal}/contributions/preview",
        json!({"shares": [{"child_id": goal, "share": 50}], "reset": false, "new_children_contribute": true}),
    );
    add(Read, "GET", "/orgs/{org}/rows", none());
    add(Read, "GET", "/orgs/{org}/rows/counts", none());
    add(Read, "GET", "/orgs/{org}/due-check-ins", none());
    add(Read, "GET", "/orgs/{org}/search", none());
    add(Read, "GET", "/orgs/{org}/standings", none());
    add(Read, "GET", "/orgs/{org}/samples", none());
    add(Read, "GET", "/orgs/{org}/sample-batches", none());
    add(
        Write,
        "POST",
        "/orgs/{org}/sample-batches",
        json!({"samples": ["sales-honest-forecast"], "period_id": period, "level": "team", "team_id": team, "owner_id": user}),
    );
    add(Write, "DELETE", "/orgs/{org}/sample-batches/{batch}", none());

    add(Read, "GET", "/goals/{goal}/tasks", none());
    add(
        Write,
        "POST",
        "/goals/{goal}/tasks",
        json!({"name": "Sesame second", "kind": "task", "owner_id": user, "due_date": "2026-03-01",
        "weight": null, "done": false}),
    );
    add(
        Write,
        "PATCH",
        "/goals/{goal}/tasks/{task}",
        json!({"name": "Sesame task", "kind": "task", "owner_id": user,
        "due_date": "2026-03-01", "weight": null, "done": true, "position": 1}),
    );
    add(Write, "DELETE", "/goals/{goal}/tasks/{task}", none());

    add(Read, "GET", "/goals/{goal}/check-ins", none());
    add(
        CheckIn,
        "POST",
        "/goals/{goal}/check-ins",
        json!({"value": 5, "progress": null, "status": "on_track", "note": "Sesame words",
        "stop_automatic": false, "resume_automatic": false, "as_of": null}),
    );
    add(
        CheckIn,
        "POST",
        "/goals/{goal}/check-ins/preview",
        json!({"value": 5, "progress": null, "status": "on_track", "note": "n",
        "stop_automatic": false, "resume_automatic": false, "as_of": "2026-02-01"}),
    );
    add(Read, "GET", "/goals/{goal}/check-ins/{check_in}", none());
    add(
        CheckIn,
        "PATCH",
        "/goals/{goal}/check-ins/{check_in}",
        json!({"value": 6, "progress": null, "status": "on_track", "note": "n"}),
    );
    add(
        CheckIn,
        "POST",
        "/goals/{goal}/check-ins/{check_in}/preview",
        json!({"value": 6, "progress": null, "status": "on_track", "note": "n"}),
    );
    add(CheckIn, "GET", "/goals/{goal}/check-ins/{check_in}/deletion", none());
    add(Read, "GET", "/goals/{goal}/history", none());
    add(Read, "GET", "/goals/{goal}/comments", none());
    add(
        CheckIn,
        "POST",
        "/goals/{goal}/comments",
        json!({"body": "Sesame words", "check_in_id": id("check_in")}),
    );
    add(CheckIn, "PATCH", "/goals/{goal}/comments/{comment}", json!({"body": "Sesame other words"}));
    add(CheckIn, "DELETE", "/goals/{goal}/comments/{comment}", none());
    add(CheckIn, "DELETE", "/goals/{goal}/check-ins/{check_in}", none());

    add(Read, "GET", "/orgs/{org}/tags", none());
    add(Write, "POST", "/orgs/{org}/tags", json!({"name": "Sesame other tag"}));
    add(Read, "GET", "/orgs/{org}/tags/{tag}", none());
    add(Admin, "PATCH", "/orgs/{org}/tags/{tag}", json!({"name": "Sesame renamed"}));
    add(Admin, "DELETE", "/orgs/{org}/tags/{tag}", none());

    add(Read, "GET", "/orgs/{org}/integrations", none());
    add(Admin, "PATCH", "/orgs/{org}/integrations/{kind}", json!({"enabled": true, "write_back": false}));
    add(Read, "GET", "/orgs/{org}/connections", none());
    add(
        Write,
        "POST",
        "/orgs/{org}/connections",
        json!({"kind": "azure_devops", "name": "Sesame other", "shared": false,
        "config": {"account": "sesame", "project": "p"}, "secret": {"pat": "x"}, "expires_on": "2026-12-31"}),
    );
    add(Read, "GET", "/orgs/{org}/connections/{connection}", none());
    add(
        Write,
        "PATCH",
        "/orgs/{org}/connections/{connection}",
        json!({"name": "Sesame boards", "shared": true,
        "config": {"account": "sesame", "project": "p"}, "secret": {"pat": "x"}, "expires_on": null}),
    );
    add(Read, "POST", "/orgs/{org}/connections/{connection}/test", none());
    add(Read, "GET", "/connections/{connection}/browse", none());
    add(Read, "GET", "/connections/{connection}/measures", none());
    add(
        Read,
        "POST",
        "/connections/{connection}/preview",
        json!({"selector": selector, "mode": "percent", "measure": "count",
        "count_only_completed": true, "resolved_counts": false, "leave_out_removed": false}),
    );
    add(Read, "GET", "/goals/{goal}/link", none());
    add(
        Write,
        "PUT",
        "/goals/{goal}/link",
        json!({"connection_id": id("connection"), "mode": "percent", "selector": selector,
        "measure": "count", "count_only_completed": true, "resolved_counts": false, "leave_out_removed": false, "with_tasks": false}),
    );
    add(Write, "DELETE", "/goals/{goal}/link", none());
    add(CheckIn, "POST", "/goals/{goal}/link/sync", none());
    add(Write, "POST", "/goals/{goal}/link/backfill", none());
    add(Read, "GET", "/goals/{goal}/link/items", none());
    add(Read, "GET", "/goals/{goal}/link/syncs", none());
    add(Read, "GET", "/orgs/{org}/connections/{connection}/syncs", none());
    add(Read, "GET", "/orgs/{org}/integrations/{kind}/syncs", none());
    add(Admin, "GET", "/orgs/{org}/integrations/{kind}/embedding", none());
    add(
        Admin,
        "PUT",
        "/orgs/{org}/integrations/{kind}/embedding",
        json!({"origins": ["https://sesame.example"], "key": "sesame-key"}),
    );
    add(CheckIn, "POST", "/goals/{goal}/nudge", json!({"comment": "how is it?"}));
    add(Read, "GET", "/orgs/{org}/notices", none());
    add(CheckIn, "DELETE", "/orgs/{org}/notices/{notice}", none());
    add(Write, "DELETE", "/orgs/{org}/connections/{connection}", none());

    add(Admin, "GET", "/orgs/{org}/imports", none());
    add(Admin, "GET", "/orgs/{org}/imports/{import}", none());
    add(Admin, "GET", "/orgs/{org}/imports/{import}/lines", none());
    add(
        Admin,
        "POST",
        "/orgs/{org}/imports/{import}/run",
        json!({"dry_run": true, "mapping": {"new_people": "deactivated", "people": {},
        "types": {}, "periods": {}, "statuses": {}}}),
    );
    add(Admin, "DELETE", "/orgs/{org}/imports/{import}", none());

    add(
        Write,
        "POST",
        "/goals/{goal}/close",
        json!({"value": 9, "score": 0.9, "note": "n", "continue_in": null}),
    );
    add(Write, "POST", "/goals/{goal}/reopen", json!({"note": "Sesame reason"}));
    add(
        Write,
        "POST",
        "/goals/{goal}/clone",
        json!({"period_id": period, "scope": "goal", "owner_id": user, "parents": [top],
        "request_id": "r2"}),
    );
    add(Write, "DELETE", "/goals/{goal}", none());
    add(Write, "POST", "/goals/{goal}/restore", none());
    add(
        Write,
        "POST",
        "/goals/{goal}/postpone",
        json!({"period_id": id("next"), "progress": "reset", "note": "n"}),
    );
    add(Write, "DELETE", "/orgs/{org}/teams/{team}", none());
    add(Admin, "DELETE", "/orgs/{org}/periods/{period}", none());
    add(Admin, "DELETE", "/orgs/{org}/members/{user}", none());
    for example in &mut all {
        if example.path.ends_with("/export") {
            example.query = String::from("?format=csv");
        }
        if example.path.ends_with("/search") {
            example.query = String::from("?q=Sesame");
        }
        if example.path.ends_with("/standings") {
            example.query = format!("?team={}", world.id("team"));
        }
    }
    all
}
