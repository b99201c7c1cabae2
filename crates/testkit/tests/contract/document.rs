//! The OpenAPI document: it holds every route of the router and no other, each with what goes in and what comes out, and what
//! the server answers is what it says.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use northing_testkit::both_engines;
use serde_json::Value;

use crate::examples;
use crate::found::Found;
use crate::world::World;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A schema with its reference followed.
fn followed<'v>(document: &'v Value, schema: &'v Value) -> &'v Value {
    schema["$ref"]
        .as_str()
        .and_then(|place| document.pointer(place.trim_start_matches('#')))
        .unwrap_or(schema)
}

/// Says where a value is not as its schema has it: types, required members, members that are not described, enumerations.
fn check(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Found) {
    let schema = followed(document, schema);
    for name in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[name].as_array() {
            let fits = choices.iter().any(|choice| fits(document, choice, value));
            found.check(fits, || format!("{at}: fits none of {name}: {value}"));
            return;
        }
    }
    let mut properties: Vec<(&String, &Value)> = Vec::new();
    let parts: Vec<&Value> = std::iter::once(schema)
        .chain(schema["allOf"].as_array().into_iter().flatten().map(|part| followed(document, part)))
        .collect();
    for part in &parts {
        properties.extend(part["properties"].as_object().into_iter().flatten());
        for name in part["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            found.check(value.get(name).is_some(), || format!("{at}: {name} is required and missing"));
        }
        let types = match &part["type"] {
            Value::String(one) => vec![one.as_str()],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let is = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        let right = types.is_empty() || types.contains(&is) || (is == "integer" && types.contains(&"number"));
        found.check(right, || format!("{at}: is {is} and should be {types:?}: {value}"));
        if let Some(values) = part["enum"].as_array() {
            found.check(values.contains(value), || format!("{at}: {value} is none of {values:?}"));
        }
    }
    if let (Some(object), false) = (value.as_object(), properties.is_empty()) {
        let free = parts
            .iter()
            .any(|part| part.get("additionalProperties").is_some_and(|more| more != &Value::Bool(false)));
        for (name, value) in object {
            match properties.iter().find(|(key, _)| *key == name) {
                Some((_, schema)) => check(document, schema, value, &format!("{at}.{name}"), found),
                None => found.check(free, || format!("{at}.{name} is not described")),
            }
        }
    }
    if let (Some(items), Some(schema)) = (value.as_array(), schema.get("items")) {
        for (number, item) in items.iter().enumerate() {
            check(document, schema, item, &format!("{at}[{number}]"), found);
        }
    }
}

fn fits(document: &Value, schema: &Value, value: &Value) -> bool {
    let mut found = Found::default();
    check(document, schema, value, "", &mut found);
    found.is_nothing()
}

/// The schema of an operation's answer with this status; of its problems where it names none of its own.
fn schema_of<'v>(document: &'v Value, operation: &'v Value, status: u16) -> Option<&'v Value> {
    let answer = followed(document, operation["responses"].get(status.to_string())?);
    answer["content"].as_object()?.values().next()?.get("schema")
}

/// Whether a schema says anything: what type it is, or what it is made of.
fn says_something(document: &Value, schema: &Value) -> bool {
    let schema = followed(document, schema);
    let object = schema["type"] == "object"
        && schema.get("properties").is_none()
        && schema.get("additionalProperties").is_none();
    !object && ["type", "oneOf", "allOf", "anyOf"].iter().any(|name| schema.get(*name).is_some())
}

