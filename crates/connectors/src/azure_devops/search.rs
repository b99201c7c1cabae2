//! Finding work items to pick, and the types that there are (integrations §2.4).

use std::collections::BTreeSet;

use serde::Deserialize;

use super::AzureDevOps;
use super::client::Ask;
use super::queries::{Many, mentions_me};
use crate::source::{Selector, WorkItem};
use crate::trouble::Trouble;

/// The most that a search answers.
const FOUND: &str = "30";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Type {
    name: String,
    #[serde(default)]
    is_disabled: bool,
}

impl AzureDevOps {
    /// Work items of the project whose title contains the words, or the one of this number; of one type where it is named. At most
    /// 30, those that changed last.
    ///
    /// # Errors
    /// What kept them from being read.
    pub async fn find_items(&self, words: &str, kind: Option<&str>) -> Result<Vec<WorkItem>, Trouble> {
        self.settle().await;
        let ids = self.first(&wiql(words, kind), FOUND).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.items(&ids, &BTreeSet::new(), None, &mut Vec::new()).await
    }

    /// What to tell of a selector before it is linked: that a saved query says `@Me`.
    ///
    /// # Errors
    /// What kept it from being read.
    pub async fn reservations(&self, selector: &Selector) -> Result<Option<String>, Trouble> {
        self.settle().await;
        match selector {
            Selector::Query(it) => Ok(self.query(&it.query_id).await?.wiql.as_deref().and_then(mentions_me)),
            Selector::Items(_) | Selector::Words(_) => Ok(None),
        }
    }

    /// The types of work item that the project has, by name.
    ///
    /// # Errors
    /// What kept them from being read.
    pub async fn item_types(&self) -> Result<Vec<String>, Trouble> {
        self.settle().await;
        let url = self.in_project(&["_apis", "wit", "workitemtypes"]);
        let all: Many<Type> = self.client.json(&Ask::get(url, &[], "the types of work item")).await?;
        let mut names: Vec<String> =
            all.value.into_iter().filter(|it| !it.is_disabled).map(|it| it.name).collect();
        names.sort();
        Ok(names)
    }
}

/// The query of a search. A quote in a text is written twice.
fn wiql(words: &str, kind: Option<&str>) -> String {
    let quoted = |text: &str| text.replace('\'', "''");
    let words = words.trim().trim_start_matches('#');
    let mut text = String::from("SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project");
    match words.parse::<u64>() {
        Ok(number) => text.push_str(&format!(" AND [System.Id] = {number}")),
        Err(_) if words.is_empty() => {}
        Err(_) => text.push_str(&format!(" AND [System.Title] CONTAINS '{}'", quoted(words))),
    }
    if let Some(kind) = kind {
        text.push_str(&format!(" AND [System.WorkItemType] = '{}'", quoted(kind)));
    }
    text.push_str(" ORDER BY [System.ChangedDate] DESC");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_numbers_types_and_quotes() {
        assert!(wiql(" it's late ", None).contains("[System.Title] CONTAINS 'it''s late'"));
        assert!(wiql("#42", None).contains("[System.Id] = 42"));
        assert!(wiql("", Some("O'Bug")).contains("= @project AND [System.WorkItemType] = 'O''Bug' ORDER"));
    }
}
