//! Work items: batches, single ones, changes by JSON Patch.

use northing_core::values::Moment;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::world::{HIERARCHY, Identity, World, chosen};

/// The most that is read at once.
const BATCH: usize = 200;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wanted {
    ids: Vec<u64>,
    #[serde(default)]
    fields: Option<Vec<String>>,
    #[serde(default)]
    error_policy: Option<String>,
    #[serde(default)]
    as_of: Option<Moment>,
    #[serde(rename = "$expand", default)]
    expand: Option<Value>,
}

pub(super) fn batch(world: &World, identity: &Identity, body: &[u8]) -> Answer {
    let wanted: Wanted = match serde_json::from_slice(body) {
        Ok(wanted) => wanted,
        Err(error) => return answer::error(400, &format!("The request body is invalid: {error}")),
    };
    if wanted.fields.is_some() && wanted.expand.as_ref().is_some_and(|it| it != "none" && !it.is_null()) {
        return answer::error(400, "The expand parameter can not be used with the fields parameter.");
    }
    read(
        world,
        identity,
        &wanted.ids,
        wanted.fields,
        wanted.as_of,
        wanted.error_policy.as_deref() == Some("omit"),
    )
}

pub(super) fn read(
    world: &World,
    identity: &Identity,
    ids: &[u64],
    fields: Option<Vec<String>>,
    as_of: Option<Moment>,
    omit: bool,
) -> Answer {
    if ids.len() > BATCH {
        let message =
            format!("VS403474: You requested {} work items which exceeds the limit of {BATCH}.", ids.len());
        return answer::typed_error(400, &message, "VssPropertyValidationException");
    }
    let known = world.fields();
    let missing = fields
        .iter()
        .flatten()
        .find(|field| !known.iter().any(|(reference, _, _)| reference.eq_ignore_ascii_case(field)));
    if let Some(missing) = missing {
        let message = format!("TF51535: Cannot find field {missing}.");
        return answer::typed_error(400, &message, "WorkItemTrackingFieldDefinitionNotFoundException");
    }
    let mut values = Vec::new();
    for id in ids {
        match shown(world, identity, *id, fields.as_deref(), as_of) {
            Some(value) => values.push(value),
            None if omit => values.push(Value::Null),
            None => return gone(*id),
        }
    }
    answer::many(values)
}

pub(super) fn gone(id: u64) -> Answer {
    let message =
        format!("TF401232: Work item {id} does not exist, or you do not have permissions to read it.");
    answer::typed_error(404, &message, "WorkItemUnauthorizedAccessException")
}

pub(super) fn shown(
    world: &World,
    identity: &Identity,
    id: u64,
    fields: Option<&[String]>,
    as_of: Option<Moment>,
) -> Option<Value> {
    let item = world.items.get(&id)?;
    if identity.blind_to.contains(&item.project) {
        return None;
    }
    let revision = world.at(id, as_of)?;
    Some(json!({
        "id": id, "rev": item.revisions.len(), "fields": chosen(revision, fields),
        "url": format!("https://dev.azure.com/_apis/wit/workItems/{id}"),
    }))
}

/// One item with all its fields, and what it is related to where that is asked for.
pub(super) fn one(world: &World, identity: &Identity, id: u64, related: bool) -> Answer {
    let Some(mut found) = shown(world, identity, id, None, None) else { return gone(id) };
    if related && let Some(object) = found.as_object_mut() {
        object.insert("relations".into(), relations(world, id).into());
    }
    answer::ok(&found)
}

/// Parent, children and hyperlinks, in the service's form.
fn relations(world: &World, id: u64) -> Vec<Value> {
    let to = |id: u64| format!("https://dev.azure.com/_apis/wit/workItems/{id}");
    let links = world.links.iter().filter(|link| link.kind == HIERARCHY);
    let mut found: Vec<Value> = links
        .filter_map(|link| match (link.source == id, link.target == id) {
            (true, _) => {
                Some(json!({ "rel": HIERARCHY, "url": to(link.target), "attributes": { "name": "Child" } }))
            }
            (_, true) => Some(json!({ "rel": "System.LinkTypes.Hierarchy-Reverse", "url": to(link.source),
                "attributes": { "name": "Parent" } })),
            _ => None,
        })
        .collect();
    let hyperlinks = world.items.get(&id).map(|item| item.hyperlinks.as_slice()).unwrap_or_default();
    found.extend(hyperlinks.iter().map(|url| json!({ "rel": "Hyperlink", "url": url, "attributes": {} })));
    found
}

#[derive(Deserialize)]
struct Step {
    op: String,
    path: String,
    #[serde(default)]
    value: Value,
}

/// Changes an item: fields, and relations of the kind `Hyperlink`.
pub(super) fn patch(world: &mut World, identity: &Identity, id: u64, body: &[u8]) -> Answer {
    if !identity.may_write {
        return answer::error(
            403,
            "TF401289: The current user does not have permissions to save work items.",
        );
    }
    let Ok(steps) = serde_json::from_slice::<Vec<Step>>(body) else {
        return answer::error(
            400,
            "VS403690: You must pass a valid patch document in the body of the request.",
        );
    };
    if world.at(id, None).is_none() {
        return gone(id);
    }
    let mut fields = serde_json::Map::new();
    // Relations are named by their place as they stood before the change, so the last goes first.
    let mut leaving = Vec::new();
    for step in steps {
        if let Some(field) = step.path.strip_prefix("/fields/") {
            fields.insert(field.to_owned(), if step.op == "remove" { Value::Null } else { step.value });
        } else if step.op == "test" {
            let rev = world.items.get(&id).map(|item| item.revisions.len());
            if step.path != "/rev" || step.value.as_u64() != rev.and_then(|rev| u64::try_from(rev).ok()) {
                return answer::error(412, "VS403351: Test Operation for path /rev failed.");
            }
        } else if step.op == "remove"
            && let Some(place) = step.path.strip_prefix("/relations/")
        {
            let place: Option<usize> = place.parse().ok();
            let Some(relation) = place.and_then(|place| relations(world, id).into_iter().nth(place)) else {
                return answer::error(400, "VS403677: The relation to remove does not exist.");
            };
            leaving.push(relation);
        } else if step.path == "/relations/-"
            && step.value.get("rel").is_some_and(|rel| rel == "Hyperlink")
            && let (Some(url), Some(item)) =
                (step.value.get("url").and_then(Value::as_str), world.items.get_mut(&id))
        {
            if item.hyperlinks.iter().any(|it| it == url) {
                return answer::error(400, "VS403346: Relation already exists.");
            }
            item.hyperlinks.push(url.to_owned());
        }
    }
    if let Some(item) = world.items.get_mut(&id) {
        item.hyperlinks.retain(|url| !leaving.iter().any(|it| it.get("url").is_some_and(|it| it == url)));
    }
    if !fields.is_empty() {
        let now = world.now;
        world.change(id, now, Value::Object(fields));
    }
    match shown(world, identity, id, None, None) {
        Some(value) => answer::ok(&value),
        None => gone(id),
    }
}