both_engines! {
    async fn the_document_holds_every_route_with_what_goes_in_and_comes_out(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let document = world.app.page(&world.app.owner, "/api/openapi.json").await?.json();
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(document["components"]["securitySchemes"]["token"]["scheme"], "bearer");
        let mut found = Found::default();
        let (mut described, mut names) = (BTreeSet::new(), BTreeSet::new());
        for (path, item) in document["paths"].as_object().context("no paths")? {
            for method in METHODS.iter().filter(|method| item.get(**method).is_some()) {
                let operation = &item[*method];
                let name = format!("{} {path}", method.to_uppercase());
                let summary = operation["summary"].as_str().or(operation["description"].as_str()).unwrap_or("");
                found.check(!summary.is_empty(), || format!("{name}: nothing says what it does"));
                for parameter in path.split('{').skip(1).filter_map(|part| part.split('}').next()) {
                    let named = operation["parameters"].as_array().into_iter().flatten().any(|it| it["name"] == parameter && it["in"] == "path" && it["required"] == true);
                    found.check(named, || format!("{name}: {{{parameter}}} is not described"));
                }
                let good: Vec<&String> = operation["responses"].as_object().context("no answers")?.keys().filter(|status| status.starts_with('2')).collect();
                found.check(!good.is_empty(), || format!("{name}: no answer is described"));
                for status in good {
                    let answer = &operation["responses"][status];
                    if status == "204" || path.ends_with("/export") || path.ends_with("/backfill") {
                        continue;
                    }
                    let schema = answer["content"]["application/json"].get("schema");
                    let says = schema.is_some_and(|schema| says_something(&document, schema));
                    found.check(says, || format!("{name}: {status} has no schema: {answer}"));
                }
                found.check(names.insert(operation["operationId"].to_string()), || format!("{name}: its name stands twice"));
                let asks = |header: &str| operation["parameters"].as_array().into_iter().flatten().any(|it| it["name"] == header && it["in"] == "header");
                found.check(asks("Idempotency-Key") != (*method == "get"), || format!("{name}: Idempotency-Key"));
                found.check(asks("If-Match") == ["put", "patch", "delete"].contains(method), || format!("{name}: If-Match"));
                for status in ["401", "403", "404", "422"] {
                    let problem = followed(&document, &operation["responses"][status]);
                    let problem = problem["content"]["application/problem+json"].get("schema");
                    found.check(problem.is_some(), || format!("{name}: {status} is not described"));
                }
                described.insert(name);
            }
        }
        for example in examples::all(&world).iter().filter(|it| it.body.is_some()) {
            let place = format!("/paths/{}/{}", format!("/api/v1{}", example.path).replace('/', "~1"), example.method.to_lowercase());
            let operation = document.pointer(&place).with_context(|| place.clone())?;
            let schema = operation["requestBody"]["content"]["application/json"].get("schema");
            let name = format!("{} {}", example.method, example.path);
            match schema {
                Some(schema) if says_something(&document, schema) => {
                    // What succeeds is what is described: no field more, and the types are right.
                    check(&document, schema, example.body.as_ref().context("a body")?, &name, &mut found);
                    let all = described_names(&document, schema);
                    let sent = example.body.as_ref().and_then(Value::as_object).map(|body| body.keys().cloned().collect::<BTreeSet<_>>());
                    if let Some(sent) = sent {
                        found.check(all.is_subset(&sent), || format!("{name}: {:?} is described and not tried", all.difference(&sent).collect::<Vec<_>>()));
                    }
                }
                _ => found.check(false, || format!("{name}: what goes in has no schema: {}", operation["requestBody"])),
            }
        }
        found.nothing();
        let routes: BTreeSet<String> = northing_web::routes()
            .iter()
            .filter(|route| route.api)
            .map(|route| format!("{} {}", route.method, route.path))
            .collect();
        assert_eq!(described, routes);
        Ok(())
    }

    async fn no_schema_is_an_object_of_which_nothing_is_said(db: Database) -> Result<()> {
        let app = northing_testkit::front_door::App::new(&db).await?;
        let document = app.page(&app.owner, "/api/openapi.json").await?.json();
        let (mut found, mut looked) = (Found::default(), 0);
        bare(&document, "", &mut found, &mut looked);
        found.nothing();
        assert!(looked > 200, "{looked}");
        // What can be sent as settings is what is kept of them.
        let described = document.pointer("/components/schemas/Settings").context("settings")?;
        let kept = serde_json::to_value(northing_core::settings::Settings::default())?;
        assert_eq!(described_names(&document, described), kept.as_object().context("an object")?.keys().cloned().collect());
        Ok(())
    }

    async fn answers_are_what_the_document_says(db: Database) -> Result<()> {
        let world = World::new(db.store()).await?;
        let document = world.app.page(&world.app.owner, "/api/openapi.json").await?.json();
        let mut found = Found::default();
        let (mut validated, mut refused) = (0, 0);
        for example in examples::all(&world) {
            let name = format!("{} {}", example.method, example.path);
            let place = format!("/paths/{}/{}", format!("/api/v1{}", example.path).replace('/', "~1"), example.method.to_lowercase());
            let operation = document.pointer(&place).with_context(|| place.clone())?;
            let mut path = format!("{}{}", world.path(example.path), example.query);
            if example.method == "DELETE" {
                // Only what nothing belongs to goes.
                path = path.replace(world.id("team"), world.id("spare_team")).replace(world.id("period"), world.id("spare_period"));
            }
            // Connections lead nowhere here; the session and the token in use stay.
            let leads_out = (path.contains("/connections/") && !path.starts_with("/orgs/")) || path.ends_with("/test") || path.contains("/link");
            if leads_out || path.contains("/me/tokens/") || example.path.ends_with("/export") {
                continue;
            }
            let answer = world.app.api(&world.app.owner, example.method, &path, example.body.clone()).await?;
            if answer.status == 204 {
                found.check(answer.text.is_empty(), || format!("{name}: {}", answer.text));
                validated += 1;
                continue;
            }
            match schema_of(&document, operation, answer.status) {
                Some(schema) => check(&document, schema, &answer.json(), &name, &mut found),
                None => found.check(false, || format!("{name}: {} is not described: {}", answer.status, answer.text)),
            }
            if answer.status < 300 {
                validated += 1;
            } else {
                refused += 1;
                found.check(example.path.contains("reopen"), || format!("{name}: {} {}", answer.status, answer.text));
            }
        }
        found.nothing();
        assert!(validated > 70 && refused < 5, "{validated} {refused}");
        Ok(())
    }
}

/// The names of the members that a schema describes.
fn described_names(document: &Value, schema: &Value) -> BTreeSet<String> {
    let schema = followed(document, schema);
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone());
    let parts =
        schema["allOf"].as_array().into_iter().flatten().flat_map(|part| described_names(document, part));
    own.chain(parts).collect()
}

/// Finds objects of which neither members nor the kind of their members are said.
fn bare(value: &Value, at: &str, found: &mut Found, looked: &mut usize) {
    match value {
        Value::Object(members) => {
            let is = |kind: &Value| {
                kind == "object" || kind.as_array().is_some_and(|all| all.contains(&Value::from("object")))
            };
            if members.get("type").is_some_and(is) {
                *looked += 1;
                let said = ["properties", "additionalProperties", "allOf", "oneOf"]
                    .iter()
                    .any(|name| members.contains_key(*name));
                found.check(said, || format!("{at}: {value}"));
            }
            members.iter().for_each(|(name, value)| bare(value, &format!("{at}/{name}"), found, looked));
        }
        Value::Array(items) => items.iter().for_each(|item| bare(item, at, found, looked)),
        _ => {}
    }
}
