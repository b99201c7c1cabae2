//! The whole site in front of a database, without a network: an organisation, its owner, people of every role, and requests.
//!
//! ```ignore
//! both_engines! {
//!     async fn a_stranger_sees_nothing(db: Database) -> Result<()> {
//!         let app = App::new(&db).await?;
//!         let member = app.person(Role::Member).await?;
//!         let answer = app.api(&member, "GET", "/me", None).await?;
//!         assert_eq!(answer.status, 200);
//!         …
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, header};
use northing_app::setup::{NewOrganization, SetUp, SetUpDone};
use northing_app::sign_in::Credentials;
use northing_app::sources::{Guard, Http, HttpOptions, Outside, Vault};
use northing_app::tokens::TokenInput;
use northing_app::{Actor, Clock, Northing, Rng, Scope, Via};
use northing_core::people::Role;
use northing_core::values::{Id, Moment};
use northing_store::{Failure, Store, sql};
use northing_web::{AppState, SiteOptions};
use serde_json::Value;
use tower::ServiceExt;

use crate::clock::TestClock;
use crate::rng::SeededRng;

impl Clock for TestClock {
    fn now(&self) -> Moment {
        Self::now(self)
    }
}

impl Rng for SeededRng {
    fn fill(&self, bytes: &mut [u8]) {
        Self::fill(self, bytes);
    }
}

/// The password of every person whom a test makes.
pub const PASSWORD: &str = "correct horse battery";
/// Where the people of the tests reach the site.
pub const ADDRESS: &str = "https://okr.calder.test";
/// When the test begins: in the middle of the first quarter of 2026.
const BEGIN: &str = "2026-02-15T09:00:00Z";

/// The site with one organisation.
#[derive(Clone)]
pub struct App {
    /// The use cases.
    pub northing: Northing,
    /// What they take for the time.
    pub clock: Arc<TestClock>,
    /// The site.
    pub router: Router,
    /// The organisation.
    pub org: Id,
    /// Its slug.
    pub slug: String,
    /// Its owner, with all scopes.
    pub owner: Person,
    store: Store,
    made: Arc<AtomicUsize>,
}

/// Somebody with a session and a token.
#[derive(Debug, Clone)]
pub struct Person {
    /// The person.
    pub id: Id,
    /// Their mail address.
    pub email: String,
    /// They as an actor in their organisation.
    pub actor: Actor,
    /// The secret of their session's cookie.
    pub session: String,
    /// Their API token, with all scopes.
    pub token: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
}

impl Answer {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// A header; empty where it is absent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or("")
    }

    /// The fields that the answer complains about.
    #[must_use]
    pub fn fields(&self) -> Vec<String> {
        let errors = self.json().get("errors").and_then(Value::as_array).cloned().unwrap_or_default();
        errors.iter().map(|error| error["field"].as_str().unwrap_or("").to_owned()).collect()
    }
}

/// Requests to other systems that may reach this machine: the doubles.
#[must_use]
pub fn reaching_doubles() -> HttpOptions {
    let loopback = ipnet::IpNet::from(std::net::IpAddr::from([127, 0, 0, 1]));
    let guard = Guard::allowing(&[loopback]);
    HttpOptions { guard, ..HttpOptions::default() }
}

/// The key by which the site seals secrets, as `NORTHING_SECRETS_KEY` takes it.
pub const SECRETS_KEY: &str = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn outside(options: &HttpOptions) -> Result<Outside> {
    let http = Http::new(options)?;
    let key = Arc::new(|| Ok(SECRETS_KEY.to_owned()));
    let vault = Vault::open(key).map_err(anyhow::Error::msg)?;
    Ok(Outside::new(http, vault).with_address(ADDRESS))
}

impl App {
    /// The site before anybody has set it up.
    ///
    /// # Errors
    /// Those of the store.
    pub fn bare(store: Store) -> Result<(Northing, Arc<TestClock>, Router)> {
        let clock = Arc::new(TestClock::at(BEGIN.parse()?));
        let northing = Northing::new(store, clock.clone(), Arc::new(SeededRng::new(7)))
            .with_outside(outside(&reaching_doubles())?);
        let router = northing_web::router(AppState::new(northing.clone(), SiteOptions::default()));
        Ok((northing, clock, router))
    }

