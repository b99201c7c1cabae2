//! The way out: from a connection as it is kept to a source that can be asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use northing_connectors::azure_devops::{Account, AzureDevOps, Credential, PUBLIC_AUTHORITY};
use northing_connectors::http::Http;
use northing_connectors::trouble::{Trouble, TroubleKind};
use northing_core::errors::FieldError;
use northing_core::text;
use northing_core::values::{Id, Moment};
use northing_store::connections::ConnectionRow;
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

use super::looks::Looks;
use super::vault::Vault;
use crate::error::{Error, Result};

/// The one kind of source there is so far.
pub const AZURE_DEVOPS: &str = "azure_devops";
/// Connections that are kept open at most.
const OPEN: usize = 256;

/// What a connection to Azure DevOps needs to know besides its secret. The JSON is that of the API.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The organisation's name, or an address.
    #[serde(default)]
    pub account: String,
    /// The project's name or identifier.
    #[serde(default)]
    pub project: String,
    /// The tenant, where an application signs in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant_id: Option<String>,
    /// The application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    /// Where applications get their tokens; the public authority where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

impl Config {
    /// Whether a secret that was entered for `old` would go somewhere else with this: to another account, or an application's to another
    /// authority or tenant.
    pub(crate) fn leads_elsewhere(&self, old: &Self) -> bool {
        let place = |text: &Option<String>| {
            let text = text.as_deref().unwrap_or("").trim().trim_end_matches('/').to_ascii_lowercase();
            if text == PUBLIC_AUTHORITY { String::new() } else { text }
        };
        self.account.trim() != old.account.trim()
            || place(&self.authority) != place(&old.authority)
            || place(&self.tenant_id) != place(&old.tenant_id)
    }
}

/// A connection's secret: one of the two. It is only ever written.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secret {
    /// A personal access token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pat: Option<String>,
    /// The secret of an application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Secret").finish_non_exhaustive()
    }
}

/// Everything that is needed to reach other systems.
#[derive(Debug)]
pub struct Outside {
    http: Http,
    pub(super) vault: Vault,
    open: Mutex<HashMap<Id, (i64, Arc<AzureDevOps>)>>,
    pub(super) looks: Looks,
    /// Where people reach this Northing.
    address: Option<String>,
}

impl Outside {
    /// With this client and these keys.
    #[must_use]
    pub fn new(http: Http, vault: Vault) -> Self {
        Self { http, vault, open: Mutex::default(), looks: Looks::default(), address: None }
    }

    /// With the address by which people reach this Northing: what is written back to other systems leads there.
    #[must_use]
    pub fn with_address(mut self, address: impl Into<String>) -> Self {
        self.address = Some(address.into());
        self
    }

    /// The address by which people reach this Northing.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The source behind a connection. It stays open, with what it learnt, until the connection changes; what the other system asked any node
    /// to wait, it waits.
    pub(crate) fn source(&self, row: &ConnectionRow, now: Moment) -> Result<Arc<AzureDevOps>> {
        let source = self.open(row)?;
        let wait = row.quiet_until.map_or(0, |until| until.millis() - now.millis());
        if let Some(wait) = u64::try_from(wait).ok().filter(|wait| *wait > 0) {
            source.rest(Duration::from_millis(wait));
        }
        Ok(source)
    }

    fn open(&self, row: &ConnectionRow) -> Result<Arc<AzureDevOps>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((version, source)) = open.get(&row.id)
            && *version == row.version
        {
            return Ok(source.clone());
        }
        let secret = self.vault.unseal(&about(row.org_id, row.id), &row.secret)?;
        let secret: Secret = serde_json::from_str(secret.expose_secret())
            .map_err(|_| Error::Internal(String::from("a connection's secret is not in our form")))?;
        let config: Config = serde_json::from_str(&row.config)
            .map_err(|_| Error::Internal(String::from("a connection's settings are not in our form")))?;
        let source = Arc::new(self.draft(&config, &secret, row.container_id.as_deref())?);
        if open.len() >= OPEN {
            open.clear();
        }
        open.insert(row.id, (row.version, source.clone()));
        Ok(source)
    }

    /// A source that is not kept: to try what was entered.
    ///
    /// # Errors
    /// [`Error::Invalid`] with what is wrong with the entries.
    pub(crate) fn draft(
        &self,
        config: &Config,
        secret: &Secret,
        container: Option<&str>,
    ) -> Result<AzureDevOps> {
        let (account, credential) = read(config, secret)?;
        let project = container.unwrap_or(config.project.trim());
        Ok(AzureDevOps::new(self.http.clone(), account, project, credential))
    }
}

