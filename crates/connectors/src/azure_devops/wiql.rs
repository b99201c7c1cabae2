//! Running queries: saved ones, those written as text, and the descent from items to everything below them (integrations §2.8.6).

use std::collections::BTreeSet;

use northing_core::values::Moment;
use serde::Deserialize;
use serde_json::json;

use super::AzureDevOps;
use super::client::Ask;
use super::queries::mentions_me;
use crate::source::{ItemsSelector, Selector};
use crate::trouble::{Trouble, TroubleKind};

/// Items whose descendants are asked for at once: keeps the query's text under the server's limit of 32,000 characters.
const SOURCES: usize = 500;

/// What a query answers: numbers of items, never their fields. Lists carry `workItems`, trees and links `workItemRelations`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    #[serde(default)]
    work_items: Vec<Target>,
    #[serde(default)]
    work_item_relations: Vec<Relation>,
}

#[derive(Deserialize)]
struct Target {
    id: u64,
}

#[derive(Deserialize)]
struct Relation {
    source: Option<Target>,
    target: Option<Target>,
}

impl Found {
    /// The items, each once, in the order of their numbers.
    fn ids(self) -> BTreeSet<u64> {
        let related = self.work_item_relations.into_iter().flat_map(|it| [it.source, it.target]).flatten();
        self.work_items.into_iter().chain(related).map(|target| target.id).collect()
    }
}

/// The items that a selector covers.
pub(super) struct Covered {
    pub(super) ids: BTreeSet<u64>,
    pub(super) warnings: Vec<String>,
}

impl AzureDevOps {
    /// The numbers of the items that a selector covers, now or at a moment.
    pub(super) async fn cover(&self, selector: &Selector, as_of: Option<Moment>) -> Result<Covered, Trouble> {
        match selector {
            Selector::Query(query) => match as_of {
                None => {
                    let url = self.in_project(&["_apis", "wit", "wiql", &query.query_id]);
                    let found: Found = self.client.json(&Ask::get(url, &[], "the query")).await?;
                    Ok(Covered { ids: found.ids(), warnings: Vec::new() })
                }
                Some(moment) => {
                    let saved = self.query(&query.query_id).await?;
                    if saved.is_folder {
                        return Err(Trouble::new(
                            TroubleKind::SelectorInvalid,
                            format!("{} is a folder, not a query", saved.path),
                            "Choose a query inside the folder.",
                        ));
                    }
                    self.words(saved.wiql.as_deref().unwrap_or_default(), Some(moment)).await
                }
            },
            Selector::Words(words) => self.words(&words.wiql, as_of).await,
            Selector::Items(items) => self.below(items, as_of).await,
        }
    }

    async fn words(&self, text: &str, as_of: Option<Moment>) -> Result<Covered, Trouble> {
        let text = match as_of {
            Some(moment) => at(text, moment),
            None => text.to_owned(),
        };
        let warnings = mentions_me(&text).into_iter().collect();
        Ok(Covered { ids: self.run(&text).await?, warnings })
    }

    async fn below(&self, items: &ItemsSelector, as_of: Option<Moment>) -> Result<Covered, Trouble> {
        let mut ids: BTreeSet<u64> = items.work_item_ids.iter().copied().collect();
        if items.include_children {
            let picked: Vec<u64> = ids.iter().copied().collect();
            for some in picked.chunks(SOURCES) {
                let list = some.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
                let text = format!(
                    "SELECT [System.Id] FROM WorkItemLinks WHERE [Source].[System.Id] IN ({list}) \
                     AND [System.Links.LinkType] = 'System.LinkTypes.Hierarchy-Forward' MODE (Recursive)"
                );
                let text = as_of.map_or_else(|| text.clone(), |moment| at(&text, moment));
                ids.extend(self.run(&text).await?);
            }
        }
        Ok(Covered { ids, warnings: Vec::new() })
    }

    /// Runs a query that is given as text.
    async fn run(&self, text: &str) -> Result<BTreeSet<u64>, Trouble> {
        // Moments, not only days, where the text names a past one.
        self.answered(text, &[("timePrecision", "true")]).await
    }

