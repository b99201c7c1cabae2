//! What every API request passes: who calls, and whether the same request was answered before.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use northing_app::{Answer, Caller, Claim, Error};
use northing_core::errors::FieldError;
use northing_core::values::Id;
use serde_json::json;
use sha2::{Digest, Sha256};
use tracing::Instrument;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::ParameterIn;

use crate::extract::address;
use crate::failure::{Failure, finish, reference};
use crate::layers::BODY_LIMIT;
use crate::state::AppState;

const KEY: &str = "idempotency-key";
/// Headers that a repeated answer repeats.
const REPEATED: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];
/// The largest answer that is kept for repetition.
const KEPT: usize = 1024 * 1024;

/// Marks an answer that holds a secret: it is not kept for repetition, since the store knows secrets by their hashes only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unkept;

/// What is told where a request was done and its answer is not there to be repeated.
const UNANSWERED: &str = "A request with this Idempotency-Key was done and is not done again. Its answer is not kept: it held a \
    secret that is told once, or it was too long, or it was cut off on its way. See what it made before you ask under another key.";

/// Finds out who calls, and answers repeated requests.
pub(crate) async fn gate(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let from = address(request.headers(), request.extensions(), &state);
    let token = request.headers().get(header::AUTHORIZATION).cloned();
    let caller = match authenticate(&state, token, &from).await {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    if let Err(failure) = known_parameters(&request) {
        return failure.into_response();
    }
    request.extensions_mut().insert(caller.clone());
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let Some(key) = request.headers().get(KEY).filter(|_| !reads).cloned() else {
        return next.run(request).await;
    };
    match once(&state, &caller, &key, request, next).await {
        Ok(answer) => answer,
        Err(failure) => failure.into_response(),
    }
}

async fn authenticate(state: &AppState, given: Option<HeaderValue>, from: &str) -> Result<Caller, Failure> {
    let given = given.as_ref().and_then(|value| value.to_str().ok()).unwrap_or("");
    let (scheme, token) = given.split_once(' ').unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("bearer") || !token.trim().starts_with("nth_") {
        return Err(Error::SignedOut.into());
    }
    Ok(state.app.caller(token.trim(), from).await?)
}

/// The parameters in the addresses of each operation, as the document has them.
type Parameters = HashMap<(Method, String), Vec<String>>;

fn parameters() -> Parameters {
    let mut all = Parameters::new();
    for (path, item) in &crate::router::openapi().paths.paths {
        for (method, operation) in [
            (Method::GET, &item.get),
            (Method::POST, &item.post),
            (Method::PUT, &item.put),
            (Method::PATCH, &item.patch),
            (Method::DELETE, &item.delete),
        ] {
            let Some(operation) = operation else { continue };
            let asked = operation.parameters.iter().flatten().filter_map(|it| match it {
                RefOr::T(it) if it.parameter_in == ParameterIn::Query => Some(it.name.clone()),
                _ => None,
            });
            all.insert((method, path.clone()), asked.collect());
        }
    }
    all
}

/// Refuses a parameter that the operation does not have: one that is misspelt would be passed over in silence.
fn known_parameters(request: &Request) -> Result<(), Failure> {
    static PARAMETERS: LazyLock<Parameters> = LazyLock::new(parameters);
    let (Some(query), Some(path)) = (request.uri().query(), request.extensions().get::<MatchedPath>()) else {
        return Ok(());
    };
    let method = if request.method() == Method::HEAD { Method::GET } else { request.method().clone() };
    let Some(known) = PARAMETERS.get(&(method, path.as_str().to_owned())) else { return Ok(()) };
    let unknown =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| !known.iter().any(|it| it == name));
    match unknown {
        None => Ok(()),
        Some((name, _)) => {
            let message = if known.is_empty() {
                String::from("is no parameter: there is none here")
            } else {
                format!("is no parameter; there are: {}", known.join(", "))
            };
            Err(FieldError::new(name.into_owned(), "unknown_field", message).into())
        }
    }
}

