//! The double as a server on loopback.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use futures_util::{StreamExt, stream};
use northing_core::values::Moment;
use percent_encoding::percent_decode_str;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::answer::{self, Answer};
use super::dispatch::{self, Call};
use super::faults::{Disguise, Fault, FaultKind, Faults, Gate, Logged};
use super::identity;
use super::locations;
use super::pages::{self, Visit};
use super::world::World;

/// How the double serves.
#[derive(Debug, Clone)]
pub struct Options {
    /// The account's path: `contoso`, or `tfs/DefaultCollection`.
    pub account: String,
    /// The newest version of the API that it speaks.
    pub newest: (u32, u32),
    /// The port; 0 for a free one.
    pub port: u16,
    /// What says how late it is; without it the present is what [`World::now`] was set to.
    pub clock: Option<fn() -> Moment>,
    /// Whether there are pages for people too, on which anybody who reaches them changes the states of items.
    pub pages: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { account: "contoso".into(), newest: (7, 1), port: 0, clock: None, pages: false }
    }
}

struct Shared {
    options: Options,
    world: Mutex<World>,
    faults: Mutex<Faults>,
    disguise: Mutex<Disguise>,
    log: Mutex<Vec<Logged>>,
    granted: Mutex<Vec<(String, String)>>,
    inside: AtomicUsize,
    most: AtomicUsize,
}

/// A running double; ends when it is dropped.
pub struct Double {
    shared: Arc<Shared>,
    address: String,
    server: JoinHandle<()>,
}

impl Drop for Double {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Double {
    /// Starts a double on loopback.
    ///
    /// # Errors
    /// Where the port is taken.
    pub async fn start(world: World, options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", options.port)).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared {
            options,
            world: Mutex::new(world),
            faults: Mutex::default(),
            disguise: Mutex::default(),
            log: Mutex::default(),
            granted: Mutex::default(),
            inside: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        });
        let router = Router::new().fallback(handle).with_state(shared.clone());
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the double of Azure DevOps ended");
            }
        });
        Ok(Self { shared, address, server })
    }

    /// The account's address, as a person would enter it.
    #[must_use]
    pub fn account(&self) -> String {
        format!("{}/{}", self.address, self.shared.options.account)
    }

    /// The server's address, which is also where applications get their access tokens.
    #[must_use]
    pub fn authority(&self) -> &str {
        &self.address
    }

    /// What it holds, to be changed.
    pub fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.shared.world)
    }

    /// Makes something go wrong from now on.
    pub fn fault(&self, path: &str, times: Option<u32>, kind: FaultKind) {
        locked(&self.shared.faults).add(Fault { path: path.into(), times, kind });
    }

    /// Makes the next request whose path contains this wait until it is let go.
    #[must_use]
    pub fn hold(&self, path: &str) -> Arc<Gate> {
        let gate = Arc::new(Gate::default());
        self.fault(path, Some(1), FaultKind::Held(gate.clone()));
        gate
    }

    /// How many requests were answered at the same time at most, since the log was cleared.
    #[must_use]
    pub fn most_together(&self) -> usize {
        self.shared.most.load(Ordering::SeqCst)
    }

    /// Ends every fault.
    pub fn heal(&self) {
        locked(&self.shared.faults).clear();
    }

    /// How bad credentials look from now on.
    pub fn disguise(&self, disguise: Disguise) {
        *locked(&self.shared.disguise) = disguise;
    }

    /// What was asked so far.
    #[must_use]
    pub fn log(&self) -> Vec<Logged> {
        locked(&self.shared.log).clone()
    }

    /// Forgets what was asked.
    pub fn clear_log(&self) {
        locked(&self.shared.log).clear();
        self.shared.most.store(0, Ordering::SeqCst);
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let inside = shared.inside.fetch_add(1, Ordering::SeqCst) + 1;
    shared.most.fetch_max(inside, Ordering::SeqCst);
    let answer = answer_to(&shared, request).await;
    shared.inside.fetch_sub(1, Ordering::SeqCst);
    answer
}

async fn answer_to(shared: &Shared, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 32 * 1024 * 1024).await.unwrap_or_default();
    let whole = parts.uri.path().trim_start_matches('/').to_owned();
    if let Some(answer) = token(shared, &whole, &body) {
        return answer;
    }
    let raw = parts.uri.query().unwrap_or("").to_owned();
    let Some(path) = below(&whole, &shared.options.account) else {
        return answer::html(404, "No such organisation");
    };
    if let Some(clock) = shared.options.clock {
        locked(&shared.world).now = clock();
    }
    if shared.options.pages && from_here(&parts.headers) {
        let method = parts.method.as_str();
        let visit = Visit { method, path: &path, account: &shared.options.account, body: &body };
        if let Some(page) = pages::answer(&mut locked(&shared.world), &visit) {
            return page;
        }
    }
    let fault = locked(&shared.faults).hit(&path);
    let mut found = respond(shared, parts.method.as_str(), &path, &raw, &parts.headers, &body);
    if let Some(fault) = fault {
        found = spoil(found, fault).await;
    }
    locked(&shared.log).push(Logged {
        method: parts.method.to_string(),
        path,
        query: raw,
        status: found.status().as_u16(),
    });
    found
}

/// Whether no other site sent this: the pages change things without asking who it is.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return true };
    text(header::HOST).is_some_and(|host| origin == format!("http://{host}"))
}

/// The path below the account.
fn below(whole: &str, account: &str) -> Option<String> {
    let decoded = percent_decode_str(whole).decode_utf8_lossy();
    let rest = decoded.get(..account.len()).filter(|it| it.eq_ignore_ascii_case(account));
    rest?;
    // From the text that is still encoded: a slash inside a segment is no border.
    let skipped = account.split('/').count();
    Some(whole.split('/').skip(skipped).collect::<Vec<_>>().join("/"))
}

