//! Hearing from the other nodes of a PostgreSQL store.

use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use crate::event::{Change, Event, Letter};
use crate::failure::Failure;

/// The channel of a schema; PostgreSQL cuts names at 63 bytes.
pub(crate) fn channel(schema: &str) -> String {
    let name = format!("northing_{schema}");
    name.chars()
        .take_while({
            let mut bytes = 0;
            move |c| {
                bytes += c.len_utf8();
                bytes <= 63
            }
        })
        .collect()
}

/// Passes on what other nodes announce, until it is aborted. After a lost connection something may have been missed, so it
/// says [`Change::Everything`].
pub(crate) async fn start(
    url: &str,
    channel: &str,
    node: String,
    events: broadcast::Sender<Event>,
) -> Result<AbortHandle, Failure> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(channel).await?;
    let task = tokio::spawn(async move {
        loop {
            let event = match listener.try_recv().await {
                Ok(Some(letter)) => match serde_json::from_str::<Letter>(letter.payload()) {
                    Ok(letter) if letter.node == node => continue,
                    Ok(letter) => letter.event,
                    Err(error) => {
                        // A node of another version: what it says is unknown, that it says something is not.
                        tracing::warn!(%error, "an announcement that cannot be read");
                        Event { org_id: None, goal_ids: Vec::new(), change: Change::Everything }
                    }
                },
                Ok(None) => Event { org_id: None, goal_ids: Vec::new(), change: Change::Everything },
                Err(error) => {
                    tracing::warn!(%error, "no word from other nodes; trying again");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    continue;
                }
            };
            // No subscribers is fine.
            let _none = events.send(event);
        }
    });
    Ok(task.abort_handle())
}
