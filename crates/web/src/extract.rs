//! What handlers ask for: who acts, what was sent, which part of a list.

use std::borrow::Cow;
use std::marker::PhantomData;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, StatusCode, header};
use axum_extra::extract::CookieJar;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use northing_app::{
    Actor, Caller, Error, Membership, OrgRef, PageRequest, Scope, Scopes, SignedIn, Via, actor_of,
};
use northing_core::errors::{FieldError, Refusal};
use northing_core::values::Id;
use northing_ui::{Ctx, Terms};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::failure::Failure;
use crate::state::AppState;

/// The name of the session's cookie.
pub(crate) const fn session_cookie(https: bool) -> &'static str {
    if https { "__Host-session" } else { "session" }
}

/// The name of the cookie that binds forms before there is a session.
pub(crate) const fn form_cookie(https: bool) -> &'static str {
    if https { "__Host-form" } else { "form" }
}

/// The cookie that names the organisation a person works in, where they have several.
pub(crate) const ORG_COOKIE: &str = "org";

/// The form token that belongs to a cookie's secret: known to whoever holds the secret, and to nobody by the token.
pub(crate) fn csrf_token(secret: &str) -> String {
    let digest =
        Sha256::new().chain_update(b"northing form token\0").chain_update(secret.as_bytes()).finalize();
    URL_SAFE_NO_PAD.encode(digest)
}

/// The form token of this browser: of its session, or before there is one of its form cookie.
pub(crate) fn csrf_of(jar: &CookieJar, https: bool) -> Option<String> {
    let secret = jar.get(session_cookie(https)).or_else(|| jar.get(form_cookie(https)));
    secret.map(|cookie| csrf_token(cookie.value()))
}

/// A signed-in person in their current organisation, on a page.
pub(crate) struct Signed {
    /// Who acts.
    pub(crate) actor: Actor,
    /// The form token of their session.
    pub(crate) csrf: String,
    /// The session with all memberships.
    pub(crate) session: SignedIn,
    /// The membership in the current organisation, with its settings.
    pub(crate) membership: Membership,
    /// Whether htmx asks for a fragment.
    pub(crate) htmx: bool,
}

impl Signed {
    /// What components need to know of this request.
    pub(crate) fn ctx(&self, state: &AppState) -> Ctx {
        let zone = |name: &str| jiff::tz::TimeZone::get(name).ok();
        let of_org = zone(&self.membership.settings.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let now = state.app.now();
        Ctx {
            today: now.day_in(&of_org),
            now,
            zone: self.membership.time_zone.as_deref().and_then(zone).unwrap_or(of_org),
            terms: Terms::default(),
            csrf: self.csrf.clone(),
        }
    }
}

/// A signed-in person, wherever they may work.
pub(crate) struct Entered {
    /// The session with all memberships.
    pub(crate) session: SignedIn,
    /// The form token of their session.
    pub(crate) csrf: String,
    /// The organisation in which they work: chosen in this browser, else where they were last, else the oldest.
    pub(crate) membership: Option<Membership>,
    /// Whether htmx asks for a fragment.
    pub(crate) htmx: bool,
}

impl FromRequestParts<AppState> for Entered {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let jar = CookieJar::from_headers(&parts.headers);
        let found = match jar.get(session_cookie(state.site.options.https)) {
            Some(cookie) => match state.app.session(cookie.value()).await {
                Ok(session) => Some((session, csrf_token(cookie.value()))),
                Err(Error::SignedOut) => None,
                Err(error) => return Err(error.into()),
            },
            None => None,
        };
        let Some((session, csrf)) = found else {
            if !state.app.is_set_up().await? {
                return Err(Failure::SetUp);
            }
            let here = (parts.method == axum::http::Method::GET)
                .then(|| parts.uri.path_and_query().map(|address| address.as_str().to_owned()))
                .flatten();
            return Err(Failure::SignIn(here.filter(|_| !is_htmx(parts))));
        };
        let chosen = jar.get(ORG_COOKIE).and_then(|cookie| cookie.value().parse::<Id>().ok());
        let of = |org: Option<Id>| session.memberships.iter().find(|it| Some(it.org_id) == org);
        let membership = of(chosen).or_else(|| of(session.preferences.organization));
        let membership = membership.or_else(|| session.memberships.first()).cloned();
        Ok(Self { session, csrf, membership, htmx: is_htmx(parts) })
    }
}

