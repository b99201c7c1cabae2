//! The one way to call other systems: guarded addresses, bounded time and size, no redirect followed, own certificate authority, nothing
//! secret in an error.

mod guard;
mod tally;
mod wait;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use reqwest::{Client, Request, Url, redirect};
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

pub use guard::Guard;
pub use tally::counted;

use crate::trouble::{Trouble, TroubleKind};

/// How requests to other systems are made.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Which addresses may be called.
    pub guard: Guard,
    /// Certificates (PEM) of authorities to trust besides the public ones.
    pub authorities: Option<Vec<u8>>,
    /// The longest time from the request to the last byte of the answer.
    pub timeout: Duration,
    /// The largest answer in bytes.
    pub largest_answer: usize,
    /// A wait that another system asks for is waited out up to this long; a longer one is told to whoever asked.
    pub patience: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            guard: Guard::default(),
            authorities: None,
            timeout: Duration::from_secs(60),
            largest_answer: 16 * 1024 * 1024,
            patience: Duration::from_secs(30),
        }
    }
}

/// The options cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The file of authorities holds no certificate or a broken one.
    #[error("the file of certificate authorities cannot be used: {0}")]
    Authorities(String),
    /// The client cannot be made.
    #[error("requests to other systems cannot be made: {0}")]
    Client(#[source] reqwest::Error),
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// How long the other system asks to wait before the next request.
    pub wait: Option<Duration>,
}

impl Answer {
    /// Whether the body says it is JSON.
    #[must_use]
    pub fn is_json(&self) -> bool {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        kind == "application/json" || kind.ends_with("+json")
    }

    /// Where a redirect leads.
    #[must_use]
    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()
    }
}

/// Calls other systems. Cheap to clone; keeps its connections.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    guard: Guard,
    largest_answer: usize,
    pub(crate) patience: Duration,
}

impl Http {
    /// A client with these options.
    ///
    /// # Errors
    /// Where the authorities' file cannot be used.
    pub fn new(options: &HttpOptions) -> Result<Self, SetupError> {
        let client = Client::builder()
            .tls_backend_preconfigured(tls(options.authorities.as_deref())?)
            .dns_resolver(Arc::new(options.guard.clone()))
            .redirect(redirect::Policy::none())
            .timeout(options.timeout)
            .connect_timeout(options.timeout.min(Duration::from_secs(10)))
            .pool_idle_timeout(Duration::from_secs(60))
            .user_agent(concat!("Northing/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .build()
            .map_err(SetupError::Client)?;
        let (guard, largest_answer) = (options.guard.clone(), options.largest_answer);
        Ok(Self { client, guard, largest_answer, patience: options.patience })
    }

    /// A request to be filled in and given to [`Http::send`].
    pub fn request(&self, method: reqwest::Method, url: Url) -> reqwest::RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends a request and reads the whole answer, whatever its status. Redirects are answers too: nothing is followed.
    ///
    /// # Errors
    /// [`TroubleKind::AddressRefused`], [`TroubleKind::Unreachable`] or, where the answer is too large,
    /// [`TroubleKind::BadPayload`]. Addresses in messages carry no query and no user.
    pub async fn send(&self, request: Request) -> Result<Answer, Trouble> {
        let host = request.url().host_str().unwrap_or("").to_owned();
        if !matches!(request.url().scheme(), "https" | "http") || host.is_empty() {
            return Err(refused(&format!("{} is no web address", request.url().scheme())));
        }
        self.guard.check_host(&host).map_err(|refusal| refused(&refusal.to_string()))?;
        tally::count();
        let mut response = self.client.execute(request).await.map_err(|error| unreachable(&host, &error))?;
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&host, &error))? {
            if body.len() + piece.len() > self.largest_answer {
                let megabytes = self.largest_answer / (1024 * 1024);
                return Err(Trouble::new(
                    TroubleKind::BadPayload,
                    format!("{host} sent more than {megabytes} MB in one answer"),
                    "Check that the address is that of the right server. Nothing was changed.",
                ));
            }
            body.extend_from_slice(&piece);
        }
        let wait = wait::asked_for(response.headers());
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), body, wait })
    }
}

fn tls(authorities: Option<&[u8]>) -> Result<rustls::ClientConfig, SetupError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = authorities {
        let broken = |why: String| SetupError::Authorities(why);
        let mut any = false;
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|error| broken(error.to_string()))?;
            roots.add(certificate).map_err(|error| broken(error.to_string()))?;
            any = true;
        }
        if !any {
            return Err(broken(String::from("it holds no certificate in PEM form")));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Authorities(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn refused(why: &str) -> Trouble {
    Trouble::new(
        TroubleKind::AddressRefused,
        format!("The address was not called: {why}"),
        "If it is right, ask the operator of Northing to open that range with --allow-address.",
    )
}

fn unreachable(host: &str, error: &reqwest::Error) -> Trouble {
    let mut cause = error.source();
    let mut deepest = String::new();
    while let Some(inner) = cause {
        if let Some(refusal) = inner.downcast_ref::<guard::Refused>() {
            return refused(&refusal.to_string());
        }
        deepest = inner.to_string();
        cause = inner.source();
    }
    if error.is_timeout() {
        return Trouble::new(
            TroubleKind::Unreachable,
            format!("{host} did not answer in time"),
            "Nothing to do: it is tried again by itself. If it stays, check that the server runs.",
        );
    }
    let certificate = deepest.contains("certificate") || deepest.contains("UnknownIssuer");
    let (message, remedy) = if certificate {
        (
            format!("The certificate of {host} is not trusted: {deepest}"),
            "If the server has a certificate of your own authority, ask the operator of Northing to name it with --ca-file.",
        )
    } else {
        (
            format!(
                "{host} cannot be reached: {}",
                if deepest.is_empty() { "no connection" } else { &deepest }
            ),
            "It is tried again by itself. If it stays, check the address and the network.",
        )
    };
    Trouble::new(TroubleKind::Unreachable, message, remedy)
}
