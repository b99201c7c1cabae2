//! Repeated requests: the same key and request get the same answer, and nothing is done twice.

use northing_core::errors::{FieldError, Refusal};
use northing_core::values::Id;
use northing_store::idempotency;

use northing_store::idempotency::Known;
pub use northing_store::idempotency::{Answer, Claim};

use crate::Northing;
use crate::error::{Error, Result};

/// A claim without an answer lapses after this: the node that made it is gone.
const STALE_MILLIS: i64 = 2 * 60_000;
/// How long answers are kept.
const KEPT_MILLIS: i64 = 24 * 3_600_000;
/// How long what people were told is kept where they do not put it away.
const NOTICES_KEPT_MILLIS: i64 = 60 * 86_400_000;
/// How long an ended link is kept, so that its page can say what became of it.
const LINKS_KEPT_MILLIS: i64 = 30 * 86_400_000;

impl Northing {
    /// Claims an `Idempotency-Key` for a request (known by a digest); answers with what was answered before, if it was.
    ///
    /// # Errors
    /// [`Error::Refused`] while the first request is still being done, [`Error::Invalid`] where another request used the key.
    pub async fn claim_key(&self, user: Id, key: String, request: String) -> Result<Option<Answer>> {
        if key.is_empty() || key.len() > 255 || key.chars().any(char::is_control) {
            let message = "must have 1 to 255 characters";
            return Err(FieldError::new("Idempotency-Key", "out_of_range", message).into());
        }
        let now = self.now();
        let known = self
            .store
            .write((key, request), move |tx, (key, request)| {
                Box::pin(async move {
                    let stale = now.plus_millis(-STALE_MILLIS);
                    Ok::<_, Error>(idempotency::claim(tx, user, key, request, now, stale).await?)
                })
            })
            .await?;
        match known {
            Known::New => Ok(None),
            Known::Answered(answer) => Ok(Some(answer)),
            Known::Running => Err(Refusal::new(
                "in_progress",
                "A request with this Idempotency-Key is being done. Ask again in a moment.",
            )
            .into()),
            Known::Other => Err(FieldError::new(
                "Idempotency-Key",
                "reused",
                "was used for another request; take a new one",
            )
            .into()),
        }
    }

    /// Keeps the answer to a claimed request, or with none gives the key back where nothing was written under it
    /// ([`Claim::during`]).
    ///
    /// # Errors
    /// Those of the store.
    pub async fn settle_key(&self, user: Id, key: String, answer: Option<Answer>) -> Result<()> {
        self.store
            .write((key, answer), move |tx, (key, answer)| {
                Box::pin(async move {
                    match answer {
                        Some(answer) => idempotency::answer(tx, user, key, answer).await?,
                        None => idempotency::release(tx, user, key).await?,
                    }
                    Ok::<_, Error>(())
                })
            })
            .await
    }

    /// Removes what no longer counts: expired sessions, answers kept for a day, links a month after their end, uploads that
    /// nothing was done with for a day, and the details of old imports. To be run daily.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn sweep(&self) -> Result<()> {
        let now = self.now();
        let details = now.plus_millis(-crate::import::DETAILS_DAYS * 24 * 3_600_000);
        self.store
            .write((), move |tx, ()| {
                Box::pin(async move {
                    northing_store::sessions::sweep(tx, now).await?;
                    northing_store::links::sweep(tx, now.plus_millis(-LINKS_KEPT_MILLIS)).await?;
                    idempotency::sweep(tx, now.plus_millis(-KEPT_MILLIS)).await?;
                    northing_store::imports::sweep(tx, now.plus_millis(-KEPT_MILLIS), details).await?;
                    northing_store::notices::sweep(tx, now.plus_millis(-NOTICES_KEPT_MILLIS)).await?;
                    northing_store::embeddings::sweep(tx, now).await?;
                    northing_store::jobs::forget(tx, now.plus_millis(-KEPT_MILLIS)).await?;
                    Ok::<_, Error>(())
                })
            })
            .await
    }
}