impl FromRequestParts<AppState> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let Entered { session, csrf, membership, htmx } = Entered::from_request_parts(parts, state).await?;
        let membership = membership.ok_or(Failure::NoOrganization)?;
        let actor = actor_of(&membership, Via::Browser, Scopes::ALL);
        Ok(Self { actor, csrf, session, membership, htmx })
    }
}

fn is_htmx(parts: &Parts) -> bool {
    parts.headers.contains_key("hx-request")
}

/// What a token must be good for.
pub(crate) trait Need {
    /// The scope.
    const SCOPE: Scope;
}

macro_rules! needs {
    ($($(#[$meta:meta])* $name:ident = $scope:ident),+) => { $(
        $(#[$meta])*
        pub(crate) struct $name;
        impl Need for $name { const SCOPE: Scope = Scope::$scope; }
    )+ };
}

needs! {
    /// Reading.
    Read = Read,
    /// Changing.
    Write = Write,
    /// Checking in and commenting.
    CheckIn = CheckIn,
    /// Administering.
    Admin = Admin
}

/// The caller of an API route as an actor: in the organisation of the path's `{org}`, or in that of its `{goal}`.
pub(crate) struct Token<N>(pub(crate) Actor, pub(crate) PhantomData<N>);

/// The caller of an API route that is about no organisation in particular.
pub(crate) struct Bearer<N>(pub(crate) Caller, pub(crate) PhantomData<N>);

fn scoped<N: Need>(caller: &Caller) -> Result<(), Failure> {
    if caller.scopes.has(N::SCOPE) {
        return Ok(());
    }
    let message = format!("This token is not made for this: it lacks the scope \"{}\".", N::SCOPE);
    Err(Error::Forbidden(Refusal::new("scope", message)).into())
}

fn caller(parts: &Parts) -> Result<Caller, Failure> {
    parts.extensions.get::<Caller>().cloned().ok_or(Failure::App(Error::SignedOut))
}

impl<N: Need> FromRequestParts<AppState> for Bearer<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let caller = caller(parts)?;
        scoped::<N>(&caller)?;
        Ok(Self(caller, PhantomData))
    }
}

impl<N: Need> FromRequestParts<AppState> for Token<N> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let caller = caller(parts)?;
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Failure::NOT_FOUND)?;
        let mut org = None;
        for (name, value) in &params {
            match name {
                "org" => org = Some(OrgRef::Named(value)),
                "goal" if org.is_none() => {
                    let goal = value.parse().map_err(|_| Error::NotFound("goal"))?;
                    org = Some(OrgRef::OfGoal(goal));
                }
                "connection" if org.is_none() => {
                    let connection = value.parse().map_err(|_| Error::NotFound("connection"))?;
                    org = Some(OrgRef::OfConnection(connection));
                }
                _ => {}
            }
        }
        let org = org
            .ok_or_else(|| Error::Internal(String::from("a route without {org}, {goal} or {connection}")))?;
        // Whether there is such a thing for the caller comes before what the token may do.
        let actor = state.app.actor_in(&caller, org).await?;
        scoped::<N>(&caller)?;
        Ok(Self(actor, PhantomData))
    }
}

/// The identifiers in an API path: one that is none is not found, like one that leads nowhere.
pub(crate) struct Ids(Vec<(String, String)>);

impl Ids {
    /// The text at `{name}`.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str())
    }

    /// The identifier at `{name}`.
    pub(crate) fn get(&self, name: &'static str) -> Result<Id, Failure> {
        let value = self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
        value.and_then(|value| value.parse().ok()).ok_or(Failure::App(Error::NotFound(name)))
    }
}

impl FromRequestParts<AppState> for Ids {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| Failure::NOT_FOUND)?;
        Ok(Self(params.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
    }
}

/// A JSON body, read strictly: unknown fields and wrong types are refused, naming the field.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        said_json(request.headers())?;
        read_json(&bytes_of(request, state).await?).map(Self)
    }
}

/// Refuses a body that is not said to be JSON.
fn said_json(headers: &HeaderMap) -> Result<(), Failure> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    if kind != "application/json" && !kind.ends_with("+json") {
        return Err(Failure::Http(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "The body must be JSON, with Content-Type: application/json.",
        ));
    }
    Ok(())
}

async fn bytes_of(request: Request, state: &AppState) -> Result<Bytes, Failure> {
    Bytes::from_request(request, state).await.map_err(|rejection| too_large(&rejection))
}