    /// The site with the organisation "Calder" and its owner.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn new(store: &Store) -> Result<Self> {
        let (northing, clock, router) = Self::bare(store.clone())?;
        let SetUpDone { org_id, slug, .. } = northing
            .set_up(SetUp {
                email: String::from("owner@calder.test"),
                name: String::from("Ruth Owner"),
                password: String::from(PASSWORD),
                organization: NewOrganization { name: String::from("Calder"), ..NewOrganization::default() },
                via: Via::CommandLine,
            })
            .await?;
        let owner = Self::enter(&northing, "owner@calder.test", org_id).await?;
        let made = Arc::new(AtomicUsize::new(0));
        Ok(Self { northing, clock, router, org: org_id, slug, owner, store: store.clone(), made })
    }

    /// Another node of the same site, which reaches other systems in another way and knows nothing of them yet.
    ///
    /// # Errors
    /// Where the options cannot be used.
    pub fn reaching(mut self, options: &HttpOptions) -> Result<Self> {
        self.northing = self.northing.with_outside(outside(options)?);
        self.router = northing_web::router(AppState::new(self.northing.clone(), SiteOptions::default()));
        Ok(self)
    }

    async fn enter(northing: &Northing, email: &str, org: Id) -> Result<Person> {
        let session = northing
            .sign_in(Credentials {
                email: email.to_owned(),
                password: String::from(PASSWORD),
                address: String::from("192.0.2.1"),
                user_agent: None,
            })
            .await?;
        let actor = northing.operator(email, Some(&org.to_string())).await?;
        let new =
            TokenInput { name: String::from("test"), scopes: Scope::ALL.to_vec(), ..TokenInput::default() };
        let token = northing.create_token(&actor, new).await?.secret;
        let actor = Actor { via: Via::Api, ..actor };
        Ok(Person { id: actor.user_id, email: email.to_owned(), actor, session, token })
    }

    /// A new person of this role in the organisation, signed in.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn person(&self, role: Role) -> Result<Person> {
        self.person_in(self.org, role).await
    }

    /// A new observer: made a member, who gets a token, and then demoted.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn observer(&self) -> Result<Person> {
        let person = self.person(Role::Member).await?;
        let path = format!("/orgs/{}/members/{}", self.org, person.id);
        self.api_ok(&self.owner, "PATCH", &path, Some(serde_json::json!({ "role": "observer" }))).await?;
        Ok(person)
    }

    /// The owner of an organisation of its own, who is nobody here.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn stranger(&self) -> Result<Person> {
        let number = self.made.load(Ordering::SeqCst);
        let new = NewOrganization { name: format!("Elsewhere {number}"), ..NewOrganization::default() };
        let org = self.northing.create_organization(&self.owner.actor, new).await?;
        // The owner made it, and hands it over entirely.
        let person = self.person_in(org.id, Role::Owner).await?;
        let owner = self.owner.id;
        self.store
            .write((org.id, owner), |tx, (org, owner)| {
                Box::pin(async move {
                    sql("DELETE FROM members WHERE org_id = $1 AND user_id = $2")
                        .bind(org)
                        .bind(owner)
                        .execute(tx)
                        .await
                })
            })
            .await?;
        Ok(person)
    }

    async fn person_in(&self, org: Id, role: Role) -> Result<Person> {
        let number = self.made.fetch_add(1, Ordering::SeqCst);
        let email = format!("{role}{number}@calder.test");
        let (id, now) = (self.northing.new_id(), self.northing.now());
        // Everybody has the owner's password: hashing it once for each person would take most of the test's time.
        let row = (org, id, email.clone(), format!("{role} {number}"), role.name(), now, self.owner.id);
        self.store
            .write(row, |tx, (org, id, email, name, role, now, owner)| {
                Box::pin(async move {
                    sql("INSERT INTO users (id, email, email_key, name, password_hash, preferences, version, created_at, updated_at) \
                         SELECT $1, $2, $2, $3, password_hash, '{}', 1, $4, $4 FROM users WHERE id = $5")
                        .bind(id).bind(email).bind(name).bind(*now).bind(owner).execute_one(tx).await?;
                    sql("INSERT INTO members (org_id, user_id, name, name_key, role, status, version, created_at, updated_at) \
                         VALUES ($1, $2, $3, $3, $4, 'active', 1, $5, $5)")
                        .bind(org).bind(id).bind(name).bind(*role).bind(*now).execute(tx).await?;
                    Ok::<_, Failure>(())
                })
            })
            .await?;
        Self::enter(&self.northing, &email, org).await
    }

    /// Any request.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn send(&self, request: Request<Body>) -> Result<Answer> {
        let answer = self.router.clone().oneshot(request).await?;
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, usize::MAX).await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(Answer { status: parts.status.as_u16(), headers: parts.headers, text })
    }

    /// A request to the API by somebody's token; `path` begins after `/api/v1`.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn api(&self, by: &Person, method: &str, path: &str, body: Option<Value>) -> Result<Answer> {
        self.api_with(by, method, path, body, &[]).await
    }

    /// The same with further headers.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn api_with(
        &self,
        by: &Person,
        method: &str,
        path: &str,
        body: Option<Value>,
        headers: &[(&str, &str)],
    ) -> Result<Answer> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", by.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body)?).await
    }

    /// The same, and the answer must be a success: its JSON.
    ///
    /// # Errors
    /// Where it is none, with what it says.
    pub async fn api_ok(&self, by: &Person, method: &str, path: &str, body: Option<Value>) -> Result<Value> {
        let answer = self.api(by, method, path, body).await?;
        ensure!((200..300).contains(&answer.status), "{method} {path}: {} {}", answer.status, answer.text);
        Ok(answer.json())
    }

    /// Files sent to the API by somebody's token.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn upload(
        &self,
        by: &Person,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, &[u8])],
    ) -> Result<Answer> {
        let (kind, body) = multipart("part", fields, files);
        let request = Request::post(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", by.token))
            .header(header::CONTENT_TYPE, kind);
        self.send(request.body(Body::from(body))?).await
    }

    /// A form with files posted by somebody's browser, with the form token of their session.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn post_files(&self, by: &Person, path: &str, files: &[(&str, &[u8])]) -> Result<Answer> {
        let token = northing_web::form_token(&by.session);
        let (kind, body) = multipart("part", &[("csrf", &token)], files);
        let request = Request::post(path)
            .header(header::COOKIE, format!("session={}", by.session))
            .header(header::CONTENT_TYPE, kind);
        self.send(request.body(Body::from(body))?).await
    }

    /// A page, as somebody's browser asks for it.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn page(&self, by: &Person, path: &str) -> Result<Answer> {
        let request = Request::get(path).header(header::COOKIE, format!("session={}", by.session));
        self.send(request.body(Body::empty())?).await
    }

    /// A fragment, as htmx asks for it.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn fragment(&self, by: &Person, path: &str) -> Result<Answer> {
        let request = Request::get(path)
            .header(header::COOKIE, format!("session={}", by.session))
            .header("hx-request", "true");
        self.send(request.body(Body::empty())?).await
    }

    /// A form posted by somebody's browser, with the form token of their session.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn post(&self, by: &Person, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        self.send(Self::posted(by, path).body(Self::body(by, fields))?).await
    }

    /// The same as htmx posts it.
    ///
    /// # Errors
    /// Where the answer cannot be read.
    pub async fn post_htmx(&self, by: &Person, path: &str, fields: &[(&str, &str)]) -> Result<Answer> {
        let request = Self::posted(by, path).header("hx-request", "true");
        self.send(request.body(Self::body(by, fields))?).await
    }

    fn posted(by: &Person, path: &str) -> axum::http::request::Builder {
        Request::post(path)
            .header(header::COOKIE, format!("session={}", by.session))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
    }

    fn body(by: &Person, fields: &[(&str, &str)]) -> Body {
        Body::from(format!("{}&csrf={}", form(fields), northing_web::form_token(&by.session)))
    }

    /// The identifier of a period by its name.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn period(&self, name: &str) -> Result<Id> {
        let row = sql("SELECT id FROM periods WHERE org_id = $1 AND name = $2")
            .bind(self.org)
            .bind(name)
            .fetch_optional(&mut self.store.read_once().await?)
            .await?;
        Ok(row.with_context(|| format!("no period {name}"))?.id("id")?)
    }
}

/// A form with files: its content type and its body. The fields come first, as in our pages.
#[must_use]
pub fn multipart(boundary: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    for (name, bytes) in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend(head.into_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Fields as a form sends them.
#[must_use]
pub fn form(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        text.bytes().fold(String::new(), |mut escaped, byte| {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                    escaped.push(char::from(byte))
                }
                _ => escaped.push_str(&format!("%{byte:02X}")),
            }
            escaped
        })
    };
    fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
        .collect::<Vec<_>>()
        .join("&")
}