async fn once(
    state: &AppState,
    caller: &Caller,
    key: &HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let key = key.to_str().unwrap_or("").to_owned();
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let limit = if kind.starts_with("multipart/") {
        state.site.options.upload_limit.bytes().saturating_add(BODY_LIMIT)
    } else {
        BODY_LIMIT
    };
    let bytes = to_bytes(body, limit).await.map_err(|_| Failure::TOO_LARGE)?;
    // A form with files is the same form whatever boundary its sender made up this time.
    let boundary = kind.split_once("boundary=").map(|(_, it)| it.trim_matches('"').as_bytes().to_vec());
    let digest = digest(
        &parts.method,
        parts.uri.path_and_query().map_or("", |address| address.as_str()),
        &bytes,
        boundary.as_deref(),
    );
    let request = Request::from_parts(parts, Body::from(bytes));
    let (state, user) = (state.clone(), caller.user_id);
    // On a task of its own: whoever goes away before the answer asks again, and is to find it.
    let done = async move { answered(&state, user, key, digest, request, next).await };
    tokio::spawn(done.in_current_span())
        .await
        .map_err(|_| Failure::App(Error::Internal(String::from("a request broke off"))))?
}

/// Claims the key, does the request under it and keeps the answer; or repeats the answer that was kept.
async fn answered(
    state: &AppState,
    user: Id,
    key: String,
    digest: String,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    if let Some(answer) = state.app.claim_key(user, key.clone(), digest).await? {
        return repeated(&answer);
    }
    let versioned = request.headers().contains_key(header::IF_MATCH);
    let reference = reference(request.extensions());
    let claim = Claim { user, key: key.clone(), unanswered: unanswered() };
    let answer = claim.during(next.run(request)).await;
    // The body of a failure is written here already: what is kept is what was sent.
    let answer = finish(answer, versioned, reference.as_deref());
    let (parts, body) = answer.into_parts();
    let read = to_bytes(body, usize::MAX).await;
    let bytes = read.map_err(|error| Failure::App(Error::Internal(format!("an answer cut off: {error}"))))?;
    let keep =
        !parts.status.is_server_error() && bytes.len() <= KEPT && parts.extensions.get::<Unkept>().is_none();
    let kept = keep.then(|| Answer {
        status: i64::from(parts.status.as_u16()),
        headers: kept_headers(&parts.headers),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    });
    state.app.settle_key(user, key, kept).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The answer to a repeated request whose first one has none to repeat.
fn unanswered() -> Answer {
    let body = json!({ "type": "about:blank", "title": "Conflict", "status": 409, "detail": UNANSWERED, "code": "answer_not_kept" });
    let headers = json!({ "content-type": "application/problem+json" });
    Answer { status: 409, headers: headers.to_string(), body: body.to_string() }
}

fn digest(method: &Method, address: &str, body: &Bytes, boundary: Option<&[u8]>) -> String {
    let mut sum = Sha256::new()
        .chain_update(method.as_str())
        .chain_update(b" ")
        .chain_update(address)
        .chain_update(b"\n");
    match boundary {
        None => sum.update(body),
        Some(boundary) => {
            let is_boundary =
                |line: &[u8]| line.strip_prefix(b"--").is_some_and(|line| line.starts_with(boundary));
            for line in body.split_inclusive(|byte| *byte == b'\n').filter(|line| !is_boundary(line)) {
                sum.update(line);
            }
        }
    }
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn kept_headers(headers: &axum::http::HeaderMap) -> String {
    let pairs = REPEATED.iter().filter_map(|name| Some((name.as_str(), headers.get(name)?.to_str().ok()?)));
    serde_json::to_string(&pairs.collect::<std::collections::BTreeMap<_, _>>()).unwrap_or_default()
}

fn repeated(kept: &Answer) -> Result<Response, Failure> {
    let broken = || Failure::App(Error::Internal(String::from("a kept answer cannot be read")));
    let status = u16::try_from(kept.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let headers: std::collections::BTreeMap<String, String> =
        serde_json::from_str(&kept.headers).map_err(|_| broken())?;
    let mut answer = (status.ok_or_else(broken)?, kept.body.clone()).into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(answer)
}
