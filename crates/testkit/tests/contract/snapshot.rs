//! All that the store holds, to tell what a request changed.

use std::collections::BTreeSet;

use anyhow::Result;
use northing_store::Store;

/// The rows of every table but those that note who was seen when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeSet<String>);

const SEEN: [&str; 2] = ["api_tokens", "sessions"];

impl Snapshot {
    /// What the store holds now.
    pub(crate) async fn take(store: &Store) -> Result<Self> {
        let mut copy = Vec::new();
        store.backup(&mut copy).await?;
        let mut rows = BTreeSet::new();
        let mut table = String::new();
        for line in String::from_utf8(copy)?.lines() {
            if line.starts_with('{') {
                let head: serde_json::Value = serde_json::from_str(line)?;
                table = head["table"].as_str().unwrap_or_default().to_owned();
            } else if !SEEN.contains(&table.as_str()) {
                rows.insert(format!("{table} {line}"));
            }
        }
        Ok(Self(rows))
    }

    /// The rows that are in one of the two only.
    pub(crate) fn changes(&self, later: &Self) -> Vec<String> {
        self.0.symmetric_difference(&later.0).cloned().collect()
    }
}
