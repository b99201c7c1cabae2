//! Pages for people, in the demonstration: a query with what it matches, and a work item whose state can be changed. Plain on purpose:
//! the real service has better ones, and these are only where links from Northing lead.

use std::collections::HashMap;

use axum::http::{HeaderValue, header};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::queries;
use super::wiql::{self, Asker};
use super::world::{Identity, Project, Revision, World};

/// What a browser asks for.
pub(super) struct Visit<'a> {
    pub(super) method: &'a str,
    /// The path below the account, still encoded.
    pub(super) path: &'a str,
    pub(super) account: &'a str,
    pub(super) body: &'a [u8],
}

/// The page, where the path is that of one.
pub(super) fn answer(world: &mut World, visit: &Visit<'_>) -> Option<Answer> {
    let path: Vec<String> = visit
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    match (visit.method, path.as_slice()) {
        ("GET", []) => Some(page("Azure DevOps, a double", &front(world, visit.account))),
        ("GET", [project, "_queries", "query", id]) => query(world, visit.account, project, id),
        ("GET", [_, "_workitems", "edit", id]) => item(world, visit.account, id.parse().ok()?),
        ("POST", [_, "_workitems", "edit", id]) => change(world, visit, id.parse().ok()?),
        _ => None,
    }
}

fn front(world: &World, account: &str) -> String {
    let mut text = String::from("<p>Stands in for the real service. It forgets everything when it ends.</p>");
    for project in &world.projects {
        text.push_str(&format!("<h2>{}</h2><ul>", escaped(&project.name)));
        for (id, name) in every_query(project) {
            let to = address(account, &[&project.name, "_queries", "query", &id]);
            text.push_str(&format!("<li><a href=\"{to}\">{}</a></li>", escaped(&name)));
        }
        text.push_str("</ul>");
    }
    text
}

fn every_query(project: &Project) -> Vec<(String, String)> {
    let mut found = Vec::new();
    queries::search(&project.queries, "", "", "none", &mut found);
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or("").to_owned();
    found.iter().map(|it| (text(it, "id"), text(it, "path"))).collect()
}

/// Whoever looks sees what the first token sees.
fn visitor(world: &World) -> Option<Identity> {
    world.tokens.values().next().cloned()
}

fn query(world: &World, account: &str, project: &str, id: &str) -> Option<Answer> {
    let project = world.find_project(project)?;
    let (node, _) = queries::find(&project.queries, "", id)?;
    let query = wiql::parse(node.wiql.as_deref()?).ok()?;
    let identity = visitor(world)?;
    let asker = Asker { world, identity: &identity, project: Some(project) };
    let mut rows = String::new();
    for id in queries::matched(&asker, &query) {
        let Some(revision) = world.at(id, None) else { continue };
        let to =
            address(account, &[&text(revision, "System.TeamProject"), "_workitems", "edit", &id.to_string()]);
        rows.push_str(&format!(
            "<tr><td>{id}</td><td>{}</td><td><a href=\"{to}\">{}</a></td><td>{}</td></tr>",
            escaped(&text(revision, "System.WorkItemType")),
            escaped(&text(revision, "System.Title")),
            escaped(&text(revision, "System.State")),
        ));
    }
    let table = format!("<table><tr><th>ID</th><th>Type</th><th>Title</th><th>State</th></tr>{rows}</table>");
    Some(page(&node.name, &table))
}

fn item(world: &World, account: &str, id: u64) -> Option<Answer> {
    let revision = world.at(id, None)?;
    let project = world.find_project(&text(revision, "System.TeamProject"))?;
    let kind = text(revision, "System.WorkItemType");
    let (state, title) = (text(revision, "System.State"), text(revision, "System.Title"));
    let action = address(account, &[&project.name, "_workitems", "edit", &id.to_string()]);
    let buttons: String = project
        .process
        .states(&kind)?
        .iter()
        .filter(|(name, _)| *name != state)
        .map(|(name, _)| format!("<button name=\"state\" value=\"{0}\">{0}</button> ", escaped(name)))
        .collect();
    let links: String = world
        .items
        .get(&id)?
        .hyperlinks
        .iter()
        .map(|link| format!("<li><a href=\"{0}\">{0}</a></li>", escaped(link)))
        .collect();
    let body = format!(
        "<p>{} · {} · assigned to {}</p><p>State: <strong>{}</strong></p>\
         <form method=\"post\" action=\"{action}\"><p>Change it to {buttons}</p></form><ul>{links}</ul>",
        escaped(&kind),
        escaped(&project.name),
        escaped(&text(revision, "System.AssignedTo")),
        escaped(&state)
    );
    Some(page(&format!("{id} {title}"), &body))
}

fn change(world: &mut World, visit: &Visit<'_>, id: u64) -> Option<Answer> {
    let form: HashMap<String, String> = form_urlencoded::parse(visit.body).into_owned().collect();
    let wanted = form.get("state")?;
    let revision = world.at(id, None)?;
    let project = world.find_project(&text(revision, "System.TeamProject"))?;
    let states = project.process.states(&text(revision, "System.WorkItemType"))?;
    states.iter().find(|(name, _)| name == wanted)?;
    let now = world.now;
    world.change(id, now, json!({ "System.State": wanted }));
    let to = format!("/{}/{}", visit.account, visit.path);
    let mut moved = answer::html(303, "Changed");
    moved.headers_mut().insert(header::LOCATION, HeaderValue::from_str(&to).ok()?);
    Some(moved)
}

fn text(revision: &Revision, field: &str) -> String {
    match revision.fields.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Object(person)) => {
            person.get("displayName").and_then(Value::as_str).unwrap_or("").to_owned()
        }
        _ => String::new(),
    }
}

fn address(account: &str, parts: &[&str]) -> String {
    let parts: Vec<String> =
        parts.iter().map(|part| utf8_percent_encode(part, NON_ALPHANUMERIC).to_string()).collect();
    format!("/{account}/{}", parts.join("/").replace("%5F", "_"))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(title: &str, body: &str) -> Answer {
    let title = escaped(title);
    answer::with(
        200,
        "text/html; charset=utf-8",
        format!("<!DOCTYPE html><html lang=\"en\"><title>{title}</title><h1>{title}</h1>{body}</html>"),
    )
}