/// A JSON body that may be left out: then every field is as if absent.
pub(crate) struct MaybeBody<T>(pub(crate) T);

impl<T: DeserializeOwned + Default> FromRequest<AppState> for MaybeBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let said = said_json(request.headers());
        let bytes = bytes_of(request, state).await?;
        if bytes.is_empty() {
            return Ok(Self(T::default()));
        }
        said?;
        read_json(&bytes).map(Self)
    }
}

fn too_large(rejection: &BytesRejection) -> Failure {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Failure::TOO_LARGE
    } else {
        Failure::Http(StatusCode::BAD_REQUEST, "The body could not be read.")
    }
}

/// What JSON can say and nothing here can hold: how the reader begins to say so, and what is told.
const UNHOLDABLE: [(&str, &str, &str); 5] = [
    ("number out of range", "out_of_range", "is a number too large"),
    ("lone leading surrogate", "control_character", "holds half a character (an unpaired surrogate)"),
    ("unexpected end of hex escape", "control_character", "holds half a character (an unpaired surrogate)"),
    ("invalid unicode code point", "control_character", "holds what is no character"),
    ("recursion limit exceeded", "too_deep", "is nested too deeply"),
];

/// Reads JSON; what is wrong with it becomes an error at its field.
pub(crate) fn read_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let inner = error.inner();
        let path = error.path().to_string();
        // JSON in form, with a value that no program of ours can hold: told at its field like a wrong type.
        let told = inner.to_string();
        for (sign, code, message) in UNHOLDABLE {
            if told.starts_with(sign) {
                let field = if path == "." { String::new() } else { path };
                return FieldError::new(field, code, message).into();
            }
        }
        // Where a list or a value of another kind stands in an object's place, the reader takes the text for broken; it is not.
        let whole = inner.is_syntax() && serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok();
        if whole {
            let field = if path == "." { String::new() } else { path };
            return FieldError::new(field, "wrong_type", "is of the wrong type").into();
        }
        if inner.is_syntax() || inner.is_eof() || inner.is_io() {
            return Failure::Http(StatusCode::BAD_REQUEST, "The body is not valid JSON.");
        }
        field_error(&path, &told).into()
    })?;
    from.end()
        .map_err(|_| Failure::Http(StatusCode::BAD_REQUEST, "There is something after the JSON value."))?;
    Ok(value)
}

fn field_error(path: &str, message: &str) -> FieldError {
    // serde_json adds where in the text it was; that is of no use to whoever made the text with a program.
    let message = message.rsplit_once(" at line ").map_or(message, |(message, _)| message);
    let named = |prefix: &str| {
        let name = message.strip_prefix(prefix)?.split('`').next()?;
        // The path ends with the field itself, or with the object that holds it.
        let parent = path.strip_suffix(name).map_or(path, |parent| parent.trim_end_matches('.'));
        let parent = if parent == "." { "" } else { parent };
        Some(if parent.is_empty() { name.to_owned() } else { format!("{parent}.{name}") })
    };
    let (field, code, message) = if let Some(field) = named("unknown field `") {
        (field, "unknown_field", Cow::Borrowed("is no field of this"))
    } else if let Some(field) = named("missing field `") {
        (field, "required", Cow::Borrowed("is missing"))
    } else if let Some(field) = named("duplicate field `") {
        (field, "duplicate", Cow::Borrowed("stands there twice"))
    } else {
        let field = if path == "." { String::new() } else { path.to_owned() };
        let code = if message.starts_with("invalid type") { "wrong_type" } else { "invalid" };
        (field, code, Cow::Owned(message.to_owned()))
    };
    FieldError::new(field, code, message)
}

/// For fields of a `PATCH` that may be absent (unchanged), null (emptied) or given:
/// `#[serde(default, deserialize_with = "given")] mission: Option<Option<String>>`.
pub(crate) fn given<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(from).map(Some)
}

/// For fields of a `PATCH` that can be absent but not emptied: null is of the wrong type.
pub(crate) fn set<'de, T, D>(from: D) -> Result<Option<T>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    T::deserialize(from).map(Some)
}

/// Of something without versions no version can match: `If-Match` with one is stale.
pub(crate) struct Unversioned;

impl FromRequestParts<AppState> for Unversioned {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        match IfMatch::from_request_parts(parts, state).await? {
            IfMatch(None) => Ok(Self),
            IfMatch(Some(_)) => Err(Failure::App(Error::Conflict)),
        }
    }
}