    /// The first items that a query answers, by its own order.
    pub(super) async fn first(&self, text: &str, most: &str) -> Result<BTreeSet<u64>, Trouble> {
        self.answered(text, &[("$top", most)]).await
    }

    async fn answered(&self, text: &str, query: &[(&str, &str)]) -> Result<BTreeSet<u64>, Trouble> {
        let url = self.in_project(&["_apis", "wit", "wiql"]);
        let mut ask = Ask::post(url, &json!({ "query": text }), "the query");
        ask.query = query;
        Ok(self.client.json::<Found>(&ask).await?.ids())
    }
}

/// The same query as of a moment: the clause stands before `MODE`, else at the end, and takes the place of one that is there.
fn at(text: &str, moment: Moment) -> String {
    let text = text.trim();
    let (before, mode) = match last_word(text, "mode") {
        Some(at) => text.split_at(at),
        None => (text, ""),
    };
    let before = match last_word(before, "asof") {
        Some(at) => before.get(..at).unwrap_or(before),
        None => before,
    };
    format!("{} ASOF '{moment}' {mode}", before.trim_end()).trim_end().to_owned()
}

/// Where the last occurrence of a word begins that stands by itself outside quotes and brackets.
fn last_word(text: &str, word: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let mut found = None;
    let (mut quoted, mut bracketed, mut before) = (false, false, ' ');
    for (at, letter) in lower.char_indices() {
        match letter {
            '\'' if !bracketed => quoted = !quoted,
            '[' if !quoted => bracketed = true,
            ']' if !quoted => bracketed = false,
            _ if !quoted && !bracketed && !before.is_alphanumeric() => {
                let rest = lower.get(at..).unwrap_or("");
                let alone =
                    rest.strip_prefix(word).is_some_and(|after| !after.starts_with(char::is_alphanumeric));
                found = if alone { Some(at) } else { found };
            }
            _ => {}
        }
        before = letter;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_stands_where_the_grammar_wants_it() {
        let moment: Moment = "2026-01-31T12:00:00Z".parse().unwrap();
        let rows = [
            (
                "SELECT [System.Id] FROM WorkItems",
                "SELECT [System.Id] FROM WorkItems ASOF '2026-01-31T12:00:00Z'",
            ),
            (
                "SELECT x FROM WorkItemLinks WHERE a = 'mode' ORDER BY [x] mode(MustContain)",
                "SELECT x FROM WorkItemLinks WHERE a = 'mode' ORDER BY [x] ASOF '2026-01-31T12:00:00Z' mode(MustContain)",
            ),
            (
                "SELECT x FROM WorkItems WHERE [My Mode] = 'é' ",
                "SELECT x FROM WorkItems WHERE [My Mode] = 'é' ASOF '2026-01-31T12:00:00Z'",
            ),
            (
                "SELECT x FROM WorkItems asof '2020-01-01'",
                "SELECT x FROM WorkItems ASOF '2026-01-31T12:00:00Z'",
            ),
        ];
        for (text, expected) in rows {
            assert_eq!(at(text, moment), expected);
        }
    }

    #[test]
    fn items_of_trees_and_links_count_once() {
        let text = r#"{"queryType":"tree","workItemRelations":[{"rel":null,"source":null,"target":{"id":7}},
            {"rel":"x","source":{"id":7},"target":{"id":8}},{"rel":"x","source":{"id":9},"target":{"id":8}}]}"#;
        let found: Found = serde_json::from_str(text).unwrap();
        assert_eq!(found.ids().into_iter().collect::<Vec<_>>(), [7, 8, 9]);
        let flat: Found =
            serde_json::from_str(r#"{"workItems":[{"id":3,"url":""},{"id":3,"url":""},{"id":1,"url":""}]}"#)
                .unwrap();
        assert_eq!(flat.ids().into_iter().collect::<Vec<_>>(), [1, 3]);
    }
}
