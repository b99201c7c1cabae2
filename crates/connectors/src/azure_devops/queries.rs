//! The tree of saved queries (integrations §2.8.5).

use serde::Deserialize;

use super::AzureDevOps;
use super::client::Ask;
use crate::source::{Browse, Choice};
use crate::trouble::Trouble;

/// The most that a search answers.
const FOUND: &str = "50";

#[derive(Deserialize)]
pub(super) struct Many<T> {
    pub(super) value: Vec<T>,
}

/// A query or a folder of such. Booleans that are absent are false.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) path: String,
    #[serde(default)]
    pub(super) is_folder: bool,
    #[serde(default)]
    is_public: bool,
    #[serde(default)]
    is_deleted: bool,
    #[serde(default)]
    is_invalid_syntax: bool,
    #[serde(default)]
    query_type: Option<String>,
    #[serde(default)]
    pub(super) wiql: Option<String>,
    #[serde(default)]
    children: Vec<Query>,
}

impl AzureDevOps {
    /// The folders at the top, what is in one, or what a search finds.
    pub(super) async fn choices(&self, asked: &Browse) -> Result<Vec<Choice>, Trouble> {
        let about = "the queries of the project";
        let found =
            if let Some(words) = asked.search.as_deref().map(str::trim).filter(|words| !words.is_empty()) {
                let url = self.in_project(&["_apis", "wit", "queries"]);
                let query = [("$filter", words), ("$top", FOUND), ("$expand", "wiql")];
                self.client.json::<Many<Query>>(&Ask::get(url, &query, about)).await?.value
            } else if let Some(folder) = &asked.place {
                let url = self.in_project(&["_apis", "wit", "queries", folder]);
                let query = [("$depth", "1"), ("$expand", "wiql")];
                self.client.json::<Query>(&Ask::get(url, &query, "the folder")).await?.children
            } else {
                let url = self.in_project(&["_apis", "wit", "queries"]);
                let query = [("$depth", "1"), ("$expand", "wiql")];
                self.client.json::<Many<Query>>(&Ask::get(url, &query, about)).await?.value
            };
        Ok(found.into_iter().filter_map(|query| choice(query, asked.personal)).collect())
    }

    /// One saved query with its text.
    pub(super) async fn query(&self, id: &str) -> Result<Query, Trouble> {
        let url = self.in_project(&["_apis", "wit", "queries", id]);
        self.client.json(&Ask::get(url, &[("$expand", "wiql")], "the query")).await
    }
}

/// What is shown of a query; nothing of deleted ones and, on shared connections, of what is the owner's own.
fn choice(query: Query, personal: bool) -> Option<Choice> {
    if query.is_deleted || (!query.is_public && !personal) {
        return None;
    }
    let unusable = query
        .is_invalid_syntax
        .then(|| String::from("Azure DevOps cannot run this query: open it there, correct it and save it"));
    let shape = match query.query_type.as_deref() {
        Some("flat") => Some("List"),
        Some("tree") => Some("Tree"),
        Some("oneHop") => Some("Direct links"),
        _ => None,
    };
    Some(Choice {
        warning: query.wiql.as_deref().and_then(mentions_me),
        children: query.children.into_iter().filter_map(|child| choice(child, personal)).collect(),
        id: query.id,
        name: query.name,
        path: query.path,
        folder: query.is_folder,
        unusable,
        shape: shape.map(ToOwned::to_owned),
    })
}

/// The warning that `@Me` means the connection's owner, whoever looks.
pub(super) fn mentions_me(wiql: &str) -> Option<String> {
    let lower = wiql.to_lowercase();
    let alone = |at: usize| {
        !lower.get(at + 3..).is_some_and(|rest| rest.starts_with(|next: char| next.is_alphanumeric()))
    };
    let found = lower.match_indices("@me").any(|(at, _)| alone(at));
    found.then(|| String::from("The query says @Me: for Northing that is always the owner of the connection's credentials, not the reader."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn me_is_found_as_a_macro_of_its_own() {
        assert!(mentions_me("WHERE [System.AssignedTo] = @Me AND x").is_some());
        assert!(mentions_me("WHERE [System.AssignedTo] = @me").is_some());
        assert!(mentions_me("WHERE [System.Title] CONTAINS '@mention'").is_none());
        assert!(mentions_me("WHERE [System.AssignedTo] = @project").is_none());
    }
}
