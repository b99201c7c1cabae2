//! Azure DevOps, in the cloud or on a server of one's own (integrations §2).

mod account;
mod client;
mod credential;
mod envelope;
mod fields;
mod hook;
mod items;
mod project;
mod queries;
mod relations;
mod search;
mod states;
mod wiql;

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Url;

pub use account::{Account, InvalidAccount};
pub use credential::{Credential, PUBLIC_AUTHORITY};
pub use hook::{News, read as read_hook};
pub use project::Project;

use client::{Client, going_on};

use crate::http::Http;
use crate::source::{Browse, Choice, Fetch, Harvest, NumericField, Selector, Source, Tested};
use crate::trouble::Trouble;

/// A connection to one project.
#[derive(Debug)]
pub struct AzureDevOps {
    client: Client,
    /// The project's identifier where it is known, else its name.
    project: String,
    states: Mutex<states::Tables>,
    fields: Mutex<fields::Known>,
}

impl AzureDevOps {
    /// A connection to a project, named by its identifier or its name.
    #[must_use]
    pub fn new(http: Http, account: Account, project: impl Into<String>, credential: Credential) -> Self {
        Self {
            client: Client::new(http, account, credential),
            project: project.into(),
            states: Mutex::default(),
            fields: Mutex::default(),
        }
    }

    /// Asks nothing for a while: the service asked for it elsewhere, or before.
    pub fn rest(&self, wait: Duration) {
        self.client.rest(wait, true);
    }

    /// How long the service asked not to be called; none where it may be.
    #[must_use]
    pub fn resting(&self) -> Option<Duration> {
        self.client.resting()
    }

    fn in_project(&self, parts: &[&str]) -> Url {
        let all: Vec<&str> = std::iter::once(self.project.as_str()).chain(parts.iter().copied()).collect();
        self.client.account.url(&all)
    }

    /// Where a selector can be looked at in a browser.
    fn address(&self, selector: &Selector) -> Option<String> {
        match selector {
            Selector::Query(query) => {
                Some(self.in_project(&["_queries", "query", &query.query_id]).to_string())
            }
            Selector::Items(items) => {
                let first = items.work_item_ids.first()?.to_string();
                Some(self.in_project(&["_workitems", "edit", &first]).to_string())
            }
            Selector::Words(_) => None,
        }
    }
}

#[async_trait]
impl Source for AzureDevOps {
    async fn test(&self) -> Result<Tested, Trouble> {
        let identity = self.identity().await?;
        let project = self.project().await?;
        let choices = self.choices(&Browse { personal: true, ..Browse::default() }).await?;
        Ok(Tested {
            identity,
            container_id: project.id,
            container_name: project.name,
            server: String::from(if self.client.account.is_services() {
                "Azure DevOps Services"
            } else {
                "Azure DevOps Server"
            }),
            choices: choices.iter().map(|folder| folder.children.len()).sum(),
        })
    }

    async fn browse(&self, asked: &Browse) -> Result<Vec<Choice>, Trouble> {
        self.choices(asked).await
    }

    async fn measures(&self) -> Result<Vec<NumericField>, Trouble> {
        Ok(self.numeric_fields().await?.as_ref().clone())
    }

    async fn describe(&self, selector: &Selector) -> Result<String, Trouble> {
        match selector {
            Selector::Query(query) => Ok(self.query(&query.query_id).await?.path),
            Selector::Items(items) => {
                let more = if items.include_children { " with everything below" } else { "" };
                Ok(match items.work_item_ids.as_slice() {
                    [one] => format!("Work item {one}{more}"),
                    several => format!("{} work items{more}", several.len()),
                })
            }
            Selector::Words(_) => Ok(String::from("A query of its own")),
        }
    }

    fn item_address(&self, item: u64) -> Option<String> {
        Some(self.in_project(&["_workitems", "edit", &item.to_string()]).to_string())
    }

    async fn fetch(&self, asked: &Fetch) -> Result<Harvest, Trouble> {
        let covered = self.cover(&asked.selector, asked.as_of).await?;
        let mut warnings = covered.warnings;
        let items = if covered.ids.is_empty() {
            Vec::new()
        } else {
            going_on(self.items(&covered.ids, &asked.fields, asked.as_of, &mut warnings)).await?
        };
        let seen: BTreeSet<u64> = items.iter().map(|item| item.id).collect();
        let gone = covered.ids.difference(&seen).count();
        if gone > 0 {
            warnings.push(format!("{gone} of the matching work items cannot be read and are left out."));
        }
        Ok(Harvest { items, warnings, url: self.address(&asked.selector) })
    }
}
