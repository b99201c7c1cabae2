//! Requests to Azure DevOps: signed, with the API version that the server knows, at the pace it asks for.

use std::future::Future;
use std::sync::Mutex;
use std::time::Duration;

use reqwest::{Method, Url};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::account::Account;
use super::credential::{Credential, Signer};
use super::envelope::{self, Verdict};
use crate::http::{Answer, Http};
use crate::trouble::{Trouble, TroubleKind};

/// The version of the API that is asked for first.
pub(super) const NEWEST: (u32, u32) = (7, 1);
/// Older ones, for servers that know no newer (integrations §2.8.1).
const OLDER: [&str; 3] = ["7.0", "6.0", "5.0"];
/// How often a short wait is waited out for one request.
const ATTEMPTS: u8 = 3;

tokio::task_local! {
    /// Set while something goes on that was begun: what came of it so far would be lost.
    static BEGUN: ();
}

/// Goes on with what was begun. A good answer that asks to wait long is waited for a while only, so that it is used; what is asked next
/// waits the rest. One that was refused is waited for as always.
pub(super) async fn going_on<F: Future>(work: F) -> F::Output {
    BEGUN.scope((), work).await
}

/// Until when the server asked not to be called.
#[derive(Debug, Clone, Copy)]
struct Quiet {
    until: Instant,
    /// Whether it refused to answer before then, or only asked.
    refused: bool,
}

/// One account with one credential.
#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    pub(super) account: Account,
    signer: Signer,
    /// The version that the server is known to speak; none before it was asked.
    version: Mutex<Option<String>>,
    /// Not to be called before.
    quiet: Mutex<Option<Quiet>>,
}

/// A request before it is signed.
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<(&'static str, String)>,
    /// What is asked for, for messages.
    pub(super) about: &'a str,
    /// Appended to the version: `-preview.1`.
    pub(super) preview: &'static str,
}

impl<'a> Ask<'a> {
    pub(super) fn get(url: Url, query: &'a [(&'a str, &'a str)], about: &'a str) -> Self {
        Self { method: Method::GET, url, query, body: None, about, preview: "" }
    }

    pub(super) fn post(url: Url, body: &Value, about: &'a str) -> Self {
        let body = Some(("application/json", body.to_string()));
        Self { method: Method::POST, url, query: &[], body, about, preview: "" }
    }
}

impl Client {
    pub(super) fn new(http: Http, account: Account, credential: Credential) -> Self {
        Self {
            http,
            account,
            signer: Signer::new(credential),
            version: Mutex::new(None),
            quiet: Mutex::new(None),
        }
    }

    /// Asks and reads the JSON of the answer.
    pub(super) async fn json<T: DeserializeOwned>(&self, ask: &Ask<'_>) -> Result<T, Trouble> {
        envelope::read(&self.answer(ask).await?)
    }

    /// Asks, stepping down to the version that the server knows, and once more where an access token had ended.
    pub(super) async fn answer(&self, ask: &Ask<'_>) -> Result<Answer, Trouble> {
        let known = locked(&self.version).clone();
        let mut version = known.clone().unwrap_or_else(|| format!("{}.{}", NEWEST.0, NEWEST.1));
        let mut renewed = false;
        let mut patient = ATTEMPTS;
        loop {
            self.wait_for_turn().await?;
            let answer = self.send(ask, &version).await?;
            if let Some(wait) = answer.wait {
                self.rest(wait, answer.status >= 400);
            }
            match envelope::judge(&answer, ask.about) {
                Verdict::Good => {
                    if known.as_ref() != Some(&version) {
                        *locked(&self.version) = Some(version);
                    }
                    return Ok(answer);
                }
                Verdict::OlderApi(named) => {
                    let next = named.filter(|named| *named < version);
                    let next =
                        next.or_else(|| OLDER.iter().map(|it| (*it).to_owned()).find(|it| *it < version));
                    version = next.ok_or_else(|| {
                        Trouble::new(
                            TroubleKind::BadPayload,
                            "This Azure DevOps Server is older than 2019",
                            "Update the server: its API does not offer what is needed.",
                        )
                    })?;
                }
                Verdict::Bad(trouble)
                    if trouble.kind == TroubleKind::AuthExpired && !renewed && self.signer.renews() =>
                {
                    // An access token may have been revoked before its end.
                    self.signer.forget().await;
                    renewed = true;
                }
                Verdict::Bad(trouble)
                    if trouble.kind == TroubleKind::RateLimited
                        && patient > 0
                        && answer.wait.is_some_and(|wait| wait <= self.http.patience) =>
                {
                    patient -= 1;
                }
                Verdict::Bad(trouble) => return Err(trouble),
            }
        }
    }

    async fn send(&self, ask: &Ask<'_>, version: &str) -> Result<Answer, Trouble> {
        let mut url = ask.url.clone();
        url.query_pairs_mut()
            .extend_pairs(ask.query)
            .append_pair("api-version", &format!("{version}{}", ask.preview));
        let header = self.signer.header(&self.http).await?;
        let mut request = self
            .http
            .request(ask.method.clone(), url)
            .header(reqwest::header::AUTHORIZATION, header.expose_secret())
            .header(reqwest::header::ACCEPT, "application/json")
            .header("X-TFS-FedAuthRedirect", "Suppress");
        if let Some((kind, body)) = &ask.body {
            request = request.header(reqwest::header::CONTENT_TYPE, *kind).body(body.clone());
        }
        let request = request.build().map_err(|_| {
            Trouble::new(
                TroubleKind::AuthExpired,
                "The token of this connection holds characters that no token has",
                "Enter the token again.",
            )
        })?;
        self.http.send(request).await
    }

    /// Waits where the server asked for it; a long wait is trouble of its own, so that others can go on.
    async fn wait_for_turn(&self) -> Result<(), Trouble> {
        let Some(quiet) = *locked(&self.quiet) else { return Ok(()) };
        let wait = quiet.until.saturating_duration_since(Instant::now());
        let begun = BEGUN.try_with(|()| ()).is_ok();
        if wait > self.http.patience && (quiet.refused || !begun) {
            let mut trouble = Trouble::new(
                TroubleKind::RateLimited,
                "Azure DevOps asked to wait before the next request",
                "Nothing to do: it goes on by itself as soon as Azure DevOps allows.",
            );
            trouble.retry_after = Some(wait);
            return Err(trouble);
        }
        tokio::time::sleep(wait.min(self.http.patience)).await;
        Ok(())
    }

    /// Asks nothing for a while; `refused` where nothing would be answered before. An answer may be good and still ask to wait, and one that
    /// asks for less takes nothing from a refusal.
    pub(super) fn rest(&self, wait: Duration, refused: bool) {
        let now = Instant::now();
        let mut quiet = locked(&self.quiet);
        let held = quiet.filter(|held| held.refused && held.until > now);
        let until = held.map_or(now + wait, |held| held.until.max(now + wait));
        *quiet = Some(Quiet { until, refused: refused || held.is_some() });
    }

    /// How long nothing is to be asked; none where it may be asked now.
    pub(super) fn resting(&self) -> Option<Duration> {
        let until = (*locked(&self.quiet))?.until;
        Some(until.saturating_duration_since(Instant::now())).filter(|wait| !wait.is_zero())
    }
}

/// A lock that only guards plain values: nothing inside can panic half-way.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
