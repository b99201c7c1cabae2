//! Work items: batches, single ones, changes by JSON Patch.

use northing_core::values::Moment;
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::world::{Identity, World, chosen};

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
    for step in steps {
        if let Some(field) = step.path.strip_prefix("/fields/") {
            fields.insert(field.to_owned(), if step.op == "remove" { Value::Null } else { step.value });
        } else if step.path == "/relations/-"
            && step.value["rel"] == "Hyperlink"
            && let (Some(url), Some(item)) = (step.value["url"].as_str(), world.items.get_mut(&id))
        {
            if item.hyperlinks.iter().any(|it| it == url) {
                return answer::error(400, "VS403346: Relation already exists.");
            }
            item.hyperlinks.push(url.to_owned());
        }
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
