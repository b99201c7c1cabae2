//! Who the credentials are, and which projects they see (integrations §2.8.3, §2.8.4).

use serde::{Deserialize, Serialize};

use super::AzureDevOps;
use super::client::Ask;
use super::queries::Many;
use crate::trouble::{Trouble, TroubleKind};

/// The identity of somebody who did not sign in.
const ANONYMOUS: &str = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    /// Its lasting identifier.
    pub id: String,
    /// Its name today.
    pub name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConnectionData {
    authenticated_user: Identity,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    #[serde(default)]
    id: String,
    #[serde(default)]
    provider_display_name: String,
}

impl AzureDevOps {
    /// As whom the credentials are known.
    pub(super) async fn identity(&self) -> Result<String, Trouble> {
        let url = self.client.account.url(&["_apis", "connectionData"]);
        let ask = Ask { preview: "-preview.1", ..Ask::get(url, &[], "the account") };
        let data: ConnectionData = self.client.json(&ask).await?;
        let user = data.authenticated_user;
        if user.id.eq_ignore_ascii_case(ANONYMOUS) || user.provider_display_name == "Anonymous" {
            return Err(Trouble::new(
                TroubleKind::AuthExpired,
                "Azure DevOps answered as to somebody who did not sign in",
                "Enter the token again: all of it, and nothing else.",
            ));
        }
        Ok(user.provider_display_name)
    }

    /// The connection's project as it is called today.
    ///
    /// # Errors
    /// What kept it from being read.
    pub async fn project(&self) -> Result<Project, Trouble> {
        let about = format!("the project {}", self.project);
        let named = self.container().unwrap_or(&self.project);
        let url = self.client.account.url(&["_apis", "projects", named]);
        self.client.json(&Ask::get(url, &[], &about)).await
    }

    /// Every project that the credentials see, in the order of their names.
    ///
    /// # Errors
    /// What kept them from being read.
    pub async fn projects(&self) -> Result<Vec<Project>, Trouble> {
        let url = self.client.account.url(&["_apis", "projects"]);
        let mut all = Vec::new();
        let mut token = String::new();
        loop {
            let query =
                [("stateFilter", "wellFormed"), ("$top", "100"), ("continuationToken", token.as_str())];
            let pairs = if token.is_empty() { query.get(..2).unwrap_or(&query) } else { &query };
            let answer = self.client.answer(&Ask::get(url.clone(), pairs, "the projects")).await?;
            all.extend(super::envelope::read::<Many<Project>>(&answer)?.value);
            let next = answer.headers.get("x-ms-continuationtoken").and_then(|value| value.to_str().ok());
            match next.filter(|next| !next.is_empty() && *next != token) {
                Some(next) => token = next.to_owned(),
                None => break,
            }
        }
        all.sort_by_key(|project: &Project| project.name.to_lowercase());
        Ok(all)
    }
}
