//! Waiting for something to become true, without sleeping for a guessed time.

use std::future::Future;
use std::time::Duration;

use anyhow::{Context, Result};

/// How long a condition of a browser test may take before the test fails: generous, since it costs only where it fails.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Asks `probe` again and again until it answers `Some`, and returns that.
///
/// # Errors
/// What `probe` fails with, at once; or, after [`PATIENCE`], that `what` did not happen.
pub async fn until<T, F, Fut>(what: &str, mut probe: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<Option<T>>>,
{
    let polling = async {
        let mut tick = tokio::time::interval(EVERY);
        loop {
            tick.tick().await;
            if let Some(found) = probe().await? {
                return Ok(found);
            }
        }
    };
    tokio::time::timeout(PATIENCE, polling)
        .await
        .with_context(|| format!("waited {} s in vain for: {what}", PATIENCE.as_secs()))?
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn asks_until_there_is_an_answer() {
        let asked = Cell::new(0);
        let found = until("the third time", || {
            asked.set(asked.get() + 1);
            let answer = (asked.get() == 3).then_some("here");
            async move { Ok(answer) }
        })
        .await
        .unwrap();
        assert_eq!((found, asked.get()), ("here", 3));
    }

    #[tokio::test(start_paused = true)]
    async fn names_what_did_not_happen() {
        let error = until::<(), _, _>("a goal on the page", || async { Ok(None) }).await.unwrap_err();
        assert_eq!(error.to_string(), "waited 15 s in vain for: a goal on the page");
    }

    #[tokio::test]
    async fn an_error_ends_the_wait() {
        let error = until::<(), _, _>("anything", || async { anyhow::bail!("page gone") }).await.unwrap_err();
        assert_eq!(error.to_string(), "page gone");
    }
}
