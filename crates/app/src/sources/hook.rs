//! Hints from the other system that something changed (integrations §2.8.9). A hint only brings the next sync forward.

use northing_connectors::azure_devops::read_hook;
use northing_store::{connections, goal_links};

use super::AZURE_DEVOPS;
use crate::error::{Error, Result};
use crate::{Northing, secret};

/// Further changes within so many milliseconds share a sync.
const DEBOUNCE: i64 = 30_000;

impl Northing {
    /// Takes a message that came with this secret. Returns how many links are synced soon.
    ///
    /// # Errors
    /// [`Error::SignedOut`] for a wrong secret or an integration that is off. A message that is not understood is taken and does nothing.
    pub async fn receive_hook(&self, given: &str, body: &[u8]) -> Result<u64> {
        let hash = secret::hash(given);
        let mut rx = self.store.read().await?;
        let org = connections::of_hook(&mut rx, AZURE_DEVOPS, &hash).await?.ok_or(Error::SignedOut)?;
        let Some(news) = read_hook(body) else { return Ok(0) };
        let Some(project) = news.project_id else { return Ok(0) };
        let ids = connections::of_container(&mut rx, org, AZURE_DEVOPS, &project).await?;
        drop(rx);
        if ids.is_empty() {
            return Ok(0);
        }
        let work = (ids, self.now().plus_millis(DEBOUNCE));
        self.store
            .write(work, |tx, (ids, at)| {
                Box::pin(async move { Ok::<_, Error>(goal_links::hint(tx, ids, *at).await?) })
            })
            .await
    }
}
