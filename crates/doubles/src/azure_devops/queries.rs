//! Saved queries: the tree, search, and running them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::wiql::{self, Asker, Condition, Mode, Side, Wiql};
use super::world::{HIERARCHY, Identity, Node, Project, World};

/// A query or folder as the service shows it, with so many levels of children.
pub(super) fn shown(node: &Node, folder: &str, depth: u32, expand: &str) -> Value {
    let path = if folder.is_empty() { node.name.clone() } else { format!("{folder}/{}", node.name) };
    let mut value = json!({ "id": node.id, "name": node.name, "path": path, "isPublic": node.public });
    let Some(object) = value.as_object_mut() else { return value };
    match &node.wiql {
        None => {
            object.insert("isFolder".into(), json!(true));
            object.insert("hasChildren".into(), json!(!node.children.is_empty()));
            if depth > 0 && !node.children.is_empty() {
                let children = node.children.iter().map(|child| shown(child, &path, depth - 1, expand));
                object.insert("children".into(), children.collect());
            }
        }
        Some(text) => {
            object.insert("queryType".into(), json!(kind(text)));
            if node.broken {
                object.insert("isInvalidSyntax".into(), json!(true));
            }
            if matches!(expand, "wiql" | "all") {
                object.insert("wiql".into(), json!(text));
            }
        }
    }
    value
}

fn kind(text: &str) -> &'static str {
    match wiql::parse(text) {
        Ok(Wiql { links: true, mode: Mode::Recursive, .. }) => "tree",
        Ok(Wiql { links: true, .. }) => "oneHop",
        _ => "flat",
    }
}

/// A node with the path of its folder, by identifier or path.
pub(super) fn find<'a>(nodes: &'a [Node], folder: &str, wanted: &str) -> Option<(&'a Node, String)> {
    for node in nodes {
        let path = if folder.is_empty() { node.name.clone() } else { format!("{folder}/{}", node.name) };
        if node.id.eq_ignore_ascii_case(wanted) || path.eq_ignore_ascii_case(wanted) {
            return Some((node, folder.to_owned()));
        }
        if let Some(found) = find(&node.children, &path, wanted) {
            return Some(found);
        }
    }
    None
}

/// Every query whose name contains a text.
pub(super) fn search(nodes: &[Node], folder: &str, words: &str, expand: &str, into: &mut Vec<Value>) {
    for node in nodes {
        let path = if folder.is_empty() { node.name.clone() } else { format!("{folder}/{}", node.name) };
        if node.wiql.is_some() && node.name.to_lowercase().contains(&words.to_lowercase()) {
            into.push(shown(node, folder, 0, expand));
        }
        search(&node.children, &path, words, expand, into);
    }
}

/// Runs a query.
pub(super) fn run(
    world: &World,
    identity: &Identity,
    project: Option<&Project>,
    text: &str,
    top: Option<usize>,
) -> Answer {
    let query = match wiql::parse(text) {
        Ok(query) => query,
        Err(refusal) => return answer::typed_error(400, &refusal, "WorkItemTrackingQueryException"),
    };
    let mut named = query.columns.clone();
    if let Some(condition) = &query.condition {
        condition.fields(&mut named);
    }
    let known = world.fields();
    let exists = |field: &String| {
        known.iter().any(|(reference, name, _)| {
            reference.eq_ignore_ascii_case(field) || name.eq_ignore_ascii_case(field)
        })
    };
    if let Some(missing) = named.iter().find(|field| !exists(field)) {
        let message = format!(
            "TF51005: The query references a field that does not exist. The error is caused by \u{ab}[{missing}]\u{bb}."
        );
        return answer::typed_error(400, &message, "WorkItemTrackingQueryException");
    }
    let asker = Asker { world, identity, project };
    let (rows, found) = if query.links { links(&asker, &query) } else { flat(&asker, &query) };
    if found.len() > world.limit {
        let message = format!(
            "VS402337: The number of work items returned exceeds the size limit of {}. Change the query to return fewer items.",
            world.limit
        );
        return answer::typed_error(400, &message, "WorkItemTrackingQueryResultSizeLimitExceededException");
    }
    let rows: Vec<Value> = rows.into_iter().take(top.unwrap_or(usize::MAX)).collect();
    let column = json!({ "referenceName": "System.Id", "name": "ID", "url": "" });
    let kind = kind(text);
    let mut body = json!({
        "queryType": kind, "queryResultType": if query.links { "workItemLink" } else { "workItem" },
        "asOf": query.as_of.unwrap_or(world.now), "columns": [column],
    });
    if let Some(object) = body.as_object_mut() {
        object.insert(
            if query.links { "workItemRelations".into() } else { "workItems".into() },
            Value::Array(rows),
        );
    }
    answer::ok(&body)
}

