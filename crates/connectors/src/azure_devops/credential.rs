//! How a connection shows who it is: a personal access token, or an application of Entra ID with a client secret.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::http::Http;
use crate::trouble::{Trouble, TroubleKind};

/// The public authority of Entra ID.
pub const PUBLIC_AUTHORITY: &str = "https://login.microsoftonline.com";
/// Azure DevOps as Entra ID knows it.
const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798/.default";
/// A token is renewed so long before it ends.
const MARGIN: Duration = Duration::from_secs(120);

/// The secret of a connection. Never shown: its `Debug` hides it.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A personal access token.
    Token(SecretString),
    /// An application registered in Entra ID.
    Application {
        /// Where tokens are given, without tenant: [`PUBLIC_AUTHORITY`], or that of a national cloud.
        authority: String,
        /// The tenant's identifier or domain.
        tenant: String,
        /// The application's identifier.
        client_id: String,
        /// Its secret.
        secret: SecretString,
    },
}

/// A credential with the access token it got, if it needs one.
#[derive(Debug)]
pub(super) struct Signer {
    credential: Credential,
    granted: Mutex<Option<(SecretString, Instant)>>,
}

#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: u64,
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    error_description: String,
}

impl Signer {
    pub(super) fn new(credential: Credential) -> Self {
        Self { credential, granted: Mutex::new(None) }
    }

    /// The `Authorization` header.
    pub(super) async fn header(&self, http: &Http) -> Result<SecretString, Trouble> {
        match &self.credential {
            Credential::Token(token) => {
                // White space comes along when a token is pasted.
                let token: String =
                    token.expose_secret().chars().filter(|letter| !letter.is_whitespace()).collect();
                Ok(format!("Basic {}", STANDARD.encode(format!(":{token}"))).into())
            }
            Credential::Application { authority, tenant, client_id, secret } => {
                let mut granted = self.granted.lock().await;
                if let Some((token, until)) = granted.as_ref()
                    && *until > Instant::now()
                {
                    return Ok(bearer(token));
                }
                let fresh = grant(http, authority, tenant, client_id, secret).await?;
                let lasts = Duration::from_secs(fresh.expires_in).saturating_sub(MARGIN);
                let header = bearer(&fresh.access_token);
                *granted = Some((fresh.access_token, Instant::now() + lasts));
                Ok(header)
            }
        }
    }

    /// Whether a new header can be had after one was refused.
    pub(super) const fn renews(&self) -> bool {
        matches!(self.credential, Credential::Application { .. })
    }

    /// Forgets an access token that was refused, so that the next request asks for a new one.
    pub(super) async fn forget(&self) {
        *self.granted.lock().await = None;
    }
}

fn bearer(token: &SecretString) -> SecretString {
    format!("Bearer {}", token.expose_secret()).into()
}

async fn grant(
    http: &Http,
    authority: &str,
    tenant: &str,
    client_id: &str,
    secret: &SecretString,
) -> Result<Granted, Trouble> {
    let wrong = || {
        Trouble::new(
            TroubleKind::AuthExpired,
            "The authority or the tenant of the application is no web address",
            "Correct the tenant in the connection.",
        )
    };
    let mut url = Url::parse(authority).map_err(|_| wrong())?;
    url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend([tenant, "oauth2", "v2.0", "token"]);
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", client_id)
        .append_pair("client_secret", secret.expose_secret())
        .append_pair("scope", RESOURCE)
        .finish();
    let request = http
        .request(Method::POST, url)
        .header(reqwest::header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form)
        .build()
        .map_err(|_| wrong())?;
    let answer = http.send(request).await?;
    if answer.status == 200 && answer.is_json() {
        return super::envelope::read(&answer);
    }
    let said: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    Err(entra(&said.error_description))
}

/// The refusals of Entra ID that people meet, each with its remedy (integrations §2.6).
fn entra(said: &str) -> Trouble {
    let code: String = said
        .split_once("AADSTS")
        .map_or("", |(_, after)| after)
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let (message, remedy) = match code.as_str() {
        "7000215" | "7000222" => (
            "Entra ID does not accept the application's secret, or it has expired",
            "Make a new client secret for the application and enter it in the connection.",
        ),
        "700016" => (
            "Entra ID does not know the application in this tenant",
            "Check the application's identifier and the tenant in the connection.",
        ),
        "90002" | "900023" => ("Entra ID does not know the tenant", "Check the tenant in the connection."),
        "50173" | "700082" => (
            "The sign-in was revoked, or ended because it was not used",
            "Sign in again: enter new credentials in the connection.",
        ),
        "50076" => (
            "Entra ID now asks for a second factor, which a program cannot give",
            "Use an application instead of a person's sign-in, or exempt it from the policy.",
        ),
        "53000" | "530002" | "530003" | "135010" | "135011" => (
            "A policy of Entra ID admits known devices only",
            "Ask the tenant's administrators to admit this application or this server's address.",
        ),
        "50034" | "500341" => (
            "The account of this connection was removed from Entra ID",
            "Make a new connection with an account that exists.",
        ),
        _ => (
            "Entra ID gave no token to the application",
            "Check tenant, application and secret of the connection.",
        ),
    };
    let code = (!code.is_empty()).then(|| format!("AADSTS{code}"));
    Trouble::new(TroubleKind::AuthExpired, message, remedy).with_code(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::HttpOptions;

    #[tokio::test]
    async fn a_pasted_token_is_trimmed_and_encoded_with_an_empty_user() {
        let signer = Signer::new(Credential::Token("  abc\n def ".into()));
        let http = Http::new(&HttpOptions::default()).unwrap();
        let header = signer.header(&http).await.unwrap();
        assert_eq!(header.expose_secret(), format!("Basic {}", STANDARD.encode(":abcdef")));
        assert!(!format!("{signer:?}").contains("abc"), "a secret is never printed");
    }

    #[test]
    fn every_refusal_of_entra_has_a_remedy_of_its_own() {
        let codes = ["7000215", "700016", "90002", "50173", "50076", "53000", "50034", "12345"];
        let told: std::collections::BTreeSet<String> = codes
            .iter()
            .map(|code| {
                let trouble = entra(&format!("AADSTS{code}: Something happened. Trace ID: 1"));
                assert_eq!(trouble.kind, TroubleKind::AuthExpired);
                assert_eq!(trouble.code, Some(format!("AADSTS{code}")));
                trouble.remedy
            })
            .collect();
        assert_eq!(told.len(), codes.len());
        // Those that mean the same are told the same.
        for (code, like) in [
            ("7000222", "7000215"),
            ("700082", "50173"),
            ("530002", "53000"),
            ("530003", "53000"),
            ("135010", "53000"),
            ("135011", "53000"),
            ("500341", "50034"),
            ("900023", "90002"),
        ] {
            let (one, other) = (entra(&format!("AADSTS{code}: X")), entra(&format!("AADSTS{like}: X")));
            assert_eq!((&one.message, &one.remedy), (&other.message, &other.remedy), "{code}");
            assert_eq!(one.code, Some(format!("AADSTS{code}")));
        }
        assert_eq!(entra("").code, None);
    }
}