impl Secret {
    /// Whether none was entered.
    pub(crate) fn is_empty(&self) -> bool {
        let empty = |text: &Option<String>| text.as_deref().is_none_or(|text| text.trim().is_empty());
        empty(&self.pat) && empty(&self.client_secret)
    }
}

/// What a secret belongs to, as part of its seal.
pub(crate) fn about(org: Id, connection: Id) -> String {
    format!("connection {connection} of {org}")
}

/// Reads account and credential from what was entered.
///
/// # Errors
/// [`Error::Invalid`] with everything that is wrong.
pub(crate) fn read(config: &Config, secret: &Secret) -> Result<(Account, Credential)> {
    let mut errors = super::texts::check_access(config, secret);
    let account = Account::parse(&config.account);
    if let Err(error) = &account {
        errors.push(FieldError::new("config.account", "invalid", error.to_string()));
    }
    let project = config.project.trim();
    if project.is_empty() || project.chars().count() > 256 || project.contains(['/', '\\']) {
        errors.push(FieldError::new("config.project", "invalid", "name the project, or give its identifier"));
    }
    let filled = |text: &Option<String>| {
        text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let credential = match (filled(&secret.pat), filled(&secret.client_secret)) {
        (Some(token), None) if token.len() <= 4096 => Some(Credential::Token(token.into())),
        (None, Some(of_application)) if of_application.len() <= 4096 => {
            match (filled(&config.tenant_id), filled(&config.client_id)) {
                (Some(tenant), Some(client_id)) => Some(Credential::Application {
                    authority: filled(&config.authority).unwrap_or_else(|| PUBLIC_AUTHORITY.to_owned()),
                    tenant,
                    client_id,
                    secret: of_application.into(),
                }),
                (tenant, client) => {
                    if tenant.is_none() {
                        errors.push(FieldError::new(
                            "config.tenant_id",
                            "required",
                            "name the tenant of the application",
                        ));
                    }
                    if client.is_none() {
                        errors.push(FieldError::new(
                            "config.client_id",
                            "required",
                            "give the application's identifier",
                        ));
                    }
                    None
                }
            }
        }
        (None, None) => {
            errors.push(FieldError::new(
                "secret",
                "required",
                "enter a personal access token, or an application's secret",
            ));
            None
        }
        _ => {
            errors.push(FieldError::new(
                "secret",
                "invalid",
                "enter a token or an application's secret, not both, 4096 characters at most",
            ));
            None
        }
    };
    match (account, credential) {
        (Ok(account), Some(credential)) if errors.is_empty() => Ok((account, credential)),
        _ => Err(Error::Invalid(errors)),
    }
}

/// A name as it is kept.
pub(super) fn check_name(name: &str) -> Result<String, FieldError> {
    text::title("name", name).map(ToOwned::to_owned)
}

/// Trouble as the answer to whoever asked: at the field that is to blame.
pub(crate) fn told(trouble: &Trouble) -> Error {
    let field = match trouble.kind {
        TroubleKind::AuthExpired => "secret",
        TroubleKind::ContainerMissing | TroubleKind::AddressRefused | TroubleKind::Unreachable => "config",
        TroubleKind::SelectorMissing
        | TroubleKind::SelectorInvalid
        | TroubleKind::TooLarge
        | TroubleKind::NotNumeric => "selector",
        TroubleKind::Forbidden
        | TroubleKind::RateLimited
        | TroubleKind::BadPayload
        | TroubleKind::IntegrationDisabled
        | TroubleKind::ConnectionRemoved => "connection_id",
    };
    let message = format!("{}. {}", trouble.message.trim_end_matches('.'), trouble.remedy);
    FieldError::new(field, trouble.kind.name(), message).into()
}
