//! Answers in the service's form.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

pub(super) type Answer = Response<Body>;

pub(super) fn ok(value: &Value) -> Answer {
    with(200, "application/json; charset=utf-8; api-version=7.1", value.to_string())
}

/// A collection, wrapped as all of them are.
pub(super) fn many(values: Vec<Value>) -> Answer {
    ok(&json!({ "count": values.len(), "value": values }))
}

pub(super) fn html(status: u16, text: &str) -> Answer {
    with(status, "text/html; charset=utf-8", format!("<!DOCTYPE html><html><body>{text}</body></html>"))
}

pub(super) fn with(status: u16, kind: &'static str, body: String) -> Answer {
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

/// An error in the service's envelope.
pub(super) fn error(status: u16, message: &str) -> Answer {
    typed_error(status, message, "VssServiceException")
}

pub(super) fn typed_error(status: u16, message: &str, key: &str) -> Answer {
    let body = json!({
        "$id": "1", "innerException": null, "message": message, "typeName": format!("Microsoft.{key}, Microsoft"),
        "typeKey": key, "errorCode": 0, "eventId": 3000,
    });
    with(status, "application/json; charset=utf-8", body.to_string())
}
