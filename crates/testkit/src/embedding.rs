//! What Azure DevOps does around our page: signs who looks, and shows the extension's tab.

use anyhow::Result;
use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use northing_core::values::Moment;
use serde_json::{Value, json};
use sha2::Sha256;

const TAB: &str = include_str!("../../../deploy/azure-devops-extension/tab/tab.html");
const STYLE: &str = include_str!("../../../deploy/azure-devops-extension/tab/tab.css");
const SCRIPT: &str = include_str!("../../../deploy/azure-devops-extension/tab/tab.js");

/// A token for an identity, signed with the extension's key; good for an hour.
///
/// # Errors
/// None that a text as key can bring.
pub fn signed(now: Moment, identity: &str, key: &str) -> Result<String> {
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let claims = json!({ "nameid": identity, "exp": now.millis() / 1000 + 3_600 });
    let text = format!("{}.{}", encode(json!({ "alg": "HS256", "typ": "JWT" })), encode(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes())?;
    mac.update(text.as_bytes());
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())))
}

/// What the tab is shown on.
#[derive(Debug, Clone)]
pub struct Host {
    /// Where Northing is.
    pub northing: String,
    /// The organisation there.
    pub organisation: String,
    /// The project of the work item.
    pub project: String,
    /// The work item.
    pub item: u64,
    /// What the host signed.
    pub token: String,
}

/// The extension's own tab, with the two lines that an admin changes, and in the place of the vendor's kit one that answers as it does.
pub fn tab(host: &Host) -> Router {
    let text = |value: &str| Value::from(value).to_string();
    let config = format!(
        "export const northing = {};\nexport const organisation = {};\n",
        text(&host.northing),
        text(&host.organisation)
    );
    let kit = format!(
        "let page;\nexport const init = async () => {{}};\nexport const register = (id, make) => {{ page = make(); }};\n\
         export const getContributionId = () => \"goals-tab\";\nexport const getAppToken = async () => {};\n\
         export const getWebContext = () => ({{ project: {{ id: {} }} }});\n\
         export const notifyLoadSucceeded = async () => page.onLoaded({{ id: {}, isNew: false }});\n",
        text(&host.token),
        text(&host.project),
        host.item
    );
    let script = |body: String| get(async move || ([(header::CONTENT_TYPE, "text/javascript")], body));
    Router::new()
        .route("/tab/tab.html", get(async || Html(TAB)))
        .route("/tab/tab.css", get(async || ([(header::CONTENT_TYPE, "text/css")], STYLE)))
        .route("/tab/tab.js", script(SCRIPT.to_owned()))
        .route("/tab/config.js", script(config))
        .route("/sdk/esm/SDK.min.js", script(kit))
}
