//! What an item is related to: the items above it, and the links to goals that are written on it (integrations §2.7).

use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::AzureDevOps;
use super::client::Ask;
use crate::trouble::Trouble;

/// Levels that are climbed at most.
const LEVELS: usize = 12;

#[derive(Deserialize)]
struct Item {
    rev: u64,
    /// Absent where there are none.
    #[serde(default)]
    relations: Vec<Relation>,
}

#[derive(Deserialize)]
struct Relation {
    rel: String,
    url: String,
}

impl Item {
    fn hyperlink(&self, to: &str) -> Option<usize> {
        self.relations.iter().position(|it| it.rel == "Hyperlink" && it.url == to)
    }

    fn parent(&self) -> Option<u64> {
        let parent = self.relations.iter().find(|it| it.rel == "System.LinkTypes.Hierarchy-Reverse")?;
        parent.url.rsplit('/').next()?.parse().ok()
    }
}

impl AzureDevOps {
    /// Puts a link on a work item, once.
    ///
    /// # Errors
    /// What kept it from being written; the token needs the right to write work items.
    pub async fn put_hyperlink(&self, item: u64, to: &str, comment: &str) -> Result<(), Trouble> {
        self.settle().await;
        if self.related(item).await?.hyperlink(to).is_some() {
            return Ok(());
        }
        let link = json!({ "rel": "Hyperlink", "url": to, "attributes": { "comment": comment } });
        self.patch(item, &json!([{ "op": "add", "path": "/relations/-", "value": link }])).await
    }

    /// Takes a link off a work item, where it is there.
    ///
    /// # Errors
    /// As for [`AzureDevOps::put_hyperlink`].
    pub async fn remove_hyperlink(&self, item: u64, to: &str) -> Result<(), Trouble> {
        self.settle().await;
        let found = self.related(item).await?;
        let Some(place) = found.hyperlink(to) else { return Ok(()) };
        // Relations are named by their place: only if nobody changed the item since.
        let steps = json!([
            { "op": "test", "path": "/rev", "value": found.rev },
            { "op": "remove", "path": format!("/relations/{place}") },
        ]);
        self.patch(item, &steps).await
    }

    /// The items above this one, the nearest first.
    ///
    /// # Errors
    /// What kept them from being read.
    pub async fn ancestors(&self, item: u64) -> Result<Vec<u64>, Trouble> {
        self.settle().await;
        let mut found = Vec::new();
        let mut at = item;
        while found.len() < LEVELS {
            let Some(parent) = self.related(at).await?.parent() else { break };
            if parent == item || found.contains(&parent) {
                break;
            }
            found.push(parent);
            at = parent;
        }
        Ok(found)
    }

    async fn related(&self, item: u64) -> Result<Item, Trouble> {
        let url = self.in_project(&["_apis", "wit", "workitems", &item.to_string()]);
        self.client.json(&Ask::get(url, &[("$expand", "relations")], "the work item")).await
    }

    async fn patch(&self, item: u64, steps: &Value) -> Result<(), Trouble> {
        let url = self.in_project(&["_apis", "wit", "workitems", &item.to_string()]);
        let body = Some(("application/json-patch+json", steps.to_string()));
        let ask = Ask { method: Method::PATCH, body, ..Ask::get(url, &[], "the work item") };
        self.client.answer(&ask).await?;
        Ok(())
    }
}
