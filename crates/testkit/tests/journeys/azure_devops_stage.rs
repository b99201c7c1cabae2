//! What journeys around Azure DevOps share: the site, the double, an organisation that may use it.

use anyhow::{Context, Result};
use northing_testkit::azure_devops::{Double, Options, sample};
use northing_testkit::browser::Browser;
use northing_testkit::front_door::{App, Person};
use serde_json::json;

use crate::support::{served, sign_in};

/// A served site with the double beside it.
pub(crate) struct Stage {
    pub(crate) app: App,
    pub(crate) double: Double,
    address: String,
}

impl Stage {
    pub(crate) async fn set(app: &App) -> Result<Self> {
        let double = Double::start(sample(app.clock.now()), Options::default()).await?;
        Ok(Self { app: app.clone(), double, address: served(app).await? })
    }

    /// The address of a page.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// A browser in which the owner is signed in.
    pub(crate) async fn owner(&self) -> Result<Browser> {
        self.browser(&self.app.owner).await
    }

    /// A browser in which somebody is signed in.
    pub(crate) async fn browser(&self, by: &Person) -> Result<Browser> {
        let browser = Browser::open().await?;
        sign_in(&browser, &self.address, &by.email).await?;
        Ok(browser)
    }

    /// Switches the integration on.
    pub(crate) async fn enable(&self) -> Result<()> {
        let path = format!("/orgs/{}/integrations/azure_devops", self.app.slug);
        self.app.api_ok(&self.app.owner, "PATCH", &path, Some(json!({ "enabled": true }))).await.map(drop)
    }

    /// A connection of the owner to the double; returns its identifier.
    pub(crate) async fn connect(&self, name: &str, shared: bool) -> Result<String> {
        let body = json!({ "kind": "azure_devops", "name": name, "shared": shared,
            "config": { "account": self.double.account(), "project": "Controls" }, "secret": { "pat": "good-token" } });
        let path = format!("/orgs/{}/connections", self.app.slug);
        let made = self.app.api_ok(&self.app.owner, "POST", &path, Some(body)).await?;
        Ok(made["id"].as_str().context("an id")?.to_owned())
    }
}
