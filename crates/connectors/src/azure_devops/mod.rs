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
use tokio::sync::OnceCell;

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
    /// The project's identifier where it had to be asked for; none where it cannot be read.
    settled: OnceCell<Option<String>>,
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
            settled: OnceCell::new(),
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

    /// Finds the project's identifier out before anything is asked of the project: a name may be another tomorrow. Where it cannot be read,
    /// the name has to do; whatever is asked next says what is wrong.
    pub(crate) async fn settle(&self) {
        if !is_identifier(&self.project) {
            self.settled.get_or_init(async || self.project().await.ok().map(|project| project.id)).await;
        }
    }

    /// The project's identifier, where it is known.
    #[must_use]
    pub fn container(&self) -> Option<&str> {
        let named = Some(self.project.as_str()).filter(|project| is_identifier(project));
        named.or_else(|| self.settled.get()?.as_deref())
    }

    /// Reads the project's identifier where it is not known yet.
    pub async fn learn_container(&self) -> Option<&str> {
        self.settle().await;
        self.container()
    }

    fn in_project(&self, parts: &[&str]) -> Url {
        let project = self.container().unwrap_or(&self.project);
        self.at_project(project, parts)
    }

    /// What people open in a browser: as the connection names the project.
    fn in_browser(&self, parts: &[&str]) -> Url {
        self.at_project(&self.project, parts)
    }

    fn at_project(&self, project: &str, parts: &[&str]) -> Url {
        let all: Vec<&str> = std::iter::once(project).chain(parts.iter().copied()).collect();
        self.client.account.url(&all)
    }

    /// Where a selector can be looked at in a browser.
    fn address(&self, selector: &Selector) -> Option<String> {
        match selector {
            Selector::Query(query) => {
                Some(self.in_browser(&["_queries", "query", &query.query_id]).to_string())
            }
            Selector::Items(items) => {
                let first = items.work_item_ids.first()?.to_string();
                Some(self.in_browser(&["_workitems", "edit", &first]).to_string())
            }
            Selector::Words(_) => None,
        }
    }
}

/// Whether it is an identifier of the service, not a name: `6ce954b1-ce1f-45d1-b94d-e6bf2464ba2c`.
fn is_identifier(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

#[async_trait]
impl Source for AzureDevOps {
    async fn test(&self) -> Result<Tested, Trouble> {
        let identity = self.identity().await?;
        let project = self.project().await?;
        self.settle().await;
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
        self.settle().await;
        self.choices(asked).await
    }

    async fn measures(&self) -> Result<Vec<NumericField>, Trouble> {
        self.settle().await;
        Ok(self.numeric_fields().await?.as_ref().clone())
    }

    async fn describe(&self, selector: &Selector) -> Result<String, Trouble> {
        match selector {
            Selector::Query(query) => {
                self.settle().await;
                Ok(self.query(&query.query_id).await?.path)
            }
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
        Some(self.in_browser(&["_workitems", "edit", &item.to_string()]).to_string())
    }

    async fn fetch(&self, asked: &Fetch) -> Result<Harvest, Trouble> {
        self.settle().await;
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
