//! From an address to what it asks for. Project and team are optional in every route and may be names or identifiers.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::answer::{self, Answer};
use super::world::{Identity, Project, World};
use super::{items, queries};

/// A request after it was let in.
pub(super) struct Call<'a> {
    pub(super) method: &'a str,
    /// Decoded segments below the account.
    pub(super) path: &'a [String],
    pub(super) query: &'a HashMap<String, String>,
    pub(super) body: &'a [u8],
    pub(super) identity: &'a Identity,
}

impl Call<'_> {
    fn parameter(&self, name: &str) -> Option<&str> {
        self.query.get(name).or_else(|| self.query.get(&format!("${name}"))).map(String::as_str)
    }
}

/// Answers a request.
pub(super) fn answer(world: &mut World, call: &Call<'_>) -> Answer {
    let Some(at) = call.path.iter().position(|part| part == "_apis") else {
        return answer::html(404, "The page was not found");
    };
    let (before, after) = call.path.split_at(at);
    let rest: Vec<&str> = after.iter().skip(1).map(String::as_str).collect();
    let project = match before.first() {
        None => None,
        Some(name) => match world.find_project(name) {
            Some(project) if !call.identity.blind_to.contains(&project.id) => Some(project.clone()),
            _ => {
                let message = format!("TF200016: The following project does not exist: {name}.");
                return answer::typed_error(404, &message, "ProjectDoesNotExistWithNameException");
            }
        },
    };
    match (call.method, rest.as_slice()) {
        ("GET", ["connectionData"]) => connection_data(call.identity),
        ("GET", ["resourceAreas", ..]) => answer::many(Vec::new()),
        ("GET", ["projects"]) => projects(world, call),
        ("GET", ["projects", name]) => match world.find_project(name) {
            Some(project) if !call.identity.blind_to.contains(&project.id) => answer::ok(&shown(project)),
            _ => {
                let message = format!("TF200016: The following project does not exist: {name}.");
                answer::typed_error(404, &message, "ProjectDoesNotExistWithNameException")
            }
        },
        ("GET", ["wit", "fields"]) => answer::many(
            world
                .fields()
                .into_iter()
                .map(|(reference, name, kind)| {
                    json!({ "referenceName": reference, "name": name, "type": kind, "isQueryable": true,
                        "usage": "workItem", "isIdentity": kind == "identity" })
                })
                .collect(),
        ),
        ("POST", ["wit", "workitemsbatch"]) => items::batch(world, call.identity, call.body),
        ("GET", ["wit", "workitems"]) => {
            let ids = call.parameter("ids").unwrap_or("").split(',').filter_map(|id| id.trim().parse().ok());
            let fields = call.parameter("fields").map(|it| it.split(',').map(ToOwned::to_owned).collect());
            let omit = call.parameter("errorPolicy") == Some("omit");
            let as_of = call.parameter("asOf").and_then(|it| it.parse().ok());
            items::read(world, call.identity, &ids.collect::<Vec<_>>(), fields, as_of, omit)
        }
        ("GET", ["wit", "workitems", id]) => {
            let id = id.parse().unwrap_or(0);
            let related = matches!(call.parameter("expand"), Some("relations" | "all" | "Relations" | "All"));
            items::one(world, call.identity, id, related)
        }
        ("PATCH", ["wit", "workitems", id]) => {
            items::patch(world, call.identity, id.parse().unwrap_or(0), call.body)
        }
        ("POST", ["hooks", "subscriptions"]) => {
            let Ok(mut made) = serde_json::from_slice::<Map<String, Value>>(call.body) else {
                return answer::error(400, "The subscription is invalid.");
            };
            let id = format!("subscription-{}", world.subscriptions.len() + 1);
            made.insert("id".into(), json!(id));
            let made = Value::Object(made);
            world.subscriptions.push(made.clone());
            answer::ok(&made)
        }
        ("POST", ["wit", "wiql"]) => {
            let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
            let Some(text) = body.get("query").and_then(Value::as_str) else {
                return answer::error(400, "The query is missing.");
            };
            queries::run(world, call.identity, project.as_ref(), text, top(call))
        }
        (method, rest) => match &project {
            Some(project) => in_project(world, call, project, method, rest),
            None => answer::error(404, "The controller for this path was not found."),
        },
    }
}

fn top(call: &Call<'_>) -> Option<usize> {
    call.parameter("top").and_then(|top| top.parse().ok())
}

