//! What every operation of the document has in common, said once for all of them: refusals, and the headers of writes.

use serde_json::{Map, Value, json};
use utoipa::openapi::OpenApi;

/// The refusals: status, name in the document, and when.
const REFUSALS: [(&str, &str, &str); 9] = [
    ("400", "Unreadable", "The request is no JSON, or was cut off."),
    ("401", "SignedOut", "There is no token, or it is no longer good."),
    (
        "403",
        "Forbidden",
        "The caller sees it and may not do this, or the token lacks the scope: `code` says which.",
    ),
    ("404", "NotFound", "There is no such thing, or the caller may not see it."),
    (
        "409",
        "Conflict",
        "Somebody else changed it at the same moment; or, with `code` `answer_not_kept`, a request with this `Idempotency-Key` was done and \
         its answer is not there to be repeated.",
    ),
    ("412", "Stale", "`If-Match` names another version than the present one."),
    ("413", "TooLarge", "The body is larger than is allowed here."),
    ("415", "WrongMediaType", "The body is of another media type than the operation takes."),
    ("422", "Refused", "What is wrong, field by field, in `errors`; a rule as a whole has an empty `field`."),
];

/// The document as it is served.
pub(crate) fn complete(document: &OpenApi) -> Value {
    let mut document = json!(document);
    let responses = REFUSALS.iter().map(|(_, name, text)| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        (
            (*name).to_owned(),
            json!({ "description": text, "content": { "application/problem+json": { "schema": schema } } }),
        )
    });
    let responses: Map<String, Value> = responses.collect();
    if let Some(components) = document.get_mut("components").and_then(Value::as_object_mut) {
        components.insert(String::from("responses"), Value::Object(responses));
        if let Some(schemas) = components.entry("schemas").or_insert_with(|| json!({})).as_object_mut() {
            schemas.insert(String::from("Problem"), problem());
        }
    }
    for (path, item) in document.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        for (method, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                complete_operation(path, method, operation);
            }
        }
    }
    document
}

fn complete_operation(path: &str, method: &str, operation: &mut Map<String, Value>) {
    let words = path.trim_start_matches("/api/v1").replace(['{', '}'], "").replace(['/', '-'], "_");
    operation.insert(String::from("operationId"), Value::String(format!("{method}{words}")));
    let (writes, versioned) = (method != "get", matches!(method, "patch" | "put" | "delete"));
    let has_body = operation.contains_key("requestBody");
    let applies = |status: &str| match status {
        "409" => writes,
        "412" => versioned,
        "400" | "413" | "415" => has_body,
        _ => true,
    };
    if let Some(responses) = operation.entry("responses").or_insert_with(|| json!({})).as_object_mut() {
        for (status, name, _) in REFUSALS.iter().filter(|(status, ..)| applies(status)) {
            let reference = json!({ "$ref": format!("#/components/responses/{name}") });
            responses.entry(*status).or_insert(reference);
        }
    }
    let header = |name: &str, text: &str| json!({ "name": name, "in": "header", "required": false, "description": text, "schema": { "type": "string" } });
    if let Some(parameters) = operation.entry("parameters").or_insert_with(|| json!([])).as_array_mut() {
        if writes {
            let text = "The same request with the same key is done once and answered alike for a day, also where the server dies meanwhile. \
                What holds a secret, or more than a mebibyte, is answered once: after that with 409.";
            parameters.push(header("Idempotency-Key", text));
        }
        if versioned {
            parameters
                .push(header("If-Match", "The ETag of the version that is changed, for example `\"7\"`."));
        }
    }
}

/// Problem details of RFC 9457.
fn problem() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was not done (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": { "type": "string" },
            "title": { "type": "string", "description": "The status in words." },
            "status": { "type": "integer" },
            "detail": { "type": "string", "description": "A sentence for people." },
            "reference": { "type": "string", "description": "With 500 and 503: the number under which it stands in the server's log." },
            "code": { "type": "string", "description": "With 403: the rule, for programs. With 409: `answer_not_kept`." },
            "current": { "type": "object", "additionalProperties": true, "description": "With 412: the thing as it is now, where the answer has it." },
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["field", "code", "message"],
                    "properties": {
                        "field": { "type": "string", "description": "The path of the field, for example `metric.target` or `shares[0].share`; empty for the request as a whole." },
                        "code": { "type": "string", "description": "What is wrong, for programs." },
                        "message": { "type": "string", "description": "The same for people." }
                    }
                }
            }
        }
    })
}
