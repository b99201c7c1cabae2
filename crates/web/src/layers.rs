//! What surrounds every route: limits, headers, the guard against forged forms, compression, tracing.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use futures_util::StreamExt;
use subtle::ConstantTimeEq;
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::request_id::{MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer};
use tower_http::timeout::TimeoutBody;
use tower_http::trace::TraceLayer;

use northing_ui::paths;

use crate::extract::csrf_of;
use crate::failure::{Failure, render};
use crate::state::AppState;

/// The largest body but for uploads, which say so at their route.
pub(crate) const BODY_LIMIT: usize = 2 * 1024 * 1024;
/// The longest that an upload may take: over a slow line its files come for many minutes.
const UPLOAD_TIMEOUT: Duration = Duration::from_secs(60 * 60);
/// The longest that a body may pause.
const PAUSE: Duration = Duration::from_secs(30);
/// The longest that a request may take until its answer begins.
const TIMEOUT: Duration = Duration::from_secs(60);
/// How far into an upload its form token is looked for.
const TOKEN_WITHIN: usize = 8 * 1024;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts every layer around the routes.
pub(crate) fn around(routes: Router<AppState>, state: &AppState) -> Router<AppState> {
    let https = state.site.options.https;
    let layers = ServiceBuilder::new()
        .layer(SetRequestIdLayer::x_request_id(Numbered::default()))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(CompressionLayer::new())
        .layer(from_fn(move |request, next| headers(https, request, next)))
        .layer(from_fn_with_state(state.clone(), render))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(in_time))
        .layer(from_fn(readable))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    routes.layer(layers)
}

/// Gives up what takes too long. Uploads get the time that their files need, as long as these keep coming.
async fn in_time(request: Request, next: Next) -> Response {
    let most = if is_upload(request.method(), request.uri().path()) { UPLOAD_TIMEOUT } else { TIMEOUT };
    let request = request.map(|body| Body::new(TimeoutBody::new(PAUSE, body)));
    match tokio::time::timeout(most, next.run(request)).await {
        Ok(answer) => answer,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// Whether a request brings files for an import.
fn is_upload(method: &Method, path: &str) -> bool {
    let api = path.strip_prefix("/api/v1/orgs/").and_then(|rest| rest.split_once('/'));
    *method == Method::POST && (path == paths::IMPORT || api.is_some_and(|(_, rest)| rest == "imports"))
}

/// The path, never the query or a header: they may hold secrets. Links with a secret are named by their route alone.
fn span(request: &Request) -> tracing::Span {
    let path = request.uri().path();
    let path =
        ["/invitation/", "/reset/"].into_iter().find(|secret| path.starts_with(secret)).unwrap_or(path);
    let id =
        request.extensions().get::<RequestId>().and_then(|id| id.header_value().to_str().ok()).unwrap_or("");
    tracing::info_span!("request", method = %request.method(), path, id)
}

fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a handler panicked");
    Failure::Http(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. It was noted.")
        .into_response()
}

/// Numbers the requests of this process.
#[derive(Clone, Default)]
struct Numbered(std::sync::Arc<std::sync::atomic::AtomicU64>);

impl MakeRequestId for Numbered {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        let number = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        HeaderValue::from_str(&format!("{number:x}")).ok().map(RequestId::new)
    }
}

async fn headers(https: bool, request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    // Who may frame it stands in its own policy, which the older header cannot say.
    let framable = answer.extensions_mut().remove::<crate::embed::Framable>();
    let set = answer.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        set.entry(name).or_insert(HeaderValue::from_static(value));
    };
    say(header::CONTENT_SECURITY_POLICY, POLICY);
    say(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    if framable.is_none() {
        say(header::X_FRAME_OPTIONS, "DENY");
    }
    say(header::REFERRER_POLICY, "same-origin");
    say(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    say(HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()");
    // Pages and answers are of one person at one moment; what may be kept says so itself.
    say(header::CACHE_CONTROL, "no-store");
    if https {
        say(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    answer
}

/// No text with a NUL comes in by an address: no text of ours holds one, and one of the engines keeps none.
async fn readable(request: Request, next: Next) -> Response {
    if request.uri().path_and_query().is_some_and(|address| address.as_str().contains("%00")) {
        return Failure::Http(
            StatusCode::BAD_REQUEST,
            "The address holds a character that no text may hold.",
        )
        .into_response();
    }
    next.run(request).await
}

/// Lets changes through only with the token that belongs to the browser's session: in the header, or in a form's field.
pub(crate) async fn forged(https: bool, jar: CookieJar, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    if request.headers().get("sec-fetch-site").is_some_and(|site| site == "cross-site") {
        return Failure::FORGED.into_response();
    }
    let Some(expected) = csrf_of(&jar, https) else {
        return Failure::FORGED.into_response();
    };
    let is_right = |given: &[u8]| bool::from(given.ct_eq(expected.as_bytes()));
    if let Some(given) = request.headers().get("x-csrf-token") {
        return if is_right(given.as_bytes()) {
            next.run(request).await
        } else {
            Failure::FORGED.into_response()
        };
    }
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if kind.starts_with("application/x-www-form-urlencoded") {
        let (parts, body) = request.into_parts();
        let Ok(bytes) = axum::body::to_bytes(body, BODY_LIMIT).await else {
            return Failure::TOO_LARGE.into_response();
        };
        let fields: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
        let given = fields.iter().find(|(name, _)| name == "csrf");
        if given.is_some_and(|(_, value)| is_right(value.as_bytes())) {
            return next.run(Request::from_parts(parts, Body::from(bytes))).await;
        }
    } else if kind.starts_with("multipart/form-data") {
        let (parts, body) = request.into_parts();
        let (head, rest) = begin(body).await;
        if field(&head).is_some_and(is_right) {
            let head = futures_util::stream::once(async move { Ok::<_, axum::Error>(Bytes::from(head)) });
            return next.run(Request::from_parts(parts, Body::from_stream(head.chain(rest)))).await;
        }
    }
    Failure::FORGED.into_response()
}

/// The beginning of a body, as far as the token is looked for, and the rest of it.
async fn begin(body: Body) -> (Vec<u8>, axum::body::BodyDataStream) {
    let mut rest = body.into_data_stream();
    let mut head = Vec::new();
    while head.len() < TOKEN_WITHIN && field(&head).is_none() {
        match rest.next().await {
            Some(Ok(bytes)) => head.extend_from_slice(&bytes),
            _ => break,
        }
    }
    (head, rest)
}

/// The value of the field `csrf`, which our forms carry first, in the beginning of a multipart body.
fn field(head: &[u8]) -> Option<&[u8]> {
    const NAME: &[u8] = b"name=\"csrf\"\r\n\r\n";
    let at = head.windows(NAME.len()).position(|window| window == NAME)?;
    let value = head.get(at.checked_add(NAME.len())?..)?;
    let end = value.windows(2).position(|window| window == b"\r\n")?;
    value.get(..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_brings_files_may_take_long() {
        assert!(is_upload(&Method::POST, "/import"));
        assert!(is_upload(&Method::POST, "/api/v1/orgs/calderfield/imports"));
        for (method, path) in [
            (Method::GET, "/import"),
            (Method::POST, "/import/019a/run"),
            (Method::POST, "/api/v1/orgs/calderfield/imports/019a/run"),
            (Method::POST, "/api/v1/orgs/imports"),
            (Method::POST, "/goals"),
        ] {
            assert!(!is_upload(&method, path), "{method} {path}");
        }
    }
}