fn in_project(world: &World, call: &Call<'_>, project: &Project, method: &str, rest: &[&str]) -> Answer {
    let expand = call.parameter("expand").unwrap_or("none");
    let depth: u32 = call.parameter("depth").and_then(|depth| depth.parse().ok()).unwrap_or(0);
    if depth > 2 {
        return answer::error(400, "VS403361: The depth of a query tree may be 2 at the most.");
    }
    match (method, rest) {
        ("GET", ["wit", "queries"]) => match call.parameter("filter") {
            Some(words) => {
                let mut found = Vec::new();
                queries::search(&project.queries, "", words, expand, &mut found);
                let most = top(call).unwrap_or(50).min(200);
                let more = found.len() > most;
                found.truncate(most);
                answer::ok(&json!({ "count": found.len(), "hasMore": more, "value": found }))
            }
            None => {
                answer::many(project.queries.iter().map(|it| queries::shown(it, "", depth, expand)).collect())
            }
        },
        ("GET", ["wit", "queries", wanted @ ..]) => {
            match queries::find(&project.queries, "", &wanted.join("/")) {
                Some((node, folder)) => answer::ok(&queries::shown(node, &folder, depth, expand)),
                None => missing_query(),
            }
        }
        ("POST", ["wit", "queriesbatch"]) => {
            let body: Value = serde_json::from_slice(call.body).unwrap_or_default();
            let ids = body.get("ids").and_then(Value::as_array).cloned().unwrap_or_default();
            let expand = body.get("$expand").and_then(Value::as_str).unwrap_or("none").to_owned();
            let found = ids.iter().filter_map(|id| {
                let (node, folder) = queries::find(&project.queries, "", id.as_str()?)?;
                Some(queries::shown(node, &folder, 0, &expand))
            });
            answer::many(found.collect())
        }
        ("GET", ["wit", "wiql", id]) => match queries::find(&project.queries, "", id) {
            Some((node, _)) => match &node.wiql {
                Some(text) => queries::run(world, call.identity, Some(project), text, top(call)),
                None => answer::error(400, "Querying folders is not supported."),
            },
            None => missing_query(),
        },
        ("GET", ["wit", "workitemtypes"]) => answer::many(
            project
                .process
                .types
                .iter()
                .map(|(name, states)| {
                    json!({ "name": name, "referenceName": format!("Double.{}", name.replace(' ', "")),
                        "color": "009CCC", "isDisabled": false, "states": states_of(states) })
                })
                .collect(),
        ),
        ("GET", ["wit", "workitemtypes", kind, "states"]) if project.hidden_states => {
            answer::error(403, &format!("TF50309: The states of {kind} may not be read."))
        }
        ("GET", ["wit", "workitemtypes", kind, "states"]) => match project.process.states(kind) {
            Some(states) => answer::many(states_of(states)),
            None => {
                answer::error(404, &format!("VS402323: Work item type {kind} does not exist in project."))
            }
        },
        _ => answer::error(404, "The controller for this path was not found."),
    }
}

fn states_of(states: &[super::process::State]) -> Vec<Value> {
    states
        .iter()
        .map(|(name, category)| json!({ "name": name, "color": "b2b2b2", "category": category }))
        .collect()
}

fn missing_query() -> Answer {
    let message = "TF401243: The query does not exist, or you do not have permission to read it.";
    answer::typed_error(404, message, "QueryItemNotFoundException")
}

fn shown(project: &Project) -> Value {
    json!({ "id": project.id, "name": project.name, "url": "", "state": "wellFormed", "revision": 1,
        "visibility": "private", "lastUpdateTime": "2026-01-05T08:00:00Z" })
}

/// Projects in pages, as far as they can be seen.
fn projects(world: &World, call: &Call<'_>) -> Answer {
    let all: Vec<Value> =
        world.projects.iter().filter(|it| !call.identity.blind_to.contains(&it.id)).map(shown).collect();
    let skip: usize = call.parameter("continuationToken").and_then(|token| token.parse().ok()).unwrap_or(0);
    let most = top(call).unwrap_or(100);
    let page: Vec<Value> = all.iter().skip(skip).take(most).cloned().collect();
    let next = skip + page.len();
    let mut found = answer::many(page);
    if next < all.len()
        && let Ok(token) = next.to_string().parse()
    {
        found.headers_mut().insert("x-ms-continuationtoken", token);
    }
    found
}

fn connection_data(identity: &Identity) -> Answer {
    let user = json!({ "id": identity.id, "descriptor": format!("double.Identity;{}", identity.id),
        "subjectDescriptor": "aad.double", "providerDisplayName": identity.name, "isActive": true,
        "properties": { "Account": { "$type": "System.String", "$value": identity.email } } });
    answer::ok(&json!({ "authenticatedUser": user, "authorizedUser": user,
        "instanceId": "1d1d1d1d-1111-4111-8111-111111111111", "deploymentId": "2d2d2d2d-2222-4222-8222-222222222222",
        "deploymentType": "hosted", "locationServiceData": { "serviceOwner": "00025394-6065-48ca-87d9-7f5672854ef7" } }))
}