/// The version that a caller changes, by `If-Match: "7"`; none where they did not say or said `*`.
pub(crate) struct IfMatch(pub(crate) Option<i64>);

impl FromRequestParts<AppState> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let value = value.to_str().unwrap_or("").trim();
        if value == "*" {
            return Ok(Self(None));
        }
        let version = value.trim_start_matches("W/").trim_matches('"').parse().ok();
        // An ETag that is none of ours can match nothing.
        version.map(|version| Self(Some(version))).ok_or(Failure::App(Error::Conflict))
    }
}

/// The parameters of an address, read strictly.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<AppState> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let text = parts.uri.query().unwrap_or("");
        let from = serde_urlencoded::Deserializer::new(form_pairs(text));
        serde_path_to_error::deserialize(from)
            .map(Self)
            .map_err(|error| field_error(&error.path().to_string(), &error.inner().to_string()).into())
    }
}

fn form_pairs(text: &str) -> form_urlencoded::Parse<'_> {
    form_urlencoded::parse(text.as_bytes())
}

/// `limit` and `cursor` of a list.
#[derive(Debug, Default, serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters to the OpenAPI document; `Part` reads them")]
pub(crate) struct ListParams {
    /// At most so many entries, 1–200; 50 if absent.
    pub(crate) limit: Option<String>,
    /// The `next` of the page before.
    pub(crate) cursor: Option<String>,
}

/// Which part of a list is asked for, by `limit` and `cursor`; other parameters are somebody else's.
pub(crate) struct Part(pub(crate) PageRequest);

impl FromRequestParts<AppState> for Part {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let (mut limit, mut cursor) = (None, None);
        for (name, value) in form_pairs(parts.uri.query().unwrap_or("")) {
            match &*name {
                "limit" => {
                    let number = value
                        .parse()
                        .map_err(|_| FieldError::new("limit", "wrong_type", "must be a whole number"))?;
                    limit = Some(number);
                }
                "cursor" => cursor = Some(value.into_owned()).filter(|cursor| !cursor.is_empty()),
                _ => {}
            }
        }
        Ok(Self(PageRequest::new(limit, cursor)?))
    }
}

/// The fields of a posted form, in their order; a name may come more than once.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// These fields, as if a form had sent them.
    pub(crate) const fn of(fields: Vec<(String, String)>) -> Self {
        Self(fields)
    }

    /// The first value of a field; empty where it is absent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The first value of a field, unless it is absent or blank.
    pub(crate) fn filled(&self, name: &str) -> Option<&str> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty())
    }

    /// Whether a box is ticked.
    pub(crate) fn ticked(&self, name: &str) -> bool {
        matches!(self.get(name), "on" | "true" | "1" | "yes")
    }

    /// Every field that came.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl From<Vec<(String, String)>> for Fields {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl FromRequest<AppState> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Failure> {
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| too_large(&rejection))?;
        Ok(Self(form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

/// The host by which the browser reached us, with its port: for addresses that people pass on.
pub(crate) struct Host(pub(crate) String);

impl FromRequestParts<AppState> for Host {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let header = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = header.or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
        Ok(Self(host.unwrap_or("localhost").to_owned()))
    }
}

/// The address from which a request comes; empty where it cannot be known.
pub(crate) struct Address(pub(crate) String);

impl FromRequestParts<AppState> for Address {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        Ok(Self(address(&parts.headers, &parts.extensions, state)))
    }
}

/// The address from which a request comes; empty where it cannot be known.
pub(crate) fn address(headers: &HeaderMap, extensions: &Extensions, state: &AppState) -> String {
    if state.site.options.behind_proxy
        && let Some(list) = headers.get("x-forwarded-for").and_then(|list| list.to_str().ok())
        && let Some(last) = list.rsplit(',').next()
    {
        return last.trim().to_owned();
    }
    let info = extensions.get::<ConnectInfo<std::net::SocketAddr>>();
    info.map_or_else(String::new, |ConnectInfo(address)| address.ip().to_string())
}

/// What the browser calls itself.
pub(crate) struct Browser(pub(crate) Option<String>);

impl FromRequestParts<AppState> for Browser {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Failure> {
        let name = parts.headers.get(header::USER_AGENT).and_then(|name| name.to_str().ok());
        Ok(Self(name.map(ToOwned::to_owned)))
    }
}