fn respond(
    shared: &Shared,
    method: &str,
    path: &str,
    raw: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Answer {
    let newest = format!("{}.{}", shared.options.newest.0, shared.options.newest.1);
    if method == "OPTIONS" {
        return answer::many(locations::all(&newest));
    }
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let mut world = locked(&shared.world);
    let granted = locked(&shared.granted);
    let Some(identity) = identity::of(&world, text(header::AUTHORIZATION), &granted) else {
        return identity::refuse(*locked(&shared.disguise));
    };
    let query: HashMap<String, String> = form_urlencoded::parse(raw.as_bytes()).into_owned().collect();
    match version(&query, text(header::ACCEPT)) {
        None if method != "GET" => {
            return answer::error(400, "No api-version was supplied for the request. It must be supplied.");
        }
        Some(asked) if asked > shared.options.newest => {
            let message = format!(
                "The requested REST API version of {}.{} is out of range for this server. The latest REST API version this server supports is {newest}.",
                asked.0, asked.1
            );
            return answer::typed_error(400, &message, "VssVersionOutOfRangeException");
        }
        _ => {}
    }
    let segments: Vec<String> = path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
        .collect();
    dispatch::answer(&mut world, &Call { method, path: &segments, query: &query, body, identity: &identity })
}

/// The version that is asked for: in the address or in `Accept`.
fn version(query: &HashMap<String, String>, accept: Option<&str>) -> Option<(u32, u32)> {
    let named = query.get("api-version").map(String::as_str);
    let named = named.or_else(|| accept?.split("api-version=").nth(1));
    let number = named?.split(['-', ';', ',']).next()?;
    let (major, minor) = number.trim().split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

/// Where applications get access tokens: `/{tenant}/oauth2/v2.0/token`.
fn token(shared: &Shared, whole: &str, body: &Bytes) -> Option<Answer> {
    whole.ends_with("/oauth2/v2.0/token").then(|| {
        let form: HashMap<String, String> = form_urlencoded::parse(body).into_owned().collect();
        let field = |name: &str| form.get(name).map_or("", String::as_str);
        let world = locked(&shared.world);
        let client = field("client_id");
        match world.applications.get(client) {
            None => entra(400, "AADSTS700016: Application with identifier was not found in the directory."),
            Some(secret) if secret != field("client_secret") => {
                entra(401, "AADSTS7000215: Invalid client secret provided.")
            }
            Some(_) => {
                let mut granted = locked(&shared.granted);
                let token = format!("access-{}", granted.len() + 1);
                granted.push((token.clone(), client.to_owned()));
                answer::ok(&json!({ "token_type": "Bearer", "expires_in": 3599, "access_token": token }))
            }
        }
    })
}

fn entra(status: u16, description: &str) -> Answer {
    let body = json!({ "error": "invalid_client", "error_description": description });
    answer::with(status, "application/json; charset=utf-8", body.to_string())
}

/// What becomes of a good answer.
async fn spoil(good: Answer, fault: FaultKind) -> Answer {
    let waits = |mut answer: Answer, text: &str| {
        if let Ok(value) = HeaderValue::from_str(text) {
            answer.headers_mut().insert(header::RETRY_AFTER, value);
        }
        answer
    };
    let limited = || {
        answer::error(
            429,
            "TF400733: The request has been canceled: Request was blocked due to exceeding usage.",
        )
    };
    match fault {
        FaultKind::Error(status, message) => answer::error(status, &message),
        FaultKind::Limited(seconds) => waits(limited(), &seconds.to_string()),
        FaultKind::LimitedUntil(seconds) => {
            let mut answer = limited();
            answer
                .headers_mut()
                .insert(header::DATE, HeaderValue::from_static("Tue, 24 Nov 2026 09:00:00 GMT"));
            let until = jiff::Timestamp::from_second(1_795_510_800 + i64::try_from(seconds).unwrap_or(0));
            let text =
                until.map(|it| it.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()).unwrap_or_default();
            waits(answer, &text)
        }
        FaultKind::Slowed(seconds) => {
            let mut answer = waits(good, &seconds.to_string());
            answer.headers_mut().insert("x-ratelimit-delay", HeaderValue::from_static("0.5"));
            answer
        }
        FaultKind::CutOff => {
            let (parts, body) = good.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            Response::from_parts(parts, Body::from(bytes.slice(..bytes.len() / 2)))
        }
        FaultKind::Html => answer::html(200, "Something in between answered"),
        FaultKind::Large(bytes) => {
            let body = format!("{{\"value\":[],\"padding\":\"{}\"}}", "x".repeat(bytes));
            answer::with(200, "application/json; charset=utf-8", body)
        }
        FaultKind::Held(gate) => {
            gate.pass().await;
            good
        }
        FaultKind::Late(wait) => {
            tokio::time::sleep(wait).await;
            good
        }
        FaultKind::Drip(pause) => drip(good, pause).await,
        FaultKind::Redirect(to) => {
            let mut moved = answer::html(302, "Object moved");
            if let Ok(to) = HeaderValue::from_str(&to) {
                moved.headers_mut().insert(header::LOCATION, to);
            }
            moved
        }
        FaultKind::Overload => answer::with(503, "text/plain", String::new()),
    }
}

/// The same answer, a few bytes at a time.
async fn drip(good: Answer, pause: Duration) -> Answer {
    let (parts, body) = good.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let pieces: Vec<Bytes> = bytes.chunks(4).map(Bytes::copy_from_slice).collect();
    let slow = stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, std::convert::Infallible>(piece)
    });
    Response::from_parts(parts, Body::from_stream(slow))
}