/// The items that a query matches, whatever its shape.
pub(super) fn matched(asker: &Asker<'_>, query: &Wiql) -> BTreeSet<u64> {
    if query.links { links(asker, query).1 } else { matching(asker, query, query.condition.as_ref()) }
}

/// The items that can be seen and fit.
fn matching(asker: &Asker<'_>, query: &Wiql, condition: Option<&Condition>) -> BTreeSet<u64> {
    let world = asker.world;
    let blind: Vec<&str> = asker.identity.blind_to.iter().map(String::as_str).collect();
    // Large worlds: where only the asker's project can match, the others need no look.
    let only =
        asker.project.filter(|_| condition.is_some_and(Condition::stays_in_project)).map(|it| it.id.as_str());
    let all = world.items.iter().filter(|(_, item)| {
        only.is_none_or(|only| item.project == only) && !blind.contains(&item.project.as_str())
    });
    all.filter(|(id, _)| {
        world
            .at(**id, query.as_of)
            .is_some_and(|revision| condition.is_none_or(|condition| asker.fits(revision, condition)))
    })
    .map(|(id, _)| *id)
    .collect()
}

fn flat(asker: &Asker<'_>, query: &Wiql) -> (Vec<Value>, BTreeSet<u64>) {
    let found = matching(asker, query, query.condition.as_ref());
    let rows = found.iter().map(|id| reference(*id)).collect();
    (rows, found)
}

fn reference(id: u64) -> Value {
    json!({ "id": id, "url": format!("https://dev.azure.com/_apis/wit/workItems/{id}") })
}

fn links(asker: &Asker<'_>, query: &Wiql) -> (Vec<Value>, BTreeSet<u64>) {
    let of = |side| query.condition.as_ref().and_then(|condition| condition.of(side));
    let sources = matching(asker, query, of(Side::Source).as_ref());
    let targets = matching(asker, query, of(Side::Target).as_ref());
    let wanted = kinds(query.condition.as_ref());
    let mut out: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for link in &asker.world.links {
        if wanted.as_ref().is_none_or(|wanted| wanted.iter().any(|it| it.eq_ignore_ascii_case(link.kind))) {
            out.entry(link.source).or_default().push(link.target);
        }
    }
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    for source in sources {
        let below: Vec<u64> =
            out.get(&source).into_iter().flatten().copied().filter(|id| targets.contains(id)).collect();
        match query.mode {
            Mode::MustContain if below.is_empty() => continue,
            Mode::DoesNotContain if !below.is_empty() => continue,
            _ => {}
        }
        rows.push(json!({ "rel": null, "source": null, "target": reference(source) }));
        seen.insert(source);
        let mut next: Vec<(u64, u64)> = if query.mode == Mode::DoesNotContain {
            Vec::new()
        } else {
            below.iter().map(|id| (source, *id)).collect()
        };
        let mut walked = BTreeSet::from([source]);
        while let Some((from, to)) = next.pop() {
            rows.push(json!({ "rel": HIERARCHY, "source": reference(from), "target": reference(to) }));
            seen.insert(to);
            if query.mode == Mode::Recursive && walked.insert(to) {
                let deeper = out.get(&to).into_iter().flatten().filter(|id| targets.contains(id));
                next.extend(deeper.map(|id| (to, *id)));
            }
        }
    }
    (rows, seen)
}

fn kinds(condition: Option<&Condition>) -> Option<Vec<String>> {
    match condition?.of(Side::Link)? {
        Condition::Test { values, .. } => Some(
            values
                .into_iter()
                .filter_map(|value| if let wiql::Literal::Text(text) = value { Some(text) } else { None })
                .collect(),
        ),
        _ => None,
    }
}
